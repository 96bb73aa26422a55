/* SPDX-License-Identifier: MIT */
#include "base/buf.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void buf__appends_and_formats(void **state)
{
    (void)state;
    AUTO(buf) struct buf buf = BUF_INIT(1000);
    assert_string_equal(buf_text(&buf), "");
    assert_true(buf_append_text(&buf, "a"));
    assert_true(buf_append_char(&buf, 'b'));
    assert_true(buf_format(&buf, "%d%s", 12, "c"));
    assert_string_equal(buf_text(&buf), "ab12c");
    assert_true(buf_format(&buf, "%0200d", 7));
    assert_int_equal(buf.len, 205);
    buf_cut(&buf, 2);
    assert_string_equal(buf_text(&buf), "ab");
    AUTO(text) char *taken = buf_take(&buf);
    assert_string_equal(taken, "ab");
    assert_string_equal(buf_text(&buf), "");
}

static void buf__refuses_whole_what_passes_the_maximum(void **state)
{
    (void)state;
    AUTO(buf) struct buf buf = BUF_INIT(4);
    assert_true(buf_append_text(&buf, "abcd"));
    assert_false(buf.full);
    assert_false(buf_append_char(&buf, 'e'));
    assert_true(buf.full);
    assert_string_equal(buf_text(&buf), "abcd");
    buf_clear(&buf);
    assert_false(buf.full);
    assert_true(buf_append_text(&buf, "a"));
    assert_false(buf_format(&buf, "%s", "bcde"));
    assert_string_equal(buf_text(&buf), "a");
    assert_false(buf_append_printable(&buf, STR("b\x1b")));
    assert_string_equal(buf_text(&buf), "a");
}

static void buf__makes_text_printable(void **state)
{
    (void)state;
    static const struct {
        const char *text, *printable;
    } rows[] = {
        {"plain \xc3\xa9",            "plain \xc3\xa9"   },
        {"a\r\nb\nc\td",              "a b c d"          },
        {"a\rb",                      "a\\x0db"          },
        {"\x1b[31mred\x07",           "\\x1b[31mred\\x07"},
        {"\xc2\x9b"
         "31m",              "\\u009b31m"       }, /* C1 */
        {"\x7f",                      "\\x7f"            },
        {"\xe2\x80\xaegpj",           "\\u202egpj"       }, /* right to left */
        {"\xe2\x81\xa6x\xe2\x81\xa9", "\\u2066x\\u2069"  },
        {"\xe2\x80\x8b\xef\xbb\xbf",  "\\u200b\\ufeff"   },
        {"\xe2\x80\xa8",              "\\u2028"          },
        {"a\xff\xc3",                 "a\\xff\\xc3"      },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        AUTO(buf) struct buf buf = BUF_INIT(1000);
        assert_true(buf_append_printable(&buf, str_from(rows[i].text)));
        assert_string_equal(buf_text(&buf), rows[i].printable);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buf__appends_and_formats),
        cmocka_unit_test(buf__refuses_whole_what_passes_the_maximum),
        cmocka_unit_test(buf__makes_text_printable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
