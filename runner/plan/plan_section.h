/* SPDX-License-Identifier: MIT */
/* plan_section: what the sections of a plan file hold, as structs; see plan/plan.h.
 *
 * Not here: selection rules (plan/rule.h).
 * Units: durations in ms, -1 where not given.  Word lists are ended by NULL. */
#ifndef PLAN_PLAN_SECTION_H
#define PLAN_PLAN_SECTION_H

#include "data/decode.h"

enum plan_mode {
    PLAN_MODE_DRILL,
    PLAN_MODE_REAL,
    PLAN_MODE_COUNT,
};
extern const char
    *const plan_mode_names[PLAN_MODE_COUNT + 1]; /* ended by NULL, as all word lists */

enum plan_variable_type {
    PLAN_VARIABLE_TEXT,
    PLAN_VARIABLE_INTEGER,
    PLAN_VARIABLE_BOOLEAN,
    PLAN_VARIABLE_DURATION,
    PLAN_VARIABLE_TIME,
    PLAN_VARIABLE_LIST, /* of texts */
    PLAN_VARIABLE_TYPE_COUNT,
};
extern const char *const plan_variable_type_names[PLAN_VARIABLE_TYPE_COUNT + 1];

struct plan_variable {
    struct decoded base;
    const char *description;
    struct texts fallback; /* `default:` of the plan; not set: must be given */
    int type;              /* enum plan_variable_type */
    const char *pattern;   /* or NULL */
    struct texts allowed;  /* `enum:`; not set: any value */
    const char *origin; /* set by plan_load: who gave its value, "--var lab", "RESTORECTL_VAR_lab"
                           or "vars.yaml:3"; NULL: nobody did */
};

struct plan_vault {
    struct decoded base;
    const char *subscription, *resource_group, *name;
};

struct plan_item {
    struct decoded base;
    const char *vault;
    const char *vm, *resource_group;        /* by name: group may be NULL */
    const char *container, *protected_item; /* or by Azure's names, both */
    const char *source;                     /* ARM id of the VM, or NULL: as the vault lists it */
    const struct plan_vault *in_vault;      /* set by plan_check */
};

struct plan_target {
    struct decoded base;
    const char *subscription;    /* NULL: the vault's */
    const char *region;          /* NULL: the vault's */
    const char *resource_group;  /* NULL: unmanaged disks, VHD blobs in the staging account */
    const char *storage_account; /* name in one of the two groups, or a full id */
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

/* For a trigger whose fate stays unknown after the quiet window of searching. */
enum plan_doubt {
    PLAN_DOUBT_STOP,   /* a person decides (exit 6); always so for what overwrites */
    PLAN_DOUBT_RESEND, /* sent once more, under a new request id */
    PLAN_DOUBT_COUNT,
};
extern const char *const plan_doubt_names[PLAN_DOUBT_COUNT + 1];

struct plan_trigger {
    struct decoded base;
    int on_doubt;     /* enum plan_doubt, -1: the kind's */
    int64_t quiet_ms; /* -1: the program's */
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

#endif
