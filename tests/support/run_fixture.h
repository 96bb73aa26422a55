/* SPDX-License-Identifier: MIT */
/* run_fixture: a run of small kinds over the fake net and the fake journal, on a virtual clock:
 * what the engine does is seen without Azure.
 *
 * The kinds ask: POST login.test/token; GET /vault/NAME (answer: how many VMs it holds); GET
 * /points/VM (answer "none": no points); and a step GET /precheck/VM, POST /start/VM (once), then
 * GET /job/VM every 30 s until it is "done", "failed" or "go URL" (asks there next).
 * Use: run_fixture_open(); set answer, wish, options; run_fixture_run(); look at story and log. */
#ifndef SUPPORT_RUN_FIXTURE_H
#define SUPPORT_RUN_FIXTURE_H

#include "engine/run.h"
#include "support/journal_fake.h"
#include "support/net_fake.h"

#define FIXTURE_MANAGEMENT "https://management.test"
#define FIXTURE_POLL_MS (30 * SECOND_MS)

struct run_fixture;
/* line: "GET /vault/main".  Returns how many waits it takes; 0: the usual answer, at once. */
typedef int run_fixture_answer_fn(struct run_fixture *fixture, const char *line,
                                  const struct http_request *request, struct http_reply *ret);

struct run_fixture {
    struct net *net;
    struct clock clock;
    struct journal journal;
    struct plan *plan;
    struct recorder_reader readers[2];
    struct run_options options;
    run_fixture_answer_fn *answer;                      /* NULL: all goes well */
    enum run_wish (*wish)(struct run_fixture *fixture); /* NULL: goes on */
    int64_t lifetime_ms;                                /* of tokens; -1: not known */
    int token_count;
    int turn_count;   /* a run that does not end is left after very many */
    int counter;      /* the test's own */
    struct buf log;   /* the records, as the journal has them */
    struct buf story; /* what happened in which order: "send POST /start/vm0 @0", "sync",
                         "record step.state one running @0"; @: virtual seconds */
};

/* steps: YAML of the plan's steps; items i0 … of VMs vm0 … are there, item_count of them. */
void run_fixture_open(struct run_fixture *fixture, size_t item_count, const char *steps);
void run_fixture_close(struct run_fixture *fixture);
int run_fixture_run(struct run_fixture *fixture);

/* Where the n-th line with text in it begins in the story; SIZE_MAX: there is none. */
size_t run_fixture_find(const struct run_fixture *fixture, const char *text, size_t n);
size_t run_fixture_count(const struct run_fixture *fixture, const char *text);
/* In how many records text is. */
size_t run_fixture_logged(const struct run_fixture *fixture, const char *text);

#endif
