/* SPDX-License-Identifier: MIT */
#include "base/mem.h"
#include "plan/azure_name.h"

#include "unit/plan/plan_fixture.h"

#define TEN "abcdefghij"
#define FIFTY TEN TEN TEN TEN TEN

static const struct {
    enum azure_name name;
    const char *text;
    bool fits;
} name_cases[] = {
    {AZURE_NAME_SUBSCRIPTION,    "11111111-2222-3333-4444-555555555555",                       true },
    {AZURE_NAME_SUBSCRIPTION,    "AAAAAAAA-bbbb-CCCC-dddd-EEEEEEEEEEEE",                       true },
    {AZURE_NAME_SUBSCRIPTION,    "11111111-2222-3333-4444-55555555555",                        false},
    {AZURE_NAME_SUBSCRIPTION,    "11111111-2222-3333-4444-55555555555g",                       false},
    {AZURE_NAME_SUBSCRIPTION,    "1111111112222-3333-4444-555555555555",                       false},
    {AZURE_NAME_SUBSCRIPTION,    "My Subscription",                                            false},
    {AZURE_NAME_SUBSCRIPTION,    "",                                                           false},
    {AZURE_NAME_RESOURCE_GROUP,  "a",                                                          true },
    {AZURE_NAME_RESOURCE_GROUP,  "shop_prod.(1)-x",                                            true },
    {AZURE_NAME_RESOURCE_GROUP,  FIFTY TEN TEN TEN TEN,                                        true },
    {AZURE_NAME_RESOURCE_GROUP,  FIFTY TEN TEN TEN TEN "x",                                    false},
    {AZURE_NAME_RESOURCE_GROUP,  "ends.with.",                                                 false},
    {AZURE_NAME_RESOURCE_GROUP,  "a..b",                                                       false}, /* I26 */
    {AZURE_NAME_RESOURCE_GROUP,  "a/b",                                                        false},
    {AZURE_NAME_RESOURCE_GROUP,  "a?b",                                                        false},
    {AZURE_NAME_RESOURCE_GROUP,  "a#b",                                                        false},
    {AZURE_NAME_RESOURCE_GROUP,  "a%2fb",                                                      false},
    {AZURE_NAME_RESOURCE_GROUP,  "a b",                                                        false},
    {AZURE_NAME_RESOURCE_GROUP,  "a\r\nb",                                                     false}, /* I25 */
    {AZURE_NAME_RESOURCE_GROUP,  "${run.id}",                                                  false},
    {AZURE_NAME_VAULT,           "v1",                                                         true },
    {AZURE_NAME_VAULT,           "v",                                                          false},
    {AZURE_NAME_VAULT,           "1v",                                                         false},
    {AZURE_NAME_VAULT,           "my_vault",                                                   false},
    {AZURE_NAME_VAULT,           FIFTY,                                                        true },
    {AZURE_NAME_VAULT,           FIFTY "x",                                                    false},
    {AZURE_NAME_VM,              "d",                                                          true },
    {AZURE_NAME_VM,              "db_01.x-y",                                                  true },
    {AZURE_NAME_VM,              FIFTY TEN "abcd",                                             true },
    {AZURE_NAME_VM,              FIFTY TEN "abcde",                                            false},
    {AZURE_NAME_VM,              "",                                                           false},
    {AZURE_NAME_VM,              "..",                                                         false},
    {AZURE_NAME_VM,              "db*",                                                        false},
    {AZURE_NAME_VM,              "db\n",                                                       false},
    {AZURE_NAME_REGION,          "westeurope",                                                 true },
    {AZURE_NAME_REGION,          "westus2",                                                    true },
    {AZURE_NAME_REGION,          "West Europe",                                                false},
    {AZURE_NAME_REGION,          "",                                                           false},
    {AZURE_NAME_STORAGE_ACCOUNT, "abc",                                                        true },
    {AZURE_NAME_STORAGE_ACCOUNT, "ab",                                                         false},
    {AZURE_NAME_STORAGE_ACCOUNT, TEN TEN "1234",                                               true },
    {AZURE_NAME_STORAGE_ACCOUNT, TEN TEN "12345",                                              false},
    {AZURE_NAME_STORAGE_ACCOUNT, "Abc",                                                        false},
    {AZURE_NAME_STORAGE_ACCOUNT, "a-b",                                                        false},
    {AZURE_NAME_STORAGE_ID,
     "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a",        true },
    {AZURE_NAME_STORAGE_ID,
     "/SUBSCRIPTIONS/s/resourcegroups/g/providers/microsoft.storage/storageaccounts/a",        true },
    {AZURE_NAME_STORAGE_ID,
     "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/a",        false},
    {AZURE_NAME_STORAGE_ID,
     "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts",          false},
    {AZURE_NAME_STORAGE_ID,
     "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/",         false},
    {AZURE_NAME_STORAGE_ID,
     "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a/b",      false},
    {AZURE_NAME_STORAGE_ID,
     "/subscriptions/s/resourceGroups/../providers/Microsoft.Storage/storageAccounts/a",       false},
    {AZURE_NAME_STORAGE_ID,
     "/subscriptions/s/resourceGroups/./providers/Microsoft.Storage/storageAccounts/a",        false},
    {AZURE_NAME_STORAGE_ID,
     "/subscriptions/s/resourceGroups//providers/Microsoft.Storage/storageAccounts/a",         false},
    {AZURE_NAME_STORAGE_ID,
     "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a?x",      false},
    {AZURE_NAME_VM_ID,
     "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/a",        true },
    {AZURE_NAME_VM_ID,
     "/subscriptions/s/resourceGroups/g/providers/Microsoft.ClassicCompute/virtualMachines/a", true },
    {AZURE_NAME_VM_ID,           "a",                                                          false},
    {AZURE_NAME_CONTAINER,       "iaasvmcontainer;iaasvmcontainerv2;rg;vm",                    true },
    {AZURE_NAME_CONTAINER,       "a/b",                                                        false},
    {AZURE_NAME_CONTAINER,       "..",                                                         false},
    {AZURE_NAME_CONTAINER,       "a%2fb",                                                      false},
    {AZURE_NAME_PROTECTED_ITEM,  "VM;iaasvmcontainerv2;rg;vm",                                 true },
    {AZURE_NAME_PROTECTED_ITEM,  "VM;a#b",                                                     false},
    {AZURE_NAME_PROTECTED_ITEM,  "VM;a b",                                                     false},
};

static void azure_name__follows_azures_rules(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(name_cases) / sizeof(name_cases[0]); i++) {
        AUTO(error) struct error *error = azure_name_check(name_cases[i].name, name_cases[i].text);
        if ((error == NULL) != name_cases[i].fits) {
            fail_msg("'%s'", name_cases[i].text);
        }
        assert_true(error == NULL || error->hint != NULL);
    }
}

static void azure_name__spells_regions(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"West Europe",           "did you mean 'westeurope'?"       },
        {"WestUS2",               "did you mean 'westus2'?"          },
        {"(Europe) North Europe", "did you mean 'europenortheurope'?"},
        {"???",                   "regions are written as westeurope"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        AUTO(error) struct error *error = azure_name_check(AZURE_NAME_REGION, cases[i][0]);
        assert_non_null(error);
        assert_string_equal(error->hint, cases[i][1]);
    }
}

/* What stands in the message can neither move the cursor nor fill the screen. */
static void azure_name__shows_harmless_text(void **state)
{
    (void)state;
    AUTO(error) struct error *error = azure_name_check(AZURE_NAME_VM, "a\x1b[2J" FIFTY FIFTY FIFTY);
    assert_non_null(error);
    assert_int_equal(str_find_char(str_from(error->text), '\x1b'), SIZE_MAX);
    assert_true(str_from(error->text).len < 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(azure_name__follows_azures_rules),
        cmocka_unit_test(azure_name__spells_regions),
        cmocka_unit_test(azure_name__shows_harmless_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
