/* SPDX-License-Identifier: MIT */
/* summary: the stream of records folded into what a report needs; the one place that understands a
 * run.
 *
 * Use: summary_new(); summary_read() as the record_reader_fn for every record; then look;
 * summary_free(). Console, human, JSON and HTML reports all look here, so they cannot disagree.
 * Ownership: copies what it keeps into its own arena. */
#ifndef REPORT_SUMMARY_H
#define REPORT_SUMMARY_H

#include "base/clock.h"
#include "base/vec.h"
#include "record/record.h"

struct summary_attempt {
    const char *request_id, *outcome, *azure_request_id;
    struct utc at;
};

struct summary_step {
    const char *id, *name, *kind, *item;
    const struct value *needs;
    const char *state; /* the last one; "pending" at first */
    struct utc ready, started,
        ended;                    /* ms 0: not yet.  started: left pending/ready for triggering */
    const struct value *point;    /* body of point.chosen, or NULL */
    const struct value *planned;  /* body of step.planned */
    const struct value *progress; /* newest body of job.progress */
    const struct value *keep;     /* newest of step.keep: operation, job, … */
    const struct value *output, *error; /* of step.finished */
    struct {
        VEC(const struct value *);
    } warnings;
    struct {
        VEC(struct summary_attempt);
    } attempts;
    bool is_critical;
};

struct summary {
    struct arena *arena;
    const struct value *run; /* body of run.started, or NULL */
    const char *tool;
    struct utc started, ended, last; /* last: newest record */
    struct {
        VEC(struct summary_step);
    } steps; /* in plan order */
    /* Bodies; warnings (here those of no step) and failed_requests also have "time". */
    struct {
        VEC(const struct value *);
    } vaults, items, warnings, failed_requests;
    const struct value
        *finished; /* body of run.finished; NULL: the run did not end (killed, or still going) */
    int64_t request_count, retry_count, throttled_ms;
    int64_t record_count;
    size_t *slots; /* summary.c's own: steps by id */
    size_t slot_count;
};

struct summary *summary_new(void);
void summary_free(struct summary *summary);
void summary_read(void *context, const struct record *record); /* a record_reader_fn */
struct summary_step *summary_step_find(const struct summary *summary, const char *id);
size_t summary_count(const struct summary *summary, const char *state);
int64_t summary_elapsed_ms(const struct summary_step *step, struct utc now);

#endif
