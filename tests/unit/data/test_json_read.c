/* SPDX-License-Identifier: MIT */
#include "base/mem.h"
#include "data/json_read.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/limit.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct error *read_text(struct arena *arena, struct str text, unsigned flags,
                               const struct value **ret)
{
    /* Of exactly its size, so that the address sanitizer sees a byte too many. */
    AUTO(text) char *exact = mem_resize(NULL, text.len);
    if (text.len > 0) {
        memcpy(exact, text.at, text.len);
    }
    return json_read(arena, "reply", (struct str){exact, text.len}, flags, ret);
}

static void json_read__reads_all_types(void **state)
{
    (void)state;
    AUTO(arena) struct arena *arena = arena_new();
    const struct value *value = NULL;
    struct str text = STR(
        "\xef\xbb\xbf { \"a\" : [ 1 , -0 , 9007199254740992 , 1.5 , 2e3 ] ,\r\n"
        "\t\"b\\u00e9\" : { \"c\" : true , \"d\" : false , \"e\" : null } , \"f\" : \"x\\ny\" } ");
    assert_null(read_text(arena, text, 0, &value));
    const struct value *list = value_find(value, "a");
    assert_int_equal(list->count, 5);
    assert_int_equal(list->items[0]->integer, 1);
    assert_int_equal(list->items[1]->type, VALUE_INTEGER);
    assert_int_equal(list->items[2]->integer, 9007199254740992);
    assert_true(list->items[3]->decimal == 1.5);
    assert_int_equal(list->items[4]->type, VALUE_DECIMAL);
    assert_true(list->items[4]->decimal == 2000);
    assert_true(value_bool(value, "b\xc3\xa9.c", false));
    assert_int_equal(value_find_path(value, "b\xc3\xa9.e")->type, VALUE_NULL);
    assert_string_equal(value_text(value, "f"), "x\ny");
    assert_int_equal(value_find_path(value, "b\xc3\xa9.d")->at.line, 2);
    assert_int_equal(value_find_path(value, "b\xc3\xa9.d")->at.column, 35);
    assert_int_equal(value->members[1].name_at.column, 2);
    assert_string_equal(value->at.file, "reply");
}

static void json_read__refuses(void **state)
{
    (void)state;
    static const struct {
        struct str text;
        const char *why;
        int line, column;
    } rows[] = {
        {{"", 0},                      "it is empty",                     1, 1},
        {{" \n", 2},                   "it is empty",                     1, 1},
        {{"{\"a\": 1", 7},             "too early",                       1, 8},
        {{"{} x", 4},                  "unexpected",                      1, 4},
        {{"{}{}", 4},                  "unexpected",                      1, 3},
        {{"[1,]", 4},                  "unexpected",                      1, 4},
        {{"\n[\xc3\xa9]", 5},          "unexpected",                      2, 2},
        {{"[01]", 4},                  "number",                          1, 2},
        {{"[1.]", 4},                  "number",                          1, 2},
        {{"[-]", 3},                   "number",                          1, 2},
        {{"[0x10]", 6},                "number",                          1, 2},
        {{"[1e400]", 7},               "number",                          1, 2},
        {{"[9007199254740993]", 18},   "2^53",                            1, 2},
        {{"[-9007199254740993]", 19},  "2^53",                            1, 2},
        {{"[NaN]", 5},                 "unexpected",                      1, 2},
        {{"[+1]", 4},                  "unexpected",                      1, 2},
        {{"['a']", 5},                 "unexpected",                      1, 2},
        {{"[1 2]", 5},                 "unexpected",                      1, 4},
        {{"{\"a\" 1}", 7},             "unexpected",                      1, 6},
        {{"{1:2}", 5},                 "unexpected",                      1, 3},
        {{"[1:2]", 5},                 "unexpected",                      1, 3},
        {{"[1]//x", 6},                "unexpected",                      1, 4},
        {{"\"a\\u0000b\"", 10},        "NUL",                             1, 3},
        {{"\"a\nb\"", 5},              "control",                         1, 3},
        {{"\"a\x01\"", 4},             "control",                         1, 3},
        {{"[\x01]", 3},                "control",                         1, 2},
        {{"[1\0]", 4},                 "number",                          1, 2},
        {{"\"\xe9\"", 3},              "UTF-8",                           1, 2},
        {{"\"\xed\xa0\x80\"", 5},      "UTF-8",                           1, 2},
        {{"\"\\ud800\"", 8},           "unexpected",                      1, 2},
        {{"\"\\x\"", 4},               "unexpected",                      1, 2},
        {{"\"abc", 4},                 "not closed",                      1, 1},
        {{"{\"a\":1,\n \"a\":2}", 15}, "duplicate key 'a', first at 1:2", 2, 2},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(arena) struct arena *arena = arena_new();
        const struct value *value = NULL;
        AUTO(error) struct error *error = read_text(arena, rows[i].text, 0, &value);
        assert_non_null(error);
        assert_null(value);
        assert_int_equal(error->code, ERR_INPUT);
        if (strstr(error->text, rows[i].why) == NULL) {
            assert_string_equal(error->text, rows[i].why);
        }
        assert_string_equal(error->file, "reply");
        assert_int_equal(error->line, rows[i].line);
        assert_int_equal(error->column, rows[i].column);
    }
}

static void json_read__is_lenient_with_replies(void **state)
{
    (void)state;
    AUTO(arena) struct arena *arena = arena_new();
    const struct value *value = NULL;
    struct str text = STR("{\"id\":20982486783671,\"big\":18446744073709551616,"
                          "\"a\":1,\"a\":{\"x\":[123]},\"A\":2,\"b\":\"last\"}");
    assert_null(read_text(arena, text, JSON_READ_LENIENT, &value));
    assert_int_equal(value_integer(value, "id", 0), 20982486783671);
    assert_string_equal(value_text(value, "big"), "18446744073709551616");
    assert_int_equal(value_integer(value, "a", 0), 1);
    assert_int_equal(value_integer(value, "A", 0), 2);
    assert_string_equal(value_text(value, "b"), "last"); /* what was skipped has not shifted it */
    AUTO(error) struct error *error = read_text(arena, STR("[1e400]"), JSON_READ_LENIENT, &value);
    assert_non_null(error);
}

static void json_read__accepts_no_prefix(void **state)
{
    (void)state;
    struct str text = STR("{\"a\":[1,2.5e3,\"x\\u00e9y\"],\"b\":{\"c\":true,\"d\":null}}");
    for (size_t len = 0; len <= text.len; len++) {
        AUTO(arena) struct arena *arena = arena_new();
        const struct value *value = NULL;
        AUTO(error) struct error *error = read_text(arena, str_slice(text, 0, len), 0, &value);
        assert_true((error == NULL) == (len == text.len));
    }
}

static void append_times(struct buf *buf, const char *text, size_t times)
{
    for (size_t i = 0; i < times; i++) {
        assert_true(buf_append_text(buf, text));
    }
}

static void json_read__bounds_depth_and_count(void **state)
{
    (void)state;
    static const struct {
        const char *open, *item, *close;
        size_t depth, items;
        const char *why; /* NULL: accepted */
    } rows[] = {
        {"[",       "",   "]",  LIMIT_JSON_DEPTH,     1,                    NULL               },
        {"[",       "",   "]",  LIMIT_JSON_DEPTH + 1, 1,                    "nested too deeply"},
        {"{\"a\":", "1",  "}",  LIMIT_JSON_DEPTH + 1, 1,                    "nested too deeply"},
        {"[",       "1,", "1]", 1,                    LIMIT_JSON_NODES - 2, NULL               },
        {"[",       "1,", "1]", 1,                    LIMIT_JSON_NODES - 1, "too many values"  },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(arena) struct arena *arena = arena_new();
        AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
        append_times(&text, rows[i].open, rows[i].depth);
        append_times(&text, rows[i].item, rows[i].items);
        append_times(&text, rows[i].close, rows[i].depth);
        const struct value *value = NULL;
        AUTO(error) struct error *error = read_text(arena, buf_str(&text), 0, &value);
        if (rows[i].why == NULL) {
            assert_null(error);
        } else {
            assert_non_null(error);
            assert_non_null(strstr(error->text, rows[i].why));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_read__reads_all_types),
        cmocka_unit_test(json_read__refuses),
        cmocka_unit_test(json_read__is_lenient_with_replies),
        cmocka_unit_test(json_read__accepts_no_prefix),
        cmocka_unit_test(json_read__bounds_depth_and_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
