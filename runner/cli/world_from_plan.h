/* SPDX-License-Identifier: MIT */
/* world_from_plan: a world for the rehearsal of a plan that has no world file of its own.
 *
 * It holds the plan's vaults and items, and in each vault two VMs the plan does not know, so that
 * looking things up is not trivial.  It begins at a fixed instant; points and durations come from
 * the seed (simulator/world). */
#ifndef CLI_WORLD_FROM_PLAN_H
#define CLI_WORLD_FROM_PLAN_H

#include "data/value.h"
#include "plan/plan.h"

/* In the arena; world_table accepts it. */
const struct value *world_from_plan(struct arena *arena, const struct plan *plan, uint64_t seed);

#endif
