/* SPDX-License-Identifier: MIT */
#include "report/html_timeline.h"

#include "base/clock.h"
#include "report/html.h"
#include "report/report_facts.h"

#define AXIS_PX 26
#define ROW_PX 44
#define NAME_PX 14 /* baseline of the name, below a row's top */
#define BAR_TOP_PX 21
#define BAR_PX 11
#define TICKS_MAX 6

struct scale {
    struct utc start;
    int64_t span_ms; /* at least 1 */
    struct utc now;  /* where what did not end is cut */
};

/* Positions are percentages with two digits: the drawing fits every width, and no locale is asked.
 */
static void append_percent(struct buf *page, const struct scale *scale, int64_t ms)
{
    int64_t inside = ms < 0 ? 0 : ms > scale->span_ms ? scale->span_ms : ms;
    int64_t hundredths = inside * 10000 / scale->span_ms;
    buf_format(page, "%lld.%02lld%%", (long long)(hundredths / 100), (long long)(hundredths % 100));
}

static void append_x(struct buf *page, const struct scale *scale, const char *name, struct utc at)
{
    buf_format(page, " %s=\"", name);
    append_percent(page, scale, at.ms - scale->start.ms);
    buf_append_char(page, '"');
}

static int64_t tick_ms(int64_t span_ms)
{
    static const int64_t steps[] = {
        SECOND_MS,      5 * SECOND_MS, 15 * SECOND_MS, 30 * SECOND_MS, MINUTE_MS,
        2 * MINUTE_MS,  5 * MINUTE_MS, 10 * MINUTE_MS, 15 * MINUTE_MS, 20 * MINUTE_MS,
        30 * MINUTE_MS, HOUR_MS,       2 * HOUR_MS,    3 * HOUR_MS,    6 * HOUR_MS,
        12 * HOUR_MS,   DAY_MS,
    };
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        if (span_ms / steps[i] < TICKS_MAX) {
            return steps[i];
        }
    }
    return (span_ms / TICKS_MAX / DAY_MS + 1) * DAY_MS;
}

/* "+45s" "+20m" "+1h 20m" */
static void append_tick(struct buf *page, int64_t ms)
{
    if (ms < MINUTE_MS) {
        buf_format(page, "+%llds", (long long)(ms / SECOND_MS));
    } else if (ms < HOUR_MS) {
        buf_format(page, "+%lldm", (long long)(ms / MINUTE_MS));
    } else if (ms % HOUR_MS != 0) {
        buf_format(page, "+%lldh %02lldm", (long long)(ms / HOUR_MS),
                   (long long)(ms % HOUR_MS / MINUTE_MS));
    } else {
        buf_format(page, "+%lldh", (long long)(ms / HOUR_MS));
    }
}

static void append_axis(struct buf *page, const struct scale *scale, size_t rows)
{
    int64_t step_ms = tick_ms(scale->span_ms);
    for (int64_t ms = 0; ms <= scale->span_ms; ms += step_ms) {
        struct utc at = {scale->start.ms + ms};
        /* a label near the right edge would be cut */
        bool is_last = ms > scale->span_ms - step_ms / 2;
        buf_append_text(page, "<line class=\"grid\"");
        append_x(page, scale, "x1", at);
        append_x(page, scale, "x2", at);
        buf_format(page, " y1=\"%d\" y2=\"%zu\"/>", AXIS_PX - 6, AXIS_PX + rows * ROW_PX);
        buf_append_text(page, "<text class=\"axis\" y=\"12\"");
        append_x(page, scale, "x", at);
        buf_format(page, " text-anchor=\"%s\">", ms == 0 ? "start" : is_last ? "end" : "middle");
        if (ms == 0) {
            buf_append_text(page, "start");
        } else {
            append_tick(page, ms);
        }
        buf_append_text(page, "</text>\n");
    }
}

static void append_name(struct buf *page, const struct summary_step *step,
                        const struct scale *scale, size_t top)
{
    buf_format(page, "<text y=\"%zu\"><tspan class=\"name\">", top + NAME_PX);
    html_text(page, step->id);
    buf_append_text(page, "</tspan><tspan class=\"more\" dx=\"8\">");
    if (!text_equal(step->state, "succeeded")) { /* room on narrow screens */
        html_text(page, step->state);
        buf_append_text(page, ", ");
    }
    report_append_duration(page, summary_elapsed_ms(step, scale->now));
    buf_append_text(page, step->is_critical ? ", critical path</tspan></text>" : "</tspan></text>");
}

static void append_bar(struct buf *page, const struct summary_step *step, const struct scale *scale,
                       size_t top)
{
    bool is_bad = text_equal(step->state, "failed") || text_equal(step->state, "ambiguous");
    if (step->ready.ms != 0 && step->ready.ms < step->started.ms) {
        size_t middle = top + BAR_TOP_PX + BAR_PX / 2;
        buf_append_text(page, "<line class=\"wait\"");
        append_x(page, scale, "x1", step->ready);
        append_x(page, scale, "x2", step->started);
        buf_format(page, " y1=\"%zu\" y2=\"%zu\"/>", middle, middle);
    }
    buf_format(page, "<rect class=\"bar%s%s\" rx=\"1.5\" y=\"%zu\" height=\"%d\"",
               step->is_critical ? " critical" : "", is_bad ? " bad" : "", top + BAR_TOP_PX,
               BAR_PX);
    append_x(page, scale, "x", step->started);
    buf_append_text(page, " width=\"");
    append_percent(page, scale, summary_elapsed_ms(step, scale->now));
    buf_append_text(page, "\"/>\n");
}

static struct scale scale_of(const struct summary *summary)
{
    struct utc end = summary->ended.ms != 0 ? summary->ended : summary->last;
    int64_t span_ms = end.ms - summary->started.ms;
    return (struct scale){
        .start = summary->started, .span_ms = span_ms < 1 ? 1 : span_ms, .now = end};
}

static void append_key(struct buf *page)
{
    buf_append_text(page,
                    "<ul class=\"key\"><li><i class=\"critical\"></i>on the critical path</li>"
                    "<li><i></i>beside it</li><li><i class=\"bad\"></i>failed or to be looked "
                    "at</li><li><i class=\"wait\"></i>waited for its turn</li></ul>\n");
}

void html_timeline(const struct summary *summary, struct buf *page)
{
    size_t rows = 0;
    for (size_t i = 0; i < summary->steps.count; i++) {
        rows += summary->steps.items[i].started.ms != 0 ? 1 : 0;
    }
    if (rows == 0) {
        return;
    }
    struct scale scale = scale_of(summary);
    buf_append_text(page, "<section>\n<h2>Timeline</h2>\n");
    buf_format(
        page,
        "<svg class=\"timeline\" role=\"img\" height=\"%zu\" aria-label=\"Timeline of %zu steps "
        "over ",
        AXIS_PX + rows * ROW_PX, rows);
    report_append_duration(page, scale.span_ms);
    buf_append_text(page, "; the same times stand in the table of steps\">\n");
    append_axis(page, &scale, rows);
    size_t top = AXIS_PX;
    for (size_t i = 0; i < summary->steps.count; i++) {
        const struct summary_step *step = &summary->steps.items[i];
        if (step->started.ms != 0) {
            append_name(page, step, &scale, top);
            append_bar(page, step, &scale, top);
            top += ROW_PX;
        }
    }
    buf_append_text(page, "</svg>\n");
    append_key(page);
    buf_append_text(page, "</section>\n");
}
