/* SPDX-License-Identifier: MIT */
/* Which step starts when, seen through whole runs. */
#include "engine/run_state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limit.h"
#include "support/journal_fake.h"
#include "support/net_fake.h"
#include "support/run_fixture.h"

#define STEP(name, item, more)                                                                     \
    "  " name ": {kind: restore-disks, items: " item ", select: newest, target: lab" more "}\n"

static int vm0_fails(struct run_fixture *fixture, const char *line,
                     const struct http_request *request, struct http_reply *ret)
{
    (void)fixture;
    (void)request;
    if (str_starts_with(str_from(line), STR("GET /job/vm0"))) {
        net_fake_status(ret, 200, "failed");
        return 1;
    }
    return 0;
}

static void assert_after(const struct run_fixture *fixture, const char *first, const char *then)
{
    size_t at = run_fixture_find(fixture, first, 0);
    assert_int_not_equal(at, SIZE_MAX);
    assert_true(at < run_fixture_find(fixture, then, 0));
}

static void schedule__starts_a_step_after_all_it_needs(void **state)
{
    struct run_fixture fixture;
    (void)state;
    run_fixture_open(&fixture, 3,
                     "steps:\n" STEP("last", "i0", ", depends_on: [a, b]") STEP("a", "i1", "")
                         STEP("b", "i2", ", depends_on: [a]"));
    assert_int_equal(run_fixture_run(&fixture), 0);
    assert_after(&fixture, "step.finished a succeeded", "send GET /precheck/vm2");
    assert_after(&fixture, "step.finished b succeeded", "send GET /precheck/vm0");
    assert_int_equal(run_fixture_count(&fixture, "succeeded @90"), 2); /* state and end of last */
    assert_int_equal(run_fixture_logged(&fixture, "\"critical_path\":[\"a\",\"b\",\"last\"]"), 1);
    run_fixture_close(&fixture);
}

static void schedule__starts_in_plan_order_up_to_the_limit(void **state)
{
    struct run_fixture fixture;
    (void)state;
    run_fixture_open(&fixture, 5,
                     "steps:\n"
                     "  s: {kind: restore-disks, items: [i4, i3, i2, i1, i0], select: newest, "
                     "target: lab}\n");
    fixture.options.parallel = 2;
    assert_int_equal(run_fixture_run(&fixture), 0);
    static const char *const order[] = {"vm4", "vm3", "vm2", "vm1", "vm0"};
    for (size_t i = 0; i < 5; i++) {
        AUTO(buf) struct buf line = BUF_INIT(LIMIT_TEXT_BYTES);
        buf_format(&line, "send GET /precheck/%s @%zu", order[i], i / 2 * 30);
        assert_int_equal(run_fixture_count(&fixture, buf_text(&line)), 1);
    }
    run_fixture_close(&fixture);
}

/* Two restores of one item would meet in Azure; another item overtakes meanwhile. */
static void schedule__never_works_on_an_item_twice_at_once(void **state)
{
    struct run_fixture fixture;
    (void)state;
    run_fixture_open(&fixture, 2,
                     "steps:\n" STEP("a", "i0", "") STEP("b", "i0", "") STEP("c", "i1", ""));
    assert_int_equal(run_fixture_run(&fixture), 0);
    assert_int_equal(run_fixture_count(&fixture, "send GET /precheck/vm0 @0"), 1);
    assert_int_equal(run_fixture_count(&fixture, "send GET /precheck/vm0 @30"), 1);
    assert_int_equal(run_fixture_count(&fixture, "send GET /precheck/vm1 @0"), 1);
    run_fixture_close(&fixture);
}

static void schedule__stops_or_goes_on_after_a_failure(void **state)
{
    static const struct {
        const char *more;
        const char *other; /* what becomes of a step that does not need the failed one */
    } cases[] = {
        {"",                       "step.finished other skipped"  }, /* stop is the default */
        {", on_failure: stop",     "step.finished other skipped"  },
        {", on_failure: continue", "step.finished other succeeded"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct run_fixture fixture;
        AUTO(buf) struct buf steps = BUF_INIT(LIMIT_TEXT_BYTES);
        buf_format(&steps,
                   "limits: {parallel: 1}\nsteps:\n" STEP("bad", "i0", "%s")
                       STEP("needs", "i1", ", depends_on: [bad]") STEP("other", "i2", ""),
                   cases[i].more);
        run_fixture_open(&fixture, 3, buf_text(&steps));
        fixture.answer = vm0_fails;
        assert_int_equal(run_fixture_run(&fixture), 1);
        assert_int_equal(run_fixture_count(&fixture, "step.finished bad failed"), 1);
        assert_int_equal(run_fixture_count(&fixture, "step.finished needs skipped"), 1);
        assert_int_equal(run_fixture_count(&fixture, cases[i].other), 1);
        assert_int_equal(run_fixture_count(&fixture, "step.finished"), 3);
        run_fixture_close(&fixture);
    }
}

/* P35: a chain of 10,000 is skipped by a list, not by recursion, and each link once. */
static void schedule__skips_a_long_chain(void **state)
{
    enum { LINKS = 10000 };
    struct run_fixture fixture;
    AUTO(buf) struct buf steps = BUF_INIT(LIMIT_PLAN_BYTES);
    (void)state;
    buf_append_text(&steps, "steps:\n" STEP("s0", "i0", ", on_failure: continue"));
    for (int i = 1; i < LINKS; i++) {
        buf_format(&steps, STEP("s%d", "i0", ", depends_on: [s%d]"), i, i - 1);
    }
    run_fixture_open(&fixture, 1, buf_text(&steps));
    fixture.answer = vm0_fails;
    assert_int_equal(run_fixture_run(&fixture), 1);
    assert_int_equal(run_fixture_count(&fixture, "record step.finished"), LINKS);
    assert_int_equal(run_fixture_logged(&fixture, "\"skipped\":9999"), 1);
    run_fixture_close(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(schedule__starts_a_step_after_all_it_needs),
        cmocka_unit_test(schedule__starts_in_plan_order_up_to_the_limit),
        cmocka_unit_test(schedule__never_works_on_an_item_twice_at_once),
        cmocka_unit_test(schedule__stops_or_goes_on_after_a_failure),
        cmocka_unit_test(schedule__skips_a_long_chain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
