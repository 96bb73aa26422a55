/* SPDX-License-Identifier: MIT */
/* plan_shape: the part of a plan's form that one decode table cannot hold.
 *
 * Members of later versions get a message of their own; a step's members that belong to its kind
 * are checked with the kind's table.  Both are left out of the tree that goes to plan_table. */
#ifndef PLAN_PLAN_SHAPE_H
#define PLAN_PLAN_SHAPE_H

#include "data/value.h"
#include "step/kind.h"

const struct value *plan_shape_trim(struct arena *arena, const struct kind *const *kinds,
                                    const struct value *root, struct problems *problems);

/* The kind of that name that may stand in a plan, or NULL. */
const struct kind *plan_shape_kind(const struct kind *const *kinds, const char *name);

#endif
