/* SPDX-License-Identifier: MIT */
/* log: lines for whoever looks closer; the sink is set once by cli, without one nothing is written.
 *
 * Not here: results and errors.  A function logs or returns an error, never both.  Secrets never
 * come here. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

enum log_level {
    LOG_ERROR,
    LOG_WARN,
    LOG_INFO,
    LOG_DEBUG,
    LOG_TRACE,
    LOG_LEVEL_COUNT,
};
extern const char *const log_level_names[LOG_LEVEL_COUNT];

/* line has no line end. */
typedef void log_sink_fn(void *context, enum log_level level, const char *line);

void log_set_sink(enum log_level level, log_sink_fn *sink, void *context);
bool log_wants(enum log_level level);
void log_write(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
