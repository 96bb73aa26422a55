/* SPDX-License-Identifier: MIT */
/* graph: the plan's steps as a graph: cycles, and the instances that the executor runs.
 *
 * Reads the steps' needs; no recursion, so a chain of any length is fine.
 * Limits: GRAPH_NEEDS_MAX needs of instances in all. */
#ifndef PLAN_GRAPH_H
#define PLAN_GRAPH_H

#include "plan/plan.h"

#define GRAPH_NEEDS_MAX 4000000u

/* Each cycle is a problem: "a -> b -> a" says that a waits for b. */
void graph_check(const struct plan *plan, struct problems *problems);

/* Fills the plan's instances, in plan order; needs of instances may share memory.  Then warns of
 * restores of one item into one target that may run side by side.  Only for plans without problems.
 */
void graph_expand(struct plan *plan, struct problems *problems);

#endif
