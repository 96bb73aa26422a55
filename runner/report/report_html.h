/* SPDX-License-Identifier: MIT */
/* report_html: a run as one self-contained page: no script, light and dark, screen and paper. */
#ifndef REPORT_REPORT_HTML_H
#define REPORT_REPORT_HTML_H

#include "report/report.h"

void report_html(const struct summary *summary, const struct report_source *source,
                 struct buf *ret);

#endif
