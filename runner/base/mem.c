/* SPDX-License-Identifier: MIT */
#include "base/mem.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#undef calloc
#undef realloc
#undef free

static void *checked(void *memory)
{
    if (memory == NULL) {
        fputs("restorectl: out of memory\n", stderr);
        abort();
    }
    return memory;
}

void *mem_new(size_t bytes)
{
    return checked(calloc(1, bytes == 0 ? 1 : bytes));
}

void *mem_resize(void *memory, size_t bytes)
{
    return checked(realloc(memory, bytes == 0 ? 1 : bytes));
}

char *mem_text(const char *text)
{
    return text == NULL ? NULL : mem_text_len(text, strlen(text));
}

char *mem_text_len(const char *text, size_t len)
{
    char *copy = mem_new(len + 1);
    if (len > 0) {
        memcpy(copy, text, len);
    }
    return copy;
}

void mem_free(void *memory)
{
    free(memory);
}

void *mem_steal(void *variable)
{
    /* By memcpy, as the variable is a pointer of any type. */
    void *const nothing = NULL;
    void *pointer;
    memcpy(&pointer, variable, sizeof(pointer));
    memcpy(variable, &nothing, sizeof(nothing));
    return pointer;
}

void *mem_grow(void *items, size_t count, size_t *capacity, size_t item_bytes)
{
    if (count < *capacity) {
        return items;
    }
    size_t wanted = *capacity == 0 ? 8 : *capacity * 2;
    if (wanted <= *capacity || wanted > SIZE_MAX / item_bytes) {
        checked(NULL);
    }
    *capacity = wanted;
    return mem_resize(items, wanted * item_bytes);
}

void text_cleanup(char **text)
{
    mem_free(*text);
    *text = NULL;
}
