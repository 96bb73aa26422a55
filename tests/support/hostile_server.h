/* SPDX-License-Identifier: MIT */
/* hostile_server: a server in a thread of its own that answers as badly as it is told to, for tests
 * of HTTP clients: replies cut anywhere, resets, silence, floods; it counts what it saw.
 *
 * Use: hostile_server_start() with a script, one row for each request whatever its connection (the
 * last row for all that follow); ask; hostile_server_stop() and look at the counts.
 * Ownership: the script stays the caller's and must live until the stop. */
#ifndef SUPPORT_HOSTILE_SERVER_H
#define SUPPORT_HOSTILE_SERVER_H

#include <stdbool.h>
#include <stddef.h>

enum hostile_end {
    HOSTILE_KEEP,   /* the connection stays open for more */
    HOSTILE_CLOSE,  /* closed after the bytes */
    HOSTILE_RESET,  /* RST after the bytes */
    HOSTILE_SILENT, /* kept open, but never spoken on again */
};

struct hostile_row {
    const char *head;  /* text sent first, or NULL */
    const char *bytes; /* or NULL */
    size_t len;        /* 0: bytes are text */
    size_t repeat;     /* how often bytes are sent; 0: once */
    enum hostile_end end;
    size_t hold;     /* not answered before that many requests are there */
    bool is_at_once; /* answers any first byte, not a whole HTTP request */
};

struct hostile_counts {
    size_t connections, most_open, requests, posts;
    bool has_token; /* an Authorization header was seen */
};

struct hostile_server;
struct hostile_server *hostile_server_start(const struct hostile_row *script, size_t row_count);
/* "http://127.0.0.1:PORT" */
const char *hostile_server_origin(const struct hostile_server *server);
struct hostile_counts hostile_server_stop(struct hostile_server *server);

#endif
