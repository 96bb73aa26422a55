/* SPDX-License-Identifier: MIT */
#include "base/mem.h"
#include "data/value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct value *make_sample(struct arena *arena)
{
    struct value *map = value_new(arena, VALUE_MAP);
    struct value *inner = value_new(arena, VALUE_MAP);
    struct value *list = value_new(arena, VALUE_LIST);
    value_append(arena, list, value_new_integer(arena, 1));
    value_append(arena, list, value_new_text(arena, NULL));
    value_set_text(arena, inner, "status", "Completed");
    value_set_integer(arena, inner, "percent", 100);
    value_set_bool(arena, inner, "done", true);
    value_set(arena, map, "properties", inner);
    value_set(arena, map, "list", list);
    return map;
}

static void value__finds_by_path(void **state)
{
    (void)state;
    AUTO(arena) struct arena *arena = arena_new();
    struct value *map = make_sample(arena);
    assert_string_equal(value_text(map, "properties.status"), "Completed");
    assert_null(value_text(map, "properties.percent"));
    assert_null(value_text(map, "properties.status.more"));
    assert_null(value_text(map, "none"));
    assert_null(value_text(NULL, "none"));
    assert_null(value_find(map, "Properties"));
    assert_int_equal(value_integer(map, "properties.percent", -1), 100);
    assert_int_equal(value_integer(map, "properties.status", -1), -1);
    assert_true(value_number(map, "properties.percent", 0) == 100);
    assert_true(value_number(map, "list", 0.5) == 0.5);
    assert_true(value_bool(map, "properties.done", false));
    assert_true(value_bool(map, "properties", true));
    assert_null(value_find(value_find(map, "list"), "x"));
}

static void value__replaces_a_member(void **state)
{
    (void)state;
    AUTO(arena) struct arena *arena = arena_new();
    struct value *map = value_new(arena, VALUE_MAP);
    value_set_integer(arena, map, "a", 1);
    value_set_integer(arena, map, "b", 2);
    value_set_integer(arena, map, "a", 3);
    assert_int_equal(map->count, 2);
    assert_int_equal(map->members[0].value->integer, 3);
}

static void value__finds_in_large_maps(void **state)
{
    (void)state;
    const int count = 100000; /* a search through all of them for each would take minutes */
    AUTO(arena) struct arena *arena = arena_new();
    struct value *map = value_new(arena, VALUE_MAP);
    for (int i = 0; i < count; i++) {
        value_set_integer(arena, map, arena_format(arena, "key%d", i), i);
    }
    assert_int_equal(map->count, count);
    for (int i = 0; i < count; i++) {
        assert_int_equal(value_integer(map, arena_format(arena, "key%d", i), -1), i);
    }
    assert_null(value_find(map, "key"));
    assert_string_equal(map->members[count - 1].name.at, "key99999");
}

static void value__compares_and_copies(void **state)
{
    (void)state;
    AUTO(arena) struct arena *arena = arena_new();
    AUTO(arena) struct arena *other = arena_new();
    struct value *map = make_sample(arena);
    map->at = (struct position){"a.yaml", 1, 1};
    const struct value *copy = value_copy(other, map);
    assert_true(value_equal(map, copy));
    assert_ptr_not_equal(copy->at.file, map->at.file);
    assert_string_equal(copy->at.file, "a.yaml");
    assert_null(value_copy(other, NULL));

    struct value *swapped = value_new(arena, VALUE_MAP);
    value_set(arena, swapped, "list", value_find(map, "list"));
    value_set(arena, swapped, "properties", value_find(map, "properties"));
    assert_true(value_equal(map, swapped));
    value_set_bool(arena, swapped, "more", true);
    assert_false(value_equal(map, swapped));
    value_set_bool(arena, map, "less", true);
    assert_false(value_equal(map, swapped));
    assert_false(value_equal(map, NULL));
    assert_true(value_equal(NULL, NULL));
}

static void value__compares_numbers_by_value(void **state)
{
    (void)state;
    AUTO(arena) struct arena *arena = arena_new();
    struct value *decimal = value_new(arena, VALUE_DECIMAL);
    decimal->decimal = 1.0;
    assert_true(value_equal(decimal, value_new_integer(arena, 1)));
    assert_false(value_equal(decimal, value_new_integer(arena, 2)));
    assert_false(value_equal(value_new_text(arena, "1"), value_new_integer(arena, 1)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(value__finds_by_path),
        cmocka_unit_test(value__replaces_a_member),
        cmocka_unit_test(value__finds_in_large_maps),
        cmocka_unit_test(value__compares_and_copies),
        cmocka_unit_test(value__compares_numbers_by_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
