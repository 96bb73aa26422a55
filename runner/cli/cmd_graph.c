/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/limit.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/terminal.h"
#include "cli/wire.h"

#define ITEMS_SHOWN 5u /* names in a node */

/* How a language writes what a step is. */
struct language {
    const char *name;
    const char *line_end; /* inside a label */
    void (*escape)(struct buf *ret, struct str text);
    void (*write)(const struct language *language, const struct plan *plan, struct buf *ret);
};

static void append_label(const struct language *language, const struct plan_step *step,
                         struct buf *ret)
{
    const struct texts *items = &step->items;
    language->escape(ret, str_from(step->base.name));
    buf_append_text(ret, language->line_end);
    language->escape(ret, str_from(step->kind->name));
    buf_append_text(ret, items->count == 0 ? "" : language->line_end);
    for (size_t i = 0; i < items->count && i < ITEMS_SHOWN; i++) {
        buf_append_text(ret, i == 0 ? "" : ", ");
        language->escape(ret, str_from(items->items[i]));
    }
    if (items->count > ITEMS_SHOWN) {
        buf_format(ret, " and %zu more", items->count - ITEMS_SHOWN);
    }
}

/* ------------------------------------------------------------------ dot */

/* Inside quotes: a backslash begins an escape, and labels know HTML's entities. */
static void dot_escape(struct buf *ret, struct str text)
{
    AUTO(buf) struct buf shown = BUF_INIT(LIMIT_TEXT_BYTES);
    buf_append_printable(&shown, text);
    for (const char *c = buf_text(&shown); *c != '\0'; c++) {
        if (*c == '"' || *c == '\\') {
            buf_append_char(ret, '\\');
        }
        buf_append_char(ret, *c);
        buf_append_text(ret, *c == '&' ? "amp;" : "");
    }
}

static void dot_write(const struct language *language, const struct plan *plan, struct buf *ret)
{
    const struct plan_step *steps = plan_steps(plan);
    buf_append_text(ret, "digraph plan {\n    label=\"");
    language->escape(ret, str_from(plan->name));
    buf_append_text(ret, "\";\n    rankdir=LR;\n    node [shape=box];\n");
    for (size_t i = 0; i < plan->steps.count; i++) {
        buf_format(ret, "    s%zu [label=\"", i);
        append_label(language, &steps[i], ret);
        buf_append_text(ret, "\"];\n");
    }
    for (size_t i = 0; i < plan->steps.count; i++) {
        for (size_t j = 0; j < steps[i].needs_count; j++) {
            buf_format(ret, "    s%zu -> s%zu;\n", steps[i].needs[j], i);
        }
    }
    buf_append_text(ret, "}\n");
}

/* ------------------------------------------------------------------ mermaid */

/* Inside quotes: no markup, no `%%{directive}%%`, no "`markdown`", no entity but ours. */
static void mermaid_escape(struct buf *ret, struct str text)
{
    AUTO(buf) struct buf shown = BUF_INIT(LIMIT_TEXT_BYTES);
    buf_append_printable(&shown, text);
    for (const char *c = buf_text(&shown); *c != '\0'; c++) {
        if (strchr("\"#&<>%`\\;", *c) != NULL) {
            buf_format(ret, "#%d;", *c);
        } else {
            buf_append_char(ret, *c);
        }
    }
}

static void mermaid_write(const struct language *language, const struct plan *plan, struct buf *ret)
{
    const struct plan_step *steps = plan_steps(plan);
    buf_append_text(ret, "flowchart LR\n");
    for (size_t i = 0; i < plan->steps.count; i++) {
        buf_format(ret, "    s%zu[\"", i);
        append_label(language, &steps[i], ret);
        buf_append_text(ret, "\"]\n");
    }
    for (size_t i = 0; i < plan->steps.count; i++) {
        for (size_t j = 0; j < steps[i].needs_count; j++) {
            buf_format(ret, "    s%zu --> s%zu\n", steps[i].needs[j], i);
        }
    }
}

/* ------------------------------------------------------------------ the command */

static const struct language dot = {"dot", "\\n", dot_escape, dot_write};
static const struct language mermaid = {"mermaid", "<br/>", mermaid_escape, mermaid_write};

static struct error *run(const struct options *options, int *ret_exit_code)
{
    AUTO(buf) struct buf result = BUF_INIT(LIMIT_REPORT_BYTES);
    struct error *error = NULL;
    AUTO(plan)
    struct plan *plan = wire_load_plan(options, options->operands.items[0], ret_exit_code, &error);
    if (plan == NULL) {
        return error;
    }
    const struct language *language = text_equal(options->format, mermaid.name) ? &mermaid : &dot;
    language->write(language, plan, &result);
    return terminal_result(options, buf_str(&result));
}

const struct command cmd_graph = {
    .name = "graph",
    .usage = "PLAN [options]",
    .doc = "draws a plan's steps and what each waits for",
    .option_set = OPTIONS_COMMON | OPTIONS_PLAN | OPTIONS_GRAPH,
    .least = 1,
    .most = 1,
    .examples = "  restorectl graph plans/vm-disks.yaml | dot -Tsvg >plan.svg\n"
                "  restorectl graph plans/vm-disks.yaml --format mermaid\n",
    .run = run,
};
