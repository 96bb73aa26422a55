/* SPDX-License-Identifier: MIT */
/* decode: a tree into C structs by tables of rows; the same rows give `restorectl schema`.
 *
 * Use: a struct that begins with struct decoded, a const struct decode_field[] with one row a
 * member, a const struct decode_table around it, decode().  Everything decoded lives in the arena.
 * Errors: all problems of the whole tree are reported, each at its own position, with the accepted
 * form and "did you mean" for names and words.  A member that failed keeps its fallback. */
#ifndef DATA_DECODE_H
#define DATA_DECODE_H

#include <stddef.h>

#include "data/value.h"

/* First member of every decoded struct. */
struct decoded {
    const char *name;           /* the key, for records of a map; else NULL */
    struct position name_at;    /* position of that key */
    const struct value *source; /* the map it was read from */
};

/* Lists; items is never NULL when count > 0; is_set tells [] from absent. */
struct texts {
    const char **items;
    size_t count;
    bool is_set;
    const struct value *source; /* the list, for positions: source->items[i]->at; a lone text where
                                   it was not a list */
};
struct integers {
    int64_t *items;
    size_t count;
    bool is_set;
    const struct value *source;
};
struct records {
    void *items; /* count structs of the table's size, one after the other */
    size_t count;
    bool is_set;
    const struct value *source;
};

enum decode_type {
    DECODE_TEXT,        /* const char *; absent: NULL or fallback */
    DECODE_BOOL,        /* bool: true or false */
    DECODE_INTEGER,     /* int64_t in min..max */
    DECODE_DECIMAL,     /* double in min..max */
    DECODE_DURATION,    /* int64_t ms in min..max; absent: fallback or -1 */
    DECODE_TIME,        /* struct utc; absent: ms is INT64_MIN */
    DECODE_WORD,        /* int, index in words; absent: fallback or -1 */
    DECODE_TEXTS,       /* struct texts; one text stands for a list of one */
    DECODE_INTEGERS,    /* struct integers in min..max */
    DECODE_WORDS,       /* struct integers of indexes in words; one word stands for a list of one */
    DECODE_RECORD,      /* const struct X * of table, NULL if absent */
    DECODE_RECORD_LIST, /* struct records of table */
    DECODE_RECORD_MAP,  /* struct records of table; each one's name is its key */
    DECODE_ANY,         /* const struct value *, NULL if absent */
    DECODE_TYPE_COUNT,
};

enum decode_field_flags {
    DECODE_REQUIRED = 1 << 0,
    DECODE_IGNORING_CASE = 1 << 1, /* words compare without case (Azure's enumerations) */
    DECODE_OPEN_WORDS =
        1 << 2, /* an unknown word is -1, not a problem (Azure's enumerations grow) */
    DECODE_NOT_EMPTY = 1 << 3, /* text, list or map must not be empty */
    DECODE_HIDDEN = 1 << 4,    /* accepted, not shown in schema and suggestions */
};

struct decode_table;
struct decode_field {
    const char *name;
    enum decode_type type;
    size_t offset;
    unsigned flags;
    const char *doc;                  /* one line for people; every field has one */
    const char *example;              /* as YAML, or NULL */
    const char *fallback;             /* as YAML, decoded when absent; or NULL */
    double min, max;                  /* both 0: the type's whole range */
    const char *const *words;         /* ended by NULL */
    const struct decode_table *table; /* of records */
};
struct decode_table {
    const char *name; /* "vault", for messages and schema definitions */
    const char *doc;
    const struct decode_field *fields; /* ended by a row without name */
    size_t size;                       /* of the struct */
    const struct decode_field *more;   /* a second set of rows, of the same struct; NULL for most */
};

enum decode_flags {
    DECODE_SKIP_UNKNOWN =
        1 << 0, /* replies: members without a row are skipped; plans refuse them */
};

/* ret is a zeroed struct of table->size.  False if it added an error to problems. */
bool decode(struct arena *arena, const struct decode_table *table, const struct value *value,
            unsigned flags, struct problems *problems, void *ret);

/* The position of a member's value for a later check's message; of the record itself if it is
 * absent. */
struct position decoded_at(const struct decoded *decoded, const char *member);
/* Item i of a list member. */
struct position texts_at(const struct texts *texts, size_t i);

/* "unknown key 'consistancy' in selection rule", with the hint; for tables checked elsewhere
 * (kinds' arguments). */
struct error *decode_unknown(const struct decode_table *table, struct str name, struct position at);

#endif
