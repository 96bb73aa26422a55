/* SPDX-License-Identifier: MIT */
/* buf: growing bytes with a compulsory maximum, always ended by NUL.
 *
 * Use: AUTO(buf) struct buf line = BUF_INIT(LIMIT_TEXT_BYTES);  buf_format(&line, "%d", 1);
 * buf_text(&line). Ownership: the struct owns its bytes; buf_take() hands them over. Errors: an
 * append that would pass max is refused whole and sets full; check full (or the result) where input
 * is from outside. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct buf {
    char *data;
    size_t len;
    size_t capacity;
    size_t max;
    bool full; /* an append was refused */
};

#define BUF_INIT(max_bytes)                                                                        \
    {                                                                                              \
        NULL, 0, 0, (max_bytes), false                                                             \
    }

void buf_init(struct buf *buf, size_t max);
void buf_release(struct buf *buf); /* back to empty, max stays */
void buf_cleanup(struct buf *buf);

/* False (and full) if it would pass max; then nothing was appended. */
bool buf_append(struct buf *buf, const void *bytes, size_t len);
bool buf_append_text(struct buf *buf, const char *text);
bool buf_append_str(struct buf *buf, struct str text);
bool buf_append_char(struct buf *buf, char c);
bool buf_format(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool buf_format_list(struct buf *buf, const char *format, va_list list)
    __attribute__((format(printf, 2, 0)));

/* Text for a person: control characters, ESC, C1 and bidirectional controls and bad UTF-8 become
 * \xNN or \uNNNN; CR LF, LF and tab become one blank each.  What a server says goes through this
 * before it reaches a terminal. */
bool buf_append_printable(struct buf *buf, struct str text);

/* Empties it and keeps the memory. */
void buf_clear(struct buf *buf);
void buf_cut(struct buf *buf, size_t len); /* keeps the first len bytes */

struct str buf_str(const struct buf *buf);
const char *buf_text(const struct buf *buf); /* "" if empty; good until the next append */
char *buf_take(struct buf *buf);             /* yours to mem_free(); the buf is empty again */

#endif
