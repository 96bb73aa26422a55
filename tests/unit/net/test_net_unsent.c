/* SPDX-License-Identifier: MIT */
/* What does not leave, and what is not followed. */
#include "net/net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limit.h"
#include "support/hostile_server.h"
#include "unit/net/net_fixture.h"

/* T02, T07 and a connection that breaks in the handshake: nothing was sent, so it may go again, but
 * not where that cannot help. */
static void net__knows_what_was_never_sent(void **state)
{
    const struct {
        const char *what;
        struct hostile_row row;
        bool is_refused_port, never_retry;
    } cases[] = {
        {"T02 nobody listens",                 {.end = HOSTILE_CLOSE},                            true,  false},
        {"T07 plain text where TLS should be",
         {.bytes = "HTTP/1.1 400 Bad Request\r\n\r\n", .end = HOSTILE_CLOSE, .is_at_once = true},
         false,                                                                                          true },
        {"reset in the TLS handshake",         {.end = HOSTILE_RESET, .is_at_once = true},        false, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct hostile_server *server = hostile_server_start(&cases[i].row, 1);
        AUTO(buf) struct buf url = BUF_INIT(LIMIT_URL_BYTES);
        const char *origin = hostile_server_origin(server);
        buf_format(&url, "%s%s", cases[i].is_refused_port ? "" : "https",
                   cases[i].is_refused_port ? origin : origin + 4);
        if (cases[i].is_refused_port) {
            (void)hostile_server_stop(server);
            server = NULL;
        }
        struct net *net = open_net();
        send_one(net, HTTP_POST, buf_text(&url), HTTP_ONCE);
        struct net_result result = wait_one(net);
        print_message("%s: %s\n", cases[i].what, result.reply.failure);
        assert_int_equal(result.reply.outcome, HTTP_NOT_SENT);
        assert_int_equal(result.reply.never_retry, cases[i].never_retry);
        assert_false(result.reply.is_refused);
        release(&result);
        net_close(net);
        if (server != NULL) {
            assert_false(hostile_server_stop(server).has_token);
        }
    }
}

/* T37: all that left was the CONNECT; the name is never looked up here. */
static void net__says_that_a_proxy_refused(void **state)
{
    const struct hostile_row row = {
        .bytes = "HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n", .end = HOSTILE_CLOSE};
    (void)state;
    struct hostile_server *server = hostile_server_start(&row, 1);
    struct net *net = open_net();
    /* the server's thread reads no environment: NOLINTBEGIN(concurrency-mt-unsafe) */
    assert_int_equal(setenv("https_proxy", hostile_server_origin(server), 1), 0);
    send_one(net, HTTP_POST, "https://management.example/x", HTTP_ONCE);
    struct net_result result = wait_one(net);
    assert_int_equal(unsetenv("https_proxy"), 0);
    /* NOLINTEND(concurrency-mt-unsafe) */
    print_message("T37: %s\n", result.reply.failure);
    assert_int_equal(result.reply.outcome, HTTP_NOT_SENT);
    assert_int_equal(result.reply.headers.count, 0);
    assert_true(str_find(str_from(result.reply.failure), STR("407")) != SIZE_MAX);
    release(&result);
    net_close(net);
    struct hostile_counts counts = hostile_server_stop(server);
    assert_int_equal(counts.requests, 1);
    assert_int_equal(counts.posts, 0);
}

static void check_refused(struct net *net, struct http_request *request, const char *part)
{
    struct net_result result;
    net_send(net, request, NULL);
    assert_int_equal(net_in_flight(net), 0); /* without a socket, without a wait */
    assert_true(net_next(net, &result));
    assert_int_equal(result.reply.outcome, HTTP_NOT_SENT);
    assert_true(result.reply.is_refused);
    assert_true(str_find(str_from(result.reply.failure), str_from(part)) != SIZE_MAX);
    release(&result);
}

static void net__refuses_what_must_not_leave(void **state)
{
    static const char *const urls[] = {"http://management.azure.com/x", "http://10.0.0.1/",
                                       "http://127.0.0.1.evil.example/", "http://localhost.evil/"};
    const struct hostile_row row = {.bytes = OK_EMPTY};
    struct http_request request;
    (void)state;
    struct hostile_server *server = hostile_server_start(&row, 1);
    struct net *net = open_net();
    for (size_t i = 0; i < COUNT(urls); i++) {
        http_request_init(&request, HTTP_GET, urls[i]);
        check_refused(net, &request, "loopback");
    }
    http_request_init(&request, HTTP_GET, "file:///etc/passwd");
    check_refused(net, &request, "not an absolute");
    /* I25: a value that would smuggle a line */
    http_request_init(&request, HTTP_GET, hostile_server_origin(server));
    http_request_header(&request, "X-Plan", "a\r\nAuthorization: Bearer x");
    check_refused(net, &request, "control character");
    http_request_init(&request, HTTP_GET, hostile_server_origin(server));
    AUTO(buf) struct buf large = BUF_INIT(LIMIT_BODY_BYTES);
    buf_format(&large, "%0*d", (int)LIMIT_HEADER_BYTES, 0);
    http_request_header(&request, "Authorization", buf_text(&large));
    check_refused(net, &request, "larger");
    net_close(net);

    struct net_options options = {.user_agent = "test"}; /* no plain http at all */
    assert_null(net_open(&options, &net));
    http_request_init(&request, HTTP_GET, hostile_server_origin(server));
    check_refused(net, &request, "plain http");
    net_close(net);
    assert_int_equal(hostile_server_stop(server).connections, 0);
}

/* T23: a redirect is an answer, not an order. */
static void net__follows_no_redirect(void **state)
{
    const struct hostile_row elsewhere = {.bytes = OK_EMPTY};
    (void)state;
    struct hostile_server *other = hostile_server_start(&elsewhere, 1);
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_BODY_BYTES);
    buf_format(&text, "HTTP/1.1 307 Over there\r\nLocation: %s/\r\nContent-Length: 0\r\n\r\n",
               hostile_server_origin(other));
    const struct hostile_row row = {.bytes = text.data};
    struct hostile_server *server = hostile_server_start(&row, 1);
    struct net *net = open_net();
    struct http_request request;
    http_request_init(&request, HTTP_GET, hostile_server_origin(server));
    http_request_header(&request, "Authorization", "Bearer canary");
    net_send(net, &request, NULL);
    struct net_result result = wait_one(net);
    assert_int_equal(result.reply.outcome, HTTP_ANSWERED);
    assert_int_equal(result.reply.status, 307);
    release(&result);
    net_close(net);
    assert_true(hostile_server_stop(server).has_token);
    assert_int_equal(hostile_server_stop(other).connections, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(net__knows_what_was_never_sent),
        cmocka_unit_test(net__says_that_a_proxy_refused),
        cmocka_unit_test(net__refuses_what_must_not_leave),
        cmocka_unit_test(net__follows_no_redirect),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
