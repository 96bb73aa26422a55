/* SPDX-License-Identifier: MIT */
/* report_human: a run as text that is read in a minute. */
#ifndef REPORT_REPORT_HUMAN_H
#define REPORT_REPORT_HUMAN_H

#include "report/report.h"

/* flags: enum report_flags. */
void report_human(const struct summary *summary, unsigned flags, const struct report_source *source,
                  struct buf *ret);

/* "  error: text", "    because …", "    hint: …" for an error of a record. */
void report_human_error(const struct value *error, struct buf *ret);

#endif
