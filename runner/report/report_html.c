/* SPDX-License-Identifier: MIT */
#include "report/report_html.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/limit.h"
#include "base/mem.h"
#include "report/html.h"
#include "report/html_timeline.h"
#include "report/report_facts.h"

#define OPEN_STEPS_MAX 12 /* of a larger run the steps' details are closed at first */
#define FAILED_REQUESTS_MAX 200

static const char *const verdict_classes[REPORT_VERDICT_COUNT] = {
    [REPORT_PASSED] = "passed",
    [REPORT_FAILED] = "failed",
    [REPORT_UNFINISHED] = "unfinished",
    [REPORT_GOING] = "going",
};
static const char *const verdict_words[REPORT_VERDICT_COUNT] = {
    [REPORT_PASSED] = "passed: ",
    [REPORT_FAILED] = "failed: ",
    [REPORT_UNFINISHED] = "did not finish: ",
    [REPORT_GOING] = "is still running: ",
};

/* A rehearsal is never just "passed": the words may be quoted without the banner above them. */
static const char *what_ran(const struct report_facts *facts)
{
    return facts->is_rehearsal ? "Rehearsal" : "Run";
}

static void append_when(struct buf *page, struct utc time)
{
    char text[UTC_TEXT_SIZE];
    char shown[UTC_TEXT_SIZE];
    if (time.ms == 0) {
        buf_append_char(page, '-');
        return;
    }
    struct utc_parts parts = utc_split(time);
    snprintf(shown, sizeof(shown), "%04d-%02d-%02d %02d:%02d:%02d UTC", parts.year % 10000,
             parts.month, parts.day, parts.hour, parts.minute, parts.second);
    buf_format(page, "<time class=\"nowrap\" datetime=\"%s\">%s</time>",
               utc_format_seconds(time, text), shown);
}

static void append_when_text(struct buf *page, const char *text)
{
    struct utc time = {0};
    if (text != NULL && utc_parse(str_from(text), 0, &time)) {
        append_when(page, time);
    } else {
        html_text(page, text == NULL ? "-" : text);
    }
}

static void fact_when(struct buf *page, const char *name, struct utc time)
{
    buf_append_text(page, "<div>");
    html_element(page, "dt", NULL, name);
    buf_append_text(page, "<dd>");
    append_when(page, time);
    buf_append_text(page, "</dd></div>\n");
}

static void fact_duration(struct buf *page, const char *name, int64_t ms)
{
    char text[DURATION_TEXT_SIZE];
    html_fact(page, name, duration_format(ms, text));
}

static void fact_integer(struct buf *page, const char *name, int64_t integer)
{
    char text[24];
    snprintf(text, sizeof(text), "%" PRId64, integer);
    html_fact(page, name, text);
}

static void cell_duration(struct buf *page, const char *head, int64_t ms)
{
    char text[DURATION_TEXT_SIZE];
    html_cell_begin(page, head, false);
    buf_append_text(page, "<span class=\"nowrap\">");
    html_text(page, ms < 0 ? "-" : duration_format(ms, text));
    buf_append_text(page, "</span>");
    html_cell_end(page, false);
}

static void cell_id(struct buf *page, const char *head, const char *text)
{
    html_cell_begin(page, head, false);
    html_element(page, "span", "id", text == NULL ? "-" : text);
    html_cell_end(page, false);
}

static void cell_when(struct buf *page, const char *head, struct utc time)
{
    html_cell_begin(page, head, false);
    append_when(page, time);
    html_cell_end(page, false);
}

static void cell_state(struct buf *page, const char *state)
{
    static const char *const classes[][2] = {
        {"succeeded",  "state ok" },
        {"failed",     "state bad"},
        {"ambiguous",  "state bad"},
        {"warnings",   "state odd"},
        {"running",    "state odd"},
        {"triggering", "state odd"},
        {"looking",    "state odd"},
    };
    const char *name = "state idle";
    for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
        name = text_equal(state, classes[i][0]) ? classes[i][1] : name;
    }
    html_cell_begin(page, "State", false);
    html_element(page, "span", name, text_equal(state, "warnings") ? "succeeded, warnings" : state);
    html_cell_end(page, false);
}

/* --- first screen --- */

static void append_rehearsal(const struct report_facts *facts, struct buf *page)
{
    if (!facts->is_rehearsal) {
        return;
    }
    buf_append_text(page,
                    "<p class=\"rehearsal\" role=\"note\"><strong>REHEARSAL</strong> The simulator "
                    "answered");
    if (facts->seed[0] != '\0') {
        buf_append_text(page, " (seed ");
        html_text(page, facts->seed);
        buf_append_char(page, ')');
    }
    buf_append_text(page, ". Nothing in Azure was read or changed; this page is no evidence of a "
                          "restore.</p>\n");
}

static void append_verdict(const struct summary *summary, const struct report_facts *facts,
                           struct buf *page)
{
    buf_format(page, "<div class=\"verdict %s\"><p class=\"word\">%s %s",
               verdict_classes[facts->verdict], what_ran(facts), verdict_words[facts->verdict]);
    AUTO(buf) struct buf counts = BUF_INIT(LIMIT_TEXT_BYTES);
    report_append_counts(facts, &counts);
    html_str(page, buf_str(&counts));
    buf_append_text(page, "</p>\n");
    if (facts->verdict == REPORT_FAILED) {
        html_element(page, "p", NULL, value_text(summary->finished, "outcome"));
    }
    if (facts->verdict == REPORT_UNFINISHED) {
        buf_append_text(page, "<p>Its journal ends at ");
        append_when(page, summary->last);
        buf_append_text(page,
                        " without an end of the run: it was killed, or its machine was.</p>\n");
    }
    buf_append_text(page, "</div>\n");
}

static void append_run_facts(const struct summary *summary, const struct report_facts *facts,
                             struct buf *page)
{
    AUTO(buf) struct buf scope = BUF_INIT(LIMIT_TEXT_BYTES);
    buf_append_text(page, "<dl class=\"facts\">\n");
    html_fact(page, "Run", facts->run);
    fact_when(page, "Started", summary->started);
    if (summary->ended.ms != 0) {
        fact_when(page, "Ended", summary->ended);
    }
    fact_duration(page, "Took", facts->elapsed_ms);
    html_fact(page, "Mode", value_text(summary->run, "mode"));
    buf_format(&scope, "%zu item%s in %zu vault%s", summary->items.count,
               summary->items.count == 1 ? "" : "s", summary->vaults.count,
               summary->vaults.count == 1 ? "" : "s");
    html_fact(page, "Scope", buf_text(&scope));
    if (facts->exit_code >= 0) {
        fact_integer(page, "Exit code", facts->exit_code);
    }
    buf_append_text(page, "</dl>\n");
}

static void append_head(const struct summary *summary, const struct report_facts *facts,
                        struct buf *page)
{
    append_rehearsal(facts, page);
    buf_append_text(page, "<header>\n<p class=\"eyebrow\">Restore report</p>\n");
    html_element(page, "h1", NULL, facts->plan);
    html_element(page, "p", "lead", value_text(summary->run, "description"));
    append_verdict(summary, facts, page);
    append_run_facts(summary, facts, page);
    buf_append_text(page, "</header>\n");
}

/* "application; snapshot, vault" */
static void append_point_kind(struct buf *page, const struct value *point)
{
    const struct value *tiers = value_find(point, "tiers");
    html_text(page, value_text(point, "consistency"));
    for (size_t i = 0; tiers != NULL && tiers->type == VALUE_LIST && i < tiers->count; i++) {
        buf_append_text(page, i == 0 ? "; " : ", ");
        html_str(page, tiers->items[i]->text);
    }
}

static void append_restored_row(const struct summary_step *step, struct buf *page)
{
    const struct value *point = value_find(step->point, "point");
    html_row_begin(page, NULL);
    html_cell_begin(page, "Step", true);
    html_text(page, step->id);
    html_element(page, "small", NULL, step->item);
    html_cell_end(page, true);
    cell_state(page, step->state);
    html_cell_begin(page, "Recovery point", false);
    append_when_text(page, value_text(point, "time"));
    buf_append_text(page, "<small>");
    append_point_kind(page, point);
    buf_append_text(page, "</small>");
    html_cell_end(page, false);
    cell_duration(page, "Age", value_integer(step->point, "age_ms", -1));
    html_cell_begin(page, "Why this point", false);
    html_text(page, value_text(step->point, "reason"));
    html_element(page, "small", NULL, value_text(step->point, "rule"));
    html_cell_end(page, false);
    cell_id(page, "Azure job", report_step_job(step));
    html_row_end(page);
}

static void append_restored(const struct summary *summary, struct buf *page)
{
    static const char *const heads[] = {
        "Step", "State", "Recovery point", "Age", "Why this point", "Azure job", NULL};
    buf_append_text(page, "<section>\n<h2>Restores and their recovery points</h2>\n");
    html_table_begin(page, "Age: from the recovery point to the moment it was chosen.", heads);
    for (size_t i = 0; i < summary->steps.count; i++) {
        if (summary->steps.items[i].point != NULL) {
            append_restored_row(&summary->steps.items[i], page);
        }
    }
    html_table_end(page);
    buf_append_text(page, "</section>\n");
}

/* --- problems --- */

static void append_error(const struct value *error, struct buf *page)
{
    const struct value *because = value_find(error, "because");
    html_element(page, "p", NULL, value_text(error, "text"));
    if (because != NULL && because->type == VALUE_LIST && because->count > 0) {
        buf_append_text(page, "<ul>");
        for (size_t i = 0; i < because->count; i++) {
            html_element(page, "li", NULL, because->items[i]->text.at);
        }
        buf_append_text(page, "</ul>\n");
    }
    html_element(page, "p", "note", value_text(error, "hint"));
    html_element(page, "p", "note", value_text(error, "where"));
}

static void append_step_problem(const struct summary_step *step, struct buf *page)
{
    buf_append_text(page, "<div class=\"problem\"><h3>");
    html_text(page, step->id);
    buf_append_text(page, ": ");
    html_text(page, step->state);
    buf_append_text(page, "</h3>\n");
    append_error(step->error, page);
    if (report_step_is_loose(step)) {
        buf_append_text(
            page,
            "<p>Azure was or may have been asked to start this restore; this run did not see its "
            "end.</p>\n");
    }
    buf_append_text(page, "<dl class=\"list\">\n");
    html_fact(page, "Azure job", report_step_job(step));
    html_fact(page, "Azure request id", report_step_azure_request_id(step));
    if (step->attempts.count > 0) {
        html_fact(page, "Our request id",
                  step->attempts.items[step->attempts.count - 1].request_id);
    }
    buf_append_text(page, "</dl></div>\n");
}

static void append_problems(const struct summary *summary, const struct report_facts *facts,
                            struct buf *page)
{
    AUTO(buf) struct buf found = BUF_INIT(LIMIT_REPORT_BYTES);
    const struct value *error = value_find(summary->finished, "error");
    if (error != NULL && error->type == VALUE_MAP) {
        buf_append_text(&found, "<div class=\"problem\"><h3>The run</h3>\n");
        append_error(error, &found);
        buf_append_text(&found, "</div>\n");
    }
    for (size_t i = 0; i < summary->steps.count; i++) {
        const struct summary_step *step = &summary->steps.items[i];
        bool is_loose = report_step_is_loose(step) && facts->verdict != REPORT_GOING;
        if (step->error != NULL || is_loose) {
            append_step_problem(step, &found);
        }
    }
    if (found.len > 0) {
        buf_append_text(page, "<section>\n<h2>What needs attention</h2>\n");
        buf_append_str(page, buf_str(&found));
        buf_append_text(page, "</section>\n");
    }
}

/* --- steps --- */

static void append_step_row(const struct summary_step *step, struct utc now, struct buf *page)
{
    bool has_waited = step->ready.ms != 0 && step->started.ms >= step->ready.ms;
    html_row_begin(page, NULL);
    html_cell_begin(page, "Step", true);
    html_text(page, step->id);
    html_element(page, "small", NULL, step->is_critical ? "critical path" : NULL);
    html_cell_end(page, true);
    html_cell(page, "Kind", step->kind);
    cell_state(page, step->state);
    cell_duration(page, "Waited", has_waited ? step->started.ms - step->ready.ms : -1);
    cell_when(page, "Started", step->started);
    cell_when(page, "Ended", step->ended);
    cell_duration(page, "Took", step->started.ms == 0 ? -1 : summary_elapsed_ms(step, now));
    html_row_end(page);
}

static void append_steps(const struct summary *summary, struct buf *page)
{
    static const char *const heads[] = {"Step",    "Kind",  "State", "Waited",
                                        "Started", "Ended", "Took",  NULL};
    buf_append_text(page, "<section>\n<h2>Steps</h2>\n");
    html_table_begin(page, NULL, heads);
    for (size_t i = 0; i < summary->steps.count; i++) {
        append_step_row(&summary->steps.items[i], summary->last, page);
    }
    html_table_end(page);
    if (value_find(summary->finished, "critical_path_ms") != NULL) {
        buf_append_text(page, "<p class=\"note\">The critical path, the longest chain of steps "
                              "that waited for one another, took ");
        report_append_duration(page, value_integer(summary->finished, "critical_path_ms", 0));
        buf_append_text(page, ".</p>\n");
    }
    buf_append_text(page, "</section>\n");
}

static void append_candidate(const struct value *candidate, struct buf *page)
{
    const char *verdict = value_text(candidate, "verdict");
    int64_t line = value_integer(candidate, "line", 0);
    html_row_begin(page, text_equal(verdict, "chosen") ? "chosen" : NULL);
    html_cell_begin(page, "Recovery point", true);
    append_when_text(page, value_text(candidate, "time"));
    buf_append_text(page, "<small class=\"id\">");
    html_text(page, value_text(candidate, "id"));
    buf_append_text(page, "</small>");
    html_cell_end(page, true);
    html_cell_begin(page, "Is", false);
    append_point_kind(page, candidate);
    html_cell_end(page, false);
    html_cell(page, "Verdict", verdict);
    html_cell_begin(page, "Reason", false);
    html_text(page, value_text(candidate, "reason"));
    if (line > 0) {
        buf_format(page, "<small>plan line %" PRId64 "</small>", line);
    }
    html_cell_end(page, false);
    html_row_end(page);
}

static void append_candidates(const struct summary_step *step, struct buf *page)
{
    static const char *const heads[] = {"Recovery point", "Is", "Verdict", "Reason", NULL};
    const struct value *candidates = value_find(step->point, "candidates");
    if (candidates == NULL || candidates->type != VALUE_LIST) {
        return;
    }
    html_table_begin(page, "Recovery points considered, newest first", heads);
    for (size_t i = 0; i < candidates->count; i++) {
        append_candidate(candidates->items[i], page);
    }
    html_table_end(page);
}

static void append_output(const struct summary_step *step, struct buf *page)
{
    if (step->output == NULL || step->output->type != VALUE_MAP || step->output->count == 0) {
        return;
    }
    buf_append_text(page, "<h3>What Azure reported</h3>\n<dl class=\"list\">\n");
    for (size_t i = 0; i < step->output->count; i++) {
        const struct value_member *member = &step->output->members[i];
        if (member->value->type == VALUE_TEXT) {
            html_fact(page, member->name.at, member->value->text.at);
        } else if (member->value->type == VALUE_INTEGER) {
            fact_integer(page, member->name.at, member->value->integer);
        }
    }
    buf_append_text(page, "</dl>\n");
}

static void append_attempts(const struct summary_step *step, struct buf *page)
{
    static const char *const heads[] = {"Asked at", "Outcome", "Our request id", "Azure request id",
                                        NULL};
    if (step->attempts.count == 0) {
        return;
    }
    buf_append_text(page, "<h3>Requests to start the restore</h3>\n");
    html_table_begin(page, NULL, heads);
    for (size_t i = 0; i < step->attempts.count; i++) {
        const struct summary_attempt *attempt = &step->attempts.items[i];
        html_row_begin(page, NULL);
        html_cell_begin(page, heads[0], true);
        append_when(page, attempt->at);
        html_cell_end(page, true);
        html_cell(page, heads[1], attempt->outcome == NULL ? "not known" : attempt->outcome);
        cell_id(page, heads[2], attempt->request_id);
        cell_id(page, heads[3], attempt->azure_request_id);
        html_row_end(page);
    }
    html_table_end(page);
}

static void append_details(const struct summary *summary, struct buf *page)
{
    bool is_open = summary->steps.count <= OPEN_STEPS_MAX;
    buf_append_text(page, "<section>\n<h2>How each point was chosen, and what came of it</h2>\n");
    for (size_t i = 0; i < summary->steps.count; i++) {
        const struct summary_step *step = &summary->steps.items[i];
        buf_append_text(page, is_open || step->error != NULL ? "<details open><summary>"
                                                             : "<details><summary>");
        html_text(page, step->id);
        buf_append_text(page, " <span>");
        html_text(page,
                  step->point == NULL ? "no point chosen" : value_text(step->point, "reason"));
        buf_append_text(page, "</span></summary>\n");
        append_candidates(step, page);
        append_output(step, page);
        append_attempts(step, page);
        buf_append_text(page, "</details>\n");
    }
    buf_append_text(page, "</section>\n");
}

/* --- the rest --- */

static void append_warning(const char *step, const struct value *warning, struct buf *page)
{
    html_row_begin(page, NULL);
    html_cell_begin(page, "Step", true);
    html_text(page, step);
    html_cell_end(page, true);
    html_cell_begin(page, "Warning", false);
    html_text(page, value_text(warning, "text"));
    html_element(page, "small", NULL, value_text(warning, "title"));
    html_element(page, "small", "id", value_text(warning, "code"));
    html_cell_end(page, false);
    html_cell_begin(page, "When", false);
    append_when_text(page, value_text(warning, "time"));
    html_cell_end(page, false);
    html_row_end(page);
}

static void append_warnings(const struct summary *summary, struct buf *page)
{
    static const char *const heads[] = {"Step", "Warning", "When", NULL};
    AUTO(buf) struct buf rows = BUF_INIT(LIMIT_REPORT_BYTES);
    for (size_t i = 0; i < summary->warnings.count; i++) {
        append_warning("the run", summary->warnings.items[i], &rows);
    }
    for (size_t i = 0; i < summary->steps.count; i++) {
        const struct summary_step *step = &summary->steps.items[i];
        for (size_t n = 0; n < step->warnings.count; n++) {
            append_warning(step->id, step->warnings.items[n], &rows);
        }
    }
    if (rows.len > 0) {
        buf_append_text(page, "<section>\n<h2>Warnings</h2>\n");
        html_table_begin(page, NULL, heads);
        buf_append_str(page, buf_str(&rows));
        html_table_end(page);
        buf_append_text(page, "</section>\n");
    }
}

static void append_failed_request(const struct value *request, struct buf *page)
{
    int64_t status = value_integer(request, "status", 0);
    html_row_begin(page, NULL);
    html_cell_begin(page, "When", true);
    append_when_text(page, value_text(request, "time"));
    html_cell_end(page, true);
    html_cell_begin(page, "Request", false);
    html_text(page, value_text(request, "method"));
    buf_append_char(page, ' ');
    html_element(page, "span", "id", value_text(request, "path"));
    html_element(page, "small", NULL, value_text(request, "step"));
    html_cell_end(page, false);
    html_cell_begin(page, "Outcome", false);
    html_text(page, value_text(request, "outcome"));
    if (status > 0) {
        buf_format(page, ", %" PRId64, status);
    }
    html_cell_end(page, false);
    cell_id(page, "Our request id", value_text(request, "request_id"));
    cell_id(page, "Azure request id", value_text(request, "azure_request_id"));
    html_row_end(page);
}

static void append_failed_requests(const struct summary *summary, struct buf *page)
{
    static const char *const heads[] = {"When",           "Request",          "Outcome",
                                        "Our request id", "Azure request id", NULL};
    size_t count = summary->failed_requests.count;
    if (count == 0) {
        return;
    }
    buf_append_text(page, "<section>\n<h2>Requests that failed</h2>\n");
    html_table_begin(page, "Those answered with an error or not at all; most were tried again.",
                     heads);
    for (size_t i = 0; i < count && i < FAILED_REQUESTS_MAX; i++) {
        append_failed_request(summary->failed_requests.items[i], page);
    }
    html_table_end(page);
    if (count > FAILED_REQUESTS_MAX) {
        buf_format(page, "<p class=\"note\">and %zu more, all in the journal</p>\n",
                   count - FAILED_REQUESTS_MAX);
    }
    buf_append_text(page, "</section>\n");
}

static void append_origin(const struct summary *summary, const struct report_source *source,
                          struct buf *page)
{
    buf_append_text(page, "<section>\n<h2>Where this comes from</h2>\n<dl class=\"list\">\n");
    html_fact(page, "Tool", summary->tool);
    html_fact(page, "Plan file", value_text(summary->run, "file"));
    html_fact(page, "Plan SHA-256", value_text(summary->run, "plan_sha256"));
    html_fact(page, "Azure endpoint", value_text(summary->run, "endpoint"));
    html_fact(page, "Journal", source == NULL ? NULL : source->journal);
    fact_integer(page, "Records read", summary->record_count);
    if (source != NULL && source->torn_bytes > 0) {
        fact_integer(page, "Bytes not read, of an interrupted write", (int64_t)source->torn_bytes);
    }
    fact_integer(page, "Requests to Azure", summary->request_count);
    fact_integer(page, "Requests tried again", summary->retry_count);
    fact_duration(page, "Time throttled", summary->throttled_ms);
    buf_append_text(
        page,
        "</dl>\n</section>\n<footer>Made from the run's journal alone; the same journal gives "
        "the same page.</footer>\n");
}

void report_html(const struct summary *summary, const struct report_source *source, struct buf *ret)
{
    struct report_facts facts = report_facts(summary, source);
    AUTO(buf) struct buf title = BUF_INIT(LIMIT_TEXT_BYTES);
    buf_format(&title, "%s %s%s, run %s", what_ran(&facts), verdict_words[facts.verdict],
               facts.plan, facts.run);
    html_begin(ret, buf_text(&title));
    append_head(summary, &facts, ret);
    append_problems(summary, &facts, ret);
    append_restored(summary, ret);
    html_timeline(summary, ret);
    append_steps(summary, ret);
    append_details(summary, ret);
    append_warnings(summary, ret);
    append_failed_requests(summary, ret);
    append_origin(summary, source, ret);
    html_end(ret);
}
