/* SPDX-License-Identifier: MIT */
#include "http/url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/limit.h"
#include "base/mem.h"

#define COUNT(rows) (sizeof(rows) / sizeof(*(rows)))
#define ARM "https://management.azure.com"

static void url__looks_into_what_came(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *host; /* NULL: not a URL */
        int port;
        const char *path, *query;
        bool has_user;
    } rows[] = {
        {"https://a.b/c/d?e=f&g",   "a.b",   443,  "/c/d", "e=f&g", false},
        {"HTTP://a.b",              "a.b",   80,   "",     "",      false},
        {"https://a.b:8443/?",      "a.b",   8443, "/",    "",      false},
        {"https://a.b?c",           "a.b",   443,  "",     "c",     false},
        {"http://[::1]:80/x",       "[::1]", 80,   "/x",   "",      false},
        {"http://[::1]/x",          "[::1]", 80,   "/x",   "",      false},
        {"https://u:p@a.b/",        "a.b",   443,  "/",    "",      true },
        {"https://a.b/x@y",         "a.b",   443,  "/x@y", "",      false},
        {"ftp://a.b/",              NULL,    0,    NULL,   NULL,    false},
        {"file:///etc/passwd",      NULL,    0,    NULL,   NULL,    false},
        {"//a.b/c",                 NULL,    0,    NULL,   NULL,    false},
        {"/c",                      NULL,    0,    NULL,   NULL,    false},
        {"",                        NULL,    0,    NULL,   NULL,    false},
        {"https:///c",              NULL,    0,    NULL,   NULL,    false},
        {"https://a.b:/c",          NULL,    0,    NULL,   NULL,    false},
        {"https://a.b:0/c",         NULL,    0,    NULL,   NULL,    false},
        {"https://a.b:65536/c",     NULL,    0,    NULL,   NULL,    false},
        {"https://a.b:4x/c",        NULL,    0,    NULL,   NULL,    false},
        {"https://[::1/c",          NULL,    0,    NULL,   NULL,    false},
        {"https://a.b/c d",         NULL,    0,    NULL,   NULL,    false},
        {"https://a.b/c\r\nX: y",   NULL,    0,    NULL,   NULL,    false},
        {"https://m\xc3\xa4n.com/", NULL,    0,    NULL,   NULL,    false},
        {"https://evil.com\\.a.b/", NULL,    0,    NULL,   NULL,    false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct url url = {0};
        if (url_parse(str_from(rows[i].text), &url) != (rows[i].host != NULL)) {
            fail_msg("%s", rows[i].text);
        }
        if (rows[i].host != NULL) {
            assert_true(str_equal(url.host, str_from(rows[i].host)));
            assert_int_equal(url.port, rows[i].port);
            assert_true(str_equal(url.path, str_from(rows[i].path)));
            assert_true(str_equal(url.query, str_from(rows[i].query)));
            assert_int_equal(url.has_user, rows[i].has_user);
        }
    }
}

/* T33: signed polling URLs have some 4 kB, 8 kB are fine, 64 kB are not. */
static void url__is_bounded(void **state)
{
    (void)state;
    struct url url;
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
    buf_append_text(&text, ARM "/x?c=");
    while (text.len < 8192) {
        buf_append_char(&text, 'A');
    }
    assert_true(url_parse(buf_str(&text), &url));
    while (text.len < LIMIT_URL_BYTES) {
        buf_append_char(&text, 'A');
    }
    assert_true(url_parse(buf_str(&text), &url));
    buf_append_char(&text, 'A');
    assert_false(url_parse(buf_str(&text), &url));
}

/* A49, A50: what we build is encoded, so no name can leave its segment. */
static void url__encodes_segments(void **state)
{
    (void)state;
    static const struct {
        const char *segment, *encoded; /* NULL: refused */
    } rows[] = {
        {"72892117707916",      "72892117707916"         },
        {"2261018173779283322", "2261018173779283322"    },
        {"VM;v2;rg;a b",        "VM%3Bv2%3Brg%3Ba%20b"   },
        {"a/../b?c#d%3B",       "a%2F..%2Fb%3Fc%23d%253B"},
        {"\xc3\xa4",            "%C3%A4"                 },
        {"...",                 "..."                    },
        {"",                    NULL                     },
        {".",                   NULL                     },
        {"..",                  NULL                     },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(buf) struct buf buf = BUF_INIT(1000);
        assert_int_equal(url_is_segment(str_from(rows[i].segment)), rows[i].encoded != NULL);
        assert_int_equal(url_append_segment(&buf, str_from(rows[i].segment)),
                         rows[i].encoded != NULL);
        assert_string_equal(buf_text(&buf), rows[i].encoded == NULL ? "" : rows[i].encoded);
    }
}

/* A name from a list must never cut the URL that it goes into. */
static void url__refuses_endless_segments(void **state)
{
    (void)state;
    AUTO(buf) struct buf name = BUF_INIT(LIMIT_TEXT_BYTES);
    AUTO(buf) struct buf url = BUF_INIT(LIMIT_URL_BYTES);
    while (name.len < URL_SEGMENT_BYTES) {
        buf_append_char(&name, 'x');
    }
    assert_true(url_append_segment(&url, buf_str(&name)));
    buf_append_char(&name, 'x');
    assert_false(url_append_segment(&url, buf_str(&name)));
}

static void url__encodes_values(void **state)
{
    (void)state;
    AUTO(buf) struct buf query = BUF_INIT(1000);
    AUTO(buf) struct buf form = BUF_INIT(1000);
    url_append_query(&query, STR("a eq 'b' & c+d"));
    url_append_form(&form, STR("p&w =+\n"));
    assert_string_equal(buf_text(&query), "a%20eq%20%27b%27%20%26%20c%2Bd");
    assert_string_equal(buf_text(&form), "p%26w+%3D%2B%0A");
}

static void url__decodes(void **state)
{
    (void)state;
    static const struct {
        const char *text, *decoded; /* NULL: broken */
    } rows[] = {
        {"a%3Bb%3bc", "a;b;c"},
        {"a+b",       "a+b"  },
        {"",          ""     },
        {"%",         NULL   },
        {"%4",        NULL   },
        {"%zz",       NULL   },
        {"a%00",      NULL   },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(buf) struct buf buf = BUF_INIT(1000);
        assert_int_equal(url_decode(str_from(rows[i].text), &buf), rows[i].decoded != NULL);
        if (rows[i].decoded != NULL) {
            assert_string_equal(buf_text(&buf), rows[i].decoded);
        }
    }
}

/* F 1, F 2, A25, A30: what came is followed byte for byte, relative ones on the same host. */
static void url__resolves(void **state)
{
    (void)state;
    static const struct {
        const char *text, *url; /* NULL: nothing to follow */
    } rows[] = {
        {ARM "/a;b/%3b?c=%20+&t=1==",             ARM "/a;b/%3b?c=%20+&t=1=="            },
        {" " ARM "/a ",                           ARM "/a"                               },
        {ARM "/subscriptions//subscriptions/1/x", ARM "/subscriptions//subscriptions/1/x"},
        {ARM "/op/1&monitor=true&api-version=2",  ARM "/op/1?monitor=true&api-version=2" },
        {ARM "/op/1?a&b",                         ARM "/op/1?a&b"                        },
        {ARM "/op/1?&b",                          ARM "/op/1?&b"                         },
        {"/op/1&monitor=true",                    ARM "/op/1?monitor=true"               },
        {"/op?x=y",                               ARM "/op?x=y"                          },
        {"https://evil.com/x",                    "https://evil.com/x"                   },
        {"//evil.com/x",                          NULL                                   },
        {"op/1",                                  NULL                                   },
        {"?x",                                    NULL                                   },
        {"/",                                     NULL                                   },
        {"",                                      NULL                                   },
        {"/a b",                                  NULL                                   },
        {"javascript:alert(1)",                   NULL                                   },
    };
    AUTO(arena) struct arena *arena = arena_new();
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *url = url_resolve(arena, ARM, rows[i].text);
        if (!text_equal(url, rows[i].url)) {
            fail_msg("'%s' became '%s'", rows[i].text, url);
        }
    }
    assert_string_equal(url_resolve(arena, ARM ":8443/", "/x"), ARM ":8443/x");
    assert_string_equal(url_resolve(arena, "http://[::1]:80", "/x"), "http://[::1]:80/x");
}

/* A26, A27: who may get the token. */
static void url__tells_foreign_hosts(void **state)
{
    (void)state;
    static const struct {
        const char *management, *candidate;
        const char *why; /* NULL: ours */
    } rows[] = {
        {ARM,                     ARM "/x",                                    NULL      },
        {ARM,                     "HTTPS://Management.Azure.COM:443/x",        NULL      },
        {ARM,                     "https://westeurope.management.azure.com/x", NULL      },
        {"http://127.0.0.1:4711", "http://127.0.0.1:4711/x",                   NULL      },
        {"https://[::1]:8443",    "https://[::1]:8443/x",                      NULL      },
        {ARM,                     "http://management.azure.com/x",             "scheme"  },
        {ARM,                     "https://management.azure.com:444/x",        "port"    },
        {ARM,                     "https://management.azure.com:80/x",         "port"    },
        {ARM,                     "https://user@management.azure.com/x",       "user"    },
        {ARM,                     "https://management.azure.com@evil.com/x",   "user"    },
        {ARM,                     "https://a@b@management.azure.com/x",        "user"    },
        {ARM,                     "https://management.azure.com./x",           "host"    },
        {ARM,                     "https://we.management.azure.com./x",        "host"    },
        {ARM,                     "https://a.b.management.azure.com/x",        "host"    },
        {ARM,                     "https://.management.azure.com/x",           "host"    },
        {ARM,                     "https://evilmanagement.azure.com/x",        "host"    },
        {ARM,                     "https://evil%2Emanagement.azure.com/x",     "host"    },
        {ARM,                     "https://evil%2F.management.azure.com/x",    "host"    },
        {ARM,                     "https://azure.com/x",                       "host"    },
        {ARM,                     "https://management.azure.com.evil.com/x",   "host"    },
        {ARM,                     "https://evil.com/management.azure.com",     "host"    },
        {ARM,                     "https://evil.com?x.management.azure.com",   "host"    },
        {ARM,                     "https://evil.com#.management.azure.com",    "host"    },
        {ARM,                     "https://20.1.2.3/x",                        "host"    },
        {ARM,                     "https://m\xc3\xa4nagement.azure.com/x",     "ASCII"   },
        {ARM,                     "https://evil.com\\.management.azure.com/x", "ASCII"   },
        {ARM,                     "/x",                                        "ASCII"   },
        {ARM,                     NULL,                                        "ASCII"   },
        {"http://127.0.0.1:4711", "http://1.127.0.0.1:4711/x",                 "host"    },
        {"http://127.0.0.1:4711", "http://x.127.0.0.1:4711/x",                 "host"    },
        {"http://127.0.0.1:4711", "http://localhost:4711/x",                   "host"    },
        {"nonsense",              ARM "/x",                                    "endpoint"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *why = url_foreign(rows[i].management, rows[i].candidate);
        bool fits =
            rows[i].why == NULL ? why == NULL : why != NULL && strstr(why, rows[i].why) != NULL;
        if (!fits) {
            fail_msg("'%s': %s", rows[i].candidate, why == NULL ? "ours" : why);
        }
    }
}

static void url__checks_endpoints(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is_good, is_loopback;
    } rows[] = {
        {ARM,                           true,  false},
        {ARM "/",                       true,  false},
        {ARM ":8443",                   true,  false},
        {"http://127.0.0.1:4711",       true,  true },
        {"http://127.0.0.1.:4711",      false, false},
        {"http://localhost",            true,  true },
        {"http://[::1]:1/",             true,  true },
        {"https://127.0.0.1",           true,  true },
        {"http://127.evil.com",         false, false},
        {"http://localhost.evil.com",   false, false},
        {"http://10.0.0.1",             false, false},
        {"http://management.azure.com", false, false},
        {"https://u@a.b",               false, false},
        {ARM "/x",                      false, false},
        {ARM "?",                       false, false},
        {ARM "/?",                      false, false},
        {ARM "?x",                      false, false},
        {ARM "#x",                      false, false},
        {ARM "/#",                      false, false},
        {"management.azure.com",        false, false},
        {"",                            false, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(error) struct error *error = url_check_endpoint(rows[i].text);
        if ((error == NULL) != rows[i].is_good ||
            url_is_loopback(rows[i].text) != rows[i].is_loopback) {
            fail_msg("%s", rows[i].text);
        }
        if (error != NULL) {
            assert_int_equal(error->code, ERR_USAGE);
            assert_non_null(error->hint);
        }
    }
}

/* What signs a URL is a secret: only values of well-known parameters are shown. */
static void url__shows_no_secret(void **state)
{
    (void)state;
    static const struct {
        const char *url, *shown;
    } rows[] = {
        {ARM "/a;b/c?api-version=2025-02-01&t=CANARY&c=CANARY==&s=CANARY&h=CANARY",
         "/a;b/c?api-version=2025-02-01&t=...&c=...&s=...&h=..."                                                       },
        {"https://x.blob.core.windows.net/c/b?sv=2020&sig=CANARY%3D&se=x",
         "/c/b?sv=...&sig=...&se=..."                                                                                  },
        {ARM "/x?$filter=a%20eq%20%27b%27&%24skipToken=CANARY",
         "/x?$filter=a%20eq%20%27b%27&%24skipToken=..."                                                                },
        {ARM "/x?CANARY",                                                           "/x?..."                           },
        {ARM "/x?API-VERSION=1&CANARY&monitor=true",                                "/x?API-VERSION=1&...&monitor=true"},
        {ARM "/x?=CANARY",                                                          "/x?=..."                          },
        {ARM "/x#access_token=CANARY",                                              "/x"                               },
        {ARM "/x?a=1#CANARY",                                                       "/x?a=..."                         },
        {ARM "/x?api-version=1#CANARY",                                             "/x?api-version=1"                 },
        {ARM "/op&sig=CANARY",                                                      "/op&..."                          },
        {"https://user:CANARY@management.azure.com/x",                              "/x"                               },
        {ARM,                                                                       "/"                                },
        {"CANARY",                                                                  "(not a URL)"                      },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(buf) struct buf shown = BUF_INIT(LIMIT_TEXT_BYTES);
        url_append_shown(&shown, rows[i].url);
        assert_string_equal(buf_text(&shown), rows[i].shown);
        assert_null(strstr(buf_text(&shown), "CANARY"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(url__looks_into_what_came),
        cmocka_unit_test(url__is_bounded),
        cmocka_unit_test(url__encodes_segments),
        cmocka_unit_test(url__refuses_endless_segments),
        cmocka_unit_test(url__encodes_values),
        cmocka_unit_test(url__decodes),
        cmocka_unit_test(url__resolves),
        cmocka_unit_test(url__tells_foreign_hosts),
        cmocka_unit_test(url__checks_endpoints),
        cmocka_unit_test(url__shows_no_secret),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
