/* SPDX-License-Identifier: MIT */
#include "plan/select.h"

#include <string.h>

#include "unit/plan/select_fixture.h"

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
        /* the status that counts is the one of a wanted tier */
        {"  tiers: vault", POINT("1", "2026-11-20T11:00:00Z", "crash", TIER("vault", "disabled") "," TIER("snapshot", "deleted")), VERDICT_TIER_STATUS, 5, "its vault tier is disabled, not valid"},
        {"  tiers: [snapshot, vault]", POINT("1", "2026-11-20T11:00:00Z", "crash", TIER("vault", "disabled") "," TIER("snapshot", "deleted")), VERDICT_TIER_STATUS, 5, "its vault tier is disabled, its snapshot tier is deleted, not valid"},
        {"  tiers: [vault, archive]", POINT("1", "2026-11-20T11:00:00Z", "crash", TIER("vault", "disabled") "," TIER("archive", "rehydrated")), VERDICT_CHOSEN, 4, ""},
        /* min_age: the limit itself is in; 0.1 us beyond the ms makes a point younger */
        {"  min_age: 1h", POINT("1", "2026-11-20T11:00:00Z", "crash", ""), VERDICT_CHOSEN, 4, ""},
        {"  min_age: 1h", POINT("1", "2026-11-20T11:00:00.0000001Z", "crash", ""), VERDICT_TOO_NEW, 5, "min_age is 1h 00m"},
        {"  min_age: 1h", POINT("1", "2026-11-20T11:00:00.001Z", "crash", ""), VERDICT_TOO_NEW, 5, "taken 59m 59s ago, min_age is 1h 00m"},
        {"  min_age: 1h", POINT("1", "2026-11-20T13:00:00Z", "crash", ""), VERDICT_TOO_NEW, 5, ""},
        {"  max_age: 1h", POINT("1", "2026-11-20T10:59:59.9999999Z", "crash", ""), VERDICT_TOO_OLD, 5, ""},
        /* windows, both ends in */
        {"  within: 1d", POINT("1", "2026-11-19T12:00:00Z", "crash", ""), VERDICT_CHOSEN, 4, ""},
        {"  within: 1d", POINT("1", "2026-11-19T11:59:59.999Z", "crash", ""), VERDICT_OUTSIDE_WINDOW, 5, "taken 1d 0h ago, within is 1d 0h"},
        {"  from: 2026-11-19T12:00:00Z", POINT("1", "2026-11-19T12:00:00Z", "crash", ""), VERDICT_CHOSEN, 4, ""},
        {"  from: 2026-11-19T12:00:00.0000002Z", POINT("1", "2026-11-19T12:00:00.0000001Z", "crash", ""), VERDICT_OUTSIDE_WINDOW, 5, "it lies before 2026-11-19T12:00:00.0000002Z, which is 'from'"},
        {"  from: 2026-11-19T12:00:00.0000002Z", POINT("1", "2026-11-19T12:00:00.0000002Z", "crash", ""), VERDICT_CHOSEN, 4, ""},
        {"  until: 2026-11-19T13:00:00+01:00", POINT("1", "2026-11-19T12:00:00Z", "crash", ""), VERDICT_CHOSEN, 4, ""},
        {"  until: 2026-11-19T13:00:00+01:00", POINT("1", "2026-11-19T12:00:00.0000001Z", "crash", ""), VERDICT_OUTSIDE_WINDOW, 5, "it lies after 2026-11-19T13:00:00+01:00, which is 'until'"},
        {"  pick: nearest\n  at: 2026-11-19T12:00:00Z\n  direction: before", POINT("1", "2026-11-19T12:00:00Z", "crash", ""), VERDICT_CHOSEN, 6, "nearest to 2026-11-19T12:00:00Z"},
        {"  pick: nearest\n  at: 2026-11-19T12:00:00Z\n  direction: before", POINT("1", "2026-11-19T12:00:00.0000001Z", "crash", ""), VERDICT_OUTSIDE_WINDOW, 7, "it lies after 2026-11-19T12:00:00Z, direction is before"},
        {"  pick: nearest\n  at: 2026-11-19T12:00:00Z\n  direction: after", POINT("1", "2026-11-19T11:00:00Z", "crash", ""), VERDICT_OUTSIDE_WINDOW, 7, "it lies before"},
        {"  pick: nearest\n  at: 2026-11-19T12:00:00Z\n  direction: after", POINT("1", "2026-11-19T12:00:00Z", "crash", ""), VERDICT_CHOSEN, 6, ""},
        /* by id: the text, digit by digit; and it has to fit as any other */
        {"  pick: id\n  id: 6435345636458675101", POINT("6435345636458675101", "2026-11-19T11:00:00Z", "crash", ""), VERDICT_CHOSEN, 6, "the one that is named"},
        {"  pick: id\n  id: 6435345636458675101", POINT("6435345636458675102", "2026-11-19T11:00:00Z", "crash", ""), VERDICT_NOT_NAMED, 6, "its id is 6435345636458675102, not 6435345636458675101"},
        {"  pick: id\n  id: 007", POINT("7", "2026-11-19T11:00:00Z", "crash", ""), VERDICT_NOT_NAMED, 6, "not 007"},
        {"  pick: id\n  id: 7\n  max_age: 1h", POINT("7", "2026-11-19T11:00:00Z", "crash", ""), VERDICT_TOO_OLD, 7, ""},
        {"  pick: id\n  id: 7", "{\"id\": \"7\"}", VERDICT_NO_TIME, 0, "no time"},
        /* encryption and threats; what the service does not say is not there */
        {"  encrypted: true", MARKED("\"is_encrypted\": true"), VERDICT_CHOSEN, 4, ""},
        {"  encrypted: true", MARKED("\"is_encrypted\": false"), VERDICT_ENCRYPTED, 5, "was not encrypted, encrypted is true"},
        {"  encrypted: false", MARKED("\"is_encrypted\": true"), VERDICT_ENCRYPTED, 5, "was encrypted, encrypted is false"},
        {"  encrypted: false", MARKED("\"os\": \"Linux\""), VERDICT_CHOSEN, 4, ""},
        {"  encrypted: any", MARKED("\"is_encrypted\": true"), VERDICT_CHOSEN, 4, ""},
        {"  threat: none", MARKED("\"os\": \"Linux\""), VERDICT_CHOSEN, 4, ""},
        {"  threat: none", MARKED("\"threat\": \"none\""), VERDICT_CHOSEN, 4, ""},
        {"  threat: none", MARKED("\"threat\": \"unknown\""), VERDICT_CHOSEN, 4, ""},
        {"  threat: none", MARKED("\"threat\": \"unhealthy\""), VERDICT_THREAT, 5, "its threat status is unhealthy"},
        {"  threat: any", MARKED("\"threat\": \"unhealthy\""), VERDICT_CHOSEN, 4, ""},
        {"  {}", MARKED("\"threat\": \"unhealthy\""), VERDICT_CHOSEN, 4, ""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        AUTO(buf) struct buf points = BUF_INIT(LIMIT_TEXT_BYTES);
        buf_format(&points, POINTS("%s"), cases[i].point);
        struct chosen chosen;
        choose(&chosen, cases[i].rule, buf_text(&points));
        assert_int_equal(chosen.selection.count, 1);
        const struct candidate *found = &chosen.selection.candidates[0];
        bool is_right = found->verdict == cases[i].verdict &&
                        (cases[i].line == 0 || chosen.line == cases[i].line) &&
                        str_find(str_from(chosen.reason), str_from(cases[i].reason)) != SIZE_MAX &&
                        (chosen.selection.chosen != NULL) == (cases[i].verdict == VERDICT_CHOSEN);
        if (!is_right) {
            fail_msg("case %zu: %s, line %d: %s", i, verdict_names[found->verdict], chosen.line,
                     chosen.reason);
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
    assert_string_equal(select_outcome(chosen.arena, selection),
                        "newest of 4 eligible points, 1d 11h old");
    chosen_release(&chosen);
}

/* Three points that differ in all that a rule can prefer: see select__prefers. */
#define VARIED                                                                                     \
    POINTS(POINT("3", "2026-11-20T11:00:00Z", "crash", TIER("snapshot", "valid")) "," POINT(       \
        "2", "2026-11-20T10:00:00Z", "file-system",                                                \
        TIER("vault", "valid")) "," POINT("1", "2026-11-20T08:00:00Z", "application",              \
                                          TIER("archive", "rehydrated") "," TIER("vault",          \
                                                                                 "valid")))

/* clang-format off */
static void select__prefers(void **state)
{
    (void)state;
    static const struct {
        const char *rule;
        const char *order;    /* ids: chosen, runner-up */
        const char *verdicts; /* of points 3, 2, 1 */
        const char *outcome;  /* a part */
    } cases[] = {
        {"  pick: latest", "32", "chosen older older", "newest of 3 eligible points, 1h 00m old"},
        {"  prefer: newest", "32", "chosen older older", "newest of 3"},
        {"  pick: oldest", "12", "newer newer chosen", "oldest of 3 eligible points, 4h 00m old"},
        {"  pick: oldest\n  prefer: [oldest]", "12", "newer newer chosen", "oldest of 3"},
        {"  prefer: consistency", "12", "not-preferred not-preferred chosen", "best by consistency of 3"},
        /* in the order of the rule's own list */
        {"  consistency: [crash, application, file-system]\n  prefer: consistency", "31", "chosen not-preferred not-preferred", "best by consistency"},
        {"  consistency: [file-system, application]\n  prefer: consistency", "21", "consistency chosen not-preferred", "best by consistency of 2"},
        {"  prefer: tier", "32", "chosen not-preferred not-preferred", "best by tier"},
        {"  tiers: [vault, snapshot]\n  prefer: tier", "21", "not-preferred chosen older", "best by tier"},
        {"  tiers: [archive, vault, snapshot]\n  prefer: [tier, newest]", "12", "not-preferred not-preferred chosen", "best by tier"},
        /* lexicographic: the second decides where the first does not */
        {"  tiers: [vault, snapshot]\n  prefer: [tier, consistency]", "12", "not-preferred not-preferred chosen", "best by tier"},
        {"  pick: oldest\n  tiers: [vault, snapshot]\n  prefer: tier", "12", "not-preferred newer chosen", "best by tier"},
        /* nearest: either side, one side, the older of two as near */
        {"  pick: nearest\n  at: 2026-11-20T10:29:00Z", "23", "not-preferred chosen not-preferred", "nearest to 2026-11-20T10:29:00Z of 3 eligible points"},
        {"  pick: nearest\n  at: 2026-11-20T10:30:00Z", "23", "not-preferred chosen not-preferred", "nearest"},
        {"  pick: nearest\n  at: 2026-11-20T10:31:00Z", "32", "chosen not-preferred not-preferred", "nearest"},
        {"  pick: nearest\n  at: 2026-11-20T10:59:00Z\n  direction: before", "21", "outside-window chosen not-preferred", "nearest"},
        {"  pick: nearest\n  at: 2026-11-20T08:01:00Z\n  direction: after", "23", "not-preferred chosen outside-window", "nearest"},
        {"  pick: nearest\n  at: 2026-11-20T11:00:00Z\n  prefer: consistency", "12", "not-preferred not-preferred chosen", "best by consistency"},
        {"  pick: id\n  id: 2", "2", "not-named chosen not-named", "the one named of 3 points, 2h 00m old"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct chosen chosen;
        choose(&chosen, cases[i].rule, VARIED);
        AUTO(buf) struct buf order = BUF_INIT(LIMIT_TEXT_BYTES);
        AUTO(buf) struct buf verdicts = BUF_INIT(LIMIT_TEXT_BYTES);
        const struct selection *selection = &chosen.selection;
        buf_append_text(&order, selection->chosen->id);
        buf_append_text(&order, selection->runner_up == NULL ? "" : selection->runner_up->id);
        for (size_t at = 0; at < selection->count; at++) {
            buf_format(&verdicts, "%s%s", at == 0 ? "" : " ", verdict_names[selection->candidates[at].verdict]);
        }
        bool is_right = text_equal(buf_text(&order), cases[i].order) &&
                        text_equal(buf_text(&verdicts), cases[i].verdicts) &&
                        str_find(str_from(select_outcome(chosen.arena, selection)), str_from(cases[i].outcome)) != SIZE_MAX;
        if (!is_right) {
            fail_msg("case %zu: %s, %s, %s", i, buf_text(&order), buf_text(&verdicts), select_outcome(chosen.arena, selection));
        }
        chosen_release(&chosen);
    }
}

/* Recordings 25: fractions of 0 to 7 digits; 0.1 us decides. */
static void select__compares_fractions(void **state)
{
    (void)state;
    static const struct {
        const char *rule, *left, *right;
        bool is_left_chosen;
    } cases[] = {
        {"  {}", "2026-11-20T11:00:00.1234567Z", "2026-11-20T11:00:00.1234568Z", false},
        {"  {}", "2026-11-20T11:00:00.1234568Z", "2026-11-20T11:00:00.1234567Z", true},
        {"  {}", "2026-11-20T11:00:00Z", "2026-11-20T11:00:00.0000001Z", false},
        {"  {}", "2026-11-20T11:00:00.12Z", "2026-11-20T11:00:00.1199999Z", true},
        {"  {}", "2026-11-20T12:00:00.0000001+01:00", "2026-11-20T11:00:00Z", true},
        {"  pick: oldest", "2026-11-20T11:00:00.1234567Z", "2026-11-20T11:00:00.1234568Z", true},
        {"  pick: nearest\n  at: 2026-11-20T11:00:00.1234560Z", "2026-11-20T11:00:00.1234570Z", "2026-11-20T11:00:00.1234551Z", false},
        {"  pick: nearest\n  at: 2026-11-20T11:00:00.1234560Z", "2026-11-20T11:00:00.1234568Z", "2026-11-20T11:00:00.1234551Z", true},
        {"  pick: nearest\n  at: 2026-11-20T11:00:00Z", "2026-11-20T10:59:59.9999998Z", "2026-11-20T11:00:00.0000001Z", false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        AUTO(buf) struct buf points = BUF_INIT(LIMIT_TEXT_BYTES);
        struct chosen chosen;
        buf_format(&points, POINTS("{\"id\": \"1\", \"time\": \"%s\"},{\"id\": \"2\", \"time\": \"%s\"}"), cases[i].left, cases[i].right);
        choose(&chosen, cases[i].rule, buf_text(&points));
        if (text_equal(chosen.selection.chosen->id, "1") != cases[i].is_left_chosen) {
            fail_msg("case %zu: %s", i, chosen.selection.chosen->id);
        }
        chosen_release(&chosen);
    }
}
/* clang-format on */

#define DRAWN 10

/* Points 0 to 9, hour by hour, listed from `first` on. */
static void list_ten(struct buf *points, int first)
{
    buf_append_text(points, "{\"points\": [");
    for (int i = 0; i < DRAWN; i++) {
        int id = (first + i) % DRAWN;
        buf_format(points, "%s{\"id\": \"%d\", \"time\": \"2026-11-20T%02d:00:00Z\"}",
                   i == 0 ? "" : ",", id, id);
    }
    buf_append_text(points, "]}");
}

static size_t drawn_with(const struct chosen *chosen, const struct value *points, uint64_t seed)
{
    AUTO(arena) struct arena *arena = arena_new();
    struct select_request request = {chosen->rule, points, now, seed};
    struct selection selection = {0};
    select_point(arena, &request, &selection);
    assert_ptr_not_equal(selection.chosen, selection.runner_up);
    return (size_t)(selection.chosen->id[0] - '0');
}

/* Chi-square over 9 degrees of freedom: beyond 33.7 once in 10,000 fair sources. */
static void select__draws_uniformly(void **state)
{
    (void)state;
    enum { DRAWS = 10000 };
    AUTO(buf) struct buf points = BUF_INIT(LIMIT_TEXT_BYTES);
    list_ten(&points, 0);
    struct chosen chosen;
    choose(&chosen, "  pick: random", buf_text(&points));
    const struct value *tree = NULL;
    assert_null(json_read(chosen.arena, "points", buf_str(&points), 0, &tree));
    double counts[DRAWN] = {0};
    for (uint64_t seed = 0; seed < DRAWS; seed++) {
        counts[drawn_with(&chosen, tree, seed)] += 1;
    }
    double chi_square = 0;
    for (size_t i = 0; i < DRAWN; i++) {
        double off = counts[i] - (double)DRAWS / DRAWN;
        chi_square += off * off / ((double)DRAWS / DRAWN);
    }
    if (chi_square > 33.7) {
        fail_msg("chi-square is %f", chi_square);
    }
    chosen_release(&chosen);
}

static void select__draws_again(void **state)
{
    (void)state;
    static const struct {
        const char *rule, *other;
        bool is_same;
    } cases[] = {
        {"  pick: random\n  seed: 7", "  pick: random\n  seed: 7",               true },
        {"  pick: random\n  seed: 5", "  pick: random",                          true }, /* the run's */
        {"  pick: random\n  seed: 0", "  pick: random",                          false},
        {"  pick: random\n  seed: 7", "  pick: random\n  within: 9d\n  seed: 7", true },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (int first = 0; first < DRAWN; first++) {
            AUTO(buf) struct buf points = BUF_INIT(LIMIT_TEXT_BYTES);
            AUTO(buf) struct buf turned = BUF_INIT(LIMIT_TEXT_BYTES);
            struct chosen left;
            struct chosen right;
            list_ten(&points, 0);
            list_ten(&turned, first);
            choose(&left, cases[i].rule, buf_text(&points));
            choose(&right, cases[i].other, buf_text(&turned));
            bool is_same = text_equal(left.selection.chosen->id, right.selection.chosen->id);
            assert_int_equal(is_same, cases[i].is_same);
            chosen_release(&left);
            chosen_release(&right);
        }
    }
}

/* Only what fits is drawn from, and the seed is said. */
static void select__draws_from_eligible(void **state)
{
    (void)state;
    AUTO(buf) struct buf points = BUF_INIT(LIMIT_TEXT_BYTES);
    list_ten(&points, 3);
    for (int seed = 0; seed < 50; seed++) {
        AUTO(buf) struct buf rule = BUF_INIT(LIMIT_TEXT_BYTES);
        AUTO(buf) struct buf outcome = BUF_INIT(LIMIT_TEXT_BYTES);
        struct chosen chosen;
        buf_format(&rule, "  pick: random\n  seed: %d\n  from: 2026-11-20T08:00:00Z", seed);
        buf_format(&outcome, "drawn with seed %d from 2 eligible points", seed);
        choose(&chosen, buf_text(&rule), buf_text(&points));
        assert_true(chosen.selection.chosen->id[0] >= '8');
        assert_true(chosen.selection.runner_up->id[0] >= '8');
        assert_non_null(
            strstr(select_outcome(chosen.arena, &chosen.selection), buf_text(&outcome)));
        chosen_release(&chosen);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(select__judges),
        cmocka_unit_test(select__orders),
        cmocka_unit_test(select__prefers),
        cmocka_unit_test(select__compares_fractions),
        cmocka_unit_test(select__draws_uniformly),
        cmocka_unit_test(select__draws_again),
        cmocka_unit_test(select__draws_from_eligible),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
