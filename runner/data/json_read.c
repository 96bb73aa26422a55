/* SPDX-License-Identifier: MIT */
#include "data/json_read.h"

#include <stdint.h>

#include <cjson/cJSON.h>

#include "base/limit.h"
#include "base/mem.h"
#include "base/number.h"
#include "base/vec.h"

/* Integers up to here are exact in a double, which is what other readers of our output may use. */
#define EXACT_INTEGER (INT64_C(1) << 53)

/* cJSON is lax (01, control characters, NUL in strings) and forgets digits and positions.  So the
 * raw text is scanned first: what cJSON would let through is refused, and where each name and value
 * starts is kept. */
struct offsets {
    VEC(uint32_t);
};

struct reader {
    struct arena *arena;
    const char *source;
    struct str text;
    unsigned flags;
    struct offsets offsets; /* of names and values, in the order of the text */
    size_t next_offset;
    size_t names; /* of those offsets */
    size_t depth; /* still open at the end of the text */
    /* Where the last position was asked for: the next one is never before it. */
    size_t seen;
    int line;
    int column;
};

static struct position position_of(struct reader *reader, size_t offset)
{
    for (; reader->seen < offset; reader->seen++) {
        unsigned char byte = (unsigned char)reader->text.at[reader->seen];
        if (byte == '\n') {
            reader->line++;
            reader->column = 1;
        } else if ((byte & 0xc0) != 0x80) {
            reader->column++;
        }
    }
    return (struct position){reader->source, reader->line, reader->column};
}

static struct error *refuse(struct reader *reader, size_t offset, const char *text)
{
    return error_at(error_new(ERR_INPUT, "not valid JSON: %s", text), position_of(reader, offset));
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool ends_token(char c)
{
    return is_blank(c) || str_find_char(STR(",:[]{}\""), c) != SIZE_MAX;
}

/* at is the opening quote; *ret_end is behind the closing one.  Escapes other than \u0000 are left
 * to cJSON. */
static struct error *scan_string(struct reader *reader, size_t at, size_t *ret_end)
{
    struct str text = reader->text;
    for (size_t i = at + 1; i < text.len; i++) {
        char c = text.at[i];
        if (c == '"') {
            *ret_end = i + 1;
            return NULL;
        }
        if ((unsigned char)c < ' ') {
            return refuse(reader, i, "a control character in a string");
        }
        if (c == '\\') {
            if (str_starts_with(str_slice(text, i, text.len), STR("\\u0000"))) {
                return refuse(reader, i, "NUL in a string");
            }
            i++;
        }
    }
    return refuse(reader, at, "a string is not closed");
}

static struct error *scan_word(struct reader *reader, size_t at, size_t *ret_end)
{
    size_t end = at;
    while (end < reader->text.len && !ends_token(reader->text.at[end])) {
        end++;
    }
    char first = reader->text.at[at];
    double ignored;
    if ((first == '-' || (first >= '0' && first <= '9')) &&
        !number_parse_decimal(str_slice(reader->text, at, end), &ignored)) {
        return refuse(reader, at, "a number that is malformed or too large");
    }
    *ret_end = end;
    return NULL;
}

static struct error *scan_value(struct reader *reader, size_t at, size_t *ret_end)
{
    char c = reader->text.at[at];
    vec_push(&reader->offsets, (uint32_t)at);
    if (reader->offsets.count > LIMIT_JSON_NODES + reader->names) {
        return refuse(reader, at, "too many values");
    }
    if (c == '"') {
        return scan_string(reader, at, ret_end);
    }
    if (c != '{' && c != '[') {
        return scan_word(reader, at, ret_end);
    }
    *ret_end = at + 1;
    reader->depth++;
    return reader->depth > LIMIT_JSON_DEPTH ? refuse(reader, at, "nested too deeply") : NULL;
}

/* Checks nesting and every token; the grammar between tokens is cJSON's part. */
static struct error *scan(struct reader *reader)
{
    struct str text = reader->text;
    size_t bad;
    if (!str_is_utf8(text, &bad)) {
        return refuse(reader, bad, "not UTF-8");
    }
    for (size_t at = 0; at < text.len;) {
        char c = text.at[at];
        if (is_blank(c) || c == ',') {
            at++;
        } else if (c == ':') {
            reader->names++;
            at++;
        } else if (c == '}' || c == ']') {
            reader->depth -= reader->depth > 0 ? 1 : 0;
            at++;
        } else if ((unsigned char)c < ' ') {
            return refuse(reader, at, "a control character");
        } else {
            TRY(scan_value(reader, at, &at));
        }
    }
    return NULL;
}

static struct position next_position(struct reader *reader, size_t *ret_offset)
{
    if (reader->next_offset >= reader->offsets.count) {
        BUG("cJSON found more values than the scan");
    }
    *ret_offset = reader->offsets.items[reader->next_offset++];
    return position_of(reader, *ret_offset);
}

static struct error *set_number(struct reader *reader, size_t offset, struct value *value)
{
    size_t end = offset;
    while (end < reader->text.len && !ends_token(reader->text.at[end])) {
        end++;
    }
    struct str digits = str_slice(reader->text, offset, end);
    if (number_parse(digits, -EXACT_INTEGER, EXACT_INTEGER, &value->integer)) {
        value->type = VALUE_INTEGER;
        return NULL;
    }
    if (str_find_char(digits, '.') == SIZE_MAX && str_find_char(digits, 'e') == SIZE_MAX &&
        str_find_char(digits, 'E') == SIZE_MAX) {
        if ((reader->flags & JSON_READ_LENIENT) == 0) {
            return refuse(reader, offset, "an integer beyond 2^53; write it as text");
        }
        value->type = VALUE_TEXT;
        value->text = (struct str){arena_copy(reader->arena, digits), digits.len};
        return NULL;
    }
    value->type = VALUE_DECIMAL;
    return number_parse_decimal(digits, &value->decimal) ? NULL
                                                         : refuse(reader, offset, "a bad number");
}

static struct error *build(struct reader *reader, const cJSON *node, const struct value **ret);

static struct error *build_list(struct reader *reader, const cJSON *node, struct value *list)
{
    list->type = VALUE_LIST;
    for (const cJSON *item = node->child; item != NULL; item = item->next) {
        const struct value *value = NULL;
        TRY(build(reader, item, &value));
        value_append(reader->arena, list, value);
    }
    return NULL;
}

static struct error *duplicate(struct position first, struct position second, const char *name)
{
    return error_at(
        error_new(ERR_INPUT, "duplicate key '%s', first at %d:%d", name, first.line, first.column),
        second);
}

static struct error *build_map(struct reader *reader, const cJSON *node, struct value *map)
{
    map->type = VALUE_MAP;
    for (const cJSON *item = node->child; item != NULL; item = item->next) {
        size_t offset;
        struct value_member member = {.name_at = next_position(reader, &offset)};
        struct str name = str_from(item->string);
        const struct value_member *first = value_find_member(map, name);
        if (first != NULL && (reader->flags & JSON_READ_LENIENT) == 0) {
            return duplicate(first->name_at, member.name_at, item->string);
        }
        TRY(build(reader, item, &member.value));
        if (first == NULL) {
            member.name = (struct str){arena_copy(reader->arena, name), name.len};
            value_add(reader->arena, map, member);
        }
    }
    return NULL;
}

/* Walks in the order of the text, as the offsets do.  Recursion is bounded by LIMIT_JSON_DEPTH. */
static struct error *build(struct reader *reader, const cJSON *node, const struct value **ret)
{
    size_t offset;
    struct value *value = value_new(reader->arena, VALUE_NULL);
    value->at = next_position(reader, &offset);
    *ret = value;
    if (cJSON_IsObject(node)) {
        return build_map(reader, node, value);
    }
    if (cJSON_IsArray(node)) {
        return build_list(reader, node, value);
    }
    if (cJSON_IsNumber(node)) {
        return set_number(reader, offset, value);
    }
    if (cJSON_IsString(node)) {
        struct str text = str_from(node->valuestring);
        value->type = VALUE_TEXT;
        value->text = (struct str){arena_copy(reader->arena, text), text.len};
    } else if (cJSON_IsBool(node)) {
        value->type = VALUE_BOOL;
        value->boolean = cJSON_IsTrue(node);
    }
    return NULL;
}

static void tree_cleanup(cJSON **tree)
{
    cJSON_Delete(*tree);
}

static void reader_cleanup(struct reader *reader)
{
    vec_release(&reader->offsets);
}

/* cJSON stopped at offset, at the latest at the last byte. */
static struct error *unexpected(struct reader *reader, size_t offset)
{
    struct str text = reader->text;
    if (str_trim(text).len == 0) {
        return refuse(reader, 0, "it is empty");
    }
    while (offset < text.len && is_blank(text.at[offset])) {
        offset++;
    }
    if (reader->depth > 0 && offset + 1 >= text.len) {
        return refuse(reader, text.len, "it ends too early");
    }
    return refuse(reader, offset, "unexpected text");
}

struct error *json_read(struct arena *arena, const char *source, struct str text, unsigned flags,
                        const struct value **ret)
{
    if (text.len > LIMIT_TEXT_BYTES) {
        return error_new(ERR_INPUT, "%s: larger than %u bytes", source, LIMIT_TEXT_BYTES);
    }
    size_t bom = str_starts_with(text, STR("\xef\xbb\xbf")) ? 3 : 0;
    AUTO(reader)
    struct reader reader = {
        .arena = arena,
        .source = arena_text(arena, source),
        .text = str_slice(text, bom, text.len),
        .flags = flags,
        .line = 1,
        .column = 1,
    };
    TRY(scan(&reader));
    cJSON_InitHooks(&(cJSON_Hooks){.malloc_fn = mem_new, .free_fn = mem_free});
    const char *end = reader.text.at;
    AUTO(tree) cJSON *tree = cJSON_ParseWithLengthOpts(reader.text.at, reader.text.len, &end, 0);
    size_t used = end == NULL ? 0 : (size_t)(end - reader.text.at);
    if (tree == NULL || str_trim(str_slice(reader.text, used, reader.text.len)).len > 0) {
        return unexpected(&reader, used);
    }
    const struct value *value = NULL;
    TRY(build(&reader, tree, &value));
    *ret = value;
    return NULL;
}
