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

/* What to do next: the error's own hint, or the first of its causes; NULL if there is none. */
const char *diagnostics_hint(const struct error *error);

/* All warnings, with those that were only counted (struct problems has the errors itself). */
size_t diagnostics_warning_count(const struct problems *problems);

/* All that are kept, sorted, then how many are not shown, then "FILE: 3 errors, 1 warning". */
void diagnostics_problems(struct buf *ret, struct problems *problems, const char *file,
                          struct str source);

#endif
