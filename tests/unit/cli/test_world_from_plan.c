/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cli/world_from_plan.h"
#include "simulator/simulator.h"

/* A plan as plan_load() leaves it, as far as a world is made of it. */
struct sample {
    struct plan_vault vaults[3];
    struct plan_item items[6];
    struct plan_target target;
    const struct plan_item *of_items[1];
    struct plan_step step;
    struct plan plan;
};

static void fill(struct sample *sample, struct arena *arena)
{
    struct plan_vault *vaults = sample->vaults;
    vaults[0] = (struct plan_vault){{.name = "main"}, "s1", "backup", "main-vault"};
    vaults[1] = (struct plan_vault){{.name = "same"}, "S1", "BACKUP", "Main-Vault"};
    vaults[2] = (struct plan_vault){{.name = "other"}, "s1", "backup2", "other-vault"};
    struct plan_item *items = sample->items;
    items[0] = (struct plan_item){.vm = "db01", .in_vault = &vaults[0]};
    items[1] = (struct plan_item){.vm = "DB01", .resource_group = "prod", .in_vault = &vaults[1]};
    items[2] = (struct plan_item){.vm = "web01", .in_vault = &vaults[0]};
    items[3] =
        (struct plan_item){.vm = "web01", .in_vault = &vaults[2], .source = "/subscriptions/x"};
    items[4] = (struct plan_item){.container = "iaasvmcontainer;rg1;vm1",
                                  .protected_item = "VM;rg1;vm1",
                                  .in_vault = &vaults[0]};
    items[5] = (struct plan_item){.vm = "vm1", .resource_group = "RG1", .in_vault = &vaults[0]};
    struct value *source = value_new(arena, VALUE_MAP);
    struct value *disks = value_new(arena, VALUE_MAP);
    struct value *luns = value_new(arena, VALUE_LIST);
    struct value *plain = value_new_text(arena, "4");
    plain->plain = true;
    value_append(arena, luns, value_new_integer(arena, 1));
    value_append(arena, luns, plain);
    value_set(arena, disks, "luns", luns);
    value_set(arena, source, "disks", disks);
    sample->target = (struct plan_target){.region = "northeurope"};
    sample->of_items[0] = &items[3];
    sample->step = (struct plan_step){.base = {.source = source},
                                      .items = {.count = 1},
                                      .at_target = &sample->target,
                                      .of_items = sample->of_items};
    sample->plan = (struct plan){
        .vaults = {vaults,        3, true, NULL},
        .items = {items,         6, true, NULL},
        .steps = {&sample->step, 1, true, NULL}
    };
}

static const struct value *items_of(const struct value *world, const char *vault)
{
    return value_find(value_find(value_find(world, "vaults"), vault), "items");
}

static void world_from_plan__holds_what_the_plan_names_and_more(void **state)
{
    (void)state;
    AUTO(arena) struct arena *arena = arena_new();
    struct sample sample;
    fill(&sample, arena);
    const struct value *world = world_from_plan(arena, &sample.plan, 5);
    static const struct {
        const char *vm, *group, *protected_item;
    } rows[] = {
        {"vm1",          "rg1",        "VM;rg1;vm1"},
        {"DB01",         "prod",       NULL        },
        {"web01",        "backup-vms", NULL        },
        {"jump-host",    "backup-vms", NULL        },
        {"print-server", "backup-vms", NULL        },
    };
    const struct value *items = items_of(world, "main");
    assert_int_equal(items->count, sizeof(rows) / sizeof(*rows));
    for (size_t i = 0; i < items->count; i++) {
        assert_string_equal(value_text(items->items[i], "vm"), rows[i].vm);
        assert_string_equal(value_text(items->items[i], "resource_group"), rows[i].group);
        assert_true(
            text_equal(value_text(items->items[i], "protected_item"), rows[i].protected_item));
        assert_int_equal(value_integer(items->items[i], "disks", 0), 2);
    }
    assert_null(items_of(world, "same"));
    assert_string_equal(value_text(world, "vaults.main.region"), "westeurope");
    assert_string_equal(value_text(world, "vaults.other.region"), "northeurope");
    items = items_of(world, "other");
    assert_int_equal(items->count, 3);
    assert_string_equal(value_text(items->items[0], "source"), "/subscriptions/x");
    assert_int_equal(value_integer(items->items[0], "disks", 0), 5);
}

static void world_from_plan__is_taken_by_the_simulator(void **state)
{
    (void)state;
    AUTO(arena) struct arena *arena = arena_new();
    AUTO(problems) struct problems problems = {0};
    struct sample sample;
    fill(&sample, arena);
    const struct simulator_options options = {
        .world = world_from_plan(arena, &sample.plan, UINT64_MAX), .is_virtual = true};
    struct simulator *simulator;
    assert_null(simulator_start(&options, &problems, &simulator));
    char text[UTC_TEXT_SIZE];
    assert_string_equal(utc_format_seconds(simulator_begin(simulator), text),
                        "2026-11-02T08:00:00Z");
    simulator_stop(simulator);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(world_from_plan__holds_what_the_plan_names_and_more),
        cmocka_unit_test(world_from_plan__is_taken_by_the_simulator),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
