/* SPDX-License-Identifier: MIT */
#include "plan/select_explain.h"

#include <inttypes.h>

#include "base/limit.h"
#include "base/mem.h"
#include "plan/select_judge.h"

/* What reasons are made from. */
struct telling {
    struct arena *arena;
    const struct selection *selection;
    const struct plan_rule *rule;
    const struct candidate *candidate;
};

/* As the plan writes it. */
static const char *as_written(const struct telling *telling, const char *member)
{
    const char *text = value_text(telling->rule->base.source, member);
    return text == NULL ? "" : text;
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

static const char *tell_chosen(const struct telling *telling)
{
    const struct plan_rule *rule = telling->rule;
    if (rule->prefer.count > 0 && rule->prefer.items[0] < PLAN_PREFER_NEWEST) {
        return arena_format(telling->arena, "the best by %s that fits",
                            plan_preference_names[rule->prefer.items[0]]);
    }
    switch ((enum plan_pick)rule->pick) {
    case PLAN_PICK_OLDEST:
        return "the oldest that fits";
    case PLAN_PICK_NEAREST:
        return arena_format(telling->arena, "the nearest to %s that fits",
                            as_written(telling, "at"));
    case PLAN_PICK_RANDOM:
        return arena_format(telling->arena, "drawn with seed %" PRIu64 " from %zu that fit",
                            telling->selection->seed, telling->selection->eligible_count);
    case PLAN_PICK_ID:
        return "the one that is named";
    case PLAN_PICK_LATEST:
    case PLAN_PICK_COUNT:
        break;
    }
    return "the newest that fits";
}

static const char *tell_older(const struct telling *telling)
{
    (void)telling;
    return "it fits, but a newer one does too";
}

static const char *tell_newer(const struct telling *telling)
{
    (void)telling;
    return "it fits, but an older one does too";
}

static const char *tier_of(const struct candidate *candidate, const struct plan_rule *rule)
{
    for (size_t i = 0; i < rule->tiers.count; i++) {
        if ((candidate->tiers & 1u << rule->tiers.items[i]) != 0) {
            return plan_tier_names[rule->tiers.items[i]];
        }
    }
    for (int tier = 0; tier < PLAN_TIER_COUNT; tier++) {
        if ((candidate->tiers & 1u << tier) != 0) {
            return plan_tier_names[tier];
        }
    }
    return "no known";
}

static const char *consistency_of(const struct candidate *candidate)
{
    const char *consistency = value_text(candidate->point, "consistency");
    return consistency == NULL ? "unknown" : consistency;
}

static const char *tell_not_preferred(const struct telling *telling)
{
    const struct candidate *chosen = telling->selection->chosen;
    switch (telling->candidate->criterion) {
    case CRITERION_CONSISTENCY:
        return arena_format(telling->arena,
                            "it fits, but its consistency is %s, the chosen one's %s",
                            consistency_of(telling->candidate), consistency_of(chosen));
    case CRITERION_TIER:
        return arena_format(
            telling->arena, "it fits, but it is in the %s tier, the chosen one in %s",
            tier_of(telling->candidate, telling->rule), tier_of(chosen, telling->rule));
    case CRITERION_NEAREST:
        return arena_format(telling->arena, "it fits, but another one is nearer to %s",
                            as_written(telling, "at"));
    case CRITERION_OLDEST:
        return "it fits, but an older one is as near";
    case CRITERION_DRAW:
        return arena_format(telling->arena,
                            "it fits, but the draw with seed %" PRIu64 " fell on another one",
                            telling->selection->seed);
    case CRITERION_NEWEST:
    case CRITERION_ID:
    case CRITERION_COUNT:
        break;
    }
    return "it fits, but another one of the same time has a greater id";
}

/* "taken 3d 4h ago, max_age is 1d 12h" */
static const char *tell_age(const struct telling *telling, int64_t bound_ms)
{
    char age[DURATION_TEXT_SIZE];
    char bound[DURATION_TEXT_SIZE];
    return arena_format(telling->arena, "taken %s ago, %s is %s",
                        duration_format(select_age_ms(telling->selection, telling->candidate), age),
                        telling->candidate->member, duration_format(bound_ms, bound));
}

static const char *tell_too_old(const struct telling *telling)
{
    return tell_age(telling, telling->rule->max_age_ms);
}

static const char *tell_too_new(const struct telling *telling)
{
    return tell_age(telling, telling->rule->min_age_ms);
}

static const char *tell_window(const struct telling *telling)
{
    const char *member = telling->candidate->member;
    if (text_equal(member, "within")) {
        return tell_age(telling, telling->rule->within_ms);
    }
    if (text_equal(member, "direction")) {
        bool is_before = telling->rule->direction == PLAN_DIRECTION_BEFORE;
        return arena_format(telling->arena, "it lies %s %s, direction is %s",
                            is_before ? "after" : "before", as_written(telling, "at"),
                            plan_direction_names[telling->rule->direction]);
    }
    bool is_from = text_equal(member, "from");
    return arena_format(telling->arena, "it lies %s %s, which is '%s'",
                        is_from ? "before" : "after", as_written(telling, member), member);
}

static const char *tell_consistency(const struct telling *telling)
{
    return arena_format(
        telling->arena, "its consistency is %s, not %s", consistency_of(telling->candidate),
        joined(telling->arena, &telling->rule->consistency, plan_consistency_names));
}

static const char *tell_tier(const struct telling *telling)
{
    if (telling->candidate->is_archived && telling->candidate->tiers == 0) {
        return "only in the archive tier: it must be rehydrated first";
    }
    return arena_format(telling->arena, "not in the %s tier",
                        joined(telling->arena, &telling->rule->tiers, plan_tier_names));
}

static bool is_wanted(const struct plan_rule *rule, int tier)
{
    for (size_t i = 0; i < rule->tiers.count; i++) {
        if (rule->tiers.items[i] == tier) {
            return true;
        }
    }
    return !rule->tiers.is_set && tier >= 0;
}

/* "its vault tier is disabled, not valid" */
static const char *tell_tier_status(const struct telling *telling)
{
    const char *text = "";
    const struct value *tiers = value_find(telling->candidate->point, "tiers");
    struct select_tier tier;
    for (size_t i = 0; select_tier_at(tiers, i, &tier); i++) {
        if (is_wanted(telling->rule, tier.tier)) {
            text = arena_format(telling->arena, "%s%s %s tier is %s", text,
                                text[0] == '\0' ? "its" : ", its", plan_tier_names[tier.tier],
                                tier.status == NULL ? "of unknown status"
                                : tier.is_archived  ? "not rehydrated"
                                                    : tier.status);
        }
    }
    return arena_format(telling->arena, "%s, not valid", text);
}

static const char *tell_encrypted(const struct telling *telling)
{
    return telling->rule->encrypted == PLAN_ENCRYPTED_TRUE
               ? "its VM was not encrypted, encrypted is true"
               : "its VM was encrypted, encrypted is false";
}

static const char *tell_threat(const struct telling *telling)
{
    return arena_format(telling->arena, "its threat status is %s",
                        value_text(telling->candidate->point, "threat"));
}

static const char *tell_not_named(const struct telling *telling)
{
    return arena_format(telling->arena, "its id is %s, not %s", telling->candidate->id,
                        telling->rule->id);
}

static const char *tell_hook(const struct telling *telling)
{
    (void)telling;
    return "a hook left it out";
}

static const char *tell_no_time(const struct telling *telling)
{
    (void)telling;
    return "the service gives no time for it";
}

/* By verdict: its reason; how several points have it in common, and what to change, where none
 * fits. */
static const struct wording {
    const char *(*tell)(const struct telling *telling);
    const char *common, *hint;
} wordings[VERDICT_COUNT] = {
    [VERDICT_CHOSEN] = {tell_chosen,        NULL,                                      NULL                             },
    [VERDICT_OLDER] = {tell_older,         NULL,                                      NULL                             },
    [VERDICT_NEWER] = {tell_newer,         NULL,                                      NULL                             },
    [VERDICT_NOT_PREFERRED] = {tell_not_preferred, NULL,                                      NULL                             },
    [VERDICT_TOO_OLD] = {tell_too_old,       "too old",                                 "make a backup, or raise max_age"},
    [VERDICT_TOO_NEW] = {tell_too_new,       "too new",                                 "lower min_age"                  },
    [VERDICT_OUTSIDE_WINDOW] = {tell_window,        "outside the window",                      "widen the rule's window"        },
    [VERDICT_CONSISTENCY] = {tell_consistency,   "of another consistency",
                        "allow another consistency, or find out why backups do not reach it"                            },
    [VERDICT_TIER] = {tell_tier,          "not in a tier that can be restored from",
                        "allow another tier, or make a backup"                                                          },
    [VERDICT_TIER_STATUS] = {tell_tier_status,   "not valid in the tier",
                        "allow another tier, or make a backup"                                                          },
    [VERDICT_ENCRYPTED] = {tell_encrypted,     "not encrypted as the rule wants it",
                        "take 'encrypted' out of the rule"                                                              },
    [VERDICT_THREAT] = {tell_threat,        "under a threat that Azure has found",
                        "look for an older point, from before the threat"                                               },
    [VERDICT_NOT_NAMED] = {tell_not_named,     "of another id",
                        "`restorectl points PLAN` shows the ids that there are"                                         },
    [VERDICT_HOOK] = {tell_hook,          "left out by a hook",                      "look into the rule's hook"      },
    [VERDICT_NO_TIME] = {tell_no_time,       "without a time",
                        "logs have none: allow what full backups have"                                                  },
};

const char *select_reason(struct arena *arena, const struct selection *selection,
                          const struct candidate *candidate)
{
    struct telling telling = {arena, selection, selection->rule, candidate};
    return wordings[candidate->verdict].tell(&telling);
}

int select_line(const struct selection *selection, const struct candidate *candidate)
{
    return candidate->member == NULL ? 0
                                     : decoded_at(&selection->rule->base, candidate->member).line;
}

/* "newest of 3 eligible points" */
static const char *outcome(struct arena *arena, const struct selection *selection)
{
    const struct plan_rule *rule = selection->rule;
    size_t count = selection->eligible_count;
    struct telling telling = {arena, selection, rule, selection->chosen};
    if (rule->pick == PLAN_PICK_ID) {
        return arena_format(arena, "the one named of %zu points", selection->count);
    }
    if (count == 1) {
        return arena_format(arena, "the only eligible point of %zu", selection->count);
    }
    if (rule->prefer.count > 0 && rule->prefer.items[0] < PLAN_PREFER_NEWEST) {
        return arena_format(arena, "best by %s of %zu eligible points",
                            plan_preference_names[rule->prefer.items[0]], count);
    }
    switch ((enum plan_pick)rule->pick) {
    case PLAN_PICK_NEAREST:
        return arena_format(arena, "nearest to %s of %zu eligible points",
                            as_written(&telling, "at"), count);
    case PLAN_PICK_RANDOM:
        return arena_format(arena, "drawn with seed %" PRIu64 " from %zu eligible points",
                            selection->seed, count);
    case PLAN_PICK_OLDEST:
        return arena_format(arena, "oldest of %zu eligible points", count);
    case PLAN_PICK_LATEST:
    case PLAN_PICK_ID:
    case PLAN_PICK_COUNT:
        break;
    }
    return arena_format(arena, "newest of %zu eligible points", count);
}

/* "last-good, then any-vaulted" */
static const char *ladder_text(struct arena *arena, const struct selection *selection)
{
    const char *text = "";
    for (const struct selection *tried = selection; tried != NULL; tried = tried->before) {
        text = arena_format(arena, "%s%s%s", tried->rule->base.name,
                            text[0] == '\0' ? "" : ", then ", text);
    }
    return text;
}

const char *select_outcome(struct arena *arena, const struct selection *selection)
{
    char age[DURATION_TEXT_SIZE];
    if (selection->chosen == NULL) {
        return selection->before == NULL
                   ? arena_format(arena, "none of %zu points fits the rule", selection->count)
                   : arena_format(arena, "none of %zu points fits any of the rules %s",
                                  selection->count, ladder_text(arena, selection));
    }
    const char *text =
        arena_format(arena, "%s, %s old", outcome(arena, selection),
                     duration_format(select_age_ms(selection, selection->chosen), age));
    return selection->before == NULL ? text
                                     : arena_format(arena, "%s; nothing fitted %s", text,
                                                    ladder_text(arena, selection->before));
}

/* "rule 'last-good': 5 of 7 points are too old: the newest of them is of …, taken 19d 3h ago,
 * max_age is 1d 12h (line 14)"; the rule only where several were tried. */
static struct error *cause_of(const struct selection *selection, enum verdict verdict,
                              bool is_of_ladder, struct error *next)
{
    const struct candidate *newest = NULL;
    size_t count = 0;
    for (size_t i = 0; i < selection->count; i++) {
        if (selection->candidates[i].verdict == verdict) {
            newest = newest == NULL ? &selection->candidates[i] : newest;
            count++;
        }
    }
    if (newest == NULL || wordings[verdict].common == NULL) {
        return next;
    }
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
    AUTO(arena) struct arena *scratch = arena_new();
    if (is_of_ladder) {
        buf_format(&text, "rule '%s': ", selection->rule->base.name);
    }
    buf_format(&text, "%zu of %zu point%s %s %s", count, selection->count,
               selection->count == 1 ? "" : "s", count == 1 ? "is" : "are",
               wordings[verdict].common);
    if (newest->time.ms != INT64_MIN) {
        char time[UTC_TEXT_SIZE];
        buf_format(&text, ": %s is of %s, ", count == 1 ? "it" : "the newest of them",
                   utc_format_seconds(newest->time, time));
        buf_append_printable(&text, str_from(select_reason(scratch, selection, newest)));
    }
    int line = select_line(selection, newest);
    if (line > 0) {
        buf_format(&text, " (line %d)", line);
    }
    return next == NULL ? error_new(ERR_REFUSED, "%s", buf_text(&text))
                        : error_wrap(next, ERR_REFUSED, "%s", buf_text(&text));
}

/* What to change first: of the verdicts there are, the one that stands first in their list. */
static const char *hint_of(const struct selection *selection)
{
    enum verdict first = VERDICT_NO_TIME;
    for (size_t i = 0; i < selection->count; i++) {
        enum verdict verdict = selection->candidates[i].verdict;
        first = verdict < first ? verdict : first;
    }
    return wordings[first].hint;
}

struct error *select_none_error(const struct selection *selection, const char *item)
{
    const struct selection *first = selection;
    struct error *error = NULL;
    bool is_of_ladder = selection->before != NULL;
    for (const struct selection *tried = selection; tried != NULL; tried = tried->before) {
        for (int verdict = VERDICT_COUNT - 1; verdict >= 0; verdict--) {
            error = cause_of(tried, (enum verdict)verdict, is_of_ladder, error);
        }
        first = tried;
    }
    struct position at = first->rule->base.name_at;
    if (selection->count == 0) {
        return error_hint(
            error_at(error_new(ERR_REFUSED, "item '%s' has no recovery points", item), at),
            "has a backup completed yet?");
    }
    AUTO(arena) struct arena *scratch = arena_new();
    error = is_of_ladder
                ? error_wrap(error, ERR_REFUSED,
                             "no recovery point of item '%s' fits any of the rules %s", item,
                             ladder_text(scratch, selection))
                : error_wrap(error, ERR_REFUSED, "no recovery point of item '%s' fits rule '%s'",
                             item, first->rule->base.name);
    return error_hint(error_at(error, at), "%s", hint_of(selection));
}
