/* SPDX-License-Identifier: MIT */
#include "plan/select_record.h"

#include "unit/plan/select_fixture.h"

#define LADDER                                                                                     \
    "  max_age: 1h\n  otherwise: vaulted\n vaulted: {tiers: vault, otherwise: any}\n any: {}"

static void select_record__goes_down_the_ladder(void **state)
{
    (void)state;
    static const struct {
        const char *points;
        const char *rule, *ladder, *outcome; /* ladder NULL: none was used */
    } cases[] = {
        {POINTS(POINT("1",                                                   "2026-11-20T11:30:00Z", "crash", "")),                                                               "newest", NULL,
         "the only eligible point of 1, 30m 00s old"},
        {POINTS(POINT("1",                                                              "2026-11-20T09:00:00Z",                                                "crash",                                                       TIER("vault",                                                                                                          "valid"))), "vaulted",
         "newest vaulted", "the only eligible point of 1, 3h 00m old; nothing fitted newest"},
        {POINTS(POINT("1",                                                           "2026-11-20T09:00:00Z",                      "crash","")),"any", "newest vaulted any",
         "the only eligible point of 1, 3h 00m old; nothing fitted newest, then vaulted"},
        {POINTS("{\"id\": \"1\"}"), "any",                       "newest vaulted any",
         "none of 1 points fits any of the rules newest, then vaulted, then any"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct chosen chosen;
        choose(&chosen, LADDER, cases[i].points);
        AUTO(buf) struct buf ladder = BUF_INIT(LIMIT_TEXT_BYTES);
        const struct value *value = select_to_value(chosen.arena, &chosen.selection, 0);
        const struct value *list = value_find(value, "ladder");
        for (size_t at = 0; list != NULL && at < list->count; at++) {
            buf_format(&ladder, "%s%s", at == 0 ? "" : " ", list->items[at]->text.at);
        }
        assert_string_equal(value_text(value, "rule"), cases[i].rule);
        assert_string_equal(value_text(value, "reason"), cases[i].outcome);
        assert_int_equal(list == NULL, cases[i].ladder == NULL);
        assert_string_equal(buf_text(&ladder), cases[i].ladder == NULL ? "" : cases[i].ladder);
        chosen_release(&chosen);
    }
}

static void select_record__records_every_rung(void **state)
{
    (void)state;
    struct chosen chosen;
    choose(&chosen, LADDER,
           POINTS(POINT("2", "2026-11-20T09:00:00Z", "crash", TIER("snapshot", "valid")) "," POINT(
               "1", "2026-11-20T08:00:00Z", "crash", TIER("vault", "valid"))));
    const struct value *value =
        select_to_value(chosen.arena, &chosen.selection, SELECT_WITH_POINTS);
    const struct value *candidate = value_find(value, "candidates")->items[0];
    const struct value *earlier = value_find(candidate, "earlier")->items[0];
    assert_string_equal(value_text(value, "point.id"), "1");
    assert_string_equal(value_text(value, "now"), "2026-11-20T12:00:00.000Z");
    assert_string_equal(value_text(candidate, "verdict"), "tier");
    assert_int_equal(value_integer(candidate, "line", 0), 7);
    assert_string_equal(value_text(earlier, "rule"), "newest");
    assert_string_equal(value_text(earlier, "verdict"), "too-old");
    assert_string_equal(value_text(earlier, "reason"), "taken 3h 00m ago, max_age is 1h 00m");
    assert_int_equal(value_integer(earlier, "line", 0), 5);
    const struct value *points = value_find(value, "points");
    assert_int_equal(points->count, 2);
    assert_ptr_equal(points->items[1], chosen.selection.chosen->point);
    chosen_release(&chosen);
}

static void select_record__explains_a_ladder_that_fails(void **state)
{
    (void)state;
    struct chosen chosen;
    choose(&chosen, "  max_age: 1h\n  otherwise: vaulted\n vaulted: {tiers: vault}",
           POINTS(POINT("2", "2026-11-20T09:00:00Z", "crash", TIER("snapshot", "valid"))));
    AUTO(error) struct error *error = select_none_error(&chosen.selection, "db");
    assert_string_equal(
        error->text, "no recovery point of item 'db' fits any of the rules newest, then vaulted");
    assert_int_equal(error->line, 4);
    assert_string_equal(error->cause->text,
                        "rule 'newest': 1 of 1 point is too old: it is of 2026-11-20T09:00:00Z, "
                        "taken 3h 00m ago, max_age is 1h 00m (line 5)");
    assert_string_equal(error->cause->cause->text,
                        "rule 'vaulted': 1 of 1 point is not in a tier that can be restored from: "
                        "it is of 2026-11-20T09:00:00Z, not in the vault tier (line 7)");
    chosen_release(&chosen);
}

static void select_record__explains_none(void **state)
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
    AUTO(error) struct error *error = select_none_error(&chosen.selection, "db");
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
        "1 of 6 points is not valid in the tier: it is of 2026-11-20T04:00:00Z, its vault tier is "
        "disabled, not valid (line 7)",
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
    assert_string_equal(select_outcome(chosen.arena, &chosen.selection),
                        "none of 6 points fits the rule");
    chosen_release(&chosen);
}

static void select_record__explains_no_points(void **state)
{
    (void)state;
    static const char *const lists[] = {"{\"points\": []}", "{}"};
    for (size_t i = 0; i < 2; i++) {
        struct chosen chosen;
        choose(&chosen, "  {}", lists[i]);
        assert_null(chosen.selection.chosen);
        AUTO(error) struct error *error = select_none_error(&chosen.selection, "db");
        assert_string_equal(error->text, "item 'db' has no recovery points");
        assert_string_equal(error->hint, "has a backup completed yet?");
        assert_null(error->cause);
        chosen_release(&chosen);
    }
}

static void select_record__records(void **state)
{
    (void)state;
    struct chosen chosen;
    choose(
        &chosen, "  max_age: 10d",
        POINTS(POINT("1", "2026-11-20T11:00:00Z", "application",
                     TIER("vault", "valid")) "," POINT("2", "2026-11-20T10:00:00Z", "crash", "")));
    const struct value *value = select_to_value(chosen.arena, &chosen.selection, 0);
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

static void select_record__shows_two_hundred(void **state)
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
    const struct value *value = select_to_value(chosen.arena, &chosen.selection, 0);
    assert_string_equal(value_text(value, "point.id"), "999");
    assert_int_equal(value_find(value, "candidates")->count, 200);
    assert_int_equal(value_integer(value, "candidates_omitted", 0), 800);
    assert_int_equal(value_integer(value, "considered", 0), 1000);
    chosen_release(&chosen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(select_record__goes_down_the_ladder),
        cmocka_unit_test(select_record__records_every_rung),
        cmocka_unit_test(select_record__explains_a_ladder_that_fails),
        cmocka_unit_test(select_record__explains_none),
        cmocka_unit_test(select_record__explains_no_points),
        cmocka_unit_test(select_record__records),
        cmocka_unit_test(select_record__shows_two_hundred),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
