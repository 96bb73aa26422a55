/* SPDX-License-Identifier: MIT */
#include "cli/rule_points.h"

#include "base/file.h"
#include "base/limit.h"
#include "base/mem.h"
#include "data/json_read.h"
#include "plan/names.h"
#include "plan/rule.h"

static const char *const consistency_words[] = {"application", "file-system", "crash", "unknown",
                                                NULL};
static const char *const status_words[] = {"valid",   "invalid",    "disabled",
                                           "deleted", "rehydrated", NULL};
static const char *const threat_words[] = {"none", "unknown", "warning", "unhealthy", NULL};
_Static_assert(sizeof(consistency_words) / sizeof(char *) == PLAN_CONSISTENCY_COUNT + 2,
               "those of rules, and unknown");

struct tier {
    struct decoded base;
    int tier, status;
};
struct tier_list {
    struct decoded base;
    struct records tiers;
};
struct point {
    struct decoded base;
    const char *id;
    struct utc time;
    int64_t age_ms;
    int consistency, threat;
    bool is_encrypted;
    const struct value *tiers; /* words or maps */
    struct tier_list list;     /* the same, decoded */
};

#define LONGEST_MS ((double)(36500 * DAY_MS))

/* clang-format off */
#define AT(type, member) offsetof(struct type, member)

static const struct decode_field tier_fields[] = {
    {.name = "tier", .type = DECODE_WORD, .offset = AT(tier, tier), .words = plan_tier_names,
     .flags = DECODE_REQUIRED, .doc = "the tier", .example = "archive"},
    {.name = "status", .type = DECODE_WORD, .offset = AT(tier, status), .words = status_words,
     .fallback = "valid", .doc = "its status"},
    {0},
};
static const struct decode_table tier_table = {
    .name = "tier", .doc = "A tier that a point is in.", .fields = tier_fields,
    .size = sizeof(struct tier)};

static const struct decode_field tier_list_fields[] = {
    {.name = "tiers", .type = DECODE_RECORD_LIST, .offset = AT(tier_list, tiers), .table = &tier_table,
     .doc = "the tiers of a point"},
    {0},
};
static const struct decode_table tier_list_table = {
    .name = "tiers", .doc = "The tiers of a point.", .fields = tier_list_fields,
    .size = sizeof(struct tier_list)};

static const struct decode_field point_fields[] = {
    {.name = "id", .type = DECODE_TEXT, .offset = AT(point, id), .flags = DECODE_REQUIRED | DECODE_NOT_EMPTY,
     .example = "\"72892117707916\"", .doc = "name of the point"},
    {.name = "time", .type = DECODE_TIME, .offset = AT(point, time), .example = "2026-11-01T22:30:00Z",
     .doc = "when it was taken"},
    {.name = "age", .type = DECODE_DURATION, .offset = AT(point, age_ms), .example = "6h", .max = LONGEST_MS,
     .doc = "or how long before now; with neither it has no time, like the log of a database"},
    {.name = "consistency", .type = DECODE_WORD, .offset = AT(point, consistency), .words = consistency_words,
     .fallback = "application", .doc = "its consistency"},
    {.name = "tiers", .type = DECODE_ANY, .offset = AT(point, tiers), .fallback = "[snapshot, vault]",
     .doc = "list of tiers it is valid in, or of {tier, status}"},
    {.name = "encrypted", .type = DECODE_BOOL, .offset = AT(point, is_encrypted), .doc = "its VM was encrypted"},
    {.name = "threat", .type = DECODE_WORD, .offset = AT(point, threat), .words = threat_words,
     .fallback = "unknown", .doc = "what Azure has found in it"},
    {0},
};
const struct decode_table rule_point_table = {
    .name = "point", .doc = "A recovery point.", .fields = point_fields, .size = sizeof(struct point)};
/* clang-format on */

/* "vault" stands for {tier: vault}. */
static void read_tiers(struct arena *arena, struct point *point, struct problems *problems)
{
    const struct value *lone = point->tiers;
    bool is_list = lone->type == VALUE_LIST;
    struct value *list = value_new(arena, VALUE_LIST);
    struct value *whole = value_new(arena, VALUE_MAP);
    for (size_t i = 0; i < (is_list ? lone->count : 1); i++) {
        const struct value *item = is_list ? lone->items[i] : lone;
        if (item->type != VALUE_MAP) {
            struct value *map = value_new(arena, VALUE_MAP);
            map->at = item->at;
            value_set(arena, map, "tier", item);
            item = map;
        }
        value_append(arena, list, item);
    }
    list->at = lone->at;
    whole->at = lone->at;
    value_set(arena, whole, "tiers", list);
    decode(arena, &tier_list_table, whole, 0, problems, &point->list);
}

static void check_twice(struct arena *arena, const struct records *list, struct problems *problems)
{
    const struct point *points = list->items;
    struct decoded *ids = ARENA_ARRAY(arena, struct decoded, list->count);
    struct records records = {.items = ids, .count = list->count};
    for (size_t i = 0; i < list->count; i++) {
        ids[i].name = points[i].id == NULL ? "" : points[i].id;
    }
    struct names names = names_init(arena, "point", "points", &records, sizeof(ids[0]));
    for (size_t i = 0; i < list->count; i++) {
        if (points[i].id != NULL && names_find(&names, points[i].id) != i) {
            struct error *error = error_new(ERR_PLAN, "point '%s' is listed twice", points[i].id);
            problems_add(problems, error_at(error, decoded_at(&points[i].base, "id")));
        }
    }
}

void rule_points_check(struct arena *arena, const struct records *list, struct problems *problems)
{
    struct point *points = list->items;
    for (size_t i = 0; i < list->count; i++) {
        if (points[i].time.ms != INT64_MIN && points[i].age_ms >= 0) {
            struct error *error = error_hint(error_new(ERR_PLAN, "point has both 'time' and 'age'"),
                                             "take one of them out");
            problems_add(problems, error_at(error, decoded_at(&points[i].base, "age")));
        }
        read_tiers(arena, &points[i], problems);
    }
    check_twice(arena, list, problems);
}

static const struct value *tiers_value(struct arena *arena, const struct point *point)
{
    struct value *list = value_new(arena, VALUE_LIST);
    const struct tier *tiers = point->list.tiers.items;
    for (size_t i = 0; i < point->list.tiers.count; i++) {
        struct value *map = value_new(arena, VALUE_MAP);
        if (tiers[i].tier >= 0) {
            value_set_text(arena, map, "tier", plan_tier_names[tiers[i].tier]);
            value_set_text(arena, map, "status", status_words[tiers[i].status]);
        }
        value_append(arena, list, map);
    }
    return list;
}

const struct value *rule_points_list(struct arena *arena, const struct records *list,
                                     struct utc now)
{
    char time[UTC_TEXT_SIZE];
    struct value *listed = value_new(arena, VALUE_LIST);
    const struct point *points = list->items;
    for (size_t i = 0; i < list->count; i++) {
        struct value *map = value_new(arena, VALUE_MAP);
        struct utc taken = {now.ms - points[i].age_ms};
        value_set_text(arena, map, "id", points[i].id);
        value_set_text(arena, map, "time",
                       points[i].age_ms >= 0 ? utc_format(taken, time)
                                             : value_text(points[i].base.source, "time"));
        value_set_text(arena, map, "consistency", consistency_words[points[i].consistency]);
        value_set(arena, map, "tiers", tiers_value(arena, &points[i]));
        value_set_bool(arena, map, "is_encrypted", points[i].is_encrypted);
        value_set_text(arena, map, "threat", threat_words[points[i].threat]);
        value_append(arena, listed, map);
    }
    struct value *whole = value_new(arena, VALUE_MAP);
    value_set(arena, whole, "points", listed);
    return whole;
}

struct error *rule_points_load(struct arena *arena, const char *path,
                               const struct value **ret_items)
{
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
    const struct value *root = NULL;
    struct error *error = file_read(path, LIMIT_TEXT_BYTES, &text);
    if (error == NULL) {
        error = json_read(arena, path, buf_str(&text), 0, &root);
    }
    const struct value *items = value_find(root, "items");
    if (error == NULL && (items == NULL || items->type != VALUE_LIST || items->count == 0)) {
        error = error_new(ERR_PLAN, "it has no items with points");
    }
    if (error != NULL) {
        error = error_wrap(error, ERR_PLAN, "'%s' cannot be used as saved points", path);
        return error_hint(error, "make it by `restorectl points PLAN --format json`");
    }
    *ret_items = items;
    return NULL;
}
