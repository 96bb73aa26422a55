/* SPDX-License-Identifier: MIT */
/* vec: a growing array of any type.
 *
 * Use: struct names { VEC(const char *); } list = {0};  vec_push(&list, "x");  list.items[0];
 * vec_release(&list); Ownership: of the array only; what the items point to is the caller's. */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include "base/mem.h"

/* The members of a vec; stands inside a named struct. */
#define VEC(type)                                                                                  \
    type *items;                                                                                   \
    size_t count;                                                                                  \
    size_t capacity

/* Appends one item (it may hold commas, as compound literals do). */
#define vec_push(vec, ...)                                                                         \
    ((vec)->items = mem_grow((vec)->items, (vec)->count, &(vec)->capacity, sizeof(*(vec)->items)), \
     (vec)->items[(vec)->count++] = (__VA_ARGS__))

#define vec_release(vec)                                                                           \
    (mem_free((vec)->items), (vec)->items = NULL, (vec)->count = 0, (vec)->capacity = 0)

#endif
