/* SPDX-License-Identifier: MIT */
#include "net/net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <unistd.h>

#include "base/limit.h"
#include "support/hostile_server.h"
#include "unit/net/net_fixture.h"

/* One request to a server of one row. */
static struct hostile_counts exchange(const struct hostile_row *row, enum http_method method,
                                      struct net_result *ret)
{
    struct hostile_server *server = hostile_server_start(row, 1);
    struct net *net = open_net();
    send_one(net, method, hostile_server_origin(server), method == HTTP_POST ? HTTP_ONCE : 0);
    *ret = wait_one(net);
    net_close(net);
    return hostile_server_stop(server);
}

/* ------------------------------------------------------------------ what an answer is */

#define ACCEPTED "HTTP/1.1 202 Accepted\r\nAzure-AsyncOperation: https://x/op\r\n"

struct reply_case {
    const char *id;
    struct hostile_row row;
    enum http_outcome outcome;
    int status;
    bool is_whole;
    const char *body;
};

static const struct reply_case reply_cases[] = {
    {"a plain answer",                             {.bytes = OK_EMPTY},                     HTTP_ANSWERED, 200, true,  "{}"    },
    {"T08 read, then reset",                       {.bytes = "", .end = HOSTILE_RESET},     HTTP_LOST,     0,   false, ""      },
    {"read, then closed",                          {.bytes = "", .end = HOSTILE_CLOSE},     HTTP_LOST,     0,   false, ""      },
    {"T10 closed before the blank line",
     {.bytes = "HTTP/1.1 202 Accepted\r\n", .end = HOSTILE_CLOSE},
     HTTP_LOST,                                                                                            0,
     false,                                                                                                            ""      },
    {"T10 a line of blanks is not the blank line",
     {.bytes = ACCEPTED " \r\n", .end = HOSTILE_CLOSE},
     HTTP_LOST,                                                                                            0,
     false,                                                                                                            ""      },
    {"T11 reset among the headers",
     {.bytes = ACCEPTED, .end = HOSTILE_RESET},
     HTTP_LOST,                                                                                            0,
     false,                                                                                                            ""      },
    {"T12 headers whole, body cut",
     {.bytes = ACCEPTED "Content-Length: 100\r\n\r\n{", .end = HOSTILE_CLOSE},
     HTTP_ANSWERED,                                                                                        202,
     false,                                                                                                            "{"     },
    {"T13 shorter than its Content-Length",
     {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{\"a\"", .end = HOSTILE_CLOSE},
     HTTP_ANSWERED,                                                                                        200,
     false,                                                                                                            "{\"a\""},
    {"T14 chunks cut",
     {.bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n5\r\nab",
      .end = HOSTILE_CLOSE},
     HTTP_ANSWERED,                                                                                        200,
     false,                                                                                                            NULL    },
    {"T25 HTTP/1.0",
     {.bytes = "HTTP/1.0 200 OK\r\n\r\n{}", .end = HOSTILE_CLOSE},
     HTTP_ANSWERED,                                                                                        200,
     true,                                                                                                             "{}"    },
    {"T26 HTTP/0.9",                               {.bytes = "{}", .end = HOSTILE_CLOSE},   HTTP_LOST,     0,   false, NULL    },
    {"T29 two lengths",
     {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 2\r\n\r\n{}",
      .end = HOSTILE_CLOSE},
     HTTP_ANSWERED,                                                                                        200,
     false,                                                                                                            NULL    },
    {"T32 NUL in a header",
     {.bytes = "HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n",
      .len = 46,
      .end = HOSTILE_CLOSE},
     HTTP_LOST,                                                                                            0,
     false,                                                                                                            ""      },
    {"T35 nothing where something is needed",
     {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"},
     HTTP_ANSWERED,                                                                                        200,
     true,                                                                                                             ""      },
    {"a first answer of 100",
     {.bytes = "HTTP/1.1 100 Continue\r\n\r\n" OK_EMPTY},
     HTTP_ANSWERED,                                                                                        200,
     true,                                                                                                             "{}"    },
    {"only a 100",
     {.bytes = "HTTP/1.1 100 Continue\r\n\r\n", .end = HOSTILE_CLOSE},
     HTTP_LOST,                                                                                            100,
     false,                                                                                                            ""      },
    {"an error of the server",
     {.bytes = "HTTP/1.1 503 Busy\r\nRetry-After: 3\r\nContent-Length: 2\r\n\r\n{}"},
     HTTP_ANSWERED,                                                                                        503,
     true,                                                                                                             "{}"    },
};

static void check_reply(const struct reply_case *one, enum http_method method)
{
    struct net_result result;
    struct hostile_counts counts = exchange(&one->row, method, &result);
    print_message("%s, %s: %s\n", one->id, http_method_names[method],
                  result.reply.failure == NULL ? "-" : result.reply.failure);
    assert_int_equal(result.reply.outcome, one->outcome);
    assert_int_equal(result.reply.status, one->status);
    assert_int_equal(result.reply.body_is_whole, one->is_whole);
    assert_true((result.reply.failure == NULL) == one->is_whole);
    if (one->body != NULL) {
        assert_string_equal(buf_text(&result.reply.body), one->body);
    }
    release(&result);
    assert_int_equal(counts.requests, 1);
}

static void net__tells_an_answer_from_a_piece_of_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(reply_cases); i++) {
        check_reply(&reply_cases[i], HTTP_GET);
        check_reply(&reply_cases[i], HTTP_POST);
    }
}

/* T10, T11: no cut of the head is an answer, however it reads. */
static void net__takes_no_cut_head_for_an_answer(void **state)
{
    static const char head[] = ACCEPTED "Retry-After: 60\r\n\r\n";
    (void)state;
    for (size_t len = 1; len < sizeof(head) - 1; len++) {
        struct hostile_row row = {.bytes = head, .len = len, .end = HOSTILE_CLOSE};
        struct net_result result;
        struct hostile_counts counts = exchange(&row, HTTP_POST, &result);
        assert_int_equal(result.reply.outcome, HTTP_LOST);
        release(&result);
        assert_int_equal(counts.posts, 1);
    }
}

/* T15: where closing is the end, a cut body looks whole here; it is handed on byte for byte, and no
 * strict prefix of a JSON object is one (test_json_read). */
static void net__hands_on_what_came_before_the_close(void **state)
{
    static const char whole[] = "HTTP/1.1 200 OK\r\n\r\n{\"value\":[]}";
    (void)state;
    for (size_t len = 20; len < sizeof(whole); len += 4) {
        struct hostile_row row = {.bytes = whole, .len = len, .end = HOSTILE_CLOSE};
        struct net_result result;
        (void)exchange(&row, HTTP_GET, &result);
        assert_int_equal(result.reply.outcome, HTTP_ANSWERED);
        assert_int_equal(result.reply.body.len, len - 19);
        assert_memory_equal(result.reply.body.data, whole + 19, len - 19);
        release(&result);
    }
}

/* ------------------------------------------------------------------ once means once */

/* T09: libcurl would repeat any request on a connection that was used before and then dropped. */
static void net__sends_a_change_once_after_a_dropped_connection(void **state)
{
    static const enum hostile_end ends[] = {HOSTILE_CLOSE, HOSTILE_RESET};
    (void)state;
    for (size_t i = 0; i < COUNT(ends); i++) {
        const struct hostile_row script[] = {
            {.bytes = OK_EMPTY},
            {.bytes = "",       .end = ends[i]},
            {.bytes = OK_EMPTY                }
        };
        struct hostile_server *server = hostile_server_start(script, COUNT(script));
        struct net *net = open_net();
        send_one(net, HTTP_GET, hostile_server_origin(server), 0);
        struct net_result first = wait_one(net);
        send_one(net, HTTP_POST, hostile_server_origin(server), HTTP_ONCE);
        struct net_result second = wait_one(net);
        assert_int_equal(first.reply.outcome, HTTP_ANSWERED);
        assert_int_equal(second.reply.outcome, HTTP_LOST);
        release(&first);
        release(&second);
        net_close(net);
        struct hostile_counts counts = hostile_server_stop(server);
        assert_int_equal(counts.posts, 1);
        assert_int_equal(counts.connections, 2);
    }
}

/* T36: the server closes a kept connection between two polls. */
static void net__reads_again_where_a_kept_connection_went_away(void **state)
{
    const struct hostile_row script[] = {
        {.bytes = OK_EMPTY, .end = HOSTILE_CLOSE},
        {.bytes = OK_EMPTY                }
    };
    (void)state;
    struct hostile_server *server = hostile_server_start(script, COUNT(script));
    struct net *net = open_net();
    for (int i = 0; i < 2; i++) {
        send_one(net, HTTP_GET, hostile_server_origin(server), 0);
        struct net_result result = wait_one(net);
        assert_int_equal(result.reply.outcome, HTTP_ANSWERED);
        release(&result);
    }
    net_close(net);
    assert_int_equal(hostile_server_stop(server).requests, 2);
}

/* T34: bytes glued to an answer must not become the next one's. */
static void net__does_not_read_the_next_answer_from_glued_bytes(void **state)
{
    const struct hostile_row script[] = {
        {.bytes = OK_EMPTY "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nforge"},
        {.bytes = OK_EMPTY}};
    (void)state;
    struct hostile_server *server = hostile_server_start(script, COUNT(script));
    struct net *net = open_net();
    for (int i = 0; i < 2; i++) {
        send_one(net, HTTP_GET, hostile_server_origin(server), 0);
        struct net_result result = wait_one(net);
        assert_string_equal(buf_text(&result.reply.body), "{}");
        release(&result);
    }
    net_close(net);
    (void)hostile_server_stop(server);
}

/* ------------------------------------------------------------------ bounds */

/* A gzip stream of zeros: one fixed Huffman block of (258 bytes, distance 1) copies, 13 bits each.
 */
static void append_bomb(struct buf *bomb, size_t bytes)
{
    uint32_t bits = 0;
    unsigned count = 0;
    (void)buf_append(bomb, "\x1f\x8b\x08\0\0\0\0\0\0\x03", 10);
    /* last block, fixed codes (3 bits), then literal 0 (00110000, first bit first) */
    bits = 3 | (0x0c << 3);
    count = 11;
    for (size_t made = 1; made < bytes; made += 258) {
        bits |= 0xa3u << count; /* 285 is 11000101, turned round; distance 1 is 00000 */
        for (count += 13; count >= 8; count -= 8) {
            (void)buf_append_char(bomb, (char)(bits & 0xff));
            bits >>= 8;
        }
    }
}

static void check_too_large(const struct hostile_row *script, enum http_outcome outcome)
{
    struct net_result result;
    (void)exchange(script, HTTP_GET, &result);
    assert_int_equal(result.reply.outcome, outcome);
    assert_false(result.reply.body_is_whole);
    assert_string_equal(result.reply.failure, "the answer is larger than is accepted");
    assert_true(result.reply.body.len <= LIMIT_BODY_BYTES);
    release(&result);
}

/* T18, T19, T20, T33 */
static void net__stops_at_its_bounds(void **state)
{
    AUTO(buf) struct buf chunk = BUF_INIT(LIMIT_BODY_BYTES);
    AUTO(buf) struct buf bomb = BUF_INIT(LIMIT_BODY_BYTES);
    AUTO(buf) struct buf location = BUF_INIT(LIMIT_BODY_BYTES);
    (void)state;
    append_bomb(&bomb, 64u * 1024 * 1024);
    buf_format(&chunk, "10000\r\n%065536d\r\n", 0);
    buf_format(&location, "HTTP/1.1 202 Accepted\r\nLocation: /%065536d\r\n\r\n", 0);
    const struct hostile_row zipped = {.head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n",
                                       .bytes = bomb.data,
                                       .len = bomb.len,
                                       .end = HOSTILE_CLOSE};
    const struct hostile_row endless = {.head =
                                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                                        .bytes = chunk.data,
                                        .repeat = 1000};
    const struct hostile_row headers = {
        .head = "HTTP/1.1 200 OK\r\n", .bytes = "X-Flood: 0123456789\r\n", .repeat = 5000};
    const struct hostile_row informal = {.bytes = "HTTP/1.1 100 Continue\r\n\r\n", .repeat = 5000};
    const struct hostile_row one_line = {.bytes = location.data};
    check_too_large(&zipped, HTTP_ANSWERED);
    check_too_large(&endless, HTTP_ANSWERED);
    check_too_large(&headers, HTTP_LOST);
    check_too_large(&informal, HTTP_LOST);
    check_too_large(&one_line, HTTP_LOST);
}

/* T33: polling URLs of Azure are long. */
static void net__takes_a_location_of_8_kb(void **state)
{
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_BODY_BYTES);
    (void)state;
    buf_format(&text, "HTTP/1.1 202 Accepted\r\nLocation: /%08192d\r\nContent-Length: 0\r\n\r\n",
               0);
    const struct hostile_row row = {.bytes = text.data};
    struct net_result result;
    (void)exchange(&row, HTTP_POST, &result);
    assert_int_equal(result.reply.outcome, HTTP_ANSWERED);
    assert_int_equal(str_from(headers_find(&result.reply.headers, "location")).len, 8193);
    release(&result);
}

/* T16, T17: {"a":1} as gzip: whole, cut and changed. */
static void net__does_not_take_broken_gzip_for_whole(void **state)
{
    static const char zipped[] = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x01\x07\x00\xf8\xff"
                                 "{\"a\":1}\xaf\xac\x1b\x56\x07\x00\x00\x00";
    char changed[sizeof(zipped)];
    (void)state;
    memcpy(changed, zipped, sizeof(zipped));
    changed[18] = 'b';
    const struct {
        const char *bytes;
        size_t len;
        bool may_be_whole;
        const char *body; /* NULL: anything */
    } cases[] = {
        {zipped,  sizeof(zipped) - 1, true,  "{\"a\":1}"},
        {zipped,  19,                 true,  "{\"a\""   }, /* curl reports success; what is there is no JSON object */
        {changed, sizeof(zipped) - 1, false, NULL       },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct hostile_row row = {.head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n",
                                        .bytes = cases[i].bytes,
                                        .len = cases[i].len,
                                        .end = HOSTILE_CLOSE};
        struct net_result result;
        (void)exchange(&row, HTTP_GET, &result);
        assert_int_equal(result.reply.outcome, HTTP_ANSWERED);
        if (!cases[i].may_be_whole) {
            assert_false(result.reply.body_is_whole);
        }
        if (cases[i].body != NULL) {
            assert_string_equal(buf_text(&result.reply.body), cases[i].body);
        }
        release(&result);
    }
}

/* T22 */
static void net__gives_up_on_silence(void **state)
{
    const struct hostile_row row = {.end = HOSTILE_SILENT};
    (void)state;
    struct hostile_server *server = hostile_server_start(&row, 1);
    struct net *net = open_net();
    struct http_request request;
    http_request_init(&request, HTTP_POST, hostile_server_origin(server));
    request.flags = HTTP_ONCE;
    request.timeout_ms = 50;
    net_send(net, &request, NULL);
    struct net_result result = wait_one(net);
    assert_int_equal(result.reply.outcome, HTTP_LOST);
    assert_non_null(result.reply.failure);
    release(&result);
    net_close(net);
    assert_int_equal(hostile_server_stop(server).posts, 1);
}

/* More than curl may have at once: the others wait their turn. */
static void net__carries_more_transfers_than_connections(void **state)
{
    const struct hostile_row row = {.bytes = OK_EMPTY, .hold = LIMIT_CONNECTIONS};
    struct http_request request;
    struct net_result result;
    bool has_come[200] = {false};
    size_t count = 0;
    (void)state;
    struct hostile_server *server = hostile_server_start(&row, 1);
    struct net *net = open_net();
    for (size_t i = 0; i < COUNT(has_come); i++) {
        http_request_init(&request, HTTP_GET, hostile_server_origin(server));
        net_send(net, &request, &has_come[i]);
    }
    assert_int_equal(net_in_flight(net), COUNT(has_come));
    while (count < COUNT(has_come)) {
        net_wait(net, -1);
        for (; net_next(net, &result); count++) {
            bool *flag = result.owner;
            assert_false(*flag);
            *flag = true;
            assert_int_equal(result.reply.outcome, HTTP_ANSWERED);
            release(&result);
        }
    }
    assert_int_equal(net_in_flight(net), 0);
    net_close(net);
    assert_int_equal(hostile_server_stop(server).most_open, LIMIT_CONNECTIONS);
}

/* ------------------------------------------------------------------ the wait */

static void net__is_woken_by_a_byte(void **state)
{
    (void)state;
    struct net *net = open_net();
    assert_int_equal(write(net_wake_descriptor(net), "", 1), 1);
    net_wait(net, -1); /* would be without end */
    net_wait(net, 0);
    net_close(net);
}

/* Closed in the middle of everything: nothing is lost (leak check) and nothing is waited for. */
static void net__closes_with_transfers_in_flight(void **state)
{
    const struct hostile_row row = {.end = HOSTILE_SILENT};
    (void)state;
    struct hostile_server *server = hostile_server_start(&row, 1);
    struct net *net = open_net();
    for (int i = 0; i < 3 * LIMIT_CONNECTIONS; i++) {
        send_one(net, HTTP_GET, hostile_server_origin(server), 0);
    }
    send_one(net, HTTP_GET, "http://elsewhere.example/", 0); /* refused, never fetched */
    net_wait(net, 0);
    net_close(net);
    (void)hostile_server_stop(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(net__tells_an_answer_from_a_piece_of_one),
        cmocka_unit_test(net__takes_no_cut_head_for_an_answer),
        cmocka_unit_test(net__hands_on_what_came_before_the_close),
        cmocka_unit_test(net__sends_a_change_once_after_a_dropped_connection),
        cmocka_unit_test(net__reads_again_where_a_kept_connection_went_away),
        cmocka_unit_test(net__does_not_read_the_next_answer_from_glued_bytes),
        cmocka_unit_test(net__stops_at_its_bounds),
        cmocka_unit_test(net__takes_a_location_of_8_kb),
        cmocka_unit_test(net__does_not_take_broken_gzip_for_whole),
        cmocka_unit_test(net__gives_up_on_silence),
        cmocka_unit_test(net__carries_more_transfers_than_connections),
        cmocka_unit_test(net__is_woken_by_a_byte),
        cmocka_unit_test(net__closes_with_transfers_in_flight),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
