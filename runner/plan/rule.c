/* SPDX-License-Identifier: MIT */
#include "plan/rule.h"

#include "base/limit.h"
#include "base/mem.h"
#include "data/decode_scalar.h"

const char *const plan_pick_names[PLAN_PICK_COUNT + 1] = {
    [PLAN_PICK_LATEST] = "latest", [PLAN_PICK_OLDEST] = "oldest", [PLAN_PICK_NEAREST] = "nearest",
    [PLAN_PICK_RANDOM] = "random", [PLAN_PICK_ID] = "id",
};
const char *const plan_direction_names[PLAN_DIRECTION_COUNT + 1] = {
    [PLAN_DIRECTION_EITHER] = "either",
    [PLAN_DIRECTION_BEFORE] = "before",
    [PLAN_DIRECTION_AFTER] = "after",
};
const char *const plan_consistency_names[PLAN_CONSISTENCY_COUNT + 1] = {
    [PLAN_CONSISTENCY_APPLICATION] = "application",
    [PLAN_CONSISTENCY_FILE_SYSTEM] = "file-system",
    [PLAN_CONSISTENCY_CRASH] = "crash",
};
const char *const plan_tier_names[PLAN_TIER_COUNT + 1] = {
    [PLAN_TIER_SNAPSHOT] = "snapshot",
    [PLAN_TIER_VAULT] = "vault",
    [PLAN_TIER_ARCHIVE] = "archive",
};
const char *const plan_preference_names[PLAN_PREFER_COUNT + 1] = {
    [PLAN_PREFER_CONSISTENCY] = "consistency",
    [PLAN_PREFER_TIER] = "tier",
    [PLAN_PREFER_NEWEST] = "newest",
    [PLAN_PREFER_OLDEST] = "oldest",
};
const char *const plan_encrypted_names[PLAN_ENCRYPTED_COUNT + 1] = {
    [PLAN_ENCRYPTED_ANY] = "any",
    [PLAN_ENCRYPTED_TRUE] = "true",
    [PLAN_ENCRYPTED_FALSE] = "false",
};
const char *const plan_threat_names[PLAN_THREAT_COUNT + 1] = {
    [PLAN_THREAT_ANY] = "any",
    [PLAN_THREAT_NONE] = "none",
};

bool rule_says(const struct plan_rule *rule, const char *member)
{
    const struct value *value = value_find(rule->base.source, member);
    return value != NULL && !decode_is_null(value);
}

static void complain(const struct plan_rule *rule, const char *member, struct error *error,
                     struct problems *problems)
{
    problems_add(problems, error_at(error, decoded_at(&rule->base, member)));
}

/* Members that say more about one way to pick, and mean nothing with another. */
static const struct companion {
    const char *member;
    enum plan_pick pick;
    const char *needed; /* hint where it is missing; NULL: it may be left out */
} companions[] = {
    {"at",        PLAN_PICK_NEAREST, "add at: and the time to look around, as 2026-11-01T02:00:00Z"           },
    {"direction", PLAN_PICK_NEAREST, NULL                                                                     },
    {"id",        PLAN_PICK_ID,      "add id: and the point's; `restorectl points PLAN` shows those there are"},
    {"seed",      PLAN_PICK_RANDOM,  NULL                                                                     },
};

/* A bad word for pick has its own message, and nothing follows from it. */
static bool is_pick_known(const struct plan_rule *rule)
{
    return !rule_says(rule, "pick") ||
           text_equal(value_text(rule->base.source, "pick"), plan_pick_names[rule->pick]);
}

static void check_companions(const struct plan_rule *rule, struct problems *problems)
{
    const char *pick = plan_pick_names[rule->pick];
    for (size_t i = 0; i < sizeof(companions) / sizeof(companions[0]); i++) {
        const struct companion *companion = &companions[i];
        bool is_said = rule_says(rule, companion->member);
        bool is_its_pick = (enum plan_pick)rule->pick == companion->pick;
        const char *wanted = plan_pick_names[companion->pick];
        if (is_said && !is_its_pick) {
            complain(rule, companion->member,
                     error_hint(error_new(ERR_PLAN, "'%s' goes with pick: %s only, not with %s",
                                          companion->member, wanted, pick),
                                "write pick: %s, or take '%s' out", wanted, companion->member),
                     problems);
        } else if (!is_said && is_its_pick && companion->needed != NULL) {
            complain(rule, "pick",
                     error_hint(error_new(ERR_PLAN, "pick: %s needs '%s'", pick, companion->member),
                                "%s", companion->needed),
                     problems);
        }
    }
}

static bool stands_before(const struct integers *list, size_t i)
{
    for (size_t before = 0; before < i; before++) {
        if (list->items[before] == list->items[i]) {
            return true;
        }
    }
    return false;
}

/* Which times a way to pick may prefer. */
static bool may_prefer(enum plan_pick pick, int64_t preference)
{
    bool is_ordered = pick == PLAN_PICK_LATEST || pick == PLAN_PICK_OLDEST;
    if (preference == PLAN_PREFER_NEWEST) {
        return pick == PLAN_PICK_LATEST;
    }
    if (preference == PLAN_PREFER_OLDEST) {
        return pick == PLAN_PICK_OLDEST;
    }
    return is_ordered || pick == PLAN_PICK_NEAREST;
}

static void check_preferences(const struct plan_rule *rule, struct problems *problems)
{
    const char *decisive = NULL;
    for (size_t i = 0; i < rule->prefer.count; i++) {
        const char *name = plan_preference_names[rule->prefer.items[i]];
        if (!may_prefer((enum plan_pick)rule->pick, rule->prefer.items[i])) {
            complain(rule, "prefer",
                     error_hint(error_new(ERR_PLAN, "pick: %s cannot prefer '%s'",
                                          plan_pick_names[rule->pick], name),
                                "take it out of prefer, or pick another way"),
                     problems);
            return;
        }
        if (stands_before(&rule->prefer, i)) {
            complain(rule, "prefer",
                     error_hint(error_new(ERR_PLAN, "'%s' stands twice in prefer", name),
                                "take one of them out"),
                     problems);
            return;
        }
        if (decisive != NULL) {
            problems_add_warning(
                problems,
                error_hint(error_at(error_new(ERR_PLAN,
                                              "'%s' stands after '%s', so it never "
                                              "decides",
                                              name, decisive),
                                    decoded_at(&rule->base, "prefer")),
                           "hardly ever are two points of the same time: put '%s' last", decisive));
            return;
        }
        bool is_time = rule->prefer.items[i] >= PLAN_PREFER_NEWEST;
        decisive = is_time ? name : decisive;
    }
}

static void check_windows(const struct plan_rule *rule, struct problems *problems)
{
    bool has_both = rule->from.ms != INT64_MIN && rule->until.ms != INT64_MIN;
    if (has_both && rule->from.ms > rule->until.ms) {
        complain(rule, "from",
                 error_hint(error_new(ERR_PLAN, "'from' is after 'until': no point can fit"),
                            "exchange the two times"),
                 problems);
    }
    if (rule->max_age_ms >= 0 && rule->min_age_ms > rule->max_age_ms) {
        complain(rule, "min_age",
                 error_hint(error_new(ERR_PLAN, "min_age is more than max_age: no point can fit"),
                            "exchange the two durations"),
                 problems);
    }
    if (rule->within_ms >= 0 && rule->min_age_ms > rule->within_ms) {
        complain(rule, "min_age",
                 error_hint(error_new(ERR_PLAN, "min_age is more than within: no point can fit"),
                            "lower min_age, or raise within"),
                 problems);
    }
}

static void refer_next(struct plan_rule *rules, struct plan_rule *rule, struct names *names,
                       struct problems *problems)
{
    if (rule->otherwise == NULL) {
        return;
    }
    size_t found =
        names_refer(names, rule->otherwise, decoded_at(&rule->base, "otherwise"), problems);
    rule->next = found == SIZE_MAX ? NULL : &rules[found];
}

/* Told from `first`, which stands first in the file of those that lead back to themselves. */
static void report_circle(const struct plan_rule *first, struct problems *problems)
{
    AUTO(buf) struct buf path = BUF_INIT(LIMIT_TEXT_BYTES);
    const struct plan_rule *rule = first;
    int shown = 0;
    do {
        shown++;
        if (shown <= 16) {
            buf_format(&path, "%s -> ", rule->base.name);
        }
        rule = rule->next;
    } while (rule != first);
    complain(first, "otherwise",
             error_hint(error_new(ERR_PLAN, "rules lead back to each other: %s%s%s",
                                  buf_text(&path), shown > 16 ? "… -> " : "", first->base.name),
                        "take 'otherwise' out of one of them"),
             problems);
}

/* Each rule leads to one other at most, so a walk that meets itself has found a circle. */
static void check_ladders(const struct plan_rule *rules, size_t count, struct problems *problems)
{
    size_t *walks = mem_new(count * sizeof(walks[0])); /* the walk that came by, from 1 */
    for (size_t i = 0; i < count; i++) {
        const struct plan_rule *rule = &rules[i];
        while (rule != NULL && walks[rule - rules] == 0) {
            walks[rule - rules] = i + 1;
            rule = rule->next;
        }
        if (rule == NULL || walks[rule - rules] != i + 1) {
            continue;
        }
        const struct plan_rule *first = rule;
        for (const struct plan_rule *other = rule->next; other != rule; other = other->next) {
            first = other < first ? other : first;
        }
        report_circle(first, problems);
    }
    mem_free(walks);
}

void rule_check_all(const struct records *rules, struct names *names, struct problems *problems)
{
    struct plan_rule *items = rules->items;
    for (size_t i = 0; i < rules->count; i++) {
        if (is_pick_known(&items[i])) {
            check_companions(&items[i], problems);
            check_preferences(&items[i], problems);
        }
        check_windows(&items[i], problems);
        refer_next(items, &items[i], names, problems);
    }
    check_ladders(items, rules->count, problems);
}
