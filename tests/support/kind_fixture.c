/* SPDX-License-Identifier: MIT */
#include "support/kind_fixture.h"

#include <string.h>

#include "base/limit.h"
#include "base/mem.h"
#include "data/json_read.h"
#include "data/json_write.h"

static const char *const effect_names[EFFECT_TYPE_COUNT] = {"none", "send", "wait", "done", "fail"};

void kind_open(struct kind_fixture *fixture, kind_feed *feed, void *state)
{
    *fixture = (struct kind_fixture){
        .feed = feed,
        .state = state,
        .arena = arena_new(),
        .scratch = arena_new(),
        .now = {KIND_NOW},
        .sent_at = {KIND_NOW},
        .request_id = "11111111-2222-4333-8444-555555555555",
    };
    effect_init(&fixture->effect);
}

void kind_close(struct kind_fixture *fixture)
{
    effect_release(&fixture->effect);
    arena_free(fixture->scratch);
    arena_free(fixture->arena);
}

const struct value *kind_json(const struct kind_fixture *fixture, const char *text)
{
    const struct value *value = NULL;
    AUTO(error) struct error *error = json_read(fixture->arena, "test", str_from(text), 0, &value);
    assert_null(error);
    return value;
}

/* What the kind may not keep is gone by the next event, as in the engine. */
static void feed(struct kind_fixture *fixture, struct event *event)
{
    effect_release(&fixture->effect);
    arena_free(fixture->scratch);
    fixture->scratch = arena_new();
    event->now = fixture->now;
    event->arena = fixture->arena;
    event->scratch = fixture->scratch;
    event->credential = fixture->credential;
    event->request_id = fixture->request_id;
    event->sent_at = fixture->sent_at;
    fixture->feed(fixture->state, event, &fixture->effect);
}

void kind_start(struct kind_fixture *fixture, const char *arguments)
{
    struct event event = {.type = EVENT_START};
    event.arguments = arguments == NULL ? NULL : kind_json(fixture, arguments);
    feed(fixture, &event);
}

void kind_make_reply(struct http_reply *reply, int status, const char *headers, const char *body)
{
    struct str rest = str_from(headers);
    struct str line;
    http_reply_init(reply);
    reply->outcome = HTTP_ANSWERED;
    reply->status = status;
    reply->body_is_whole = true;
    buf_append_text(&reply->body, body == NULL ? "" : body);
    while (headers != NULL && str_next(&rest, '\n', &line)) {
        size_t colon = str_find_char(line, ':');
        headers_add(&reply->headers, str_slice(line, 0, colon),
                    str_trim(str_slice(line, colon + 1, line.len)));
    }
}

static void feed_reply(struct kind_fixture *fixture, enum event_type type, struct http_reply *reply)
{
    struct event event = {.type = type, .reply = reply};
    feed(fixture, &event);
    http_reply_release(reply);
}

void kind_reply(struct kind_fixture *fixture, int status, const char *headers, const char *body)
{
    struct http_reply reply;
    kind_make_reply(&reply, status, headers, body);
    feed_reply(fixture, EVENT_REPLY, &reply);
}

void kind_reply_cut(struct kind_fixture *fixture, int status, const char *headers, const char *body)
{
    struct http_reply reply;
    kind_make_reply(&reply, status, headers, body);
    reply.body_is_whole = false;
    reply.failure = mem_text("the answer was cut");
    feed_reply(fixture, EVENT_REPLY, &reply);
}

void kind_not_sent(struct kind_fixture *fixture, bool is_refused)
{
    struct http_reply reply;
    http_reply_init(&reply);
    reply.outcome = HTTP_NOT_SENT;
    reply.is_refused = is_refused;
    reply.failure = mem_text(is_refused ? "its host is another one" : "connection refused");
    feed_reply(fixture, EVENT_REPLY, &reply);
}

void kind_lost(struct kind_fixture *fixture)
{
    struct http_reply reply;
    http_reply_init(&reply);
    reply.outcome = HTTP_LOST;
    reply.failure = mem_text("connection reset");
    feed_reply(fixture, EVENT_LOST, &reply);
}

void kind_timer(struct kind_fixture *fixture)
{
    struct event event = {.type = EVENT_TIMER};
    assert_int_equal(fixture->effect.type, EFFECT_WAIT);
    fixture->now.ms += fixture->effect.wait_ms;
    feed(fixture, &event);
}

void kind_cancel(struct kind_fixture *fixture)
{
    struct event event = {.type = EVENT_CANCEL};
    feed(fixture, &event);
}

/* ------------------------------------------------------------------ what came */

static const char *said(const struct kind_fixture *fixture)
{
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
    for (const struct error *error = fixture->effect.error; error != NULL; error = error->cause) {
        buf_format(&text, "%s%s", text.len == 0 ? "" : " because ", error->text);
    }
    return arena_copy(fixture->arena, buf_str(&text));
}

static void expect_type(const struct kind_fixture *fixture, enum effect_type type)
{
    if (fixture->effect.type != type) {
        fail_msg("expected %s, got %s %s", effect_names[type], effect_names[fixture->effect.type],
                 said(fixture));
    }
}

void kind_expect_send(const struct kind_fixture *fixture, enum http_method method, const char *url)
{
    expect_type(fixture, EFFECT_SEND);
    assert_string_equal(http_method_names[fixture->effect.request.method],
                        http_method_names[method]);
    if (url != NULL) {
        assert_string_equal(fixture->effect.request.url, url);
    }
}

void kind_expect_wait(const struct kind_fixture *fixture, int64_t wait_ms)
{
    expect_type(fixture, EFFECT_WAIT);
    assert_int_equal(fixture->effect.wait_ms, wait_ms);
}

void kind_expect_done(const struct kind_fixture *fixture, const char *output)
{
    expect_type(fixture, EFFECT_DONE);
    kind_expect_equal(fixture->effect.output, output);
}

void kind_expect_contains(const char *text, const char *part)
{
    if (str_find(str_from(text), str_from(part)) == SIZE_MAX) {
        fail_msg("\"%s\" is not in: %s", part, text);
    }
}

void kind_expect_fail(const struct kind_fixture *fixture, enum error_code code, const char *part,
                      const char *other)
{
    expect_type(fixture, EFFECT_FAIL);
    kind_expect_contains(said(fixture), part == NULL ? "" : part);
    kind_expect_contains(said(fixture), other == NULL ? "" : other);
    assert_int_equal(fixture->effect.error->code, code);
}

void kind_expect_hint(const struct kind_fixture *fixture, const char *part)
{
    const char *hint = NULL;
    const struct error *error = fixture->effect.error;
    for (; hint == NULL && error != NULL; error = error->cause) {
        hint = error->hint;
    }
    assert_non_null(hint);
    kind_expect_contains(hint, part);
}

void kind_expect_state(const struct kind_fixture *fixture, enum step_state state)
{
    assert_int_equal(fixture->effect.state, state);
}

void kind_expect_equal(const struct value *value, const char *json)
{
    AUTO(arena) struct arena *arena = arena_new();
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
    const struct value *expected = NULL;
    AUTO(error) struct error *error = json_read(arena, "test", str_from(json), 0, &expected);
    assert_null(error);
    struct json_writer writer = json_writer(&text, JSON_COMPACT);
    json_value(&writer, value);
    if (!value_equal(value, expected)) {
        fail_msg("expected %s\ngot      %s", json, buf_text(&text));
    }
}
