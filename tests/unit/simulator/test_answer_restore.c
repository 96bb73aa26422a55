/* SPDX-License-Identifier: MIT */
#include "support/simulator_fixture.h"

static int trigger(struct fixture *fixture, const char *body)
{
    return fixture_ask(fixture, "POST", POINT "/restore" V, body);
}

/* What a trigger's headers lead to, now_ms after the world began. */
static int follow(struct fixture *fixture, const char *header, int64_t now_ms)
{
    const char *target =
        arena_text(fixture->arena, fixture_target(fixture_header(fixture, header)));
    fixture->request.now.ms = FIXTURE_NOW + now_ms;
    return fixture_get(fixture, target);
}

static void answer_restore__accepts_with_an_empty_body(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_open(&fixture, FIXTURE_WORLD);
    assert_int_equal(trigger(&fixture, RESTORE_BODY(MANAGED)), 202);
    assert_int_equal(fixture.reply.body.len, 0);
    assert_null(fixture_header(&fixture, "content-type"));
    assert_string_equal(fixture_header(&fixture, "Retry-After"), "60");
    assert_non_null(strstr(fixture_header(&fixture, "azure-asyncoperation"), "/operationsStatus/"));
    assert_non_null(strstr(fixture_header(&fixture, "location"), "/operationResults/"));
    assert_non_null(strstr(fixture_header(&fixture, "location"), "?api-version=2025-02-01"));
    assert_non_null(fixture_header(&fixture, "x-ms-ratelimit-remaining-subscription-writes"));
    fixture_close(&fixture);
}

/* azure-surface A.3, D.2, F 16 */
static void answer_restore__operation_succeeds_after_its_time(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_open(&fixture, FIXTURE_WORLD);
    trigger(&fixture, RESTORE_BODY(""));
    assert_int_equal(follow(&fixture, "azure-asyncoperation", 1999), 200);
    assert_string_equal(fixture_text(&fixture, "status"), "InProgress");
    assert_string_equal(fixture_text(&fixture, "endTime"), "0001-01-01T00:00:00");
    assert_null(value_find(fixture.body, "properties"));
    assert_non_null(fixture_header(&fixture, "retry-after"));
    const char *operation = fixture_text(&fixture, "name");

    fixture.request.now.ms = FIXTURE_NOW;
    const char *result =
        arena_format(fixture.arena, "%s/operationResults/%s%s", ITEM, operation, V);
    assert_int_equal(fixture_get(&fixture, result), 202);
    assert_int_equal(fixture.reply.body.len, 0);
    assert_int_equal(follow(&fixture, "location", 2000), 200);
    assert_string_equal(fixture_text(&fixture, "status"), "Succeeded");
    assert_string_equal(fixture_text(&fixture, "properties.objectType"),
                        "OperationStatusJobExtendedInfo");
    const char *job = fixture_text(&fixture, "properties.jobId");
    assert_string_not_equal(job, operation);

    const char *vault_wide =
        arena_format(fixture.arena, "%s/backupOperations/%s%s", VAULT, operation, V);
    assert_int_equal(fixture_get(&fixture, vault_wide), 200);
    assert_string_equal(fixture_text(&fixture, "properties.jobId"), job);
    const char *other =
        arena_format(fixture.arena, "%s/operationsStatus/%s%s", ITEM_OF("web01"), operation, V);
    assert_int_equal(fixture_get(&fixture, other), 404);
    fixture_close(&fixture);
}

#define SUB "\"/subscriptions/sub1/resourceGroups/lab/"
static const struct {
    const char *body;
    int status;
    const char *expected; /* in the message */
} bodies[] = {
    {RESTORE_BODY(""),                                                                            202, NULL                    },
    {RESTORE_BODY(",\"restoreDiskLunList\":[]"),                                                  202, NULL                    },
    {RESTORE_BODY(",\"restoreDiskLunList\":[0,1]"),                                               202, NULL                    },
    {RESTORE_BODY(MANAGED ",\"zones\":[\"1\"]"),                                                  202, NULL                    },
    {RESTORE_BODY(MANAGED ",\"encryptionDetails\":{\"encryptionEnabled\":false}"),                202, NULL                    },
    {RESTORE_BODY(",\"affinityGroup\":\"\",\"subnetId\":null,\"tags\":{\"a\":1}"),                202, NULL                    },
    {"",                                                                                          400, "deserialized"          },
    {"{\"properties\":",                                                                          400, "deserialized"          },
    {"{\"properties\":{},\"properties\":{}}",                                                     400, "deserialized"          },
    {"{}",                                                                                        400, "properties"            },
    {"{\"properties\":[]}",                                                                       400, "properties"            },
    {"{\"properties\":{}}",                                                                       400, "objectType"            },
    {"{\"properties\":{\"objectType\":\"IaasVMRestoreRequest\"}}",                                400, "recoveryType"          },
    {"{\"properties\":{\"objectType\":\"IaasVMRestoreRequest\",\"recoveryType\":"
     "\"RestoreDisks\"}}",                                                                   400, "recoveryPointId"       },
    {"{\"properties\":{\"objectType\":\"IaasVMRestoreRequest\",\"recoveryType\":"
     "\"RestoreDisks\","
     "\"recoveryPointId\":72892117707916}}",                                                 400, "recoveryPointId"       },
    {"{\"properties\":{\"objectType\":\"IaasVMRestoreRequest\",\"recoveryType\":"
     "\"RestoreDisks\","
     "\"recoveryPointId\":\"1\",\"region\":\"westeurope\",\"sourceResourceId\":" SUB "x\","
     "\"storageAccountId\":" SUB "x\"}}",
     400,                                                                                              "URL"                   },
    {"{\"properties\":{\"objectType\":\"IaasVMRestoreRequest\",\"recoveryType\":"
     "\"RestoreDisks\","
     "\"recoveryPointId\":\"72892117707916\",\"region\":\"westeurope\","
     "\"sourceResourceId\":" SUB "x\",\"storageAccountId\":" SUB "x\"}}",
     400,                                                                                              "sourceResourceId"      },
    {RESTORE_BODY(",\"restoreDiskLunList\":[2]"),                                                 400, "LUN 2"                 },
    {RESTORE_BODY(",\"restoreDiskLunList\":[-1]"),                                                400, "LUN -1"                },
    {RESTORE_BODY(",\"restoreDiskLunList\":[\"0\"]"),                                             400, "whole number"          },
    {RESTORE_BODY(",\"restoreDiskLunList\":0"),                                                   400, "restoreDiskLunList"    },
    {RESTORE_BODY(",\"zones\":[\"1\"]"),                                                          400, "zones"                 },
    {RESTORE_BODY(MANAGED ",\"zones\":[\"4\"]"),                                                  400, "zones"                 },
    {RESTORE_BODY(MANAGED ",\"zones\":[\"1\",\"2\"]"),                                            400, "zones"                 },
    {RESTORE_BODY(",\"targetResourceGroupId\":\"lab\""),                                          400, "targetResourceGroupId" },
    {RESTORE_BODY(",\"targetVirtualMachineId\":" SUB "x\""),                                      400, "targetVirtualMachineId"},
    {RESTORE_BODY(MANAGED ",\"virtualNetworkId\":" SUB "x\""),                                    400, "virtualNetworkId"      },
    {RESTORE_BODY(",\"createNewCloudService\":\"false\""),                                        400, "createNewCloudService" },
    {RESTORE_BODY(",\"originalStorageAccountOption\":true"),                                      400, "original storage"      },
    {RESTORE_BODY(MANAGED ",\"identityBasedRestoreDetails\":{\"targetStorageAccountId\":\"x\"}"),
     400,                                                                                              "One of"                },
};
#undef SUB

/* The table of azure-surface B.1, and what it cannot say. */
static void answer_restore__holds_bodies_against_the_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++) {
        struct fixture fixture;
        fixture_open(&fixture, FIXTURE_WORLD);
        int status = trigger(&fixture, bodies[i].body);
        if (status != bodies[i].status) {
            fail_msg("row %zu: %d %s", i, status, buf_text(&fixture.reply.body));
        }
        if (bodies[i].expected != NULL) {
            assert_non_null(strstr(fixture_text(&fixture, "error.message"), bodies[i].expected));
            assert_int_equal(fixture_job_count(&fixture), 0);
        }
        fixture_close(&fixture);
    }
}

static void answer_restore__minds_url_region_state_and_content_type(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_open(&fixture, FIXTURE_WORLD);
    assert_int_equal(fixture_ask(&fixture, "POST",
                                 ITEM "/recoveryPoints/2261018173779283322/restore" V,
                                 RESTORE_BODY("")),
                     400);
    assert_int_equal(
        fixture_ask(&fixture, "POST", ITEM "/recoveryPoints/1/restore" V, RESTORE_BODY("")), 404);
    fixture.request.content_type = "text/plain";
    assert_int_equal(trigger(&fixture, RESTORE_BODY("")), 415);
    fixture.request.content_type = "application/json";
    world_vaults(fixture.world)->region = "westus";
    assert_int_equal(trigger(&fixture, RESTORE_BODY("")), 400);
    assert_non_null(strstr(fixture_text(&fixture, "error.message"), "region"));
    world_vaults(fixture.world)->region = "westeurope";
    world_items(world_vaults(fixture.world))->is_soft_deleted = true;
    assert_int_equal(trigger(&fixture, RESTORE_BODY("")), 400);
    assert_non_null(strstr(fixture_text(&fixture, "error.message"), "soft deleted"));
    fixture_close(&fixture);
}

/* azure-surface D.8: Azure does not know a repeated POST. */
static void answer_restore__starts_a_job_for_every_trigger(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_open(&fixture, FIXTURE_WORLD);
    trigger(&fixture, RESTORE_BODY(""));
    trigger(&fixture, RESTORE_BODY(""));
    fixture.request.client_request_id = NULL;
    trigger(&fixture, RESTORE_BODY(""));
    assert_int_equal(fixture_job_count(&fixture), 3);
    assert_string_not_equal(fixture_job_id(&fixture, 0), fixture_job_id(&fixture, 1));
    assert_string_not_equal(fixture_job_id(&fixture, 1), fixture_job_id(&fixture, 2));
    fixture_close(&fixture);
}

/* Ids come from the content: the order of arrival does not show. */
static void answer_restore__makes_ids_whatever_the_order(void **state)
{
    (void)state;
    static const char *const ids[] = {"aaaa", "bbbb"};
    const char *seen[2][2];
    struct fixture fixtures[2];
    for (int order = 0; order < 2; order++) {
        struct fixture *fixture = &fixtures[order];
        fixture_open(fixture, FIXTURE_WORLD);
        for (int i = 0; i < 2; i++) {
            int which = order == 0 ? i : 1 - i;
            fixture->request.client_request_id = ids[which];
            trigger(fixture, RESTORE_BODY(""));
            seen[order][which] = arena_text(fixture->arena, fixture_header(fixture, "location"));
        }
    }
    assert_string_equal(seen[0][0], seen[1][0]);
    assert_string_equal(seen[0][1], seen[1][1]);
    assert_string_not_equal(seen[0][0], seen[0][1]);
    assert_string_equal(fixture_job_id(&fixtures[0], 0), fixture_job_id(&fixtures[1], 0));
    fixture_close(&fixtures[0]);
    fixture_close(&fixtures[1]);
}

static void answer_restore__spoils_the_location_on_purpose(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_open(&fixture, FIXTURE_WORLD);
    fixture_fault(&fixture, "foreign:at=1");
    fixture_fault(&fixture, "no-location:at=2");
    assert_int_equal(trigger(&fixture, RESTORE_BODY("")), 202);
    assert_true(str_starts_with(str_from(fixture_header(&fixture, "location")),
                                STR("http://127.0.0.2:4711/Subscriptions/")));
    assert_string_equal(fixture.reply.fault, "foreign:at=1");
    assert_int_equal(trigger(&fixture, RESTORE_BODY("")), 202);
    assert_null(fixture_header(&fixture, "location"));
    assert_null(fixture_header(&fixture, "azure-asyncoperation"));
    fixture_close(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answer_restore__accepts_with_an_empty_body),
        cmocka_unit_test(answer_restore__operation_succeeds_after_its_time),
        cmocka_unit_test(answer_restore__holds_bodies_against_the_table),
        cmocka_unit_test(answer_restore__minds_url_region_state_and_content_type),
        cmocka_unit_test(answer_restore__starts_a_job_for_every_trigger),
        cmocka_unit_test(answer_restore__makes_ids_whatever_the_order),
        cmocka_unit_test(answer_restore__spoils_the_location_on_purpose),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
