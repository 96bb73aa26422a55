/* SPDX-License-Identifier: MIT */
#include "data/schema_sample.h"

#include "base/buf.h"
#include "base/limit.h"
#include "base/mem.h"
#include "base/number.h"
#include "data/yaml_read.h"

static bool is_true_or_false(struct str text)
{
    return str_equal(text, STR("true")) || str_equal(text, STR("false"));
}

bool schema_sample_is_text(const char *word)
{
    double ignored;
    struct str text = str_from(word);
    return !is_true_or_false(text) && !number_parse_decimal(text, &ignored);
}

/* As YAML's core schema reads it. */
static void write_plain(struct json_writer *json, struct str text)
{
    int64_t integer;
    double decimal;
    if (is_true_or_false(text)) {
        json_bool(json, text.at[0] == 't');
    } else if (number_parse(text, INT64_MIN, INT64_MAX, &integer)) {
        json_integer(json, integer);
    } else if (number_parse_decimal(text, &decimal)) {
        json_decimal(json, decimal);
    } else {
        json_str(json, text);
    }
}

void schema_sample_word(struct json_writer *json, const char *word)
{
    write_plain(json, str_from(word));
}

static bool is_of_text(enum decode_type type)
{
    return type == DECODE_TEXT || type == DECODE_TEXTS;
}

static const struct decode_field *find_row(const struct decode_field *rows, struct str name)
{
    for (const struct decode_field *row = rows; row != NULL && row->name != NULL; row++) {
        if (str_equal(name, str_from(row->name))) {
            return row;
        }
    }
    return NULL;
}

static const struct decode_field *row_of(const struct decode_table *table, struct str name)
{
    const struct decode_field *row = find_row(table->fields, name);
    row = row == NULL ? find_row(table->more, name) : row;
    if (row != NULL) {
        return row;
    }
    BUG("an example has a member that %s has not", table->name);
}

/* Recursion is as deep as an example nests. */
static void write_value(struct json_writer *json, const struct decode_field *field,
                        const struct value *value)
{
    static const struct decode_field any = {.type = DECODE_ANY};
    struct decode_field record = *field;
    record.type = DECODE_RECORD;
    if (value->type == VALUE_LIST) {
        json_begin_list(json);
        for (size_t i = 0; i < value->count; i++) {
            write_value(json, field, value->items[i]);
        }
        json_end(json);
    } else if (value->type == VALUE_MAP) {
        json_begin_map(json);
        for (size_t i = 0; i < value->count; i++) {
            struct str name = value->members[i].name;
            bool is_map = field->type == DECODE_RECORD_MAP;
            const struct decode_field *row = field->table == NULL ? &any : &record;
            row = field->table == NULL || is_map ? row : row_of(field->table, name);
            json_name(json, name.at);
            write_value(json, row, value->members[i].value);
        }
        json_end(json);
    } else if (value->plain && !is_of_text(field->type)) {
        write_plain(json, value->text);
    } else {
        json_str(json, value->text);
    }
}

void schema_sample_write(struct json_writer *json, struct arena *arena,
                         const struct decode_field *field, const char *yaml)
{
    AUTO(problems) struct problems problems = {0};
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
    const struct value *list = NULL;
    buf_format(&text, "- %s\n", yaml);
    if (!yaml_read(arena, "sample", buf_str(&text), &problems, &list) || problems.count > 0 ||
        list->type != VALUE_LIST || list->count != 1) {
        BUG("'%s' of '%s' is not YAML", yaml, field->name);
    }
    write_value(json, field, list->items[0]);
}
