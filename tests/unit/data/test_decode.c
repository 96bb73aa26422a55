/* SPDX-License-Identifier: MIT */
#include "base/clock.h"
#include "base/mem.h"
#include "data/decode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/limit.h"
#include "data/json_read.h"
#include "data/yaml_read.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct vault {
    struct decoded base;
    const char *name;
    int64_t keep_ms;
};

struct sample {
    struct decoded base;
    const char *text, *mode;
    bool enabled, is_on;
    int64_t parallel, any_integer, max_age_ms, poll_ms;
    double ratio;
    struct utc at;
    int pick, open, other;
    struct texts tags, order;
    struct integers luns, tiers, defaults;
    const struct vault *vault;
    struct records vaults, list;
    const struct value *body;
};

static const char *const picks[] = {"latest", "oldest", "nearest", NULL};
static const char *const tiers[] = {"snapshot", "vault", "archive", NULL};

static const struct decode_field vault_rows[] = {
    {.name = "name",
     .type = DECODE_TEXT,
     .offset = offsetof(struct vault, name),
     .flags = DECODE_REQUIRED | DECODE_NOT_EMPTY},
    {.name = "keep",
     .type = DECODE_DURATION,
     .offset = offsetof(struct vault, keep_ms),
     .fallback = "3d"},
    {.name = NULL},
};
static const struct decode_table vault_table = {
    .name = "vault", .fields = vault_rows, .size = sizeof(struct vault)};

#define FIELD(label, kind, member, ...)                                                            \
    {                                                                                              \
        .name = label, .type = kind, .offset = offsetof(struct sample, member), __VA_ARGS__        \
    }
static const struct decode_field more_rows[] = {
    FIELD("order", DECODE_TEXTS, order, .fallback = "newest"),
    FIELD("body", DECODE_ANY, body, .flags = 0),
    {.name = NULL},
};
static const struct decode_field sample_rows[] = {
    FIELD("text", DECODE_TEXT, text, .flags = 0),
    FIELD("mode", DECODE_TEXT, mode, .fallback = "drill"),
    FIELD("enabled", DECODE_BOOL, enabled, .flags = 0),
    FIELD("on", DECODE_BOOL, is_on, .fallback = "true"),
    FIELD("parallel", DECODE_INTEGER, parallel, .min = 1, .max = 1000, .fallback = "20"),
    FIELD("any_integer", DECODE_INTEGER, any_integer, .flags = 0),
    FIELD("ratio", DECODE_DECIMAL, ratio, .min = 0, .max = 1),
    FIELD("max_age", DECODE_DURATION, max_age_ms, .flags = 0),
    FIELD("poll", DECODE_DURATION, poll_ms, .min = 1000, .max = 600000, .fallback = "30s"),
    FIELD("at", DECODE_TIME, at, .flags = 0),
    FIELD("pick", DECODE_WORD, pick, .words = picks),
    FIELD("open", DECODE_WORD, open, .words = picks,
          .flags = DECODE_OPEN_WORDS | DECODE_IGNORING_CASE),
    FIELD("other", DECODE_WORD, other, .words = picks, .fallback = "oldest",
          .flags = DECODE_HIDDEN),
    FIELD("tags", DECODE_TEXTS, tags, .flags = DECODE_NOT_EMPTY),
    FIELD("luns", DECODE_INTEGERS, luns, .min = 0, .max = 63),
    FIELD("tiers", DECODE_WORDS, tiers, .words = tiers),
    FIELD("defaults", DECODE_WORDS, defaults, .words = tiers, .fallback = "[vault, archive]"),
    FIELD("vault", DECODE_RECORD, vault, .table = &vault_table),
    FIELD("vaults", DECODE_RECORD_MAP, vaults, .table = &vault_table, .flags = DECODE_NOT_EMPTY),
    FIELD("list", DECODE_RECORD_LIST, list, .table = &vault_table),
    {.name = NULL},
};
static const struct decode_table sample_table = {.name = "selection rule",
                                                 .fields = sample_rows,
                                                 .size = sizeof(struct sample),
                                                 .more = more_rows};

static bool decode_yaml(struct arena *arena, const char *text, struct problems *problems,
                        struct sample *ret)
{
    const struct value *value = NULL;
    assert_true(yaml_read(arena, "plan.yaml", str_from(text), problems, &value));
    return decode(arena, &sample_table, value, 0, problems, ret);
}

static void decode__fills_all_types(void **state)
{
    (void)state;
    AUTO(arena) struct arena *arena = arena_new();
    AUTO(problems) struct problems problems = {0};
    struct sample s = {.pick = 7};
    assert_true(
        decode_yaml(arena,
                    "text: 20982486783671\nmode: no\nenabled: true\non: false\nparallel: 7\n"
                    "any_integer: -9223372036854775808\nratio: 0.5\nmax_age: 36h\npoll: PT1M\n"
                    "at: 2026-11-01T02:00:00Z\npick: nearest\nopen: OLDEST\nother: latest\n"
                    "tags: [a, 'no', 1]\nluns: [0, 63]\ntiers: vault\nvault: {name: v, keep: 1d}\n"
                    "vaults:\n  main: {name: m}\n  second: {name: s}\nlist: [{name: l}]\n"
                    "order: []\nbody: {x: [1]}\n",
                    &problems, &s));
    assert_int_equal(problems.count, 0);
    assert_string_equal(s.text, "20982486783671"); /* I16 */
    assert_string_equal(s.mode, "no");             /* I13 */
    assert_true(s.enabled && !s.is_on);
    assert_int_equal(s.parallel, 7);
    assert_true(s.any_integer == INT64_MIN);
    assert_true(s.ratio == 0.5);
    assert_int_equal(s.max_age_ms, 36 * HOUR_MS);
    assert_int_equal(s.poll_ms, MINUTE_MS);
    assert_int_equal(s.at.ms, 1793498400000);
    assert_int_equal(s.pick, 2);
    assert_int_equal(s.open, 1);
    assert_int_equal(s.other, 0);
    assert_int_equal(s.tags.count, 3);
    assert_string_equal(s.tags.items[1], "no");
    assert_int_equal(texts_at(&s.tags, 1).column, 11);
    assert_int_equal(s.luns.items[1], 63);
    assert_int_equal(s.tiers.count, 1);
    assert_int_equal(s.tiers.items[0], 1);
    assert_string_equal(s.vault->name, "v");
    assert_null(s.vault->base.name);
    const struct vault *vaults = s.vaults.items;
    assert_int_equal(s.vaults.count, 2);
    assert_string_equal(vaults[1].base.name, "second");
    assert_int_equal(vaults[1].base.name_at.line, 20);
    assert_int_equal(vaults[1].keep_ms, 3 * DAY_MS);
    const struct vault *list = s.list.items;
    assert_string_equal(list[0].name, "l");
    assert_true(s.order.is_set);
    assert_int_equal(s.order.count, 0);
    assert_int_equal(value_find(s.body, "x")->count, 1);
}

static void decode__knows_what_is_absent(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{}", "text: ~\npick: null\nat:\ntags: ~\nvault:\nbody: null\nparallel: \n"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        AUTO(arena) struct arena *arena = arena_new();
        AUTO(problems) struct problems problems = {0};
        struct sample s = {0};
        assert_true(decode_yaml(arena, texts[i], &problems, &s));
        assert_null(s.text);
        assert_string_equal(s.mode, "drill");
        assert_false(s.enabled);
        assert_true(s.is_on);
        assert_int_equal(s.parallel, 20);
        assert_int_equal(s.max_age_ms, -1);
        assert_int_equal(s.poll_ms, 30000);
        assert_true(s.at.ms == INT64_MIN);
        assert_int_equal(s.pick, -1);
        assert_int_equal(s.other, 1);
        assert_false(s.tags.is_set || s.luns.is_set || s.vaults.is_set || s.list.is_set);
        assert_int_equal(s.order.count, 1);
        assert_string_equal(s.order.items[0], "newest");
        assert_false(s.order.is_set);
        assert_int_equal(s.defaults.count, 2);
        assert_int_equal(s.defaults.items[1], 2);
        assert_null(s.vault);
        assert_null(s.body);
    }
}

static const struct {
    const char *yaml;
    int line, column;
    const char *text;
    const char *hint; /* NULL: none; "*": any */
} refused[] = {
    {"a: 1",                              1, 1,  "unknown key 'a' in selection rule",                                   "*"                                                   },
    {"x: 1\ntext: y",                     1, 1,  "unknown key 'x' in selection rule",                                   "*"                                                   },
    {"paralel: 1",                        1, 1,  "unknown key 'paralel' in selection rule",                             "did you mean 'parallel'?"                            },
    {"ordr: x",                           1, 1,  "unknown key 'ordr' in selection rule",                                "did you mean 'order'?"                               },
    {"othr: x",                           1, 1,  "unknown key 'othr' in selection rule",                                "*"                                                   },
    {"parallel: many",                    1, 11, "'parallel' must be a whole number from 1 to 1000, not \"many\"",
     NULL                                                                                                                                                                     },
    {"parallel: 0",                       1, 11, "'parallel' must be a whole number from 1 to 1000, not \"0\"",         NULL                                                  },
    {"parallel: '7'",                     1, 11, "'parallel' must be a whole number from 1 to 1000, not \"7\"",
     "remove the quotes"                                                                                                                                                      },
    {"parallel: [7]",                     1, 11, "'parallel' must be a whole number from 1 to 1000, not a list",        NULL                                                  },
 /* I14 */
    {"any_integer: 017",                  1, 14, "'any_integer' must be a whole number, not \"017\"",                   "*"                                                   },
    {"any_integer: 0x1F",                 1, 14, "'any_integer' must be a whole number, not \"0x1F\"",                  "*"                                                   },
    {"any_integer: 1_000",                1, 14, "'any_integer' must be a whole number, not \"1_000\"",                 "*"                                                   },
    {"any_integer: 12:30:45",             1, 14, "'any_integer' must be a whole number, not \"12:30:45\"",              "*"                                                   },
    {"any_integer: 1e3",                  1, 14, "'any_integer' must be a whole number, not \"1e3\"",                   "*"                                                   },
    {"any_integer: .inf",                 1, 14, "'any_integer' must be a whole number, not \".inf\"",                  "*"                                                   },
    {"any_integer: 99999999999999999999", 1, 14,
     "'any_integer' must be a whole number, not \"99999999999999999999\"",                                              "*"                                                   }, /* I15 */
    {"ratio: 1.5",                        1, 8,  "'ratio' must be a number from 0 to 1, not \"1.5\"",                   NULL                                                  },
    {"enabled: no",                       1, 10, "'enabled' must be true or false, not \"no\"",
     "write true or false"                                                                                                                                                    }, /* I13 */
    {"enabled: On",                       1, 10, "'enabled' must be true or false, not \"On\"",                         "write true or false"                                 },
    {"enabled: 'true'",                   1, 10, "'enabled' must be true or false, not \"true\"",
     "remove the quotes"                                                                                                                                                      },
    {"text: [a]",                         1, 7,  "'text' must be text, not a list",                                     NULL                                                  },
    {"max_age: 36 hours",                 1, 10,
     "'max_age' must be a duration such as 90s, 15m, 4h or 3d, not \"36 hours\"",                                       NULL                                                  },
    {"poll: 1h",                          1, 7,  "'poll' must be a duration from 1s to 10m 00s, not \"1h\"",            NULL                                                  },
    {"at: yesterday",                     1, 5,  "'at' must be a time such as 2026-11-01T02:00:00Z, not \"yesterday\"",
     NULL                                                                                                                                                                     },
    {"at: 2026-11-01T02:00:00",           1, 5,
     "'at' must be a time such as 2026-11-01T02:00:00Z, not \"2026-11-01T02:00:00\"",                                   "add the zone: Z for UTC, or an offset such as +01:00"},
    {"pick: latst",                       1, 7,  "'pick' must be latest, oldest or nearest, not \"latst\"",
     "did you mean 'latest'?"                                                                                                                                                 },
    {"pick: Latest",                      1, 7,  "'pick' must be latest, oldest or nearest, not \"Latest\"",
     "did you mean 'latest'?"                                                                                                                                                 },
    {"pick: {}",                          1, 7,  "'pick' must be latest, oldest or nearest, not a map",                 NULL                                                  },
    {"tags: []",                          1, 7,  "'tags' must not be empty",                                            NULL                                                  },
    {"tags: {a: b}",                      1, 7,  "'tags' must be a list, not a map",                                    NULL                                                  },
    {"tags: [a, [b]]",                    1, 11, "each of 'tags' must be text, not a list",                             NULL                                                  },
    {"tags: [a, ~]",                      1, 11, "each of 'tags' must be text, not nothing",                            NULL                                                  },
    {"luns: 1",                           1, 7,  "'luns' must be a list, not \"1\"",                                    NULL                                                  },
    {"luns: [1, 64]",                     1, 11, "each of 'luns' must be a whole number from 0 to 63, not \"64\"",
     NULL                                                                                                                                                                     },
    {"tiers: [vault, cold]",              1, 16,
     "each of 'tiers' must be snapshot, vault or archive, not \"cold\"",                                                NULL                                                  },
    {"vault: x",                          1, 8,  "'vault' must be a map, not \"x\"",                                    NULL                                                  },
    {"vault: {keep: 1d}",                 1, 8,  "missing 'name' in vault",                                             NULL                                                  },
    {"vault: {name: ''}",                 1, 15, "'name' must not be empty",                                            NULL                                                  },
    {"vault: {name: ~}",                  1, 8,  "missing 'name' in vault",                                             NULL                                                  },
    {"vaults:\n  main: {keep: 1d}",       2, 3,  "missing 'name' in vault",                                             NULL                                                  },
    {"vaults:\n  main: x",                2, 9,  "vault 'main' must be a map, not text",                                NULL                                                  },
    {"vaults: {}",                        1, 9,  "'vaults' must not be empty",                                          NULL                                                  },
    {"list: [{name: a}, x]",              1, 19, "each of 'list' must be a map, not \"x\"",                             NULL                                                  },
    {"list: [{name: a, nme: b}]",         1, 18, "unknown key 'nme' in vault",                                          "did you mean 'name'?"                                },
    {"[a]",                               1, 1,  "selection rule must be a map, not a list",                            NULL                                                  },
};

static void decode__refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refused); i++) {
        AUTO(arena) struct arena *arena = arena_new();
        AUTO(problems) struct problems problems = {0};
        struct sample s = {0};
        assert_false(decode_yaml(arena, refused[i].yaml, &problems, &s));
        const struct error *error = problems.items[0].error;
        assert_string_equal(error->text, refused[i].text);
        assert_int_equal(problems.count, 1);
        assert_int_equal(error->code, ERR_PLAN);
        assert_int_equal(error->line, refused[i].line);
        assert_int_equal(error->column, refused[i].column);
        if (text_equal(refused[i].hint, "*")) {
            assert_non_null(error->hint);
            assert_null(strstr(error->hint, "other")); /* a hidden row */
        } else {
            assert_true(text_equal(error->hint, refused[i].hint));
        }
        assert_int_equal(s.parallel, 20); /* what failed has its fallback */
        assert_int_equal(s.poll_ms, 30000);
    }
}

static void decode__reports_everything_in_one_go(void **state)
{
    (void)state;
    AUTO(arena) struct arena *arena = arena_new();
    AUTO(problems) struct problems problems = {0};
    struct sample s = {0};
    assert_false(decode_yaml(
        arena, "parallel: x\npick: y\nvaults: {a: {}, b: {name: n, z: 1}}\nq: 1", &problems, &s));
    assert_int_equal(problems.count, 5);
    const struct vault *vaults = s.vaults.items;
    assert_int_equal(s.vaults.count, 2);
    assert_string_equal(vaults[1].name, "n");
}

static void decode__cuts_and_cleans_what_it_shows(void **state)
{
    (void)state;
    AUTO(arena) struct arena *arena = arena_new();
    AUTO(problems) struct problems problems = {0};
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
    struct sample s = {0};
    buf_append_text(&text, "pick: 'x\xe2\x80\xae");
    for (int i = 0; i < 100; i++) {
        buf_append_text(&text, "\xc3\xa9");
    }
    buf_append_text(&text, "'");
    assert_false(decode_yaml(arena, buf_text(&text), &problems, &s));
    const char *shown = problems.items[0].error->text;
    size_t bad = 0;
    assert_true(str_is_utf8(str_from(shown), &bad));
    assert_non_null(strstr(shown, "x\\u202e"));
    assert_true(strlen(shown) < 200);
}

static void decode__reads_replies(void **state)
{
    (void)state;
    AUTO(arena) struct arena *arena = arena_new();
    AUTO(problems) struct problems problems = {0};
    const struct value *value = NULL;
    struct sample s = {0};
    struct str text =
        STR("{\"text\":\"null\",\"enabled\":true,\"parallel\":5,\"any_integer\":\"77\",\"ratio\":1,"
            "\"max_age\":\"PT4H\",\"at\":\"2026-11-01T02:00:00.1234567\",\"open\":\"New\","
            "\"tags\":[\"a\"],\"luns\":[1],\"unknown\":{\"x\":1},\"vault\":null}");
    assert_null(json_read(arena, "reply", text, JSON_READ_LENIENT, &value));
    assert_true(decode(arena, &sample_table, value, DECODE_SKIP_UNKNOWN, &problems, &s));
    assert_string_equal(s.text, "null");
    assert_true(s.enabled);
    assert_int_equal(s.parallel, 5);
    assert_int_equal(s.any_integer, 77);
    assert_true(s.ratio == 1.0);
    assert_int_equal(s.max_age_ms, 4 * HOUR_MS);
    assert_int_equal(s.at.ms, 1793498400123);
    assert_int_equal(s.open, -1);
    assert_int_equal(s.luns.items[0], 1);
}

static void decode__is_strict_about_types_of_json(void **state)
{
    (void)state;
    static const struct {
        const char *json, *text;
    } rows[] = {
        {"{\"text\":1}",         "'text' must be text, not a whole number"                    },
        {"{\"text\":true}",      "'text' must be text, not true or false"                     },
        {"{\"parallel\":\"5\"}", "'parallel' must be a whole number from 1 to 1000, not \"5\""},
        {"{\"parallel\":5.5}",
         "'parallel' must be a whole number from 1 to 1000, not a decimal number"             },
        {"{\"enabled\":1}",      "'enabled' must be true or false, not a whole number"        },
        {"{\"max_age\":60}",
         "'max_age' must be a duration such as 90s, 15m, 4h or 3d, not a whole number"        },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(arena) struct arena *arena = arena_new();
        AUTO(problems) struct problems problems = {0};
        const struct value *value = NULL;
        struct sample s = {0};
        assert_null(json_read(arena, "f.json", str_from(rows[i].json), 0, &value));
        assert_false(decode(arena, &sample_table, value, 0, &problems, &s));
        assert_int_equal(problems.count, 1);
        assert_string_equal(problems.items[0].error->text, rows[i].text);
    }
}

static void decode__gives_positions_for_later_checks(void **state)
{
    (void)state;
    AUTO(arena) struct arena *arena = arena_new();
    AUTO(problems) struct problems problems = {0};
    struct sample s = {0};
    assert_true(decode_yaml(arena, "tags: one\nvaults:\n  main: {name: m}\nvault: {name: v}",
                            &problems, &s));
    const struct vault *vaults = s.vaults.items;
    assert_int_equal(decoded_at(&s.base, "tags").column, 7);
    assert_int_equal(decoded_at(&s.base, "luns").line, 1);
    assert_int_equal(decoded_at(&vaults[0].base, "name").column, 16);
    assert_int_equal(decoded_at(&vaults[0].base, "keep").column, 3); /* absent: the record's key */
    assert_int_equal(decoded_at(&s.vault->base, "keep").column, 8);  /* absent, no key: the map */
    assert_int_equal(texts_at(&s.tags, 0).column, 7);
    assert_int_equal(texts_at(&s.order, 0).line, 0);
}

static void decode__counts_problems_without_end(void **state)
{
    (void)state;
    AUTO(arena) struct arena *arena = arena_new();
    AUTO(problems) struct problems problems = {0};
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
    struct sample s = {0};
    for (int i = 0; i < 50000; i++) {
        buf_format(&text, "paralle%d: 1\n", i);
    }
    assert_false(decode_yaml(arena, buf_text(&text), &problems, &s));
    assert_int_equal(problems.error_count, 50000);
    assert_int_equal(problems.count, LIMIT_PLAN_PROBLEMS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decode__fills_all_types),
        cmocka_unit_test(decode__knows_what_is_absent),
        cmocka_unit_test(decode__refuses),
        cmocka_unit_test(decode__reports_everything_in_one_go),
        cmocka_unit_test(decode__cuts_and_cleans_what_it_shows),
        cmocka_unit_test(decode__reads_replies),
        cmocka_unit_test(decode__is_strict_about_types_of_json),
        cmocka_unit_test(decode__gives_positions_for_later_checks),
        cmocka_unit_test(decode__counts_problems_without_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
