/* SPDX-License-Identifier: MIT */
/* plan: the checked model of a plan file; plain structs, read-only once loaded.
 *
 * Use: plan_load() (plan/plan_load.h); then walk steps and instances.
 * Ownership: everything lives in the plan's arena until plan_free().   Units: durations in ms, -1
 * where not given. */
#ifndef PLAN_PLAN_H
#define PLAN_PLAN_H

#include "plan/plan_section.h"
#include "plan/rule.h"
#include "step/kind.h"

struct plan_step {
    struct decoded base; /* base.name: the step's name */
    const char *kind_name;
    struct texts items;
    const char *select, *target;
    struct texts depends_on;
    int on_failure;
    int64_t timeout_ms;             /* -1: the default; plan_step_timeout_ms() */
    const struct plan_retry *retry; /* NULL: the default's */
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
    const struct value *as_written; /* base.source before its references were replaced: the same
                                       names and lists, other texts */
    char sha256[65];                /* of the file's bytes */
    int64_t version;
    const char *name, *description;
    const struct value *labels; /* a map of texts, or NULL */
    int mode;
    struct records variables; /* struct plan_variable */
    struct records vaults;    /* struct plan_vault */
    struct records items;
    struct records selection; /* struct plan_rule */
    struct records targets;
    struct records steps;                 /* struct plan_step, in file order */
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
int64_t plan_step_poll_ms(const struct plan *plan,
                          const struct plan_step *step); /* -1: the program's cadence */
struct plan_retry plan_step_retry(const struct plan *plan, const struct plan_step *step);
struct plan_trigger plan_step_trigger(const struct plan *plan, const struct plan_step *step);

void plan_free(struct plan *plan);
void plan_cleanup(struct plan **plan);

#endif
