/* SPDX-License-Identifier: MIT */
/* schema_sample: the examples and fallbacks of decode rows, which are YAML, as JSON of the row's
 * type; for data/schema only.
 *
 * Errors: a text that is not YAML is a BUG. */
#ifndef DATA_SCHEMA_SAMPLE_H
#define DATA_SCHEMA_SAMPLE_H

#include "base/arena.h"
#include "data/decode.h"
#include "data/json_write.h"

/* One value: 20 for "20" in a row of integers, "20" in one of texts. */
void schema_sample_write(struct json_writer *json, struct arena *arena,
                         const struct decode_field *field, const char *yaml);

/* One of a row's words, as YAML reads it when it stands there without quotes: true, 7 or a text. */
void schema_sample_word(struct json_writer *json, const char *word);
bool schema_sample_is_text(const char *word);

#endif
