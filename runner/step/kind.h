/* SPDX-License-Identifier: MIT */
/* kind: what a step does, as a row: a name, tables for its arguments, and one pure function.
 *
 * feed() does no I/O, reads no clock and keeps nothing outside its state: same events in, same
 * effects out. New kind: azure/x.c, a row in azure/kinds.c, a test, a case, an example.  Nothing
 * else changes. */
#ifndef STEP_KIND_H
#define STEP_KIND_H

#include "data/decode.h"
#include "step/effect.h"
#include "step/event.h"

enum kind_role {
    KIND_STEP,         /* may stand in a plan */
    KIND_SIGN_IN,      /* gives a token */
    KIND_VAULT_READER, /* arguments: vault; output: {region, items: […]} (plan/resolve.h) */
    KIND_POINT_LISTER, /* arguments: vault, item; output: {points: […]} (plan/select.h) */
    KIND_ROLE_COUNT,
};

enum kind_flags {
    KIND_RESTORES = 1 << 0, /* needs items, a selection rule and a target */
    KIND_OVERWRITES =
        1 << 1, /* replaces data of the source: double guard, never sent twice under doubt */
    KIND_REPEATABLE = 1 << 2, /* may be run again after a crash without looking */
};

struct kind {
    const char *name; /* "restore-disks" */
    const char *doc;
    enum kind_role role;
    unsigned flags;
    /* Members a plan may write at the step beside those every step has; offsets do not matter to
     * the plan room: it only checks with them.  NULL: none. */
    const struct decode_table *plan_fields;
    size_t state_size;
    void (*feed)(void *state, const struct event *in, struct effect *out);
    /* What the table cannot say about the kind's own members, read from the step's map: adds to
     * problems.  NULL: nothing. */
    void (*check_fields)(struct arena *arena, const struct value *step, struct problems *problems);
    /* The first changing request for these arguments, {method, path, body}, for `plan`, and why it
     * would be refused before it is sent (*ret_refusal, else untouched).  NULL for kinds that
     * change nothing. */
    const struct value *(*preview)(struct arena *arena, const struct value *arguments,
                                   struct error **ret_refusal);
};

#endif
