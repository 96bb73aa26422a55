/* SPDX-License-Identifier: MIT */
/* plan_load: a plan file's text to a checked plan; every problem in it, at once.
 *
 * Reading (data/yaml_read), variables (plan/expr), decoding (plan tables), checking (plan_check),
 * graph: in that order; each stage goes on after problems as far as it makes sense.   Touches no
 * network and no clock. */
#ifndef PLAN_PLAN_LOAD_H
#define PLAN_PLAN_LOAD_H

#include "plan/plan.h"

/* One value for a variable, from the command line, the environment or a variable file.  Of two
 * for one variable, the first counts. */
struct plan_setting {
    const char *name;
    const char *value;
    const char *origin;       /* "--var", "RESTORECTL_VAR_lab", "--var-file": for messages */
    const struct value *list; /* instead of value, where a variable file has a list; else NULL */
    struct position name_at;  /* in the variable file; file NULL: it is from elsewhere */
};

struct plan_inputs {
    const struct kind *const *kinds; /* ended by NULL */
    const struct plan_setting *settings;
    size_t setting_count;
    const char *(*environment)(const char *name); /* for ${env.X}; NULL: none is set */
};

/* file names the text in messages.  NULL if the plan has errors; warnings may be there in any case.
 */
struct plan *plan_load(const char *file, struct str text, const struct plan_inputs *inputs,
                       struct problems *problems);

/* The decode table of the whole plan file (for `restorectl schema`). */
extern const struct decode_table plan_table;

#endif
