/* SPDX-License-Identifier: MIT */
/* answer_restore: the trigger of a restore, and its operation.
 *
 * The body is held against the mode and field table of azure-surface B.1; a trigger that is
 * accepted starts a job (world_job), a second one a second job.   Sources: azure-surface A.2, A.3,
 * B.1 to B.5, D.1, D.2. */
#ifndef SIMULATOR_ANSWER_RESTORE_H
#define SIMULATOR_ANSWER_RESTORE_H

#include "simulator/sim_call.h"

void answer_restore_trigger(struct sim_call *call);
void answer_restore_status(struct sim_call *call); /* what Azure-AsyncOperation leads to */
void answer_restore_result(struct sim_call *call); /* what Location leads to */

#endif
