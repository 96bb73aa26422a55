/* SPDX-License-Identifier: MIT */
/* settings: the values that are given to a plan's variables, the first one that counts first:
 * --var, RESTORECTL_VAR_x, then the files of --var-file, the last one first.
 *
 * Not here: whether the plan has such variables (plan/expr) and what they may be (plan/variable).
 * Ownership: texts live in the arena or are those of argv and environ; the list is yours. */
#ifndef CLI_SETTINGS_H
#define CLI_SETTINGS_H

#include "cli/options.h"
#include "plan/plan_load.h"

struct settings {
    VEC(struct plan_setting);
};

/* An error for what cannot be read; problems for what is wrong in a variable file. */
struct error *settings_read(struct arena *arena, const struct options *options,
                            struct problems *problems, struct settings *ret) MUST_USE;
void settings_cleanup(struct settings *settings);

#endif
