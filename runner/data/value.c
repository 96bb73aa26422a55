/* SPDX-License-Identifier: MIT */
#include "data/value.h"

#include <string.h>

#include "base/random.h"

/* Up to here a search through all members is as fast as any other. */
#define SMALL_MAP 32u

/* Open addressing: a slot holds the number of a member plus 1, 0 is free; at most half of the slots
 * are in use. */
struct value_index {
    uint64_t seed; /* of the process, so that nobody can choose names that all meet in one slot */
    size_t slot_count; /* a power of 2 */
    uint32_t slots[];
};

const char *value_type_name(enum value_type type)
{
    static const char *const names[] = {
        "null", "true or false", "a whole number", "a decimal number", "text", "a list", "a map",
    };
    _Static_assert(sizeof(names) / sizeof(names[0]) == VALUE_TYPE_COUNT, "a name for each type");
    return names[type];
}

static size_t slot_of(const struct value_index *index, struct str name)
{
    uint64_t hash = random_seed_of(name) ^ index->seed;
    struct random mixer = random_seeded(hash);
    return (size_t)random_next(&mixer) & (index->slot_count - 1);
}

static void index_put(struct value_index *index, const struct value *map, size_t member)
{
    size_t slot = slot_of(index, map->members[member].name);
    while (index->slots[slot] != 0) {
        slot = (slot + 1) & (index->slot_count - 1);
    }
    index->slots[slot] = (uint32_t)(member + 1);
}

/* After a member was added at the end. */
static void index_last(struct arena *arena, struct value *map)
{
    if (map->count <= SMALL_MAP) {
        return;
    }
    if (map->index != NULL && map->count * 2 <= map->index->slot_count) {
        index_put(map->index, map, map->count - 1);
        return;
    }
    static uint64_t seed;
    if (seed == 0) {
        seed = random_system_seed();
    }
    size_t slot_count = map->index == NULL ? SMALL_MAP * 4 : map->index->slot_count * 2;
    map->index = arena_alloc(arena, sizeof(*map->index) + slot_count * sizeof(uint32_t));
    map->index->seed = seed;
    map->index->slot_count = slot_count;
    for (size_t i = 0; i < map->count; i++) {
        index_put(map->index, map, i);
    }
}

static struct value_member *find(const struct value *map, struct str name)
{
    if (map == NULL || map->type != VALUE_MAP) {
        return NULL;
    }
    if (map->index == NULL) {
        for (size_t i = 0; i < map->count; i++) {
            if (str_equal(map->members[i].name, name)) {
                return &map->members[i];
            }
        }
        return NULL;
    }
    size_t slot = slot_of(map->index, name);
    while (map->index->slots[slot] != 0) {
        struct value_member *member = &map->members[map->index->slots[slot] - 1];
        if (str_equal(member->name, name)) {
            return member;
        }
        slot = (slot + 1) & (map->index->slot_count - 1);
    }
    return NULL;
}

const struct value_member *value_find_member(const struct value *map, struct str name)
{
    return find(map, name);
}

const struct value *value_find(const struct value *map, const char *name)
{
    const struct value_member *member = find(map, str_from(name));
    return member == NULL ? NULL : member->value;
}

const struct value *value_find_path(const struct value *map, const char *path)
{
    const struct value *value = map;
    struct str rest = str_from(path);
    struct str name;
    while (value != NULL && str_next(&rest, '.', &name)) {
        const struct value_member *member = find(value, name);
        value = member == NULL ? NULL : member->value;
    }
    return value;
}

/* The value at path if it has that type, or NULL. */
static const struct value *find_typed(const struct value *map, const char *path,
                                      enum value_type type)
{
    const struct value *value = value_find_path(map, path);
    return value != NULL && value->type == type ? value : NULL;
}

const char *value_text(const struct value *map, const char *path)
{
    const struct value *value = find_typed(map, path, VALUE_TEXT);
    return value == NULL ? NULL : value->text.at;
}

int64_t value_integer(const struct value *map, const char *path, int64_t fallback)
{
    const struct value *value = find_typed(map, path, VALUE_INTEGER);
    return value == NULL ? fallback : value->integer;
}

double value_number(const struct value *map, const char *path, double fallback)
{
    const struct value *value = value_find_path(map, path);
    if (value != NULL && value->type == VALUE_INTEGER) {
        return (double)value->integer;
    }
    return value != NULL && value->type == VALUE_DECIMAL ? value->decimal : fallback;
}

bool value_bool(const struct value *map, const char *path, bool fallback)
{
    const struct value *value = find_typed(map, path, VALUE_BOOL);
    return value == NULL ? fallback : value->boolean;
}

static bool lists_equal(const struct value *a, const struct value *b)
{
    for (size_t i = 0; i < a->count; i++) {
        if (!value_equal(a->items[i], b->items[i])) {
            return false;
        }
    }
    return true;
}

/* The order of members does not count. */
static bool maps_equal(const struct value *a, const struct value *b)
{
    for (size_t i = 0; i < a->count; i++) {
        const struct value_member *other = find(b, a->members[i].name);
        if (other == NULL || !value_equal(a->members[i].value, other->value)) {
            return false;
        }
    }
    return true;
}

/* 1.0 is written as 1 and comes back as an integer, so both are the same number. */
static bool is_number(const struct value *value)
{
    return value->type == VALUE_INTEGER || value->type == VALUE_DECIMAL;
}

static double number_of(const struct value *value)
{
    return value->type == VALUE_INTEGER ? (double)value->integer : value->decimal;
}

bool value_equal(const struct value *a, const struct value *b)
{
    if (a == NULL || b == NULL || a == b) {
        return a == b;
    }
    if (a->type != b->type) {
        return is_number(a) && is_number(b) && !(number_of(a) < number_of(b)) &&
               !(number_of(a) > number_of(b));
    }
    if (a->count != b->count) {
        return false;
    }
    switch (a->type) {
    case VALUE_NULL:
        return true;
    case VALUE_BOOL:
        return a->boolean == b->boolean;
    case VALUE_INTEGER:
        return a->integer == b->integer;
    case VALUE_DECIMAL:
        return !(a->decimal < b->decimal) && !(a->decimal > b->decimal);
    case VALUE_TEXT:
        return str_equal(a->text, b->text);
    case VALUE_LIST:
        return lists_equal(a, b);
    case VALUE_MAP:
        return maps_equal(a, b);
    case VALUE_TYPE_COUNT:
        break;
    }
    BUG("value type %d", (int)a->type);
}

struct value *value_new(struct arena *arena, enum value_type type)
{
    struct value *value = ARENA_NEW(arena, struct value);
    value->type = type;
    return value;
}

struct value *value_new_text(struct arena *arena, const char *text)
{
    return text == NULL ? value_new(arena, VALUE_NULL) : value_new_str(arena, str_from(text));
}

struct value *value_new_str(struct arena *arena, struct str text)
{
    struct value *value = value_new(arena, VALUE_TEXT);
    value->text = (struct str){arena_copy(arena, text), text.len};
    return value;
}

struct value *value_new_integer(struct arena *arena, int64_t integer)
{
    struct value *value = value_new(arena, VALUE_INTEGER);
    value->integer = integer;
    return value;
}

struct value *value_new_bool(struct arena *arena, bool boolean)
{
    struct value *value = value_new(arena, VALUE_BOOL);
    value->boolean = boolean;
    return value;
}

static size_t next_capacity(const struct value *value)
{
    return value->capacity == 0 ? 4 : value->capacity * 2;
}

void value_append(struct arena *arena, struct value *list, const struct value *item)
{
    if (list->type != VALUE_LIST) {
        BUG("an item for %s", value_type_name(list->type));
    }
    if (list->count == list->capacity) {
        size_t capacity = next_capacity(list);
        const struct value **items = ARENA_ARRAY(arena, const struct value *, capacity);
        for (size_t i = 0; i < list->count; i++) {
            items[i] = list->items[i];
        }
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = item;
}

void value_add(struct arena *arena, struct value *map, struct value_member member)
{
    if (map->type != VALUE_MAP) {
        BUG("a member for %s", value_type_name(map->type));
    }
    if (map->count == map->capacity) {
        size_t capacity = next_capacity(map);
        struct value_member *members = ARENA_ARRAY(arena, struct value_member, capacity);
        if (map->count > 0) {
            memcpy(members, map->members, map->count * sizeof(*members));
        }
        map->members = members;
        map->capacity = capacity;
    }
    map->members[map->count++] = member;
    index_last(arena, map);
}

void value_set(struct arena *arena, struct value *map, const char *name, const struct value *value)
{
    struct value_member *member = find(map, str_from(name));
    if (member != NULL) {
        member->value = value;
        return;
    }
    struct str copy = {arena_text(arena, name), strlen(name)};
    value_add(arena, map, (struct value_member){.name = copy, .value = value});
}

void value_set_text(struct arena *arena, struct value *map, const char *name, const char *text)
{
    value_set(arena, map, name, value_new_text(arena, text));
}

void value_set_integer(struct arena *arena, struct value *map, const char *name, int64_t integer)
{
    value_set(arena, map, name, value_new_integer(arena, integer));
}

void value_set_bool(struct arena *arena, struct value *map, const char *name, bool boolean)
{
    value_set(arena, map, name, value_new_bool(arena, boolean));
}

const struct value *value_copy(struct arena *arena, const struct value *value)
{
    if (value == NULL) {
        return NULL;
    }
    struct value *copy = value_new(arena, value->type);
    copy->plain = value->plain;
    copy->at = value->at;
    copy->at.file = arena_text(arena, value->at.file);
    copy->boolean = value->boolean;
    if (value->type == VALUE_DECIMAL) {
        copy->decimal = value->decimal;
    } else if (value->type == VALUE_INTEGER) {
        copy->integer = value->integer;
    }
    if (value->type == VALUE_TEXT) {
        copy->text = (struct str){arena_copy(arena, value->text), value->text.len};
    }
    for (size_t i = 0; value->type == VALUE_LIST && i < value->count; i++) {
        value_append(arena, copy, value_copy(arena, value->items[i]));
    }
    for (size_t i = 0; value->type == VALUE_MAP && i < value->count; i++) {
        struct value_member member = value->members[i];
        member.name.at = arena_copy(arena, member.name);
        member.name_at.file = copy->at.file;
        member.value = value_copy(arena, member.value);
        value_add(arena, copy, member);
    }
    return copy;
}
