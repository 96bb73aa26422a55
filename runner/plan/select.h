/* SPDX-License-Identifier: MIT */
/* select: chooses a recovery point by a rule and says for every candidate why or why not.
 *
 * Input is what a KIND_POINT_LISTER gives:
 *   {"points": [{"id", "time": RFC 3339, "consistency": "application|file-system|crash|" other
 * text, "tiers": [{"tier": "snapshot|vault|archive", "status":
 * "valid|disabled|deleted|rehydrated|…"}], "is_managed", "is_encrypted", "os", "vm_size"}]} Points
 * without a time are skipped. Pure: the same points, rule and now give the same choice; ties in
 * time break by id. */
#ifndef PLAN_SELECT_H
#define PLAN_SELECT_H

#include "base/clock.h"
#include "plan/plan_section.h"

/* Why a point was or was not taken; a closed list. */
enum verdict {
    VERDICT_CHOSEN,
    VERDICT_OLDER,   /* eligible, but an eligible one is newer */
    VERDICT_TOO_OLD, /* max_age */
    VERDICT_CONSISTENCY,
    VERDICT_TIER,        /* in none of the wanted tiers */
    VERDICT_TIER_STATUS, /* in one, but not valid there */
    VERDICT_NO_TIME,
    VERDICT_COUNT,
};
extern const char *const verdict_names[VERDICT_COUNT]; /* "chosen", "older", "too-old", … */

struct candidate {
    const struct value *point; /* as given */
    const char *id;
    struct utc time;
    int consistency; /* enum plan_consistency, -1 unknown */
    unsigned tiers;  /* bit (1 << enum plan_tier) where the status allows a restore */
    enum verdict verdict;
    const char *reason; /* a phrase: "taken 3d 4h ago, max_age is 1d 12h" */
    int line;           /* of the plan, that decided; 0 if none did */
};

struct selection {
    struct candidate *candidates; /* newest first, in the arena */
    size_t count;
    const struct candidate *chosen;    /* NULL: none is eligible */
    const struct candidate *runner_up; /* the next eligible one, or NULL */
    const char *reason;                /* "newest of 3 eligible points, 5h 12m old" */
};

void select_point(struct arena *arena, const struct plan_rule *rule, const struct value *points,
                  struct utc now, struct selection *ret);

/* ERR_REFUSED at the rule's position, a cause for each reason why not (grouped, with counts and the
 * newest point), and what to change. */
struct error *select_none_error(const struct plan_rule *rule, const struct selection *selection,
                                const char *item);

/* {point, rule, reason, age_ms, considered, runner_up, candidates} for the record point.chosen
 * (record/record.h). */
const struct value *select_to_value(struct arena *arena, const struct plan_rule *rule,
                                    const struct selection *selection, struct utc now);

#endif
