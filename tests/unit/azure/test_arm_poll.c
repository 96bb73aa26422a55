/* SPDX-License-Identifier: MIT */
#include "azure/arm_poll.h"

#include <string.h>

#include "base/limit.h"
#include "base/mem.h"
#include "support/kind_fixture.h"

#define COUNT(rows) (sizeof(rows) / sizeof(*(rows)))
#define OPERATION "/subscriptions/5ub/x;y/operationsStatus/0p?api-version=2016-12-01"
#define RESULT "/subscriptions/5ub/x;y/operationResults/0p?api-version=2025-02-01"
#define BOTH                                                                                       \
    "Azure-AsyncOperation: " MANAGEMENT OPERATION "\nLocation: " MANAGEMENT RESULT                 \
    "\nRetry-After: 60"
#define ASYNC_ONLY "azure-asyncoperation: " MANAGEMENT OPERATION
#define LOCATION_ONLY "location: " MANAGEMENT RESULT
#define REBUILT MANAGEMENT "/rebuilt/0p?api-version=1"
#define RUNNING "{\"status\": \"InProgress\", \"endTime\": \"0001-01-01T00:00:00\"}"
#define DONE "{\"status\": \"Succeeded\", \"properties\": {\"jobId\": \"j0b\"}}"

/* An operation followed to its end, and what that was. */
struct followed {
    struct kind_fixture fixture;
    struct arm_poll poll;
    enum arm_poll_result result;
    const struct value *body;
    struct error *error;
};

static void feed(void *memory, const struct event *in, struct effect *out)
{
    struct followed *followed = memory;
    followed->result = arm_poll_feed(&followed->poll, in, out, &followed->body, &followed->error);
}

static void open_at(struct followed *followed, const char *headers, const char *rebuilt)
{
    struct http_reply reply;
    *followed = (struct followed){.poll.floor_ms = 1000};
    kind_open(&followed->fixture, feed, followed);
    kind_make_reply(&reply, 202, headers, NULL);
    assert_true(arm_poll_accept(&followed->poll, followed->fixture.arena, &reply, MANAGEMENT));
    followed->poll.address[ARM_POLL_REBUILT] = rebuilt;
    struct event event = {.type = EVENT_REPLY, .reply = &reply, .now = followed->fixture.now};
    arm_poll_begin(&followed->poll, &event, &followed->fixture.effect);
    http_reply_release(&reply);
}

static void close_it(struct followed *followed)
{
    error_free(followed->error);
    kind_close(&followed->fixture);
}

/* The wait is over and Azure answers. */
static void answer(struct followed *followed, int status, const char *headers, const char *body)
{
    kind_timer(&followed->fixture);
    kind_expect_send(&followed->fixture, HTTP_GET, NULL);
    kind_reply(&followed->fixture, status, headers, body);
}

static void expect(const struct followed *followed, enum arm_poll_result result)
{
    if (followed->result != result) {
        fail_msg("result %d, not %d", (int)followed->result, (int)result);
    }
}

static void expect_next(struct followed *followed, const char *url)
{
    expect(followed, ARM_POLL_GOES_ON);
    kind_timer(&followed->fixture);
    kind_expect_send(&followed->fixture, HTTP_GET, url);
}

/* A24, F 4, F 14, F 15: URLs as they are, Azure-AsyncOperation first. */
static void arm_poll__takes_the_address_it_got(void **state)
{
    (void)state;
    static const struct {
        const char *headers;
        const char *url; /* NULL: none is usable */
        const char *operation;
    } rows[] = {
        {BOTH,                                                              MANAGEMENT OPERATION,                  "0p"},
        {ASYNC_ONLY,                                                        MANAGEMENT OPERATION,                  "0p"},
        {LOCATION_ONLY,                                                     MANAGEMENT RESULT,                     "0p"},
        {"Azure-AsyncOperation: " OPERATION,                                MANAGEMENT OPERATION,                  "0p"},
        {"Location: " MANAGEMENT "/op/a%3D%3D&monitor=true",                MANAGEMENT "/op/a%3D%3D?monitor=true",
         "a=="                                                                                                         },
        {ASYNC_ONLY "\nAzure-AsyncOperation: " MANAGEMENT OPERATION,        MANAGEMENT OPERATION,                  "0p"},
        {ASYNC_ONLY "\nAzure-AsyncOperation: /x\n" LOCATION_ONLY,           MANAGEMENT RESULT,                     "0p"},
        {"Location: " MANAGEMENT "/subscriptions//subscriptions/5ub/o/1?a",
         MANAGEMENT "/subscriptions//subscriptions/5ub/o/1?a",                                                     "1" },
        {"Location: " MANAGEMENT "/op/",                                    MANAGEMENT "/op/",                     NULL},
        {NULL,                                                              NULL,                                  NULL},
        {"Location: operations/1",                                          NULL,                                  NULL},
        {"Location: ",                                                      NULL,                                  NULL},
        {LOCATION_ONLY "\nLocation: /other",                                NULL,                                  NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(arena) struct arena *arena = arena_new();
        struct arm_poll poll = {.floor_ms = 7};
        struct http_reply reply;
        kind_make_reply(&reply, 202, rows[i].headers, NULL);
        if (arm_poll_accept(&poll, arena, &reply, MANAGEMENT) != (rows[i].url != NULL)) {
            fail_msg("row %zu", i);
        }
        if (rows[i].url != NULL) {
            assert_string_equal(poll.address[poll.current], rows[i].url);
        }
        assert_true(text_equal(poll.operation_id, rows[i].operation));
        assert_int_equal(poll.floor_ms, 7);
        http_reply_release(&reply);
    }
}

/* T33, D.3: 4 kB of signature come back byte for byte. */
static void arm_poll__follows_signed_urls(void **state)
{
    (void)state;
    AUTO(buf) struct buf headers = BUF_INIT(LIMIT_TEXT_BYTES);
    struct followed followed;
    buf_append_text(&headers, ASYNC_ONLY "&t=639&c=MII");
    while (headers.len < 8000) {
        buf_append_text(&headers, "aB-_");
    }
    buf_append_text(&headers, "&s=x==&h=y");
    open_at(&followed, buf_text(&headers), NULL);
    expect_next(&followed, buf_text(&headers) + strlen("azure-asyncoperation: "));
    close_it(&followed);
}

static void arm_poll__waits_as_asked(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        int64_t wait_ms;
    } rows[] = {
        {NULL,                30000        },
        {"Retry-After: 5",    5000         },
        {"Retry-After: 0",    1000         },
        {"Retry-After: -7",   30000        },
        {"Retry-After: soon", 30000        },
        {"Retry-After: 3600", LIMIT_POLL_MS},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct followed followed;
        open_at(&followed, BOTH, NULL);
        kind_expect_wait(&followed.fixture, 60000);
        answer(&followed, 200, rows[i].header, RUNNING);
        expect(&followed, ARM_POLL_GOES_ON);
        kind_expect_wait(&followed.fixture, rows[i].wait_ms);
        close_it(&followed);
    }
}

/* A33, F 16, F 22, A42, D.2: one answer, and what it means at either address. */
static void arm_poll__understands_answers(void **state)
{
    (void)state;
    enum { ON = ARM_POLL_GOES_ON, END = ARM_POLL_ENDED, BAD = ARM_POLL_FAILED };
    static const struct {
        int status;
        const char *body;
        int at_async, at_location;
        const char *error; /* part of it */
    } rows[] = {
        {200, RUNNING,                                                    ON,  ON,  NULL                                            },
        {200, DONE,                                                       END, END, NULL                                            },
        {200, "{\"status\": \"succeeded\"}",                              END, END, NULL                                            },
        {200, "{\"status\": \"COMPLETED\"}",                              END, END, NULL                                            },
        {201, DONE,                                                       END, END, NULL                                            },
        {202, NULL,                                                       ON,  ON,  NULL                                            },
        {202, "{}",                                                       ON,  ON,  NULL                                            },
        {202, RUNNING,                                                    ON,  ON,  NULL                                            },
        {204, NULL,                                                       ON,  END, NULL                                            },
        {200, NULL,                                                       ON,  END, NULL                                            },
        {200, "{}",                                                       ON,  END, NULL                                            },
        {200, "{\"properties\": {\"provisioningState\": \"Updating\"}}",  ON,  ON,  NULL                                            },
        {200, "{\"properties\": {\"provisioningState\": \"Succeeded\"}}", ON,  END, NULL                                            },
        {200, "{\"status\": \"Flummoxed\"}",                              ON,  ON,  NULL                                            },
        {200, "{\"status\": 1}",                                          ON,  END, NULL                                            },
        {200, "<html>sign in</html>",                                     ON,  ON,  NULL                                            },
        {200, "{\"status\": \"Fail",                                      ON,  ON,  NULL                                            },
        {408, NULL,                                                       ON,  ON,  NULL                                            },
        {500, NULL,                                                       ON,  ON,  NULL                                            },
        {504, "<html>",                                                   ON,  ON,  NULL                                            },
        {404, NULL,                                                       ON,  ON,  NULL                                            },
        {302, NULL,                                                       ON,  ON,  NULL                                            },
        {200,
         "{\"status\": \"Failed\", \"error\": {\"code\": \"UserErrorX\", \"message\": "
         "\"a\\r\\nb\"}}",                                                BAD, BAD, "the operation ended as Failed: UserErrorX: a b"},
        {200, "{\"status\": \"Canceled\"}",                               BAD, BAD, "ended as Canceled: no error code"              },
        {200, "{\"status\": \"cancelled\"}",                              BAD, BAD, "ended as cancelled"                            },
        {200, "{\"error\": {\"code\": \"Oops\", \"message\": \"m\"}}",    BAD, BAD,
         "the operation ended as Failed: Oops: m"                                                                                   },
        {403, "{\"error\": {\"code\": \"AuthorizationFailed\"}}",         BAD, BAD,
         "cannot follow the operation"                                                                                              },
    };
    for (size_t i = 0; i < COUNT(rows) * 2; i++) {
        struct followed followed;
        size_t row = i / 2;
        int expected = i % 2 == 0 ? rows[row].at_async : rows[row].at_location;
        open_at(&followed, i % 2 == 0 ? ASYNC_ONLY : LOCATION_ONLY, REBUILT);
        answer(&followed, rows[row].status, NULL, rows[row].body);
        if ((int)followed.result != expected) {
            fail_msg("row %zu %s: %d", row, i % 2 == 0 ? "async" : "location",
                     (int)followed.result);
        }
        if (expected == BAD) {
            AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
            buf_format(&text, "%s: %s", followed.error->text, followed.error->cause->text);
            kind_expect_contains(buf_text(&text), rows[row].error);
        } else {
            assert_null(followed.error);
        }
        if (expected == END) {
            assert_int_equal(followed.body->type, VALUE_MAP);
        }
        close_it(&followed);
    }
}

/* A32: polled on, warned of once, never a success. */
static void arm_poll__warns_of_unknown_words_once(void **state)
{
    (void)state;
    struct followed followed;
    open_at(&followed, ASYNC_ONLY, NULL);
    answer(&followed, 200, NULL, RUNNING);
    assert_null(followed.fixture.effect.warning);
    answer(&followed, 200, NULL, "{\"status\": \"updating\"}");
    assert_null(followed.fixture.effect.warning);
    answer(&followed, 200, NULL, "{\"status\": \"Flum\\u001bmoxed\"}");
    assert_non_null(followed.fixture.effect.warning);
    kind_expect_contains(value_text(followed.fixture.effect.warning, "text"), "Flum");
    for (int i = 0; i < 20; i++) {
        answer(&followed, 200, NULL, "{\"status\": \"Flummoxed\"}");
        expect(&followed, ARM_POLL_GOES_ON);
        assert_null(followed.fixture.effect.warning);
    }
    answer(&followed, 200, NULL, DONE);
    expect(&followed, ARM_POLL_ENDED);
    assert_string_equal(value_text(followed.body, "properties.jobId"), "j0b");
    close_it(&followed);
}

/* D.3: signed URLs are renewed by every answer, each as the header it came as. */
static void arm_poll__takes_newer_addresses(void **state)
{
    (void)state;
    struct followed followed;
    open_at(&followed, BOTH, NULL);
    answer(&followed, 200, ASYNC_ONLY "&t=2\nLocation: /other?t=3", RUNNING);
    expect_next(&followed, MANAGEMENT OPERATION "&t=2");
    kind_reply(&followed.fixture, 404, NULL, NULL);
    answer(&followed, 404, NULL, NULL);
    expect_next(&followed, MANAGEMENT "/other?t=3");
    close_it(&followed);
}

/* D.2: two misses, then the next address; A15: one of 60 s does no harm. */
static void arm_poll__tries_the_other_addresses(void **state)
{
    (void)state;
    static const int misses[] = {404, 400, 302};
    for (size_t i = 0; i < COUNT(misses); i++) {
        struct followed followed;
        open_at(&followed, BOTH, REBUILT);
        answer(&followed, misses[i], NULL, NULL);
        expect_next(&followed, MANAGEMENT OPERATION);
        kind_reply(&followed.fixture, misses[i], NULL, NULL);
        expect_next(&followed, MANAGEMENT RESULT);
        kind_reply(&followed.fixture, misses[i], NULL, NULL);
        answer(&followed, misses[i], NULL, NULL);
        expect_next(&followed, REBUILT);
        kind_reply(&followed.fixture, 200, NULL, DONE);
        expect(&followed, ARM_POLL_ENDED);
        close_it(&followed);
    }
}

/* A15, A16, D.4: asked everywhere, for two minutes at least, however often Azure wants to be asked.
 */
static void arm_poll__gives_up_after_two_minutes_of_404(void **state)
{
    (void)state;
    static const char *const waits[] = {"Retry-After: 1", "Retry-After: 60", NULL};
    for (size_t i = 0; i < COUNT(waits); i++) {
        struct followed followed;
        open_at(&followed, BOTH, REBUILT);
        answer(&followed, 404, waits[i], NULL);
        struct utc first = followed.fixture.now;
        int asked = 1;
        for (; followed.result == ARM_POLL_GOES_ON; asked++) {
            answer(&followed, 404, waits[i], NULL);
        }
        expect(&followed, ARM_POLL_LOST);
        assert_true(followed.fixture.now.ms - first.ms >= 2 * MINUTE_MS);
        assert_true(followed.fixture.now.ms - first.ms <= 6 * MINUTE_MS);
        assert_true(asked >= 6);
        close_it(&followed);
    }
}

/* A15: a good answer ends the count. */
static void arm_poll__forgets_misses(void **state)
{
    (void)state;
    struct followed followed;
    open_at(&followed, ASYNC_ONLY "\nRetry-After: 60", NULL);
    for (int i = 0; i < 10; i++) {
        answer(&followed, 404, "Retry-After: 60", NULL);
        answer(&followed, 200, "Retry-After: 60", RUNNING);
        expect(&followed, ARM_POLL_GOES_ON);
    }
    answer(&followed, 404, "Retry-After: 60", NULL);
    answer(&followed, 404, "Retry-After: 60", NULL);
    expect_next(&followed, MANAGEMENT OPERATION);
    kind_reply(&followed.fixture, 200, NULL, DONE);
    expect(&followed, ARM_POLL_ENDED);
    close_it(&followed);
}

/* A57: 410 is final for its address. */
static void arm_poll__leaves_what_is_gone(void **state)
{
    (void)state;
    struct followed followed;
    open_at(&followed, BOTH, NULL);
    answer(&followed, 200, NULL, RUNNING);
    answer(&followed, 410, NULL, NULL);
    expect_next(&followed, MANAGEMENT RESULT);
    kind_reply(&followed.fixture, 410, NULL, NULL);
    expect(&followed, ARM_POLL_LOST);
    close_it(&followed);
}

/* A27: a foreign address was not asked; the others are. */
static void arm_poll__passes_over_foreign_hosts(void **state)
{
    (void)state;
    struct followed followed;
    open_at(&followed, "Azure-AsyncOperation: https://evil.com/operationsStatus/0p\n" LOCATION_ONLY,
            NULL);
    assert_string_equal(followed.poll.operation_id, "0p");
    kind_timer(&followed.fixture);
    kind_not_sent(&followed.fixture, true);
    kind_expect_wait(&followed.fixture, 1000); /* nobody was asked: no more than the floor */
    expect_next(&followed, MANAGEMENT RESULT);
    for (int i = 0; i < 2; i++) { /* and the foreign one is never asked again */
        kind_reply(&followed.fixture, 404, NULL, NULL);
        expect_next(&followed, MANAGEMENT RESULT);
    }
    kind_reply(&followed.fixture, 204, NULL, NULL);
    expect(&followed, ARM_POLL_ENDED);
    close_it(&followed);
    open_at(&followed, "Location: http://management.azure.com/x", NULL);
    kind_timer(&followed.fixture);
    kind_not_sent(&followed.fixture, true);
    expect(&followed, ARM_POLL_LOST);
    close_it(&followed);
}

/* A25, F 1: the doubled prefix is followed as it is; where that is refused, once without it. */
static void arm_poll__mends_the_doubled_prefix(void **state)
{
    (void)state;
#define DOUBLED MANAGEMENT "/subscriptions//subscriptions/5ub/operationResults/0p?a=b"
#define SINGLE MANAGEMENT "/subscriptions/5ub/operationResults/0p?a=b"
    struct followed followed;
    open_at(&followed, "Location: " DOUBLED, NULL);
    expect_next(&followed, DOUBLED);
    kind_reply(&followed.fixture, 404, NULL, NULL);
    expect_next(&followed, SINGLE);
    kind_reply(&followed.fixture, 202, "Location: " DOUBLED, NULL);
    expect_next(&followed, SINGLE);
    kind_reply(&followed.fixture, 204, NULL, NULL);
    expect(&followed, ARM_POLL_ENDED);
    close_it(&followed);
    open_at(&followed, "Location: " DOUBLED, NULL);
    answer(&followed, 202, NULL, NULL);
    expect_next(&followed, DOUBLED);
    close_it(&followed);
    open_at(&followed, "Location: " DOUBLED "\n" ASYNC_ONLY, NULL);
    for (int i = 0; i < 2; i++) {
        answer(&followed, 404, NULL, NULL);
    }
    expect_next(&followed, DOUBLED);
    kind_reply(&followed.fixture, 400, NULL, NULL);
    expect_next(&followed, SINGLE);
    close_it(&followed);
}

/* T27, C.3: answers without a sensible status, three in a row, lead elsewhere; none is a failure of
 * the restore. */
static void arm_poll__bears_senseless_answers(void **state)
{
    (void)state;
    static const char *const bodies[] = {"<html>", "{}", "{\"status\": null}",
                                         "{\"status\": \"Invalid\"}", "[]"};
    for (size_t i = 0; i < COUNT(bodies); i++) {
        struct followed followed;
        open_at(&followed, ASYNC_ONLY "\nRetry-After: 60", REBUILT);
        for (int j = 0; j < 2; j++) {
            answer(&followed, 200, "Retry-After: 60", bodies[i]);
            answer(&followed, 200, "Retry-After: 60", bodies[i]);
            expect(&followed, ARM_POLL_GOES_ON);
            answer(&followed, 200, "Retry-After: 60", j == 0 ? RUNNING : bodies[i]);
        }
        expect_next(&followed, REBUILT);
        kind_reply(&followed.fixture, 200, NULL, bodies[i]);
        answer(&followed, 200, NULL, bodies[i]);
        answer(&followed, 200, NULL, bodies[i]);
        expect(&followed, ARM_POLL_LOST);
        close_it(&followed);
    }
}

/* A43: what says nothing about the operation ends nothing. */
static void arm_poll__outlives_faults(void **state)
{
    (void)state;
    struct followed followed;
    open_at(&followed, BOTH, REBUILT);
    for (int i = 0; i < 50; i++) {
        answer(&followed, 500 + i % 5, NULL, NULL);
        expect(&followed, ARM_POLL_GOES_ON);
        kind_timer(&followed.fixture);
        kind_expect_send(&followed.fixture, HTTP_GET, MANAGEMENT OPERATION);
        kind_not_sent(&followed.fixture, false);
        expect(&followed, ARM_POLL_GOES_ON);
        kind_timer(&followed.fixture);
        kind_reply_cut(&followed.fixture, 200, NULL, "{\"status\": \"Succ");
        expect(&followed, ARM_POLL_GOES_ON);
    }
    expect_next(&followed, MANAGEMENT OPERATION);
    kind_reply(&followed.fixture, 200, NULL, DONE);
    expect(&followed, ARM_POLL_ENDED);
    close_it(&followed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arm_poll__takes_the_address_it_got),
        cmocka_unit_test(arm_poll__follows_signed_urls),
        cmocka_unit_test(arm_poll__waits_as_asked),
        cmocka_unit_test(arm_poll__understands_answers),
        cmocka_unit_test(arm_poll__warns_of_unknown_words_once),
        cmocka_unit_test(arm_poll__takes_newer_addresses),
        cmocka_unit_test(arm_poll__tries_the_other_addresses),
        cmocka_unit_test(arm_poll__gives_up_after_two_minutes_of_404),
        cmocka_unit_test(arm_poll__forgets_misses),
        cmocka_unit_test(arm_poll__leaves_what_is_gone),
        cmocka_unit_test(arm_poll__passes_over_foreign_hosts),
        cmocka_unit_test(arm_poll__mends_the_doubled_prefix),
        cmocka_unit_test(arm_poll__bears_senseless_answers),
        cmocka_unit_test(arm_poll__outlives_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
