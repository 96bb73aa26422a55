/* SPDX-License-Identifier: MIT */
/* world_job: restores that were really started, and what became of them by a given time.
 *
 * Ids are made from the item, the point and the caller's request id, never from the order of
 * arrival. A job is a function of time: nothing is advanced.   Sources: azure-surface A.3, C.3,
 * C.5, D.8. */
#ifndef SIMULATOR_WORLD_JOB_H
#define SIMULATOR_WORLD_JOB_H

#include "base/clock.h"
#include "simulator/world_point.h"

enum world_mode {
    WORLD_DISKS_MANAGED,
    WORLD_DISKS_UNMANAGED,
    WORLD_ALTERNATE,
    WORLD_ORIGINAL,
    WORLD_MODE_COUNT,
};

/* What a trigger asked for; texts live as long as the world. */
struct world_trigger {
    struct world_item *item;
    const struct world_point *point;
    const char *client_request_id; /* NULL: none was sent */
    enum world_mode mode;
    const char *storage_account, *target_group, *target_vm; /* names, NULL where not given */
    const char *restored_disks;          /* "a; b" where disks were chosen, else NULL */
    const struct world_outcome *outcome; /* NULL: as the item says */
    int64_t late_ms;                     /* hidden from lists and reads for so long */
};

struct world_job {
    struct world_trigger trigger;
    const char *id, *operation_id, *activity_id;
    const struct world_outcome *outcome;
    struct utc start;
    int64_t duration_ms;
};

/* Each call starts one: Azure does not know a repeated request. */
const struct world_job *world_job_start(const struct world *world, struct world_vault *vault,
                                        const struct world_trigger *trigger, struct utc now);
/* NULL if there is none, or it cannot be seen yet. */
const struct world_job *world_job_find(const struct world_vault *vault, const char *id,
                                       struct utc now);
const struct world_job *world_job_find_operation(const struct world_vault *vault, const char *id);
/* In virtual time a job is listed from the instant after its start on: what arrives together must
 * not see which came first. */
bool world_job_is_listed(const struct world *world, const struct world_job *job, struct utc now);

bool world_job_is_over(const struct world_job *job, struct utc now);
/* "InProgress", "Completed" … */
const char *world_job_status(const struct world_job *job, struct utc now);
struct utc world_job_end(const struct world_job *job); /* once it is over */

#endif
