/* SPDX-License-Identifier: MIT */
#include "report/report_facts.h"

#include <inttypes.h>

static const char *text_or(const char *text, const char *fallback)
{
    return text == NULL ? fallback : text;
}

static void set_seed(const struct summary *summary, struct report_facts *facts)
{
    const struct value *seed = value_find(summary->run, "seed");
    if (seed != NULL && seed->type == VALUE_INTEGER) {
        snprintf(facts->seed, sizeof(facts->seed), "%" PRId64, seed->integer);
    } else if (seed != NULL && seed->type == VALUE_TEXT) {
        snprintf(facts->seed, sizeof(facts->seed), "%s", seed->text.at);
    }
}

static enum report_verdict verdict_of(const struct summary *summary,
                                      const struct report_source *source)
{
    if (summary->finished != NULL) {
        return value_integer(summary->finished, "exit_code", -1) == 0 ? REPORT_PASSED
                                                                      : REPORT_FAILED;
    }
    return source != NULL && source->is_held ? REPORT_GOING : REPORT_UNFINISHED;
}

static int64_t elapsed_of(const struct summary *summary)
{
    int64_t lasted = summary->last.ms - summary->started.ms;
    return value_integer(summary->finished, "elapsed_ms", summary->started.ms == 0 ? 0 : lasted);
}

struct report_facts report_facts(const struct summary *summary, const struct report_source *source)
{
    struct report_facts facts = {
        .verdict = verdict_of(summary, source),
        .plan = text_or(value_text(summary->run, "plan"), "(no plan)"),
        .run = text_or(value_text(summary->run, "run"), "(no run)"),
        .is_plan = text_equal(value_text(summary->run, "purpose"), "plan"),
        .is_rehearsal = value_bool(summary->run, "rehearsal", false),
        .exit_code = value_integer(summary->finished, "exit_code", -1),
        .elapsed_ms = elapsed_of(summary),
        .total = summary->steps.count,
        .with_warnings = summary_count(summary, "warnings"),
        .failed = summary_count(summary, "failed"),
        .skipped = summary_count(summary, "skipped"),
        .ambiguous = summary_count(summary, "ambiguous"),
    };
    facts.succeeded = summary_count(summary, "succeeded") + facts.with_warnings;
    set_seed(summary, &facts);
    return facts;
}

void report_append_counts(const struct report_facts *facts, struct buf *ret)
{
    buf_format(ret, "%zu of %zu step%s succeeded in ", facts->succeeded, facts->total,
               facts->total == 1 ? "" : "s");
    report_append_duration(ret, facts->elapsed_ms);
    if (facts->with_warnings > 0) {
        buf_format(ret, ", %zu of them with warnings", facts->with_warnings);
    }
    if (facts->failed > 0) {
        buf_format(ret, ", %zu failed", facts->failed);
    }
    if (facts->skipped > 0) {
        buf_format(ret, ", %zu skipped", facts->skipped);
    }
    if (facts->ambiguous > 0) {
        buf_format(ret, ", %zu need%s a person to look", facts->ambiguous,
                   facts->ambiguous == 1 ? "s" : "");
    }
}

const char *report_step_job(const struct summary_step *step)
{
    const struct value *places[] = {step->output, step->progress, step->keep};
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        const char *job = value_text(places[i], "job");
        if (job != NULL) {
            return job;
        }
    }
    return NULL;
}

bool report_step_is_loose(const struct summary_step *step)
{
    bool may_run = false;
    for (size_t i = 0; i < step->attempts.count; i++) {
        const char *outcome = step->attempts.items[i].outcome;
        may_run = may_run || !(text_equal(outcome, "rejected") || text_equal(outcome, "not-sent"));
    }
    bool is_over = text_equal(step->state, "succeeded") || text_equal(step->state, "warnings") ||
                   text_equal(step->state, "failed") || text_equal(step->state, "skipped");
    return may_run && !is_over;
}

const char *report_step_azure_request_id(const struct summary_step *step)
{
    for (size_t i = step->attempts.count; i > 0; i--) {
        if (step->attempts.items[i - 1].azure_request_id != NULL) {
            return step->attempts.items[i - 1].azure_request_id;
        }
    }
    return NULL;
}

void report_append_duration(struct buf *ret, int64_t ms)
{
    char text[DURATION_TEXT_SIZE];
    buf_append_text(ret, duration_format(ms, text));
}

void report_append_time(struct buf *ret, struct utc time)
{
    char text[UTC_TEXT_SIZE];
    buf_append_text(ret, time.ms == 0 ? "-" : utc_format_seconds(time, text));
}

void report_append_time_text(struct buf *ret, const char *rfc3339)
{
    struct utc time = {0};
    if (rfc3339 != NULL) {
        (void)utc_parse(str_from(rfc3339), UTC_ZONE_OPTIONAL, &time);
    }
    report_append_time(ret, time);
}

void report_make_ascii(struct buf *buf, size_t start)
{
    size_t to = start;
    for (size_t from = start; from < buf->len; from++) {
        unsigned char byte = (unsigned char)buf->data[from];
        if (byte < 0x80) {
            buf->data[to++] = (char)byte;
        } else if (byte >= 0xc0) { /* the first of a character's bytes */
            buf->data[to++] = '?';
        }
    }
    buf_cut(buf, to);
}

size_t report_width(struct str text)
{
    size_t width = 0;
    for (size_t i = 0; i < text.len; i++) {
        width += ((unsigned char)text.at[i] & 0xc0) != 0x80 ? 1 : 0;
    }
    return width;
}
