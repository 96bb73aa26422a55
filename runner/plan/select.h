/* SPDX-License-Identifier: MIT */
/* select: chooses a recovery point by a rule, and gives every candidate its verdict.
 *
 * Input is what a KIND_POINT_LISTER gives: {"points": [{"id", "time": RFC 3339,
 * "consistency": "application|file-system|crash|" other text,
 * "tiers": [{"tier": "snapshot|vault|archive", "status": "valid|disabled|deleted|rehydrated|…"}],
 * "is_encrypted", "threat": "none|unknown|" other text, …}]}.  Points without a time are skipped.
 * Not here: words for people and records (plan/select_explain.h).
 * Pure: the same points, rule, now and seed give the same choice, in whatever order the points
 * came.  Times compare to the ns; ties in time break by id. */
#ifndef PLAN_SELECT_H
#define PLAN_SELECT_H

#include "base/arena.h"
#include "data/value.h"
#include "plan/rule.h"

/* Why a point was or was not taken; a closed list. */
enum verdict {
    VERDICT_CHOSEN,
    VERDICT_OLDER,          /* eligible, but an eligible one is newer */
    VERDICT_NEWER,          /* eligible, but an eligible one is older */
    VERDICT_NOT_PREFERRED,  /* eligible, but another one is better in another way */
    VERDICT_TOO_OLD,        /* max_age */
    VERDICT_TOO_NEW,        /* min_age */
    VERDICT_OUTSIDE_WINDOW, /* within, from, until, direction */
    VERDICT_CONSISTENCY,
    VERDICT_TIER,        /* in none of the wanted tiers */
    VERDICT_TIER_STATUS, /* in one, but not valid there */
    VERDICT_ENCRYPTED,
    VERDICT_THREAT,
    VERDICT_NOT_NAMED, /* pick: id names another */
    VERDICT_HOOK,      /* a hook left it out */
    VERDICT_NO_TIME,
    VERDICT_COUNT,
};
extern const char *const verdict_names[VERDICT_COUNT]; /* "chosen", "older", "too-old", … */

/* What told an eligible point from the chosen one. */
enum criterion {
    CRITERION_CONSISTENCY, /* the first four are those of enum plan_preference */
    CRITERION_TIER,
    CRITERION_NEWEST,
    CRITERION_OLDEST,
    CRITERION_NEAREST,
    CRITERION_ID, /* all else is equal */
    CRITERION_DRAW,
    CRITERION_COUNT,
};

struct candidate {
    const struct value *point; /* as given */
    const char *id;
    struct utc time;   /* ms INT64_MIN: it has none */
    int64_t beyond_ns; /* of its time, what lies beyond the ms */
    int consistency;   /* enum plan_consistency, -1 unknown */
    unsigned tiers;    /* bits (1 << enum plan_tier) where the status allows a restore */
    unsigned listed;   /* bits of all that the service lists, whatever their status */
    bool is_archived;  /* valid in the archive: may be restored from after rehydration */
    enum verdict verdict;
    enum criterion criterion; /* of eligible ones that were not chosen */
    const char *member;       /* of the rule, that decided; NULL: none did */
};

struct selection {
    const struct plan_rule *rule;   /* that chose, or the last one tried */
    const struct selection *before; /* by the rule whose `otherwise` led here; NULL: the first */
    struct utc now;
    uint64_t seed;                /* of the draw */
    struct candidate *candidates; /* newest first */
    size_t count, eligible_count;
    const struct candidate *chosen;    /* NULL: none is eligible */
    const struct candidate *runner_up; /* the next best, or NULL */
};

struct select_request {
    const struct plan_rule *rule;
    const struct value *points;
    struct utc now;
    uint64_t seed; /* for a random pick whose rule has none */
};

/* Goes down the ladder of `otherwise` until a rule finds a point.  All in the arena. */
void select_point(struct arena *arena, const struct select_request *request, struct selection *ret);

/* Milliseconds it lies back; 0 if its time is ahead of now. */
int64_t select_age_ms(const struct selection *selection, const struct candidate *candidate);

#endif
