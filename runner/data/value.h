/* SPDX-License-Identifier: MIT */
/* value: the one tree that everything read becomes: plans, replies, journal lines, worlds.
 *
 * A tree lives in an arena and is not changed once built (builders below are for making one).
 * A YAML plain scalar stays text with plain set; a decode table asks what it means, so `no` stays
 * text. Text is NUL-ended as well as counted.   Errors: none here. */
#ifndef DATA_VALUE_H
#define DATA_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

enum value_type {
    VALUE_NULL,
    VALUE_BOOL,
    VALUE_INTEGER,
    VALUE_DECIMAL,
    VALUE_TEXT,
    VALUE_LIST,
    VALUE_MAP,
    VALUE_TYPE_COUNT,
};

struct value;
struct value_member {
    struct str name;
    struct position name_at;
    const struct value *value;
};
struct value {
    enum value_type type;
    bool plain; /* YAML scalar without quotes: may be read as another type */
    bool boolean;
    struct position at; /* file NULL for trees that were built */
    union {
        int64_t integer;
        double decimal;
        const struct value **items;   /* list: count of them */
        struct value_member *members; /* map: count of them, in the order of the source */
    };
    struct str text;
    size_t count;
    size_t capacity;
    struct value_index *index; /* value.c's own: finds names in large maps */
};

/* "text", "a list", … for messages. */
const char *value_type_name(enum value_type type);

/* Looking; each takes NULL or a value of another type and then finds nothing.  Names match exactly.
 */
const struct value *value_find(const struct value *map, const char *name);
const struct value_member *value_find_member(const struct value *map, struct str name);
const struct value *value_find_path(const struct value *map,
                                    const char *path);             /* "properties.status" */
const char *value_text(const struct value *map, const char *path); /* NULL if absent or not text */
int64_t value_integer(const struct value *map, const char *path, int64_t fallback);
double value_number(const struct value *map, const char *path, double fallback); /* integers too */
bool value_bool(const struct value *map, const char *path, bool fallback);
/* Equal by content; positions and plain do not count. */
bool value_equal(const struct value *a, const struct value *b);

/* Building. */
struct value *value_new(struct arena *arena, enum value_type type);
struct value *value_new_text(struct arena *arena, const char *text); /* NULL gives VALUE_NULL */
struct value *value_new_str(struct arena *arena, struct str text);
struct value *value_new_integer(struct arena *arena, int64_t integer);
struct value *value_new_bool(struct arena *arena, bool boolean);
void value_append(struct arena *arena, struct value *list, const struct value *item);
/* Adds a member that is known not to be there yet. */
void value_add(struct arena *arena, struct value *map, struct value_member member);
/* Replaces a member of that name or adds one at the end. */
void value_set(struct arena *arena, struct value *map, const char *name, const struct value *value);
void value_set_text(struct arena *arena, struct value *map, const char *name, const char *text);
void value_set_integer(struct arena *arena, struct value *map, const char *name, int64_t integer);
void value_set_bool(struct arena *arena, struct value *map, const char *name, bool boolean);
/* A deep copy into another arena. */
const struct value *value_copy(struct arena *arena, const struct value *value);

#endif
