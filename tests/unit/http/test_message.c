/* SPDX-License-Identifier: MIT */
#include "http/message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limit.h"
#include "base/mem.h"

static void fill(struct http_request *request)
{
    http_request_init(request, HTTP_POST, "https://a.b/c");
    request->flags = HTTP_ONCE | HTTP_SECRET;
    request->timeout_ms = 90000;
    (void)snprintf(request->client_request_id, sizeof(request->client_request_id), "an-id");
    http_request_header(request, "Content-Type", "application/json");
    http_request_header(request, "Accept", "*/*");
    buf_append_text(&request->body, "{}");
}

static void expect_filled(const struct http_request *request)
{
    assert_int_equal(request->method, HTTP_POST);
    assert_string_equal(request->url, "https://a.b/c");
    assert_int_equal(request->flags, HTTP_ONCE | HTTP_SECRET);
    assert_int_equal(request->timeout_ms, 90000);
    assert_string_equal(request->client_request_id, "an-id");
    assert_int_equal(request->headers.count, 2);
    assert_string_equal(headers_find(&request->headers, "content-type"), "application/json");
    assert_string_equal(buf_text(&request->body), "{}");
    assert_int_equal(request->body.max, LIMIT_BODY_BYTES);
}

static void message__copies_a_request(void **state)
{
    (void)state;
    struct http_request request;
    struct http_request copy;
    fill(&request);
    http_request_copy(&copy, &request);
    assert_ptr_not_equal(copy.url, request.url);
    assert_ptr_not_equal(copy.body.data, request.body.data);
    http_request_header(&copy, "Authorization", "Bearer x");
    assert_int_equal(request.headers.count, 2);
    http_request_release(&copy);
    expect_filled(&request);
    http_request_copy(&copy, &request);
    http_request_release(&request);
    expect_filled(&copy);
    http_request_release(&copy);
}

static void message__moves_a_request(void **state)
{
    (void)state;
    struct http_request request;
    struct http_request moved;
    fill(&request);
    http_request_move(&moved, &request);
    assert_null(request.url);
    http_request_release(&request); /* an empty one may be released */
    expect_filled(&moved);
    http_request_release(&moved);
    assert_null(moved.url);
    assert_null(moved.body.data);
}

static void message__releases_a_reply(void **state)
{
    (void)state;
    struct http_reply reply;
    http_reply_init(&reply);
    headers_add(&reply.headers, STR("Date"), STR("x"));
    buf_append_text(&reply.body, "body");
    reply.failure = mem_text("cut");
    http_reply_release(&reply);
    assert_null(reply.failure);
    assert_null(reply.body.data);
    assert_int_equal(reply.headers.count, 0);
    http_reply_release(&reply);
}

static void message__names_methods(void **state)
{
    (void)state;
    assert_string_equal(http_method_names[HTTP_GET], "GET");
    assert_string_equal(http_method_names[HTTP_PATCH], "PATCH");
    assert_string_equal(http_method_names[HTTP_DELETE], "DELETE");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(message__copies_a_request),
        cmocka_unit_test(message__moves_a_request),
        cmocka_unit_test(message__releases_a_reply),
        cmocka_unit_test(message__names_methods),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
