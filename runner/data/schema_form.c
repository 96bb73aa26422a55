/* SPDX-License-Identifier: MIT */
#include "data/schema_form.h"

#include <string.h>

#include "base/buf.h"
#include "base/limit.h"
#include "base/mem.h"
#include "data/schema_sample.h"

#define DURATION_SHORT "([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?"
#define DURATION_ISO_TIME "T(?=[0-9])([0-9]+H)?([0-9]+M)?([0-9]+(\\.[0-9]{1,9})?S)?"
#define DURATION_PATTERN                                                                           \
    "^((?=[0-9])" DURATION_SHORT "|P(?=[0-9T])([0-9]+D)?(" DURATION_ISO_TIME ")?)$"
#define TIME_PATTERN                                                                               \
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?"                    \
    "([Zz]|[+-][0-9]{2}:[0-9]{2})$"

/* Writes forms one after the other into an open list, or the only form of a list's items. */
typedef void forms_fn(struct schema_draft *draft, const struct decode_field *field);

/* ------------------------------------------------------------------ definitions and their names */

static bool has_definition(const struct schema_draft *draft, const char *name)
{
    for (size_t i = 0; i < draft->definitions.count; i++) {
        if (text_equal(draft->definitions.items[i].name, name)) {
            return true;
        }
    }
    return false;
}

/* "selection rule" is selection-rule; a second table of that name is selection-rule-2. */
static const char *new_name(const struct schema_draft *draft, const char *wanted)
{
    char *base = arena_text(draft->arena, wanted);
    for (char *c = strchr(base, ' '); c != NULL; c = strchr(c, ' ')) {
        *c = '-';
    }
    const char *name = base;
    for (int i = 2; has_definition(draft, name); i++) {
        name = arena_format(draft->arena, "%s-%d", base, i);
    }
    return name;
}

const char *schema_form_name(struct schema_draft *draft, const struct decode_table *table,
                             const struct schema_variant *variant)
{
    for (size_t i = 0; i < draft->definitions.count; i++) {
        const struct schema_definition *definition = &draft->definitions.items[i];
        if (definition->table == table && definition->variant == variant) {
            return definition->name;
        }
    }
    const char *wanted = variant == NULL
                             ? table->name
                             : arena_format(draft->arena, "%s %s", variant->name, table->name);
    const char *name = new_name(draft, wanted);
    vec_push(&draft->definitions, (struct schema_definition){name, table, variant});
    return name;
}

void schema_form_reference(struct schema_draft *draft, const char *name)
{
    AUTO(buf) struct buf path = BUF_INIT(LIMIT_TEXT_BYTES);
    buf_format(&path, "#/definitions/%s", name);
    json_begin_map(&draft->json);
    json_member_str(&draft->json, "$ref", buf_str(&path));
    json_end(&draft->json);
}

/* "not": {"type": [...]} into an open map.  What a value is not is never offered by an editor, as
 * null, true and false would be where a text is wanted. */
static void member_not(struct schema_draft *draft, const char *const *types)
{
    json_name(&draft->json, "not");
    json_begin_map(&draft->json);
    json_name(&draft->json, "type");
    json_begin_list(&draft->json);
    for (size_t i = 0; types[i] != NULL; i++) {
        json_text(&draft->json, types[i]);
    }
    json_end(&draft->json);
    json_end(&draft->json);
}

static void form_type(struct schema_draft *draft, const char *type)
{
    json_begin_map(&draft->json);
    json_member_text(&draft->json, "type", type);
    json_end(&draft->json);
}

/* The form that stands for any scalar in a file with ${…}. */
static void form_expression(struct schema_draft *draft)
{
    if (draft->source->has_references) {
        schema_form_reference(draft, "reference");
    }
}

/* ------------------------------------------------------------------ forms of each type */

static void write_least(struct schema_draft *draft, const struct decode_field *field,
                        const char *name)
{
    if ((field->flags & DECODE_NOT_EMPTY) != 0) {
        json_member_integer(&draft->json, name, 1);
    }
}

static void forms_of_text(struct schema_draft *draft, const struct decode_field *field)
{
    json_begin_map(&draft->json);
    json_member_text(&draft->json, "type", "string");
    write_least(draft, field, "minLength");
    json_end(&draft->json);
    schema_form_reference(draft, "scalar");
}

static void forms_of_bool(struct schema_draft *draft, const struct decode_field *field)
{
    (void)field;
    form_type(draft, "boolean");
    form_expression(draft);
}

static void form_number(struct schema_draft *draft, const struct decode_field *field)
{
    bool is_decimal = field->type == DECODE_DECIMAL;
    bool has_range = field->min < 0 || field->min > 0 || field->max < 0 || field->max > 0;
    json_begin_map(&draft->json);
    json_member_text(&draft->json, "type", is_decimal ? "number" : "integer");
    if (has_range) {
        json_name(&draft->json, "minimum");
        json_decimal(&draft->json, field->min);
        json_name(&draft->json, "maximum");
        json_decimal(&draft->json, field->max);
    }
    json_end(&draft->json);
}

static void forms_of_number(struct schema_draft *draft, const struct decode_field *field)
{
    form_number(draft, field);
    form_expression(draft);
}

static void forms_of_duration(struct schema_draft *draft, const struct decode_field *field)
{
    (void)field;
    schema_form_reference(draft, "duration");
    form_expression(draft);
}

static void forms_of_time(struct schema_draft *draft, const struct decode_field *field)
{
    (void)field;
    schema_form_reference(draft, "time");
    form_expression(draft);
}

/* "^(on|off)$", or "^([Oo][Nn]|[Oo][Ff][Ff])$" */
static void form_pattern(struct schema_draft *draft, const char *const *words, bool ignoring_case)
{
    AUTO(buf) struct buf pattern = BUF_INIT(LIMIT_TEXT_BYTES);
    for (size_t i = 0; words[i] != NULL; i++) {
        buf_append_text(&pattern, i == 0 ? "^(" : "|");
        for (const char *c = words[i]; *c != '\0'; c++) {
            char small = (char)(*c | 0x20);
            if (ignoring_case && small >= 'a' && small <= 'z') {
                buf_format(&pattern, "[%c%c]", small - 'a' + 'A', small);
            } else {
                buf_append_char(&pattern, *c);
            }
        }
    }
    buf_append_text(&pattern, ")$");
    json_begin_map(&draft->json);
    json_member_text(&draft->json, "type", "string");
    json_member_str(&draft->json, "pattern", buf_str(&pattern));
    json_end(&draft->json);
}

static void form_word(struct schema_draft *draft, const char *const *words)
{
    json_begin_map(&draft->json);
    json_name(&draft->json, "enum");
    json_begin_list(&draft->json);
    for (size_t i = 0; words[i] != NULL; i++) {
        schema_sample_word(&draft->json, words[i]);
    }
    json_end(&draft->json);
    json_end(&draft->json);
}

/* Words that are accepted and not offered: in other letters, in quotes where YAML needs none. */
static bool has_other_words(const struct decode_field *field)
{
    bool has_others = (field->flags & (DECODE_OPEN_WORDS | DECODE_IGNORING_CASE)) != 0;
    for (size_t i = 0; field->words[i] != NULL; i++) {
        has_others = has_others || !schema_sample_is_text(field->words[i]);
    }
    return has_others;
}

static void form_other_words(struct schema_draft *draft, const struct decode_field *field)
{
    if ((field->flags & DECODE_OPEN_WORDS) != 0) {
        form_type(draft, "string");
    } else {
        form_pattern(draft, field->words, (field->flags & DECODE_IGNORING_CASE) != 0);
    }
}

static void forms_of_word(struct schema_draft *draft, const struct decode_field *field)
{
    form_word(draft, field->words);
    if (has_other_words(field)) {
        form_other_words(draft, field);
    }
    form_expression(draft);
}

/* ------------------------------------------------------------------ lists and records */

/* Items have one form each: editors offer "array item" for every further one. */
static void form_list(struct schema_draft *draft, const struct decode_field *field,
                      forms_fn *form_item)
{
    json_begin_map(&draft->json);
    json_member_text(&draft->json, "type", "array");
    json_name(&draft->json, "items");
    form_item(draft, field);
    write_least(draft, field, "minItems");
    json_end(&draft->json);
}

/* A list with at least one ${…} in it, if there may be any. */
static void form_list_of_expressions(struct schema_draft *draft, const struct decode_field *field,
                                     forms_fn *form_item)
{
    struct json_writer *json = &draft->json;
    if (!draft->source->has_references) {
        return;
    }
    json_begin_map(json);
    json_member_text(json, "type", "array");
    json_name(json, "contains");
    schema_form_reference(draft, "reference");
    json_name(json, "items");
    json_begin_map(json);
    json_name(json, "if");
    schema_form_reference(draft, "reference");
    json_name(json, "else");
    form_item(draft, field);
    json_end(json);
    json_end(json);
}

static void form_text_item(struct schema_draft *draft, const struct decode_field *field)
{
    static const char *const not_text[] = {"object", "array", "null", NULL};
    json_begin_map(&draft->json);
    member_not(draft, not_text);
    write_least(draft, field, "minLength");
    json_end(&draft->json);
}

static void form_word_item(struct schema_draft *draft, const struct decode_field *field)
{
    if ((field->flags & (DECODE_OPEN_WORDS | DECODE_IGNORING_CASE)) != 0) {
        form_other_words(draft, field);
    } else {
        form_word(draft, field->words);
    }
}

static void forms_of_texts(struct schema_draft *draft, const struct decode_field *field)
{
    forms_of_text(draft, field);
    form_list(draft, field, form_text_item);
}

static void forms_of_integers(struct schema_draft *draft, const struct decode_field *field)
{
    form_list(draft, field, form_number);
    form_list_of_expressions(draft, field, form_number);
}

static void forms_of_words(struct schema_draft *draft, const struct decode_field *field)
{
    forms_of_word(draft, field);
    form_list(draft, field, form_word_item);
    form_list_of_expressions(draft, field, form_word_item);
}

static void forms_of_record(struct schema_draft *draft, const struct decode_field *field)
{
    schema_form_reference(draft, schema_form_name(draft, field->table, NULL));
}

static void forms_of_record_list(struct schema_draft *draft, const struct decode_field *field)
{
    form_list(draft, field, forms_of_record);
}

static void forms_of_record_map(struct schema_draft *draft, const struct decode_field *field)
{
    json_begin_map(&draft->json);
    json_member_text(&draft->json, "type", "object");
    if (draft->source->name_pattern != NULL) {
        json_name(&draft->json, "propertyNames");
        json_begin_map(&draft->json);
        json_member_text(&draft->json, "pattern", draft->source->name_pattern);
        json_end(&draft->json);
    }
    json_name(&draft->json, "additionalProperties");
    schema_form_reference(draft, schema_form_name(draft, field->table, NULL));
    write_least(draft, field, "minProperties");
    json_end(&draft->json);
}

static void forms_of_any(struct schema_draft *draft, const struct decode_field *field)
{
    static const char *const null[] = {"null", NULL};
    (void)field;
    json_begin_map(&draft->json);
    member_not(draft, null);
    json_end(&draft->json);
}

static forms_fn *const forms_of[] = {
    [DECODE_TEXT] = forms_of_text,
    [DECODE_BOOL] = forms_of_bool,
    [DECODE_INTEGER] = forms_of_number,
    [DECODE_DECIMAL] = forms_of_number,
    [DECODE_DURATION] = forms_of_duration,
    [DECODE_TIME] = forms_of_time,
    [DECODE_WORD] = forms_of_word,
    [DECODE_TEXTS] = forms_of_texts,
    [DECODE_INTEGERS] = forms_of_integers,
    [DECODE_WORDS] = forms_of_words,
    [DECODE_RECORD] = forms_of_record,
    [DECODE_RECORD_LIST] = forms_of_record_list,
    [DECODE_RECORD_MAP] = forms_of_record_map,
    [DECODE_ANY] = forms_of_any,
};
_Static_assert(sizeof(forms_of) / sizeof(forms_of[0]) == DECODE_TYPE_COUNT, "forms of each type");

void schema_form_write(struct schema_draft *draft, const struct decode_field *field)
{
    forms_of[field->type](draft, field);
}

/* ------------------------------------------------------------------ shared definitions */

/* Their docs are comments: an editor would show a description instead of the member's own. */
static void define_pattern(struct schema_draft *draft, const char *name, const char *comment,
                           const char *pattern)
{
    json_name(&draft->json, name);
    json_begin_map(&draft->json);
    json_member_text(&draft->json, "$comment", comment);
    json_member_text(&draft->json, "type", "string");
    json_member_text(&draft->json, "pattern", pattern);
    json_end(&draft->json);
}

static void define_not(struct schema_draft *draft, const char *name, const char *comment,
                       const char *const *types)
{
    json_name(&draft->json, name);
    json_begin_map(&draft->json);
    json_member_text(&draft->json, "$comment", comment);
    member_not(draft, types);
    json_end(&draft->json);
}

void schema_form_define_shared(struct schema_draft *draft)
{
    static const char *const not_scalar[] = {"string", "object", "array", "null", NULL};
    static const char *const not_nothing[] = {"string", "object",  "array",
                                              "number", "boolean", NULL};
    define_not(draft, "nothing", "A key without a value counts as left out.", not_nothing);
    define_not(draft, "scalar", "Text that YAML reads as a number, true or false.", not_scalar);
    define_pattern(draft, "duration", "A duration such as 90s, 15m, 4h, 3d, 1h30m or PT4H.",
                   DURATION_PATTERN);
    define_pattern(draft, "time", "A time with its zone, such as 2026-11-01T02:00:00Z.",
                   TIME_PATTERN);
    if (draft->source->has_references) {
        define_pattern(draft, "reference",
                       "A text with ${…} in it, which is replaced before it is read.",
                       "(^|[^$])\\$\\{");
    }
}
