/* SPDX-License-Identifier: MIT */
/* cmd_points: `points`: every recovery point of the plan's items, and what each rule makes of
 * it. */
#include <unistd.h>

#include "base/limit.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/terminal.h"
#include "cli/wire.h"
#include "data/json_write.h"
#include "report/report_facts.h"
#include "report/report_human.h"
#include "report/text_table.h"

#define POINTS_SCHEMA 1
#define NEAR_IDS 3

/* ------------------------------------------------------------------ what is asked for */

static struct error *unknown_name(const char *what, const char *name, const char **names,
                                  size_t count)
{
    const char *near = str_suggest(str_from(name), names, count);
    struct error *error = error_new(ERR_USAGE, "the plan has no %s '%s'", what, name);
    return near == NULL ? error_hint(error, "see `restorectl show PLAN`")
                        : error_hint(error, "did you mean '%s'?", near);
}

static struct error *find_rule(struct arena *arena, const struct plan *plan, const char *name,
                               const struct plan_rule **ret)
{
    const struct plan_rule *rules = plan->selection.items;
    const char **names = ARENA_ARRAY(arena, const char *, plan->selection.count);
    for (size_t i = 0; i < plan->selection.count; i++) {
        names[i] = rules[i].base.name;
        if (text_equal(names[i], name)) {
            *ret = &rules[i];
            return NULL;
        }
    }
    return unknown_name("selection rule", name, names, plan->selection.count);
}

static struct error *check_item(struct arena *arena, const struct plan *plan, const char *name)
{
    const char **names = ARENA_ARRAY(arena, const char *, plan->items.count);
    for (size_t i = 0; i < plan->items.count; i++) {
        names[i] = plan_items(plan)[i].base.name;
        if (text_equal(names[i], name)) {
            return error_hint(error_new(ERR_USAGE, "no step restores item '%s'", name),
                              "name one that a step restores, or none to see them all");
        }
    }
    return unknown_name("item", name, names, plan->items.count);
}

static bool is_in(const struct plan *plan, const struct plan_item *item,
                  const struct plan_rule *rule)
{
    for (size_t i = 0; i < plan->instance_count; i++) {
        if (plan->instances[i].item == item && plan->instances[i].step->rule == rule) {
            return true;
        }
    }
    return false;
}

/* The plan with one instance for each pair of item and rule that is asked for, so that no other
 * item is read. */
static struct error *narrow(struct arena *arena, const struct plan *plan,
                            const struct options *options, struct plan *ret)
{
    const char *name = options->operands.count > 1 ? options->operands.items[1] : NULL;
    const struct plan_rule *rule = NULL;
    if (options->rule != NULL) {
        TRY(find_rule(arena, plan, options->rule, &rule));
    }
    *ret = *plan;
    ret->instances = ARENA_ARRAY(arena, struct plan_instance, plan->instance_count);
    ret->instance_count = 0;
    for (size_t i = 0; i < plan->instance_count; i++) {
        const struct plan_instance *instance = &plan->instances[i];
        const struct plan_rule *by = rule != NULL ? rule : instance->step->rule;
        bool is_wanted = instance->item != NULL && by != NULL &&
                         (name == NULL || text_equal(name, instance->item->base.name)) &&
                         !is_in(ret, instance->item, by);
        if (is_wanted) {
            struct plan_step *step = ARENA_NEW(arena, struct plan_step);
            *step = *instance->step;
            step->rule = by;
            ret->instances[ret->instance_count++] =
                (struct plan_instance){.id = instance->id, .step = step, .item = instance->item};
        }
    }
    if (ret->instance_count > 0) {
        return NULL;
    }
    return name != NULL ? check_item(arena, plan, name)
                        : error_new(ERR_USAGE, "no step of the plan restores anything");
}

/* ------------------------------------------------------------------ one item under one rule */

/* Of the record point.chosen; points and candidates stand in the same order. */
struct sheet {
    const struct value *body, *candidates, *points;
    const struct value *ladder; /* the rules tried, or NULL: one only */
    struct utc now;
};

static struct sheet sheet_of(const struct summary_step *step)
{
    struct sheet sheet = {
        .body = step->point,
        .candidates = value_find(step->point, "candidates"),
        .points = value_find(step->point, "points"),
        .ladder = value_find(step->point, "ladder"),
    };
    utc_parse(str_from(value_text(step->point, "now")), 0, &sheet.now);
    return sheet;
}

static const char *first_rule(const struct sheet *sheet)
{
    return sheet->ladder == NULL ? value_text(sheet->body, "rule")
                                 : sheet->ladder->items[0]->text.at;
}

static size_t rung_count(const struct sheet *sheet)
{
    return sheet->ladder == NULL ? 1 : sheet->ladder->count;
}

static const char *rung_rule(const struct sheet *sheet, size_t rung)
{
    return sheet->ladder == NULL ? first_rule(sheet) : sheet->ladder->items[rung]->text.at;
}

/* What the rule of a rung says of candidate i: {verdict, reason, line}. */
static const struct value *judgement(const struct sheet *sheet, size_t i, size_t rung)
{
    const struct value *earlier = value_find(sheet->candidates->items[i], "earlier");
    return earlier != NULL && rung < earlier->count ? earlier->items[rung]
                                                    : sheet->candidates->items[i];
}

static void append_tiers(const struct value *point, struct buf *ret)
{
    const struct value *tiers = value_find(point, "tiers");
    for (size_t i = 0; tiers != NULL && tiers->type == VALUE_LIST && i < tiers->count; i++) {
        const char *status = value_text(tiers->items[i], "status");
        buf_format(ret, "%s%s %s", i == 0 ? "" : ", ", value_text(tiers->items[i], "tier"),
                   status == NULL ? "unknown" : status);
    }
}

static void append_age(const struct sheet *sheet, size_t i, struct buf *ret)
{
    struct utc time;
    const char *text = value_text(sheet->candidates->items[i], "time");
    if (utc_parse(str_from(text), 0, &time)) {
        int64_t age_ms = sheet->now.ms - time.ms;
        report_append_duration(ret, age_ms < 0 ? 0 : age_ms);
    }
}

/* ------------------------------------------------------------------ for people */

static void cell(struct text_table *table, struct buf *text)
{
    text_table_cell(table, buf_text(text));
    buf_clear(text);
}

static void add_row(const struct sheet *sheet, size_t i, size_t rung, struct text_table *table)
{
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
    const struct value *candidate = sheet->candidates->items[i];
    const struct value *judged = judgement(sheet, i, rung);
    report_append_time_text(&text, value_text(candidate, "time"));
    cell(table, &text);
    append_age(sheet, i, &text);
    cell(table, &text);
    text_table_cell(table, value_text(candidate, "id"));
    text_table_cell(table, value_text(candidate, "consistency"));
    append_tiers(sheet->points->items[i], &text);
    cell(table, &text);
    text_table_cell(table, value_text(judged, "verdict"));
    if (table->columns > 6) {
        int64_t line = value_integer(judged, "line", 0);
        buf_format(&text, line > 0 ? "%lld" : "-", (long long)line);
        cell(table, &text);
        text_table_cell(table, value_text(judged, "reason"));
    }
}

static void write_table(const struct sheet *sheet, size_t rung, bool is_explained, struct buf *ret)
{
    static const char *const titles[] = {"TIME",  "AGE",     "POINT", "CONSISTENCY",
                                         "TIERS", "VERDICT", "LINE",  "WHY"};
    AUTO(text_table) struct text_table table = {.columns = is_explained ? 8 : 6};
    for (size_t i = 0; i < table.columns; i++) {
        text_table_cell(&table, titles[i]);
    }
    for (size_t i = 0; i < sheet->candidates->count; i++) {
        add_row(sheet, i, rung, &table);
    }
    text_table_write(&table, "    ", ret);
}

static void append_runner_up(const struct sheet *sheet, struct buf *ret)
{
    const struct value *point = value_find(sheet->body, "runner_up");
    if (point != NULL) {
        buf_append_text(ret, "    runner-up: point ");
        buf_append_printable(ret, str_from(value_text(point, "id")));
        buf_append_text(ret, " of ");
        report_append_time_text(ret, value_text(point, "time"));
        buf_append_char(ret, '\n');
    }
}

static void write_sheet(const struct sheet *sheet, const struct options *options, struct buf *ret)
{
    buf_append_printable(ret, str_from(value_text(sheet->body, "item")));
    buf_append_char(ret, '\n');
    for (size_t rung = options->explain ? 0 : rung_count(sheet) - 1; rung < rung_count(sheet);
         rung++) {
        bool is_last = rung + 1 == rung_count(sheet);
        buf_format(ret, "  rule %s: ", rung_rule(sheet, rung));
        buf_append_printable(ret, str_from(is_last ? value_text(sheet->body, "reason")
                                                   : "no point fits, so the next rule is tried"));
        buf_append_char(ret, '\n');
        if (sheet->candidates->count > 0) {
            write_table(sheet, rung, options->explain, ret);
        }
    }
    int64_t omitted = value_integer(sheet->body, "candidates_omitted", 0);
    if (omitted > 0) {
        buf_format(ret, "    and %lld older ones\n", (long long)omitted);
    }
    append_runner_up(sheet, ret);
}

static void write_why_not(const struct sheet *sheet, size_t i, const struct options *options,
                          struct buf *ret)
{
    const struct value *candidate = sheet->candidates->items[i];
    buf_append_printable(ret, str_from(value_text(sheet->body, "item")));
    buf_append_text(ret, ": point ");
    buf_append_printable(ret, str_from(value_text(candidate, "id")));
    buf_append_text(ret, " of ");
    report_append_time_text(ret, value_text(candidate, "time"));
    buf_append_char(ret, '\n');
    for (size_t rung = 0; rung < rung_count(sheet); rung++) {
        const struct value *judged = judgement(sheet, i, rung);
        int64_t line = value_integer(judged, "line", 0);
        buf_format(ret, "  rule %s: %s: ", rung_rule(sheet, rung), value_text(judged, "verdict"));
        buf_append_printable(ret, str_from(value_text(judged, "reason")));
        if (line > 0) {
            buf_append_text(ret, " (");
            buf_append_printable(ret, str_from(wire_plan_name(options->operands.items[0])));
            buf_format(ret, ":%lld)", (long long)line);
        }
        buf_append_char(ret, '\n');
    }
    const char *chosen = value_text(sheet->body, "point.id");
    if (chosen != NULL && !text_equal(chosen, options->why_not)) {
        buf_append_text(ret, "  chosen: point ");
        buf_append_printable(ret, str_from(chosen));
        buf_append_text(ret, " of ");
        report_append_time_text(ret, value_text(sheet->body, "point.time"));
        buf_append_text(ret, ", ");
        buf_append_printable(ret, str_from(value_text(sheet->body, "reason")));
        buf_append_char(ret, '\n');
    }
}

/* ------------------------------------------------------------------ for programs */

static bool is_shown(const struct sheet *sheet, size_t i, const struct options *options)
{
    return options->why_not == NULL ||
           text_equal(value_text(sheet->candidates->items[i], "id"), options->why_not);
}

static void write_list(const struct sheet *sheet, const char *name, const struct value *list,
                       const struct options *options, struct json_writer *json)
{
    json_name(json, name);
    json_begin_list(json);
    for (size_t i = 0; i < list->count; i++) {
        if (is_shown(sheet, i, options)) {
            json_value(json, list->items[i]);
        }
    }
    json_end(json);
}

static void write_json_sheet(const struct sheet *sheet, const struct options *options,
                             struct json_writer *json)
{
    json_begin_map(json);
    json_member_text(json, "item", value_text(sheet->body, "item"));
    json_member_text(json, "rule", first_rule(sheet));
    json_member_text(json, "now", value_text(sheet->body, "now"));
    json_member_text(json, "chosen", value_text(sheet->body, "point.id"));
    json_member_text(json, "runner_up", value_text(sheet->body, "runner_up.id"));
    json_member_text(json, "reason", value_text(sheet->body, "reason"));
    if (sheet->ladder != NULL) {
        json_member_value(json, "ladder", sheet->ladder);
    }
    json_member_integer(json, "omitted", value_integer(sheet->body, "candidates_omitted", 0));
    write_list(sheet, "points", sheet->points, options, json);
    write_list(sheet, "candidates", sheet->candidates, options, json);
    json_end(json);
}

/* ------------------------------------------------------------------ all of them */

static bool is_json(const struct options *options)
{
    return options->format != NULL && text_equal(options->format, "json");
}

static void write_json(const struct summary *summary, const struct options *options,
                       struct buf *ret)
{
    struct json_writer json = json_writer(ret, JSON_INDENTED);
    const char *now = NULL;
    for (size_t i = 0; now == NULL && i < summary->steps.count; i++) {
        now = value_text(summary->steps.items[i].point, "now");
    }
    json_begin_map(&json);
    json_member_integer(&json, "schema", POINTS_SCHEMA);
    json_member_text(&json, "now", now);
    json_name(&json, "items");
    json_begin_list(&json);
    for (size_t i = 0; i < summary->steps.count; i++) {
        struct sheet sheet = sheet_of(&summary->steps.items[i]);
        if (sheet.body != NULL) {
            write_json_sheet(&sheet, options, &json);
        }
    }
    json_end(&json);
    json_end(&json);
    buf_append_char(ret, '\n');
}

static void write_human(const struct summary *summary, const struct options *options,
                        struct buf *ret)
{
    for (size_t i = 0; i < summary->steps.count; i++) {
        struct sheet sheet = sheet_of(&summary->steps.items[i]);
        if (sheet.body != NULL && options->why_not == NULL) {
            buf_append_text(ret, ret->len == 0 ? "" : "\n");
            write_sheet(&sheet, options, ret);
        }
        for (size_t at = 0;
             sheet.body != NULL && options->why_not != NULL && at < sheet.candidates->count; at++) {
            if (is_shown(&sheet, at, options)) {
                write_why_not(&sheet, at, options, ret);
            }
        }
    }
    if ((terminal_flags(options, STDOUT_FILENO) & REPORT_ASCII) != 0) {
        report_make_ascii(ret, 0);
    }
}

/* The list without an id, which may stand in it for several rules. */
static size_t take_out(const char **ids, size_t count, const char *id)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (!text_equal(ids[i], id)) {
            ids[kept++] = ids[i];
        }
    }
    return kept;
}

/* The ids nearest to the one asked for, or else the newest. */
static struct error *unknown_point(const char *id, const char **ids, size_t count)
{
    AUTO(buf) struct buf hint = BUF_INIT(LIMIT_TEXT_BYTES);
    bool is_near = str_suggest(str_from(id), ids, count) != NULL;
    for (size_t found = 0; found < NEAR_IDS && count > 0; found++) {
        const char *near = is_near ? str_suggest(str_from(id), ids, count) : ids[0];
        if (near == NULL) {
            break;
        }
        buf_append_text(&hint, found == 0 ? "" : ", ");
        buf_append_printable(&hint, str_from(near));
        count = take_out(ids, count, near);
    }
    struct error *error = error_new(ERR_REFUSED, "there is no recovery point '%s'", id);
    return hint.len == 0 ? error_hint(error, "no points were listed")
                         : error_hint(error, "%s: %s", is_near ? "did you mean" : "the newest are",
                                      buf_text(&hint));
}

static struct error *check_why_not(const struct summary *summary, const char *id)
{
    struct {
        VEC(const char *);
    } ids = {0};
    bool is_there = id == NULL;
    for (size_t i = 0; i < summary->steps.count; i++) {
        const struct value *list = value_find(summary->steps.items[i].point, "candidates");
        for (size_t at = 0; list != NULL && at < list->count; at++) {
            const char *found = value_text(list->items[at], "id");
            vec_push(&ids, found == NULL ? "" : found);
            is_there = is_there || text_equal(found, id);
        }
    }
    struct error *error = is_there ? NULL : unknown_point(id, ids.items, ids.count);
    vec_release(&ids);
    return error;
}

/* Where points could not be listed, the run's exit code counts; that none was chosen is an
 * answer. */
static void say_unread(const struct wire_result *done, int *ret_exit_code)
{
    AUTO(buf) struct buf talk = BUF_INIT(LIMIT_TEXT_BYTES);
    bool is_all_read = true;
    for (size_t i = 0; i < done->summary->steps.count; i++) {
        const struct summary_step *step = &done->summary->steps.items[i];
        if (step->point == NULL) {
            is_all_read = false;
            buf_append_text(&talk, "no points of item ");
            buf_append_printable(&talk, str_from(step->item));
            buf_append_char(&talk, '\n');
            report_human_error(step->error, &talk);
        }
    }
    if (!is_all_read) {
        report_human_error(value_find(done->summary->finished, "error"), &talk);
        *ret_exit_code = done->exit_code;
    }
    (void)terminal_write(STDERR_FILENO, buf_str(&talk));
}

static struct error *show(const struct options *options, const struct wire_result *done,
                          int *ret_exit_code)
{
    AUTO(buf) struct buf result = BUF_INIT(LIMIT_REPORT_BYTES);
    say_unread(done, ret_exit_code);
    if (*ret_exit_code == 0) {
        TRY(check_why_not(done->summary, options->why_not));
    }
    if (is_json(options)) {
        write_json(done->summary, options, &result);
    } else {
        write_human(done->summary, options, &result);
    }
    return terminal_result(options, buf_str(&result));
}

static struct error *run(const struct options *options, int *ret_exit_code)
{
    AUTO(arena) struct arena *arena = arena_new();
    struct wire_result done = {0};
    struct plan narrowed = {0};
    struct error *error = NULL;
    AUTO(plan)
    struct plan *plan = wire_load_plan(options, options->operands.items[0], ret_exit_code, &error);
    if (plan == NULL) {
        return error;
    }
    TRY(narrow(arena, plan, options, &narrowed));
    error = wire_run(options, &narrowed, RUN_PLAN, &done);
    if (error == NULL) {
        error = show(options, &done, ret_exit_code);
    }
    wire_result_release(&done);
    return error;
}

const struct command cmd_points = {
    .name = "points",
    .usage = "PLAN [ITEM] [options]",
    .doc = "shows every recovery point of the plan's items, and why each was chosen or not",
    .option_set = OPTIONS_COMMON | OPTIONS_PLAN | OPTIONS_POINTS | OPTIONS_FAULT,
    .least = 1,
    .most = 2,
    .examples = "  restorectl points plans/vm-disks.yaml --simulate --explain\n"
                "  restorectl points payroll.yaml db --why-not 6435345636458675101\n",
    .run = run,
};
