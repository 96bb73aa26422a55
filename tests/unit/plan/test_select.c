/* SPDX-License-Identifier: MIT */
#include "base/clock.h"
#include "base/mem.h"
#include "plan/select.h"

#include "base/limit.h"
#include "data/json_read.h"
#include "unit/plan/plan_fixture.h"

/* Noon of 2026-11-20.  A rule begins on line 4, its members on line 5. */
static const struct utc now = {INT64_C(1795176000000)};

struct chosen {
    struct arena *arena;
    struct plan *plan;
    struct problems problems;
    const struct plan_rule *rule;
    struct selection selection;
};

/* rule is what stands under "newest:", a member each line. */
static void choose(struct chosen *chosen, const char *rule, const char *points)
{
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
    buf_format(&text,
               "version: 1\nname: test\nselection:\n newest:\n%s\nsteps: {a: {kind: wait}}\n",
               rule);
    *chosen = (struct chosen){.arena = arena_new()};
    chosen->plan = fixture_load(buf_text(&text), &chosen->problems);
    if (chosen->plan == NULL) {
        fixture_print(&chosen->problems);
        fail();
        return;
    }
    chosen->rule = chosen->plan->selection.items;
    const struct value *tree = NULL;
    assert_null(json_read(chosen->arena, "points", str_from(points), 0, &tree));
    select_point(chosen->arena, chosen->rule, tree, now, &chosen->selection);
}

static void chosen_release(struct chosen *chosen)
{
    plan_free(chosen->plan);
    problems_release(&chosen->problems);
    arena_free(chosen->arena);
}

#define POINT(id, time, consistency, tiers)                                                        \
    "{\"id\": \"" id "\", \"time\": \"" time "\", \"consistency\": \"" consistency                 \
    "\", \"tiers\": [" tiers "]}"
#define TIER(tier, status) "{\"tier\": \"" tier "\", \"status\": \"" status "\"}"
#define POINTS(list) "{\"points\": [" list "]}"

/* Version 14 of clang-format dies on this table. */
/* clang-format off */
static void select__judges(void **state)
{
    (void)state;
    static const struct {
        const char *rule;
        const char *point;
        enum verdict verdict;
        int line;
        const char *reason; /* a part */
    } cases[] = {
        {"  {}", POINT("1", "2026-11-20T11:00:00Z", "crash", ""), VERDICT_CHOSEN, 4, "newest"},
        {"  pick: latest", POINT("1", "2026-11-20T11:00:00Z", "crash", ""), VERDICT_CHOSEN, 5, "newest"},
        /* age: the limit itself is still in, a ms more is out, the future is new */
        {"  max_age: 36h", POINT("1", "2026-11-19T00:00:00Z", "crash", ""), VERDICT_CHOSEN, 4, ""},
        {"  pick: latest\n  max_age: 36h", POINT("1", "2026-11-18T23:59:59.999Z", "crash", ""), VERDICT_TOO_OLD, 6, "taken 1d 12h ago, max_age is 1d 12h"},
        {"  max_age: 1h", POINT("1", "2026-11-20T13:00:00Z", "crash", ""), VERDICT_CHOSEN, 4, ""},
        {"  max_age: 1h", POINT("1", "2026-11-20T11:30:00", "crash", ""), VERDICT_CHOSEN, 4, ""},
        {"  {}", "{\"id\": \"1\"}", VERDICT_NO_TIME, 0, "no time"},
        {"  {}", POINT("1", "yesterday", "crash", ""), VERDICT_NO_TIME, 0, "no time"},
        {"  consistency: application", POINT("1", "2026-11-20T11:00:00Z", "application", ""), VERDICT_CHOSEN, 4, ""},
        {"  consistency: [application, file-system]", POINT("1", "2026-11-20T11:00:00Z", "crash", ""), VERDICT_CONSISTENCY, 5, "is crash, not application or file-system"},
        {"  consistency: crash", POINT("1", "2026-11-20T11:00:00Z", "strange", ""), VERDICT_CONSISTENCY, 5, "is strange, not crash"},
        {"  {}", POINT("1", "2026-11-20T11:00:00Z", "strange", ""), VERDICT_CHOSEN, 4, ""},
        /* age comes before consistency, consistency before tiers */
        {"  max_age: 1h\n  consistency: crash", POINT("1", "2026-11-19T11:00:00Z", "application", ""), VERDICT_TOO_OLD, 5, ""},
        {"  tiers: vault\n  consistency: crash", POINT("1", "2026-11-20T11:00:00Z", "application", ""), VERDICT_CONSISTENCY, 6, ""},
        {"  tiers: [snapshot, vault]", POINT("1", "2026-11-20T11:00:00Z", "crash", TIER("vault", "valid")), VERDICT_CHOSEN, 4, ""},
        {"  tiers: vault", POINT("1", "2026-11-20T11:00:00Z", "crash", TIER("snapshot", "valid")), VERDICT_TIER, 5, "not in the vault tier"},
        {"  tiers: vault", POINT("1", "2026-11-20T11:00:00Z", "crash", TIER("vault", "rehydrated")), VERDICT_CHOSEN, 4, ""},
        {"  tiers: vault", POINT("1", "2026-11-20T11:00:00Z", "crash", TIER("vault", "disabled")), VERDICT_TIER_STATUS, 5, "disabled"},
        {"  {}", POINT("1", "2026-11-20T11:00:00Z", "crash", TIER("vault", "deleted")), VERDICT_TIER_STATUS, 0, "deleted"},
        {"  {}", POINT("1", "2026-11-20T11:00:00Z", "crash", TIER("vault", "deleted") "," TIER("snapshot", "valid")), VERDICT_CHOSEN, 4, ""},
        {"  {}", POINT("1", "2026-11-20T11:00:00Z", "crash", TIER("archive", "valid")), VERDICT_TIER, 0, "must be rehydrated first"},
        {"  {}", POINT("1", "2026-11-20T11:00:00Z", "crash", TIER("vault", "deleted") "," TIER("archive", "valid")), VERDICT_TIER, 0, "must be rehydrated first"},
        {"  tiers: archive", POINT("1", "2026-11-20T11:00:00Z", "crash", TIER("archive", "valid")), VERDICT_TIER, 5, "must be rehydrated first"},
        {"  tiers: archive", POINT("1", "2026-11-20T11:00:00Z", "crash", TIER("archive", "rehydrated")), VERDICT_CHOSEN, 4, ""},
        {"  tiers: vault", POINT("1", "2026-11-20T11:00:00Z", "crash", ""), VERDICT_TIER, 5, "not in the vault tier"},
        {"  {}", POINT("1", "2026-11-20T11:00:00Z", "crash", TIER("glacier", "valid")), VERDICT_CHOSEN, 4, ""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        AUTO(buf) struct buf points = BUF_INIT(LIMIT_TEXT_BYTES);
        buf_format(&points, POINTS("%s"), cases[i].point);
        struct chosen chosen;
        choose(&chosen, cases[i].rule, buf_text(&points));
        assert_int_equal(chosen.selection.count, 1);
        const struct candidate *found = &chosen.selection.candidates[0];
        bool is_right = found->verdict == cases[i].verdict &&
                        (cases[i].line == 0 || found->line == cases[i].line) &&
                        str_find(str_from(found->reason), str_from(cases[i].reason)) != SIZE_MAX &&
                        (chosen.selection.chosen != NULL) == (cases[i].verdict == VERDICT_CHOSEN);
        if (!is_right) {
            fail_msg("case %zu: %s, line %d: %s", i, verdict_names[found->verdict], found->line,
                     found->reason);
        }
        chosen_release(&chosen);
    }
}

/* clang-format on */

/* Newest first whatever the order of the list; ties by the greater number. */
static void select__orders(void **state)
{
    (void)state;
    struct chosen chosen;
    choose(&chosen, "  max_age: 10d",
           POINTS(POINT("99", "2026-11-18T02:00:00Z", "crash", "") "," POINT(
               "7", "2026-10-01T02:00:00Z", "crash",
               "") ","
                   "{\"id\": \"0\"}," POINT("100", "2026-11-18T02:00:00Z", "crash", "") "," POINT(
                       "5", "2026-11-19T02:00:00+01:00", "crash",
                       "") "," POINT("98", "2026-11-18T02:00:00Z", "crash", "")));
    static const struct {
        const char *id;
        enum verdict verdict;
    } expected[] = {
        {"5",   VERDICT_CHOSEN },
        {"100", VERDICT_OLDER  },
        {"99",  VERDICT_OLDER  },
        {"98",  VERDICT_OLDER  },
        {"7",   VERDICT_TOO_OLD},
        {"0",   VERDICT_NO_TIME}
    };
    const struct selection *selection = &chosen.selection;
    assert_int_equal(selection->count, 6);
    for (size_t i = 0; i < 6; i++) {
        assert_string_equal(selection->candidates[i].id, expected[i].id);
        assert_int_equal(selection->candidates[i].verdict, expected[i].verdict);
    }
    assert_string_equal(selection->chosen->id, "5");
    assert_string_equal(selection->runner_up->id, "100");
    assert_string_equal(selection->reason, "newest of 4 eligible points, 1d 11h old");
    chosen_release(&chosen);
}

static void select__explains_none(void **state)
{
    (void)state;
    struct chosen chosen;
    choose(&chosen, "  max_age: 36h\n  consistency: application\n  tiers: [snapshot, vault]",
           POINTS(POINT("1", "2026-11-01T02:00:00Z", "application", "") "," POINT(
               "2", "2026-10-30T02:00:00Z", "application",
               "") "," POINT("3", "2026-11-20T02:00:00Z", "crash",
                             "") "," POINT("4", "2026-11-20T03:00:00Z", "application",
                                           TIER("archive",
                                                "valid")) "," POINT("5", "2026-11-20T04:00:00Z",
                                                                    "application",
                                                                    TIER("vault",
                                                                         "disabled")) ","
                                                                                      "{\"id\": "
                                                                                      "\"6\"}"));
    AUTO(error) struct error *error = select_none_error(chosen.rule, &chosen.selection, "db");
    assert_int_equal(error->code, ERR_REFUSED);
    assert_int_equal(error->line, 4);
    assert_string_equal(error->text, "no recovery point of item 'db' fits rule 'newest'");
    static const char *const causes[] = {
        "2 of 6 points are too old: the newest of them is of 2026-11-01T02:00:00Z, taken 19d 10h "
        "ago, "
        "max_age is 1d 12h (line 5)",
        "1 of 6 points is of another consistency: it is of 2026-11-20T02:00:00Z, its consistency "
        "is "
        "crash, not application (line 6)",
        "1 of 6 points is not in a tier that can be restored from: it is of 2026-11-20T03:00:00Z, "
        "only "
        "in the archive tier: it must be rehydrated first (line 7)",
        "1 of 6 points is not valid in the tier: it is of 2026-11-20T04:00:00Z, its tier is "
        "disabled, "
        "not valid (line 7)",
        "1 of 6 points is without a time",
    };
    const struct error *cause = error->cause;
    for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++) {
        assert_non_null(cause);
        assert_string_equal(cause->text, causes[i]);
        cause = cause->cause;
    }
    assert_null(cause);
    assert_non_null(error->hint);
    assert_string_equal(chosen.selection.reason, "none of 6 points fits the rule");
    chosen_release(&chosen);
}

static void select__explains_no_points(void **state)
{
    (void)state;
    static const char *const lists[] = {"{\"points\": []}", "{}"};
    for (size_t i = 0; i < 2; i++) {
        struct chosen chosen;
        choose(&chosen, "  {}", lists[i]);
        assert_null(chosen.selection.chosen);
        AUTO(error) struct error *error = select_none_error(chosen.rule, &chosen.selection, "db");
        assert_string_equal(error->text, "item 'db' has no recovery points");
        assert_string_equal(error->hint, "has a backup completed yet?");
        assert_null(error->cause);
        chosen_release(&chosen);
    }
}

static void select__records(void **state)
{
    (void)state;
    struct chosen chosen;
    choose(
        &chosen, "  max_age: 10d",
        POINTS(POINT("1", "2026-11-20T11:00:00Z", "application",
                     TIER("vault", "valid")) "," POINT("2", "2026-11-20T10:00:00Z", "crash", "")));
    const struct value *value = select_to_value(chosen.arena, chosen.rule, &chosen.selection, now);
    assert_string_equal(value_text(value, "rule"), "newest");
    assert_string_equal(value_text(value, "reason"), "newest of 2 eligible points, 1h 00m old");
    assert_string_equal(value_text(value, "point.id"), "1");
    assert_string_equal(value_text(value, "point.time"), "2026-11-20T11:00:00.000Z");
    assert_string_equal(value_text(value, "point.consistency"), "application");
    assert_string_equal(value_find_path(value, "point.tiers")->items[0]->text.at, "vault");
    assert_string_equal(value_text(value, "runner_up.id"), "2");
    assert_int_equal(value_integer(value, "age_ms", -1), HOUR_MS);
    assert_int_equal(value_integer(value, "considered", -1), 2);
    const struct value *candidates = value_find(value, "candidates");
    assert_int_equal(candidates->count, 2);
    assert_string_equal(value_text(candidates->items[1], "verdict"), "older");
    assert_int_equal(value_integer(candidates->items[1], "line", -1), 4);
    assert_null(value_find(value, "candidates_omitted"));
    chosen_release(&chosen);
}

static void select__shows_two_hundred(void **state)
{
    (void)state;
    AUTO(buf) struct buf points = BUF_INIT(LIMIT_TEXT_BYTES);
    buf_append_text(&points, "{\"points\": [");
    for (int i = 0; i < 1000; i++) {
        buf_format(&points, "%s{\"id\": \"%d\", \"time\": \"2026-11-20T01:00:00Z\"}",
                   i == 0 ? "" : ",", i);
    }
    buf_append_text(&points, "]}");
    struct chosen chosen;
    choose(&chosen, "  {}", buf_text(&points));
    const struct value *value = select_to_value(chosen.arena, chosen.rule, &chosen.selection, now);
    assert_string_equal(value_text(value, "point.id"), "999");
    assert_int_equal(value_find(value, "candidates")->count, 200);
    assert_int_equal(value_integer(value, "candidates_omitted", 0), 800);
    assert_int_equal(value_integer(value, "considered", 0), 1000);
    chosen_release(&chosen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(select__judges),        cmocka_unit_test(select__orders),
        cmocka_unit_test(select__explains_none), cmocka_unit_test(select__explains_no_points),
        cmocka_unit_test(select__records),       cmocka_unit_test(select__shows_two_hundred),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
