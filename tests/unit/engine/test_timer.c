/* SPDX-License-Identifier: MIT */
#include "engine/timer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/random.h"

#define MANY 1000

static void timer__rings_soonest_first_and_equals_in_order(void **state)
{
    struct timers timers = {0};
    struct random random = random_seeded(7);
    struct timer timer;
    int owners[MANY];
    (void)state;
    for (size_t i = 0; i < MANY; i++) {
        timers_add(&timers, (struct mono){(int64_t)random_below(&random, 50)}, &owners[i], i);
    }
    int64_t at = -1;
    uint64_t order = 0;
    for (size_t i = 0; i < MANY; i++) {
        assert_int_equal(timers_first(&timers)->at.ms >= at, 1);
        assert_true(timers_take_due(&timers, (struct mono){50}, &timer));
        assert_true(timer.at.ms > at || timer.order > order);
        assert_ptr_equal(timer.owner, &owners[timer.generation]);
        at = timer.at.ms;
        order = timer.order;
    }
    assert_null(timers_first(&timers));
    timers_release(&timers);
}

static void timer__does_not_ring_before_its_time(void **state)
{
    struct timers timers = {0};
    struct timer timer = {.generation = 99};
    int owner;
    (void)state;
    assert_false(timers_take_due(&timers, (struct mono){INT64_MAX}, &timer));
    timers_add(&timers, (struct mono){10}, &owner, 1);
    assert_false(timers_take_due(&timers, (struct mono){9}, &timer));
    assert_int_equal(timer.generation, 99);
    assert_true(timers_take_due(&timers, (struct mono){10}, &timer));
    timers_release(&timers);
}

static void timer__forgets_an_owner_and_keeps_the_others_order(void **state)
{
    struct timers timers = {0};
    struct timer timer;
    int odd;
    int even;
    uint64_t expected = 0;
    (void)state;
    for (uint64_t i = 0; i < 100; i++) {
        timers_add(&timers, (struct mono){5}, i % 2 == 0 ? &even : &odd, i);
    }
    timers_forget(&timers, &odd);
    timers_add(&timers, (struct mono){5}, &even, 100);
    for (; timers_take_due(&timers, (struct mono){5}, &timer); expected += 2) {
        assert_ptr_equal(timer.owner, &even);
        assert_int_equal(timer.generation, expected);
    }
    assert_int_equal(expected, 102);
    timers_release(&timers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(timer__rings_soonest_first_and_equals_in_order),
        cmocka_unit_test(timer__does_not_ring_before_its_time),
        cmocka_unit_test(timer__forgets_an_owner_and_keeps_the_others_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
