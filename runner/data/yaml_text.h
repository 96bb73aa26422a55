/* SPDX-License-Identifier: MIT */
/* yaml_text: what is refused in a YAML file before a parser sees it; for data/yaml_read only.
 *
 * Refused: other encodings than UTF-8, control characters, line ends that editors do not count,
 * directives, a second document, a file without content, far too many values.  Here, as libyaml
 * gives no line for bad characters and takes its time for directives and values. Errors: the first
 * one found, with line and column.
 */
#ifndef DATA_YAML_TEXT_H
#define DATA_YAML_TEXT_H

#include "base/error.h"
#include "base/str.h"

/* *ret is the text without a byte order mark. */
struct error *yaml_text_check(const char *file, struct str text, struct str *ret) MUST_USE;

/* Line number from 1, without its end; empty beyond the last. */
struct str yaml_text_line(struct str text, int line);
/* The rest of that line from a column (from 1, in characters). */
struct str yaml_text_from(struct str text, int line, int column);

#endif
