/* SPDX-License-Identifier: MIT */
/* step_check: the part of plan_check that is about steps. */
#ifndef PLAN_STEP_CHECK_H
#define PLAN_STEP_CHECK_H

#include "plan/plan_check.h"

void step_check_all(struct plan *plan, const struct kind *const *kinds, struct plan_names *names,
                    struct problems *problems);

#endif
