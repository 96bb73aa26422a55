/* SPDX-License-Identifier: MIT */
/* plan: the checked model of a plan file; plain structs, read-only once loaded.
 *
 * Use: plan_load() (plan/plan_load.h); then walk steps and instances.
 * Ownership: everything lives in the plan's arena until plan_free().   Units: durations in ms, -1 where not given. */
#ifndef PLAN_PLAN_H
#define PLAN_PLAN_H

#include "data/decode.h"
#include "step/kind.h"

enum plan_mode {
    PLAN_MODE_DRILL,
    PLAN_MODE_REAL,
    PLAN_MODE_COUNT,
};
extern const char *const plan_mode_names[PLAN_MODE_COUNT + 1]; /* ended by NULL, as all word lists */

enum plan_pick {
    PLAN_PICK_LATEST,
    PLAN_PICK_COUNT,
};
extern const char *const plan_pick_names[PLAN_PICK_COUNT + 1];

/* Orders say which is better: smaller first. */
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

struct plan_variable {
    struct decoded base;
    const char *description;
    const char *fallback; /* `default:` of the plan, or NULL: must be given */
};

struct plan_vault {
    struct decoded base;
    const char *subscription, *resource_group, *name;
};

struct plan_item {
    struct decoded base;
    const char *vault;
    const char *vm, *resource_group;          /* by name: group may be NULL */
    const char *container, *protected_item;   /* or by Azure's names, both */
    const char *source;                       /* ARM id of the VM, or NULL: as the vault lists it */
    const struct plan_vault *in_vault;        /* set by plan_check */
};

struct plan_rule {
    struct decoded base;
    int pick;                    /* enum plan_pick */
    int64_t max_age_ms;
    struct integers consistency; /* enum plan_consistency; not set: any */
    struct integers tiers;       /* enum plan_tier; not set: any */
};

struct plan_target {
    struct decoded base;
    const char *subscription;    /* NULL: the vault's */
    const char *region;          /* NULL: the vault's */
    const char *resource_group;  /* NULL: unmanaged disks, VHD blobs in the staging account */
    const char *storage_account; /* name in resource_group (or in storage_resource_group), or a full id */
    const char *storage_resource_group; /* NULL: resource_group */
};

struct plan_retry {
    struct decoded base;
    int64_t attempts, backoff_ms, max_backoff_ms;
};
struct plan_poll {
    struct decoded base;
    int64_t interval_ms;
};

/* What happens to a trigger whose fate stays unknown after the job list was searched for the quiet window. */
enum plan_doubt {
    PLAN_DOUBT_STOP,   /* a person decides (exit 6); always so for what overwrites */
    PLAN_DOUBT_RESEND, /* sent once more, under a new request id */
    PLAN_DOUBT_COUNT,
};
extern const char *const plan_doubt_names[PLAN_DOUBT_COUNT + 1];

struct plan_trigger {
    struct decoded base;
    int on_doubt;          /* enum plan_doubt, -1: the kind's */
    int64_t quiet_ms;      /* -1: the program's (10m; a few seconds against a loopback endpoint) */
};

enum plan_on_failure {
    PLAN_FAILURE_STOP,     /* nothing new is started after it */
    PLAN_FAILURE_CONTINUE, /* only what depends on it is skipped */
    PLAN_FAILURE_COUNT,
};
extern const char *const plan_failure_names[PLAN_FAILURE_COUNT + 1];

struct plan_defaults {
    struct decoded base;
    const struct plan_retry *retry;
    const struct plan_poll *poll;
    const struct plan_trigger *trigger;
    int64_t timeout_ms;
};

struct plan_limits {
    struct decoded base;
    int64_t parallel;   /* restores that run at once; 20 */
    int64_t timeout_ms; /* of the run; 12h */
};

struct plan_step {
    struct decoded base; /* base.name: the step's name */
    const char *kind_name;
    struct texts items;
    const char *select, *target;
    struct texts depends_on;
    int on_failure;
    int64_t timeout_ms;               /* -1: the default; plan_step_timeout_ms() */
    const struct plan_retry *retry;   /* NULL: the default's */
    const struct plan_poll *poll;
    const struct plan_trigger *trigger;
    /* set by plan_check */
    const struct kind *kind;
    const struct plan_rule *rule;
    const struct plan_target *at_target;
    const struct plan_item **of_items; /* items.count */
    size_t *needs;                     /* indexes of steps, needs_count */
    size_t needs_count;
};

/* One step on one item, in plan order; what the executor runs. */
struct plan_instance {
    const char *id; /* "db-disks", or "web-disks[web-01]" where the step has several items */
    const struct plan_step *step;
    const struct plan_item *item; /* NULL for kinds without items */
    size_t *needs;                /* indexes of instances */
    size_t needs_count;
};

struct plan {
    struct decoded base;
    struct arena *arena;
    const char *file;
    char sha256[65]; /* of the file's bytes */
    int64_t version;
    const char *name, *description;
    const struct value *labels; /* a map of texts, or NULL */
    int mode;
    struct records variables; /* struct plan_variable */
    struct records vaults;    /* struct plan_vault */
    struct records items;
    struct records selection; /* struct plan_rule */
    struct records targets;
    struct records steps; /* struct plan_step, in file order */
    const struct plan_limits *limits;     /* never NULL after plan_load */
    const struct plan_defaults *defaults; /* never NULL after plan_load */
    struct plan_instance *instances;
    size_t instance_count;
};

const struct plan_vault *plan_vaults(const struct plan *plan);
const struct plan_item *plan_items(const struct plan *plan);
const struct plan_step *plan_steps(const struct plan *plan);

/* The step's own setting, or the plan's default, or the program's. */
int64_t plan_step_timeout_ms(const struct plan *plan, const struct plan_step *step);
int64_t plan_step_poll_ms(const struct plan *plan, const struct plan_step *step); /* -1: the program's cadence */
struct plan_retry plan_step_retry(const struct plan *plan, const struct plan_step *step);
struct plan_trigger plan_step_trigger(const struct plan *plan, const struct plan_step *step);

void plan_free(struct plan *plan);
void plan_cleanup(struct plan **plan);

#endif
