/* SPDX-License-Identifier: MIT */
/* json_read: JSON text to a tree, whole or not at all.
 *
 * Refused: text after the value, NUL in strings, bad UTF-8, raw control characters, depth and node
 * counts beyond base/limit.h, numbers outside JSON's grammar, integers that a double would bend
 * (beyond 2^53). Foreign: cJSON, seen by this file only. */
#ifndef DATA_JSON_READ_H
#define DATA_JSON_READ_H

#include "data/value.h"

enum json_read_flags {
    JSON_READ_LENIENT =
        1 << 0, /* Azure's replies: of a key that stands twice the first counts, others are skipped;
                 * integers beyond 2^53 become VALUE_TEXT with their digits */
};

/* source names the text in errors ("journal.ndjson:12", "reply of GET …").  Errors are ERR_INPUT.
 */
struct error *json_read(struct arena *arena, const char *source, struct str text, unsigned flags,
                        const struct value **ret) MUST_USE;

#endif
