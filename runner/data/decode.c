/* SPDX-License-Identifier: MIT */
#include "data/decode.h"

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/limit.h"
#include "base/mem.h"
#include "data/decode_scalar.h"
#include "data/yaml_read.h"

/* True: the slot has the value.  False: a problem was added. */
typedef bool decode_fn(struct decoding *decoding, const struct decode_field *field,
                       const struct value *value, void *slot);

static void decode_map(struct decoding *decoding, const struct decode_table *table,
                       const struct value *map, struct decoded *ret);

/* One of a record's two sets of rows. */
static const struct decode_field *rows_of(const struct decode_table *table, int set)
{
    static const struct decode_field none = {.name = NULL};
    const struct decode_field *rows = set == 0 ? table->fields : table->more;
    return rows == NULL ? &none : rows;
}

static const struct decode_field *find_field(const struct decode_table *table, struct str name)
{
    for (int set = 0; set < 2; set++) {
        for (const struct decode_field *row = rows_of(table, set); row->name != NULL; row++) {
            if (str_equal(name, str_from(row->name))) {
                return row;
            }
        }
    }
    return NULL;
}

struct names {
    VEC(const char *);
};

static void names_cleanup(struct names *names)
{
    vec_release(names);
}

static struct error *unknown_key(const struct decode_table *table, struct str name,
                                 struct position at)
{
    AUTO(buf) struct buf shown = BUF_INIT(LIMIT_TEXT_BYTES);
    buf_append_printable(&shown, name);
    return error_at(error_new(ERR_PLAN, "unknown key '%s' in %s", buf_text(&shown), table->name),
                    at);
}

struct error *decode_unknown(const struct decode_table *table, struct str name, struct position at)
{
    AUTO(names) struct names names = {0};
    AUTO(buf) struct buf list = BUF_INIT(LIMIT_TEXT_BYTES);
    for (int set = 0; set < 2; set++) {
        for (const struct decode_field *row = rows_of(table, set); row->name != NULL; row++) {
            if ((row->flags & DECODE_HIDDEN) == 0) {
                buf_format(&list, "%s%s", names.count == 0 ? "" : ", ", row->name);
                vec_push(&names, row->name);
            }
        }
    }
    struct error *error = unknown_key(table, name, at);
    const char *near = str_suggest(name, names.items, names.count);
    if (near != NULL) {
        return error_hint(error, "did you mean '%s'?", near);
    }
    return names.count == 0 ? error : error_hint(error, "known keys: %s", buf_text(&list));
}

struct items {
    const struct value *const *items;
    size_t count;
};

/* The items of a list; what is not a list stands for a list of one where that is allowed. */
static bool open_list(struct decoding *decoding, const struct decode_field *field,
                      const struct value *const *value, struct items *ret)
{
    bool is_lone_allowed = field->type == DECODE_TEXTS || field->type == DECODE_WORDS;
    if ((*value)->type == VALUE_LIST && (*value)->count == 0 &&
        (field->flags & DECODE_NOT_EMPTY) != 0) {
        return decode_complain_empty(decoding, field, *value);
    }
    if ((*value)->type == VALUE_LIST) {
        *ret = (struct items){(*value)->items, (*value)->count};
        return true;
    }
    if (!is_lone_allowed || (*value)->type == VALUE_MAP) {
        return decode_complain(decoding, field, *value, "a list", NULL);
    }
    *ret = (struct items){value, 1};
    return true;
}

/* Each item into its own slot of slot_size bytes; NULL if one failed. */
static void *decode_items(struct decoding *decoding, const struct decode_field *field,
                          struct items items, decode_fn *decode_item, size_t slot_size)
{
    struct decoding inner = *decoding;
    inner.in_list = true;
    bool is_fine = true;
    char *slots = arena_alloc(decoding->arena, items.count * slot_size);
    for (size_t i = 0; i < items.count; i++) {
        is_fine = decode_item(&inner, field, items.items[i], slots + i * slot_size) && is_fine;
    }
    return is_fine ? slots : NULL;
}

static bool decode_texts(struct decoding *decoding, const struct decode_field *field,
                         const struct value *value, void *slot)
{
    struct texts *texts = slot;
    struct items items = {0};
    if (!open_list(decoding, field, &value, &items)) {
        return false;
    }
    const char **found = decode_items(decoding, field, items, decode_text, sizeof(*found));
    if (found == NULL) {
        return false;
    }
    *texts = (struct texts){found, items.count, !decoding->is_fallback, value};
    return true;
}

static bool decode_integer_items(struct decoding *decoding, const struct decode_field *field,
                                 const struct value *value, decode_fn *decode_item,
                                 struct integers *integers)
{
    struct items items = {0};
    if (!open_list(decoding, field, &value, &items)) {
        return false;
    }
    int64_t *found = decode_items(decoding, field, items, decode_item, sizeof(*found));
    if (found == NULL) {
        return false;
    }
    *integers = (struct integers){found, items.count, !decoding->is_fallback, value};
    return true;
}

static bool decode_integers(struct decoding *decoding, const struct decode_field *field,
                            const struct value *value, void *slot)
{
    return decode_integer_items(decoding, field, value, decode_integer, slot);
}

static bool decode_word_item(struct decoding *decoding, const struct decode_field *field,
                             const struct value *value, void *slot)
{
    int64_t *item = slot;
    int word;
    if (!decode_word(decoding, field, value, &word)) {
        return false;
    }
    *item = word;
    return true;
}

static bool decode_words(struct decoding *decoding, const struct decode_field *field,
                         const struct value *value, void *slot)
{
    return decode_integer_items(decoding, field, value, decode_word_item, slot);
}

static bool check_map(struct decoding *decoding, const struct decode_field *field,
                      const struct value *value)
{
    if (value->type != VALUE_MAP) {
        return decode_complain(decoding, field, value, "a map", NULL);
    }
    if (value->count == 0 && (field->flags & DECODE_NOT_EMPTY) != 0) {
        return decode_complain_empty(decoding, field, value);
    }
    return true;
}

static bool decode_record_item(struct decoding *decoding, const struct decode_field *field,
                               const struct value *value, void *slot)
{
    if (!check_map(decoding, field, value)) {
        return false;
    }
    decode_map(decoding, field->table, value, slot);
    return true;
}

static bool decode_record(struct decoding *decoding, const struct decode_field *field,
                          const struct value *value, void *slot)
{
    const void **record = slot;
    void *found = arena_alloc(decoding->arena, field->table->size);
    if (!decode_record_item(decoding, field, value, found)) {
        return false;
    }
    *record = found;
    return true;
}

static bool decode_record_list(struct decoding *decoding, const struct decode_field *field,
                               const struct value *value, void *slot)
{
    struct records *records = slot;
    struct items items = {0};
    if (!open_list(decoding, field, &value, &items)) {
        return false;
    }
    void *found = decode_items(decoding, field, items, decode_record_item, field->table->size);
    if (found == NULL) {
        return false;
    }
    *records = (struct records){found, items.count, !decoding->is_fallback, value};
    return true;
}

static bool decode_record_map(struct decoding *decoding, const struct decode_field *field,
                              const struct value *value, void *slot)
{
    struct records *records = slot;
    if (!check_map(decoding, field, value)) {
        return false;
    }
    size_t size = field->table->size;
    char *found = arena_alloc(decoding->arena, value->count * size);
    for (size_t i = 0; i < value->count; i++) {
        const struct value_member *member = &value->members[i];
        void *record = found + i * size;
        struct decoded *decoded = record;
        decoded->name = member->name.at;
        decoded->name_at = member->name_at;
        decode_map(decoding, field->table, member->value, record);
    }
    *records = (struct records){found, value->count, !decoding->is_fallback, value};
    return true;
}

static bool decode_any(struct decoding *decoding, const struct decode_field *field,
                       const struct value *value, void *slot)
{
    const struct value **any = slot;
    if ((field->flags & DECODE_NOT_EMPTY) != 0 && value->count == 0 && value->text.len == 0 &&
        value->type >= VALUE_TEXT) {
        return decode_complain_empty(decoding, field, value);
    }
    *any = value;
    return true;
}

static decode_fn *const decoders[] = {
    [DECODE_TEXT] = decode_text,
    [DECODE_BOOL] = decode_bool,
    [DECODE_INTEGER] = decode_integer,
    [DECODE_DECIMAL] = decode_decimal,
    [DECODE_DURATION] = decode_duration,
    [DECODE_TIME] = decode_time,
    [DECODE_WORD] = decode_word,
    [DECODE_TEXTS] = decode_texts,
    [DECODE_INTEGERS] = decode_integers,
    [DECODE_WORDS] = decode_words,
    [DECODE_RECORD] = decode_record,
    [DECODE_RECORD_LIST] = decode_record_list,
    [DECODE_RECORD_MAP] = decode_record_map,
    [DECODE_ANY] = decode_any,
};
_Static_assert(sizeof(decoders) / sizeof(decoders[0]) == DECODE_TYPE_COUNT,
               "a decoder for each type");

static void decode_fallback(struct decoding *decoding, const struct decode_field *field, void *slot)
{
    AUTO(problems) struct problems problems = {0};
    struct decoding inner = {.arena = decoding->arena, .problems = &problems, .is_fallback = true};
    struct value lone = {.type = VALUE_TEXT, .plain = true, .text = str_from(field->fallback)};
    const struct value *value = &lone;
    if (field->fallback[0] == '[' || field->fallback[0] == '{') {
        if (!yaml_read(decoding->arena, "fallback", lone.text, &problems, &value)) {
            BUG("the fallback of '%s' is not YAML", field->name);
        }
    } else if (field->type >= DECODE_TEXTS) { /* lists point to what they were read from */
        value = value_copy(decoding->arena, &lone);
    }
    if (!decoders[field->type](&inner, field, value, slot) || problems.error_count > 0) {
        BUG("the fallback of '%s' does not fit its type", field->name);
    }
}

/* What an absent member becomes, in a zeroed struct. */
static void set_absent(struct decoding *decoding, const struct decode_field *field, void *slot)
{
    if (field->fallback != NULL) {
        decode_fallback(decoding, field, slot);
    } else if (field->type == DECODE_DURATION) {
        *(int64_t *)slot = -1;
    } else if (field->type == DECODE_TIME) {
        ((struct utc *)slot)->ms = INT64_MIN;
    } else if (field->type == DECODE_WORD) {
        *(int *)slot = -1;
    }
}

static void report_missing(struct decoding *decoding, const struct decode_table *table,
                           const struct decode_field *field, const struct decoded *record)
{
    struct position at = record->name == NULL ? record->source->at : record->name_at;
    problems_add(decoding->problems,
                 error_at(error_new(ERR_PLAN, "missing '%s' in %s", field->name, table->name), at));
}

static void decode_member(struct decoding *decoding, const struct decode_table *table,
                          const struct decode_field *field, struct decoded *record)
{
    void *slot = (char *)record + field->offset;
    const struct value *value = value_find(record->source, field->name);
    bool is_absent = value == NULL || decode_is_null(value);
    if (is_absent && (field->flags & DECODE_REQUIRED) != 0) {
        report_missing(decoding, table, field, record);
    }
    if (is_absent || !decoders[field->type](decoding, field, value, slot)) {
        set_absent(decoding, field, slot);
    }
}

static void report_unknown(struct decoding *decoding, const struct decode_table *table,
                           const struct value *map)
{
    for (size_t i = 0; i < map->count; i++) {
        const struct value_member *member = &map->members[i];
        if (find_field(table, member->name) != NULL) {
            continue;
        }
        /* Beyond the limit they are only counted: no long search for a suggestion. */
        bool is_kept = decoding->problems->error_count < LIMIT_PLAN_PROBLEMS;
        problems_add(decoding->problems, is_kept
                                             ? decode_unknown(table, member->name, member->name_at)
                                             : unknown_key(table, member->name, member->name_at));
    }
}

static void report_no_map(struct decoding *decoding, const struct decode_table *table,
                          const struct decoded *record)
{
    const char *name = record->name;
    struct error *error = error_new(ERR_PLAN, "%s%s%s%s must be a map, not %s", table->name,
                                    name == NULL ? "" : " '", name == NULL ? "" : name,
                                    name == NULL ? "" : "'", value_type_name(record->source->type));
    problems_add(decoding->problems, error_at(error, record->source->at));
}

/* Recursion is as deep as the tables nest. */
static void decode_map(struct decoding *decoding, const struct decode_table *table,
                       const struct value *map, struct decoded *ret)
{
    struct decoding inner = *decoding;
    inner.in_list = false;
    ret->source = map;
    bool is_map = map->type == VALUE_MAP;
    if (!is_map) {
        report_no_map(decoding, table, ret);
    }
    for (int set = 0; set < 2; set++) {
        for (const struct decode_field *row = rows_of(table, set); row->name != NULL; row++) {
            if (is_map) {
                decode_member(&inner, table, row, ret);
            } else {
                set_absent(&inner, row, (char *)ret + row->offset);
            }
        }
    }
    if (is_map && (decoding->flags & DECODE_SKIP_UNKNOWN) == 0) {
        report_unknown(&inner, table, map);
    }
}

bool decode(struct arena *arena, const struct decode_table *table, const struct value *value,
            unsigned flags, struct problems *problems, void *ret)
{
    struct decoding decoding = {.arena = arena, .problems = problems, .flags = flags};
    size_t before = problems->error_count;
    decode_map(&decoding, table, value, ret);
    return problems->error_count == before;
}

struct position decoded_at(const struct decoded *decoded, const char *member)
{
    const struct value *value = value_find(decoded->source, member);
    if (value != NULL) {
        return value->at;
    }
    if (decoded->name != NULL || decoded->source == NULL) {
        return decoded->name_at;
    }
    return decoded->source->at;
}

struct position texts_at(const struct texts *texts, size_t i)
{
    const struct value *source = texts->source;
    if (source == NULL) {
        return (struct position){0};
    }
    return source->type == VALUE_LIST && i < source->count ? source->items[i]->at : source->at;
}
