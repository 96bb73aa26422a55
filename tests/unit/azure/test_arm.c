/* SPDX-License-Identifier: MIT */
#include "azure/arm.h"

#include <string.h>

#include "base/limit.h"
#include "base/mem.h"
#include "support/kind_fixture.h"

#define COUNT(rows) (sizeof(rows) / sizeof(*(rows)))

static void arm__builds_paths_and_urls(void **state)
{
    (void)state;
    struct kind_fixture fixture;
    kind_open(&fixture, NULL, NULL);
    const struct arm_arguments *arguments =
        arm_arguments_read(fixture.arena, kind_json(&fixture, ARGUMENTS_STEP("true")));
    assert_string_equal(arm_vault_path(fixture.arena, arguments->vault), VAULT_PATH);
    assert_string_equal(arm_item_path(fixture.arena, arguments), ITEM_PATH);
    assert_int_equal(arguments->poll->interval_ms, -1);
    assert_int_equal(arguments->trigger->quiet_ms, 600000);
    assert_true(arguments->trigger->may_resend);
    struct arm_query query = {"/p", "/s", "2025-02-01", "a eq 'b'"};
    assert_string_equal(arm_url(fixture.arena, MANAGEMENT "//", &query),
                        MANAGEMENT "/p/s?api-version=2025-02-01&$filter=a%20eq%20%27b%27");
    query = (struct arm_query){"/p", NULL, "1", NULL};
    assert_string_equal(arm_url(fixture.arena, MANAGEMENT, &query), MANAGEMENT "/p?api-version=1");
    kind_close(&fixture);
}

/* azure-surface A.10: a 12-hour clock, UTC, no zone. */
static void arm__writes_filter_times(void **state)
{
    (void)state;
    static const struct {
        int64_t after_ms; /* after 2026-11-02T00:00:00Z */
        const char *text;
    } rows[] = {
        {0,                       "2026-11-02 12:00:00 AM"},
        {59 * SECOND_MS + 999,    "2026-11-02 12:00:59 AM"},
        {HOUR_MS + 5 * MINUTE_MS, "2026-11-02 01:05:00 AM"},
        {12 * HOUR_MS,            "2026-11-02 12:00:00 PM"},
        {15 * HOUR_MS,            "2026-11-02 03:00:00 PM"},
        {DAY_MS - 1,              "2026-11-02 11:59:59 PM"},
    };
    AUTO(arena) struct arena *arena = arena_new();
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct utc time = {KIND_NOW - 8 * HOUR_MS + rows[i].after_ms};
        assert_string_equal(arm_filter_time(arena, time), rows[i].text);
    }
}

/* A50, recordings 19: containers come with and without their first part, in any case. */
static void arm__compares_containers(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        bool is_equal;
    } rows[] = {
        {"IaasVMContainer;iaasvmcontainerv2;rg;vm", "iaasvmcontainerv2;rg;vm",                 true },
        {"iaasvmcontainerv2;RG;vm",                 "iaasvmcontainer;iaasVMContainerV2;rg;VM", true },
        {"a;b",                                     "A;B",                                     true },
        {"iaasvmcontainerv2;rg;vm",                 "iaasvmcontainerv2;rg;vm1",                false},
        {"iaasvmcontainerv2;rg;my-vm",              "vm",                                      false},
        {"x;iaasvmcontainerv2;rg;vm",               "v2;rg;vm",                                false},
        {"a",                                       "",                                        false},
        {"",                                        "",                                        false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (arm_container_equal(rows[i].a, rows[i].b) != rows[i].is_equal ||
            arm_container_equal(rows[i].b, rows[i].a) != rows[i].is_equal) {
            fail_msg("'%s' and '%s'", rows[i].a, rows[i].b);
        }
    }
}

/* A30, A.10: the end is null, "" or nothing; relative links stay on the host; F 29. */
static void arm__follows_pages(void **state)
{
    (void)state;
    static const struct {
        const char *page, *next; /* NULL: the end; "!…": an error that says so */
    } rows[] = {
        {"{\"value\": []}",                                                                       NULL                },
        {"{\"value\": [], \"nextLink\": null}",                                                   NULL                },
        {"{\"value\": [], \"nextLink\": \"\"}",                                                   NULL                },
        {"{\"value\": [], \"nextLink\": \"/x?%24skiptoken=%3cxml%0d%0a\"}",
         MANAGEMENT "/x?%24skiptoken=%3cxml%0d%0a"                                                                    },
        {"{\"value\": [], \"nextLink\": \"https://management.azure.com/y?api-version=1&a=b+c\"}",
         MANAGEMENT "/y?api-version=1&a=b+c"                                                                          },
        {"{\"value\": [], \"nextLink\": \"//evil.com/x\"}",                                       "!no usable address"},
        {"{\"value\": [], \"nextLink\": \"x\"}",                                                  "!no usable address"},
        {"{}",                                                                                    "!not a list"       },
        {"[]",                                                                                    "!not a list"       },
        {"null",                                                                                  "!not a list"       },
        {"{\"value\": {\"a\": 1}}",                                                               "!not a list"       },
        {"{\"error\": {\"code\": \"X\", \"message\": \"m\"}}",                                    "!not a list"       },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct kind_fixture fixture;
        struct arm_pages pages = {0};
        const char *next = "untouched";
        kind_open(&fixture, NULL, NULL);
        AUTO(error)
        struct error *error = arm_pages_next(fixture.arena, &pages, MANAGEMENT,
                                             kind_json(&fixture, rows[i].page), &next);
        if (rows[i].next != NULL && rows[i].next[0] == '!') {
            assert_non_null(error);
            kind_expect_contains(error->text, rows[i].next + 1);
            assert_int_equal(error->code, ERR_UNREACHABLE);
        } else {
            assert_null(error);
            assert_true(text_equal(next, rows[i].next));
        }
        kind_close(&fixture);
    }
}

/* A28 */
static void arm__sees_circles_of_pages(void **state)
{
    (void)state;
    struct kind_fixture fixture;
    struct arm_pages pages = {0};
    const char *next = NULL;
    kind_open(&fixture, NULL, NULL);
    const struct value *one = kind_json(&fixture, "{\"value\": [], \"nextLink\": \"/1?a\"}");
    const struct value *two = kind_json(&fixture, "{\"value\": [], \"nextLink\": \"/2?a\"}");
    assert_null(arm_pages_next(fixture.arena, &pages, MANAGEMENT, one, &next));
    assert_null(arm_pages_next(fixture.arena, &pages, MANAGEMENT, two, &next));
    AUTO(error)
    struct error *error = arm_pages_next(fixture.arena, &pages, MANAGEMENT, one, &next);
    assert_non_null(error);
    kind_expect_contains(error->text, "in circles");
    kind_close(&fixture);
}

/* A29: LIMIT_PAGES pages in all, the first one included. */
static void arm__bounds_pages(void **state)
{
    (void)state;
    AUTO(arena) struct arena *arena = arena_new();
    struct arm_pages pages = {0};
    struct error *error = NULL;
    size_t count = 1;
    while (error == NULL) {
        const char *next = NULL;
        struct value *page = value_new(arena, VALUE_MAP);
        value_set(arena, page, "value", value_new(arena, VALUE_LIST));
        value_set_text(arena, page, "nextLink", arena_format(arena, "/%zu?a", count));
        error = arm_pages_next(arena, &pages, MANAGEMENT, page, &next);
        count += error == NULL ? 1 : 0;
    }
    kind_expect_contains(error->text, "more than 1000 pages");
    assert_int_equal(count, LIMIT_PAGES);
    error_free(error);
}

/* D.6, C.8 */
static void arm__reads_the_wait_of_a_429(void **state)
{
    (void)state;
    static const struct {
        const char *body;
        int64_t wait_ms;
    } rows[] = {
        {"{\"error\":{\"message\":\"Please try again after '324' seconds.\"}}", 324000 },
        {"try again after '0' seconds",                                         0      },
        {"try again after '3600' seconds",                                      3600000},
        {"try again after '3601' seconds",                                      -1     },
        {"try again after '-1' seconds",                                        -1     },
        {"try again after '5",                                                  -1     },
        {"try again later",                                                     -1     },
        {"",                                                                    -1     },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct http_reply reply;
        kind_make_reply(&reply, 429, NULL, rows[i].body);
        assert_int_equal(arm_throttle_wait_ms(&reply), rows[i].wait_ms);
        http_reply_release(&reply);
    }
}

static struct error *innermost(struct error *error)
{
    while (error->cause != NULL) {
        error = error->cause;
    }
    return error;
}

/* azure-surface C.7 and C.8; what is no refusal says nothing about the request. */
static void arm__explains_answers(void **state)
{
    (void)state;
    static const struct {
        int status;
        const char *body;
        enum error_code code;
        const char *text, *hint;
    } rows[] = {
        {403,
         "{\"error\":{\"code\":\"AuthorizationFailed\",\"message\":\"The client\\r\\nmay not\"}}", ERR_AUTH,
         "Azure answered 403 AuthorizationFailed: The client may not (Azure request id q)",                                                            "Backup Operator"},
        {401, "",                                                                                  ERR_AUTH,        "Azure answered 401",              NULL             },
        {400,
         "{\"error\":{\"code\":\"BMSUserErrorInvalidInput\",\"message\":\"m\",\"target\":null,"
         "\"details\":null,\"innerError\":null}}",                                                 ERR_STEP,        "400 BMSUserErrorInvalidInput: m", "request body"   },
        {404, "{\"error\":{\"code\":\"resourcenotfound\"}}",                                       ERR_STEP,        "404 resourcenotfound",
         "subscription, group and name"                                                                                                                                 },
        {409, "Conflict \x1b[31mred",                                                              ERR_STEP,        "409: Conflict \\x1b[31mred",      NULL             },
        {408, "",                                                                                  ERR_UNREACHABLE, "Azure answered 408",              "try again later"},
        {500, "{\"error\":{\"code\":\"InternalServerError\"}}",                                    ERR_UNREACHABLE, "500 Internal",
         "try again later"                                                                                                                                              },
        {302, "",                                                                                  ERR_UNREACHABLE, "Azure answered 302",              "try again later"},
        {204, "",                                                                                  ERR_UNREACHABLE, "Azure answered 204",              "try again later"},
        {200, "{\"error\":{\"code\":\"Oops\",\"message\":\"m\"}}",                                 ERR_UNREACHABLE,
         "Azure answered 200 Oops: m",                                                                                                                 "try again later"},
        {418, "[1,2]",                                                                             ERR_STEP,        "418: [1,2]",                      NULL             },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct http_reply reply;
        kind_make_reply(&reply, rows[i].status, "x-ms-request-id: q; q", rows[i].body);
        AUTO(error) struct error *error = arm_error(&reply, ERR_STEP, "cannot do it");
        assert_string_equal(error->text, "cannot do it");
        kind_expect_contains(innermost(error)->text, rows[i].text);
        if (error->code != rows[i].code) {
            fail_msg("%d: code %d", rows[i].status, (int)error->code);
        }
        assert_int_equal(error->hint != NULL, rows[i].hint != NULL);
        kind_expect_contains(error->hint, rows[i].hint == NULL ? "" : rows[i].hint);
        http_reply_release(&reply);
    }
}

static void arm__explains_no_answer(void **state)
{
    (void)state;
    struct http_reply reply;
    http_reply_init(&reply);
    reply.outcome = HTTP_LOST;
    reply.failure = mem_text("connection reset");
    AUTO(error) struct error *lost = arm_error(&reply, ERR_STEP, "cannot do it");
    assert_string_equal(innermost(lost)->text, "connection reset");
    assert_int_equal(lost->code, ERR_UNREACHABLE);
    kind_expect_contains(lost->hint, "network");
    reply.outcome = HTTP_NOT_SENT;
    reply.is_refused = true;
    AUTO(error) struct error *refused = arm_error(&reply, ERR_STEP, "cannot do it");
    kind_expect_contains(refused->hint, "never followed");
    http_reply_release(&reply);
}

/* T27, T28, T35 */
static void arm__reads_json_only(void **state)
{
    (void)state;
    static const struct {
        int status;
        const char *headers, *body;
        const char *text; /* NULL: it is read */
    } rows[] = {
        {200, NULL,                             "{\"a\": 1}\r\n",         NULL                            },
        {200, NULL,                             "\xef\xbb\xbf{\"a\": 1}", NULL                            },
        {200, "Content-Type: text/html",        "<html>\x1b]0;x\x07",
         "expected JSON, got text/html: <html>\\x1b]0;x\\x07"                                             },
        {200, NULL,                             "",                       "got an answer without a type"  },
        {200, "Content-Type: application/json", "{\"a\": ",               "expected JSON, got application"},
        {202, NULL,                             "{\"a\": 1}",             "cannot do it"                  },
        {404, NULL,                             "{\"a\": 1}",             "cannot do it"                  },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(arena) struct arena *arena = arena_new();
        struct http_reply reply;
        const struct value *value = NULL;
        kind_make_reply(&reply, rows[i].status, rows[i].headers, rows[i].body);
        AUTO(error) struct error *error = arm_read(arena, &reply, "cannot do it", &value);
        if (rows[i].text == NULL) {
            assert_null(error);
            assert_int_equal(value_integer(value, "a", 0), 1);
        } else {
            assert_non_null(error);
            assert_null(value);
            AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
            buf_format(&text, "%s: %s", error->text, error->cause->text);
            kind_expect_contains(buf_text(&text), rows[i].text);
        }
        http_reply_release(&reply);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arm__builds_paths_and_urls),   cmocka_unit_test(arm__writes_filter_times),
        cmocka_unit_test(arm__compares_containers),     cmocka_unit_test(arm__follows_pages),
        cmocka_unit_test(arm__sees_circles_of_pages),   cmocka_unit_test(arm__bounds_pages),
        cmocka_unit_test(arm__reads_the_wait_of_a_429), cmocka_unit_test(arm__explains_answers),
        cmocka_unit_test(arm__explains_no_answer),      cmocka_unit_test(arm__reads_json_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
