/* SPDX-License-Identifier: MIT */
/* decode_scalar: one text, number, time or word of a tree into its member; for data/decode only.
 *
 * Errors: a problem that names the member, the accepted form and what was found; then the slot
 * stays untouched. */
#ifndef DATA_DECODE_SCALAR_H
#define DATA_DECODE_SCALAR_H

#include "data/decode.h"

struct decoding {
    struct arena *arena;
    struct problems *problems;
    unsigned flags;   /* enum decode_flags */
    bool in_list;     /* the value is an item of the member */
    bool is_fallback; /* the value is the row's fallback */
};

/* Null, or a plain scalar that YAML's core schema reads as null. */
bool decode_is_null(const struct value *value);

/* Adds the problem "'parallel' must be ACCEPTED, not "many""; hint may be NULL.  Always false. */
bool decode_complain(struct decoding *decoding, const struct decode_field *field,
                     const struct value *value, const char *accepted, const char *hint);

/* Adds "'tags' must not be empty".  Always false. */
bool decode_complain_empty(struct decoding *decoding, const struct decode_field *field,
                           const struct value *value);

/* True: the slot has the value.  They fit enum decode_type's rows of the same name. */
bool decode_text(struct decoding *decoding, const struct decode_field *field,
                 const struct value *value, void *slot);
bool decode_bool(struct decoding *decoding, const struct decode_field *field,
                 const struct value *value, void *slot);
bool decode_integer(struct decoding *decoding, const struct decode_field *field,
                    const struct value *value, void *slot);
bool decode_decimal(struct decoding *decoding, const struct decode_field *field,
                    const struct value *value, void *slot);
bool decode_duration(struct decoding *decoding, const struct decode_field *field,
                     const struct value *value, void *slot);
bool decode_time(struct decoding *decoding, const struct decode_field *field,
                 const struct value *value, void *slot);
bool decode_word(struct decoding *decoding, const struct decode_field *field,
                 const struct value *value, void *slot);

#endif
