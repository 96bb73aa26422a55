/* SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"

/* Small at first, as there is an arena for each attempt in flight. */
#define CHUNK_FIRST_BYTES ((size_t)1024)
#define CHUNK_LAST_BYTES ((size_t)256 * 1024)

struct chunk {
    struct chunk *next;
    size_t used;
    size_t size;
    max_align_t bytes[];
};

struct arena {
    struct chunk *chunks; /* the first one has the room left */
    size_t next_size;
    size_t total;
};

struct arena *arena_new(void)
{
    struct arena *arena = MEM_NEW(struct arena);
    arena->next_size = CHUNK_FIRST_BYTES;
    return arena;
}

void arena_free(struct arena *arena)
{
    if (arena == NULL) {
        return;
    }
    while (arena->chunks != NULL) {
        struct chunk *next = arena->chunks->next;
        mem_free(arena->chunks);
        arena->chunks = next;
    }
    mem_free(arena);
}

void arena_cleanup(struct arena **arena)
{
    arena_free(*arena);
    *arena = NULL;
}

static struct chunk *chunk_new(struct arena *arena, size_t size)
{
    struct chunk *chunk = mem_new(sizeof(*chunk) + size);
    chunk->size = size;
    arena->total += sizeof(*chunk) + size;
    return chunk;
}

/* Bytes in front of the next piece, so that it begins at a multiple of unit. */
static size_t padding(const struct chunk *chunk, size_t unit)
{
    return (unit - chunk->used % unit) % unit;
}

/* A chunk with room for bytes: the first one, a new first one, or one of its own for what is big.
 */
static struct chunk *chunk_for(struct arena *arena, size_t bytes, size_t unit)
{
    struct chunk *first = arena->chunks;
    if (first != NULL && first->size - first->used >= bytes + padding(first, unit)) {
        return first;
    }
    if (first != NULL && bytes > arena->next_size / 4) {
        struct chunk *own = chunk_new(arena, bytes);
        own->next = first->next;
        first->next = own;
        return own;
    }
    struct chunk *chunk = chunk_new(arena, bytes > arena->next_size ? bytes : arena->next_size);
    chunk->next = first;
    arena->chunks = chunk;
    if (arena->next_size < CHUNK_LAST_BYTES) {
        arena->next_size *= 2;
    }
    return chunk;
}

static void *take(struct arena *arena, size_t bytes, size_t unit)
{
    if (bytes > SIZE_MAX / 2) {
        BUG("%zu bytes of an arena", bytes);
    }
    struct chunk *chunk = chunk_for(arena, bytes == 0 ? 1 : bytes, unit);
    chunk->used += padding(chunk, unit);
    void *memory = (char *)chunk->bytes + chunk->used;
    chunk->used += bytes == 0 ? 1 : bytes;
    return memory;
}

void *arena_alloc(struct arena *arena, size_t bytes)
{
    /* A type's size is a multiple of its alignment, so most need less than max_align_t. */
    size_t unit = bytes % _Alignof(max_align_t) == 0 ? _Alignof(max_align_t) : _Alignof(void *);
    return take(arena, bytes, unit);
}

char *arena_text(struct arena *arena, const char *text)
{
    return text == NULL ? NULL : arena_copy(arena, str_from(text));
}

char *arena_copy(struct arena *arena, struct str text)
{
    char *copy = take(arena, text.len + 1, 1);
    if (text.len > 0) {
        memcpy(copy, text.at, text.len);
    }
    return copy;
}

char *arena_format(struct arena *arena, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int len = vsnprintf(NULL, 0, format, list);
    va_end(list);
    if (len < 0) {
        BUG("format '%s'", format);
    }
    char *text = take(arena, (size_t)len + 1, 1);
    va_start(list, format);
    vsnprintf(text, (size_t)len + 1, format, list);
    va_end(list);
    return text;
}

size_t arena_bytes(const struct arena *arena)
{
    return arena->total;
}
