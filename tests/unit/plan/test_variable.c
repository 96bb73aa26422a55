/* SPDX-License-Identifier: MIT */
#include "base/mem.h"
#include "plan/variable.h"

#include <string.h>

#include "base/limit.h"
#include "unit/plan/plan_fixture.h"

/* Loads a plan with variable v of that definition, given is its --var or NULL. */
static struct plan *load(const char *definition, const char *given, struct problems *problems)
{
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
    buf_format(&text,
               "version: 1\n"
               "name: test\n"
               "variables:\n"
               "  v: %s\n"
               "steps: {a: {kind: wait}}\n",
               definition);
    struct plan_setting setting = {.name = "v", .value = given, .origin = "--var"};
    struct plan_inputs inputs = {
        .kinds = fixture_kinds, .settings = &setting, .setting_count = given == NULL ? 0 : 1};
    return plan_load("plan.yaml", buf_str(&text), &inputs, problems);
}

static void variable__holds_values_against_types(void **state)
{
    (void)state;
    static const struct {
        const char *definition, *given;
        const char *expected; /* NULL: it is fine */
    } cases[] = {
        {"{type: text}",                             "any thing, [at] all",                  NULL                                       },
        {"{type: integer}",                          "-12",                                  NULL                                       },
        {"{type: integer}",                          "007",                                  "must be a whole number, not \"007\""      },
        {"{type: integer}",                          "",                                     "must be a whole number, not \"\""         },
        {"{type: integer}",                          "99999999999999999999",                 "must be a whole number"                   },
        {"{type: boolean}",                          "false",                                NULL                                       },
        {"{type: boolean}",                          "no",                                   "must be true or false, not \"no\""        },
        {"{type: duration}",                         "1h30m",                                NULL                                       },
        {"{type: duration}",                         "90",                                   "must be a duration, not \"90\""           },
        {"{type: time}",                             "2026-11-01T02:00:00+01:00",            NULL                                       },
        {"{type: time}",                             "2026-11-01T02:00:00",                  "must be a time with zone"                 },
        {"{type: list}",                             "",                                     NULL                                       },
        {"{type: list}",                             " a , b ",                              NULL                                       },
        {"{type: list}",                             "[a, 'b, c', []]",                      "a list of texts, not one with other"      },
        {"{type: list}",                             "a,",                                   "item 2 of variable 'v' is empty (--var v)"},
        {"{type: list}",                             "[a",                                   "must be a list of texts, not \"[a\""      },
        {"{type: list}",                             "[a, b] c",                             "must be a list of texts"                  },
        {"{enum: [a, b]}",                           "b",                                    NULL                                       },
        {"{enum: [a, b]}",                           "B",                                    "may not be \"B\" (--var v)"               },
        {"{enum: [a, b, c, d, e, f, g, h]}",         "none",                                 "may not be \"none\""                      },
        {"{type: list, enum: [a, b]}",               "a,c",                                  "item 2 of variable 'v' may not be \"c\""  },
        {"{type: integer, enum: [1, 2]}",            "2",                                    NULL                                       },
        {"{pattern: '[a-z]+'}",                      "abc",                                  NULL                                       },
        {"{pattern: '[a-z]+'}",                      "abc1",                                 "must match '[a-z]+', \"abc1\" does not"   },
        {"{pattern: 'a|bc'}",                        "bc",                                   NULL                                       },
        {"{pattern: '^[0-9a-f-]{36}$'}",             "11111111-2222-3333-4444-555555555555", NULL                                       },
        {"{type: list, pattern: '[a-z]*'}",          "a,B",                                  "item 2 of variable 'v' must match"        },
        {"{type: integer, default: x}",              "1",                                    "not \"x\" (default)"                      },
        {"{type: list, default: [a, 1], enum: [a]}", "a",                                    "may not be \"1\" (default)"               },
        {"{default: a, enum: b}",                    NULL,                                   "may not be \"a\" (default)"               },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        AUTO(problems) struct problems problems = {0};
        AUTO(plan) struct plan *plan = load(cases[i].definition, cases[i].given, &problems);
        bool is_fine = cases[i].expected == NULL
                           ? plan != NULL
                           : problems.error_count == 1 &&
                                 fixture_find(&problems, 4, 0, cases[i].expected) != NULL;
        if (!is_fine) {
            fixture_print(&problems);
            fail_msg("%s with %s", cases[i].definition, cases[i].given);
        }
    }
}

/* What would make the C library's expression compiler large or slow never reaches it. */
static void variable__bounds_patterns(void **state)
{
    (void)state;
    static const struct {
        const char *pattern;
        const char *expected; /* NULL: it is fine */
    } cases[] = {
        {"[]a]{3}x",                          NULL                },
        {"[^]a]*",                            NULL                },
        {"[[:alpha:]]{2,5}",                  NULL                },
        {"[a{999}b{999}]",                    NULL                },
        {"a\\{9999\\}",                       NULL                },
        {"(a{1,30}){1,30}",                   NULL                },
        {"a{1001}",                           "more than 1000"    },
        {"(a{1,40}){1,40}",                   "more than 1000"    },
        {"(a{40}){40,}",                      "more than 1000"    },
        {"(((((((((((a+)+)+)+)+)+)+)+)+)+)+", "more than 1000"    },
        {"a{255}{255}",                       "more than 1000"    },
        {"(a)\\1",                            "back references"   },
        {"(a",                                "is not a usable"   },
        {"a)",                                "is not a usable"   },
        {"a)|(b)",                            "is not a usable"   },
        {"[a",                                "is not a usable"   },
        {"*{x}",                              "is not a usable"   },
        {"a\\",                               "is not a usable"   },
        {"",                                  "must have 1 to 256"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        AUTO(problems) struct problems problems = {0};
        AUTO(buf) struct buf definition = BUF_INIT(LIMIT_TEXT_BYTES);
        buf_format(&definition, "{pattern: '%s'}", cases[i].pattern);
        AUTO(plan) struct plan *plan = load(buf_text(&definition), NULL, &problems);
        const struct problem *found = fixture_find(&problems, 4, 16, "is not a usable pattern");
        bool is_fine = cases[i].expected == NULL
                           ? plan != NULL
                           : plan == NULL && found != NULL &&
                                 str_find(str_from(found->error->text),
                                          str_from(cases[i].expected)) != SIZE_MAX;
        if (!is_fine) {
            fixture_print(&problems);
            fail_msg("%s", cases[i].pattern);
        }
    }
}

static void variable__bounds_what_is_matched(void **state)
{
    (void)state;
    char pattern[258];
    char value[4098];
    for (size_t over = 0; over < 2; over++) {
        AUTO(problems) struct problems of_pattern = {0};
        AUTO(problems) struct problems of_value = {0};
        AUTO(buf) struct buf definition = BUF_INIT(LIMIT_TEXT_BYTES);
        memset(pattern, 'a', 256 + over);
        pattern[256 + over] = '\0';
        memset(value, 'a', 4096 + over);
        value[4096 + over] = '\0';
        buf_format(&definition, "{pattern: %s, default: %s}", pattern, pattern);
        AUTO(plan) struct plan *first = load(buf_text(&definition), NULL, &of_pattern);
        AUTO(plan) struct plan *second = load("{pattern: a*}", value, &of_value);
        assert_true((first == NULL) == (over > 0));
        assert_true((second == NULL) == (over > 0));
        assert_true((fixture_find(&of_pattern, 4, 0, "256 bytes") != NULL) == (over > 0));
        assert_true((fixture_find(&of_value, 4, 0, "too long") != NULL) == (over > 0));
    }
}

/* Ten patterns of 990 and ten for each are 10,000. */
static void variable__bounds_all_patterns(void **state)
{
    (void)state;
    for (size_t over = 0; over < 2; over++) {
        AUTO(problems) struct problems problems = {0};
        AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
        buf_append_text(&text, "version: 1\nname: test\nsteps: {a: {kind: wait}}\nvariables:\n");
        for (size_t i = 0; i < 10 + over; i++) {
            buf_format(&text, "  v%zu: {pattern: 'a{1,990}', default: a}\n", i);
        }
        AUTO(plan) struct plan *plan = fixture_load(buf_text(&text), &problems);
        assert_true((plan == NULL) == (over > 0));
        assert_true((fixture_find(&problems, 15, 18, "too many in this plan") != NULL) ==
                    (over > 0));
    }
}

/* Each item stands where the reference stands, and is not expanded again (I23). */
static void variable__lists_take_the_place_of_a_text(void **state)
{
    (void)state;
    static const char text[] = "version: 1\n"
                               "name: test\n"
                               "variables: {v: {type: list, default: [a, b]}}\n"
                               "steps:\n"
                               "  a: {kind: wait}\n"
                               "  b: {kind: wait}\n"
                               "  c: {kind: wait, depends_on: '${var.v}'}\n";
    static const struct plan_setting setting = {
        .name = "v", .value = "[a, \"${var.v}\"]", .origin = "--var"};
    AUTO(problems) struct problems good = {0};
    AUTO(problems) struct problems bad = {0};
    AUTO(plan) struct plan *plan = fixture_load(text, &good);
    struct plan_inputs inputs = {.kinds = fixture_kinds, .settings = &setting, .setting_count = 1};
    AUTO(plan) struct plan *none = plan_load("plan.yaml", str_from(text), &inputs, &bad);
    const struct problem *found = fixture_find(&bad, 7, 31, "there is no step '${var.v}'");
    assert_non_null(plan);
    const struct texts *list = &plan_steps(plan)[2].depends_on;
    assert_int_equal(list->count, 2);
    assert_string_equal(list->items[1], "b");
    assert_int_equal(texts_at(list, 1).line, 7);
    assert_null(none);
    assert_non_null(found);
    assert_string_equal(found->error->cause->text,
                        "a list of texts stands here, the value of variable 'v' (--var v)");
    assert_int_equal(bad.error_count, 1);
}

/* A variable file's place is the origin; what is unknown there has its place. */
static void variable__knows_variable_files(void **state)
{
    (void)state;
    static const struct plan_setting settings[] = {
        {.name = "v", .value = "a,b", .origin = "--var-file", .name_at = {"vars.yaml", 3, 1}},
        {.name = "w", .value = "x",   .origin = "--var-file", .name_at = {"vars.yaml", 4, 1}},
    };
    static const char text[] = "version: 1\n"
                               "name: test\n"
                               "variables: {v: {type: list, pattern: '[a-z]'}}\n"
                               "description: ${var.v}\n"
                               "steps: {a: {kind: wait}}\n";
    AUTO(problems) struct problems problems = {0};
    struct plan_inputs inputs = {.kinds = fixture_kinds, .settings = settings, .setting_count = 2};
    AUTO(plan) struct plan *plan = plan_load("plan.yaml", str_from(text), &inputs, &problems);
    const struct problem *unknown = fixture_find(&problems, 4, 1, "no variable 'w'");
    assert_null(plan);
    assert_non_null(unknown);
    assert_string_equal(unknown->error->file, "vars.yaml");
    /* One text is a list of one there: "a,b" is not taken apart. */
    assert_non_null(fixture_find(&problems, 3, 13, "\"a,b\" does not (vars.yaml:3)"));
    assert_int_equal(problems.error_count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(variable__holds_values_against_types),
        cmocka_unit_test(variable__bounds_patterns),
        cmocka_unit_test(variable__bounds_what_is_matched),
        cmocka_unit_test(variable__bounds_all_patterns),
        cmocka_unit_test(variable__lists_take_the_place_of_a_text),
        cmocka_unit_test(variable__knows_variable_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
