/* SPDX-License-Identifier: MIT */
#include "plan/expr.h"

#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/limit.h"
#include "base/mem.h"

static const char *const namespaces[] = {"var", "env", "item", "point", "target", "steps", "run"};
enum {
    NAMESPACE_COUNT = sizeof(namespaces) / sizeof(namespaces[0]),
    LIST_ITEM_BYTES = 64, /* what an item of a list costs beside its text */
};

/* One scalar on its way. */
struct scalar {
    struct expr_scope *scope;
    const struct value *value;
    struct problems *problems;
    size_t offset; /* of the reference in the scalar's text */
    struct buf buf;
    struct value *list; /* what takes the text's place; NULL: buf */
    bool is_whole;      /* one reference and nothing else */
    bool is_changed;    /* something was replaced */
    bool has_failed;
};

static void read_values(struct expr_scope *scope, struct problems *problems)
{
    const struct plan_variable *variables = scope->variables->items;
    struct variable_reader reader = {.arena = scope->arena, .problems = problems};
    for (size_t i = 0; i < scope->variables->count; i++) {
        if (problems_are_many(problems)) {
            scope->values[i].has_failed = true;
            continue;
        }
        variable_read(&reader, &variables[i], scope->given[i], &scope->values[i]);
    }
}

struct expr_scope expr_scope_init(struct arena *arena, const struct records *variables,
                                  const struct plan_inputs *inputs, struct str source,
                                  struct problems *problems)
{
    struct expr_scope scope = {
        .arena = arena,
        .inputs = inputs,
        .source = source,
        .variables = variables,
        .names =
            names_init(arena, "variable", "variables", variables, sizeof(struct plan_variable)),
        .given = ARENA_ARRAY(arena, const struct plan_setting *, variables->count),
        .values = ARENA_ARRAY(arena, struct variable_value, variables->count)};
    for (size_t i = 0; i < inputs->setting_count; i++) {
        const struct plan_setting *setting = &inputs->settings[i];
        size_t at = names_find(&scope.names, setting->name);
        if (at != SIZE_MAX) {
            scope.given[at] = scope.given[at] == NULL ? setting : scope.given[at];
            continue;
        }
        struct error *error =
            names_hint(&scope.names, setting->name,
                       error_new(ERR_PLAN, "the plan has no variable '%s' (from %s)", setting->name,
                                 setting->origin));
        error = error_at(error, setting->name_at);
        /* The environment is shared by many plans; a command line is written for this one. */
        if (str_starts_with(str_from(setting->origin), STR("RESTORECTL_VAR_"))) {
            problems_add_warning(problems, error);
        } else {
            problems_add(problems, error);
        }
    }
    read_values(&scope, problems);
    return scope;
}

/* Where line `line` begins in the source, or where the source ends. */
static size_t line_start(struct str source, int line)
{
    size_t start = 0;
    for (int i = 1; i < line && start < source.len; i++) {
        size_t end = str_find_char(str_slice(source, start, source.len), '\n');
        start = end == SIZE_MAX ? source.len : start + end + 1;
    }
    return start;
}

/* Bytes that `characters` characters take. */
static size_t skip(struct str text, size_t characters)
{
    size_t at = 0;
    uint32_t code = 0;
    for (size_t i = 0; i < characters && at < text.len; i++) {
        size_t len = str_utf8_next(str_slice(text, at, text.len), &code);
        at += len == 0 ? 1 : len;
    }
    return at;
}

/* The place of a byte of a scalar, if the file has the text up to it just so (no escapes, no second
 * line); else of the scalar. */
static struct position place(const struct scalar *scalar, size_t offset)
{
    struct position at = scalar->value->at;
    if (at.column < 1 || problems_are_many(scalar->problems)) {
        return at;
    }
    struct str source = scalar->scope->source;
    size_t start = line_start(source, at.line);
    struct str rest = str_slice(source, start, source.len);
    rest = str_slice(rest, skip(rest, (size_t)at.column - 1), rest.len);
    size_t quote = rest.len > 0 && (rest.at[0] == '"' || rest.at[0] == '\'') ? 1 : 0;
    rest = str_slice(rest, quote, rest.len);
    struct str before = str_slice(scalar->value->text, 0, offset);
    if (!str_starts_with(rest, before) || str_find_char(before, '\n') != SIZE_MAX) {
        return at;
    }
    size_t characters = quote;
    uint32_t code = 0;
    for (size_t i = 0; i < before.len; characters++) {
        size_t len = str_utf8_next(str_slice(before, i, before.len), &code);
        i += len == 0 ? 1 : len;
    }
    at.column += (int)characters;
    return at;
}

static void refuse(struct scalar *scalar, struct error *error)
{
    scalar->has_failed = true;
    problems_add(scalar->problems, error_at(error, place(scalar, scalar->offset)));
}

/* Text that came from outside the file: whole characters, no control characters (they would end a
 * header's line). */
static bool is_clean(struct str text)
{
    size_t at = 0;
    while (at < text.len) {
        uint32_t code = 0;
        size_t len = str_utf8_next(str_slice(text, at, text.len), &code);
        if (len == 0 || code < 0x20 || (code >= 0x7f && code < 0xa0)) {
            return false;
        }
        at += len;
    }
    return true;
}

/* False: what is put in may not stand here, and it was said. */
static bool admits(struct scalar *scalar, struct str value, const char *origin, const char *name)
{
    scalar->is_changed = true;
    if (is_clean(value)) {
        return true;
    }
    refuse(scalar,
           error_hint(error_new(ERR_PLAN, "the value of '%s' (%s) has a control character in it",
                                name, origin),
                      "line ends and other control characters have no place in a value"));
    return false;
}

/* False: the plan would grow beyond its bound. */
static bool grows(struct expr_scope *scope, size_t bytes)
{
    bool fits = bytes <= LIMIT_PLAN_BYTES - scope->expanded_bytes;
    scope->expanded_bytes += fits ? bytes : 0;
    return fits;
}

static void refuse_length(struct scalar *scalar, const char *name)
{
    refuse(scalar, error_new(ERR_PLAN, "the text becomes too long with the value of '%s'", name));
}

static void put(struct scalar *scalar, const char *text, const char *origin, const char *name)
{
    struct str value = str_from(text);
    if (admits(scalar, value, origin, name) &&
        (!grows(scalar->scope, value.len) || !buf_append_str(&scalar->buf, value))) {
        refuse_length(scalar, name);
    }
}

/* Each item stands where the reference stands, and is a text: a list of numbers stays in the plan.
 */
static void put_list(struct scalar *scalar, size_t variable, const char *name)
{
    struct expr_scope *scope = scalar->scope;
    const struct variable_value *value = &scope->values[variable];
    if (!scalar->is_whole) {
        refuse(scalar,
               error_hint(error_new(ERR_PLAN, "list '%s' cannot be a part of a text", name),
                          "it can only be the whole value, as in `items: ${var.%s}`", name));
        return;
    }
    scalar->list = value_new(scope->arena, VALUE_LIST);
    scalar->list->at = scalar->value->at;
    vec_push(&scope->lists, (struct expr_list){scalar->value->at, variable});
    for (size_t i = 0; i < value->count; i++) {
        struct str text = str_from(value->texts[i]);
        if (!admits(scalar, text, value->origin, name)) {
            return;
        }
        if (text.len > LIMIT_SCALAR_BYTES || !grows(scope, text.len + LIST_ITEM_BYTES)) {
            refuse_length(scalar, name);
            return;
        }
        struct value *item = value_new_str(scope->arena, text);
        item->at = scalar->value->at;
        value_append(scope->arena, scalar->list, item);
    }
}

static void put_variable(struct scalar *scalar, struct str name_view)
{
    struct expr_scope *scope = scalar->scope;
    const char *name = arena_copy(scope->arena, name_view);
    size_t at = names_refer(&scope->names, name, place(scalar, scalar->offset), scalar->problems);
    if (at == SIZE_MAX) {
        scalar->has_failed = true;
        return;
    }
    const struct variable_value *value = &scope->values[at];
    if (value->has_failed) {
        scalar->has_failed = true;
    } else if (!value->is_set) {
        refuse(scalar,
               error_hint(error_new(ERR_PLAN, "variable '%s' has no value", name),
                          "give one: --var %s=… or RESTORECTL_VAR_%s, or a default in the plan",
                          name, name));
    } else if (value->is_list) {
        put_list(scalar, at, name);
    } else {
        put(scalar, value->texts[0], value->origin, name);
    }
}

static bool has_word(struct str text, struct str word)
{
    for (size_t i = 0; i + word.len <= text.len; i++) {
        if (str_equal_ignoring_case(str_slice(text, i, i + word.len), word)) {
            return true;
        }
    }
    return false;
}

static void put_environment(struct scalar *scalar, struct str name_view)
{
    const char *name = arena_copy(scalar->scope->arena, name_view);
    if (has_word(name_view, STR("SECRET")) || has_word(name_view, STR("PASSWORD")) ||
        has_word(name_view, STR("TOKEN")) || has_word(name_view, STR("KEY"))) {
        refuse(
            scalar,
            error_hint(error_new(ERR_PLAN, "a plan may not read '%s': it may hold a secret", name),
                       "names with SECRET, PASSWORD, TOKEN or KEY in them are refused, because "
                       "a plan's values appear in logs and reports"));
        return;
    }
    const struct plan_inputs *inputs = scalar->scope->inputs;
    const char *value = inputs->environment == NULL ? NULL : inputs->environment(name);
    if (value == NULL) {
        refuse(scalar, error_hint(error_new(ERR_PLAN, "environment variable '%s' is not set", name),
                                  "set it (it may be empty), or use a variable with a default"));
        return;
    }
    put(scalar, value, "environment", name);
}

/* "var.lab" is a word, a dot and what the namespace makes of the rest. */
static bool has_form(struct str inner)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-[]";
    size_t dot = str_find_char(inner, '.');
    if (dot == SIZE_MAX || dot == 0 || dot + 1 == inner.len) {
        return false;
    }
    for (size_t i = 0; i < inner.len; i++) {
        if (inner.at[i] == '\0' || strchr(allowed, inner.at[i]) == NULL) {
            return false;
        }
    }
    return true;
}

/* A slip beside a variable's name: it is not called unused as well. */
static void use_if_there(struct expr_scope *scope, struct str name)
{
    size_t at = names_find(&scope->names, arena_copy(scope->arena, name));
    if (at != SIZE_MAX) {
        scope->names.used[at] = true;
    }
}

static void refuse_form(struct scalar *scalar, struct str inner)
{
    struct expr_scope *scope = scalar->scope;
    AUTO(buf) struct buf shown = BUF_INIT(LIMIT_TEXT_BYTES);
    names_shown(&shown, inner);
    struct str bare = str_trim(inner);
    struct error *error = error_new(ERR_PLAN, "'${%s}' is not a reference", buf_text(&shown));
    if (names_find(&scope->names, arena_copy(scope->arena, bare)) != SIZE_MAX) {
        use_if_there(scope, bare);
        error = error_hint(error, "did you mean '${var." STR_FMT "}'?", STR_ARG(bare));
    } else if (bare.len != inner.len && has_form(bare)) {
        use_if_there(scope, str_slice(bare, str_find_char(bare, '.') + 1, bare.len));
        error = error_hint(error, "write it without blanks: ${" STR_FMT "}", STR_ARG(bare));
    } else {
        error = error_hint(error, "a reference looks like ${var.name}; for the characters "
                                  "themselves write $${");
    }
    refuse(scalar, error);
}

static void refuse_namespace(struct scalar *scalar, struct str name, struct str rest)
{
    AUTO(buf) struct buf shown = BUF_INIT(LIMIT_TEXT_BYTES);
    struct error *error =
        error_new(ERR_PLAN, "there is nothing called '%s' to refer to", names_shown(&shown, name));
    use_if_there(scalar->scope, rest);
    const char *near = str_suggest(name, namespaces, NAMESPACE_COUNT);
    if (near != NULL) {
        error = error_hint(error, "did you mean '${%s.…}'?", near);
    } else {
        error = error_hint(error, "references begin with var or env; for the characters "
                                  "themselves write $${");
    }
    refuse(scalar, error);
}

/* inner is what stands between "${" and "}"; whole is with them. */
static void put_reference(struct scalar *scalar, struct str inner, struct str whole)
{
    if (!has_form(inner)) {
        refuse_form(scalar, inner);
        return;
    }
    size_t dot = str_find_char(inner, '.');
    struct str name = str_slice(inner, 0, dot);
    struct str rest = str_slice(inner, dot + 1, inner.len);
    if (str_equal(name, STR("var"))) {
        put_variable(scalar, rest);
        return;
    }
    if (str_equal(name, STR("env"))) {
        put_environment(scalar, rest);
        return;
    }
    for (size_t i = 0; i < NAMESPACE_COUNT; i++) {
        if (str_equal(name, str_from(namespaces[i]))) {
            buf_append_str(&scalar->buf, whole);
            return;
        }
    }
    refuse_namespace(scalar, name, rest);
}

/* What stands at offset: "$${", a reference or one byte.  The offset behind it. */
static size_t put_next(struct scalar *scalar, size_t offset)
{
    struct str text = scalar->value->text;
    struct str rest = str_slice(text, offset, text.len);
    if (str_starts_with(rest, STR("$${"))) {
        scalar->is_changed = true;
        buf_append_text(&scalar->buf, "${");
        return offset + 3;
    }
    if (!str_starts_with(rest, STR("${"))) {
        size_t dollar = str_find_char(str_slice(rest, 1, rest.len), '$');
        size_t len = dollar == SIZE_MAX ? rest.len : dollar + 1;
        buf_append_str(&scalar->buf, str_slice(rest, 0, len));
        return offset + len;
    }
    scalar->offset = offset;
    size_t end = str_find_char(rest, '}');
    if (end == SIZE_MAX) {
        refuse(scalar, error_hint(error_new(ERR_PLAN, "'${' without '}'"),
                                  "close the reference; for the characters themselves write $${"));
        return text.len;
    }
    scalar->is_whole = offset == 0 && end + 1 == text.len;
    put_reference(scalar, str_slice(rest, 2, end), str_slice(rest, 0, end + 1));
    return offset + end + 1;
}

static const struct value *expand_text(struct expr_scope *scope, const struct value *value,
                                       struct problems *problems)
{
    if (str_find(value->text, STR("${")) == SIZE_MAX) {
        return value;
    }
    struct scalar scalar = {
        .scope = scope, .value = value, .problems = problems, .buf = BUF_INIT(LIMIT_SCALAR_BYTES)};
    for (size_t at = 0; at < value->text.len;) {
        at = put_next(&scalar, at);
    }
    const struct value *ret = value;
    if (scalar.has_failed && !problems_are_many(problems)) {
        vec_push(&scope->failed, value->at);
    }
    if (scalar.list != NULL && !scalar.has_failed) {
        ret = scalar.list;
    } else if (scalar.is_changed && !scalar.has_failed) {
        struct value *copy = ARENA_NEW(scope->arena, struct value);
        *copy = *value;
        copy->text = (struct str){arena_copy(scope->arena, buf_str(&scalar.buf)), scalar.buf.len};
        /* "${var.count}" needs its quotes inside { }, and the value may be a number all the same;
         * but an empty value is a text and not null. */
        copy->plain = scalar.buf.len > 0 && (value->plain || scalar.is_whole);
        ret = copy;
    }
    buf_release(&scalar.buf);
    return ret;
}

static const struct value *expand(struct expr_scope *scope, const struct value *value,
                                  const struct value *except, struct problems *problems);

static const struct value *expand_list(struct expr_scope *scope, const struct value *list,
                                       struct problems *problems)
{
    struct value *copy = NULL;
    for (size_t i = 0; i < list->count; i++) {
        const struct value *item = expand(scope, list->items[i], NULL, problems);
        if (item != list->items[i] && copy == NULL) {
            copy = ARENA_NEW(scope->arena, struct value);
            *copy = *list;
            copy->items = ARENA_ARRAY(scope->arena, const struct value *, list->count);
            copy->capacity = list->count;
            memcpy(copy->items, list->items, list->count * sizeof(copy->items[0]));
        }
        if (copy != NULL) {
            copy->items[i] = item;
        }
    }
    return copy == NULL ? list : copy;
}

static const struct value *expand_map(struct expr_scope *scope, const struct value *map,
                                      const struct value *except, struct problems *problems)
{
    struct value *copy = NULL; /* same names in the same order, so its index stays right */
    for (size_t i = 0; i < map->count; i++) {
        const struct value *old = map->members[i].value;
        const struct value *member = old == except ? old : expand(scope, old, NULL, problems);
        if (member != old && copy == NULL) {
            copy = ARENA_NEW(scope->arena, struct value);
            *copy = *map;
            copy->members = ARENA_ARRAY(scope->arena, struct value_member, map->count);
            copy->capacity = map->count;
            memcpy(copy->members, map->members, map->count * sizeof(copy->members[0]));
        }
        if (copy != NULL) {
            copy->members[i].value = member;
        }
    }
    return copy == NULL ? map : copy;
}

/* As deep as the tree, which its reader holds to LIMIT_PLAN_DEPTH. */
static const struct value *expand(struct expr_scope *scope, const struct value *value,
                                  const struct value *except, struct problems *problems)
{
    switch (value->type) {
    case VALUE_TEXT:
        return expand_text(scope, value, problems);
    case VALUE_LIST:
        return expand_list(scope, value, problems);
    case VALUE_MAP:
        return expand_map(scope, value, except, problems);
    case VALUE_NULL:
    case VALUE_BOOL:
    case VALUE_INTEGER:
    case VALUE_DECIMAL:
    case VALUE_TYPE_COUNT:
        break;
    }
    return value;
}

const struct value *expr_expand_plan(struct expr_scope *scope, const struct value *root,
                                     struct problems *problems)
{
    return expand(scope, root, value_find(root, "variables"), problems);
}

void expr_scope_release(struct expr_scope *scope)
{
    vec_release(&scope->failed);
    vec_release(&scope->lists);
}

static bool is_consequence(const struct expr_scope *scope, const struct error *error)
{
    for (size_t i = 0; i < scope->failed.count; i++) {
        const struct position *at = &scope->failed.items[i];
        if (at->line == error->line && at->column == error->column) {
            return true;
        }
    }
    return false;
}

void expr_drop_consequences(const struct expr_scope *scope, struct problems *problems, size_t from)
{
    size_t kept = from;
    for (size_t i = from; i < problems->count; i++) {
        struct problem problem = problems->items[i];
        if (is_consequence(scope, problem.error)) {
            problems->error_count -= problem.is_warning ? 0 : 1;
            error_free(problem.error);
        } else {
            problems->items[kept++] = problem;
        }
    }
    problems->count = kept;
}

/* The list that stands there, or NULL. */
static const struct expr_list *list_at(const struct expr_scope *scope, const struct error *error)
{
    for (size_t i = 0; i < scope->lists.count; i++) {
        const struct expr_list *list = &scope->lists.items[i];
        if (list->at.line == error->line && list->at.column == error->column) {
            return list;
        }
    }
    return NULL;
}

void expr_explain_lists(const struct expr_scope *scope, struct problems *problems, size_t from)
{
    const struct plan_variable *variables = scope->variables->items;
    for (size_t i = from; i < problems->count; i++) {
        struct error *error = problems->items[i].error;
        const struct expr_list *list = error->cause == NULL ? list_at(scope, error) : NULL;
        if (list != NULL) {
            error->cause = error_new(
                ERR_PLAN, "a list of texts stands here, the value of variable '%s' (%s)",
                variables[list->variable].base.name, scope->values[list->variable].origin);
        }
    }
}
