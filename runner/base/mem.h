/* SPDX-License-Identifier: MIT */
/* mem: heap memory that is always there; out of memory aborts here and nowhere else.
 *
 * Use: mem_new()/MEM_NEW(), mem_free().  AUTO(kind) frees a local at the end of its block:
 *   AUTO(text) char *name = mem_text("x");      AUTO(buf) struct buf line = BUF_INIT(4096);
 * It calls kind_cleanup(&variable), defined beside each type.
 * Ownership: who gets a pointer from mem_* frees it.   Errors: none, it aborts. */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

#define AUTO(kind) __attribute__((cleanup(kind##_cleanup)))
#define MEM_NEW(type) ((type *)mem_new(sizeof(type)))

/* Zeroed memory, never NULL; 0 bytes give a pointer that may be freed. */
void *mem_new(size_t bytes);

/* Grows or shrinks; what is new is not zeroed.  memory may be NULL. */
void *mem_resize(void *memory, size_t bytes);

/* A copy of text; NULL gives NULL. */
char *mem_text(const char *text);
char *mem_text_len(const char *text, size_t len);

/* memory may be NULL. */
void mem_free(void *memory);

/* The pointer, and the variable is NULL from now on: moves ownership. */
void *mem_steal(void *variable);
#define STEAL(variable) (mem_steal(&(variable)))

/* Items of a vec grown to hold count + 1 (base/vec.h). */
void *mem_grow(void *items, size_t count, size_t *capacity, size_t item_bytes);

void text_cleanup(char **text);

#endif
