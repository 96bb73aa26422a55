/* SPDX-License-Identifier: MIT */
/* simulator: an Azure that holds what a world file says, over real HTTP on loopback.
 *
 * For rehearsals (same process, virtual clock: each request carries x-restorectl-now in ms since
 * 1970) and as a server
 * (`restorectl simulate`, real clock).  It knows Azure's wire, not our client: an error there
 * cannot hide here. Ids and answers come from the world's content and the request, never from the
 * order of arrival, so that a rehearsal repeats exactly.   Threads: one of its own (libmicrohttpd);
 * it shares nothing with the caller. */
#ifndef SIMULATOR_SIMULATOR_H
#define SIMULATOR_SIMULATOR_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"
#include "data/decode.h"

struct simulator;

struct simulator_options {
    const struct value *world; /* as read; world_table is its form */
    const char *address;       /* NULL: 127.0.0.1; loopback only */
    int port;                  /* 0: any free one */
    bool is_virtual; /* time comes with each request; else the real clock, from the world's now on
                        if it has one */
    const char *const *faults; /* fault specs, ended by NULL; NULL: those of the world only */
    const char *request_log;   /* NDJSON of every request, or NULL */
};

/* The form of a world file (`restorectl schema world`, later). */
extern const struct decode_table world_table;

/* ERR_PLAN with all problems of the world; ERR_USAGE for a fault spec; ERR_IO for the port or the
 * log. */
struct error *simulator_start(const struct simulator_options *options, struct problems *problems,
                              struct simulator **ret) MUST_USE;
const char *simulator_origin(const struct simulator *simulator); /* "http://127.0.0.1:41234" */
struct utc simulator_begin(const struct simulator *simulator);   /* the world's now */
void simulator_stop(struct simulator *simulator);

/* Ground truth: restores that really started, for tests: {"restores": [{item, point, count}],
 * "requests": n}. */
void simulator_truth(struct simulator *simulator, struct buf *ret);

#endif
