/* SPDX-License-Identifier: MIT */
/* report: a run for people and programs, made from its summary alone, at any time and as often as
 * one likes.
 *
 * Each writes into ret; none fails.  What came from servers is made harmless for its medium
 * (terminal, JSON, HTML). */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "base/buf.h"
#include "report/summary.h"

enum report_format {
    REPORT_HUMAN,
    REPORT_JSON,
    REPORT_HTML,
    REPORT_FORMAT_COUNT,
};
extern const char *const report_format_names[REPORT_FORMAT_COUNT + 1];

enum report_flags {
    REPORT_COLOR = 1 << 0,
    REPORT_ASCII = 1 << 1, /* no character beyond ASCII: the locale is not UTF-8 */
};

/* journal: the path shown as the report's source, or NULL.  is_held: its runner is still alive. */
struct report_source {
    const char *journal;
    bool is_held;
    size_t torn_bytes;
};
void report_write(const struct summary *summary, enum report_format format, unsigned flags,
                  const struct report_source *source, struct buf *ret);

/* What `plan` shows: items, each chosen point and why with the runner-up, the request bodies, the
 * order. */
void report_plan(const struct summary *summary, enum report_format format, unsigned flags,
                 struct buf *ret);

#endif
