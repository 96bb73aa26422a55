/* SPDX-License-Identifier: MIT */
#include "plan/plan_load.h"

#include "base/digest.h"
#include "base/mem.h"
#include "data/yaml_read.h"
#include "plan/expr.h"
#include "plan/graph.h"
#include "plan/plan_check.h"
#include "plan/plan_shape.h"
#include "plan/plan_table.h"
#include "plan/variable.h"

/* The variables are needed before the rest can be decoded; what is wrong with them is found again
 * then. */
static const struct records *read_variables(struct arena *arena, const struct value *root)
{
    AUTO(problems) struct problems ignored = {0};
    struct plan *plan = ARENA_NEW(arena, struct plan);
    decode(arena, &plan_variables_table, root, DECODE_SKIP_UNKNOWN, &ignored, plan);
    return &plan->variables;
}

/* A default is taken as it stands; whoever expects more hears of it. */
static void warn_references(const struct records *records, struct problems *problems)
{
    const struct plan_variable *variables = records->items;
    for (size_t i = 0; i < records->count; i++) {
        const struct texts *fallback = &variables[i].fallback;
        size_t at = 0;
        while (at < fallback->count &&
               str_find(str_from(fallback->items[at]), STR("${")) == SIZE_MAX) {
            at++;
        }
        if (at == fallback->count) {
            continue;
        }
        struct error *error =
            error_new(ERR_PLAN, "the default of variable '%s' is taken as it stands, with its '${'",
                      variables[i].base.name);
        problems_add_warning(problems, error_hint(error_at(error, texts_at(fallback, at)),
                                                  "references are not replaced in variables"));
    }
}

/* limits and defaults, where the plan has none: the fallbacks of their tables. */
static const void *filled(struct arena *arena, const struct decode_table *table, const void *record)
{
    if (record != NULL) {
        return record;
    }
    AUTO(problems) struct problems none = {0};
    void *fallbacks = arena_alloc(arena, table->size);
    decode(arena, table, value_new(arena, VALUE_MAP), 0, &none, fallbacks);
    return fallbacks;
}

/* Steps were decoded without the members of their kinds; whoever builds a kind's arguments needs
 * those as well. */
static void restore_sources(const struct plan *plan, const struct value *root)
{
    struct plan_step *steps = plan->steps.items;
    const struct value *map = value_find(root, "steps");
    for (size_t i = 0; i < plan->steps.count; i++) {
        steps[i].base.source = value_find(map, steps[i].base.name);
    }
}

static void note_origins(const struct plan *plan, const struct expr_scope *scope)
{
    struct plan_variable *variables = plan->variables.items;
    for (size_t i = 0; i < plan->variables.count; i++) {
        const struct plan_setting *given = scope->given[i];
        variables[i].origin = given == NULL ? NULL : variable_origin(plan->arena, given);
    }
}

static void read_plan(struct plan *plan, const struct value *root, struct str text,
                      const struct plan_inputs *inputs, struct problems *problems)
{
    struct arena *arena = plan->arena;
    const struct records *variables = read_variables(arena, root);
    struct expr_scope scope = expr_scope_init(arena, variables, inputs, text, problems);
    const struct value *expanded = expr_expand_plan(&scope, root, problems);
    size_t problems_then = problems->count;
    const struct value *shaped = plan_shape_trim(arena, inputs->kinds, expanded, problems);
    decode(arena, &plan_table, shaped, 0, problems, plan);
    plan->arena = arena;
    plan->limits = filled(arena, &plan_limits_table, plan->limits);
    plan->defaults = filled(arena, &plan_defaults_table, plan->defaults);
    plan->base.source = expanded;
    plan->as_written = root;
    note_origins(plan, &scope);
    restore_sources(plan, expanded);
    names_check_form(&scope.names, problems);
    warn_references(variables, problems);
    plan_check(plan, inputs->kinds, problems);
    names_warn_unused(&scope.names, problems);
    expr_drop_consequences(&scope, problems, problems_then);
    expr_explain_lists(&scope, problems, problems_then);
    expr_scope_release(&scope);
}

struct plan *plan_load(const char *file, struct str text, const struct plan_inputs *inputs,
                       struct problems *problems)
{
    struct arena *arena = arena_new();
    struct plan *plan = ARENA_NEW(arena, struct plan);
    plan->arena = arena;
    size_t errors_before = problems->error_count;
    const struct value *root = NULL;
    const char *name = arena_text(arena, file);
    if (yaml_read(arena, name, text, problems, &root)) {
        read_plan(plan, root, text, inputs, problems);
    }
    if (problems->error_count == errors_before) {
        graph_expand(plan, problems);
    }
    plan->file = name;
    digest_sha256(text, plan->sha256);
    problems_sort(problems);
    if (problems->error_count > errors_before) {
        plan_free(plan);
        return NULL;
    }
    return plan;
}
