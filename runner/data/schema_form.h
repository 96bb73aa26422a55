/* SPDX-License-Identifier: MIT */
/* schema_form: the forms that the value of a decode row may have; for data/schema only.
 *
 * A row's forms go into the list of an anyOf, one after the other; so that editors offer what
 * people want to write, and nothing else, words come first, and what is merely accepted is
 * described by patterns and by what it is not. Errors: none. */
#ifndef DATA_SCHEMA_FORM_H
#define DATA_SCHEMA_FORM_H

#include "base/arena.h"
#include "base/vec.h"
#include "data/json_write.h"
#include "data/schema.h"

/* A table that the schema refers to by name. */
struct schema_definition {
    const char *name;
    const struct decode_table *table;
    const struct schema_variant *variant; /* of this variant of the table; NULL: of the table */
};

struct schema_draft {
    struct json_writer json;
    const struct schema_source *source;
    struct arena *arena;
    struct {
        VEC(struct schema_definition);
    } definitions; /* grows as the forms refer to tables */
};

/* The forms of one row into an open list. */
void schema_form_write(struct schema_draft *draft, const struct decode_field *field);

/* {"$ref": "#/definitions/NAME"} */
void schema_form_reference(struct schema_draft *draft, const char *name);

/* The name of a table's definition, which is added to the list if it is not there. */
const char *schema_form_name(struct schema_draft *draft, const struct decode_table *table,
                             const struct schema_variant *variant);

/* The definitions that forms refer to beside those of tables. */
void schema_form_define_shared(struct schema_draft *draft);

#endif
