/* SPDX-License-Identifier: MIT */
#include "simulator/world_point.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/random.h"

#define SNAPSHOTS_KEPT 5 /* instant restore: the newest points still have their snapshot */

static const struct world_generated usual = {
    .every_ms = DAY_MS, .count = 14, .keep_ms = 30 * DAY_MS};

static const char *time_text(struct arena *arena, struct utc time, uint64_t fraction)
{
    char text[UTC_TEXT_SIZE];
    utc_format(time, text);
    struct str whole = str_from(text);
    /* Azure counts in 100 ns. */
    return arena_format(arena, STR_FMT "%03u1Z", STR_ARG(str_slice(whole, 0, whole.len - 1)),
                        (unsigned)(fraction % 1000));
}

/* Half of the vaults seen count in 14 digits, half in 19. */
static const char *point_id(struct arena *arena, struct random *random)
{
    uint64_t scale = random_below(random, 2) == 0 ? UINT64_C(10000000000000) /* 14 digits */
                                                  : UINT64_C(1000000000000000000);
    return arena_format(arena, "%" PRIu64, scale + random_below(random, 8 * scale));
}

static void list_row(const struct world *world, const struct world_point_row *row,
                     struct random *random, struct world_point *ret)
{
    const char *made = point_id(world->arena, random);
    ret->id = row->id != NULL ? row->id : made;
    ret->time.ms = row->age_ms >= 0 ? world->begin.ms - row->age_ms : row->time.ms;
    ret->time_text = time_text(world->arena, ret->time, random_next(random));
    ret->consistency = row->consistency;
    for (size_t i = 0; i < row->tiers.count; i++) {
        ret->tiers |= 1u << row->tiers.items[i];
    }
    ret->expiry.ms = INT64_MAX;
}

static void generate_row(const struct world *world, const struct world_generated *how, int64_t i,
                         struct random *random, struct world_point *ret)
{
    int64_t jitter_ms = i == 0 ? 0 : (int64_t)random_below(random, 4 * MINUTE_MS);
    ret->id = point_id(world->arena, random);
    ret->time.ms = world->begin.ms - i * how->every_ms - jitter_ms;
    ret->consistency = random_below(random, 10) == 0 ? WORLD_CRASH : WORLD_APPLICATION;
    ret->tiers = (i < SNAPSHOTS_KEPT ? 1u << WORLD_SNAPSHOT : 0) | (i > 0 ? 1u << WORLD_VAULT : 0);
    ret->expiry.ms = ret->time.ms + how->keep_ms;
}

static struct world_point *generate(const struct world *world, const struct world_generated *how,
                                    struct random *random, size_t *ret_count)
{
    struct world_point *points = ARENA_ARRAY(world->arena, struct world_point, (size_t)how->count);
    /* The newest is a few hours old, and never older than one interval. */
    int64_t spread = how->every_ms < 4 * HOUR_MS ? how->every_ms / 2 : 2 * HOUR_MS;
    int64_t newest_ms = spread + (int64_t)random_below(random, (uint64_t)spread);
    size_t count = 0;
    for (int64_t i = 0; i < how->count; i++) {
        struct world_point *point = &points[count];
        generate_row(world, how, i, random, point);
        point->time.ms -= newest_ms;
        point->expiry.ms -= newest_ms;
        point->time_text = time_text(world->arena, point->time, random_next(random));
        count += world_point_is_there(point, world->begin) ? 1 : 0;
    }
    *ret_count = count;
    return points;
}

static int newer_first(const void *a, const void *b)
{
    const struct world_point *left = a;
    const struct world_point *right = b;
    return (left->time.ms < right->time.ms) - (left->time.ms > right->time.ms);
}

static void make(const struct world *world, struct world_item *item)
{
    struct random random = random_seeded(world_seed_of(world, item->id));
    item->has_points = true;
    if (item->point_rows.is_set) {
        const struct world_point_row *rows = item->point_rows.items;
        struct world_point *points =
            ARENA_ARRAY(world->arena, struct world_point, item->point_rows.count);
        for (size_t i = 0; i < item->point_rows.count; i++) {
            list_row(world, &rows[i], &random, &points[i]);
        }
        qsort(points, item->point_rows.count, sizeof(*points), newer_first);
        item->points = points;
        item->point_count = item->point_rows.count;
        return;
    }
    bool is_pending = text_equal(world_state_names[item->state], "IRPending");
    if (item->generated == NULL && is_pending) {
        return; /* its first backup is still to come */
    }
    const struct world_generated *how = item->generated != NULL ? item->generated : &usual;
    item->points = generate(world, how, &random, &item->point_count);
}

const struct world_point *world_point_list(const struct world *world, struct world_item *item,
                                           size_t *ret_count)
{
    if (!item->has_points) {
        make(world, item);
    }
    *ret_count = item->point_count;
    return item->points;
}

bool world_point_is_there(const struct world_point *point, struct utc now)
{
    return point->expiry.ms > now.ms;
}

const struct world_point *world_point_find(const struct world *world, struct world_item *item,
                                           const char *id, struct utc now)
{
    size_t count;
    const struct world_point *points = world_point_list(world, item, &count);
    for (size_t i = 0; i < count; i++) {
        if (text_equal(points[i].id, id) && world_point_is_there(&points[i], now)) {
            return &points[i];
        }
    }
    return NULL;
}
