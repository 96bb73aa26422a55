/* SPDX-License-Identifier: MIT */
/* html_timeline: the run's steps as bars over time, an inline SVG that fits any width. */
#ifndef REPORT_HTML_TIMELINE_H
#define REPORT_HTML_TIMELINE_H

#include "report/summary.h"

/* Nothing where no step was started. */
void html_timeline(const struct summary *summary, struct buf *page);

#endif
