/* SPDX-License-Identifier: MIT */
/* json_write: JSON into a buf: begin, append, end; exact integers; wrong nesting is a BUG.
 *
 * Use:  struct json_writer json = json_writer(&buf, JSON_COMPACT);
 *       json_begin_map(&json); json_member_text(&json, "id", id); json_end(&json);
 * Errors: none; a full buf shows in buf->full. */
#ifndef DATA_JSON_WRITE_H
#define DATA_JSON_WRITE_H

#include "base/buf.h"
#include "data/value.h"

enum json_style {
    JSON_COMPACT,  /* one line */
    JSON_INDENTED, /* two blanks a level, for people */
};
#define JSON_WRITER_DEPTH 80
struct json_writer {
    struct buf *buf;
    enum json_style style;
    int depth;
    char open[JSON_WRITER_DEPTH]; /* '{' or '[' */
    bool has_item[JSON_WRITER_DEPTH];
    bool after_name;
};

struct json_writer json_writer(struct buf *buf, enum json_style style);
void json_begin_map(struct json_writer *json);
void json_begin_list(struct json_writer *json);
void json_end(struct json_writer *json);
void json_name(struct json_writer *json, const char *name);
void json_text(struct json_writer *json, const char *text); /* NULL writes null */
void json_str(struct json_writer *json, struct str text);
void json_integer(struct json_writer *json, int64_t integer);
void json_decimal(struct json_writer *json,
                  double decimal); /* shortest that reads back the same; not finite is a BUG */
void json_bool(struct json_writer *json, bool boolean);
void json_null(struct json_writer *json);
void json_value(struct json_writer *json,
                const struct value *value); /* NULL writes null; plain text writes text */

/* Name and value in one call. */
void json_member_text(struct json_writer *json, const char *name, const char *text);
void json_member_str(struct json_writer *json, const char *name, struct str text);
void json_member_integer(struct json_writer *json, const char *name, int64_t integer);
void json_member_bool(struct json_writer *json, const char *name, bool boolean);
void json_member_value(struct json_writer *json, const char *name, const struct value *value);

#endif
