/* SPDX-License-Identifier: MIT */
/* world_point: the recovery points of an item, as listed in the world or made from its seed.
 *
 * Made at the first look and kept by the world; the same world gives the same points.
 * Sources: azure-surface 0.2 (ids of 14 to 19 digits), C.1, C.2. */
#ifndef SIMULATOR_WORLD_POINT_H
#define SIMULATOR_WORLD_POINT_H

#include "base/clock.h"
#include "simulator/world.h"

struct world_point {
    const char *id;
    struct utc time;
    const char *time_text; /* as Azure writes it, with 7 digits of fraction */
    int consistency;
    unsigned tiers;    /* 1 << enum world_tier */
    struct utc expiry; /* ms INT64_MAX: never */
};

/* Newest first.  The oldest may have expired: world_point_is_there(). */
const struct world_point *world_point_list(const struct world *world, struct world_item *item,
                                           size_t *ret_count);
bool world_point_is_there(const struct world_point *point, struct utc now);
/* NULL if there is none of that id, or it has expired. */
const struct world_point *world_point_find(const struct world *world, struct world_item *item,
                                           const char *id, struct utc now);

#endif
