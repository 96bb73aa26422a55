/* SPDX-License-Identifier: MIT */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limit.h"
#include "base/mem.h"

__attribute__((format(printf, 1, 0))) static char *format_text(const char *format, va_list list)
{
    va_list again;
    va_copy(again, list);
    int len = vsnprintf(NULL, 0, format, list);
    char *text = mem_new((size_t)(len < 0 ? 0 : len) + 1);
    if (len > 0) {
        vsnprintf(text, (size_t)len + 1, format, again);
    }
    va_end(again);
    return text;
}

struct error *error_new(enum error_code code, const char *format, ...)
{
    struct error *error = MEM_NEW(struct error);
    error->code = code;
    va_list list;
    va_start(list, format);
    error->text = format_text(format, list);
    va_end(list);
    return error;
}

struct error *error_at(struct error *error, struct position at)
{
    mem_free(error->file);
    error->file = mem_text(at.file);
    error->line = at.line;
    error->column = at.column;
    return error;
}

struct error *error_hint(struct error *error, const char *format, ...)
{
    mem_free(error->hint);
    va_list list;
    va_start(list, format);
    error->hint = format_text(format, list);
    va_end(list);
    return error;
}

struct error *error_wrap(struct error *cause, enum error_code code, const char *format, ...)
{
    struct error *error = MEM_NEW(struct error);
    error->code = code;
    error->cause = cause;
    va_list list;
    va_start(list, format);
    error->text = format_text(format, list);
    va_end(list);
    return error;
}

void error_free(struct error *error)
{
    while (error != NULL) {
        struct error *cause = error->cause;
        mem_free(error->text);
        mem_free(error->hint);
        mem_free(error->file);
        mem_free(error);
        error = cause;
    }
}

void error_cleanup(struct error **error)
{
    error_free(*error);
    *error = NULL;
}

static void add(struct problems *problems, struct error *error, bool is_warning)
{
    size_t kept = 0;
    if (is_warning) {
        kept =
            problems->count - (problems->error_count < LIMIT_PLAN_PROBLEMS ? problems->error_count
                                                                           : LIMIT_PLAN_PROBLEMS);
    } else {
        kept = problems->error_count++;
    }
    if (kept >= LIMIT_PLAN_PROBLEMS) {
        problems->dropped_count++;
        error_free(error);
        return;
    }
    vec_push(problems, (struct problem){error, is_warning});
}

void problems_add(struct problems *problems, struct error *error)
{
    add(problems, error, false);
}

void problems_add_warning(struct problems *problems, struct error *error)
{
    add(problems, error, true);
}

static bool comes_before(const struct error *a, const struct error *b)
{
    if (a->line != b->line) {
        return a->line < b->line;
    }
    return a->column < b->column;
}

void problems_sort(struct problems *problems)
{
    /* By insertion: stable, and the count is bounded. */
    for (size_t i = 1; i < problems->count; i++) {
        struct problem moved = problems->items[i];
        size_t to = i;
        while (to > 0 && comes_before(moved.error, problems->items[to - 1].error)) {
            problems->items[to] = problems->items[to - 1];
            to--;
        }
        problems->items[to] = moved;
    }
}

void problems_release(struct problems *problems)
{
    for (size_t i = 0; i < problems->count; i++) {
        error_free(problems->items[i].error);
    }
    vec_release(problems);
    problems->error_count = 0;
    problems->dropped_count = 0;
}

void problems_cleanup(struct problems *problems)
{
    problems_release(problems);
}

_Noreturn void error_bug(const char *file, int line, const char *format, ...)
{
    char text[1024]; /* no heap: it may be what is broken */
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof(text), format, list);
    va_end(list);
    fprintf(stderr, "restorectl: bug at %s:%d: %s\n", file, line, text);
    abort();
}

struct error *error_copy(const struct error *error)
{
    if (error == NULL) {
        return NULL;
    }
    struct error *copy = MEM_NEW(struct error);
    *copy = (struct error){
        .code = error->code,
        .text = mem_text(error->text),
        .hint = mem_text(error->hint),
        .file = mem_text(error->file),
        .line = error->line,
        .column = error->column,
        /* Chains are short: one link for each room that was left. */
        .cause = error_copy(error->cause),
    };
    return copy;
}

int error_exit_code(enum error_code code)
{
    static const int exit_codes[ERR_COUNT] = {
        [ERR_STEP] = 1,    [ERR_STALE] = 2,  [ERR_CHECK] = 3,        [ERR_OBJECTIVE] = 4,
        [ERR_REFUSED] = 5, [ERR_PERSON] = 6, [ERR_LOCKED] = 8,       [ERR_USAGE] = 64,
        [ERR_PLAN] = 65,   [ERR_INPUT] = 65, [ERR_UNREACHABLE] = 69, [ERR_BUG] = 70,
        [ERR_IO] = 74,     [ERR_AUTH] = 77,  [ERR_INTERRUPTED] = 75,
    };
    return exit_codes[code];
}

const char *error_errno_text(int number)
{
    /* glibc's, since 2.32, is: constant texts, and a buffer of the thread for unknown numbers. */
    return strerror(number); /* NOLINT(concurrency-mt-unsafe) */
}
