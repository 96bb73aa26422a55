/* SPDX-License-Identifier: MIT */
/* arena: memory that is freed all at once.
 *
 * Use: arena_new() for a plan, a run or one reply; everything read from it lives in it;
 * arena_free(). Ownership: the arena owns all it gave out.   Errors: none, out of memory aborts
 * (base/mem). */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/str.h"

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *arena);
void arena_cleanup(struct arena **arena);

/* Zeroed, aligned for any type of that size. */
void *arena_alloc(struct arena *arena, size_t bytes);
#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, count) ((type *)arena_alloc((arena), sizeof(type) * (count)))

/* Copies, ended by NUL. */
char *arena_text(struct arena *arena, const char *text);
char *arena_copy(struct arena *arena, struct str text);
char *arena_format(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Bytes taken from the system so far. */
size_t arena_bytes(const struct arena *arena);

#endif
