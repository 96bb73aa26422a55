/* SPDX-License-Identifier: MIT */
#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void str__compares(void **state)
{
    (void)state;
    assert_true(str_equal(STR(""), str_from(NULL)));
    assert_false(str_equal(STR("a"), STR("A")));
    assert_true(str_equal_ignoring_case(STR("Az09"), STR("aZ09")));
    assert_false(str_equal_ignoring_case(STR("[x"), STR("{x"))); /* not letters */
    assert_true(text_equal(NULL, NULL));
    assert_false(text_equal(NULL, ""));
    assert_true(text_equal_ignoring_case("/Subscriptions/A", "/subscriptions/a"));
    assert_true(str_compare(STR("a"), STR("b")) < 0);
    assert_true(str_compare(STR("ab"), STR("a")) > 0);
    assert_int_equal(str_compare(STR(""), STR("")), 0);
}

static void str__finds_starts_and_ends(void **state)
{
    (void)state;
    assert_true(str_starts_with(STR("https://x"), STR("https:")));
    assert_false(str_starts_with(STR("ht"), STR("https:")));
    assert_true(str_starts_with_ignoring_case(STR("Bearer x"), STR("bearer ")));
    assert_true(str_ends_with(STR("a.yaml"), STR(".yaml")));
    assert_false(str_ends_with(STR("l"), STR(".yaml")));
    static const struct {
        const char *text, *find;
        size_t at;
    } rows[] = {
        {"",    "",    0       },
        {"abc", "",    0       },
        {"aab", "ab",  1       },
        {"aaa", "ab",  SIZE_MAX},
        {"ab",  "abc", SIZE_MAX},
        {"",    "a",   SIZE_MAX},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_true(str_find(str_from(rows[i].text), str_from(rows[i].find)) == rows[i].at);
    }
}

static void str__slices_and_trims(void **state)
{
    (void)state;
    assert_true(str_equal(str_slice(STR("abc"), 1, 99), STR("bc")));
    assert_int_equal(str_slice(STR("abc"), 2, 1).len, 0);
    assert_int_equal(str_slice(STR("abc"), 7, 9).len, 0);
    assert_true(str_equal(str_trim(STR(" \t\r\na b\v\f ")), STR("a b")));
    assert_int_equal(str_trim(STR("  ")).len, 0);
}

static void str__splits(void **state)
{
    (void)state;
    static const struct {
        const char *text, *joined;
    } rows[] = {
        {"a,b", "<a><b>"},
        {"a,",  "<a><>" },
        {",",   "<><>"  },
        {"",    "<>"    },
        {"a",   "<a>"   },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char joined[32] = "";
        size_t len = 0;
        struct str rest = str_from(rows[i].text);
        struct str part;
        while (str_next(&rest, ',', &part)) {
            len += (size_t)snprintf(joined + len, sizeof(joined) - len, "<" STR_FMT ">",
                                    STR_ARG(part));
        }
        assert_string_equal(joined, rows[i].joined);
    }
}

static void str__suggests_the_nearest_name(void **state)
{
    (void)state;
    static const char *const names[] = {"consistency", "tiers", "pick", "recoveryPoint", "max_age"};
    static const struct {
        const char *word, *name;
    } rows[] = {
        {"consistancy",   "consistency"  },
        {"PICK",          "pick"         },
        {"pcik",          "pick"         },
        {"recoverypoint", "recoveryPoint"},
        {"tier",          "tiers"        },
        {"max-age",       "max_age"      },
        {"zebra",         NULL           },
        {"",              NULL           },
        {"p",             NULL           },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *found = str_suggest(str_from(rows[i].word), names, COUNT(names));
        assert_true(text_equal(found, rows[i].name));
    }
    char long_word[200];
    memset(long_word, 'a', sizeof(long_word));
    assert_null(str_suggest((struct str){long_word, sizeof(long_word)}, names, COUNT(names)));
}

static void str__knows_utf8(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t bad_at; /* SIZE_MAX: well formed */
    } rows[] = {
        {"",                                      SIZE_MAX},
        {"a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", SIZE_MAX},
        {"ab\xe9",                                2       }, /* latin-1 */
        {"\xc0\xaf",                              0       }, /* overlong */
        {"\xe0\x80\xaf",                          0       }, /* overlong */
        {"x\xed\xa0\x80",                         1       }, /* surrogate */
        {"\xf4\x90\x80\x80",                      0       }, /* beyond U+10FFFF */
        {"a\xe2\x82",                             1       }, /* cut off */
        {"\x80",                                  0       },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t at = SIZE_MAX;
        assert_true(str_is_utf8(str_from(rows[i].text), &at) == (rows[i].bad_at == SIZE_MAX));
        assert_true(at == rows[i].bad_at);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(str__compares),
        cmocka_unit_test(str__finds_starts_and_ends),
        cmocka_unit_test(str__slices_and_trims),
        cmocka_unit_test(str__splits),
        cmocka_unit_test(str__suggests_the_nearest_name),
        cmocka_unit_test(str__knows_utf8),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
