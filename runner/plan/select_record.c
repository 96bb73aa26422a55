/* SPDX-License-Identifier: MIT */
#include "plan/select_record.h"

#include "plan/select_explain.h"

/* Of them all, however many rules were tried. */
enum {
    SHOWN_CANDIDATES = 200, /* in a journal */
    SHOWN_POINTS = 4000,    /* a record stays below LIMIT_RECORD_BYTES */
};

static const struct value *tiers_value(struct arena *arena, const struct candidate *candidate)
{
    struct value *list = value_new(arena, VALUE_LIST);
    for (int i = 0; i < PLAN_TIER_COUNT; i++) {
        if ((candidate->tiers & (1u << i)) != 0) {
            value_append(arena, list, value_new_text(arena, plan_tier_names[i]));
        }
    }
    return list;
}

static struct value *point_value(struct arena *arena, const struct candidate *candidate)
{
    char time[UTC_TEXT_SIZE];
    struct value *map = value_new(arena, VALUE_MAP);
    value_set_text(arena, map, "id", candidate->id);
    value_set_text(arena, map, "time",
                   candidate->time.ms == INT64_MIN ? NULL : utc_format(candidate->time, time));
    return map;
}

static void set_details(struct arena *arena, struct value *map, const struct candidate *candidate)
{
    value_set_text(arena, map, "consistency", value_text(candidate->point, "consistency"));
    value_set(arena, map, "tiers", tiers_value(arena, candidate));
}

static void set_verdict(struct arena *arena, struct value *map, const struct selection *selection,
                        const struct candidate *candidate)
{
    value_set_text(arena, map, "verdict", verdict_names[candidate->verdict]);
    value_set_text(arena, map, "reason", select_reason(arena, selection, candidate));
    value_set_integer(arena, map, "line", select_line(selection, candidate));
}

/* The selections by the rules tried, in their order. */
struct ladder {
    const struct selection **items;
    size_t count;
};

static struct ladder ladder_of(struct arena *arena, const struct selection *selection)
{
    struct ladder ladder = {0};
    for (const struct selection *tried = selection; tried != NULL; tried = tried->before) {
        ladder.count++;
    }
    ladder.items = ARENA_ARRAY(arena, const struct selection *, ladder.count);
    size_t i = ladder.count;
    for (const struct selection *tried = selection; tried != NULL; tried = tried->before) {
        ladder.items[--i] = tried;
    }
    return ladder;
}

/* What the rules tried before said of candidate i: all have the same candidates in the same
 * order. */
static void set_earlier(struct arena *arena, struct value *map, const struct ladder *ladder,
                        size_t i)
{
    struct value *list = value_new(arena, VALUE_LIST);
    for (size_t rung = 0; rung + 1 < ladder->count; rung++) {
        const struct selection *tried = ladder->items[rung];
        struct value *entry = value_new(arena, VALUE_MAP);
        value_set_text(arena, entry, "rule", tried->rule->base.name);
        set_verdict(arena, entry, tried, &tried->candidates[i]);
        value_append(arena, list, entry);
    }
    if (list->count > 0) {
        value_set(arena, map, "earlier", list);
    }
}

static void set_candidates(struct arena *arena, struct value *map, const struct ladder *ladder,
                           size_t shown)
{
    const struct selection *selection = ladder->items[ladder->count - 1];
    struct value *list = value_new(arena, VALUE_LIST);
    for (size_t i = 0; i < selection->count && i < shown; i++) {
        const struct candidate *candidate = &selection->candidates[i];
        struct value *entry = point_value(arena, candidate);
        set_verdict(arena, entry, selection, candidate);
        set_details(arena, entry, candidate);
        set_earlier(arena, entry, ladder, i);
        value_append(arena, list, entry);
    }
    value_set(arena, map, "candidates", list);
    if (selection->count > shown) {
        value_set_integer(arena, map, "candidates_omitted", (int64_t)(selection->count - shown));
    }
}

static void set_points(struct arena *arena, struct value *map, const struct selection *selection,
                       size_t shown)
{
    struct value *list = value_new(arena, VALUE_LIST);
    for (size_t i = 0; i < selection->count && i < shown; i++) {
        value_append(arena, list, selection->candidates[i].point);
    }
    value_set(arena, map, "points", list);
}

static void set_ladder(struct arena *arena, struct value *map, const struct ladder *ladder)
{
    struct value *list = value_new(arena, VALUE_LIST);
    for (size_t i = 0; i < ladder->count; i++) {
        value_append(arena, list, value_new_text(arena, ladder->items[i]->rule->base.name));
    }
    if (ladder->count > 1) {
        value_set(arena, map, "ladder", list);
    }
}

const struct value *select_to_value(struct arena *arena, const struct selection *selection,
                                    unsigned flags)
{
    char now[UTC_TEXT_SIZE];
    bool has_points = (flags & SELECT_WITH_POINTS) != 0;
    struct value *map = value_new(arena, VALUE_MAP);
    if (selection->chosen != NULL) {
        struct value *point = point_value(arena, selection->chosen);
        set_details(arena, point, selection->chosen);
        value_set(arena, map, "point", point);
    }
    value_set_text(arena, map, "rule", selection->rule->base.name);
    value_set_text(arena, map, "reason", select_outcome(arena, selection));
    if (selection->chosen != NULL) {
        value_set_integer(arena, map, "age_ms", select_age_ms(selection, selection->chosen));
    }
    value_set_integer(arena, map, "considered", (int64_t)selection->count);
    value_set_text(arena, map, "now", utc_format(selection->now, now));
    if (selection->runner_up != NULL) {
        value_set(arena, map, "runner_up", point_value(arena, selection->runner_up));
    }
    struct ladder ladder = ladder_of(arena, selection);
    size_t shown = (has_points ? SHOWN_POINTS : SHOWN_CANDIDATES) / ladder.count;
    set_ladder(arena, map, &ladder);
    set_candidates(arena, map, &ladder, shown);
    if (has_points) {
        set_points(arena, map, selection, shown);
    }
    return map;
}
