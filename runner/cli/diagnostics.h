/* SPDX-License-Identifier: MIT */
/* diagnostics: errors and problems as text for people, the way compilers do: place, line, caret,
 * because, hint. */
#ifndef CLI_DIAGNOSTICS_H
#define CLI_DIAGNOSTICS_H

#include "base/buf.h"
#include "base/error.h"

/* source: the text of the file that positions are in, or empty. */
void diagnostics_error(struct buf *ret, const struct error *error, bool is_warning,
                       struct str source);

/* All of them, sorted, at most LIMIT_PLAN_PROBLEMS, then "FILE: 3 errors, 1 warning". */
void diagnostics_problems(struct buf *ret, struct problems *problems, const char *file,
                          struct str source);

#endif
