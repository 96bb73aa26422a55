/* SPDX-License-Identifier: MIT */
#include "azure/restore_disks.h"

#include "base/mem.h"
#include "data/json_read.h"
#include "support/kind_fixture.h"

#define COUNT(rows) (sizeof(rows) / sizeof(*(rows)))
#define POINT "2261018173779283322"
#define TRIGGER_URL ITEM_URL "/recoveryPoints/" POINT "/restore" BACKUP_VERSION
#define EMPTY "{\"value\": []}"
#define RID "11111111-2222-4333-8444-555555555555"
#define OPERATION MANAGEMENT "/o;1/operationsStatus/0p?api-version=2019-05-13"
#define ACCEPTED "Azure-AsyncOperation: " OPERATION "\nRetry-After: 60"
#define BODY(target, luns)                                                                         \
    "{\"properties\": {\"objectType\": \"IaasVMRestoreRequest\", \"recoveryPointId\": \"" POINT    \
    "\", \"recoveryType\": \"RestoreDisks\", \"sourceResourceId\": \"" SOURCE_ID "\", " target     \
    "\"region\": \"westeurope\", \"createNewCloudService\": false, "                               \
    "\"originalStorageAccountOption\": false" luns "}}"
#define STORAGE(group)                                                                             \
    "/subscriptions/5ub/resourceGroups/" group                                                     \
    "/providers/Microsoft.Storage/storageAccounts/staging"
#define MANAGED                                                                                    \
    "\"targetResourceGroupId\": \"/subscriptions/5ub/resourceGroups/lab\", "                       \
    "\"storageAccountId\": \"" STORAGE("lab") "\", "

struct step {
    struct kind_fixture fixture;
    struct arena *memory;
};

static void open_it(struct step *step)
{
    step->memory = arena_new();
    kind_open(&step->fixture, restore_disks.feed,
              arena_alloc(step->memory, restore_disks.state_size));
}

static void close_it(struct step *step)
{
    kind_cancel(&step->fixture); /* as the engine does with what has not ended; harmless else */
    kind_close(&step->fixture);
    arena_free(step->memory);
}

static void open_posted(struct step *step)
{
    open_it(step);
    kind_start(&step->fixture, ARGUMENTS_STEP("true"));
    kind_reply(&step->fixture, 200, NULL, EMPTY);
    kind_expect_send(&step->fixture, HTTP_POST, TRIGGER_URL);
}

#define WITH(target, fields)                                                                       \
    "{" ARGUMENTS_ITEM ARGUMENTS_POINT ", \"target\": {" target                                    \
    "}" ARGUMENTS_POLL ARGUMENTS_TRIGGER(                                                          \
        "true") ", \"fields\": {\"kind\": \"restore-disks\"" fields "}}"
#define LAB "\"resource_group\": \"lab\", \"storage_account\": \"staging\""

/* A49, azure-surface B.2, B.3, the table of the recordings: absent, [] and [0] are three restores.
 */
static void restore_disks__sends_exact_bodies(void **state)
{
    (void)state;
    static const struct {
        const char *arguments, *body;
    } rows[] = {
        {ARGUMENTS_STEP("true"),                BODY(MANAGED,     "")},
        { WITH(LAB,   ", \"disks\": {\"luns\": [0, 2]}"),
         BODY(MANAGED,            ", \"restoreDiskLunList\": [0, 2]")},
        { WITH(LAB,  ", \"disks\": {\"os_only\": true}"),
         BODY(MANAGED,                ", \"restoreDiskLunList\": []")},
        { WITH(LAB, ", \"disks\": {\"os_only\": false}"),     BODY(MANAGED, "")},
        { WITH(LAB,                   ", \"disks\": {}"),     BODY(MANAGED, "")},
        { WITH("\"storage_resource_group\": \"store\", \"storage_account\": \"staging\"",                                  ""),
         BODY("\"storageAccountId\": \"" STORAGE("store") "\", ", "")},
        { WITH(LAB ", \"storage_resource_group\": \"store\"",                                  ""),
         BODY("\"targetResourceGroupId\": \"/subscriptions/5ub/resourceGroups/lab\", "
              "\"storageAccountId\": \"" STORAGE("store") "\", ",
         "")},
        {                                                          WITH("\"subscription\": \"0ther\", \"resource_group\": \"lab\", \"storage_account\": "
              "\"/subscriptions/x/resourceGroups/y/providers/Microsoft.Storage/storageAccounts/z\"",                                  ""),
         BODY("\"targetResourceGroupId\": \"/subscriptions/0ther/resourceGroups/lab\", "
              "\"storageAccountId\": "
              "\"/subscriptions/x/resourceGroups/y/providers/Microsoft.Storage/storageAccounts/"
              "z\", ",                                            "")},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct step step;
        open_it(&step);
        kind_start(&step.fixture, rows[i].arguments);
        kind_expect_send(&step.fixture, HTTP_GET, NULL);
        kind_reply(&step.fixture, 200, NULL, EMPTY);
        kind_expect_send(&step.fixture, HTTP_POST, TRIGGER_URL);
        assert_int_equal(step.fixture.effect.request.flags, HTTP_ONCE);
        const struct value *sent = NULL;
        AUTO(error)
        struct error *error = json_read(step.fixture.scratch, "body",
                                        buf_str(&step.fixture.effect.request.body), 0, &sent);
        assert_null(error);
        kind_expect_equal(sent, rows[i].body);
        close_it(&step);
    }
}

static void restore_disks__previews_what_it_sends(void **state)
{
    (void)state;
    struct kind_fixture fixture;
    struct error *refusal = NULL;
    kind_open(&fixture, NULL, NULL);
    const struct value *request =
        restore_disks.preview(fixture.arena, kind_json(&fixture, ARGUMENTS_STEP("true")), &refusal);
    assert_null(refusal);
    kind_expect_equal(request,
                      "{\"method\": \"POST\", \"path\": \"" ITEM_PATH "/recoveryPoints/" POINT
                      "/restore" BACKUP_VERSION "\", \"body\": " BODY(MANAGED, "") "}");
    kind_close(&fixture);
}

/* Refused before a byte is sent, and the preview says the same. */
static void restore_disks__refuses_what_azure_would(void **state)
{
    (void)state;
    static const struct {
        const char *arguments, *text, *hint;
    } rows[] = {
        {WITH(LAB ", \"region\": \"westus\"", ""),     "the target is in 'westus'",
         "leave `region` out"},
        {"{" ARGUMENTS_ITEM
         ", \"point\": {\"id\": \"7\", \"is_managed\": false}" ARGUMENTS_TARGET ARGUMENTS_POLL
             ARGUMENTS_TRIGGER("true") "}",
         "point 7 is of a VM with unmanaged disks", "without `resource_group`"                                },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct step step;
        open_it(&step);
        kind_start(&step.fixture, rows[i].arguments);
        kind_expect_fail(&step.fixture, ERR_REFUSED, rows[i].text, NULL);
        kind_expect_hint(&step.fixture, rows[i].hint);
        AUTO(error) struct error *refusal = NULL;
        (void)restore_disks.preview(step.fixture.arena, kind_json(&step.fixture, rows[i].arguments),
                                    &refusal);
        assert_non_null(refusal);
        kind_expect_contains(refusal->text, rows[i].text);
        close_it(&step);
    }
}

static void restore_disks__checks_its_members(void **state)
{
    (void)state;
    struct kind_fixture fixture;
    AUTO(problems) struct problems problems = {0};
    kind_open(&fixture, NULL, NULL);
    restore_disks.check_fields(
        fixture.arena, kind_json(&fixture, "{\"disks\": {\"luns\": [0], \"os_only\": false}}"),
        &problems);
    assert_int_equal(problems.error_count, 1);
    restore_disks.check_fields(fixture.arena, kind_json(&fixture, "{\"disks\": {\"luns\": [0]}}"),
                               &problems);
    restore_disks.check_fields(fixture.arena, kind_json(&fixture, "{}"), &problems);
    assert_int_equal(problems.error_count, 1);
    kind_close(&fixture);
}

/* The whole way: precheck, trigger, operation, job; what a later run needs is kept on the way. */
static void restore_disks__goes_its_way(void **state)
{
    (void)state;
    struct step step;
    open_posted(&step);
    kind_expect_equal(step.fixture.effect.keep, "{\"attempt\": 1}");
    kind_reply(&step.fixture, 202, ACCEPTED, NULL);
    kind_expect_wait(&step.fixture, 60000);
    kind_expect_state(&step.fixture, STEP_RUNNING);
    kind_expect_equal(step.fixture.effect.keep, "{\"operation\": \"0p\"}");
    kind_timer(&step.fixture);
    kind_expect_send(&step.fixture, HTTP_GET, OPERATION);
    kind_reply(&step.fixture, 200, NULL,
               "{\"id\": \"0p\", \"status\": \"Succeeded\", \"properties\": {\"objectType\": "
               "\"OperationStatusJobExtendedInfo\", \"jobId\": \"j0b\"}}");
    kind_expect_send(&step.fixture, HTTP_GET, VAULT_URL "/backupJobs/j0b" BACKUP_VERSION);
    kind_expect_equal(step.fixture.effect.keep, "{\"job\": \"j0b\"}");
    kind_reply(&step.fixture, 200, NULL, "{\"properties\": {\"status\": \"InProgress\"}}");
    kind_timer(&step.fixture);
    kind_reply(&step.fixture, 200, NULL, "{\"properties\": {\"status\": \"Completed\"}}");
    kind_expect_done(&step.fixture, "{\"job\": \"j0b\", \"status\": \"Completed\"}");
    kind_expect_state(&step.fixture, STEP_SUCCEEDED);
    close_it(&step);
}

/* A35: a good operation says nothing about the job. */
static void restore_disks__fails_with_its_job(void **state)
{
    (void)state;
    struct step step;
    open_posted(&step);
    kind_reply(&step.fixture, 202, ACCEPTED, NULL);
    kind_timer(&step.fixture);
    kind_reply(&step.fixture, 200, NULL,
               "{\"status\": \"Succeeded\", \"properties\": {\"jobId\": \"j0b\"}}");
    kind_reply(&step.fixture, 200, NULL, "{\"properties\": {\"status\": \"Failed\"}}");
    kind_expect_fail(&step.fixture, ERR_STEP, "job j0b ended as Failed", NULL);
    close_it(&step);
}

static void restore_disks__fails_with_its_operation(void **state)
{
    (void)state;
    struct step step;
    open_posted(&step);
    kind_reply(&step.fixture, 202, ACCEPTED, NULL);
    kind_timer(&step.fixture);
    kind_reply(&step.fixture, 200, NULL,
               "{\"status\": \"Failed\", \"error\": {\"code\": \"CloudInternalError\"}}");
    kind_expect_fail(&step.fixture, ERR_STEP, "the operation ended as Failed",
                     "CloudInternalError");
    close_it(&step);
}

#define JOBS                                                                                       \
    "{\"value\": [{\"name\": \"j0b\", \"properties\": {\"operation\": \"Restore\", "               \
    "\"activityId\": \"" RID "\"}}]}"

static void expect_adopted(struct step *step)
{
    kind_expect_state(&step->fixture, STEP_DOUBT);
    kind_timer(&step->fixture);
    kind_reply(&step->fixture, 200, NULL, JOBS);
    kind_expect_send(&step->fixture, HTTP_GET, VAULT_URL "/backupJobs/j0b" BACKUP_VERSION);
    kind_expect_equal(step->fixture.effect.keep, "{\"job\": \"j0b\"}");
    kind_expect_state(&step->fixture, STEP_RUNNING);
}

/* A34: succeeded without a usable job id. */
static void restore_disks__finds_the_job_itself(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "{\"status\": \"Succeeded\"}",
        "{\"status\": \"Succeeded\", \"properties\": {\"jobId\": null}}",
        "{\"status\": \"Succeeded\", \"properties\": {\"jobId\": \"\"}}",
        "{\"status\": \"Succeeded\", \"properties\": {\"jobId\": \"..\"}}",
    };
    for (size_t i = 0; i < COUNT(bodies); i++) {
        struct step step;
        open_posted(&step);
        kind_reply(&step.fixture, 202, ACCEPTED, NULL);
        kind_timer(&step.fixture);
        kind_reply(&step.fixture, 200, NULL, bodies[i]);
        expect_adopted(&step);
        close_it(&step);
    }
}

/* A16, D.2: the operation's own address, then the one built from its id, then the job list. */
static void restore_disks__outlives_a_lost_operation(void **state)
{
    (void)state;
    struct step step;
    open_posted(&step);
    kind_reply(&step.fixture, 202, ACCEPTED, NULL);
    bool asked_rebuilt = false;
    while (step.fixture.effect.state != STEP_DOUBT) {
        kind_timer(&step.fixture);
        asked_rebuilt |= text_equal(step.fixture.effect.request.url,
                                    VAULT_URL "/backupOperations/0p" BACKUP_VERSION);
        kind_reply(&step.fixture, 404, "Retry-After: 60", NULL);
    }
    assert_true(asked_rebuilt);
    expect_adopted(&step);
    close_it(&step);
}

/* A27: an address at a foreign host is not asked; the operation is found by its id. */
static void restore_disks__leaves_foreign_addresses(void **state)
{
    (void)state;
    struct step step;
    open_posted(&step);
    kind_reply(&step.fixture, 202, "Location: https://evil.com/operationResults/0p", NULL);
    kind_timer(&step.fixture);
    kind_not_sent(&step.fixture, true);
    kind_timer(&step.fixture);
    kind_expect_send(&step.fixture, HTTP_GET, VAULT_URL "/backupOperations/0p" BACKUP_VERSION);
    close_it(&step);
}

/* A19 */
static void restore_disks__adopts_after_a_lost_answer(void **state)
{
    (void)state;
    struct step step;
    open_posted(&step);
    kind_lost(&step.fixture);
    expect_adopted(&step);
    close_it(&step);
}

/* The run ends: nothing is asked for any more, and nothing leaks in any state. */
static void restore_disks__may_be_cancelled(void **state)
{
    (void)state;
    for (int when = 0; when < 4; when++) {
        struct step step;
        open_posted(&step);
        if (when > 0) {
            kind_lost(&step.fixture);
        }
        if (when > 1) {
            kind_timer(&step.fixture);
        }
        if (when > 2) {
            kind_reply(&step.fixture, 200, NULL, JOBS);
        }
        kind_cancel(&step.fixture);
        assert_int_equal(step.fixture.effect.type, EFFECT_NONE);
        close_it(&step);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(restore_disks__sends_exact_bodies),
        cmocka_unit_test(restore_disks__previews_what_it_sends),
        cmocka_unit_test(restore_disks__refuses_what_azure_would),
        cmocka_unit_test(restore_disks__checks_its_members),
        cmocka_unit_test(restore_disks__goes_its_way),
        cmocka_unit_test(restore_disks__fails_with_its_job),
        cmocka_unit_test(restore_disks__fails_with_its_operation),
        cmocka_unit_test(restore_disks__finds_the_job_itself),
        cmocka_unit_test(restore_disks__outlives_a_lost_operation),
        cmocka_unit_test(restore_disks__leaves_foreign_addresses),
        cmocka_unit_test(restore_disks__adopts_after_a_lost_answer),
        cmocka_unit_test(restore_disks__may_be_cancelled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
