/* SPDX-License-Identifier: MIT */
#include "http/message.h"

#include "base/limit.h"
#include "base/mem.h"
#include "base/secret.h"

const char *const http_method_names[HTTP_METHOD_COUNT] = {"GET", "HEAD",  "POST",
                                                          "PUT", "PATCH", "DELETE"};

void http_request_init(struct http_request *request, enum http_method method, const char *url)
{
    *request = (struct http_request){.method = method, .url = mem_text(url)};
    buf_init(&request->body, LIMIT_BODY_BYTES);
}

void http_request_release(struct http_request *request)
{
    mem_free(request->url);
    headers_release(&request->headers);
    if ((request->flags & HTTP_SECRET) != 0) {
        secret_wipe_buf(&request->body);
    } else {
        buf_release(&request->body);
    }
    *request = (struct http_request){0};
}

void http_request_move(struct http_request *to, struct http_request *from)
{
    *to = *from;
    *from = (struct http_request){0};
}

void http_request_copy(struct http_request *to, const struct http_request *from)
{
    http_request_init(to, from->method, from->url);
    to->flags = from->flags;
    to->timeout_ms = from->timeout_ms;
    (void)snprintf(to->client_request_id, sizeof(to->client_request_id), "%s",
                   from->client_request_id);
    for (size_t i = 0; i < from->headers.count; i++) {
        http_request_header(to, from->headers.items[i].name, from->headers.items[i].value);
    }
    buf_append_str(&to->body, buf_str(&from->body));
}

void http_request_header(struct http_request *request, const char *name, const char *value)
{
    headers_add(&request->headers, str_from(name), str_from(value));
}

void http_reply_init(struct http_reply *reply)
{
    *reply = (struct http_reply){0};
    buf_init(&reply->body, LIMIT_BODY_BYTES);
}

void http_reply_release(struct http_reply *reply)
{
    headers_release(&reply->headers);
    buf_release(&reply->body);
    mem_free(reply->failure);
    *reply = (struct http_reply){0};
}
