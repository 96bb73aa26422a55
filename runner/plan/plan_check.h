/* SPDX-License-Identifier: MIT */
/* plan_check: what tables cannot say about a plan: names that lead nowhere, Azure's naming rules,
 * what fits together.
 *
 * Fills the members of plan.h that are "set by plan_check".   Errors: problems, as many as there
 * are. */
#ifndef PLAN_PLAN_CHECK_H
#define PLAN_PLAN_CHECK_H

#include "plan/names.h"
#include "plan/plan.h"

/* What the plan defines, to be referred to by name. */
struct plan_names {
    struct names vaults, items, rules, targets, steps;
};

/* Finds cycles too; the instances are graph_expand's, once all is well. */
void plan_check(struct plan *plan, const struct kind *const *kinds, struct problems *problems);

/* True if it was said already that this text or list of texts cannot be read: nothing more to say
 * about it. */
bool plan_check_is_said(const struct decoded *record, const char *member);

#endif
