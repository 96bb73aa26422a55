/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include <stdarg.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/limit.h"
#include "base/mem.h"

const char *const log_level_names[LOG_LEVEL_COUNT] = {"error", "warn", "info", "debug", "trace"};

static struct {
    enum log_level level;
    log_sink_fn *sink;
    void *context;
} state;

void log_set_sink(enum log_level level, log_sink_fn *sink, void *context)
{
    state.level = level;
    state.sink = sink;
    state.context = context;
}

bool log_wants(enum log_level level)
{
    return state.sink != NULL && level <= state.level;
}

void log_write(enum log_level level, const char *format, ...)
{
    if (!log_wants(level)) {
        return;
    }
    AUTO(buf) struct buf line = BUF_INIT(LIMIT_TEXT_BYTES);
    va_list list;
    va_start(list, format);
    buf_format_list(&line, format, list);
    va_end(list);
    state.sink(state.context, level, buf_text(&line));
}
