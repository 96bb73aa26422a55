/* SPDX-License-Identifier: MIT */
#include "base/mem.h"
#include "plan/resolve.h"

#include "data/json_read.h"
#include "unit/plan/plan_fixture.h"

static const char vault_json[] =
    "{\"region\": \"westeurope\", \"items\": ["
    "{\"id\": \"0\", \"name\": \"VM;iaasvmcontainerv2;prod;db01\", \"container\": "
    "\"IaasVMContainer;iaasvmcontainerv2;prod;db01\", \"vm\": \"DB01\", \"resource_group\": "
    "\"Prod\", "
    "\"workload\": \"VM\"},"
    "{\"id\": \"1\", \"name\": \"VM;v2;prod;web\", \"container\": \"c;v2;prod;web\", \"vm\": "
    "\"web\", "
    "\"resource_group\": \"prod\", \"workload\": \"VM\"},"
    "{\"id\": \"2\", \"name\": \"VM;v2;test;web\", \"container\": \"c;v2;test;web\", \"vm\": "
    "\"web\", "
    "\"resource_group\": \"test\", \"workload\": \"VM\"},"
    "{\"id\": \"3\", \"name\": \"VM;v2;prod;gone\", \"container\": \"c;v2;prod;gone\", \"vm\": "
    "\"gone\", "
    "\"resource_group\": \"prod\", \"workload\": \"VM\", \"is_soft_deleted\": true},"
    "{\"id\": \"4\", \"name\": \"VM;v2;old;back\", \"container\": \"c;v2;old;back\", \"vm\": "
    "\"back\", "
    "\"resource_group\": \"old\", \"workload\": \"VM\", \"is_soft_deleted\": true},"
    "{\"id\": \"5\", \"name\": \"VM;v2;prod;back\", \"container\": \"c;v2;prod;back\", \"vm\": "
    "\"back\", "
    "\"resource_group\": \"prod\"},"
    "{\"id\": \"6\", \"name\": \"SQLDataBase;x;y\", \"container\": \"c;sql\", \"vm\": \"sql01\", "
    "\"resource_group\": \"prod\", \"workload\": \"SQLDataBase\"},"
    "{\"id\": \"7\", \"name\": \"VM;v2;prod;twin\", \"container\": \"c1\", \"vm\": \"twin\", "
    "\"resource_group\": \"prod\", \"workload\": \"VM\"},"
    "{\"id\": \"8\", \"name\": \"VM;v2;prod;twin\", \"container\": \"c2\", \"vm\": \"twin\", "
    "\"resource_group\": \"PROD\", \"workload\": \"VM\"}"
    "]}";

static struct plan_vault vault = {.name = "shop-vault"};

static struct plan_item item(const char *vm, const char *group, const char *container,
                             const char *protected_item)
{
    struct plan_item made = {.vm = vm,
                             .resource_group = group,
                             .container = container,
                             .protected_item = protected_item,
                             .in_vault = &vault};
    made.base.name = "it";
    made.base.name_at = (struct position){"plan.yaml", 9, 3};
    return made;
}

static void resolve__finds_or_refuses(void **state)
{
    (void)state;
    static const struct {
        const char *vm, *group, *container, *protected_item;
        const char *id;          /* NULL: refused */
        const char *text, *hint; /* parts of them */
    } cases[] = {
        {"db01",               NULL,   NULL,            NULL,              "0",  NULL,                                           NULL                             },
        {"Db01",               "PROD", NULL,            NULL,              "0",  NULL,                                           NULL                             },
        {"db01",               "test", NULL,            NULL,              NULL, "holds no 'db01' of resource group 'test'",
         "one of resource group 'Prod'"                                                                                                                           },
        {"web",                "test", NULL,            NULL,              "2",  NULL,                                           NULL                             },
        {"web",                NULL,   NULL,            NULL,              NULL,
         "holds 2 items 'web', of the resource groups 'prod', 'test'",                                                           "add resource_group to item 'it'"},
        {"twin",               "prod", NULL,            NULL,              NULL, "holds 2 items 'twin'",                         "container and protected_item"   },
        {NULL,                 NULL,   "C2",            "vm;V2;prod;TWIN", "8",  NULL,                                           NULL                             },
        {NULL,                 NULL,   "c;v2;test;web", "VM;v2;prod;web",  NULL, "holds no 'VM;v2;prod;web'",                    NULL                             },
        {"gone",               NULL,   NULL,            NULL,              NULL, "'gone' is soft-deleted in vault 'shop-vault'",
         "undelete"                                                                                                                                               },
        {"back",               NULL,   NULL,            NULL,              "5",  NULL,                                           NULL                             }, /* one that was made again is not in doubt */
        {"back",               "old",  NULL,            NULL,              NULL, "is soft-deleted",                              "undelete"                       },
        {"sql01",              NULL,   NULL,            NULL,              NULL, "is no VM but SQLDataBase",                     "VMs only"                       },
        {"db10",               NULL,   NULL,            NULL,              NULL, "holds no 'db10'",
         "did you mean 'DB01'?  The vault holds 9 items"                                                                                                          },
        {"entirely-different", NULL,   NULL,            NULL,              NULL, "holds no",                                     "none of its 9 items"            },
    };
    AUTO(arena) struct arena *arena = arena_new();
    const struct value *tree = NULL;
    assert_null(json_read(arena, "vault", str_from(vault_json), 0, &tree));
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct plan_item wanted =
            item(cases[i].vm, cases[i].group, cases[i].container, cases[i].protected_item);
        const struct value *found = NULL;
        AUTO(error) struct error *error = resolve_item(&wanted, tree, &found);
        if (cases[i].id != NULL) {
            assert_null(error);
            assert_string_equal(value_text(found, "id"), cases[i].id);
            continue;
        }
        assert_non_null(error);
        assert_int_equal(error->code, ERR_REFUSED);
        assert_int_equal(error->line, 9);
        if (str_find(str_from(error->text), str_from(cases[i].text)) == SIZE_MAX ||
            str_find(str_from(error->hint), str_from(cases[i].hint)) == SIZE_MAX) {
            fail_msg("case %zu: %s / %s", i, error->text, error->hint);
        }
        assert_null(found);
    }
}

static void resolve__takes_an_empty_vault(void **state)
{
    (void)state;
    AUTO(arena) struct arena *arena = arena_new();
    static const char *const vaults[] = {"{\"items\": []}", "{}"};
    for (size_t i = 0; i < 2; i++) {
        const struct value *tree = NULL;
        assert_null(json_read(arena, "vault", str_from(vaults[i]), 0, &tree));
        struct plan_item wanted = item("db01", NULL, NULL, NULL);
        const struct value *found = NULL;
        AUTO(error) struct error *error = resolve_item(&wanted, tree, &found);
        assert_non_null(error);
        assert_non_null(error->hint);
        assert_int_not_equal(str_find(str_from(error->hint), STR("no items at all")), SIZE_MAX);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resolve__finds_or_refuses),
        cmocka_unit_test(resolve__takes_an_empty_vault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
