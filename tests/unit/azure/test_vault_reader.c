/* SPDX-License-Identifier: MIT */
#include "azure/vault_reader.h"

#include "support/kind_fixture.h"

#define COUNT(rows) (sizeof(rows) / sizeof(*(rows)))
#define LIST_URL                                                                                   \
    VAULT_URL "/backupProtectedItems" BACKUP_VERSION                                               \
              "&$filter=backupManagementType%20eq%20%27AzureIaasVM%27%20and%20itemType%20eq%20"    \
              "%27VM%27"
#define ID(container, item)                                                                        \
    "/Subscriptions/5ub/resourcegroups/backup/providers/microsoft.recoveryservices/vaults/v/"      \
    "backupFabrics/Azure/protectionContainers/" container "/protectedItems/" item

static void open_listing(struct kind_fixture *fixture, struct arena *memory)
{
    kind_open(fixture, vault_reader.feed, arena_alloc(memory, vault_reader.state_size));
    kind_start(fixture, "{" ARGUMENTS_VAULT "}");
    kind_expect_send(fixture, HTTP_GET, VAULT_URL "?api-version=2023-04-01");
    kind_reply(fixture, 200, NULL, "{\"location\": \"westeurope\", \"properties\": {}}");
    kind_expect_send(fixture, HTTP_GET, LIST_URL);
}

#define SOURCE                                                                                     \
    "/subscriptions/5ub/resourcegroups/Prod/providers/microsoft.compute/virtualmachines/DB01"
#define NEW_ITEM "VM;iaasvmcontainerv2;Prod;db01"
#define NEW_ID ID("IaasVMContainer;iaasvmcontainerv2;Prod;db01", NEW_ITEM)
#define SAME_ID ID("IAASVMCONTAINER;iaasvmcontainerv2;prod;DB01", "vm;iaasvmcontainerv2;prod;DB01")
#define OLD_ID ID("iaasvmcontainer;testRG%3Btest%20VM", "VM;testRG;testVM")

static const char first_page[] =
    "{\"value\": [{\"id\": \"" NEW_ID "\", \"properties\": {"
    "\"sourceResourceId\": \"" SOURCE "\", \"friendlyName\": \"db01\", "
    "\"containerName\": \"iaasvmcontainerv2;Prod;db01\", \"protectionState\": \"Protected\", "
    "\"healthStatus\": \"Passed\", \"workloadType\": \"VM\", \"policyId\": "
    "\"/x/backupPolicies/Daily\", \"unheard\": {\"of\": [1]}}},"
    "{\"id\": \"/nonsense\"}, {\"id\": 7}, 7, {\"id\": \"" ID(
        ".",
        "x") "\"}, "
             "{\"id\": \"" ID("x", "..") "\"}, {\"id\": \"" ID(
                 "x",
                 "%2e%2e") "\"}],"
                           "\"nextLink\": \"/next?%24skiptoken=a%0d%0a&api-version=2016-12-01\"}";
static const char last_page[] =
    "{\"value\": [{\"id\": \"" SAME_ID "\"}, {\"id\": \"" OLD_ID "\", \"properties\": "
    "{\"virtualMachineId\": \"\", \"friendlyName\": \"testVM\", "
    "\"isScheduledForDeferredDelete\": true}}], \"nextLink\": null}";
static const char read_as[] =
    "{\"region\": \"westeurope\", \"items\": [{\"id\": \"" NEW_ID "\", "
    "\"name\": \"" NEW_ITEM "\", \"container\": "
    "\"IaasVMContainer;iaasvmcontainerv2;Prod;db01\", \"vm\": \"DB01\", \"resource_group\": "
    "\"Prod\", \"source\": \"" SOURCE "\", \"state\": \"Protected\", \"health\": "
    "\"Passed\", \"workload\": \"VM\", \"policy\": \"Daily\", \"is_soft_deleted\": false},"
    "{\"id\": \"" OLD_ID "\", \"name\": \"VM;testRG;testVM\", "
    "\"container\": \"iaasvmcontainer;testRG;test VM\", "
    "\"vm\": \"testVM\", \"resource_group\": null, \"source\": \"\", \"state\": null, "
    "\"health\": null, \"workload\": null, \"policy\": null, \"is_soft_deleted\": true}]}";

/* A31, A50, F 5, F 6, recordings 18 to 22: ids are split, not built; segments stay as they came,
 * and one that cannot stand in a URL is no item. */
static void vault_reader__lists_items(void **state)
{
    (void)state;
    struct kind_fixture fixture;
    struct arena *memory = arena_new();
    open_listing(&fixture, memory);
    kind_reply(&fixture, 200, NULL, first_page);
    kind_expect_send(&fixture, HTTP_GET,
                     MANAGEMENT "/next?%24skiptoken=a%0d%0a&api-version=2016-12-01");
    kind_reply(&fixture, 200, NULL, last_page);
    kind_expect_done(&fixture, read_as);
    kind_close(&fixture);
    arena_free(memory);
}

static void vault_reader__says_what_it_cannot_read(void **state)
{
    (void)state;
    static const struct {
        bool is_list;
        int status;
        const char *body;
        enum error_code code;
        const char *text;
    } rows[] = {
        {false, 404, "{\"error\": {\"code\": \"ResourceNotFound\"}}", ERR_REFUSED,
         "404 ResourceNotFound"                                                                            },
        {false, 401, NULL,                                            ERR_AUTH,        "Azure answered 401"},
        {false, 200, "<html>",                                        ERR_UNREACHABLE, "expected JSON"     },
        {false, 200, "{}",                                            ERR_UNREACHABLE, "names no location" },
        {false, 200, "{\"location\": \"\"}",                          ERR_UNREACHABLE, "names no location" },
        {true,  403, NULL,                                            ERR_AUTH,        "Azure answered 403"},
        {true,  200, "{}",                                            ERR_UNREACHABLE, "not a list"        },
        {true,  200, "{\"value\": {\"a\": 1}}",                       ERR_UNREACHABLE, "not a list"        },
        {true,  200, "{\"value\": [], \"nextLink\": \"//evil.com\"}", ERR_UNREACHABLE,
         "no usable address"                                                                               },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct kind_fixture fixture;
        struct arena *memory = arena_new();
        if (rows[i].is_list) {
            open_listing(&fixture, memory);
        } else {
            kind_open(&fixture, vault_reader.feed, arena_alloc(memory, vault_reader.state_size));
            kind_start(&fixture, "{" ARGUMENTS_VAULT "}");
        }
        kind_reply(&fixture, rows[i].status, NULL, rows[i].body);
        kind_expect_fail(&fixture, rows[i].code, "cannot read vault 'payroll-vault'", rows[i].text);
        kind_close(&fixture);
        arena_free(memory);
    }
}

/* A27, A28: a foreign page is not asked (the engine refuses it), a circle is an error. */
static void vault_reader__leaves_bad_pages(void **state)
{
    (void)state;
    struct kind_fixture fixture;
    struct arena *memory = arena_new();
    open_listing(&fixture, memory);
    kind_reply(&fixture, 200, NULL, "{\"value\": [], \"nextLink\": \"https://evil.com/x\"}");
    kind_expect_send(&fixture, HTTP_GET, "https://evil.com/x");
    kind_not_sent(&fixture, true);
    kind_expect_fail(&fixture, ERR_UNREACHABLE, "cannot read vault", "its host is another one");
    kind_close(&fixture);
    open_listing(&fixture, memory);
    kind_reply(&fixture, 200, NULL, "{\"value\": [], \"nextLink\": \"/1?\"}");
    kind_reply(&fixture, 200, NULL, "{\"value\": [], \"nextLink\": \"/1?\"}");
    kind_expect_fail(&fixture, ERR_UNREACHABLE, "cannot read vault", "in circles");
    kind_cancel(&fixture);
    kind_close(&fixture);
    arena_free(memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vault_reader__lists_items),
        cmocka_unit_test(vault_reader__says_what_it_cannot_read),
        cmocka_unit_test(vault_reader__leaves_bad_pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
