/* SPDX-License-Identifier: MIT */
/* arm_poll: follows an accepted operation to its end; a part machine, held by value in a kind's
 * state.
 *
 * Addresses in order: Azure-AsyncOperation, Location, and `rebuilt` (what the caller can build from
 * the operation's id).  The next one is taken where one leads nowhere: 400, 404 or a redirect
 * twice, no sensible status three times; after the last one the first again, for two minutes at
 * least.  A foreign host and 410 are final.  A newer header replaces the address it came as.
 * Sources: azure-surface D.1, D.2, D.4, F 1. */
#ifndef AZURE_ARM_POLL_H
#define AZURE_ARM_POLL_H

#include "step/effect.h"
#include "step/event.h"

enum arm_poll_address {
    ARM_POLL_ASYNC,
    ARM_POLL_LOCATION,
    ARM_POLL_REBUILT,
    ARM_POLL_ADDRESS_COUNT,
};

struct arm_poll {
    const char *management;
    const char *address[ARM_POLL_ADDRESS_COUNT]; /* NULL: there is none */
    const char *operation_id;                    /* last segment of the first address, or NULL */
    int64_t floor_ms;                            /* never ask more often */
    int current;                                 /* enum arm_poll_address */
    int misses;              /* answers in a row that lead nowhere, at the current address */
    struct utc missed_since; /* the first of them at any address; 0: the last answer was good */
    bool is_prefix_single;   /* the doubled prefix was refused: it is mended (F 1) */
    bool has_warned;         /* of a status that nobody knows */
};

enum arm_poll_result {
    ARM_POLL_GOES_ON, /* out is filled */
    ARM_POLL_ENDED,   /* *ret_body is the final body, a map (empty where Location ended without one)
                       */
    ARM_POLL_FAILED,  /* *ret_error says why */
    ARM_POLL_LOST,    /* no address leads anywhere: look for the job another way */
};

/* Reads the headers of the answer that accepted it.  False: no usable address. */
bool arm_poll_accept(struct arm_poll *poll, struct arena *arena, const struct http_reply *reply,
                     const char *management);
/* The first wait, as the answer asks, or 30 s. */
void arm_poll_begin(struct arm_poll *poll, const struct event *in, struct effect *out);

/* TIMER and REPLY events go here until it does not say GOES_ON. */
enum arm_poll_result arm_poll_feed(struct arm_poll *poll, const struct event *in,
                                   struct effect *out, const struct value **ret_body,
                                   struct error **ret_error);

#endif
