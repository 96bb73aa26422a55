/* SPDX-License-Identifier: MIT */
/* rule_points: the recovery points of a fixture: listed in it, or saved by `points --format json`.
 *
 * Ownership: everything lives in the arena. */
#ifndef CLI_RULE_POINTS_H
#define CLI_RULE_POINTS_H

#include "base/clock.h"
#include "data/decode.h"

/* A point as a fixture lists it; its struct is known to rule_points.c only. */
extern const struct decode_table rule_point_table;

/* What the table cannot say of records of it.  To be called before they are listed. */
void rule_points_check(struct arena *arena, const struct records *list, struct problems *problems);

/* As a KIND_POINT_LISTER gives them (plan/select.h). */
const struct value *rule_points_list(struct arena *arena, const struct records *list,
                                     struct utc now);

/* *ret_items: {item, now, points, …} of each item and rule in the file, one at least. */
struct error *rule_points_load(struct arena *arena, const char *path,
                               const struct value **ret_items) MUST_USE;

#endif
