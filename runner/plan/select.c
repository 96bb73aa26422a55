/* SPDX-License-Identifier: MIT */
#include "plan/select.h"

#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "plan/select_judge.h"

const char *const verdict_names[VERDICT_COUNT] = {
    [VERDICT_CHOSEN] = "chosen",
    [VERDICT_OLDER] = "older",
    [VERDICT_NEWER] = "newer",
    [VERDICT_NOT_PREFERRED] = "not-preferred",
    [VERDICT_TOO_OLD] = "too-old",
    [VERDICT_TOO_NEW] = "too-new",
    [VERDICT_OUTSIDE_WINDOW] = "outside-window",
    [VERDICT_CONSISTENCY] = "consistency",
    [VERDICT_TIER] = "tier",
    [VERDICT_TIER_STATUS] = "tier-status",
    [VERDICT_ENCRYPTED] = "encrypted",
    [VERDICT_THREAT] = "threat",
    [VERDICT_NOT_NAMED] = "not-named",
    [VERDICT_HOOK] = "hook",
    [VERDICT_NO_TIME] = "no-time",
};

int64_t select_age_ms(const struct selection *selection, const struct candidate *candidate)
{
    /* A clock that is ahead of ours makes nothing older than new. */
    int64_t age_ms = selection->now.ms - candidate->time.ms;
    return age_ms < 0 ? 0 : age_ms;
}

/* The greater id first, as ids are numbers that grow. */
static int compare_ids(const struct candidate *left, const struct candidate *right)
{
    size_t left_len = strlen(left->id);
    size_t right_len = strlen(right->id);
    if (left_len != right_len) {
        return left_len > right_len ? -1 : 1;
    }
    return strcmp(right->id, left->id);
}

static int compare(const struct candidate *left, const struct candidate *right)
{
    int order = moment_compare(moment_of(right), moment_of(left));
    return order != 0 ? order : compare_ids(left, right);
}

static int compare_pointers(const void *a, const void *b)
{
    const struct candidate *const *left = a;
    const struct candidate *const *right = b;
    return compare(*left, *right);
}

/* The service lists the newest first: sorting is rarely needed. */
static struct candidate *sorted(struct arena *arena, struct candidate *read, size_t count)
{
    size_t at = 1;
    while (at < count && compare(&read[at - 1], &read[at]) <= 0) {
        at++;
    }
    if (at >= count) {
        return read;
    }
    const struct candidate **order = ARENA_ARRAY(arena, const struct candidate *, count);
    for (size_t i = 0; i < count; i++) {
        order[i] = &read[i];
    }
    qsort(order, count, sizeof(order[0]), compare_pointers);
    struct candidate *candidates = ARENA_ARRAY(arena, struct candidate, count);
    for (size_t i = 0; i < count; i++) {
        candidates[i] = *order[i];
    }
    return candidates;
}

/* Place in the order of a rule's list, or, without one, in the usual order; the end if it is in
 * none. */
static int64_t rank(const struct integers *order, int64_t word)
{
    for (size_t i = 0; i < order->count; i++) {
        if (order->items[i] == word) {
            return (int64_t)i;
        }
    }
    return order->is_set || word < 0 ? INT64_MAX : word;
}

static int64_t tier_rank(const struct plan_rule *rule, const struct candidate *candidate)
{
    int64_t best = INT64_MAX;
    for (int tier = 0; tier < PLAN_TIER_COUNT; tier++) {
        int64_t found = (candidate->tiers & 1u << tier) == 0 ? INT64_MAX : rank(&rule->tiers, tier);
        best = found < best ? found : best;
    }
    return best;
}

static int compare_numbers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

/* Below 0: a is better than b. */
static int compare_by(const struct select_judge *judge, enum criterion criterion,
                      const struct candidate *a, const struct candidate *b)
{
    const struct plan_rule *rule = judge->rule;
    switch (criterion) {
    case CRITERION_CONSISTENCY:
        return compare_numbers(rank(&rule->consistency, a->consistency),
                               rank(&rule->consistency, b->consistency));
    case CRITERION_TIER:
        return compare_numbers(tier_rank(rule, a), tier_rank(rule, b));
    case CRITERION_NEWEST:
        return moment_compare(moment_of(b), moment_of(a));
    case CRITERION_OLDEST:
        return moment_compare(moment_of(a), moment_of(b));
    case CRITERION_NEAREST:
        return moment_compare(moment_distance(moment_of(a), judge->at),
                              moment_distance(moment_of(b), judge->at));
    case CRITERION_ID:
        return compare_ids(a, b);
    case CRITERION_DRAW:
    case CRITERION_COUNT:
        break;
    }
    BUG("criterion %d", (int)criterion);
}

#define CRITERIA_LIMIT (PLAN_PREFER_COUNT + 4)
struct criteria {
    enum criterion items[CRITERIA_LIMIT];
    size_t count, preferred_count;
};

/* What the rule prefers, then its pick, then what makes the choice definite. */
static struct criteria criteria_of(const struct plan_rule *rule)
{
    static const enum criterion of_pick[PLAN_PICK_COUNT][2] = {
        [PLAN_PICK_LATEST] = {CRITERION_NEWEST,  CRITERION_ID    },
        [PLAN_PICK_OLDEST] = {CRITERION_OLDEST,  CRITERION_ID    },
 /* Of two at the same distance the older one: it was made before what happened then. */
        [PLAN_PICK_NEAREST] = {CRITERION_NEAREST, CRITERION_OLDEST},
        [PLAN_PICK_RANDOM] = {CRITERION_ID,      CRITERION_ID    },
        [PLAN_PICK_ID] = {CRITERION_NEWEST,  CRITERION_ID    },
    };
    struct criteria criteria = {0};
    for (size_t i = 0; i < rule->prefer.count && i < PLAN_PREFER_COUNT; i++) {
        criteria.items[criteria.count++] = (enum criterion)rule->prefer.items[i];
    }
    criteria.preferred_count = criteria.count;
    for (size_t i = 0; i < 2; i++) {
        criteria.items[criteria.count++] = of_pick[rule->pick][i];
    }
    criteria.items[criteria.count++] = CRITERION_ID;
    return criteria;
}

/* The place of the first criterion by which a differs from b; *ret_order below 0: a is better. */
static size_t tell_apart(const struct select_judge *judge, const struct criteria *criteria,
                         const struct candidate *a, const struct candidate *b, int *ret_order)
{
    for (size_t i = 0; i < criteria->count; i++) {
        *ret_order = compare_by(judge, criteria->items[i], a, b);
        if (*ret_order != 0) {
            return i;
        }
    }
    *ret_order = 1; /* equal in all: the one that came first stays */
    return criteria->count - 1;
}

static void find_best(const struct select_judge *judge, const struct criteria *criteria,
                      struct selection *selection)
{
    const struct candidate *best = NULL;
    const struct candidate *second = NULL;
    for (size_t i = 0; i < selection->count; i++) {
        const struct candidate *candidate = &selection->candidates[i];
        int order = -1;
        if (candidate->verdict != VERDICT_COUNT) {
            continue;
        }
        if (best != NULL) {
            tell_apart(judge, criteria, candidate, best, &order);
        }
        if (order < 0) {
            second = best;
            best = candidate;
            continue;
        }
        order = -1;
        if (second != NULL) {
            tell_apart(judge, criteria, candidate, second, &order);
        }
        second = order < 0 ? candidate : second;
    }
    selection->chosen = best;
    selection->runner_up = second;
}

/* Number i, from 0, of those without a verdict, `but` not counted. */
static const struct candidate *eligible_at(const struct selection *selection, uint64_t i,
                                           const struct candidate *but)
{
    for (size_t at = 0; at < selection->count; at++) {
        const struct candidate *candidate = &selection->candidates[at];
        if (candidate->verdict == VERDICT_COUNT && candidate != but && i-- == 0) {
            return candidate;
        }
    }
    return NULL;
}

/* From the sorted list, so that the order in which the points came does not matter. */
static void draw(struct selection *selection)
{
    struct random random = random_seeded(selection->seed);
    uint64_t count = selection->eligible_count;
    selection->chosen = eligible_at(selection, random_below(&random, count), NULL);
    if (count > 1) {
        selection->runner_up =
            eligible_at(selection, random_below(&random, count - 1), selection->chosen);
    }
}

static enum verdict verdict_of(enum criterion criterion)
{
    return criterion == CRITERION_NEWEST   ? VERDICT_OLDER
           : criterion == CRITERION_OLDEST ? VERDICT_NEWER
                                           : VERDICT_NOT_PREFERRED;
}

/* The member that says how to choose among those that fit. */
static const char *choosing_member(const struct plan_rule *rule)
{
    switch ((enum plan_pick)rule->pick) {
    case PLAN_PICK_NEAREST:
        return "at";
    case PLAN_PICK_ID:
        return "id";
    case PLAN_PICK_LATEST:
    case PLAN_PICK_OLDEST:
    case PLAN_PICK_RANDOM:
    case PLAN_PICK_COUNT:
        break;
    }
    return "pick";
}

static void give_verdicts(const struct select_judge *judge, const struct criteria *criteria,
                          struct selection *selection)
{
    const char *member = choosing_member(judge->rule);
    for (size_t i = 0; i < selection->count; i++) {
        struct candidate *candidate = &selection->candidates[i];
        if (candidate->verdict != VERDICT_COUNT) {
            continue;
        }
        candidate->member = member;
        if (candidate == selection->chosen) {
            candidate->verdict = VERDICT_CHOSEN;
        } else if (judge->rule->pick == PLAN_PICK_RANDOM) {
            candidate->verdict = VERDICT_NOT_PREFERRED;
            candidate->criterion = CRITERION_DRAW;
        } else {
            int order;
            size_t at = tell_apart(judge, criteria, candidate, selection->chosen, &order);
            bool is_preference = at < criteria->preferred_count;
            candidate->criterion = criteria->items[at];
            /* Nearest says more than older or newer would. */
            bool is_nearest = judge->rule->pick == PLAN_PICK_NEAREST;
            candidate->verdict =
                is_nearest ? VERDICT_NOT_PREFERRED : verdict_of(candidate->criterion);
            candidate->member = is_preference ? "prefer" : member;
        }
    }
}

static void try_rule(const struct plan_rule *rule, struct selection *selection)
{
    struct select_judge judge = select_judge_init(rule, selection->now);
    struct criteria criteria = criteria_of(rule);
    selection->rule = rule;
    for (size_t i = 0; i < selection->count; i++) {
        select_judge(&judge, &selection->candidates[i]);
        selection->eligible_count += selection->candidates[i].verdict == VERDICT_COUNT;
    }
    if (selection->eligible_count == 0) {
        return;
    }
    if (rule->pick == PLAN_PICK_RANDOM) {
        selection->seed = rule_says(rule, "seed") ? (uint64_t)rule->seed : selection->seed;
        draw(selection);
    } else {
        find_best(&judge, &criteria, selection);
    }
    give_verdicts(&judge, &criteria, selection);
}

void select_point(struct arena *arena, const struct select_request *request, struct selection *ret)
{
    const struct value *list = value_find(request->points, "points");
    size_t count = list != NULL && list->type == VALUE_LIST ? list->count : 0;
    struct candidate *read = ARENA_ARRAY(arena, struct candidate, count);
    for (size_t i = 0; i < count; i++) {
        read[i] = select_read(list->items[i]);
    }
    struct candidate *candidates = sorted(arena, read, count);
    const struct selection *before = NULL;
    for (const struct plan_rule *rule = request->rule; rule != NULL; rule = rule->next) {
        struct selection *selection = ARENA_NEW(arena, struct selection);
        *selection = (struct selection){.before = before,
                                        .now = request->now,
                                        .seed = request->seed,
                                        .candidates = candidates,
                                        .count = count};
        try_rule(rule, selection);
        *ret = *selection;
        if (selection->chosen != NULL || rule->next == NULL) {
            return;
        }
        candidates = ARENA_ARRAY(arena, struct candidate, count);
        for (size_t i = 0; i < count; i++) {
            candidates[i] = selection->candidates[i];
        }
        before = selection;
    }
}
