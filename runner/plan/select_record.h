/* SPDX-License-Identifier: MIT */
/* select_record: a selection as the value that the record point.chosen holds (record/record.h). */
#ifndef PLAN_SELECT_RECORD_H
#define PLAN_SELECT_RECORD_H

#include "plan/select.h"

enum select_flags {
    SELECT_WITH_POINTS = 1 << 0, /* more candidates, and each point as it was listed */
};

/* {point?, rule, reason, age_ms?, considered, now, runner_up?, ladder?, candidates,
 * candidates_omitted?, points?} */
const struct value *select_to_value(struct arena *arena, const struct selection *selection,
                                    unsigned flags);

#endif
