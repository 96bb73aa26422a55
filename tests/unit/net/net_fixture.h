/* SPDX-License-Identifier: MIT */
/* net_fixture: one net and one exchange at a time, for the net room's tests. */
#ifndef NET_FIXTURE_H
#define NET_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/net.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define OK_EMPTY "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"

static inline struct net *open_net(void)
{
    struct net_options options = {.user_agent = "test", .allow_plain_http = true};
    struct net *net = NULL;
    assert_null(net_open(&options, &net));
    return net;
}

static inline void send_one(struct net *net, enum http_method method, const char *url,
                            unsigned flags)
{
    struct http_request request;
    http_request_init(&request, method, url);
    request.flags = flags;
    request.timeout_ms = 20000;
    if (method == HTTP_POST) {
        http_request_header(&request, "Content-Type", "application/json");
        buf_append_text(&request.body, "{\"restore\":true}");
    }
    net_send(net, &request, NULL);
    http_request_release(&request);
}

static inline struct net_result wait_one(struct net *net)
{
    struct net_result result;
    while (!net_next(net, &result)) {
        net_wait(net, -1);
    }
    return result;
}

static inline void release(struct net_result *result)
{
    http_request_release(&result->request);
    http_reply_release(&result->reply);
}

#endif
