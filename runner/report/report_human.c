/* SPDX-License-Identifier: MIT */
#include "report/report_human.h"

#include <inttypes.h>

#include "base/limit.h"
#include "base/mem.h"
#include "report/report_facts.h"
#include "report/text_table.h"

#define RESET "\033[0m"

#define CANDIDATES_SHOWN 20

static void append_printable(struct buf *ret, const char *text)
{
    buf_append_printable(ret, str_from(text));
}

/* A line "label: text"; nothing where there is no text. */
static void append_line(struct buf *ret, const char *label, const char *text)
{
    if (text != NULL && text[0] != '\0') {
        buf_append_text(ret, label);
        append_printable(ret, text);
        buf_append_char(ret, '\n');
    }
}

static void append_rehearsal(const struct report_facts *facts, struct buf *ret)
{
    if (!facts->is_rehearsal) {
        return;
    }
    buf_append_text(ret, " (rehearsal");
    if (facts->seed[0] != '\0') {
        buf_append_text(ret, ", seed ");
        append_printable(ret, facts->seed);
    }
    buf_append_char(ret, ')');
}

static void append_verdict(const struct report_facts *facts, struct buf *ret)
{
    static const char *const words[REPORT_VERDICT_COUNT] = {
        [REPORT_PASSED] = "",
        [REPORT_FAILED] = "",
        [REPORT_UNFINISHED] = "did not finish; ",
        [REPORT_GOING] = "is still running; ",
    };
    buf_append_text(ret, words[facts->verdict]);
    report_append_counts(facts, ret);
    append_rehearsal(facts, ret);
}

static void append_headline(const struct report_facts *facts, unsigned flags, struct buf *ret)
{
    static const char *const colors[REPORT_VERDICT_COUNT] = {
        [REPORT_PASSED] = "\033[32m",
        [REPORT_FAILED] = "\033[31m",
        [REPORT_UNFINISHED] = "\033[33m",
        [REPORT_GOING] = "\033[36m",
    };
    bool is_colored = (flags & REPORT_COLOR) != 0;
    buf_append_text(ret, is_colored ? "\033[1m" : "");
    append_printable(ret, facts->plan);
    buf_format(ret, ": %s", is_colored ? colors[facts->verdict] : "");
    append_verdict(facts, ret);
    buf_format(ret, "%s\n", is_colored ? RESET : "");
}

static void append_outcome(const struct summary *summary, const struct report_facts *facts,
                           struct buf *ret)
{
    const char *outcome = value_text(summary->finished, "outcome");
    if (facts->verdict == REPORT_FAILED) {
        buf_append_text(ret, "outcome: ");
        append_printable(ret, outcome == NULL ? "failed" : outcome);
        buf_format(ret, " (exit code %" PRId64 ")\n", facts->exit_code);
    }
    report_human_error(value_find(summary->finished, "error"), ret);
    if (facts->is_rehearsal) {
        buf_append_text(
            ret, "rehearsal: the simulator answered, nothing in Azure was read or changed\n");
    }
}

static void append_loose_step(const struct summary_step *step, struct buf *ret)
{
    const char *job = report_step_job(step);
    buf_append_text(ret, "  ");
    append_printable(ret, step->id);
    buf_append_text(ret, job != NULL ? ": job " : ": no job known yet, request ");
    if (job == NULL && step->attempts.count > 0) {
        job = step->attempts.items[step->attempts.count - 1].request_id;
    }
    append_printable(ret, job == NULL ? "unknown" : job);
    buf_append_text(ret, ", last seen ");
    append_printable(ret, step->state);
    buf_append_char(ret, '\n');
}

/* What a reader of a run without an end must know first: what may still go on in Azure. */
static void append_loose_ends(const struct summary *summary, const struct report_facts *facts,
                              struct buf *ret)
{
    if (facts->verdict == REPORT_UNFINISHED) {
        buf_append_text(ret, "the journal ends at ");
        report_append_time(ret, summary->last);
        buf_append_char(ret, '\n');
    }
    size_t count = 0;
    for (size_t i = 0; facts->verdict != REPORT_GOING && i < summary->steps.count; i++) {
        if (report_step_is_loose(&summary->steps.items[i])) {
            buf_append_text(
                ret, count++ == 0
                         ? "restores that Azure was asked to start, whose end was not seen:\n"
                         : "");
            append_loose_step(&summary->steps.items[i], ret);
        }
    }
    if (count == 0 && facts->verdict == REPORT_UNFINISHED) {
        buf_append_text(ret, "  no restore that Azure was asked to start is open\n");
    }
}

static void table_time(struct text_table *table, const char *text)
{
    AUTO(buf) struct buf cell = BUF_INIT(LIMIT_TEXT_BYTES);
    if (text != NULL) {
        report_append_time_text(&cell, text);
    }
    text_table_cell(table, buf_text(&cell));
}

static void table_duration(struct text_table *table, int64_t ms)
{
    AUTO(buf) struct buf cell = BUF_INIT(LIMIT_TEXT_BYTES);
    if (ms >= 0) {
        report_append_duration(&cell, ms);
    }
    text_table_cell(table, buf_text(&cell));
}

static void append_steps(const struct summary *summary, struct buf *ret)
{
    static const char *const heads[] = {"STEP",           "STATE", "TOOK", "ITEM",
                                        "RECOVERY POINT", "AGE",   "JOB"};
    AUTO(text_table) struct text_table table = {.columns = sizeof(heads) / sizeof(heads[0])};
    for (size_t i = 0; i < table.columns; i++) {
        text_table_cell(&table, heads[i]);
    }
    for (size_t i = 0; i < summary->steps.count; i++) {
        const struct summary_step *step = &summary->steps.items[i];
        text_table_cell(&table, step->id);
        text_table_cell(&table, step->state);
        table_duration(&table,
                       step->started.ms == 0 ? -1 : summary_elapsed_ms(step, summary->last));
        text_table_cell(&table, step->item);
        table_time(&table, value_text(step->point, "point.time"));
        table_duration(&table, value_integer(step->point, "age_ms", -1));
        text_table_cell(&table, report_step_job(step));
    }
    if (summary->steps.count > 0) {
        text_table_write(&table, "  ", ret);
    }
}

static void append_critical_path(const struct summary *summary, struct buf *ret)
{
    const struct value *path = value_find(summary->finished, "critical_path");
    if (path == NULL || path->type != VALUE_LIST || path->count == 0) {
        return;
    }
    buf_append_text(ret, "  critical path: ");
    for (size_t i = 0; i < path->count; i++) {
        const struct summary_step *step = summary_step_find(summary, path->items[i]->text.at);
        buf_append_text(ret, i == 0 ? "" : " -> ");
        buf_append_printable(ret, path->items[i]->text);
        if (step != NULL) {
            buf_append_text(ret, " (");
            report_append_duration(ret, summary_elapsed_ms(step, summary->last));
            buf_append_char(ret, ')');
        }
    }
    buf_append_text(ret, " = ");
    report_append_duration(ret, value_integer(summary->finished, "critical_path_ms", 0));
    buf_append_char(ret, '\n');
}

static void append_totals(const struct summary *summary, struct buf *ret)
{
    buf_format(ret,
               "  vaults, requests: %zu vault%s, %zu item%s; %" PRId64
               " request%s to Azure, %" PRId64 " retried, throttled ",
               summary->vaults.count, summary->vaults.count == 1 ? "" : "s", summary->items.count,
               summary->items.count == 1 ? "" : "s", summary->request_count,
               summary->request_count == 1 ? "" : "s", summary->retry_count);
    if (summary->throttled_ms == 0) {
        buf_append_text(ret, "0s");
    } else {
        report_append_duration(ret, summary->throttled_ms);
    }
    buf_append_char(ret, '\n');
}

void report_human_error(const struct value *error, struct buf *ret)
{
    const struct value *because = value_find(error, "because");
    append_line(ret, "  error: ", value_text(error, "text"));
    append_line(ret, "    at ", value_text(error, "where"));
    for (size_t i = 0; because != NULL && because->type == VALUE_LIST && i < because->count; i++) {
        append_line(ret, "    because ", because->items[i]->text.at);
    }
    append_line(ret, "    hint: ", value_text(error, "hint"));
}

/* Where no point fitted: each candidate, newest first, and why not. */
static void append_candidates(const struct summary_step *step, struct buf *ret)
{
    const struct value *list = value_find(step->point, "candidates");
    if (step->point == NULL || value_find(step->point, "point") != NULL || list == NULL) {
        return;
    }
    for (size_t i = 0; i < list->count && i < CANDIDATES_SHOWN; i++) {
        const struct value *candidate = list->items[i];
        buf_append_text(ret, i == 0 ? "    points:\n      " : "      ");
        report_append_time_text(ret, value_text(candidate, "time"));
        append_line(ret, "  point ", value_text(candidate, "id"));
        buf_cut(ret, ret->len - 1); /* goes on in the same line */
        buf_append_text(ret, ": ");
        append_printable(ret, value_text(candidate, "verdict"));
        append_line(ret, ", ", value_text(candidate, "reason"));
    }
    if (list->count > CANDIDATES_SHOWN) {
        buf_format(ret, "      and %zu more: see --format json\n", list->count - CANDIDATES_SHOWN);
    }
}

static void append_failures(const struct summary *summary, struct buf *ret)
{
    for (size_t i = 0; i < summary->steps.count; i++) {
        const struct summary_step *step = &summary->steps.items[i];
        if (step->error == NULL) {
            continue;
        }
        buf_append_char(ret, '\n');
        append_printable(ret, step->state);
        append_line(ret, ": ", step->id);
        report_human_error(step->error, ret);
        append_candidates(step, ret);
        append_line(ret, "    started by Azure request id: ", report_step_azure_request_id(step));
        append_line(ret, "    Azure job: ", report_step_job(step));
    }
}

static void append_warning(const char *step, const struct value *warning, struct buf *ret)
{
    const char *title = value_text(warning, "title");
    const char *code = value_text(warning, "code");
    const char *parts[] = {step, code, title};
    buf_append_text(ret, "  ");
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (parts[i] != NULL && parts[i][0] != '\0') {
            append_printable(ret, parts[i]);
            buf_append_text(ret, ": ");
        }
    }
    const char *text = value_text(warning, "text");
    append_printable(ret, text == NULL ? "" : text);
    buf_append_char(ret, '\n');
}

static void append_warnings(const struct summary *summary, struct buf *ret)
{
    size_t start = ret->len;
    for (size_t i = 0; i < summary->warnings.count; i++) {
        buf_append_text(ret, ret->len == start ? "\nwarnings:\n" : "");
        append_warning(NULL, summary->warnings.items[i], ret);
    }
    for (size_t i = 0; i < summary->steps.count; i++) {
        const struct summary_step *step = &summary->steps.items[i];
        for (size_t n = 0; n < step->warnings.count; n++) {
            buf_append_text(ret, ret->len == start ? "\nwarnings:\n" : "");
            append_warning(step->id, step->warnings.items[n], ret);
        }
    }
}

static void append_source(const struct summary *summary, const struct report_source *source,
                          struct buf *ret)
{
    buf_append_char(ret, '\n');
    append_line(ret, "run:     ", value_text(summary->run, "run"));
    append_line(ret, "plan:    ", value_text(summary->run, "file"));
    append_line(ret, "sha256:  ", value_text(summary->run, "plan_sha256"));
    append_line(ret, "Azure:   ", value_text(summary->run, "endpoint"));
    append_line(ret, "journal: ", source == NULL ? NULL : source->journal);
    if (source != NULL && source->torn_bytes > 0) {
        buf_format(ret, "         its last %zu bytes are an interrupted write and do not count\n",
                   source->torn_bytes);
    }
}

void report_human(const struct summary *summary, unsigned flags, const struct report_source *source,
                  struct buf *ret)
{
    struct report_facts facts = report_facts(summary, source);
    size_t start = ret->len;
    append_headline(&facts, flags, ret);
    append_outcome(summary, &facts, ret);
    append_loose_ends(summary, &facts, ret);
    append_steps(summary, ret);
    append_critical_path(summary, ret);
    append_totals(summary, ret);
    append_failures(summary, ret);
    append_warnings(summary, ret);
    append_source(summary, source, ret);
    if ((flags & REPORT_ASCII) != 0) {
        report_make_ascii(ret, start);
    }
}
