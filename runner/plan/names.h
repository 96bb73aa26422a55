/* SPDX-License-Identifier: MIT */
/* names: the names that one map of the plan defines (vaults, items, …): found fast, and remembered
 * if used.
 *
 * Use: names_init() once a map; names_refer() wherever the plan uses one; names_warn_unused() at
 * the end. Ownership: everything lives in the arena.   10,000 names and 10,000 uses of them are a
 * matter of milliseconds. */
#ifndef PLAN_NAMES_H
#define PLAN_NAMES_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "data/decode.h"

struct name_entry;
struct names {
    const char *what;           /* "vault" */
    const char *section;        /* "vaults", the key of the map */
    const struct records *from; /* each record begins with a struct decoded */
    size_t record_bytes;
    const char **list;         /* in file order */
    struct name_entry *sorted; /* by name */
    bool *used;
    size_t searches_left; /* for suggestions */
    bool is_unknown;      /* the map could not be read: nothing can be said about a missing name */
};

struct names names_init(struct arena *arena, const char *what, const char *section,
                        const struct records *from, size_t record_bytes);
const struct decoded *names_record(const struct names *names, size_t i);

/* The index of a name, or SIZE_MAX. */
size_t names_find(const struct names *names, const char *name);

/* The same for a name that stands in the plan at `at`: marks it as used, or adds a problem with
 * what was perhaps meant. */
size_t names_refer(struct names *names, const char *name, struct position at,
                   struct problems *problems);

/* Adds the nearest name to an error as its hint (and counts that as used), or a few of the names
 * that there are. */
struct error *names_hint(struct names *names, const char *name, struct error *error);

/* Problems for names of another form than letters, digits, '.', '_' and '-'. */
void names_check_form(const struct names *names, struct problems *problems);
void names_warn_unused(const struct names *names, struct problems *problems);

/* What should have been named is missing: then none is called unused. */
void names_use_all(struct names *names);

/* Text of the plan for a message: harmless to a terminal and of a bearable length; in shown, and
 * good as long as it is. */
const char *names_shown(struct buf *shown, struct str text);

/* True once more errors would be counted only: work for their texts is in vain. */
bool problems_are_many(const struct problems *problems);

#endif
