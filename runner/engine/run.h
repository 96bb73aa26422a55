/* SPDX-License-Identifier: MIT */
/* run: executes a plan: resolves, chooses, starts what is ready, follows it to its end, and records
 * it all.
 *
 * Everything is read and checked before anything is started: one item or point that is missing
 * refuses the run. Use: fill run_options, run_execute().   Everything a person sees of it is in the
 * records. Not here: Azure (kinds), terminals (report), files (record). */
#ifndef ENGINE_RUN_H
#define ENGINE_RUN_H

#include "base/clock.h"
#include "engine/recorder.h"
#include "net/net.h"
#include "plan/plan.h"

enum run_purpose {
    RUN_PLAN, /* reads and shows; starts nothing */
    RUN_APPLY,
};

/* What the outside asks of a run that goes on. */
enum run_wish {
    RUN_GO_ON,
    RUN_STOP,  /* starts nothing more, waits for answers to what was sent, ends resumable (exit 75)
                */
    RUN_LEAVE, /* at once */
};

struct run_options {
    enum run_purpose purpose;
    const struct plan *plan;
    const char *run;        /* its id */
    const char *management; /* ARM endpoint */
    bool is_rehearsal;
    uint64_t seed;
    struct net *net;
    struct clock *clock;
    const struct kind *const *kinds; /* ended by NULL */
    const void *credential;          /* for the KIND_SIGN_IN */
    int64_t (*throttle_wait_ms)(const struct http_reply *reply);
    int64_t floor_ms; /* shortest wait between two looks at the same thing */
    int64_t quiet_ms; /* how long a trigger in doubt is searched for, where the plan does not say */
    int64_t parallel; /* 0: the plan's */
    int64_t timeout_ms;                    /* 0: the plan's */
    struct journal *journal;               /* NULL: none is kept */
    const struct recorder_reader *readers; /* ended by a row without read */
    /* Called between turns; context is the caller's. */
    enum run_wish (*wish)(void *context);
    void (*tick)(void *context, struct utc now);
    void *context;
};

/* The exit code; the reason is in the record run.finished and in the steps'. */
int run_execute(const struct run_options *options);

#endif
