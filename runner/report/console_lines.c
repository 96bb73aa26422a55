/* SPDX-License-Identifier: MIT */
#include "report/console_lines.h"

#include <inttypes.h>

#include "base/clock.h"
#include "report/report_facts.h"

#define BAR_CELLS 10

static void append(struct buf *ret, const char *text)
{
    buf_append_printable(ret, str_from(text == NULL ? "-" : text));
}

/* " before text after", all of it left out where there is no text. */
static void append_with(struct buf *ret, const char *before, const char *text)
{
    if (text != NULL && text[0] != '\0') {
        buf_append_text(ret, before);
        append(ret, text);
    }
}

/* "db-disks  ", or nothing for what concerns the run as a whole. */
static void append_step(struct buf *ret, const struct record *record)
{
    const char *step = value_text(record->body, "step");
    if (step != NULL) {
        append(ret, step);
        buf_append_text(ret, "  ");
    }
}

static void append_state(struct buf *ret, const char *state, unsigned flags)
{
    static const char *const colors[][2] = {
        {"succeeded", "\033[32m"},
        {"warnings",  "\033[33m"},
        {"failed",    "\033[31m"},
        {"ambiguous", "\033[31m"},
        {"looking",   "\033[33m"},
    };
    const char *color = NULL;
    for (size_t i = 0; (flags & REPORT_COLOR) != 0 && i < sizeof(colors) / sizeof(colors[0]); i++) {
        color = text_equal(state, colors[i][0]) ? colors[i][1] : color;
    }
    buf_append_text(ret, color == NULL ? "" : color);
    append(ret, text_equal(state, "warnings") ? "succeeded with warnings" : state);
    buf_append_text(ret, color == NULL ? "" : "\033[0m");
}

/* --- one function for each type of record that is news --- */

struct news {
    const struct summary *summary;
    const struct record *record;
    unsigned flags;
};

static void say_run_started(const struct news *news, struct buf *ret)
{
    struct report_facts facts = report_facts(news->summary, NULL);
    buf_append_text(ret, facts.is_plan ? "plan" : "run");
    append_with(ret, " ", value_text(news->record->body, "run"));
    append_with(ret, " of ", facts.plan);
    buf_format(ret, ": %zu step%s", facts.total, facts.total == 1 ? "" : "s");
    append_with(ret, ", mode ", value_text(news->record->body, "mode"));
    if (facts.is_rehearsal) {
        buf_append_text(ret, ", REHEARSAL against the simulator");
        append_with(ret, ", seed ", facts.seed);
    } else {
        append_with(ret, ", at ", value_text(news->record->body, "endpoint"));
    }
}

static void say_vault_read(const struct news *news, struct buf *ret)
{
    int64_t items = value_integer(news->record->body, "items", 0);
    buf_append_text(ret, "vault ");
    append(ret, value_text(news->record->body, "vault"));
    buf_format(ret, ": %" PRId64 " protected item%s", items, items == 1 ? "" : "s");
    append_with(ret, " in ", value_text(news->record->body, "region"));
}

static void say_point_chosen(const struct news *news, struct buf *ret)
{
    append_step(ret, news->record);
    const char *time = value_text(news->record->body, "point.time");
    if (time != NULL) {
        buf_append_text(ret, "point ");
        report_append_time_text(ret, time);
        buf_append_text(ret, ": ");
    }
    append(ret, value_text(news->record->body, "reason"));
}

static void say_step_state(const struct news *news, struct buf *ret)
{
    const struct summary_step *step =
        summary_step_find(news->summary, value_text(news->record->body, "step"));
    const char *state = value_text(news->record->body, "state");
    bool is_news = text_equal(state, "triggering") || text_equal(state, "looking") ||
                   text_equal(state, "running") || text_equal(state, "skipped");
    if (!is_news || step == NULL) {
        return; /* the others are steps on the way, and ends have a record of their own */
    }
    append_step(ret, news->record);
    append_state(ret, state, news->flags);
    append_with(ret, text_equal(state, "running") ? "  job " : "",
                text_equal(state, "running") ? report_step_job(step) : NULL);
    append_with(ret, "  ", value_text(news->record->body, "reason"));
}

static void say_trigger_result(const struct news *news, struct buf *ret)
{
    const char *outcome = value_text(news->record->body, "outcome");
    if (text_equal(outcome, "accepted")) {
        return; /* "running" says so */
    }
    int64_t status = value_integer(news->record->body, "status", 0);
    append_step(ret, news->record);
    append_with(ret, "request to start it: ", outcome);
    if (status > 0) {
        buf_format(ret, ", status %" PRId64, status);
    }
    append_with(ret, ": ", value_text(news->record->body, "text"));
    append_with(ret, ", Azure request id ", value_text(news->record->body, "azure_request_id"));
}

static void say_warning(const struct news *news, struct buf *ret)
{
    bool is_colored = (news->flags & REPORT_COLOR) != 0;
    append_step(ret, news->record);
    buf_append_text(ret, is_colored ? "\033[33mwarning\033[0m" : "warning");
    append_with(ret, " ", value_text(news->record->body, "code"));
    append_with(ret, ": ", value_text(news->record->body, "title"));
    append_with(ret, ": ", value_text(news->record->body, "text"));
}

static void say_retry(const struct news *news, struct buf *ret)
{
    append_step(ret, news->record);
    buf_format(ret, "try %" PRId64 " failed", value_integer(news->record->body, "attempt", 0));
    append_with(ret, " (", value_text(news->record->body, "reason"));
    buf_append_text(ret, value_text(news->record->body, "reason") == NULL ? "" : ")");
    buf_append_text(ret, ", again in ");
    report_append_duration(ret, value_integer(news->record->body, "wait_ms", 0));
}

static void say_throttle(const struct news *news, struct buf *ret)
{
    buf_append_text(ret, "throttled by Azure");
    append_with(ret, ": ", value_text(news->record->body, "scope"));
    buf_append_text(ret, " requests wait ");
    report_append_duration(ret, value_integer(news->record->body, "wait_ms", 0));
}

static void say_step_finished(const struct news *news, struct buf *ret)
{
    const struct value *body = news->record->body;
    const char *state = value_text(body, "state");
    if (text_equal(state, "skipped")) {
        return; /* the change of its state said so, and why */
    }
    append_step(ret, news->record);
    append_state(ret, state, news->flags);
    int64_t elapsed_ms = value_integer(body, "elapsed_ms", 0);
    if (elapsed_ms > 0) {
        bool is_done = text_equal(state, "succeeded") || text_equal(state, "warnings");
        buf_append_text(ret, is_done ? " in " : " after ");
        report_append_duration(ret, elapsed_ms);
    }
    append_with(ret, ": ", value_text(body, "error.text"));
    const struct value *because = value_find_path(body, "error.because");
    if (because != NULL && because->type == VALUE_LIST && because->count > 0) {
        append_with(ret, ": ", because->items[0]->text.at);
    }
}

static void say_run_finished(const struct news *news, struct buf *ret)
{
    struct report_facts facts = report_facts(news->summary, NULL);
    buf_append_text(ret, facts.is_rehearsal ? "rehearsal ended" : "run ended");
    if (!facts.is_plan) { /* whose steps are not meant to succeed */
        buf_append_text(ret, ": ");
        report_append_counts(&facts, ret);
    }
    append_with(ret, "; ", value_text(news->record->body, "outcome"));
    append_with(ret, ": ", value_text(news->record->body, "error.text"));
}

typedef void say_fn(const struct news *news, struct buf *ret);
static const struct {
    say_fn *say;
    bool is_lasting;
} kinds_of_news[RECORD_TYPE_COUNT] = {
    [RECORD_RUN_STARTED] = {say_run_started,    true },
    [RECORD_VAULT_READ] = {say_vault_read,     true },
    [RECORD_POINT_CHOSEN] = {say_point_chosen,   true },
    [RECORD_STEP_STATE] = {say_step_state,     false},
    [RECORD_TRIGGER_RESULT] = {say_trigger_result, true },
    [RECORD_WARNING] = {say_warning,        true },
    [RECORD_RETRY] = {say_retry,          false},
    [RECORD_THROTTLE] = {say_throttle,       true },
    [RECORD_STEP_FINISHED] = {say_step_finished,  true },
    [RECORD_RUN_FINISHED] = {say_run_finished,   true },
};

void console_lines_change(const struct summary *summary, const struct record *record,
                          unsigned flags, struct buf *ret)
{
    if (record->type < RECORD_TYPE_COUNT && kinds_of_news[record->type].say != NULL) {
        struct news news = {.summary = summary, .record = record, .flags = flags};
        kinds_of_news[record->type].say(&news, ret);
    }
}

bool console_lines_is_lasting(enum record_type type)
{
    return type < RECORD_TYPE_COUNT && kinds_of_news[type].is_lasting;
}

void console_lines_items(size_t count, struct buf *ret)
{
    buf_format(ret, "%zu item%s of the plan found", count, count == 1 ? "" : "s");
}

/* --- the live part --- */

bool console_lines_is_active(const struct summary_step *step)
{
    static const char *const states[] = {"preparing", "triggering", "looking", "running"};
    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        if (text_equal(step->state, states[i])) {
            return true;
        }
    }
    return false;
}

static void pad(struct buf *ret, size_t start, size_t width)
{
    struct str text = str_slice(buf_str(ret), start, ret->len);
    for (size_t at = report_width(text); at < width; at++) {
        buf_append_char(ret, ' ');
    }
}

static void append_bar(struct buf *ret, double percent)
{
    int filled = (int)(percent * BAR_CELLS / 100);
    buf_append_text(ret, "  [");
    for (int i = 0; i < BAR_CELLS; i++) {
        buf_append_char(ret, i < filled ? '#' : '-');
    }
    buf_format(ret, "] %3d%%", (int)percent);
}

void console_lines_step(const struct summary_step *step, struct utc now, size_t id_width,
                        struct buf *ret)
{
    size_t start = ret->len;
    double percent = value_number(step->progress, "percent", -1);
    int64_t remaining_ms = value_integer(step->progress, "remaining_ms", -1);
    append(ret, step->id);
    pad(ret, start, id_width);
    buf_append_text(ret, "  ");
    start = ret->len;
    append(ret, step->state);
    pad(ret, start, sizeof("triggering") - 1);
    buf_append_text(ret, "  ");
    start = ret->len;
    report_append_duration(ret, summary_elapsed_ms(step, now));
    pad(ret, start, sizeof("59m 59s") - 1);
    if (percent >= 0 && percent <= 100) {
        append_bar(ret, percent);
    }
    if (remaining_ms >= 0) {
        buf_append_text(ret, "  about ");
        report_append_duration(ret, remaining_ms);
        buf_append_text(ret, " left");
    }
}

void console_lines_footer(const struct summary *summary, struct utc now, struct buf *ret)
{
    struct report_facts facts = report_facts(summary, NULL);
    size_t done = facts.succeeded + facts.failed + facts.skipped + facts.ambiguous;
    buf_format(ret, "%s%zu of %zu done", facts.is_rehearsal ? "rehearsal: " : "", done,
               facts.total);
    if (facts.failed + facts.ambiguous > 0) {
        buf_format(ret, ", %zu failed", facts.failed + facts.ambiguous);
    }
    buf_append_text(ret, ", ");
    report_append_duration(ret, summary->started.ms == 0 ? 0 : now.ms - summary->started.ms);
    buf_format(ret, ", %" PRId64 " request%s", summary->request_count,
               summary->request_count == 1 ? "" : "s");
}

bool console_lines_heartbeat(const struct summary *summary, struct utc now, struct buf *ret)
{
    size_t count = 0;
    const struct summary_step *longest = NULL;
    for (size_t i = 0; i < summary->steps.count; i++) {
        const struct summary_step *step = &summary->steps.items[i];
        if (!console_lines_is_active(step)) {
            continue;
        }
        count++;
        if (longest == NULL || summary_elapsed_ms(step, now) > summary_elapsed_ms(longest, now)) {
            longest = step;
        }
    }
    if (longest == NULL) {
        return false;
    }
    buf_format(ret, "%zu step%s at work, longest ", count, count == 1 ? "" : "s");
    append(ret, longest->id);
    buf_append_char(ret, ' ');
    report_append_duration(ret, summary_elapsed_ms(longest, now));
    return true;
}
