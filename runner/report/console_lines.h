/* SPDX-License-Identifier: MIT */
/* console_lines: what the console says, as text: a line for a change, a live line for a step, the
 * footer.
 *
 * Not here: when and where it is written (console).   flags: enum report_flags. */
#ifndef REPORT_CONSOLE_LINES_H
#define REPORT_CONSOLE_LINES_H

#include "base/buf.h"
#include "base/clock.h"
#include "report/summary.h"

/* Appends what a record of this kind changes, without line end; nothing for what is no news to a
 * reader. summary has read the record already. */
void console_lines_change(const struct summary *summary, const struct record *record,
                          unsigned flags, struct buf *ret);

/* A terminal shows these for good; the other changes it shows in its live lines. */
bool console_lines_is_lasting(enum record_type type);

/* "4 items found" */
void console_lines_items(size_t count, struct buf *ret);

/* Steps that are being worked on. */
bool console_lines_is_active(const struct summary_step *step);

/* "db-disks  running  12m 05s  [#####-----]  52%  about 11m 00s left"; the id takes id_width
 * characters. */
void console_lines_step(const struct summary_step *step, struct utc now, size_t id_width,
                        struct buf *ret);

/* "rehearsal: 2 of 4 done, 1 failed, 1h 02m, 312 requests" */
void console_lines_footer(const struct summary *summary, struct utc now, struct buf *ret);

/* "3 steps at work, longest web-disks[web-02] 25m 10s"; false if none is. */
bool console_lines_heartbeat(const struct summary *summary, struct utc now, struct buf *ret);

#endif
