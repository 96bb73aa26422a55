/* SPDX-License-Identifier: MIT */
#include "base/mem.h"
#include "data/json_write.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limit.h"
#include "base/number.h"
#include "data/json_read.h"

static void json_write__writes_both_styles(void **state)
{
    (void)state;
    static const char *const expected[] = {
        [JSON_COMPACT] = "{\"a\":[1,{\"b\":null},[]],\"c\":{},\"d\":true,\"e\":\"x\"}",
        [JSON_INDENTED] = "{\n  \"a\": [\n    1,\n    {\n      \"b\": null\n    },\n    []\n  ],\n"
                          "  \"c\": {},\n  \"d\": true,\n  \"e\": \"x\"\n}",
    };
    for (int style = JSON_COMPACT; style <= JSON_INDENTED; style++) {
        AUTO(buf) struct buf buf = BUF_INIT(LIMIT_TEXT_BYTES);
        struct json_writer json = json_writer(&buf, (enum json_style)style);
        json_begin_map(&json);
        json_name(&json, "a");
        json_begin_list(&json);
        json_integer(&json, 1);
        json_begin_map(&json);
        json_member_text(&json, "b", NULL);
        json_end(&json);
        json_begin_list(&json);
        json_end(&json);
        json_end(&json);
        json_name(&json, "c");
        json_begin_map(&json);
        json_end(&json);
        json_member_bool(&json, "d", true);
        json_member_str(&json, "e", STR("x"));
        json_end(&json);
        assert_string_equal(buf_text(&buf), expected[style]);
    }
}

static void json_write__escapes(void **state)
{
    (void)state;
    static const struct {
        struct str text;
        const char *json;
    } rows[] = {
        {{"", 0},                         "\"\""                         },
        {{"a\"b\\c/", 6},                 "\"a\\\"b\\\\c/\""             },
        {{"\b\f\n\r\t", 5},               "\"\\b\\f\\n\\r\\t\""          },
        {{"\0\x1b\x1f\x7f", 4},           "\"\\u0000\\u001b\\u001f\x7f\""},
        {{"\xc3\xa9\xf0\x9f\x98\x80", 6}, "\"\xc3\xa9\xf0\x9f\x98\x80\"" },
        {{"\xe2\x80\xa8\xe2\x80\xa9", 6}, "\"\\u2028\\u2029\""           },
        {{"a\xff\xc3", 3},                "\"a\xef\xbf\xbd\xef\xbf\xbd\""},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        AUTO(buf) struct buf buf = BUF_INIT(LIMIT_TEXT_BYTES);
        struct json_writer json = json_writer(&buf, JSON_COMPACT);
        json_str(&json, rows[i].text);
        assert_string_equal(buf_text(&buf), rows[i].json);
    }
}

static void json_write__writes_numbers_that_read_back(void **state)
{
    (void)state;
    static const struct {
        double number;
        const char *json;
    } rows[] = {
        {0.1,                "0.1"                  },
        {1.0,                "1"                    },
        {1e20,               "1e+20"                },
        {-0.5,               "-0.5"                 },
        {0.1 + 0.2,          "0.30000000000000004"  },
        {1.0 / 3,            "0.3333333333333333"   },
        {9777777777777778.0, "9777777777777778.0"   },
        {5e-324,             "4.94065645841247e-324"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        AUTO(buf) struct buf buf = BUF_INIT(LIMIT_TEXT_BYTES);
        struct json_writer json = json_writer(&buf, JSON_COMPACT);
        json_decimal(&json, rows[i].number);
        assert_string_equal(buf_text(&buf), rows[i].json);
        double back = 0;
        assert_true(number_parse_decimal(buf_str(&buf), &back));
        assert_true(back == rows[i].number);
    }
    AUTO(buf) struct buf buf = BUF_INIT(LIMIT_TEXT_BYTES);
    struct json_writer json = json_writer(&buf, JSON_COMPACT);
    json_begin_list(&json);
    json_integer(&json, INT64_MAX);
    json_integer(&json, INT64_MIN);
    json_end(&json);
    assert_string_equal(buf_text(&buf), "[9223372036854775807,-9223372036854775808]");
}

static void json_write__writes_what_json_read_reads(void **state)
{
    (void)state;
    const char *text = "{\"a\":[1,-2.5,true,false,null,\"x\"],\"b\":{\"c\":{}}}";
    AUTO(arena) struct arena *arena = arena_new();
    AUTO(buf) struct buf buf = BUF_INIT(LIMIT_TEXT_BYTES);
    const struct value *value = NULL;
    assert_null(json_read(arena, "test", str_from(text), 0, &value));
    struct json_writer json = json_writer(&buf, JSON_COMPACT);
    json_value(&json, value);
    assert_string_equal(buf_text(&buf), text);
}

static void json_write__shows_a_full_buf(void **state)
{
    (void)state;
    AUTO(buf) struct buf buf = BUF_INIT(5);
    struct json_writer json = json_writer(&buf, JSON_COMPACT);
    json_begin_list(&json);
    json_text(&json, "too long");
    json_end(&json);
    assert_true(buf.full);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_write__writes_both_styles),
        cmocka_unit_test(json_write__escapes),
        cmocka_unit_test(json_write__writes_numbers_that_read_back),
        cmocka_unit_test(json_write__writes_what_json_read_reads),
        cmocka_unit_test(json_write__shows_a_full_buf),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
