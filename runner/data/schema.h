/* SPDX-License-Identifier: MIT */
/* schema: decode tables to a JSON Schema (draft-07) that editors complete by and validators judge
 * by.
 *
 * Says what decode() says, as a YAML 1.2 parser sees the file: a key without a value counts as left
 * out, and numbers and booleans are texts where a text is wanted.
 * Not here: what no table knows (names that must exist, cycles); the length of durations.
 * Errors: none; an example or fallback that is not YAML is a BUG. */
#ifndef DATA_SCHEMA_H
#define DATA_SCHEMA_H

#include "base/buf.h"
#include "data/decode.h"

/* Further members that a record has, decided by one of its own: the kind of a step. */
struct schema_variant {
    const char *name;                 /* what the deciding member says */
    const char *doc;                  /* one line */
    const struct decode_table *table; /* the members; NULL: none */
};

struct schema_source {
    const char *id; /* URL with the major version */
    const char *title;
    const struct decode_table *table; /* of the whole file */
    const char *name_pattern;         /* of the keys of maps of records; NULL: any */
    bool has_references;              /* a text with ${…} may stand for any scalar */
    /* The record with variants, its deciding member, and them; NULL: there is none. */
    const struct decode_table *variant_table;
    const char *variant_member;
    const struct schema_variant *variants;
    size_t variant_count;
};

/* Indented, with a line end behind. */
void schema_write(const struct schema_source *source, struct buf *ret);

#endif
