/* SPDX-License-Identifier: MIT */
#include "cli/diagnostics.h"

#include "cli/wire.h"

#define LONGEST_LINE 160

static bool find_line(struct str source, int number, struct str *ret)
{
    struct str rest = source;
    for (int i = 0; i < number; i++) {
        if (!str_next(&rest, '\n', ret)) {
            return false;
        }
    }
    *ret = str_ends_with(*ret, STR("\r")) ? str_slice(*ret, 0, ret->len - 1) : *ret;
    return true;
}

/* The source line and a caret under the column; columns count characters, tabs are shown as one
 * blank. */
static void append_source(struct buf *ret, const struct error *error, struct str source)
{
    struct str line;
    if (source.len == 0 || error->line <= 0 || !find_line(source, error->line, &line)) {
        return;
    }
    size_t start = ret->len;
    buf_format(ret, "%5d | ", error->line);
    size_t margin = ret->len - start;
    buf_append_printable(ret, str_slice(line, 0, LONGEST_LINE));
    buf_append_char(ret, '\n');
    if (error->column > 0 && error->column <= LONGEST_LINE) {
        buf_format(ret, "%*s| %*s^\n", (int)margin - 2, "", error->column - 1, "");
    }
}

static void append_text(struct buf *ret, const char *text)
{
    buf_append_printable(ret, str_from(text));
    buf_append_char(ret, '\n');
}

void diagnostics_error(struct buf *ret, const struct error *error, bool is_warning,
                       struct str source)
{
    if (error->file != NULL) {
        buf_append_printable(ret, str_from(error->file));
        if (error->line > 0) {
            buf_format(ret, ":%d:%d", error->line, error->column);
        }
        buf_append_text(ret, is_warning ? ": warning: " : ": error: ");
    } else {
        buf_append_text(ret, is_warning ? "warning: " : "error: ");
    }
    append_text(ret, error->text);
    append_source(ret, error, source);
    for (const struct error *cause = error->cause; cause != NULL; cause = cause->cause) {
        buf_append_text(ret, "      = because: ");
        append_text(ret, cause->text);
    }
    const char *hint = diagnostics_hint(error);
    if (hint != NULL) {
        buf_append_text(ret, "      = hint: ");
        append_text(ret, hint);
    }
}

const char *diagnostics_hint(const struct error *error)
{
    while (error != NULL && error->hint == NULL) {
        error = error->cause;
    }
    return error == NULL ? NULL : error->hint;
}

size_t diagnostics_warning_count(const struct problems *problems)
{
    return problems->count + problems->dropped_count - problems->error_count;
}

void diagnostics_problems(struct buf *ret, struct problems *problems, const char *file,
                          struct str source)
{
    problems_sort(problems);
    for (size_t i = 0; i < problems->count; i++) {
        const struct problem *problem = &problems->items[i];
        /* A variable file has lines of its own. */
        bool is_here = text_equal(problem->error->file, wire_plan_name(file));
        diagnostics_error(ret, problem->error, problem->is_warning,
                          is_here ? source : str_from(NULL));
    }
    if (problems->dropped_count > 0) {
        buf_format(ret, "... and %zu more\n", problems->dropped_count);
    }
    size_t warnings = diagnostics_warning_count(problems);
    if (problems->count > 0) {
        buf_append_printable(ret, str_from(file));
        buf_format(ret, ": %zu %s, %zu %s\n", problems->error_count,
                   problems->error_count == 1 ? "error" : "errors", warnings,
                   warnings == 1 ? "warning" : "warnings");
    }
}
