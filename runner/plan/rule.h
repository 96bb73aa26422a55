/* SPDX-License-Identifier: MIT */
/* rule: a rule of the plan's selection: its words, its members, and what of them goes together.
 *
 * Not here: choosing by it (plan/select.h).
 * Units: durations in ms, -1 where not given; times INT64_MIN where not given.  Word lists are
 * ended by NULL. */
#ifndef PLAN_RULE_H
#define PLAN_RULE_H

#include "base/clock.h"
#include "data/decode.h"
#include "plan/names.h"

enum plan_pick {
    PLAN_PICK_LATEST,
    PLAN_PICK_OLDEST,
    PLAN_PICK_NEAREST,
    PLAN_PICK_RANDOM,
    PLAN_PICK_ID,
    PLAN_PICK_COUNT,
};
extern const char *const plan_pick_names[PLAN_PICK_COUNT + 1];

/* On which side of `at` the nearest point may lie. */
enum plan_direction {
    PLAN_DIRECTION_EITHER,
    PLAN_DIRECTION_BEFORE,
    PLAN_DIRECTION_AFTER,
    PLAN_DIRECTION_COUNT,
};
extern const char *const plan_direction_names[PLAN_DIRECTION_COUNT + 1];

enum plan_consistency {
    PLAN_CONSISTENCY_APPLICATION,
    PLAN_CONSISTENCY_FILE_SYSTEM,
    PLAN_CONSISTENCY_CRASH,
    PLAN_CONSISTENCY_COUNT,
};
extern const char *const plan_consistency_names[PLAN_CONSISTENCY_COUNT + 1];

enum plan_tier {
    PLAN_TIER_SNAPSHOT,
    PLAN_TIER_VAULT,
    PLAN_TIER_ARCHIVE,
    PLAN_TIER_COUNT,
};
extern const char *const plan_tier_names[PLAN_TIER_COUNT + 1];

enum plan_preference {
    PLAN_PREFER_CONSISTENCY,
    PLAN_PREFER_TIER,
    PLAN_PREFER_NEWEST,
    PLAN_PREFER_OLDEST,
    PLAN_PREFER_COUNT,
};
extern const char *const plan_preference_names[PLAN_PREFER_COUNT + 1];

enum plan_encrypted {
    PLAN_ENCRYPTED_ANY,
    PLAN_ENCRYPTED_TRUE,
    PLAN_ENCRYPTED_FALSE,
    PLAN_ENCRYPTED_COUNT,
};
extern const char *const plan_encrypted_names[PLAN_ENCRYPTED_COUNT + 1];

enum plan_threat {
    PLAN_THREAT_ANY,
    PLAN_THREAT_NONE,
    PLAN_THREAT_COUNT,
};
extern const char *const plan_threat_names[PLAN_THREAT_COUNT + 1];

struct plan_rule {
    struct decoded base;
    int pick;               /* enum plan_pick */
    struct utc at;          /* with pick nearest */
    int direction;          /* enum plan_direction, with pick nearest */
    const char *id;         /* with pick id */
    int64_t seed;           /* with pick random; the run's if rule_says() none */
    int64_t within_ms;      /* back from now */
    struct utc from, until; /* both may be taken themselves */
    int64_t min_age_ms;
    int64_t max_age_ms;
    struct integers consistency;  /* enum plan_consistency; not set: any */
    struct integers tiers;        /* enum plan_tier; not set: any */
    struct integers prefer;       /* enum plan_preference */
    int encrypted;                /* enum plan_encrypted */
    int threat;                   /* enum plan_threat */
    const char *otherwise;        /* NULL: no other rule */
    const struct plan_rule *next; /* the rule of that name; set by rule_check_all() */
};

/* The rule has that member, good or not. */
bool rule_says(const struct plan_rule *rule, const char *member);

/* What no table can say: members that do not go together, ladders that lead nowhere or back.
 * rules: struct plan_rule, whose next is set here; names: theirs. */
void rule_check_all(const struct records *rules, struct names *names, struct problems *problems);

#endif
