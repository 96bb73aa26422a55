/* SPDX-License-Identifier: MIT */
/* trigger: starts one restore and no second one; a part machine, held by value in a kind's state.
 *
 * Precheck (does a restore of the item run?), one POST under a fresh request id, and where its fate
 * is unknown a search of the vault's jobs for that id over a quiet window: found means adopted, not
 * found means stopped or sent once more, as allowed.  A job of any of our ids is ours, and a 202 is
 * never followed by another POST.   Sources: reliability 2.2, azure-surface D.8.
 * Not here: journalling the intent (the engine does, for every HTTP_ONCE). */
#ifndef AZURE_TRIGGER_H
#define AZURE_TRIGGER_H

#include "azure/arm.h"
#include "azure/arm_poll.h"
#include "base/clock.h"
#include "step/effect.h"
#include "step/event.h"

enum trigger_state {
    TRIGGER_PRECHECK,
    TRIGGER_POST,
    TRIGGER_WAIT, /* between two searches */
    TRIGGER_LOOK, /* searching the job list */
    TRIGGER_ENDED,
    TRIGGER_STATE_COUNT,
};

struct trigger {
    enum trigger_state state;
    const struct arm_arguments *arguments;
    const char *url;          /* of the POST */
    const struct value *body; /* of the POST */
    struct arm_pages pages;
    int64_t attempts;          /* POSTs sent */
    struct value *request_ids; /* a list: of each of them */
    struct utc sent_at;        /* the first one */
    int64_t look_wait_ms;      /* before the next search */
    struct utc look_until;     /* end of the quiet window */
    bool was_accepted;         /* it runs, only its job is not known: never sent again */
    bool is_conflict;          /* Azure answered 409: one search decides */
    bool names_running;        /* after that search: which restore is in the way? */
    const char *nameless;      /* a restore of the item without a request id, seen by this search */
    struct error *doubt;       /* why its fate is unknown, or the conflict; owned */
};

enum trigger_result {
    TRIGGER_GOES_ON,  /* out is filled */
    TRIGGER_ACCEPTED, /* poll holds the operation's addresses; nothing in out */
    TRIGGER_ADOPTED,  /* *ret_job is the id of its job */
    TRIGGER_FAILED,   /* out is filled: FAIL */
};

void trigger_begin(struct trigger *trigger, const struct event *in,
                   const struct arm_arguments *arguments, struct effect *out);
enum trigger_result trigger_feed(struct trigger *trigger, struct arm_poll *poll,
                                 const struct event *in, struct effect *out, const char **ret_job);
/* It was accepted, but its operation led nowhere: search for its job. */
void trigger_find_job(struct trigger *trigger, const struct event *in, struct error *why,
                      struct effect *out);
void trigger_release(struct trigger *trigger);

#endif
