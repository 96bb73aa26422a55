/* SPDX-License-Identifier: MIT */
#include "data/json_write.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/number.h"

struct json_writer json_writer(struct buf *buf, enum json_style style)
{
    return (struct json_writer){.buf = buf, .style = style};
}

static bool is_in_map(const struct json_writer *json)
{
    return json->depth > 0 && json->open[json->depth - 1] == '{';
}

static void new_line(struct json_writer *json)
{
    if (json->style == JSON_INDENTED) {
        buf_append_char(json->buf, '\n');
        for (int i = 0; i < json->depth; i++) {
            buf_append(json->buf, "  ", 2);
        }
    }
}

/* The comma and the line before an item of a list or a name of a map. */
static void next_item(struct json_writer *json)
{
    if (json->depth == 0) {
        return;
    }
    bool *has_item = &json->has_item[json->depth - 1];
    if (*has_item) {
        buf_append_char(json->buf, ',');
    }
    *has_item = true;
    new_line(json);
}

static void before_value(struct json_writer *json)
{
    if (is_in_map(json) != json->after_name) {
        BUG("a JSON value without a name in a map");
    }
    if (!json->after_name) {
        next_item(json);
    }
    json->after_name = false;
}

static void begin(struct json_writer *json, char open)
{
    before_value(json);
    if (json->depth == JSON_WRITER_DEPTH) {
        BUG("JSON nested deeper than %d", JSON_WRITER_DEPTH);
    }
    json->open[json->depth] = open;
    json->has_item[json->depth] = false;
    json->depth++;
    buf_append_char(json->buf, open);
}

void json_begin_map(struct json_writer *json)
{
    begin(json, '{');
}

void json_begin_list(struct json_writer *json)
{
    begin(json, '[');
}

void json_end(struct json_writer *json)
{
    if (json->depth == 0 || json->after_name) {
        BUG("a JSON end without its begin or value");
    }
    char close = is_in_map(json) ? '}' : ']';
    json->depth--;
    if (json->has_item[json->depth]) {
        new_line(json);
    }
    buf_append_char(json->buf, close);
}

/* Can stand in a JSON string as it is. */
static bool is_safe(char c)
{
    return c >= ' ' && c != '"' && c != '\\' && (unsigned char)c < 0x80;
}

static void write_ascii_escape(struct buf *buf, char c)
{
    static const char from[] = "\"\\\b\f\n\r\t";
    static const char to[] = "\"\\bfnrt";
    for (size_t i = 0; i < sizeof(from) - 1; i++) {
        if (c == from[i]) {
            buf_append_char(buf, '\\');
            buf_append_char(buf, to[i]);
            return;
        }
    }
    buf_format(buf, "\\u%04x", (unsigned)(unsigned char)c);
}

/* One character that is not safe; gives its bytes.  U+2028 and U+2029 end a line for some readers.
 */
static size_t write_special(struct buf *buf, struct str text)
{
    uint32_t code;
    size_t len = str_utf8_next(text, &code);
    if (len == 0) {
        buf_append_str(buf, STR("\xef\xbf\xbd"));
        return 1;
    }
    if (len == 1) {
        write_ascii_escape(buf, text.at[0]);
    } else if (code == 0x2028 || code == 0x2029) {
        buf_format(buf, "\\u%04x", (unsigned)code);
    } else {
        buf_append(buf, text.at, len);
    }
    return len;
}

static void write_string(struct buf *buf, struct str text)
{
    buf_append_char(buf, '"');
    for (size_t at = 0; at < text.len;) {
        size_t run = at;
        while (run < text.len && is_safe(text.at[run])) {
            run++;
        }
        if (run > at) {
            buf_append(buf, text.at + at, run - at);
            at = run;
        } else {
            at += write_special(buf, str_slice(text, at, text.len));
        }
    }
    buf_append_char(buf, '"');
}

void json_name(struct json_writer *json, const char *name)
{
    if (!is_in_map(json) || json->after_name) {
        BUG("the JSON name '%s' outside a map", name);
    }
    next_item(json);
    write_string(json->buf, str_from(name));
    buf_append_text(json->buf, json->style == JSON_INDENTED ? ": " : ":");
    json->after_name = true;
}

void json_text(struct json_writer *json, const char *text)
{
    if (text == NULL) {
        json_null(json);
    } else {
        json_str(json, str_from(text));
    }
}

void json_str(struct json_writer *json, struct str text)
{
    before_value(json);
    write_string(json->buf, text);
}

void json_integer(struct json_writer *json, int64_t integer)
{
    before_value(json);
    buf_format(json->buf, "%lld", (long long)integer);
}

void json_decimal(struct json_writer *json, double decimal)
{
    if (!isfinite(decimal)) {
        BUG("a JSON number that is not finite");
    }
    before_value(json);
    char text[32];
    for (int digits = 15; digits <= 17; digits++) {
        double back = 0;
        snprintf(text, sizeof(text), "%.*g", digits, decimal);
        if (number_parse_decimal(str_from(text), &back) && !(back < decimal) && !(back > decimal)) {
            break;
        }
    }
    buf_append_text(json->buf, text);
    /* Otherwise it reads as an integer, and readers (ours too) refuse those beyond 2^53. */
    if (fabs(decimal) > 0x1p53 && strpbrk(text, ".e") == NULL) {
        buf_append_text(json->buf, ".0");
    }
}

void json_bool(struct json_writer *json, bool boolean)
{
    before_value(json);
    buf_append_text(json->buf, boolean ? "true" : "false");
}

void json_null(struct json_writer *json)
{
    before_value(json);
    buf_append_text(json->buf, "null");
}

static void write_list(struct json_writer *json, const struct value *list)
{
    json_begin_list(json);
    for (size_t i = 0; i < list->count; i++) {
        json_value(json, list->items[i]);
    }
    json_end(json);
}

static void write_map(struct json_writer *json, const struct value *map)
{
    json_begin_map(json);
    for (size_t i = 0; i < map->count; i++) {
        json_name(json, map->members[i].name.at);
        json_value(json, map->members[i].value);
    }
    json_end(json);
}

void json_value(struct json_writer *json, const struct value *value)
{
    switch (value == NULL ? VALUE_NULL : value->type) {
    case VALUE_NULL:
        json_null(json);
        return;
    case VALUE_BOOL:
        json_bool(json, value->boolean);
        return;
    case VALUE_INTEGER:
        json_integer(json, value->integer);
        return;
    case VALUE_DECIMAL:
        json_decimal(json, value->decimal);
        return;
    case VALUE_TEXT:
        json_str(json, value->text);
        return;
    case VALUE_LIST:
        write_list(json, value);
        return;
    case VALUE_MAP:
        write_map(json, value);
        return;
    case VALUE_TYPE_COUNT:
        break;
    }
    BUG("not a JSON value");
}

void json_member_text(struct json_writer *json, const char *name, const char *text)
{
    json_name(json, name);
    json_text(json, text);
}

void json_member_str(struct json_writer *json, const char *name, struct str text)
{
    json_name(json, name);
    json_str(json, text);
}

void json_member_integer(struct json_writer *json, const char *name, int64_t integer)
{
    json_name(json, name);
    json_integer(json, integer);
}

void json_member_bool(struct json_writer *json, const char *name, bool boolean)
{
    json_name(json, name);
    json_bool(json, boolean);
}

void json_member_value(struct json_writer *json, const char *name, const struct value *value)
{
    json_name(json, name);
    json_value(json, value);
}
