/* SPDX-License-Identifier: MIT */
/* answer_job: backup jobs, one and as a list.
 *
 * Sources: azure-surface A.4, C.3, C.5; the job bodies of the recordings (list entries have no
 * extendedInfo). */
#ifndef SIMULATOR_ANSWER_JOB_H
#define SIMULATOR_ANSWER_JOB_H

#include "simulator/sim_call.h"

void answer_job_list(struct sim_call *call);
void answer_job_show(struct sim_call *call);

#endif
