/* SPDX-License-Identifier: MIT */
/* job: follows an Azure backup job to its end, and reads the list of jobs; a part machine, held by
 * value.
 *
 * Only `status` decides (100 % while InProgress is normal).   Sources: azure-surface A.4, C.3, C.5,
 * D.4; recordings 8 to 17. */
#ifndef AZURE_JOB_H
#define AZURE_JOB_H

#include "azure/arm.h"
#include "base/clock.h"
#include "step/effect.h"
#include "step/event.h"

struct job {
    const char *url; /* of the job */
    const char *id;
    const struct arm_poll_settings *poll;
    struct utc began; /* when following began */
    struct utc missing_since;
    int invalid; /* answers with status Invalid in a row */
};

enum job_result {
    JOB_GOES_ON, /* out is filled */
    JOB_ENDED,   /* out is filled: DONE with its output, or FAIL */
};

/* vault_path as of arm_vault_path(); asks at once.  Texts must live as long as the state. */
void job_begin(struct job *job, const struct event *in, const struct arm_arguments *arguments,
               const char *id, struct effect *out);
enum job_result job_feed(struct job *job, const struct event *in, struct effect *out);

/* The URL of a vault's restore jobs: in progress only, or those started between two times. */
const char *job_list_url_running(struct arena *arena, const struct arm_arguments *arguments);
const char *job_list_url_between(struct arena *arena, const struct arm_arguments *arguments,
                                 struct utc start, struct utc end);

/* In a page of the list: the job that one of these request ids started (without case), the running
 * restore of an item, or a restore of it that names no request at all; NULL if none. */
const struct value *job_find_by_request(const struct value *page, const struct value *request_ids);
const struct value *job_find_running(const struct value *page, const struct arm_item *item);
const struct value *job_find_nameless(const struct value *page, const struct arm_item *item);

#endif
