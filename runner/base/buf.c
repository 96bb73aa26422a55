/* SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"

void buf_init(struct buf *buf, size_t max)
{
    *buf = (struct buf)BUF_INIT(max);
}

void buf_release(struct buf *buf)
{
    mem_free(buf->data);
    buf_init(buf, buf->max);
}

void buf_cleanup(struct buf *buf)
{
    buf_release(buf);
}

/* Room for len more bytes and the NUL. */
static bool reserve(struct buf *buf, size_t len)
{
    if (len > buf->max - buf->len) {
        buf->full = true;
        return false;
    }
    size_t needed = buf->len + len + 1;
    if (needed > buf->capacity) {
        size_t capacity = buf->capacity * 2 < 64 ? 64 : buf->capacity * 2;
        if (capacity < needed) {
            capacity = needed;
        }
        if (capacity > buf->max + 1) {
            capacity = buf->max + 1;
        }
        buf->data = mem_resize(buf->data, capacity);
        buf->capacity = capacity;
    }
    return true;
}

bool buf_append(struct buf *buf, const void *bytes, size_t len)
{
    if (!reserve(buf, len)) {
        return false;
    }
    if (len > 0) {
        memcpy(buf->data + buf->len, bytes, len);
    }
    buf->len += len;
    buf->data[buf->len] = '\0';
    return true;
}

bool buf_append_text(struct buf *buf, const char *text)
{
    return buf_append_str(buf, str_from(text));
}

bool buf_append_str(struct buf *buf, struct str text)
{
    return buf_append(buf, text.at, text.len);
}

bool buf_append_char(struct buf *buf, char c)
{
    return buf_append(buf, &c, 1);
}

bool buf_format(struct buf *buf, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    bool done = buf_format_list(buf, format, list);
    va_end(list);
    return done;
}

bool buf_format_list(struct buf *buf, const char *format, va_list list)
{
    va_list again;
    va_copy(again, list);
    size_t room = buf->capacity - buf->len;
    int len = vsnprintf(room == 0 ? NULL : buf->data + buf->len, room, format, list);
    bool done = len >= 0 && reserve(buf, (size_t)len);
    if (done) {
        if ((size_t)len >= room) {
            vsnprintf(buf->data + buf->len, (size_t)len + 1, format, again);
        }
        buf->len += (size_t)len;
    } else if (buf->data != NULL) {
        buf->data[buf->len] = '\0'; /* takes the first try's bytes back */
    }
    va_end(again);
    if (len < 0) {
        BUG("format '%s'", format);
    }
    return done;
}

/* Controls, and what reorders or hides text around it. */
static bool is_harmful(uint32_t code)
{
    static const uint32_t ranges[][2] = {
        {0x00,   0x1f  },
        {0x7f,   0x9f  },
        {0x61c,  0x61c },
        {0x200b, 0x200f},
        {0x2028, 0x202e},
        {0x2060, 0x2069},
        {0xfeff, 0xfeff},
    };
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
        if (code >= ranges[i][0] && code <= ranges[i][1]) {
            return true;
        }
    }
    return false;
}

/* Appends one printable character; gives the bytes it used, 0 if the buf is full. */
static size_t append_printable_char(struct buf *buf, struct str text)
{
    uint32_t code;
    size_t len = str_utf8_next(text, &code);
    if (len == 0) {
        return buf_format(buf, "\\x%02x", (unsigned)(unsigned char)text.at[0]) ? 1 : 0;
    }
    if (str_starts_with(text, STR("\r\n"))) {
        return buf_append_char(buf, ' ') ? 2 : 0;
    }
    if (code == '\n' || code == '\t') {
        return buf_append_char(buf, ' ') ? 1 : 0;
    }
    if (!is_harmful(code)) {
        return buf_append(buf, text.at, len) ? len : 0;
    }
    return buf_format(buf, code < 0x80 ? "\\x%02x" : "\\u%04x", (unsigned)code) ? len : 0;
}

bool buf_append_printable(struct buf *buf, struct str text)
{
    size_t start = buf->len;
    for (size_t at = 0; at < text.len;) {
        size_t used = append_printable_char(buf, str_slice(text, at, text.len));
        if (used == 0) {
            buf_cut(buf, start);
            return false;
        }
        at += used;
    }
    return true;
}

void buf_clear(struct buf *buf)
{
    buf_cut(buf, 0);
    buf->full = false;
}

void buf_cut(struct buf *buf, size_t len)
{
    if (len < buf->len) {
        buf->len = len;
        buf->data[len] = '\0';
    }
}

struct str buf_str(const struct buf *buf)
{
    return (struct str){buf_text(buf), buf->len};
}

const char *buf_text(const struct buf *buf)
{
    return buf->data == NULL ? "" : buf->data;
}

char *buf_take(struct buf *buf)
{
    char *data = buf->data == NULL ? mem_text("") : buf->data;
    buf_init(buf, buf->max);
    return data;
}
