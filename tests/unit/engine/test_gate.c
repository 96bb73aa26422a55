/* SPDX-License-Identifier: MIT */
#include "engine/gate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct mono now = {1000};

static void gate__lets_all_pass_while_open(void **state)
{
    struct gate gate = {0};
    struct task task = {0};
    (void)state;
    assert_true(gate_pass(&gate, &task));
    assert_false(gate_answered(&gate, &task)); /* no probe, nothing to open */
    assert_null(gate_next(&gate));
    gate_release(&gate);
}

/* A01: one tries, then all go on in their order. */
static void gate__tries_with_one_and_opens_for_all(void **state)
{
    struct gate gate = {0};
    struct task tasks[3] = {0};
    (void)state;
    gate_close(&gate, &tasks[0], now, 5000);
    assert_int_equal(gate.opens_at.ms, 6000);
    assert_false(gate_pass(&gate, &tasks[1]));
    assert_false(gate_pass(&gate, &tasks[2]));
    assert_int_equal(tasks[2].wait, TASK_WAITS_GATE);
    assert_ptr_equal(gate_try(&gate), &tasks[0]);
    assert_true(gate_pass(&gate, &tasks[0]));
    assert_false(gate_answered(&gate, &tasks[1])); /* an answer from before says nothing */
    assert_true(gate.is_closed);
    assert_true(gate_answered(&gate, &tasks[0]));
    assert_false(gate.is_closed);
    assert_ptr_equal(gate_next(&gate), &tasks[1]);
    assert_ptr_equal(gate_next(&gate), &tasks[2]);
    assert_null(gate_next(&gate));
    gate_release(&gate);
}

static void gate__stays_closed_when_the_one_is_throttled_again(void **state)
{
    struct gate gate = {0};
    struct task tasks[2] = {0};
    (void)state;
    gate_close(&gate, &tasks[0], now, 5000);
    gate_close(&gate, &tasks[1], now, 100); /* a shorter wait does not open it sooner */
    assert_int_equal(gate.opens_at.ms, 6000);
    assert_ptr_equal(gate_try(&gate), &tasks[0]);
    gate_close(&gate, &tasks[0], (struct mono){6000}, 5000);
    assert_int_equal(gate.opens_at.ms, 11000);
    assert_true(gate.is_closed);
    assert_ptr_equal(gate_try(&gate), &tasks[1]);
    gate_release(&gate);
}

/* Somebody else's 429 comes in while the probe is on its way: its Retry-After counts. */
static void gate__is_not_opened_by_a_probe_that_left_before_a_429(void **state)
{
    struct gate gate = {0};
    struct task probe = {0};
    struct task late = {0};
    (void)state;
    gate_close(&gate, &probe, now, 5000);
    assert_ptr_equal(gate_try(&gate), &probe);
    gate_close(&gate, &late, (struct mono){6000}, 60000);
    assert_false(gate_answered(&gate, &probe));
    assert_true(gate.is_closed);
    assert_false(gate_pass(&gate, &probe));
    gate_release(&gate);
}

static void gate__opens_when_nobody_is_left_to_try(void **state)
{
    struct gate gate = {0};
    struct task task = {0};
    (void)state;
    gate_close(&gate, &task, now, 5000);
    assert_false(gate_forget(&gate, &task));
    assert_null(gate_try(&gate));
    assert_false(gate.is_closed);
    gate_release(&gate);
}

static void gate__says_that_the_one_it_waits_for_is_gone(void **state)
{
    struct gate gate = {0};
    struct task probe = {0};
    struct task other = {0};
    (void)state;
    gate_close(&gate, &probe, now, 5000);
    assert_false(gate_pass(&gate, &other));
    assert_ptr_equal(gate_try(&gate), &probe);
    assert_true(gate_forget(&gate, &probe));
    assert_null(gate.probe);
    assert_ptr_equal(gate_try(&gate), &other);
    gate_release(&gate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gate__lets_all_pass_while_open),
        cmocka_unit_test(gate__tries_with_one_and_opens_for_all),
        cmocka_unit_test(gate__stays_closed_when_the_one_is_throttled_again),
        cmocka_unit_test(gate__is_not_opened_by_a_probe_that_left_before_a_429),
        cmocka_unit_test(gate__opens_when_nobody_is_left_to_try),
        cmocka_unit_test(gate__says_that_the_one_it_waits_for_is_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
