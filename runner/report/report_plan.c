/* SPDX-License-Identifier: MIT */
#include "base/mem.h"
#include "report/report.h"

#include <inttypes.h>

#include "base/error.h"
#include "base/limit.h"
#include "data/json_write.h"
#include "report/html.h"
#include "report/report_facts.h"
#include "report/report_human.h"
#include "report/report_json.h"

static void append_printable(struct buf *ret, const char *text)
{
    buf_append_printable(ret, str_from(text == NULL ? "-" : text));
}

/* "4 restores would be started; nothing was sent to Azure that changes anything" */
static void append_counts(const struct summary *summary, struct buf *ret)
{
    size_t count = 0;
    for (size_t i = 0; i < summary->steps.count; i++) {
        count += summary->steps.items[i].planned != NULL ? 1 : 0;
    }
    buf_format(ret, "would start %zu restore%s; ", count, count == 1 ? "" : "s");
    buf_append_text(ret, value_bool(summary->run, "rehearsal", false)
                             ? "the simulator answered, nothing was sent to Azure"
                             : "nothing was sent to Azure that changes anything");
    buf_format(ret, " (%" PRId64 " request%s that read)", summary->request_count,
               summary->request_count == 1 ? "" : "s");
}

/* The item's entry of item.resolved, or NULL. */
static const struct value *item_of(const struct summary *summary, const struct summary_step *step)
{
    for (size_t i = 0; step->item != NULL && i < summary->items.count; i++) {
        if (text_equal(value_text(summary->items.items[i], "item"), step->item)) {
            return summary->items.items[i];
        }
    }
    return NULL;
}

/* "db01 (VM db01 in payroll-prod, vault main)" */
static void append_item(const struct summary *summary, const struct summary_step *step,
                        struct buf *ret)
{
    const struct value *item = item_of(summary, step);
    append_printable(ret, step->item);
    if (item != NULL) {
        buf_append_text(ret, " (VM ");
        append_printable(ret, value_text(item, "vm"));
        buf_append_text(ret, " in ");
        append_printable(ret, value_text(item, "resource_group"));
        buf_append_text(ret, ", vault ");
        append_printable(ret, value_text(item, "vault"));
        buf_append_char(ret, ')');
    }
}

/* "2026-11-02T02:11:09Z, application, in snapshot and vault, 5h 48m old" */
static void append_point(const struct value *chosen, struct buf *ret)
{
    const struct value *point = value_find(chosen, "point");
    const struct value *tiers = value_find(point, "tiers");
    report_append_time_text(ret, value_text(point, "time"));
    buf_append_text(ret, ", ");
    append_printable(ret, value_text(point, "consistency"));
    for (size_t i = 0; tiers != NULL && tiers->type == VALUE_LIST && i < tiers->count; i++) {
        buf_append_text(ret, i == 0 ? ", in " : " and ");
        buf_append_printable(ret, tiers->items[i]->text);
    }
    int64_t age_ms = value_integer(chosen, "age_ms", -1);
    if (age_ms >= 0) {
        buf_append_text(ret, ", ");
        report_append_duration(ret, age_ms);
        buf_append_text(ret, " old");
    }
}

/* "newest of 3 eligible points, 5h 48m old (rule last-good, 5 considered)" */
static void append_reason(const struct value *chosen, struct buf *ret)
{
    append_printable(ret, value_text(chosen, "reason"));
    buf_append_text(ret, " (rule ");
    append_printable(ret, value_text(chosen, "rule"));
    buf_format(ret, ", %" PRId64 " considered)", value_integer(chosen, "considered", 0));
}

static void append_request(const struct summary_step *step, struct buf *ret)
{
    append_printable(ret, value_text(step->planned, "request.method"));
    buf_append_char(ret, ' ');
    append_printable(ret, value_text(step->planned, "request.path"));
}

static void append_body(const struct summary_step *step, struct buf *ret)
{
    struct json_writer json = json_writer(ret, JSON_INDENTED);
    json_value(&json, value_find_path(step->planned, "request.body"));
}

/* --- for people --- */

/* JSON escapes all control characters but what C1 and bidirectional ones are made of. */
static void append_indented_body(const struct summary_step *step, struct buf *ret)
{
    AUTO(buf) struct buf body = BUF_INIT(LIMIT_TEXT_BYTES);
    append_body(step, &body);
    struct str rest = buf_str(&body);
    struct str line;
    while (str_next(&rest, '\n', &line)) {
        buf_append_text(ret, "      ");
        buf_append_printable(ret, line);
        buf_append_char(ret, '\n');
    }
}

static void append_needs(const struct summary_step *step, struct buf *ret)
{
    for (size_t i = 0;
         step->needs != NULL && step->needs->type == VALUE_LIST && i < step->needs->count; i++) {
        buf_append_text(ret, i == 0 ? "    after     " : ", ");
        buf_append_printable(ret, step->needs->items[i]->text);
        buf_append_text(ret, i + 1 == step->needs->count ? "\n" : "");
    }
}

static void append_step(const struct summary *summary, size_t i, unsigned flags, struct buf *ret)
{
    const struct summary_step *step = &summary->steps.items[i];
    bool is_colored = (flags & REPORT_COLOR) != 0;
    buf_format(ret, "\n%3zu. %s", i + 1, is_colored ? "\033[1m" : "");
    append_printable(ret, step->id);
    buf_append_text(ret, is_colored ? "\033[0m (" : " (");
    append_printable(ret, step->kind);
    buf_append_text(ret, ")\n    item      ");
    append_item(summary, step, ret);
    buf_append_char(ret, '\n');
    append_needs(step, ret);
    if (step->point != NULL) {
        buf_append_text(ret, "    point     ");
        append_point(step->point, ret);
        buf_append_text(ret, "\n    why       ");
        append_reason(step->point, ret);
        buf_append_text(ret, "\n    runner-up ");
        const char *runner_up = value_text(step->point, "runner_up.time");
        if (runner_up == NULL) {
            buf_append_text(ret, "no other point is eligible");
        } else {
            report_append_time_text(ret, runner_up);
        }
        buf_append_char(ret, '\n');
    }
    report_human_error(step->error, ret);
    if (step->planned != NULL) {
        buf_append_text(ret, "    request   ");
        append_request(step, ret);
        buf_append_char(ret, '\n');
        append_indented_body(step, ret);
    }
}

static void write_human(const struct summary *summary, unsigned flags, struct buf *ret)
{
    struct report_facts facts = report_facts(summary, NULL);
    size_t start = ret->len;
    append_printable(ret, facts.plan);
    buf_format(ret, ": what apply would do%s\n",
               facts.is_rehearsal ? " (rehearsal against the simulator)" : "");
    for (size_t i = 0; i < summary->steps.count; i++) {
        append_step(summary, i, flags, ret);
    }
    buf_append_char(ret, '\n');
    report_human_error(value_find(summary->finished, "error"), ret);
    for (size_t i = 0; i < summary->warnings.count; i++) {
        buf_append_text(ret, "warning: ");
        append_printable(ret, value_text(summary->warnings.items[i], "text"));
        buf_append_char(ret, '\n');
    }
    append_counts(summary, ret);
    buf_append_char(ret, '\n');
    if ((flags & REPORT_ASCII) != 0) {
        report_make_ascii(ret, start);
    }
}

/* --- for programs --- */

static void write_json_step(struct json_writer *json, const struct summary *summary,
                            const struct summary_step *step)
{
    static const char *const from_choice[] = {"point",      "age_ms",    "rule",      "reason",
                                              "considered", "runner_up", "candidates"};
    json_begin_map(json);
    json_member_text(json, "step", step->id);
    json_member_text(json, "name", step->name);
    json_member_text(json, "kind", step->kind);
    json_member_value(json, "needs", step->needs);
    json_member_text(json, "item", step->item);
    json_member_value(json, "resolved", item_of(summary, step));
    for (size_t i = 0; i < sizeof(from_choice) / sizeof(from_choice[0]); i++) {
        json_member_value(json, from_choice[i], value_find(step->point, from_choice[i]));
    }
    json_member_value(json, "request", value_find(step->planned, "request"));
    json_member_value(json, "error", step->error);
    json_end(json);
}

static void write_json(const struct summary *summary, struct buf *ret)
{
    static const char *const from_run[] = {"run",  "plan",     "file",     "plan_sha256",
                                           "mode", "endpoint", "rehearsal"};
    struct json_writer json = json_writer(ret, JSON_INDENTED);
    json_begin_map(&json);
    json_member_integer(&json, "schema", REPORT_JSON_SCHEMA);
    for (size_t i = 0; i < sizeof(from_run) / sizeof(from_run[0]); i++) {
        json_member_value(&json, from_run[i], value_find(summary->run, from_run[i]));
    }
    json_name(&json, "steps");
    json_begin_list(&json);
    for (size_t i = 0; i < summary->steps.count; i++) {
        write_json_step(&json, summary, &summary->steps.items[i]);
    }
    json_end(&json);
    json_name(&json, "warnings");
    json_begin_list(&json);
    for (size_t i = 0; i < summary->warnings.count; i++) {
        json_value(&json, summary->warnings.items[i]);
    }
    json_end(&json);
    json_member_value(&json, "error", value_find(summary->finished, "error"));
    json_member_integer(&json, "requests", summary->request_count);
    json_end(&json);
    buf_append_char(ret, '\n');
}

/* --- as a page --- */

static void fact(struct buf *page, const char *name, struct buf *text)
{
    html_fact(page, name, buf_text(text));
    buf_clear(text);
}

static void write_html_step(const struct summary *summary, const struct summary_step *step,
                            struct buf *page)
{
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
    buf_append_text(page, "<section>\n");
    html_element(page, "h2", NULL, step->id);
    buf_append_text(page, "<dl class=\"list\">\n");
    html_fact(page, "Kind", step->kind);
    append_item(summary, step, &text);
    fact(page, "Item", &text);
    if (step->point != NULL) {
        append_point(step->point, &text);
        fact(page, "Recovery point", &text);
        append_reason(step->point, &text);
        fact(page, "Why", &text);
        html_fact(page, "Runner-up", value_text(step->point, "runner_up.time"));
    }
    html_fact(page, "Error", value_text(step->error, "text"));
    if (step->planned != NULL) {
        append_request(step, &text);
        fact(page, "Request", &text);
        append_body(step, &text);
    }
    buf_append_text(page, "</dl>\n");
    struct str rest = buf_str(&text);
    struct str line;
    buf_append_text(page, text.len > 0 ? "<pre>" : "");
    while (text.len > 0 &&
           str_next(&rest, '\n', &line)) { /* line by line: html_str takes line ends away */
        html_str(page, line);
        buf_append_char(page, '\n');
    }
    buf_append_text(page, text.len > 0 ? "</pre>\n</section>\n" : "</section>\n");
}

static void write_html(const struct summary *summary, struct buf *page)
{
    struct report_facts facts = report_facts(summary, NULL);
    AUTO(buf) struct buf counts = BUF_INIT(LIMIT_TEXT_BYTES);
    append_counts(summary, &counts);
    html_begin(page, facts.plan);
    if (facts.is_rehearsal) {
        buf_append_text(
            page, "<p class=\"rehearsal\" role=\"note\"><strong>REHEARSAL</strong> The simulator "
                  "answered; these are not the points that Azure has.</p>\n");
    }
    buf_append_text(page, "<header>\n<p class=\"eyebrow\">What apply would do</p>\n");
    html_element(page, "h1", NULL, facts.plan);
    html_element(page, "p", "lead", value_text(summary->run, "description"));
    html_element(page, "p", NULL, buf_text(&counts));
    buf_append_text(page, "</header>\n");
    for (size_t i = 0; i < summary->steps.count; i++) {
        write_html_step(summary, &summary->steps.items[i], page);
    }
    html_end(page);
}

void report_plan(const struct summary *summary, enum report_format format, unsigned flags,
                 struct buf *ret)
{
    switch (format) {
    case REPORT_HUMAN:
        write_human(summary, flags, ret);
        return;
    case REPORT_JSON:
        write_json(summary, ret);
        return;
    case REPORT_HTML:
        write_html(summary, ret);
        return;
    case REPORT_FORMAT_COUNT:
        break;
    }
    BUG("report format %d", (int)format);
}
