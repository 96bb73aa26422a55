/* SPDX-License-Identifier: MIT */
/* event: what a kind is told. */
#ifndef STEP_EVENT_H
#define STEP_EVENT_H

#include "base/arena.h"
#include "base/clock.h"
#include "data/value.h"
#include "http/message.h"

enum event_type {
    EVENT_START,  /* once; arguments is set */
    EVENT_REPLY,  /* the final reply to the request it asked for: retries, 429, 401 and 5xx on reads
                     are behind it */
    EVENT_TIMER,  /* the wait it asked for is over */
    EVENT_LOST,   /* a HTTP_ONCE request left and its fate is unknown; reply says what was seen,
                     request_id what was sent */
    EVENT_CANCEL, /* the run ends: give up waiting */
    EVENT_TYPE_COUNT,
};

struct event {
    enum event_type type;
    struct utc now;      /* server time as far as known */
    struct arena *arena; /* lives as long as the state */
    struct arena
        *scratch; /* lives until the effect is carried out: replies read, progress, warnings */
    const struct value *arguments; /* START: a map that fits the kind's argument table */
    const void *credential; /* START of a KIND_SIGN_IN: what wire made for it (azure/sign_in.h) */
    const struct http_reply *reply; /* REPLY, LOST; borrowed for the call */
    const char *request_id;         /* REPLY, LOST: the x-ms-client-request-id that was sent */
    struct utc sent_at;             /* REPLY, LOST: when it was */
};

#endif
