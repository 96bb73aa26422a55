/* SPDX-License-Identifier: MIT */
#include "report/report.h"

#include "base/error.h"
#include "report/report_html.h"
#include "report/report_human.h"
#include "report/report_json.h"

const char *const report_format_names[REPORT_FORMAT_COUNT + 1] = {"human", "json", "html", NULL};

void report_write(const struct summary *summary, enum report_format format, unsigned flags,
                  const struct report_source *source, struct buf *ret)
{
    switch (format) {
    case REPORT_HUMAN:
        report_human(summary, flags, source, ret);
        return;
    case REPORT_JSON:
        report_json(summary, source, ret);
        return;
    case REPORT_HTML:
        report_html(summary, source, ret);
        return;
    case REPORT_FORMAT_COUNT:
        break;
    }
    BUG("report format %d", (int)format);
}
