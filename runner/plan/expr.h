/* SPDX-License-Identifier: MIT */
/* expr: ${var.NAME} and ${env.NAME} in the plan's tree, replaced by their values once; `$${` gives
 * a plain `${`.  A variable of type list takes the place of the whole text.
 *
 * What was put in is never expanded again.  References of later stages (item, point, target, steps,
 * run) stay as text. Not here: logic; there is none.   Errors: problems at the reference's own
 * place, with how to set what is missing. Limits: all expanded texts together stay within
 * LIMIT_PLAN_BYTES, each within LIMIT_SCALAR_BYTES. */
#ifndef PLAN_EXPR_H
#define PLAN_EXPR_H

#include "plan/names.h"
#include "plan/plan_load.h"
#include "plan/variable.h"

struct expr_scope {
    struct arena *arena;
    const struct plan_inputs *inputs;
    struct str source;                 /* the plan's text, to point into it */
    const struct records *variables;   /* struct plan_variable */
    struct names names;                /* theirs */
    const struct plan_setting **given; /* one for each variable; NULL: only its default */
    struct variable_value *values;     /* one for each variable */
    size_t expanded_bytes;
    struct expr_places {
        VEC(struct position);
    } failed; /* texts with a reference that could not be replaced */
    struct expr_lists {
        VEC(struct expr_list);
    } lists; /* texts that became a list */
};
struct expr_list {
    struct position at;
    size_t variable;
};

/* Checks the variables and their values.  A setting for a variable that the plan does not have is
 * a problem (from the environment: a warning). */
struct expr_scope expr_scope_init(struct arena *arena, const struct records *variables,
                                  const struct plan_inputs *inputs, struct str source,
                                  struct problems *problems);

/* The tree itself if there is nothing to replace; the map `variables` of the plan's root stays as
 * it is. */
const struct value *expr_expand_plan(struct expr_scope *scope, const struct value *root,
                                     struct problems *problems);

/* Takes out what was said, from problem `from` on, about texts that kept their reference: it only
 * follows from that. */
void expr_drop_consequences(const struct expr_scope *scope, struct problems *problems, size_t from);

/* To what was said about a list that a variable brought, from problem `from` on: whose it is. */
void expr_explain_lists(const struct expr_scope *scope, struct problems *problems, size_t from);

void expr_scope_release(struct expr_scope *scope);

#endif
