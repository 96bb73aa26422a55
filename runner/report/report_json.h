/* SPDX-License-Identifier: MIT */
/* report_json: a run as one JSON document, for programs.  Members are only ever added. */
#ifndef REPORT_REPORT_JSON_H
#define REPORT_REPORT_JSON_H

#include "report/report.h"

#define REPORT_JSON_SCHEMA 1

void report_json(const struct summary *summary, const struct report_source *source,
                 struct buf *ret);

#endif
