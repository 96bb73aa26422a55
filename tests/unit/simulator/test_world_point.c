/* SPDX-License-Identifier: MIT */
#include "base/clock.h"
#include "support/simulator_fixture.h"

static struct world_item *item_named(const struct fixture *fixture, const char *vm)
{
    const struct world_vault *vault = world_vaults(fixture->world);
    for (size_t i = 0; i < vault->item_rows.count; i++) {
        if (text_equal(world_items(vault)[i].vm, vm)) {
            return &world_items(vault)[i];
        }
    }
    return NULL;
}

static void world_point__lists_the_file_newest_first(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_open(&fixture, FIXTURE_WORLD);
    size_t count;
    const struct world_point *points =
        world_point_list(fixture.world, item_named(&fixture, "db01"), &count);
    assert_int_equal(count, 3);
    assert_string_equal(points[0].id, "72892117707916");
    assert_int_equal(points[0].time.ms, FIXTURE_NOW - 6 * HOUR_MS);
    assert_int_equal(points[0].tiers, 1u << WORLD_SNAPSHOT);
    assert_int_equal(points[1].tiers, 1u << WORLD_SNAPSHOT | 1u << WORLD_VAULT);
    assert_int_equal(points[1].consistency, WORLD_CRASH);
    assert_string_equal(points[2].id, "55555555555555");
    fixture_close(&fixture);
}

static void world_point__makes_the_same_points_from_the_same_seed(void **state)
{
    (void)state;
    struct fixture a;
    struct fixture b;
    fixture_open(&a, FIXTURE_WORLD);
    fixture_open(&b, FIXTURE_WORLD);
    size_t count;
    size_t count_b;
    const struct world_point *first = world_point_list(a.world, item_named(&a, "web01"), &count);
    const struct world_point *again = world_point_list(b.world, item_named(&b, "web01"), &count_b);
    const struct world_point *other = world_point_list(b.world, item_named(&b, "web02"), &count_b);
    assert_int_equal(count, 14);
    for (size_t i = 0; i < count; i++) {
        struct utc parsed;
        assert_string_equal(first[i].id, again[i].id);
        assert_string_not_equal(first[i].id, other[i].id);
        assert_string_equal(first[i].time_text, again[i].time_text);
        assert_in_range(strlen(first[i].id), 14, 19);
        assert_true(utc_parse(str_from(first[i].time_text), 0, &parsed));
        assert_int_equal(parsed.ms, first[i].time.ms);
        assert_true(i == 0 || first[i].time.ms < first[i - 1].time.ms);
        assert_true(((first[i].tiers & 1u << WORLD_SNAPSHOT) != 0) == (i < 5));
        assert_true(((first[i].tiers & 1u << WORLD_VAULT) != 0) == (i > 0));
    }
    assert_in_range(FIXTURE_NOW - first[0].time.ms, HOUR_MS, 5 * HOUR_MS);
    fixture_close(&a);
    fixture_close(&b);
}

static void world_point__leaves_out_what_has_expired(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_open(&fixture, "now: 2026-11-02T08:00:00Z\n"
                           "vaults: { v: { subscription: s, resource_group: g, items: [\n"
                           "  { vm: a, generated: { every: 24h, count: 50, keep: 7d } },\n"
                           "  { vm: b, state: irpending } ] } }\n");
    size_t count;
    struct world_item *item = item_named(&fixture, "a");
    const struct world_point *points = world_point_list(fixture.world, item, &count);
    assert_int_equal(count, 7);
    const char *oldest = points[6].id;
    assert_non_null(world_point_find(fixture.world, item, oldest, (struct utc){FIXTURE_NOW}));
    assert_null(world_point_find(fixture.world, item, oldest, (struct utc){FIXTURE_NOW + DAY_MS}));
    assert_null(world_point_find(fixture.world, item, "1", (struct utc){FIXTURE_NOW}));
    world_point_list(fixture.world, item_named(&fixture, "b"), &count);
    assert_int_equal(count, 0);
    fixture_close(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(world_point__lists_the_file_newest_first),
        cmocka_unit_test(world_point__makes_the_same_points_from_the_same_seed),
        cmocka_unit_test(world_point__leaves_out_what_has_expired),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
