/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <string.h>

#include "azure/kinds.h"
#include "base/limit.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/resolved.h"
#include "cli/terminal.h"
#include "cli/wire.h"
#include "data/json_write.h"
#include "report/text_table.h"

#define ORIGIN_COLUMN 48u

/* ------------------------------------------------------------------ in short */

static void cell_of_texts(struct text_table *table, const struct texts *texts)
{
    AUTO(buf) struct buf cell = BUF_INIT(LIMIT_TEXT_BYTES);
    for (size_t i = 0; i < texts->count; i++) {
        buf_format(&cell, "%s%s", i == 0 ? "" : ", ", texts->items[i]);
    }
    text_table_cell(table, buf_text(&cell));
}

static void write_short(const struct plan *plan, struct buf *ret)
{
    static const char *const titles[] = {"STEP", "KIND", "ITEMS", "SELECT", "TARGET", "AFTER"};
    AUTO(text_table) struct text_table table = {.columns = sizeof(titles) / sizeof(titles[0])};
    buf_append_printable(ret, str_from(plan->name));
    buf_format(ret, " (%s)\n", plan_mode_names[plan->mode]);
    if (plan->description != NULL) {
        buf_append_printable(ret, str_from(plan->description));
        buf_append_char(ret, '\n');
    }
    buf_append_char(ret, '\n');
    for (size_t i = 0; i < table.columns; i++) {
        text_table_cell(&table, titles[i]);
    }
    for (size_t i = 0; i < plan->steps.count; i++) {
        const struct plan_step *step = &plan_steps(plan)[i];
        text_table_cell(&table, step->base.name);
        text_table_cell(&table, step->kind->name);
        cell_of_texts(&table, &step->items);
        text_table_cell(&table, step->rule == NULL ? NULL : step->rule->base.name);
        text_table_cell(&table, step->at_target == NULL ? NULL : step->at_target->base.name);
        cell_of_texts(&table, &step->depends_on);
    }
    text_table_write(&table, "", ret);
}

/* ------------------------------------------------------------------ YAML */

/* Characters that leave a scalar what it is, wherever they stand in it. */
static bool is_plain(struct str text)
{
    static const char first[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./";
    static const char later[] = "-+@=()";
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (c == '\0' || (strchr(first, c) == NULL && (i == 0 || strchr(later, c) == NULL))) {
            return false;
        }
    }
    return text.len > 0;
}

/* JSON's texts are YAML's in double quotes, and so are the escapes of what no terminal should see.
 */
static void append_scalar(struct buf *ret, struct str text, bool is_plain_wanted)
{
    if (is_plain_wanted && is_plain(text)) {
        buf_append_str(ret, text);
        return;
    }
    AUTO(buf) struct buf quoted = BUF_INIT(LIMIT_TEXT_BYTES);
    struct json_writer json = json_writer(&quoted, JSON_COMPACT);
    json_str(&json, text);
    buf_append_printable(ret, buf_str(&quoted));
}

static void append_leaf(struct buf *ret, const struct value *value)
{
    if (value->type == VALUE_LIST || value->type == VALUE_MAP) {
        buf_append_text(ret, value->type == VALUE_LIST ? "[]" : "{}");
    } else if (value->type == VALUE_NULL) {
        buf_append_text(ret, "null");
    } else {
        append_scalar(ret, value->text, value->plain);
    }
}

static void append_origin(struct buf *ret, size_t line_start, const char *origin)
{
    size_t width = 0;
    uint32_t code = 0;
    for (size_t at = line_start; at < ret->len; width++) {
        at += str_utf8_next(str_slice(buf_str(ret), at, ret->len), &code);
    }
    buf_format(ret, "%*s  # ", width < ORIGIN_COLUMN ? (int)(ORIGIN_COLUMN - width) : 0, "");
    buf_append_printable(ret, str_from(origin));
    buf_append_char(ret, '\n');
}

/* A map or list that is an item has its first line behind the dash: it is as deep as what it
 * holds. */
static void write_yaml(const struct resolved *resolved, struct buf *ret)
{
    size_t dashes = 0;
    for (size_t i = 0; i < resolved->count; i++) {
        const struct resolved_value *value = &resolved->items[i];
        size_t line_start = ret->len;
        buf_format(ret, "%*s", (int)((value->depth - dashes) * 2), "");
        for (; dashes > 0; dashes--) {
            buf_append_text(ret, "- ");
        }
        if (value->name == NULL && value->shape != RESOLVED_LEAF) {
            buf_cut(ret, line_start);
            dashes++;
            continue;
        }
        if (value->name == NULL) {
            buf_append_text(ret, "- ");
        } else {
            append_scalar(ret, str_from(value->name), true);
            buf_append_char(ret, ':');
        }
        if (value->shape != RESOLVED_LEAF) {
            buf_append_char(ret, '\n');
            continue;
        }
        buf_append_text(ret, value->name == NULL ? "" : " ");
        append_leaf(ret, value->value);
        append_origin(ret, line_start, value->origin);
    }
}

/* ------------------------------------------------------------------ JSON */

static void write_json(const struct plan *plan, const struct resolved *resolved, struct buf *ret)
{
    struct json_writer json = json_writer(ret, JSON_INDENTED);
    json_begin_map(&json);
    json_member_integer(&json, "schema", 1);
    json_member_text(&json, "file", plan->file);
    json_name(&json, "values");
    json_begin_list(&json);
    for (size_t i = 0; i < resolved->count; i++) {
        const struct resolved_value *value = &resolved->items[i];
        if (value->shape == RESOLVED_LEAF) {
            json_begin_map(&json);
            json_member_text(&json, "path", value->path);
            json_member_value(&json, "value", value->value);
            json_member_text(&json, "origin", value->origin);
            json_end(&json);
        }
    }
    json_end(&json);
    json_end(&json);
    buf_append_char(ret, '\n');
}

static struct error *run(const struct options *options, int *ret_exit_code)
{
    AUTO(buf) struct buf result = BUF_INIT(LIMIT_REPORT_BYTES);
    AUTO(arena) struct arena *arena = arena_new();
    AUTO(resolved) struct resolved resolved = {0};
    struct error *error = NULL;
    bool is_json = text_equal(options->format, "json");
    if (is_json && !options->resolved) {
        return error_hint(error_new(ERR_USAGE, "--format json needs --resolved"),
                          "add --resolved; without it there is only an overview for people");
    }
    AUTO(plan)
    struct plan *plan = wire_load_plan(options, options->operands.items[0], ret_exit_code, &error);
    if (plan == NULL) {
        return error;
    }
    if (!options->resolved) {
        write_short(plan, &result);
        return terminal_result(options, buf_str(&result));
    }
    resolved_read(arena, plan, azure_kinds, &resolved);
    if (is_json) {
        write_json(plan, &resolved, &result);
    } else {
        write_yaml(&resolved, &result);
    }
    return terminal_result(options, buf_str(&result));
}

const struct command cmd_show = {
    .name = "show",
    .usage = "PLAN [options]",
    .doc = "shows a plan's steps in short, or with --resolved each value as it is understood",
    .option_set = OPTIONS_COMMON | OPTIONS_PLAN | OPTIONS_SHOW,
    .least = 1,
    .most = 1,
    .examples = "  restorectl show plans/vm-disks.yaml\n"
                "  restorectl show plans/vm-disks.yaml --resolved --var lab=drill-2\n",
    .run = run,
};
