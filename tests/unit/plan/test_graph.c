/* SPDX-License-Identifier: MIT */
#include "base/mem.h"
#include "plan/graph.h"

#include "base/limit.h"
#include "unit/plan/plan_fixture.h"

static void graph__finds_cycles(void **state)
{
    (void)state;
    static const struct {
        const char *steps;
        const char *expected; /* NULL: there is none */
        int column;
    } cases[] = {
        {"{a: {kind: wait, depends_on: b}, b: {kind: wait}}",                NULL,                           0 },
        {"{a: {kind: wait, depends_on: a}}",                                 "step 'a' depends on itself",   37},
        {"{a: {kind: wait, depends_on: b}, b: {kind: wait, depends_on: a}}",
         "each other: a -> b -> a",                                                                          37},
 /* I19 */
        {"{a: {kind: wait, depends_on: b}, b: {kind: wait, depends_on: c}, c: {kind: wait, "
         "depends_on: a}}",                                         "each other: a -> b -> c -> a", 37},
 /* told from the step that stands first, whatever leads there */
        {"{x: {kind: wait, depends_on: c}, b: {kind: wait, depends_on: c}, c: {kind: wait, "
         "depends_on: [b]}}",                                       "each other: b -> c -> b",      69},
        {"{a: {kind: wait, depends_on: [b, c]}, b: {kind: wait, depends_on: d}, c: {kind: wait, "
         "depends_on: d}, "
         "d: {kind: wait}}",                                        NULL,                           0 },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
        buf_format(&text, "version: 1\nname: test\nsteps: %s\n", cases[i].steps);
        AUTO(problems) struct problems problems = {0};
        AUTO(plan) struct plan *plan = fixture_load(buf_text(&text), &problems);
        bool is_right = cases[i].expected == NULL ? plan != NULL && problems.count == 0
                                                  : plan == NULL && problems.error_count == 1 &&
                                                        fixture_find(&problems, 3, cases[i].column,
                                                                     cases[i].expected) != NULL;
        if (!is_right) {
            fixture_print(&problems);
            fail_msg("%s", cases[i].steps);
        }
    }
}

static void graph__names_and_links_instances(void **state)
{
    (void)state;
    AUTO(problems) struct problems problems = {0};
    AUTO(plan)
    struct plan *plan =
        fixture_load(FIXTURE_HEAD "steps:\n"
                                  "  a: {kind: restore-disks, items: [db, web]}\n"
                                  "  b: {kind: wait, depends_on: a}\n"
                                  "  c: {kind: restore-disks, items: [db], depends_on: [b, a]}\n"
                                  "  d: {kind: restore-disks, items: web, depends_on: [c]}\n",
                     &problems);
    assert_non_null(plan);
    static const struct {
        const char *id;
        const char *item;
        size_t needs_count;
        size_t needs[3];
    } expected[] = {
        {"a[db]",  "db",  0, {0}      },
        {"a[web]", "web", 0, {0}      },
        {"b",      NULL,  2, {0, 1}   },
        {"c[db]",  "db",  3, {2, 0, 1}},
        {"d",      "web", 1, {3}      },
    };
    assert_int_equal(plan->instance_count, 5);
    for (size_t i = 0; i < 5; i++) {
        const struct plan_instance *instance = &plan->instances[i];
        assert_string_equal(instance->id, expected[i].id);
        const char *item = instance->item == NULL ? NULL : instance->item->base.name;
        assert_true(text_equal(item, expected[i].item));
        assert_int_equal(instance->needs_count, expected[i].needs_count);
        for (size_t j = 0; j < instance->needs_count; j++) {
            assert_int_equal(instance->needs[j], expected[i].needs[j]);
        }
    }
    assert_int_equal(problems.count, 0);
}

static void graph__counts_a_dependency_once(void **state)
{
    (void)state;
    AUTO(problems) struct problems problems = {0};
    AUTO(plan)
    struct plan *plan =
        fixture_load("version: 1\nname: test\n"
                     "steps: {a: {kind: wait}, b: {kind: wait, depends_on: [a, a]}}\n",
                     &problems);
    assert_non_null(plan);
    assert_int_equal(plan->instances[1].needs_count, 1);
    assert_non_null(fixture_find(&problems, 3, 0, "stands twice in depends_on"));
}

static void graph__warns_of_overlaps(void **state)
{
    (void)state;
    static const struct {
        const char *steps;
        size_t warnings;
    } cases[] = {
        {"{a: {kind: restore-disks, items: db}, b: {kind: restore-disks, items: [web, db]}}",        1},
        {"{a: {kind: restore-disks, items: [db, web]}, b: {kind: restore-disks, items: [db, web]}}",
         2                                                                                            },
        {"{a: {kind: restore-disks, items: db}, b: {kind: restore-disks, items: [web, db], "
         "depends_on: a}}",                                                                 0},
 /* through another step, and against the order of the file */
        {"{a: {kind: restore-disks, items: [db, web], depends_on: w}, w: {kind: wait, depends_on: "
         "b}, "
         "b: {kind: restore-disks, items: db}}",                                            0},
        {"{a: {kind: restore-disks, items: db}, w: {kind: wait, depends_on: a}, "
         "b: {kind: restore-disks, items: [db, web]}}",                                     1},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
        buf_format(&text, FIXTURE_HEAD "steps: %s\n", cases[i].steps);
        AUTO(problems) struct problems problems = {0};
        AUTO(plan) struct plan *plan = fixture_load(buf_text(&text), &problems);
        if (plan == NULL || problems.count != cases[i].warnings) {
            fixture_print(&problems);
            fail_msg("%s", cases[i].steps);
        }
    }
}

enum shape {
    SHAPE_CHAIN, /* each step needs the one before */
    SHAPE_RING,  /* and the first needs the last */
    SHAPE_WIDE,  /* no step needs another */
    SHAPE_FAN,   /* all need the first, the last needs all */
};
#define STEP_COUNT 10000

static void write_plan(struct buf *text, enum shape shape)
{
    buf_append_text(text, "version: 1\nname: test\nsteps:\n");
    for (int i = 0; i < STEP_COUNT; i++) {
        buf_format(text, "  s%d: {kind: wait", i);
        if (shape == SHAPE_CHAIN || shape == SHAPE_RING) {
            if (i > 0 || shape == SHAPE_RING) {
                buf_format(text, ", depends_on: s%d", i > 0 ? i - 1 : STEP_COUNT - 1);
            }
        } else if (shape == SHAPE_FAN && i > 0 && i < STEP_COUNT - 1) {
            buf_append_text(text, ", depends_on: s0");
        } else if (shape == SHAPE_FAN && i > 0) {
            buf_append_text(text, ", depends_on: [s0");
            for (int j = 1; j < i; j++) {
                buf_format(text, ", s%d", j);
            }
            buf_append_text(text, "]");
        }
        buf_append_text(text, "}\n");
    }
}

/* I20: no recursion along the graph, and nothing that grows with the square of it. */
static void graph__takes_ten_thousand_steps(void **state)
{
    (void)state;
    static const size_t last_needs[] = {
        [SHAPE_CHAIN] = 1, [SHAPE_RING] = 0, [SHAPE_WIDE] = 0, [SHAPE_FAN] = STEP_COUNT - 1};
    for (enum shape shape = SHAPE_CHAIN; shape <= SHAPE_FAN; shape++) {
        AUTO(buf) struct buf text = BUF_INIT(LIMIT_PLAN_BYTES);
        write_plan(&text, shape);
        AUTO(problems) struct problems problems = {0};
        AUTO(plan) struct plan *plan = fixture_load(buf_text(&text), &problems);
        if (shape == SHAPE_RING) {
            assert_null(plan);
            assert_int_equal(problems.error_count, 1);
            assert_non_null(fixture_find(&problems, 4, 0, "s0 -> s9999 -> s9998"));
            continue;
        }
        assert_non_null(plan);
        assert_int_equal(plan->instance_count, STEP_COUNT);
        assert_int_equal(plan->instances[STEP_COUNT - 1].needs_count, last_needs[shape]);
    }
}

/* Few lines that would ask for billions of needs. */
static void graph__bounds_needs(void **state)
{
    (void)state;
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_PLAN_BYTES);
    buf_append_text(&text, "version: 1\nname: test\n"
                           "vaults: {main: {subscription: 11111111-2222-3333-4444-555555555555, "
                           "resource_group: backup, name: shop-vault}}\n"
                           "items:\n");
    for (int i = 0; i < 5000; i++) {
        buf_format(&text, "  i%d: {vm: vm%d}\n", i, i);
    }
    buf_append_text(&text, "steps:\n  w: {kind: wait}\n  all: {kind: wait, items: [i0");
    for (int i = 1; i < 5000; i++) {
        buf_format(&text, ", i%d", i);
    }
    buf_append_text(&text, "]}\n");
    for (int i = 0; i < 5000; i++) {
        buf_format(&text, "  s%d: {kind: wait, depends_on: [all, w]}\n", i);
    }
    AUTO(problems) struct problems problems = {0};
    AUTO(plan) struct plan *plan = fixture_load(buf_text(&text), &problems);
    assert_null(plan);
    assert_int_equal(problems.error_count, 1);
    assert_non_null(fixture_find(&problems, 0, 0, "too many dependencies"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(graph__finds_cycles),
        cmocka_unit_test(graph__names_and_links_instances),
        cmocka_unit_test(graph__counts_a_dependency_once),
        cmocka_unit_test(graph__warns_of_overlaps),
        cmocka_unit_test(graph__takes_ten_thousand_steps),
        cmocka_unit_test(graph__bounds_needs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
