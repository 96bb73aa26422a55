/* SPDX-License-Identifier: MIT */
#include "http/header.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limit.h"
#include "base/mem.h"

#define COUNT(rows) (sizeof(rows) / sizeof(*(rows)))
#define NOW INT64_C(1793606400000) /* 2026-11-02T08:00:00Z */

static void add(struct headers *headers, const char *name, const char *value)
{
    headers_add(headers, str_from(name), str_from(value));
}

/* A58, F 23 */
static void header__names_have_no_case(void **state)
{
    (void)state;
    struct headers headers = {0};
    add(&headers, "azure-asyncoperation", "one");
    add(&headers, "Server", "a");
    add(&headers, "SERVER", "b");
    add(&headers, "Location", "x");
    add(&headers, "location", "x");
    assert_string_equal(headers_find(&headers, "Azure-AsyncOperation"), "one");
    assert_string_equal(headers_find(&headers, "server"), "a");
    assert_null(headers_find(&headers, "serve"));
    assert_true(headers_contradict(&headers, "server"));
    assert_false(headers_contradict(&headers, "Location"));
    assert_false(headers_contradict(&headers, "Azure-AsyncOperation"));
    assert_false(headers_contradict(&headers, "Date"));
    headers_release(&headers);
    assert_int_equal(headers.count, 0);
}

static void header__knows_what_is_fit_to_send(void **state)
{
    (void)state;
    assert_true(header_is_clean(STR("Bearer a\tb \xc3\xa4")));
    assert_true(header_is_clean(STR("")));
    assert_false(header_is_clean(STR("a\r\nX-Evil: 1")));
    assert_false(header_is_clean(STR("a\0b")));
    assert_false(header_is_clean(STR("a\x7f")));
}

static void header__reads_and_writes_dates(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ms; /* -1: not a date */
    } rows[] = {
        {"Mon, 02 Nov 2026 08:00:00 GMT",  NOW         },
        {" Sun, 06 Nov 1994 08:49:37 GMT", 784111777000},
        {"Sun, 06 NOV 1994 08:49:37 GMT",  784111777000},
        {"Sunday, 06-Nov-94 08:49:37 GMT", -1          },
        {"Sun Nov  6 08:49:37 1994",       -1          },
        {"Sun, 06 Nov 1994 08:49:37 CET",  -1          },
        {"Sun, 6 Nov 1994 08:49:37 GMT",   -1          },
        {"Sun, 06 Foo 1994 08:49:37 GMT",  -1          },
        {"Sun, 31 Feb 1994 08:49:37 GMT",  -1          },
        {"Sun, 06 Nov 1994 24:49:37 GMT",  -1          },
        {"Sun, 06 Nov 1994 08a49b37 GMT",  -1          },
        {"Sun, 06xNovx1994x08:49:37 GMT",  -1          },
        {"",                               -1          },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct utc time = {-1};
        if (header_date_parse(str_from(rows[i].text), &time) != (rows[i].ms >= 0)) {
            fail_msg("%s", rows[i].text);
        }
        assert_int_equal(time.ms, rows[i].ms);
    }
    char text[HEADER_DATE_SIZE];
    assert_string_equal(header_date_format((struct utc){NOW + 999}, text),
                        "Mon, 02 Nov 2026 08:00:00 GMT");
    assert_string_equal(header_date_format((struct utc){784111777000}, text),
                        "Sun, 06 Nov 1994 08:49:37 GMT");
}

/* A03 to A07 */
static void header__reads_retry_after(void **state)
{
    (void)state;
    static const struct {
        const char *names[3], *values[3];
        int64_t wait_ms;
    } rows[] = {
        {{NULL},                                    {NULL},                                   -1                  },
        {{"Retry-After"},                           {"60"},                                   60000               },
        {{"retry-after"},                           {" 5 "},                                  5000                },
        {{"Retry-After"},                           {"0"},                                    0                   },
        {{"Retry-After"},                           {"1.5"},                                  1500                },
        {{"Retry-After"},                           {"600"},                                  600000              },
        {{"Retry-After"},                           {"1e18"},                                 LIMIT_RETRY_AFTER_MS},
        {{"Retry-After"},                           {"99999999999999999999"},                 LIMIT_RETRY_AFTER_MS},
        {{"Retry-After"},                           {"-1"},                                   -1                  },
        {{"Retry-After"},                           {"soon"},                                 -1                  },
        {{"Retry-After"},                           {""},                                     -1                  },
        {{"Retry-After"},                           {"nan"},                                  -1                  },
        {{"Retry-After"},                           {"0x10"},                                 -1                  },
        {{"Retry-After"},                           {"5, 10"},                                -1                  },
        {{"Retry-After", "Retry-After"},            {"5", "10"},                              5000                },
        {{"retry-after-ms", "Retry-After"},         {"250", "60"},                            250                 },
        {{"x-ms-retry-after-ms", "Retry-After"},    {"300", "60"},                            300                 },
        {{"x-ms-retry-after-ms", "retry-after-ms"}, {"300", "250"},                           250                 },
        {{"retry-after-ms", "Retry-After"},         {"soon", "60"},                           60000               },
 /* a date: against the answer's own clock, here two hours off ours */
        {{"Retry-After", "Date"},
         {"Mon, 02 Nov 2026 10:01:30 GMT", "Mon, 02 Nov 2026 10:00:00 GMT"},
         90000                                                                                                    },
        {{"Retry-After"},                           {"Mon, 02 Nov 2026 08:00:20 GMT"},        20000               },
        {{"Retry-After", "Date"},                   {"Mon, 02 Nov 2026 08:00:20 GMT", "now"}, 20000               },
        {{"Retry-After"},                           {"Mon, 02 Nov 2026 07:00:00 GMT"},        0                   },
        {{"Retry-After"},                           {"Mon, 02 Nov 2099 08:00:00 GMT"},        LIMIT_RETRY_AFTER_MS},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct headers headers = {0};
        for (size_t j = 0; j < 3 && rows[i].names[j] != NULL; j++) {
            add(&headers, rows[i].names[j], rows[i].values[j]);
        }
        int64_t wait = headers_retry_after_ms(&headers, (struct utc){NOW});
        if (wait != rows[i].wait_ms) {
            fail_msg("row %zu: %lld", i, (long long)wait);
        }
        headers_release(&headers);
    }
}

/* A53, F 3 */
static void header__reads_doubled_ids(void **state)
{
    (void)state;
    static const struct {
        const char *name, *value;
        const char *id;
    } rows[] = {
        {"x-ms-request-id",             "a",      "a" },
        {"X-MS-Request-Id",             "a; a",   "a" },
        {"x-ms-request-id",             "a,a",    "a" },
        {"x-ms-request-id",             " a , b", "a" },
        {"x-ms-correlation-request-id", "c",      "c" },
        {"x-ms-request-id",             "",       NULL},
        {"x-ms-request-id",             ";",      NULL},
        {"x-request-id",                "a",      NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct headers headers = {0};
        add(&headers, rows[i].name, rows[i].value);
        AUTO(text) char *id = headers_request_id(&headers);
        assert_true(text_equal(id, rows[i].id));
        headers_release(&headers);
    }
    struct headers twice = {0};
    add(&twice, "x-ms-request-id", "first");
    add(&twice, "x-ms-request-id", "second");
    AUTO(text) char *id = headers_request_id(&twice);
    assert_string_equal(id, "first");
    headers_release(&twice);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(header__names_have_no_case),
        cmocka_unit_test(header__knows_what_is_fit_to_send),
        cmocka_unit_test(header__reads_and_writes_dates),
        cmocka_unit_test(header__reads_retry_after),
        cmocka_unit_test(header__reads_doubled_ids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
