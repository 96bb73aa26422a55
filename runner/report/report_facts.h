/* SPDX-License-Identifier: MIT */
/* report_facts: what every kind of report says about a run, in the same words.
 *
 * Ownership: texts belong to the summary or are constants. */
#ifndef REPORT_REPORT_FACTS_H
#define REPORT_REPORT_FACTS_H

#include "base/clock.h"
#include "report/report.h"

enum report_verdict {
    REPORT_PASSED,     /* ended with exit code 0 */
    REPORT_FAILED,     /* ended with another */
    REPORT_UNFINISHED, /* its runner is gone without having ended it */
    REPORT_GOING,      /* its runner is alive */
    REPORT_VERDICT_COUNT,
};

struct report_facts {
    enum report_verdict verdict;
    const char *plan, *run; /* never NULL */
    bool is_plan;           /* of `plan`: nothing is carried out */
    bool is_rehearsal;
    char seed[24];     /* "" if unknown */
    int64_t exit_code; /* -1: not ended */
    int64_t elapsed_ms;
    size_t total, succeeded, with_warnings, failed, skipped,
        ambiguous; /* steps; succeeded: warnings too */
};

/* source may be NULL: not known to be alive. */
struct report_facts report_facts(const struct summary *summary, const struct report_source *source);

/* "4 of 4 steps succeeded in 1h 12m, 1 of them with warnings" */
void report_append_counts(const struct report_facts *facts, struct buf *ret);

/* The Azure job the step started, or NULL. */
const char *report_step_job(const struct summary_step *step);
/* Azure was or may have been asked to start something that this run did not see the end of. */
bool report_step_is_loose(const struct summary_step *step);
/* The newest attempt's Azure request id, or NULL. */
const char *report_step_azure_request_id(const struct summary_step *step);

void report_append_duration(struct buf *ret, int64_t ms);
void report_append_time(struct buf *ret, struct utc time); /* to the second; "-" if it is 0 */

void report_append_time_text(struct buf *ret,
                             const char *rfc3339); /* likewise; "-" if it is none */

/* Each character beyond ASCII from start on becomes "?". */
void report_make_ascii(struct buf *buf, size_t start);

/* Characters of well-formed text: the width it takes on a terminal, wide ones aside. */
size_t report_width(struct str text);

#endif
