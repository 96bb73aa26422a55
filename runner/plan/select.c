/* SPDX-License-Identifier: MIT */
#include "plan/select.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/limit.h"
#include "base/mem.h"

enum {
    SHOWN_CANDIDATES = 200,
};

const char *const verdict_names[VERDICT_COUNT] = {
    [VERDICT_CHOSEN] = "chosen",   [VERDICT_OLDER] = "older",
    [VERDICT_TOO_OLD] = "too-old", [VERDICT_CONSISTENCY] = "consistency",
    [VERDICT_TIER] = "tier",       [VERDICT_TIER_STATUS] = "tier-status",
    [VERDICT_NO_TIME] = "no-time",
};

/* What is being judged, by what, when. */
struct judging {
    struct arena *arena;
    const struct plan_rule *rule;
    struct utc now;
};

/* In how many ms it lies back; a clock that is ahead of ours makes nothing older than new. */
static int64_t age_of(const struct candidate *candidate, struct utc now)
{
    return candidate->time.ms >= now.ms ? 0 : now.ms - candidate->time.ms;
}

static int word_index(const char *word, const char *const *words)
{
    for (int i = 0; word != NULL && words[i] != NULL; i++) {
        if (text_equal(word, words[i])) {
            return i;
        }
    }
    return -1;
}

static bool holds(const struct integers *list, int64_t wanted)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i] == wanted) {
            return true;
        }
    }
    return false;
}

/* "vault or archive" */
static const char *joined(struct arena *arena, const struct integers *list,
                          const char *const *words)
{
    const char *text = "";
    for (size_t i = 0; i < list->count; i++) {
        const char *before = i == 0 ? "" : i + 1 == list->count ? " or " : ", ";
        text = arena_format(arena, "%s%s%s", text, before, words[list->items[i]]);
    }
    return text;
}

/* Bits of tiers, as struct candidate has them. */
struct tiers {
    unsigned listed;      /* the service says that it is or was there */
    unsigned restorable;  /* the status allows a restore */
    bool only_in_archive; /* valid, but only after rehydration */
    const char *status;   /* of the last one that is not restorable */
};

static struct tiers read_tiers(const struct value *point)
{
    struct tiers tiers = {0};
    const struct value *list = value_find(point, "tiers");
    for (size_t i = 0; list != NULL && i < list->count && list->type == VALUE_LIST; i++) {
        const char *status = value_text(list->items[i], "status");
        int tier = word_index(value_text(list->items[i], "tier"), plan_tier_names);
        if (tier < 0) {
            continue;
        }
        unsigned bit = 1u << tier;
        bool is_valid = text_equal_ignoring_case(status, "valid");
        bool is_rehydrated = text_equal_ignoring_case(status, "rehydrated");
        tiers.listed |= bit;
        if (is_rehydrated || (is_valid && tier != PLAN_TIER_ARCHIVE)) {
            tiers.restorable |= bit;
        } else if (is_valid) {
            tiers.only_in_archive = true;
        } else {
            tiers.status = status;
        }
    }
    tiers.only_in_archive = tiers.only_in_archive && tiers.restorable == 0;
    return tiers;
}

/* The verdict, its phrase and the line of the rule's member that decided. */
static void judge(const struct judging *judging, struct candidate *candidate, enum verdict verdict,
                  const char *member, const char *reason)
{
    candidate->verdict = verdict;
    candidate->reason = reason;
    candidate->line = member == NULL ? 0 : decoded_at(&judging->rule->base, member).line;
}

static bool judge_age(const struct judging *judging, struct candidate *candidate)
{
    char age_text[DURATION_TEXT_SIZE];
    char max_text[DURATION_TEXT_SIZE];
    int64_t age = age_of(candidate, judging->now);
    int64_t max = judging->rule->max_age_ms;
    if (max < 0 || age <= max) {
        return true;
    }
    judge(judging, candidate, VERDICT_TOO_OLD, "max_age",
          arena_format(judging->arena, "taken %s ago, max_age is %s",
                       duration_format(age, age_text), duration_format(max, max_text)));
    return false;
}

static bool judge_consistency(const struct judging *judging, struct candidate *candidate)
{
    const struct integers *wanted = &judging->rule->consistency;
    if (!wanted->is_set || holds(wanted, candidate->consistency)) {
        return true;
    }
    const char *found = value_text(candidate->point, "consistency");
    judge(judging, candidate, VERDICT_CONSISTENCY, "consistency",
          arena_format(judging->arena, "its consistency is %s, not %s",
                       found == NULL ? "unknown" : found,
                       joined(judging->arena, wanted, plan_consistency_names)));
    return false;
}

static bool judge_tiers(const struct judging *judging, struct candidate *candidate,
                        const struct tiers *tiers)
{
    const struct integers *wanted = &judging->rule->tiers;
    unsigned wanted_bits = wanted->is_set ? 0 : ~0u;
    for (size_t i = 0; i < wanted->count; i++) {
        wanted_bits |= 1u << wanted->items[i];
    }
    if ((tiers->restorable & wanted_bits) != 0 || (tiers->listed == 0 && !wanted->is_set)) {
        return true;
    }
    if (tiers->only_in_archive) {
        judge(judging, candidate, VERDICT_TIER, "tiers",
              "only in the archive tier: it must be rehydrated first");
        return false;
    }
    if ((tiers->listed & wanted_bits) != 0) {
        judge(judging, candidate, VERDICT_TIER_STATUS, "tiers",
              arena_format(judging->arena, "its tier is %s, not valid",
                           tiers->status == NULL ? "of unknown status" : tiers->status));
        return false;
    }
    judge(judging, candidate, VERDICT_TIER, "tiers",
          arena_format(judging->arena, "not in the %s tier",
                       joined(judging->arena, wanted, plan_tier_names)));
    return false;
}

static bool is_eligible(const struct judging *judging, struct candidate *candidate,
                        const struct tiers *tiers)
{
    if (candidate->time.ms == INT64_MIN) {
        judge(judging, candidate, VERDICT_NO_TIME, NULL, "the service gives no time for it");
        return false;
    }
    return judge_age(judging, candidate) && judge_consistency(judging, candidate) &&
           judge_tiers(judging, candidate, tiers);
}

/* Newest first; then the greater id, as ids are numbers that grow. */
static int compare(const void *a, const void *b)
{
    const struct candidate *left = a;
    const struct candidate *right = b;
    if (left->time.ms != right->time.ms) {
        return left->time.ms > right->time.ms ? -1 : 1;
    }
    size_t left_len = strlen(left->id);
    size_t right_len = strlen(right->id);
    if (left_len != right_len) {
        return left_len > right_len ? -1 : 1;
    }
    return strcmp(right->id, left->id);
}

static struct candidate read_candidate(const struct value *point)
{
    const char *id = value_text(point, "id");
    struct candidate candidate = {
        .point = point,
        .id = id == NULL ? "" : id,
        .time = {INT64_MIN},
        .consistency = word_index(value_text(point, "consistency"), plan_consistency_names),
        .tiers = read_tiers(point).restorable,
        .verdict = VERDICT_COUNT,
    };
    const char *time = value_text(point, "time");
    utc_parse(str_from(time), UTC_ZONE_OPTIONAL, &candidate.time);
    return candidate;
}

/* The newest of those still without a verdict is chosen, the others are older. */
static size_t choose(const struct judging *judging, struct selection *selection)
{
    size_t eligible = 0;
    for (size_t i = 0; i < selection->count; i++) {
        struct candidate *candidate = &selection->candidates[i];
        if (candidate->verdict != VERDICT_COUNT) {
            continue;
        }
        eligible++;
        if (eligible == 1) {
            judge(judging, candidate, VERDICT_CHOSEN, "pick", "the newest that fits");
            selection->chosen = candidate;
        } else {
            judge(judging, candidate, VERDICT_OLDER, "pick", "it fits, but a newer one does too");
            selection->runner_up = eligible == 2 ? candidate : selection->runner_up;
        }
    }
    return eligible;
}

void select_point(struct arena *arena, const struct plan_rule *rule, const struct value *points,
                  struct utc now, struct selection *ret)
{
    struct judging judging = {arena, rule, now};
    const struct value *list = value_find(points, "points");
    struct selection selection = {.count =
                                      list != NULL && list->type == VALUE_LIST ? list->count : 0};
    selection.candidates = ARENA_ARRAY(arena, struct candidate, selection.count);
    for (size_t i = 0; i < selection.count; i++) {
        struct candidate *candidate = &selection.candidates[i];
        *candidate = read_candidate(list->items[i]);
        struct tiers tiers = read_tiers(candidate->point);
        is_eligible(&judging, candidate, &tiers);
    }
    if (selection.count > 1) {
        qsort(selection.candidates, selection.count, sizeof(selection.candidates[0]), compare);
    }
    size_t eligible = choose(&judging, &selection);
    if (eligible == 0) {
        selection.reason = arena_format(arena, "none of %zu points fits the rule", selection.count);
    } else {
        char age[DURATION_TEXT_SIZE];
        duration_format(age_of(selection.chosen, now), age);
        selection.reason =
            eligible == 1
                ? arena_format(arena, "the only eligible point of %zu, %s old", selection.count,
                               age)
                : arena_format(arena, "newest of %zu eligible points, %s old", eligible, age);
    }
    *ret = selection;
}

/* "5 of 7 points are too old: the newest of them is of …, taken 19d 3h ago, max_age is 1d 12h (line
 * 14)" */
static struct error *cause_of(const struct selection *selection, enum verdict verdict,
                              struct error *next)
{
    static const char *const phrases[VERDICT_COUNT] = {
        [VERDICT_TOO_OLD] = "too old",
        [VERDICT_CONSISTENCY] = "of another consistency",
        [VERDICT_TIER] = "not in a tier that can be restored from",
        [VERDICT_TIER_STATUS] = "not valid in the tier",
        [VERDICT_NO_TIME] = "without a time",
    };
    const struct candidate *newest = NULL;
    size_t count = 0;
    for (size_t i = 0; i < selection->count; i++) {
        if (selection->candidates[i].verdict == verdict) {
            newest = newest == NULL ? &selection->candidates[i] : newest;
            count++;
        }
    }
    if (newest == NULL || phrases[verdict] == NULL) {
        return next;
    }
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
    buf_format(&text, "%zu of %zu point%s %s %s", count, selection->count,
               selection->count == 1 ? "" : "s", count == 1 ? "is" : "are", phrases[verdict]);
    if (newest->time.ms != INT64_MIN) {
        char time[UTC_TEXT_SIZE];
        buf_format(&text, ": %s is of %s, ", count == 1 ? "it" : "the newest of them",
                   utc_format_seconds(newest->time, time));
        buf_append_printable(&text, str_from(newest->reason));
    }
    if (newest->line > 0) {
        buf_format(&text, " (line %d)", newest->line);
    }
    return next == NULL ? error_new(ERR_REFUSED, "%s", buf_text(&text))
                        : error_wrap(next, ERR_REFUSED, "%s", buf_text(&text));
}

static bool has_verdict(const struct selection *selection, enum verdict verdict)
{
    for (size_t i = 0; i < selection->count; i++) {
        if (selection->candidates[i].verdict == verdict) {
            return true;
        }
    }
    return false;
}

struct error *select_none_error(const struct plan_rule *rule, const struct selection *selection,
                                const char *item)
{
    if (selection->count == 0) {
        return error_hint(error_at(error_new(ERR_REFUSED, "item '%s' has no recovery points", item),
                                   rule->base.name_at),
                          "has a backup completed yet?");
    }
    struct error *error = NULL;
    for (int verdict = VERDICT_COUNT - 1; verdict >= 0; verdict--) {
        error = cause_of(selection, (enum verdict)verdict, error);
    }
    error = error_wrap(error, ERR_REFUSED, "no recovery point of item '%s' fits rule '%s'", item,
                       rule->base.name);
    error = error_at(error, rule->base.name_at);
    if (has_verdict(selection, VERDICT_TOO_OLD)) {
        return error_hint(error, "make a backup, or raise max_age");
    }
    if (has_verdict(selection, VERDICT_CONSISTENCY)) {
        return error_hint(error,
                          "allow another consistency, or find out why backups of item '%s' "
                          "do not reach it",
                          item);
    }
    return error_hint(error, "allow another tier, or make a backup");
}

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

static void set_candidates(struct arena *arena, struct value *map,
                           const struct selection *selection)
{
    struct value *list = value_new(arena, VALUE_LIST);
    for (size_t i = 0; i < selection->count && i < SHOWN_CANDIDATES; i++) {
        const struct candidate *candidate = &selection->candidates[i];
        struct value *entry = point_value(arena, candidate);
        value_set_text(arena, entry, "verdict", verdict_names[candidate->verdict]);
        value_set_text(arena, entry, "reason", candidate->reason);
        value_set_integer(arena, entry, "line", candidate->line);
        set_details(arena, entry, candidate);
        value_append(arena, list, entry);
    }
    value_set(arena, map, "candidates", list);
    if (selection->count > SHOWN_CANDIDATES) {
        value_set_integer(arena, map, "candidates_omitted",
                          (int64_t)selection->count - SHOWN_CANDIDATES);
    }
}

const struct value *select_to_value(struct arena *arena, const struct plan_rule *rule,
                                    const struct selection *selection, struct utc now)
{
    struct value *map = value_new(arena, VALUE_MAP);
    if (selection->chosen != NULL) {
        struct value *point = point_value(arena, selection->chosen);
        set_details(arena, point, selection->chosen);
        value_set(arena, map, "point", point);
    }
    value_set_text(arena, map, "rule", rule->base.name);
    value_set_text(arena, map, "reason", selection->reason);
    if (selection->chosen != NULL) {
        value_set_integer(arena, map, "age_ms", age_of(selection->chosen, now));
    }
    value_set_integer(arena, map, "considered", (int64_t)selection->count);
    if (selection->runner_up != NULL) {
        value_set(arena, map, "runner_up", point_value(arena, selection->runner_up));
    }
    set_candidates(arena, map, selection);
    return map;
}
