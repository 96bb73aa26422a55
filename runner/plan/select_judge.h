/* SPDX-License-Identifier: MIT */
/* select_judge: reads listed points, and says which of them fit a rule at all.
 *
 * Use: select_judge_init() once a rule, then select_judge() for each candidate.
 * Not here: which of those that fit is best (plan/select.h). */
#ifndef PLAN_SELECT_JUDGE_H
#define PLAN_SELECT_JUDGE_H

#include "plan/select.h"

/* An instant to the ns. */
struct moment {
    int64_t ms, beyond_ns;
};
struct moment moment_of(const struct candidate *candidate);
int moment_compare(struct moment a, struct moment b); /* less than, equal to or more than 0 */
struct moment moment_distance(struct moment a, struct moment b);

struct select_judge {
    const struct plan_rule *rule;
    struct utc now;
    struct moment at, from, until; /* of the rule */
    unsigned tiers;                /* bits of those it wants */
};
struct select_judge select_judge_init(const struct plan_rule *rule, struct utc now);

struct candidate select_read(const struct value *point);

/* Gives the candidate the verdict of why it does not fit; VERDICT_COUNT if it does. */
void select_judge(const struct select_judge *judge, struct candidate *candidate);

/* Tier number i of a point's list of tiers; false if there is none.  tier is -1 if its word is
 * unknown. */
struct select_tier {
    int tier; /* enum plan_tier */
    const char *status;
    bool is_restorable;
    bool is_archived; /* valid, but only after rehydration */
};
bool select_tier_at(const struct value *list, size_t i, struct select_tier *ret);

#endif
