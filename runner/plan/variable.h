/* SPDX-License-Identifier: MIT */
/* variable: what the plan's variables are worth, held against their type, pattern and enum.
 *
 * A value is what was given (--var, RESTORECTL_VAR_x, a variable file), else the default; a bad
 * default is a problem even if something was given.  Patterns are POSIX extended regular
 * expressions that the whole value must match, bounded before the C library sees them.
 * Not here: replacing references (plan/expr).   Ownership: everything lives in the arena.
 * Errors: problems at the variable's definition, or at its default. */
#ifndef PLAN_VARIABLE_H
#define PLAN_VARIABLE_H

#include "plan/plan_load.h"

struct variable_value {
    const char **texts; /* count of them; one if it is no list */
    size_t count;
    bool is_set;
    bool is_list;
    bool has_failed;    /* was said; its uses are not looked at */
    const char *origin; /* "--var lab", "RESTORECTL_VAR_lab", "vars.yaml:3", "default" */
};

struct variable_reader {
    struct arena *arena;
    struct problems *problems;
    size_t pattern_weight; /* of all patterns so far: a plan full of them must not take long */
};

/* Who gave a setting, for people: "--var lab". */
const char *variable_origin(struct arena *arena, const struct plan_setting *setting);

/* Checks a definition and fills in its value; given is NULL where there is only the default. */
void variable_read(struct variable_reader *reader, const struct plan_variable *variable,
                   const struct plan_setting *given, struct variable_value *ret);

#endif
