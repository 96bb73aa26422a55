/* SPDX-License-Identifier: MIT */
/* message: one HTTP exchange as values: what is asked, and what became of it.
 *
 * Ownership: requests and replies own their texts; _release empties them. */
#ifndef HTTP_MESSAGE_H
#define HTTP_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "http/header.h"

enum http_method {
    HTTP_GET,
    HTTP_HEAD,
    HTTP_POST,
    HTTP_PUT,
    HTTP_PATCH,
    HTTP_DELETE,
    HTTP_METHOD_COUNT,
};
extern const char *const http_method_names[HTTP_METHOD_COUNT];

enum http_request_flags {
    HTTP_ONCE = 1 << 0,     /* must not be sent twice: fresh connection, no repeat by anyone
                               (reliability finding 1) */
    HTTP_NO_TOKEN = 1 << 1, /* not for the management host: no Authorization header (sign-in) */
    HTTP_SECRET = 1 << 2,   /* body is a secret: wiped, never shown or kept */
};

struct http_request {
    enum http_method method;
    unsigned flags;
    char *url; /* absolute */
    struct headers headers;
    struct buf body;            /* sent as it is */
    int64_t timeout_ms;         /* 0: the usual one */
    char client_request_id[40]; /* x-ms-client-request-id; filled by who sends it */
};

/* What is known about an exchange that ended. */
enum http_outcome {
    HTTP_ANSWERED, /* a whole header block arrived; status and headers are true, body if
                      body_is_whole */
    HTTP_NOT_SENT, /* no byte of the request left: refused, DNS, TLS, proxy */
    HTTP_LOST,     /* it left and no whole answer came: what the server did is unknown */
    HTTP_OUTCOME_COUNT,
};

struct http_reply {
    enum http_outcome outcome;
    int status;
    struct headers headers;
    struct buf body;
    bool body_is_whole;
    bool never_retry; /* certificate not trusted and the like: trying again cannot help */
    bool is_refused;  /* our own refusal before sending (foreign host) */
    char *failure;    /* why it was not sent or got lost, for people; NULL if answered */
    int64_t elapsed_ms;
};

void http_request_init(struct http_request *request, enum http_method method, const char *url);
void http_request_release(struct http_request *request);
/* Moves: to becomes what from was, from is empty. */
void http_request_move(struct http_request *to, struct http_request *from);
/* A copy of its own, headers and body included. */
void http_request_copy(struct http_request *to, const struct http_request *from);
void http_request_header(struct http_request *request, const char *name, const char *value);

void http_reply_init(struct http_reply *reply);
void http_reply_release(struct http_reply *reply);

#endif
