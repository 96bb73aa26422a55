/* SPDX-License-Identifier: MIT */
#include "base/mem.h"
#include "data/yaml_read.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/limit.h"
#include "data/json_write.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The tree as JSON; NULL if there is none. */
static const char *read_json(struct arena *arena, struct str text, struct problems *problems)
{
    const struct value *value = NULL;
    if (!yaml_read(arena, "plan.yaml", text, problems, &value)) {
        assert_null(value);
        assert_true(problems->error_count > 0);
        return NULL;
    }
    AUTO(buf) struct buf buf = BUF_INIT(LIMIT_TEXT_BYTES);
    struct json_writer json = json_writer(&buf, JSON_COMPACT);
    json_value(&json, value);
    return arena_text(arena, buf_text(&buf));
}

static void yaml_read__reads(void **state)
{
    (void)state;
    static const struct {
        const char *text, *json;
    } rows[] = {
        {"a: 1\nb: [x, 'y', \"z\\n\"]\nc:\n  - d: e\n  -\n",
         "{\"a\":\"1\",\"b\":[\"x\",\"y\",\"z\\n\"],\"c\":[{\"d\":\"e\"},\"\"]}"                                         },
        {"country: no",                                                                 "{\"country\":\"no\"}"           }, /* I13 */
        {"point: 20982486783671",                                                       "{\"point\":\"20982486783671\"}" }, /* I16 */
        {"\xef\xbb\xbf"
         "a: 1\r\nb: 2\r\n",                                                   "{\"a\":\"1\",\"b\":\"2\"}"      }, /* I10 */
        {"---\na: 1\n...\n# end\n",                                                     "{\"a\":\"1\"}"                  },
        {"--- {a: 1}",                                                                  "{\"a\":\"1\"}"                  },
        {"a: |\n  --- x\n  ...\n  %y\n",                                                "{\"a\":\"--- x\\n...\\n%y\\n\"}"},
        {"a: &x {b: 1}\nc: *x\nd: [*x, &y z, *y]",
         "{\"a\":{\"b\":\"1\"},\"c\":{\"b\":\"1\"},\"d\":[{\"b\":\"1\"},\"z\",\"z\"]}"                                   },
        {"&k a: 1\nb: *k\n*k : 2",                                                      NULL                             }, /* an alias as a key that is there */
        {"a: &k x\n*k : 2",                                                             "{\"a\":\"x\",\"x\":\"2\"}"      },
 /* own keys before merged ones, earlier merged before later */
        {"x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2, d: 2}\nz: {<<: [*x, *y], d: 3, e: 3}",
         "{\"x\":{\"a\":\"1\",\"b\":\"1\"},\"y\":{\"b\":\"2\",\"c\":\"2\",\"d\":\"2\"},"
         "\"z\":{\"d\":\"3\",\"e\":\"3\",\"a\":\"1\",\"b\":\"1\",\"c\":\"2\"}}"                                          },
        {"x: &x {a: 1}\ny: &y\n  b: 2\n  <<: *x\nz: {<<: *y}",
         "{\"x\":{\"a\":\"1\"},\"y\":{\"b\":\"2\",\"a\":\"1\"},\"z\":{\"b\":\"2\",\"a\":\"1\"}}"                         },
        {"<<: {a: 1}\n\"<<\": x",                                                       "{\"<<\":\"x\",\"a\":\"1\"}"     },
        {"just text",                                                                   "\"just text\""                  },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(arena) struct arena *arena = arena_new();
        AUTO(problems) struct problems problems = {0};
        const char *json = read_json(arena, str_from(rows[i].text), &problems);
        if (rows[i].json == NULL) {
            assert_int_equal(problems.error_count, 1);
            continue;
        }
        assert_non_null(json);
        assert_string_equal(json, rows[i].json);
        assert_int_equal(problems.count, 0);
    }
}

static void yaml_read__keeps_positions_and_quotes(void **state)
{
    (void)state;
    AUTO(arena) struct arena *arena = arena_new();
    AUTO(problems) struct problems problems = {0};
    const struct value *map = NULL;
    struct str text = STR("\xef\xbb\xbf# caf\xc3\xa9\r\n\"\xc3\xa9\": { x: 'no', y: no }\r\n");
    assert_true(yaml_read(arena, "plan.yaml", text, &problems, &map));
    const struct value *x = value_find_path(map, "\xc3\xa9.x");
    const struct value *y = value_find_path(map, "\xc3\xa9.y");
    assert_false(x->plain);
    assert_true(y->plain);
    assert_int_equal(x->at.line, 2);
    assert_int_equal(x->at.column, 11);
    assert_int_equal(map->members[0].name_at.column, 1);
    assert_string_equal(y->at.file, "plan.yaml");
}

struct refused {
    struct str text;
    int line, column;
    const char *why;  /* part of the text */
    const char *hint; /* part of the hint, or NULL */
};

static void check_refused(const struct refused *row)
{
    AUTO(arena) struct arena *arena = arena_new();
    AUTO(problems) struct problems problems = {0};
    read_json(arena, row->text, &problems);
    assert_int_equal(problems.error_count, 1);
    const struct error *error = problems.items[0].error;
    assert_int_equal(error->code, ERR_PLAN);
    if (strstr(error->text, row->why) == NULL) {
        assert_string_equal(error->text, row->why);
    }
    if (row->hint != NULL && (error->hint == NULL || strstr(error->hint, row->hint) == NULL)) {
        assert_string_equal(error->hint == NULL ? "(none)" : error->hint, row->hint);
    }
    if (error->line != row->line || error->column != row->column) {
        fail_msg("'%s' at %d:%d, not at %d:%d", error->text, error->line, error->column, row->line,
                 row->column);
    }
    assert_string_equal(error->file, "plan.yaml");
}

/* One row: the text's literal, then where, why and the hint. */
#define ROW(literal, ...)                                                                          \
    {                                                                                              \
        {"" literal, sizeof(literal) - 1}, __VA_ARGS__                                             \
    }

static void yaml_read__refuses_bad_text(void **state)
{
    (void)state;
    static const struct refused rows[] = {
        /* I07 */
        ROW("a: 1\nb: caf\xe9\n", 2, 7, "not UTF-8: byte 0xe9", "UTF-8"),
        ROW("\xc3\xa9: \xc0\xaf\n", 1, 4, "not UTF-8", NULL),
        ROW("a: \xed\xa0\x80\n", 1, 4, "not UTF-8", NULL),
        /* I08 */
        ROW("a: b\0c", 1, 5, "U+0000", "control"),
        ROW("a: \x1b[31m", 1, 4, "U+001B", "control"),
        ROW("a: \x7f", 1, 4, "U+007F", "control"),
        ROW("a: \"x\\0y\"", 1, 4, "control character U+0000", "escape"),
        ROW("a: \"\\e[31m\"", 1, 4, "control character U+001B", "escape"),
        /* I09 */
        ROW("\xff\xfe"
            "a\0:\0",
            1, 1, "UTF-16", "UTF-8"),
        ROW("\xfe\xff\0a\0:", 1, 1, "UTF-16", "UTF-8"),
        ROW("a\0:\0 \0", 1, 1, "UTF-16", "UTF-8"),
        ROW("a: 1\nb: \xef\xbb\xbf", 2, 4, "U+FEFF", "byte order mark"),
        /* I11 */
        ROW("a: 1\xe2\x80\xa8"
            "b: 2",
            1, 5, "U+2028", "line end"),
        ROW("a: 1\xc2\x85"
            "b: 2",
            1, 5, "U+0085", "line end"),
        ROW("a: 1\rb: 2\n", 1, 5, "U+000D", "CR alone"),
        ROW("a: 1\r", 1, 5, "U+000D", "CR alone"),
        /* I12 */
        ROW("a: 1\n---\nb: 2\n", 2, 1, "second document", "one document"),
        ROW("---\n---\n", 2, 1, "second document", NULL),
        ROW("a: 1\n...\nb: 2\n", 3, 1, "second document", NULL),
        ROW("", 0, 0, "it is empty", NULL),
        ROW(" \n\n", 0, 0, "it is empty", NULL),
        ROW("---\n", 0, 0, "it is empty", NULL),
        ROW("# one\n  # two\n", 0, 0, "nothing but comments", NULL),
        /* I17 */
        ROW("%YAML 1.2\n---\na: 1\n", 1, 1, "directives", "remove"),
        ROW("%TAG ! tag:x,2000:\n---\na: 1\n", 1, 1, "directives", NULL),
        ROW("a: !!python/object:x y\n", 1, 4, "tags are not supported: '!!python/object:x'", NULL),
        ROW("a: !foo x\n", 1, 4, "tags are not supported: '!foo'", NULL),
        ROW("a: !!str no\n", 1, 4, "tags are not supported: '!!str'", "quotes"),
        ROW("a: !!seq [x]\n", 1, 4, "tags are not supported: '!!seq'", NULL),
        ROW("a: !e!foo x\n", 1, 4, "tags are not supported", NULL),
        ROW("a: !<tag x\n", 1, 4, "tags are not supported", NULL),
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        check_refused(&rows[i]);
    }
}

static void yaml_read__refuses_bad_trees(void **state)
{
    (void)state;
    static const struct refused rows[] = {
        /* I03 */
        ROW("a: &x\n  b: [*x]", 2, 7, "alias '*x' stands inside its own anchor at 1:4", NULL),
        ROW("a: *none", 1, 4, "unknown alias '*none'", "in quotes"),
        ROW("a: &x 1\nb: &x 2", 2, 4, "anchor 'x' stands twice, first at 1:4", NULL),
        /* I04 */
        ROW("a: 1\nb: 2\na: 3", 3, 1, "duplicate key 'a', first at 1:1", NULL),
        ROW("a: {b: 1, 'b': {c: 1}}", 1, 11, "duplicate key 'b', first at 1:5", NULL),
        ROW("x: &x {a: 1}\ny:\n  <<: *x\n  <<: *x", 4, 3, "duplicate key '<<', first at 3:3", NULL),
        ROW("x: {<<: y}", 1, 5, "'<<' must be a map or a list of maps, not text", NULL),
        ROW("x: {<<: [{a: 1}, [b]]}", 1, 5, "'<<' must be a map or a list of maps, not a list",
            NULL),
        ROW("{a: b}: c", 1, 1, "a key must be text, not a map", "quotes"),
        ROW("? [a]\n: c", 1, 3, "a key must be text, not a list", NULL),
        ROW("a: b\n? \n: c", 2, 2, "a key must be text, not empty", NULL),
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        check_refused(&rows[i]);
    }
}

static void yaml_read__explains_what_libyaml_says(void **state)
{
    (void)state;
    static const struct refused rows[] = {
        /* I05 */
        ROW("a:\n\tb: 1\n", 2, 1, "a tab is used for indentation", "blanks"),
        ROW("a:\n  b: 1\n\tc: 2\n", 3, 1, "a tab is used for indentation", "blanks"),
        ROW("- \ta: 1\n", 1, 3, "a tab is used for indentation", "blanks"),
        ROW("a: >\n\tfoo\n", 2, 1, "a tab is used for indentation", "blanks"),
        ROW("a: b: c\n", 1, 5, "a ':' is not expected here", "quotes"),
        ROW("a:1\nb: 2\n", 2, 2, "no blank behind 'a:'", "'a: value'"),
        ROW("a: 1\nb:2\nc: 3\n", 3, 1, "no blank behind 'b:'", "'b: value'"),
        ROW("a: 1\nb\nc: 2\n", 2, 1, "a key without ':'", NULL),
        ROW("a: *.vhd\n", 1, 4, "'*' begins an alias", "in quotes"),
        ROW("a: *web-*\n", 1, 4, "'*' begins an alias", "in quotes"),
        ROW("a: &*x\n", 1, 4, "'&' begins an anchor", "in quotes"),
        ROW("a: @x\n", 1, 4, "cannot begin with this character", "in quotes"),
        ROW("a: %x\n", 1, 4, "cannot begin with this character", "in quotes"),
        ROW("a: `x`\n", 1, 4, "cannot begin with this character", "in quotes"),
        ROW("a: |x\n  y\n", 1, 4, "begin a block of text", "in quotes"),
        ROW("a: {x: ${var.y}, z: 1}\n", 1, 9, "'${' without quotes", "with quotes"),
        ROW("a: [${x}]\n", 1, 6, "'${' without quotes", "with quotes"),
        ROW("a: [1, 2\nb: 3\n", 2, 2, "expected ',' or ']'", "close the list"),
        ROW("a: {b\n", 2, 1, "expected ',' or '}'", "close the map"),
        ROW("a: \"abc\nb: 1\n", 1, 4, "this quote is never closed", NULL),
        ROW("a: 'abc\n", 1, 4, "this quote is never closed", NULL),
        ROW("a: \"\\d\"\n", 1, 5, "an unknown escape", "\\\\"),
        ROW("a: 'it's'\n", 1, 8, "text after the closing quote", "''"),
        ROW("a: - b\n", 1, 4, "a list cannot begin here", "[a, b]"),
        ROW("a:\n  b: 1\n c: 2\n", 3, 2, "expected a key of the map here", "same column"),
        ROW("a:\n - b\n c: 1\n", 3, 2, "expected '- '", "indentation"),
        ROW("a: 1\n- b\n", 2, 1, "a list item among the keys", "indentation"),
        ROW("a: [b]]\n", 1, 7, "a bracket is closed that was not opened", NULL),
        ROW("a: ]\n", 1, 4, "a value is missing here", NULL),
        ROW("a: [b, , c]\n", 1, 8, "a value is missing here", NULL),
        ROW("  a: 1\nb: 2\n", 2, 1, "does not belong", "indentation"),
        ROW("\xc3\xa9: \xc3\xa9: c\n", 1, 5, "a ':' is not expected here", NULL),
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        check_refused(&rows[i]);
    }
}

static void yaml_read__reports_all_duplicates_and_still_gives_the_tree(void **state)
{
    (void)state;
    AUTO(arena) struct arena *arena = arena_new();
    AUTO(problems) struct problems problems = {0};
    const char *json = read_json(arena, STR("a: 1\na: {x: 2}\nb: !t 3\na: 4\n"), &problems);
    assert_non_null(json);
    assert_string_equal(json, "{\"a\":\"1\",\"b\":\"3\"}");
    assert_int_equal(problems.error_count, 3);
}

static void append_times(struct buf *buf, const char *text, size_t times)
{
    for (size_t i = 0; i < times; i++) {
        assert_true(buf_append_text(buf, text));
    }
}

/* I01: each line holds the one before nine times. */
static void append_bomb(struct buf *buf)
{
    buf_append_text(buf, "a: &a0 [x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 10; i++) {
        buf_format(buf, "k%d: &a%d [", i, i);
        for (int j = 0; j < 9; j++) {
            buf_format(buf, "%s*a%d", j == 0 ? "" : ",", i - 1);
        }
        buf_append_text(buf, "]\n");
    }
}

/* Nesting hidden in aliases: every step is one list deeper. */
static void append_ladder(struct buf *buf)
{
    buf_append_text(buf, "k0: &a0 [x]\n");
    for (int i = 1; i < 100; i++) {
        buf_format(buf, "k%d: &a%d [*a%d]\n", i, i, i - 1);
    }
}

static void append_many_aliases(struct buf *buf)
{
    buf_append_text(buf, "a: &a [x]\nb: [");
    append_times(buf, "*a,", LIMIT_PLAN_ALIASES + 1);
    buf_append_text(buf, "]\n");
}

static void append_many_anchors(struct buf *buf)
{
    buf_append_text(buf, "[");
    for (unsigned i = 0; i <= LIMIT_PLAN_ANCHORS; i++) {
        buf_format(buf, "&a%u x,", i);
    }
    buf_append_text(buf, "]");
}

static void append_many_values(struct buf *buf)
{
    buf_append_text(buf, "[");
    append_times(buf, "xxxxxxxxx,", LIMIT_PLAN_NODES);
    buf_append_text(buf, "]");
}

static void append_deepest_lists(struct buf *buf)
{
    append_times(buf, "[a,", 1024 * 1024 / 3); /* I02: 304 s in libyaml alone */
}

static void append_flat_list(struct buf *buf)
{
    append_times(buf, "a,", 512 * 1024);
}

static void append_many_keys(struct buf *buf)
{
    for (unsigned i = 0; i < 1000000; i++) {
        buf_format(buf, "%x: ", i);
    }
    buf_cut(buf, 1024 * 1024);
}

static void append_json_keys(struct buf *buf)
{
    append_times(buf, "\"a\":{", 180000);
}

static void append_dashes_and_questions(struct buf *buf)
{
    append_times(buf, "-\n? x\n", 180000);
}

static void append_deep_lists(struct buf *buf)
{
    append_times(buf, "[a,", 5000);
}

static void append_deep_maps(struct buf *buf)
{
    append_times(buf, "{a: ", 5000);
}

static void append_deep_dashes(struct buf *buf)
{
    append_times(buf, "- ", 10000);
}

static void append_long_text(struct buf *buf)
{
    buf_append_text(buf, "a: '");
    append_times(buf, "x", LIMIT_SCALAR_BYTES + 1);
    buf_append_text(buf, "'");
}

/* A text may be longer in the file than it is, but not by any amount. */
static void append_many_escapes(struct buf *buf)
{
    buf_append_text(buf, "a: \"");
    append_times(buf, "\\u0041", LIMIT_SCALAR_BYTES + 1);
    buf_append_text(buf, "\"");
}

static void append_long_block(struct buf *buf)
{
    buf_append_text(buf, "a: |\n");
    append_times(buf, " x\n", 1024 * 1024 / 3);
}

static void append_open_quote(struct buf *buf)
{
    buf_append_text(buf, "a: '");
    append_times(buf, "x\n ", 1024 * 1024 / 3);
}

static void append_long_anchor(struct buf *buf)
{
    buf_append_text(buf, "a: &");
    append_times(buf, "x", 1024 * 1024);
    buf_append_text(buf, " b");
}

static void append_long_comment(struct buf *buf)
{
    buf_append_text(buf, "a: 1\n");
    append_times(buf, "#\n", LIMIT_SOURCE_BYTES);
    buf_append_text(buf, "b: 1\n");
}

static void append_long_key(struct buf *buf)
{
    append_times(buf, "x", 1100);
    buf_append_text(buf, ": 1\n");
}

static void append_directives(struct buf *buf)
{
    buf_append_text(buf, "a: 1\n...\n");
    append_times(buf, "%TAG !x! tag:x,2000:\n", 20000);
}

static void append_large_file(struct buf *buf)
{
    append_times(buf, "#\n", LIMIT_PLAN_BYTES / 2 + 1);
}

static void yaml_read__bounds_everything(void **state)
{
    (void)state;
    static const struct {
        void (*append)(struct buf *buf);
        const char *why;
    } rows[] = {
        {append_bomb,                 "aliases add more than 100000 values"     },
        {append_ladder,               "nested deeper than 64 levels"            },
        {append_many_aliases,         "more than 1000 aliases"                  },
        {append_many_values,          "more than 250000 values"                 },
        {append_deep_lists,           "nested deeper than 64 levels"            },
        {append_deep_maps,            "nested deeper than 64 levels"            },
        {append_deep_dashes,          "nested deeper than 64 levels"            },
        {append_long_text,            "a text of more than 65536 bytes"         },
        {append_long_key,             "a key of more than 1024 characters"      },
        {append_directives,           "second document"                         },
        {append_large_file,           "larger than 4194304 bytes"               },
        {append_many_anchors,         "more than 1000 anchors"                  },
        {append_deepest_lists,        "too many values for a file of this size" },
        {append_flat_list,            "too many values for a file of this size" },
        {append_many_keys,            "too many values for a file of this size" },
        {append_json_keys,            "too many values for a file of this size" },
        {append_dashes_and_questions, "too many values for a file of this size" },
        {append_many_escapes,         "takes more than 131072 bytes of the file"},
        {append_long_block,           "a text of more than 65536 bytes"         },
        {append_open_quote,           "takes more than 131072 bytes of the file"},
        {append_long_anchor,          "takes more than 131072 bytes of the file"},
        {append_long_comment,         "takes more than 131072 bytes of the file"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(arena) struct arena *arena = arena_new();
        AUTO(problems) struct problems problems = {0};
        AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
        rows[i].append(&text);
        assert_null(read_json(arena, buf_str(&text), &problems));
        assert_int_equal(problems.error_count, 1);
        if (strstr(problems.items[0].error->text, rows[i].why) == NULL) {
            assert_string_equal(problems.items[0].error->text, rows[i].why);
        }
        /* What is hostile by its shape is refused long before its end. */
        assert_true(rows[i].append == append_many_values || arena_bytes(arena) < 1024 * 1024);
    }
}

static void yaml_read__accepts_what_is_just_within(void **state)
{
    (void)state;
    AUTO(arena) struct arena *arena = arena_new();
    AUTO(problems) struct problems problems = {0};
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
    const struct value *value = NULL;
    append_times(&text, "[", LIMIT_PLAN_DEPTH);
    append_times(&text, "]", LIMIT_PLAN_DEPTH);
    assert_true(yaml_read(arena, "deep", buf_str(&text), &problems, &value));
    buf_clear(&text);
    append_times(&text, "# one comment\n", 100 * 1024 / 14);
    buf_append_text(&text, "a: \"");
    append_times(&text, "\\x41", LIMIT_SCALAR_BYTES / 8);
    append_times(&text, "x", LIMIT_SCALAR_BYTES / 8 * 7);
    buf_append_text(&text, "\"\n");
    append_times(&text, "\n", 100 * 1024);
    assert_true(yaml_read(arena, "long", buf_str(&text), &problems, &value));
    assert_int_equal(value_find(value, "a")->text.len, LIMIT_SCALAR_BYTES);
    buf_clear(&text);
    buf_append_text(&text, "["); /* as dense as our own lists of points */
    append_times(
        &text,
        "{\"id\":\"1234567890\",\"time\":\"2026-11-01T02:00:00Z\",\"consistency\":\"crash\","
        "\"tiers\":[{\"tier\":\"vault\",\"status\":\"valid\"}]},",
        20000);
    buf_append_text(&text, "]");
    assert_true(yaml_read(arena, "points", buf_str(&text), &problems, &value));
    assert_int_equal(value->count, 20000);
    buf_clear(&text);
    append_times(&text, "-\n", LIMIT_PLAN_MARKS); /* small files may be as dense as they like */
    assert_true(yaml_read(arena, "dense", buf_str(&text), &problems, &value));
    assert_int_equal(value->count, LIMIT_PLAN_MARKS);
    buf_clear(&text);
    for (int i = 0; i < 100000; i++) { /* I20; without an index of the keys this takes minutes */
        buf_format(&text, "item%d: {vm: x}\n", i);
    }
    assert_true(yaml_read(arena, "wide", buf_str(&text), &problems, &value));
    assert_int_equal(value->count, 100000);
    assert_int_equal(problems.count, 0);
}

static void yaml_read__stops_at_the_last_problem_that_is_kept(void **state)
{
    (void)state;
    AUTO(arena) struct arena *arena = arena_new();
    AUTO(problems) struct problems problems = {0};
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
    append_times(&text, "a: 1 # again\n", 200000);
    assert_null(read_json(arena, buf_str(&text), &problems));
    assert_int_equal(problems.error_count, LIMIT_PLAN_PROBLEMS);
    assert_true(arena_bytes(arena) < 1024 * 1024);
}

/* I32: no prefix of a plan crashes or leaks. */
static void yaml_read__survives_every_prefix(void **state)
{
    (void)state;
    struct str text = STR("version: 1\nx: &x {a: [1, 'b', \"c\\u00e9\"], <<: {d: e}}\n"
                          "y:\n  <<: *x\n  z: |\n    t\n  ? k\n  : [*x]\n");
    for (size_t len = 0; len <= text.len; len++) {
        AUTO(arena) struct arena *arena = arena_new();
        AUTO(problems) struct problems problems = {0};
        AUTO(text) char *exact = mem_resize(NULL, len);
        memcpy(exact, text.at, len);
        const char *json = read_json(arena, (struct str){exact, len}, &problems);
        assert_true(json != NULL || problems.error_count > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(yaml_read__reads),
        cmocka_unit_test(yaml_read__keeps_positions_and_quotes),
        cmocka_unit_test(yaml_read__refuses_bad_text),
        cmocka_unit_test(yaml_read__refuses_bad_trees),
        cmocka_unit_test(yaml_read__explains_what_libyaml_says),
        cmocka_unit_test(yaml_read__reports_all_duplicates_and_still_gives_the_tree),
        cmocka_unit_test(yaml_read__bounds_everything),
        cmocka_unit_test(yaml_read__accepts_what_is_just_within),
        cmocka_unit_test(yaml_read__stops_at_the_last_problem_that_is_kept),
        cmocka_unit_test(yaml_read__survives_every_prefix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
