/* SPDX-License-Identifier: MIT */
#include "cli/resolved.h"

#include <stdint.h>

#include "base/buf.h"
#include "base/limit.h"
#include "base/mem.h"
#include "base/number.h"
#include "data/decode_scalar.h"
#include "data/json_write.h"
#include "data/yaml_read.h"
#include "plan/plan_load.h"
#include "plan/plan_shape.h"
#include "plan/plan_table.h"

struct walk {
    struct arena *arena;
    const struct plan *plan;
    const struct kind *const *kinds;
    struct resolved *out;
    const char *origin; /* of all that comes now; NULL: its place in the file */
};

/* Where the walk is. */
struct spot {
    const char *path;
    const char *name;
    size_t depth;
};

/* A value, and the same before its references were replaced; both NULL: there is none. */
struct pair {
    const struct value *now, *written;
};

struct record {
    const struct decode_table *table;
    struct pair map;
    const struct record *under; /* what it leaves out may stand there (a step's in `defaults`), or
                                   in the table of that; NULL: nowhere */
};

/* What may be left out if there is one only. */
static const struct lone {
    const struct decode_table *table;
    const char *member, *section;
    bool is_of_restores;
} lones[] = {
    {&plan_step_table, "select", "selection", true },
    {&plan_step_table, "target", "targets",   true },
    {&plan_item_table, "vault",  "vaults",    false},
};

static struct pair find(struct pair map, const char *name)
{
    struct pair found = {value_find(map.now, name), value_find(map.written, name)};
    bool is_absent = found.now == NULL || decode_is_null(found.now);
    return is_absent ? (struct pair){NULL, NULL} : found;
}

/* ------------------------------------------------------------------ places */

static bool is_word(const char *name)
{
    for (const char *c = name; *c != '\0'; c++) {
        bool is_letter = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z');
        if (!is_letter && !(*c >= '0' && *c <= '9') && *c != '_' && *c != '-') {
            return false;
        }
    }
    return name[0] != '\0';
}

static struct spot inside(const struct walk *walk, struct spot spot, const char *name)
{
    struct spot ret = {.name = name, .depth = spot.path == NULL ? 0 : spot.depth + 1};
    if (is_word(name)) {
        ret.path = spot.path == NULL ? name : arena_format(walk->arena, "%s.%s", spot.path, name);
        return ret;
    }
    AUTO(buf) struct buf quoted = BUF_INIT(LIMIT_TEXT_BYTES);
    struct json_writer json = json_writer(&quoted, JSON_COMPACT);
    json_text(&json, name);
    ret.path =
        arena_format(walk->arena, "%s[%s]", spot.path == NULL ? "" : spot.path, buf_text(&quoted));
    return ret;
}

static struct spot item_of(const struct walk *walk, struct spot spot, size_t i)
{
    return (struct spot){arena_format(walk->arena, "%s[%zu]", spot.path, i), NULL, spot.depth + 1};
}

static void append_variable(const struct walk *walk, struct str name, struct buf *ret)
{
    const struct plan_variable *variables = walk->plan->variables.items;
    for (size_t i = 0; i < walk->plan->variables.count; i++) {
        const struct plan_variable *variable = &variables[i];
        if (!str_equal(str_from(variable->base.name), name)) {
            continue;
        }
        if (variable->origin == NULL) {
            buf_format(ret, ", default of %s on line %d", variable->base.name,
                       decoded_at(&variable->base, "default").line);
        } else {
            buf_format(ret, ", %s", variable->origin);
        }
    }
}

/* Who gave the values that replaced a text's references. */
static void append_references(const struct walk *walk, struct str text, struct buf *ret)
{
    for (size_t at = 0; at < text.len; at++) {
        struct str rest = str_slice(text, at, text.len);
        if (str_starts_with(rest, STR("$${"))) {
            at += 2;
            continue;
        }
        struct str inner = str_slice(rest, 2, str_find_char(rest, '}'));
        if (str_starts_with(rest, STR("${var."))) {
            append_variable(walk, str_slice(inner, 4, inner.len), ret);
        } else if (str_starts_with(rest, STR("${env."))) {
            buf_format(ret, ", environment variable " STR_FMT,
                       STR_ARG(str_slice(inner, 4, inner.len)));
        }
    }
}

static const char *origin_of(const struct walk *walk, struct pair pair)
{
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
    if (walk->origin != NULL) {
        return walk->origin;
    }
    buf_format(&text, "%s:%d", walk->plan->file, pair.now->at.line);
    if (pair.written != NULL && pair.written != pair.now) {
        append_references(walk, pair.written->text, &text);
    }
    return arena_copy(walk->arena, buf_str(&text));
}

/* ------------------------------------------------------------------ values */

/* A plain scalar as what its row reads it as; its text stays. */
static const struct value *typed(const struct walk *walk, enum decode_type type,
                                 const struct value *value)
{
    if (value->type != VALUE_TEXT || !value->plain) {
        return value;
    }
    if (decode_is_null(value)) {
        return value_new(walk->arena, VALUE_NULL);
    }
    struct value *copy = ARENA_NEW(walk->arena, struct value);
    *copy = *value;
    bool is_integer = type == DECODE_INTEGER || type == DECODE_INTEGERS;
    if (is_integer && number_parse(value->text, INT64_MIN, INT64_MAX, &copy->integer)) {
        copy->type = VALUE_INTEGER;
    } else if (type == DECODE_DECIMAL && number_parse_decimal(value->text, &copy->decimal)) {
        copy->type = VALUE_DECIMAL;
    } else if (type == DECODE_BOOL) {
        copy->type = VALUE_BOOL;
        copy->boolean = str_equal(value->text, STR("true"));
    }
    return copy;
}

static void put_leaf(struct walk *walk, struct spot spot, enum decode_type type, struct pair pair)
{
    vec_push(walk->out, (struct resolved_value){.path = spot.path,
                                                .name = spot.name,
                                                .depth = spot.depth,
                                                .shape = RESOLVED_LEAF,
                                                .value = typed(walk, type, pair.now),
                                                .origin = origin_of(walk, pair)});
}

/* Gives the index of the opening, for end(). */
static size_t begin(struct walk *walk, struct spot spot, enum resolved_shape shape)
{
    vec_push(walk->out,
             (struct resolved_value){
                 .path = spot.path, .name = spot.name, .depth = spot.depth, .shape = shape});
    return walk->out->count - 1;
}

/* What came out empty is taken back; it is a leaf if the file has it. */
static void end(struct walk *walk, size_t opening, struct spot spot, struct pair pair)
{
    if (walk->out->count == opening + 1) {
        walk->out->count = opening;
        if (pair.now != NULL) {
            put_leaf(walk, spot, DECODE_ANY, pair);
        }
    }
}

static struct pair item_at(struct pair list, size_t i)
{
    bool has_items = list.written != NULL && list.written->type == VALUE_LIST;
    /* A variable's list stands for the text that names it. */
    return (struct pair){list.now->items[i], has_items ? list.written->items[i] : list.written};
}

static struct pair member_at(struct pair map, size_t i)
{
    bool has_written = map.written != NULL && map.written->type == VALUE_MAP;
    return (struct pair){map.now->members[i].value,
                         has_written ? map.written->members[i].value : NULL};
}

/* Without a table; as deep as the tree, which its reader holds to LIMIT_PLAN_DEPTH. */
static void walk_value(struct walk *walk, struct spot spot, enum decode_type type, struct pair pair)
{
    bool is_list = pair.now->type == VALUE_LIST;
    if (!is_list && pair.now->type != VALUE_MAP) {
        put_leaf(walk, spot, type, pair);
        return;
    }
    size_t opening = begin(walk, spot, is_list ? RESOLVED_LIST : RESOLVED_MAP);
    for (size_t i = 0; i < pair.now->count; i++) {
        if (is_list) {
            walk_value(walk, item_of(walk, spot, i), type, item_at(pair, i));
        } else {
            walk_value(walk, inside(walk, spot, pair.now->members[i].name.at), type,
                       member_at(pair, i));
        }
    }
    end(walk, opening, spot, pair);
}

/* One text stands for a list of one. */
static void walk_scalars(struct walk *walk, struct spot spot, enum decode_type type,
                         struct pair pair)
{
    bool is_many = type == DECODE_TEXTS || type == DECODE_WORDS || type == DECODE_INTEGERS;
    if (!is_many || pair.now->type == VALUE_LIST) {
        walk_value(walk, spot, type, pair);
        return;
    }
    (void)begin(walk, spot, RESOLVED_LIST);
    put_leaf(walk, item_of(walk, spot, 0), type, pair);
}

/* ------------------------------------------------------------------ what is left out */

static void walk_other(struct walk *walk, struct spot spot, enum decode_type type,
                       const struct value *value, const char *origin)
{
    walk->origin = origin;
    walk_scalars(walk, spot, type, (struct pair){value, value});
    walk->origin = NULL;
}

static void walk_fallback(struct walk *walk, struct spot spot, const struct decode_field *row)
{
    AUTO(problems) struct problems none = {0};
    const struct value *value = NULL;
    bool is_flow = row->fallback[0] == '[' || row->fallback[0] == '{';
    if (!is_flow) {
        struct value *plain = value_new_text(walk->arena, row->fallback);
        plain->plain = true;
        value = plain;
    } else if (!yaml_read(walk->arena, "default", str_from(row->fallback), &none, &value)) {
        BUG("the fallback of '%s' is not YAML", row->name);
    }
    walk_other(walk, spot, row->type, value, "default");
}

static const struct decode_field *row_of(const struct decode_table *table, const char *name)
{
    for (const struct decode_field *row = table == NULL ? NULL : table->fields;
         row != NULL && row->name != NULL; row++) {
        if (text_equal(row->name, name)) {
            return row;
        }
    }
    return NULL;
}

static bool restores(const struct walk *walk, const struct value *step)
{
    const struct kind *kind = plan_shape_kind(walk->kinds, value_text(step, "kind"));
    return kind != NULL && (kind->flags & KIND_RESTORES) != 0;
}

static void walk_lone(struct walk *walk, struct spot spot, const struct record *record)
{
    for (size_t i = 0; i < sizeof(lones) / sizeof(lones[0]); i++) {
        const struct lone *lone = &lones[i];
        const struct value *section = value_find(walk->plan->base.source, lone->section);
        if (lone->table != record->table || !text_equal(lone->member, spot.name) ||
            section == NULL || section->type != VALUE_MAP || section->count != 1 ||
            (lone->is_of_restores && !restores(walk, record->map.now))) {
            continue;
        }
        struct value *name = value_new_str(walk->arena, section->members[0].name);
        name->plain = true;
        walk_other(walk, spot, DECODE_TEXT, name,
                   arena_format(walk->arena, "the only one of %s", lone->section));
    }
}

/* ------------------------------------------------------------------ tables */

static void walk_record(struct walk *walk, struct spot spot, const struct record *record);

static void walk_records(struct walk *walk, struct spot spot, const struct decode_table *table,
                         struct pair section)
{
    struct pair root = {walk->plan->base.source, walk->plan->as_written};
    struct record defaults = {.table = &plan_defaults_table, .map = find(root, "defaults")};
    struct record record = {.table = table, .under = table == &plan_step_table ? &defaults : NULL};
    bool is_list = section.now->type == VALUE_LIST;
    size_t opening = begin(walk, spot, is_list ? RESOLVED_LIST : RESOLVED_MAP);
    for (size_t i = 0; i < section.now->count; i++) {
        record.map = is_list ? item_at(section, i) : member_at(section, i);
        walk_record(walk,
                    is_list ? item_of(walk, spot, i)
                            : inside(walk, spot, section.now->members[i].name.at),
                    &record);
    }
    end(walk, opening, spot, section);
}

/* A record that is left out is shown where another one stands for it, and as a section of the plan,
 * whose defaults hold all the same. */
static void walk_inner(struct walk *walk, struct spot spot, const struct decode_field *row,
                       const struct record *around)
{
    struct record under = {.table = NULL};
    struct record inner = {.table = row->table, .map = find(around->map, row->name)};
    const struct decode_field *under_row =
        around->under == NULL ? NULL : row_of(around->under->table, row->name);
    if (under_row != NULL) {
        under =
            (struct record){.table = under_row->table, .map = find(around->under->map, row->name)};
        inner.under = &under;
    }
    if (inner.map.now != NULL || under.map.now != NULL || around->table == &plan_table) {
        walk_record(walk, spot, &inner);
    }
}

static void walk_row(struct walk *walk, struct spot spot, const struct decode_field *row,
                     const struct record *record)
{
    const struct record *under = record->under;
    struct pair own = find(record->map, row->name);
    const struct decode_field *under_row = under == NULL ? NULL : row_of(under->table, row->name);
    if (own.now == NULL && under_row != NULL) {
        own = find(under->map, row->name);
    }
    /* A variable's default is the one text that must not become a list. */
    bool is_as_written = record->table == &plan_variable_table && text_equal(row->name, "default");
    if (own.now != NULL && is_as_written) {
        walk_value(walk, spot, row->type, own);
    } else if (own.now != NULL) {
        walk_scalars(walk, spot, row->type, own);
    } else if (row->fallback != NULL) {
        walk_fallback(walk, spot, row);
    } else if (under_row != NULL && under_row->fallback != NULL) {
        walk_fallback(walk, spot, under_row);
    } else {
        walk_lone(walk, spot, record);
    }
}

static void walk_rows(struct walk *walk, struct spot spot, const struct decode_field *rows,
                      const struct record *record)
{
    for (const struct decode_field *row = rows; row != NULL && row->name != NULL; row++) {
        struct spot at = inside(walk, spot, row->name);
        struct pair own = find(record->map, row->name);
        if (row->type == DECODE_RECORD) {
            walk_inner(walk, at, row, record);
        } else if (row->type != DECODE_RECORD_MAP && row->type != DECODE_RECORD_LIST) {
            walk_row(walk, at, row, record);
        } else if (own.now != NULL) {
            walk_records(walk, at, row->table, own);
        }
    }
}

static void walk_record(struct walk *walk, struct spot spot, const struct record *record)
{
    const struct decode_table *table = record->table;
    const struct kind *kind = NULL;
    size_t opening = begin(walk, spot, RESOLVED_MAP);
    walk_rows(walk, spot, table->fields, record);
    walk_rows(walk, spot, table->more, record);
    if (table == &plan_step_table) {
        kind = plan_shape_kind(walk->kinds, value_text(record->map.now, "kind"));
    }
    if (kind != NULL && kind->plan_fields != NULL) {
        walk_rows(walk, spot, kind->plan_fields->fields, record);
    }
    end(walk, opening, spot, record->map);
}

void resolved_read(struct arena *arena, const struct plan *plan, const struct kind *const *kinds,
                   struct resolved *ret)
{
    struct walk walk = {.arena = arena, .plan = plan, .kinds = kinds, .out = ret};
    struct record root = {
        .table = &plan_table, .map = {plan->base.source, plan->as_written}
    };
    walk_rows(&walk, (struct spot){.path = NULL}, plan_table.fields, &root);
}

void resolved_cleanup(struct resolved *resolved)
{
    vec_release(resolved);
}
