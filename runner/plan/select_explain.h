/* SPDX-License-Identifier: MIT */
/* select_explain: a selection in words: why each point was or was not taken. */
#ifndef PLAN_SELECT_EXPLAIN_H
#define PLAN_SELECT_EXPLAIN_H

#include "plan/select.h"

/* A phrase: "taken 3d 4h ago, max_age is 1d 12h". */
const char *select_reason(struct arena *arena, const struct selection *selection,
                          const struct candidate *candidate);

/* Line of the plan that decided; 0 if none did. */
int select_line(const struct selection *selection, const struct candidate *candidate);

/* "newest of 3 eligible points, 5h 12m old" */
const char *select_outcome(struct arena *arena, const struct selection *selection);

/* ERR_REFUSED at the position of the first rule tried, a cause for each reason why not (grouped,
 * with counts and the newest point), and what to change. */
struct error *select_none_error(const struct selection *selection, const char *item);

#endif
