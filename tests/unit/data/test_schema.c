/* SPDX-License-Identifier: MIT */
/* schema: what each kind of row becomes. */
#include "data/schema.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/limit.h"
#include "base/mem.h"
#include "data/json_read.h"
#include "data/json_write.h"

static const char *const colours[] = {"red", "light-blue", NULL};

static const char *const true_or_false[] = {"false", "true", NULL};

static const struct decode_field leaf_rows[] = {
    {.name = "size", .type = DECODE_INTEGER, .min = 1, .max = 9, .doc = "How big.", .example = "3"},
    {.name = NULL     },
};
static const struct decode_table leaf_table = {
    .name = "small leaf", .doc = "A leaf.", .fields = leaf_rows};
static const struct decode_table other_table = {
    .name = "small leaf", .doc = "Another of that name.", .fields = leaf_rows};

static const struct decode_field own_rows[] = {
    {.name = "petals",
     .type = DECODE_INTEGERS,
     .flags = DECODE_REQUIRED,
     .doc = "Petals.",
     .example = "[5]"},
    {.name = NULL},
};
static const struct decode_table own_table = {.name = "own", .doc = "Own.", .fields = own_rows};
static const struct schema_variant variants[] = {
    {"rose",  "A rose.",  &own_table},
    {"grass", "A grass.", NULL      },
};

static const struct decode_field plant_rows[] = {
    {.name = "kind",            .type = DECODE_TEXT, .flags = DECODE_REQUIRED, .doc = "Which."},
    {.name = NULL},
};
static const struct decode_table plant_table = {
    .name = "plant", .doc = "A plant.", .fields = plant_rows};

static const struct decode_field rows[] = {
    {.name = "name",                               .type = DECODE_TEXT, .flags = DECODE_REQUIRED | DECODE_NOT_EMPTY, .doc = "N."},
    {.name = "id", .type = DECODE_TEXT, .doc = "I.", .example = "\"007\""},
    {.name = "colour",
     .type = DECODE_WORD,
     .words = colours,
     .flags = DECODE_IGNORING_CASE,
     .doc = "C.",
     .fallback = "red"},
    {.name = "wet",                         .type = DECODE_WORD, .words = true_or_false, .doc = "W.", .fallback = "true"},
    {.name = "age",
     .type = DECODE_DURATION,
     .min = 1000,
     .max = 3600000,
     .doc = "A.",
     .fallback = "90s"},
    {.name = "tags",
     .type = DECODE_TEXTS,
     .flags = DECODE_NOT_EMPTY,
     .doc = "T.",
     .example = "[a, \"1\"]"},
    {.name = "leaf",
     .type = DECODE_RECORD,
     .table = &leaf_table,
     .doc = "L.",
     .example = "{ size: 4 }"},
    {.name = "leaves",                                  .type = DECODE_RECORD_LIST, .table = &other_table, .doc = "Ls."},
    {.name = "plants",
     .type = DECODE_RECORD_MAP,
     .table = &plant_table,
     .doc = "P.",
     .example = "{ a: { kind: rose } }"},
    {.name = "free", .type = DECODE_ANY, .doc = "F.", .example = "{ n: 1, b: true, t: \"1\" }"},
    {.name = "old",                                 .type = DECODE_TEXT, .flags = DECODE_HIDDEN, .doc = "H."},
    {.name = NULL                                           },
};
static const struct decode_table table = {.name = "garden", .doc = "A garden.", .fields = rows};

static const struct schema_source source = {
    .id = "https://example.org/v1/garden.json",
    .title = "garden",
    .table = &table,
    .name_pattern = "^[a-z]+$",
    .has_references = true,
    .variant_table = &plant_table,
    .variant_member = "kind",
    .variants = variants,
    .variant_count = 2,
};

static const struct value *written(struct arena *arena, const struct schema_source *from)
{
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
    const struct value *root = NULL;
    schema_write(from, &text);
    assert_int_equal(text.data[text.len - 1], '\n');
    assert_null(json_read(arena, "schema", buf_str(&text), 0, &root));
    return root;
}

/* A member's value as compact JSON, to compare. */
static void assert_part(const struct value *root, const char *path, const char *expected)
{
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
    struct json_writer json = json_writer(&text, JSON_COMPACT);
    json_value(&json, value_find_path(root, path));
    assert_string_equal(buf_text(&text), expected);
}

#define NOTHING "{\"$ref\":\"#/definitions/nothing\"}"
#define REFERENCE "{\"$ref\":\"#/definitions/reference\"}"
#define SCALAR "{\"$ref\":\"#/definitions/scalar\"}"

static void schema__says_what_each_row_says(void **state)
{
    static const struct {
        const char *path, *expected;
    } rows_expected[] = {
        {"$schema",                                      "\"http://json-schema.org/draft-07/schema#\""                   },
        {"required",                                     "[\"name\"]"                                                    },
        {"additionalProperties",                         "false"                                                         },
        {"properties.name.anyOf",                        "[{\"type\":\"string\",\"minLength\":1}," SCALAR "]"            },
        {"properties.id.anyOf",                          "[{\"type\":\"string\"}," SCALAR "," NOTHING "]"                },
        {"properties.id.examples",                       "[\"007\"]"                                                     },
        {"properties.colour.anyOf",
         "[{\"enum\":[\"red\",\"light-blue\"]},{\"type\":\"string\","
         "\"pattern\":"
         "\"^([Rr][Ee][Dd]|[Ll][Ii][Gg][Hh][Tt]-[Bb][Ll][Uu][Ee])$\"}," REFERENCE "," NOTHING "]"                        },
        {"properties.colour.default",                    "\"red\""                                                       },
        {"properties.wet.default",                       "true"                                                          },
        {"properties.wet.anyOf",
         "[{\"enum\":[false,true]},{\"type\":\"string\",\"pattern\":\"^(false|true)$\"}," REFERENCE
         "," NOTHING "]"                                                                                                 },
        {"properties.age.description",                   "\"A. (1s to 1h 00m)\""                                         },
        {"properties.age.default",                       "\"90s\""                                                       },
        {"properties.tags.examples",                     "[[\"a\",\"1\"]]"                                               },
        {"properties.tags.anyOf",
         "[{\"type\":\"string\",\"minLength\":1}," SCALAR
         ",{\"type\":\"array\",\"items\":{\"not\":{\"type\":"
         "[\"object\",\"array\",\"null\"]},\"minLength\":1},\"minItems\":1}," NOTHING "]"                                },
        {"properties.leaf.examples",                     "[{\"size\":4}]"                                                },
        {"properties.leaf.anyOf",                        "[{\"$ref\":\"#/definitions/small-leaf\"}," NOTHING "]"         },
        {"properties.leaves.anyOf",
         "[{\"type\":\"array\",\"items\":{\"$ref\":\"#/definitions/small-leaf-2\"}}," NOTHING "]"                        },
        {"properties.plants.anyOf",                      "[{\"type\":\"object\",\"propertyNames\":{\"pattern\":\"^[a-z]+"
                                    "$\"},\"additionalProperties\":"
                                    "{\"$ref\":\"#/definitions/plant\"}}," NOTHING "]"},
        {"properties.plants.examples",                   "[{\"a\":{\"kind\":\"rose\"}}]"                                 },
        {"properties.free.examples",                     "[{\"n\":1,\"b\":true,\"t\":\"1\"}]"                            },
        {"properties.old",                               "true"                                                          },
        {"definitions.small-leaf.properties.size.anyOf",
         "[{\"type\":\"integer\",\"minimum\":1,\"maximum\":9}," REFERENCE "," NOTHING "]"                                },
        {"definitions.small-leaf-2.description",         "\"Another of that name.\""                                     },
    };
    AUTO(arena) struct arena *arena = arena_new();
    (void)state;
    const struct value *root = written(arena, &source);
    for (size_t i = 0; i < sizeof(rows_expected) / sizeof(rows_expected[0]); i++) {
        assert_part(root, rows_expected[i].path, rows_expected[i].expected);
    }
}

static void schema__gives_each_variant_its_own_members_and_no_others(void **state)
{
    AUTO(arena) struct arena *arena = arena_new();
    (void)state;
    const struct value *root = written(arena, &source);
    assert_part(root, "definitions.plant.properties.kind.anyOf",
                "[{\"enum\":[\"rose\",\"grass\"]}," REFERENCE "]");
    assert_part(root, "definitions.plant.additionalProperties", "null");
    assert_part(root, "definitions.plant.allOf",
                "[{\"if\":{\"properties\":{\"kind\":{\"const\":\"rose\"}},\"required\":[\"kind\"]},"
                "\"then\":{\"$ref\":\"#/definitions/rose-plant\"}},"
                "{\"if\":{\"properties\":{\"kind\":{\"const\":\"grass\"}},\"required\":[\"kind\"]},"
                "\"then\":{\"$ref\":\"#/definitions/grass-plant\"}}]");
    assert_part(root, "definitions.rose-plant.required", "[\"petals\"]");
    assert_part(root, "definitions.rose-plant.properties.kind", "true");
    assert_part(root, "definitions.rose-plant.properties.petals.examples", "[[5]]");
    assert_part(root, "definitions.rose-plant.additionalProperties", "false");
    assert_part(root, "definitions.grass-plant.properties", "{\"kind\":true}");
}

static void schema__has_no_references_where_none_are_replaced(void **state)
{
    AUTO(arena) struct arena *arena = arena_new();
    struct schema_source plain = source;
    (void)state;
    plain.has_references = false;
    plain.name_pattern = NULL;
    const struct value *root = written(arena, &plain);
    assert_null(value_find_path(root, "definitions.reference"));
    assert_part(root, "properties.age.anyOf",
                "[{\"$ref\":\"#/definitions/duration\"}," NOTHING "]");
    assert_part(root, "definitions.rose-plant.properties.petals.anyOf",
                "[{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(schema__says_what_each_row_says),
        cmocka_unit_test(schema__gives_each_variant_its_own_members_and_no_others),
        cmocka_unit_test(schema__has_no_references_where_none_are_replaced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
