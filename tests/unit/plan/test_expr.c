/* SPDX-License-Identifier: MIT */
#include "base/clock.h"
#include "base/mem.h"
#include "plan/expr.h"

#include <string.h>

#include "base/limit.h"
#include "unit/plan/plan_fixture.h"

static const char *environment(const char *name)
{
    static const char *const values[][2] = {
        {"GROUP",      "group-of-env"},
        {"EMPTY",      ""            },
        {"TOKEN_FILE", "x"           },
        {"BROKEN",     "a\r\nb"      }
    };
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        if (text_equal(name, values[i][0])) {
            return values[i][1];
        }
    }
    return NULL;
}

#define SETTING(name_text, value_text, origin_text)                                                \
    {                                                                                              \
        .name = (name_text), .value = (value_text), .origin = (origin_text)                        \
    }

static const struct plan_setting settings[] = {
    SETTING("first", "of --var", "--var"),
    SETTING("first", "of environment", "RESTORECTL_VAR_first"),
    SETTING("second", "${var.first}", "RESTORECTL_VAR_second"),
    SETTING("line", "a\nb", "--var"),
    SETTING("hidden", "a\x7f", "--var"),
    SETTING("latin", "a\xe4", "--var"),
};

/* Descriptions take any text, so what comes out is seen there. */
static struct plan *load(const char *description, const struct plan_setting *given, size_t count,
                         struct problems *problems)
{
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
    buf_format(&text,
               "version: 1\n"
               "name: test\n"
               "variables: {first: {default: no}, second: {}, third: {default: of plan}, unset: {},"
               " line: {}, hidden: {}, latin: {}, nothing: {default: ''}}\n"
               "description: %s\n"
               "steps: {a: {kind: wait}}\n",
               description);
    struct plan_inputs inputs = {fixture_kinds, given, count, environment};
    return plan_load("plan.yaml", buf_str(&text), &inputs, problems);
}

static struct plan *load_with_all(const char *description, struct problems *problems)
{
    return load(description, settings, sizeof(settings) / sizeof(settings[0]), problems);
}

static void expr__replaces(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *expected;
    } cases[] = {
        {"\"${var.first}\"",                               "of --var"                   }, /* --var before RESTORECTL_VAR_ before default */
        {"${var.third}",                                   "of plan"                    },
        {"a-${var.third}-${env.GROUP}-z",                  "a-of plan-group-of-env-z"   },
        {"${var.second}",                                  "${var.first}"               }, /* I23: never expanded again */
        {"x${var.second}x",                                "x${var.first}x"             },
        {"'[${env.EMPTY}]'",                               "[]"                         }, /* I21: empty is not missing */
        {"'${var.nothing}'",                               ""                           },
        {"$${var.first}",                                  "${var.first}"               },
        {"a$$${b",                                         "a$${b"                      },
        {"5 $ and $5 {x}",                                 "5 $ and $5 {x}"             },
        {"ends with $",                                    "ends with $"                },
        {"${item.name}/${run.id}/${steps.a[b].outputs.c}",
         "${item.name}/${run.id}/${steps.a[b].outputs.c}"                               },
        {"${target.region}${point.id}",                    "${target.region}${point.id}"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        AUTO(problems) struct problems problems = {0};
        AUTO(plan) struct plan *plan = load_with_all(cases[i].text, &problems);
        if (plan == NULL) {
            fixture_print(&problems);
            fail_msg("%s", cases[i].text);
            return;
        }
        assert_string_equal(plan->description, cases[i].expected);
    }
}

static void expr__refuses(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int column; /* in line 4, where the text begins in column 14 */
        const char *expected;
        const char *hint;
    } cases[] = {
        {"${var.fist}",                  14, "there is no variable 'fist'",               "did you mean 'first'?"       },
        {"ab ${var.fist}",               17, "there is no variable 'fist'",               NULL                          },
        {"\"ab ${var.fist}\"",           18, "there is no variable 'fist'",               NULL                          },
        {"\xc3\xbc\xc3\xbc ${var.fist}", 17, "there is no variable 'fist'",               NULL                          },
        {"\"\\t${var.fist}\"",           14, "there is no variable 'fist'",
         NULL                                                                                                           }, /* escape: the scalar's place */
        {"a ${var.third} ${var.unset}",  29, "variable 'unset' has no value",             "--var unset="                },
        {"${env.MISSING}",               14, "environment variable 'MISSING' is not set", NULL                          }, /* I21 */
        {"${env.TOKEN_FILE}",            14, "a plan may not read 'TOKEN_FILE'",          NULL                          }, /* I22 */
        {"${env.client_secret_x}",       14, "may not read",                              NULL                          },
        {"${env.PASSWORDS}",             14, "may not read",                              NULL                          },
        {"${env.SSH_KEY}",               14, "may not read",                              NULL                          },
        {"${env.BROKEN}",                14, "control character",                         NULL                          }, /* I25 */
        {"${var.line}",                  14, "control character",                         NULL                          },
        {"${var.hidden}",                14, "control character",                         NULL                          },
        {"${var.latin}",                 14, "control character",                         NULL                          },
        {"x${first}",                    15, "'${first}' is not a reference",             "did you mean '${var.first}'?"},
        {"${ var.first }",               14, "is not a reference",                        "without blanks"              },
        {"${}",                          14, "is not a reference",                        NULL                          },
        {"${var.}",                      14, "is not a reference",                        NULL                          },
        {"${.first}",                    14, "is not a reference",                        NULL                          },
        {"${var.first",                  14, "'${' without '}'",                          NULL                          },
        {"${vra.first}",                 14, "there is nothing called 'vra'",             "did you mean '${var.…}'?"  },
        {"${secrets.first}",             14, "there is nothing called 'secrets'",         NULL                          },
        {"${Var.first}",                 14, "there is nothing called 'Var'",             NULL                          },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        AUTO(problems) struct problems problems = {0};
        AUTO(plan) struct plan *plan = load_with_all(cases[i].text, &problems);
        const struct problem *found =
            fixture_find(&problems, 4, cases[i].column, cases[i].expected);
        bool has_hint = cases[i].hint == NULL || (found != NULL && found->error->hint != NULL &&
                                                  str_find(str_from(found->error->hint),
                                                           str_from(cases[i].hint)) != SIZE_MAX);
        if (plan != NULL || found == NULL || !has_hint || problems.error_count != 1) {
            fixture_print(&problems);
            fail_msg("%s", cases[i].text);
        }
    }
}

static void expr__says_unknown_settings(void **state)
{
    (void)state;
    static const struct plan_setting given[] = {
        SETTING("fisrt", "x", "--var"),
        SETTING("elsewhere", "x", "RESTORECTL_VAR_elsewhere"),
    };
    AUTO(problems) struct problems problems = {0};
    AUTO(plan) struct plan *plan = load("${var.first}", given, 2, &problems);
    const struct problem *wrong = fixture_find(&problems, 0, 0, "no variable 'fisrt' (from --var)");
    const struct problem *other = fixture_find(&problems, 0, 0, "no variable 'elsewhere'");
    assert_null(plan);
    assert_true(wrong != NULL && !wrong->is_warning);
    assert_true(other != NULL && other->is_warning);
}

/* A value that is one reference may be a number, with and without quotes; an empty one is no null.
 */
static void expr__keeps_types_open(void **state)
{
    (void)state;
    AUTO(problems) struct problems problems = {0};
    AUTO(plan)
    struct plan *plan = fixture_load("version: 1\n"
                                     "name: test\n"
                                     "variables: {count: {default: 7}, limit: {default: 2h}}\n"
                                     "limits: {parallel: '${var.count}', timeout: '${var.limit}'}\n"
                                     "steps: {a: {kind: wait}}\n",
                                     &problems);
    assert_non_null(plan);
    assert_int_equal(plan->limits->parallel, 7);
    assert_int_equal(plan->limits->timeout_ms, 2 * HOUR_MS);
}

static void expr__leaves_variables_alone(void **state)
{
    (void)state;
    AUTO(problems) struct problems problems = {0};
    AUTO(plan)
    struct plan *plan = fixture_load("version: 1\n"
                                     "name: test\n"
                                     "variables: {a: {default: '${var.b} ${x'}}\n"
                                     "description: ${var.a}\n"
                                     "steps: {a: {kind: wait}}\n",
                                     &problems);
    assert_non_null(plan);
    assert_string_equal(plan->description, "${var.b} ${x");
    assert_int_equal(problems.count, 1); /* and says so */
    assert_true(problems.items[0].is_warning);
}

/* A little plan may not become a big one: LIMIT_PLAN_BYTES for all values, LIMIT_SCALAR_BYTES for
 * each. */
static void expr__bounds_growth(void **state)
{
    (void)state;
    static const struct {
        size_t value_bytes, lines, in_line;
        bool fits;
    } cases[] = {
        {60000, 1,  1, true },
        {60000, 1,  2, false},
        {60000, 60, 1, true },
        {60000, 80, 1, false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
        AUTO(text) char *value = mem_new(cases[i].value_bytes + 1);
        memset(value, 'x', cases[i].value_bytes);
        buf_append_text(&text, "version: 1\nname: test\nvariables: {big: {}}\n"
                               "steps: {a: {kind: wait}}\nlabels:\n");
        for (size_t line = 0; line < cases[i].lines; line++) {
            buf_format(&text, "  l%zu: a", line);
            for (size_t j = 0; j < cases[i].in_line; j++) {
                buf_append_text(&text, "${var.big}");
            }
            buf_append_text(&text, "\n");
        }
        struct plan_setting given = SETTING("big", value, "--var");
        struct plan_inputs inputs = {fixture_kinds, &given, 1, NULL};
        AUTO(problems) struct problems problems = {0};
        AUTO(plan) struct plan *plan = plan_load("plan.yaml", buf_str(&text), &inputs, &problems);
        assert_true((plan != NULL) == cases[i].fits);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expr__replaces),
        cmocka_unit_test(expr__refuses),
        cmocka_unit_test(expr__says_unknown_settings),
        cmocka_unit_test(expr__keeps_types_open),
        cmocka_unit_test(expr__leaves_variables_alone),
        cmocka_unit_test(expr__bounds_growth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
