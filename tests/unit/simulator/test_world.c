/* SPDX-License-Identifier: MIT */
#include "base/mem.h"
#include "support/simulator_fixture.h"

#define VAULT_OF(items)                                                                            \
    "vaults: { v: { subscription: s, resource_group: g, items: [" items "] } }\n"

static void world__names_items_as_azure_does(void **state)
{
    (void)state;
    AUTO(arena) struct arena *arena = arena_new();
    AUTO(problems) struct problems problems = {0};
    struct world *world = fixture_world(arena, FIXTURE_WORLD, &problems);
    assert_non_null(world);
    struct world_vault *vault = world_find_vault(world, "SUB1", "Backup", "PAYROLL-vault");
    assert_non_null(vault);
    assert_string_equal(vault->id, VAULT);
    assert_string_equal(vault->region, "westeurope");
    struct world_item *item = world_find_item(vault, "iaasvmcontainer;IaasVMContainerV2;PROD;DB01",
                                              "vm;iaasvmcontainerv2;prod;db01");
    assert_non_null(item);
    assert_string_equal(item->container_name, "iaasvmcontainerv2;prod;db01");
    assert_true(str_starts_with(str_from(item->id), STR("/Subscriptions/sub1/")));
    assert_null(world_find_item(vault, "x", "VM;iaasvmcontainerv2;prod;db01"));
    assert_null(world_find_vault(world, "sub1", "backup", "other"));
    world_free(world);
}

static void world__takes_vm_and_group_from_the_item_name(void **state)
{
    (void)state;
    AUTO(arena) struct arena *arena = arena_new();
    AUTO(problems) struct problems problems = {0};
    struct world *world = fixture_world(
        arena,
        VAULT_OF("{ container: iaasvmcontainer;testRG;testVM, protected_item: VM;testRG;testVM }"),
        &problems);
    assert_non_null(world);
    const struct world_item *item = world_items(world_vaults(world));
    assert_string_equal(item->vm, "testVM");
    assert_string_equal(item->resource_group, "testRG");
    assert_string_equal(item->container_name, "testRG;testVM");
    assert_string_equal(item->source, "/subscriptions/s/resourceGroups/testRG/providers/"
                                      "Microsoft.Compute/virtualMachines/testVM");
    world_free(world);
}

static void world__reports_what_is_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *yaml, *expected;
    } rows[] = {
        {"seed: 1\n",                                                                "vaults"        },
        {"vaults: { v: { subscription: s } }\n",                                     "resource_group"},
        {VAULT_OF("{ vm: a }, { vm: A }"),                                           "twice"         },
        {"vaults: { a: { subscription: s, resource_group: g, name: x }, b: { subscription: S, "
         "resource_group: g, name: X } }\n",                                "twice"         },
        {VAULT_OF("{ resource_group: g }"),                                          "neither"       },
        {VAULT_OF("{ vm: a, points: [ { age: 1h, time: 2026-01-01T00:00:00Z } ] }"), "either"        },
        {VAULT_OF("{ vm: a, points: [ { id: '1' } ] }"),                             "either"        },
        {VAULT_OF("{ vm: a, points: [ { id: x1, age: 1h } ] }"),                     "decimal"       },
        {VAULT_OF("{ vm: a, points: [], generated: {} }"),                           "both"          },
        {VAULT_OF("{ vm: a, state: Gone }"),                                         "Gone"          },
        {VAULT_OF("{ vm: a }") "page_size: 0\n",                                     "page_size"     },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        AUTO(arena) struct arena *arena = arena_new();
        AUTO(problems) struct problems problems = {0};
        assert_null(fixture_world(arena, rows[i].yaml, &problems));
        assert_int_not_equal(problems.error_count, 0);
        assert_non_null(strstr(problems.items[0].error->text, rows[i].expected));
    }
}

static void world__begins_now_if_the_file_says_nothing(void **state)
{
    (void)state;
    AUTO(arena) struct arena *arena = arena_new();
    AUTO(problems) struct problems problems = {0};
    struct world *world = fixture_world(arena, VAULT_OF("{ vm: a }"), &problems);
    assert_non_null(world);
    assert_int_equal(world->begin.ms, FIXTURE_NOW);
    assert_string_equal(world_vaults(world)->name, "v");
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(world__names_items_as_azure_does),
        cmocka_unit_test(world__takes_vm_and_group_from_the_item_name),
        cmocka_unit_test(world__reports_what_is_wrong),
        cmocka_unit_test(world__begins_now_if_the_file_says_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
