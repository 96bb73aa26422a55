/* SPDX-License-Identifier: MIT */
#include "data/schema.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/limit.h"
#include "base/mem.h"
#include "base/vec.h"
#include "data/json_write.h"
#include "data/schema_form.h"
#include "data/schema_sample.h"

/* ------------------------------------------------------------------ members */

/* The doc, and what no other keyword can say. */
static void write_description(struct schema_draft *draft, const struct decode_field *field)
{
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
    char from[DURATION_TEXT_SIZE];
    char to[DURATION_TEXT_SIZE];
    buf_append_text(&text, field->doc);
    if (field->type == DECODE_DURATION && field->max > 0) {
        buf_format(&text, " (%s to %s)", duration_format((int64_t)field->min, from),
                   duration_format((int64_t)field->max, to));
    }
    json_member_str(&draft->json, "description", buf_str(&text));
}

static void write_samples(struct schema_draft *draft, const struct decode_field *field)
{
    if (field->fallback != NULL) {
        json_name(&draft->json, "default");
        schema_sample_write(&draft->json, draft->arena, field, field->fallback);
    }
    if (field->example != NULL) {
        json_name(&draft->json, "examples");
        json_begin_list(&draft->json);
        schema_sample_write(&draft->json, draft->arena, field, field->example);
        json_end(&draft->json);
    }
}

static void write_member(struct schema_draft *draft, const struct decode_field *field)
{
    json_name(&draft->json, field->name);
    if ((field->flags & DECODE_HIDDEN) != 0) {
        json_bool(&draft->json, true);
        return;
    }
    json_begin_map(&draft->json);
    write_description(draft, field);
    write_samples(draft, field);
    json_name(&draft->json, "anyOf");
    json_begin_list(&draft->json);
    schema_form_write(draft, field);
    if ((field->flags & DECODE_REQUIRED) == 0) {
        schema_form_reference(draft, "nothing");
    }
    json_end(&draft->json);
    json_end(&draft->json);
}

/* The member that decides: a text to its table, one of the variants' names to the schema. */
static void write_deciding(struct schema_draft *draft, const struct decode_field *field)
{
    const struct schema_source *source = draft->source;
    const char **names = ARENA_ARRAY(draft->arena, const char *, source->variant_count + 1);
    for (size_t i = 0; i < source->variant_count; i++) {
        names[i] = source->variants[i].name;
    }
    struct decode_field word = *field;
    word.type = DECODE_WORD;
    word.words = names;
    write_member(draft, &word);
}

static void write_rows(struct schema_draft *draft, const struct decode_table *table,
                       const struct decode_field *rows)
{
    const struct schema_source *source = draft->source;
    for (const struct decode_field *row = rows; row != NULL && row->name != NULL; row++) {
        if (table == source->variant_table && text_equal(row->name, source->variant_member)) {
            write_deciding(draft, row);
        } else {
            write_member(draft, row);
        }
    }
}

static void write_required(struct schema_draft *draft, const struct decode_field *rows)
{
    for (const struct decode_field *row = rows; row != NULL && row->name != NULL; row++) {
        if ((row->flags & DECODE_REQUIRED) != 0) {
            json_text(&draft->json, row->name);
        }
    }
}

/* A record's members that are described where every variant has them. */
static void write_shared(struct schema_draft *draft, const struct decode_field *rows)
{
    for (const struct decode_field *row = rows; row != NULL && row->name != NULL; row++) {
        json_name(&draft->json, row->name);
        json_bool(&draft->json, true);
    }
}

/* if it says the variant's name, then it has the variant's members and no others */
static void write_choice(struct schema_draft *draft, const struct schema_variant *variant)
{
    const struct schema_source *source = draft->source;
    struct json_writer *json = &draft->json;
    json_begin_map(json);
    json_name(json, "if");
    json_begin_map(json);
    json_name(json, "properties");
    json_begin_map(json);
    json_name(json, source->variant_member);
    json_begin_map(json);
    json_member_text(json, "const", variant->name);
    json_end(json);
    json_end(json);
    json_name(json, "required");
    json_begin_list(json);
    json_text(json, source->variant_member);
    json_end(json);
    json_end(json);
    json_name(json, "then");
    schema_form_reference(draft, schema_form_name(draft, source->variant_table, variant));
    json_end(json);
}

/* ------------------------------------------------------------------ whole records */

static void write_record(struct schema_draft *draft, const struct decode_table *table)
{
    const struct schema_source *source = draft->source;
    struct json_writer *json = &draft->json;
    bool has_variants = table == source->variant_table;
    json_member_text(json, "type", "object");
    json_name(json, "properties");
    json_begin_map(json);
    write_rows(draft, table, table->fields);
    write_rows(draft, table, table->more);
    json_end(json);
    json_name(json, "required");
    json_begin_list(json);
    write_required(draft, table->fields);
    write_required(draft, table->more);
    json_end(json);
    if (!has_variants) {
        json_member_bool(json, "additionalProperties", false);
        return;
    }
    json_name(json, "allOf");
    json_begin_list(json);
    for (size_t i = 0; i < source->variant_count; i++) {
        write_choice(draft, &source->variants[i]);
    }
    json_end(json);
}

static void write_variant(struct schema_draft *draft, const struct schema_definition *definition)
{
    static const struct decode_table no_members = {.fields = NULL};
    struct json_writer *json = &draft->json;
    const struct decode_table *own = definition->variant->table;
    own = own == NULL ? &no_members : own;
    json_name(json, "properties");
    json_begin_map(json);
    write_shared(draft, definition->table->fields);
    write_shared(draft, definition->table->more);
    write_rows(draft, own, own->fields);
    write_rows(draft, own, own->more);
    json_end(json);
    json_name(json, "required");
    json_begin_list(json);
    write_required(draft, own->fields);
    write_required(draft, own->more);
    json_end(json);
    json_member_bool(json, "additionalProperties", false);
}

static void write_definition(struct schema_draft *draft, struct schema_definition definition)
{
    const struct schema_variant *variant = definition.variant;
    json_name(&draft->json, definition.name);
    json_begin_map(&draft->json);
    json_member_text(&draft->json, "description",
                     variant == NULL ? definition.table->doc : variant->doc);
    if (variant == NULL) {
        write_record(draft, definition.table);
    } else {
        write_variant(draft, &definition);
    }
    json_end(&draft->json);
}

/* ------------------------------------------------------------------ the whole */

static void write_definitions(struct schema_draft *draft)
{
    json_name(&draft->json, "definitions");
    json_begin_map(&draft->json);
    schema_form_define_shared(draft);
    for (size_t i = 0; i < draft->definitions.count; i++) {
        write_definition(draft, draft->definitions.items[i]);
    }
    json_end(&draft->json);
}

void schema_write(const struct schema_source *source, struct buf *ret)
{
    AUTO(arena) struct arena *arena = arena_new();
    struct schema_draft draft = {
        .json = json_writer(ret, JSON_INDENTED),
        .source = source,
        .arena = arena,
    };
    json_begin_map(&draft.json);
    json_member_text(&draft.json, "$schema", "http://json-schema.org/draft-07/schema#");
    json_member_text(&draft.json, "$id", source->id);
    json_member_text(&draft.json, "title", source->title);
    json_member_text(&draft.json, "description", source->table->doc);
    write_record(&draft, source->table);
    write_definitions(&draft);
    json_end(&draft.json);
    buf_append_char(ret, '\n');
    vec_release(&draft.definitions);
}
