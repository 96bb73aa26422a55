/* SPDX-License-Identifier: MIT */
/* resolved: a plan as it is understood, value by value, each with where it comes from.
 *
 * Follows the decode tables of the plan and of its steps' kinds, so a new member appears by itself:
 * what the file says (aliases, merge keys and references replaced), then what it left out and a
 * default or the only definition fills in.   Ownership: everything lives in the arena, or the
 * plan's. */
#ifndef CLI_RESOLVED_H
#define CLI_RESOLVED_H

#include "base/vec.h"
#include "plan/plan.h"

enum resolved_shape {
    RESOLVED_LEAF, /* a scalar, or a list or map without anything in it */
    RESOLVED_LIST, /* what follows, one deeper, is in it */
    RESOLVED_MAP,
};

struct resolved_value {
    const char *path; /* "steps.db-disks.items[0]" */
    const char *name; /* the last of the path; NULL: an item of a list */
    size_t depth;     /* maps and lists around it, the plan itself not counted */
    enum resolved_shape shape;
    const struct value *value; /* of a leaf: numbers and true or false are typed; else NULL */
    const char *origin; /* of a leaf: "plan.yaml:12", "plan.yaml:12, --var lab", "default", … */
};
struct resolved {
    VEC(struct resolved_value);
};

/* In the order of the tables; kinds is what the plan was loaded with. */
void resolved_read(struct arena *arena, const struct plan *plan, const struct kind *const *kinds,
                   struct resolved *ret);
void resolved_cleanup(struct resolved *resolved);

#endif
