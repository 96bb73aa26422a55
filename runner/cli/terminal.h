/* SPDX-License-Identifier: MIT */
/* terminal: what stdout and stderr are connected to, and writing to them. */
#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include <stdbool.h>

#include "base/error.h"
#include "base/str.h"
#include "cli/options.h"

/* Is the descriptor a terminal that can redraw (TERM is not dumb)? */
bool terminal_is_live(int descriptor);
/* enum report_flags for the descriptor: colour by --color, NO_COLOR and CLICOLOR_FORCE; ASCII by
 * the locale's charset. */
unsigned terminal_flags(const struct options *options, int descriptor);
/* 0, 0 if it has no size. */
void terminal_size(int descriptor, int *ret_columns, int *ret_rows);

/* Writes all of it; a reader that went away is no error of ours (false). */
bool terminal_write(int descriptor, struct str text);

/* The result of a command: to options->output if it is given (0600), else to stdout. */
struct error *terminal_result(const struct options *options, struct str text) MUST_USE;

/* No core dumps, no tracing by others, files for the owner alone: the process will hold a token. */
void terminal_harden(void);

#endif
