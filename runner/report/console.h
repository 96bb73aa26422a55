/* SPDX-License-Identifier: MIT */
/* console: a run as it goes, on a terminal (a live line for each active step and a footer) or in a
 * pipe (a line a change).
 *
 * A record_reader_fn that renders; console_tick() redraws the clockwork (elapsed times, heartbeat)
 * between records. Not here: what happens; where the bytes go (write). */
#ifndef REPORT_CONSOLE_H
#define REPORT_CONSOLE_H

#include "base/clock.h"
#include "report/summary.h"

enum console_style {
    CONSOLE_PIPE,     /* one line per change with its UTC time, a heartbeat line after 5 minutes of
                         silence */
    CONSOLE_TERMINAL, /* live: redrawn at most ten times a second of real time, cursor moves only
                         upwards over its own lines */
    CONSOLE_QUIET,    /* nothing */
};

struct console_options {
    enum console_style style;
    unsigned flags;    /* enum report_flags */
    int columns, rows; /* 0: unknown (80, 24) */
    /* Writes to the terminal or pipe; called with whole lines or whole redraws. */
    void (*write)(void *context, struct str text);
    void *context;
    struct mono (*real_now)(void *context); /* for the redraw limit only */
};

struct console;
struct console *console_new(const struct console_options *options, const struct summary *summary);
void console_free(struct console *console); /* leaves the cursor below the last line */
void console_read(void *context,
                  const struct record *record); /* after summary_read of the same record */
void console_tick(struct console *console, struct utc now);
void console_resize(struct console *console, int columns, int rows);

#endif
