/* SPDX-License-Identifier: MIT */
#include "support/simulator_fixture.h"

static void answer_vault__shows_the_vault(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_open(&fixture, FIXTURE_WORLD);
    assert_int_equal(fixture_get(&fixture, VAULT V), 200);
    assert_string_equal(fixture_text(&fixture, "location"), "westeurope");
    assert_string_equal(fixture_text(&fixture, "id"), VAULT);
    assert_string_equal(fixture_text(&fixture, "sku.name"), "Standard");
    assert_int_equal(fixture_get(&fixture, VAULT "x" V), 404);
    assert_string_equal(fixture_text(&fixture, "error.code"), "ResourceNotFound");
    fixture_close(&fixture);
}

/* azure-surface A.10; F 5, 29 */
static void answer_vault__filters_items(void **state)
{
    (void)state;
    static const struct {
        const char *filter;
        int count; /* -1: refused */
    } rows[] = {
        {"",                                                                                        4 },
        {"&$filter=",                                                                               4 },
        {"&$filter=backupManagementType%20eq%20%27AzureIaasVM%27%20and%20itemType%20eq%20%27VM%27",
         4                                                                                            },
        {"&%24filter=itemType+eq+'VM'+and+backupManagementType+eq+'AzureIaasVM'",                   4 },
        {"&$filter=backupManagementType+eq+'AzureStorage'",                                         0 },
        {"&$filter=friendlyName+eq+'WEB01'",                                                        1 },
        {"&$filter=friendlyName%20eq%20'nobody'",                                                   0 },
        {"&$filter=healthState+eq+'ActionRequired'",                                                1 },
        {"&$filter=containerName+eq+'iaasvmcontainerv2;prod;db01'",                                 1 },
        {"&$filter=policyName+eq+'DefaultPolicy'+and+fabricName+eq+'Azure'",                        4 },
        {"&$filter=itemType+eq+'VM'",                                                               -1},
        {"&$filter=color+eq+'red'",                                                                 -1},
        {"&$filter=friendlyName+ne+'web01'",                                                        -1},
        {"&$filter=friendlyName+eq+web01",                                                          -1},
        {"&$filter=friendlyName+eq+'web01",                                                         -1},
        {"&$filter=friendlyName+eq+'a'+or+friendlyName+eq+'b'",                                     -1},
        {"&$filter=friendlyName+eq+'a'+and+friendlyName+eq+'b'",                                    -1},
        {"&$filter=friendlyName+eq+'a'+and+",                                                       -1},
        {"&$filter=friendlyName%2520eq%2520'web01'",                                                -1},
    };
    struct fixture fixture;
    fixture_open(&fixture, FIXTURE_WORLD);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        const char *target =
            arena_format(fixture.arena, "%s/backupProtectedItems%s%s", VAULT, V, rows[i].filter);
        int status = fixture_get(&fixture, target);
        if (rows[i].count < 0) {
            assert_int_equal(status, 400);
            assert_string_equal(fixture_text(&fixture, "error.code"), "BMSUserErrorInvalidInput");
        } else {
            assert_int_equal(status, 200);
            assert_int_equal(fixture_list(&fixture)->count, rows[i].count);
            assert_null(value_find(fixture.body, "nextLink"));
        }
    }
    fixture_close(&fixture);
}

static void answer_vault__tells_items_apart(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_open(&fixture, FIXTURE_WORLD);
    fixture_get(&fixture, VAULT "/backupProtectedItems" V);
    const struct value *const *items = fixture_list(&fixture)->items;
    assert_string_equal(value_text(items[0], "properties.sourceResourceId"),
                        "/subscriptions/sub1/resourceGroups/prod/providers/Microsoft.Compute/"
                        "virtualMachines/db01");
    assert_string_equal(value_text(items[0], "properties.containerName"),
                        "iaasvmcontainerv2;prod;db01");
    assert_string_equal(value_text(items[2], "properties.protectionState"), "ProtectionStopped");
    assert_true(value_bool(items[3], "properties.isScheduledForDeferredDelete", false));
    /* One item, by the listed id and by an encoded one. */
    const char *one = arena_format(fixture.arena, "%s%s", value_text(items[0], "id"), V);
    assert_int_equal(fixture_get(&fixture, one), 200);
    assert_string_equal(fixture_text(&fixture, "properties.friendlyName"), "db01");
    assert_int_equal(fixture_get(&fixture, VAULT
                                 "/backupFabrics/Azure/protectionContainers/"
                                 "IaasVMContainer%3Biaasvmcontainerv2%3Bprod%3Bdb01/protectedItems/"
                                 "vm%3biaasvmcontainerv2%3Bprod%3Bdb01" V
                                 "&$filter=expand%20eq%20'extendedinfo'"),
                     200);
    assert_int_equal(fixture_get(&fixture, ITEM_OF("nobody") V), 404);
    fixture_close(&fixture);
}

static void answer_vault__lists_containers(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_open(&fixture, FIXTURE_WORLD);
    assert_int_equal(fixture_get(&fixture,
                                 VAULT "/backupProtectionContainers" V
                                       "&$filter=backupManagementType+eq+'AzureIaasVM'+and+"
                                       "status+eq+'Registered'+and+friendlyName+eq+'db01'"),
                     200);
    assert_int_equal(fixture_list(&fixture)->count, 1);
    assert_string_equal(value_text(fixture_list(&fixture)->items[0], "name"),
                        "IaasVMContainer;iaasvmcontainerv2;prod;db01");
    assert_int_equal(fixture_get(&fixture, VAULT "/backupProtectionContainers" V), 400);
    fixture_close(&fixture);
}

static void answer_vault__pages_lists(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_open(&fixture, "page_size: 5\n" FIXTURE_WORLD);
    const char *target = ITEM_OF("web01") "/recoveryPoints" V "&$filter=extendedInfo+eq+'True'";
    size_t count = 0;
    size_t page_count = 0;
    const char *before = "9999";
    while (target != NULL) {
        assert_int_equal(fixture_get(&fixture, target), 200);
        const struct value *list = fixture_list(&fixture);
        assert_in_range(list->count, 1, 5);
        for (size_t i = 0; i < list->count; i++) {
            const char *time = value_text(list->items[i], "properties.recoveryPointTime");
            assert_true(strcmp(time, before) < 0);
            before = time;
        }
        count += list->count;
        page_count++;
        const char *next = fixture_text(&fixture, "nextLink");
        target = next != NULL ? fixture_target(next) : NULL;
        assert_true(target == NULL || strstr(target, "$filter=extendedInfo+eq+'True'") != NULL);
    }
    assert_int_equal(count, 14);
    assert_int_equal(page_count, 3);
    /* A follower that encodes the link again is found out. */
    assert_int_equal(
        fixture_get(&fixture, ITEM_OF("web01") "/recoveryPoints" V "&$skiptoken=Page%253b5"), 400);
    fixture_close(&fixture);
}

/* azure-surface C.2, F 21 */
static void answer_vault__says_tiers_as_the_version_does(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_open(&fixture, FIXTURE_WORLD);
    static const char path[] = "properties.recoveryPointTierDetails";
    assert_int_equal(fixture_get(&fixture, POINT "?api-version=2021-08-01"), 200);
    const struct value *tiers = value_find_path(fixture.body, path);
    assert_int_equal(tiers->count, 1);
    assert_int_equal(value_integer(tiers->items[0], "type", 0), 1);
    assert_int_equal(value_integer(tiers->items[0], "status", 0), 1);
    assert_int_equal(fixture_get(&fixture, POINT "?api-version=2021-12-01"), 200);
    tiers = value_find_path(fixture.body, path);
    assert_string_equal(value_text(tiers->items[0], "type"), "InstantRP");
    assert_string_equal(value_text(tiers->items[0], "status"), "Valid");
    fixture_close(&fixture);
}

static void answer_vault__names_disks_in_the_single_point_only(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_open(&fixture, FIXTURE_WORLD);
    static const char path[] = "properties.recoveryPointDiskConfiguration";
    assert_int_equal(fixture_get(&fixture, POINT V), 200);
    const struct value *disks = value_find_path(fixture.body, path);
    assert_int_equal(value_integer(disks, "numberOfDisksIncludedInBackup", 0), 3);
    assert_int_equal(value_integer(value_find(disks, "includedDiskList")->items[0], "lun", 0), -1);
    assert_int_equal(value_integer(value_find(disks, "includedDiskList")->items[2], "lun", 0), 1);
    assert_int_equal(fixture_get(&fixture, ITEM "/recoveryPoints" V), 200);
    assert_int_equal(fixture_list(&fixture)->count, 3);
    disks = value_find_path(fixture_list(&fixture)->items[0], path);
    assert_null(value_find(disks, "includedDiskList"));
    assert_int_equal(fixture_get(&fixture, ITEM "/recoveryPoints/1" V), 404);
    fixture_close(&fixture);
}

static void answer_vault__filters_points_by_date(void **state)
{
    (void)state;
    static const struct {
        const char *filter;
        int count;
    } rows[] = {
        {"startDate+eq+'2026-10-30+12:00:00+AM'+and+endDate+eq+'2026-11-01+11:59:59+PM'", 1 },
        {"startDate+eq+'2026-11-02+02:00:00+AM'",                                         1 },
        {"startDate+eq+'2026-11-02+02:00:00+PM'",                                         0 },
        {"endDate+eq+'2026-10-31+02:00:00+AM'",                                           2 },
        {"startDate+eq+'2026-10-30T00:00:00Z'",                                           -1},
        {"startDate+eq+'2026-13-30+12:00:00+AM'",                                         -1},
        {"startDate+eq+'2026-10-30+12:00:00+XM'",                                         -1},
    };
    struct fixture fixture;
    fixture_open(&fixture, FIXTURE_WORLD);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        int status =
            fixture_get(&fixture, arena_format(fixture.arena, "%s/recoveryPoints%s&$filter=%s",
                                               ITEM, V, rows[i].filter));
        assert_int_equal(status, rows[i].count < 0 ? 400 : 200);
        if (status == 200) {
            assert_int_equal(fixture_list(&fixture)->count, rows[i].count);
        }
    }
    fixture_close(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answer_vault__shows_the_vault),
        cmocka_unit_test(answer_vault__filters_items),
        cmocka_unit_test(answer_vault__tells_items_apart),
        cmocka_unit_test(answer_vault__lists_containers),
        cmocka_unit_test(answer_vault__pages_lists),
        cmocka_unit_test(answer_vault__says_tiers_as_the_version_does),
        cmocka_unit_test(answer_vault__names_disks_in_the_single_point_only),
        cmocka_unit_test(answer_vault__filters_points_by_date),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
