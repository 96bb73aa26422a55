/* SPDX-License-Identifier: MIT */
#include "cli/settings.h"

#include "base/file.h"
#include "base/limit.h"
#include "base/mem.h"
#include "data/decode_scalar.h"
#include "data/yaml_read.h"

#define VARIABLE_PREFIX "RESTORECTL_VAR_"

extern char **environ;

static void add_setting(struct arena *arena, struct settings *settings, struct str text,
                        const char *origin)
{
    size_t equals = str_find_char(text, '=');
    if (equals != SIZE_MAX) {
        struct plan_setting setting = {
            .name = arena_copy(arena, str_slice(text, 0, equals)),
            .value = arena_copy(arena, str_slice(text, equals + 1, text.len)),
            .origin = origin,
        };
        vec_push(settings, setting);
    }
}

static void add_environment(struct arena *arena, struct settings *settings)
{
    for (char **variable = environ; *variable != NULL; variable++) {
        struct str text = str_from(*variable);
        struct str prefix = STR(VARIABLE_PREFIX);
        if (str_starts_with(text, prefix)) {
            const char *origin = arena_copy(arena, str_slice(text, 0, str_find_char(text, '=')));
            add_setting(arena, settings, str_slice(text, prefix.len, text.len), origin);
        }
    }
}

/* ------------------------------------------------------------------ variable files */

static bool is_text(const struct value *value)
{
    return value->type == VALUE_TEXT && !decode_is_null(value);
}

/* What keeps a value from being one: its place, or NULL. */
static const struct value *misfit(const struct value *value)
{
    for (size_t i = 0; value->type == VALUE_LIST && i < value->count; i++) {
        if (!is_text(value->items[i])) {
            return value->items[i];
        }
    }
    return value->type == VALUE_LIST || is_text(value) ? NULL : value;
}

static void add_member(struct settings *settings, const struct value_member *member,
                       struct problems *problems)
{
    const struct value *wrong = misfit(member->value);
    if (wrong != NULL) {
        const char *found = decode_is_null(wrong) ? "nothing" : value_type_name(wrong->type);
        struct error *error = error_new(
            ERR_PLAN, "the value of '" STR_FMT "' must be a text or a list of texts, not %s",
            STR_ARG(member->name), found);
        problems_add(problems, error_hint(error_at(error, wrong->at),
                                          "a variable file has lines such as lab: drill-2; an "
                                          "empty text is ''"));
        return;
    }
    bool is_list = member->value->type == VALUE_LIST;
    struct plan_setting setting = {
        .name = member->name.at,
        .value = is_list ? "" : member->value->text.at,
        .origin = "--var-file",
        .list = is_list ? member->value : NULL,
        .name_at = member->name_at,
    };
    vec_push(settings, setting);
}

static struct error *add_file(struct arena *arena, const char *path, struct problems *problems,
                              struct settings *settings)
{
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_PLAN_BYTES);
    const struct value *root = NULL;
    struct error *error = file_read(path, LIMIT_PLAN_BYTES, &text);
    if (error != NULL) {
        return error->hint != NULL ? error
                                   : error_hint(error, "--var-file takes a YAML file with a value "
                                                       "for each name, such as lab: drill-2");
    }
    if (!yaml_read(arena, arena_text(arena, path), buf_str(&text), problems, &root)) {
        return NULL;
    }
    if (root->type != VALUE_MAP) {
        struct error *wrong = error_new(ERR_PLAN, "a variable file must be a map, not %s",
                                        value_type_name(root->type));
        problems_add(problems,
                     error_hint(error_at(wrong, root->at), "write lines such as lab: drill-2"));
        return NULL;
    }
    for (size_t i = 0; i < root->count; i++) {
        add_member(settings, &root->members[i], problems);
    }
    return NULL;
}

struct error *settings_read(struct arena *arena, const struct options *options,
                            struct problems *problems, struct settings *ret)
{
    for (size_t i = 0; i < options->vars.count; i++) {
        struct str text = str_from(options->vars.items[i]);
        if (str_find_char(text, '=') == SIZE_MAX) {
            return error_hint(error_new(ERR_USAGE, "--var must be NAME=VALUE, not \"%s\"",
                                        options->vars.items[i]),
                              "write --var %s=VALUE", options->vars.items[i]);
        }
        add_setting(arena, ret, text, "--var");
    }
    add_environment(arena, ret);
    for (size_t i = options->var_files.count; i > 0; i--) {
        TRY(add_file(arena, options->var_files.items[i - 1], problems, ret));
    }
    return NULL;
}

void settings_cleanup(struct settings *settings)
{
    vec_release(settings);
}
