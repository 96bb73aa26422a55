/* SPDX-License-Identifier: MIT */
#include "azure/job.h"

#include "support/kind_fixture.h"

#define COUNT(rows) (sizeof(rows) / sizeof(*(rows)))
#define JOB_URL VAULT_URL "/backupJobs/j0b" BACKUP_VERSION
#define JOB(status) "{\"properties\": {\"status\": \"" status "\"}}"

struct followed {
    struct kind_fixture fixture;
    struct job job;
    const struct arm_arguments *arguments;
    const char *id;
    enum job_result result;
};

static void feed(void *memory, const struct event *in, struct effect *out)
{
    struct followed *followed = memory;
    if (in->type == EVENT_START) {
        followed->arguments = arm_arguments_read(in->arena, in->arguments);
        job_begin(&followed->job, in, followed->arguments, followed->id, out);
    } else {
        followed->result = job_feed(&followed->job, in, out);
    }
}

static void open_with(struct followed *followed, const char *arguments)
{
    *followed = (struct followed){.id = "j0b"};
    kind_open(&followed->fixture, feed, followed);
    kind_start(&followed->fixture, arguments);
}

static void open_it(struct followed *followed)
{
    open_with(followed, ARGUMENTS_STEP("true"));
    kind_expect_send(&followed->fixture, HTTP_GET, JOB_URL);
    kind_expect_state(&followed->fixture, STEP_RUNNING);
}

static void answer(struct followed *followed, int status, const char *body)
{
    kind_reply(&followed->fixture, status, NULL, body);
    if (followed->fixture.effect.type == EFFECT_WAIT) {
        assert_int_equal(followed->result, JOB_GOES_ON);
        kind_timer(&followed->fixture);
        kind_expect_send(&followed->fixture, HTTP_GET, JOB_URL);
    } else {
        assert_int_equal(followed->result, JOB_ENDED);
    }
}

/* D.4: 30 s for ten minutes, then 60 s; the plan's interval instead; never less than asked for. */
static void job__keeps_the_cadence(void **state)
{
    (void)state;
    static const struct {
        const char *poll, *header;
        int64_t early_ms, late_ms;
    } rows[] = {
        {"-1, \"floor_ms\": 1000",   NULL,              30000, 60000},
        {"-1, \"floor_ms\": 90000",  NULL,              90000, 90000},
        {"5000, \"floor_ms\": 1000", NULL,              5000,  5000 },
        {"5000, \"floor_ms\": 7000", NULL,              7000,  7000 },
        {"-1, \"floor_ms\": 1000",   "Retry-After: 45", 45000, 60000},
        {"-1, \"floor_ms\": 1000",   "Retry-After: 0",  30000, 60000},
        {"5000, \"floor_ms\": 1000", "Retry-After: 99", 99000, 99000},
        {"-1, \"floor_ms\": 1000",   "Retry-After: x",  30000, 60000},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct followed followed;
        struct kind_fixture *fixture = &followed.fixture;
        AUTO(arena) struct arena *arena = arena_new();
        open_with(&followed,
                  arena_format(arena, "{%s, \"poll\": {\"interval_ms\": %s}}",
                               ARGUMENTS_ITEM ARGUMENTS_POINT ARGUMENTS_TARGET, rows[i].poll));
        kind_reply(fixture, 200, rows[i].header, JOB("InProgress"));
        kind_expect_wait(fixture, rows[i].early_ms);
        fixture->now.ms = KIND_NOW + 10 * MINUTE_MS - 1;
        kind_reply(fixture, 200, rows[i].header, JOB("InProgress"));
        kind_expect_wait(fixture, rows[i].early_ms);
        fixture->now.ms = KIND_NOW + 10 * MINUTE_MS;
        kind_reply(fixture, 503, rows[i].header, NULL);
        kind_expect_wait(fixture, rows[i].late_ms);
        kind_close(fixture);
    }
}

/* C.5, F 18 to F 20: only status counts; the bag's keys are compared trimmed and without case. */
static void job__reports_progress_and_output(void **state)
{
    (void)state;
    struct followed followed;
    struct kind_fixture *fixture = &followed.fixture;
    open_it(&followed);
    kind_reply(fixture, 200, NULL,
               "{\"properties\": {\"status\": \"InProgress\", \"actionsInfo\": [1], "
               "\"endTime\": \"0001-01-01T00:00:00\", \"extendedInfo\": {"
               "\"progressPercentage\": 100.0, \"estimatedRemainingDuration\": \"PT1M3.5S\", "
               "\"propertyBag\": {}, \"tasksList\": [{\"taskExecutionDetails\": \"\"}, "
               "{\"taskExecutionDetails\": \"127 GBs / 127 GBs Transferred\"}]}}}");
    assert_int_equal(followed.result, JOB_GOES_ON);
    kind_expect_wait(fixture, 30000);
    kind_expect_equal(fixture->effect.progress,
                      "{\"job\": \"j0b\", \"status\": \"InProgress\", \"percent\": 100, "
                      "\"remaining_ms\": 63500, \"detail\": \"127 GBs / 127 GBs Transferred\"}");
    kind_timer(fixture);
    kind_reply(fixture, 200, NULL,
               "{\"properties\": {\"status\": \"Cancelling\", \"extendedInfo\": {"
               "\"progressPercentage\": null, \"estimatedRemainingDuration\": \"1.20:17:03.29\", "
               "\"propertyBag\": null, \"tasksList\": null}}}");
    kind_expect_equal(fixture->effect.progress, "{\"job\": \"j0b\", \"status\": \"Cancelling\"}");
    kind_timer(fixture);
    kind_reply(
        fixture, 200, NULL,
        "{\"properties\": {\"status\": \"completed\", \"duration\": \"PT1H40.4431187S\", "
        "\"extendedInfo\": {\"propertyBag\": {\"Recovery point time \": \"6/14/2021 10:20:48 "
        "AM\", \"CONFIG Blob uri \": \"https://sa/c\", \"Template Blob Uri\": \"https://sa/t\", "
        "\"Config Blob Container Name\": \"box\", \"Target Storage Account Name\": \"sa\", "
        "\"Target resource group\": \"lab\", \"Restored disk(s)\": \"a; b\", "
        "\"Target VM Name\": null}}}}");
    assert_int_equal(followed.result, JOB_ENDED);
    kind_expect_done(fixture,
                     "{\"job\": \"j0b\", \"status\": \"completed\", \"config_blob\": "
                     "\"https://sa/c\", \"template_blob\": \"https://sa/t\", \"blob_container\": "
                     "\"box\", \"storage_account\": \"sa\", \"resource_group\": \"lab\", "
                     "\"disks\": \"a; b\", \"job_ms\": 3640443}");
    kind_expect_state(fixture, STEP_SUCCEEDED);
    assert_null(fixture->effect.warning);
    kind_close(fixture);
}

/* A35, A38, C.3: what ends a job, in any case and spelling. */
static void job__ends(void **state)
{
    (void)state;
    static const struct {
        const char *body;
        const char *text, *other, *hint;
    } rows[] = {
        {"{\"properties\": {\"status\": \"Failed\", \"errorDetails\": [{\"errorCode\": 400136, "
         "\"errorTitle\": \"UserErrorVmNotFoundV2\", \"errorString\": \"The "
         "VM\\r\\nis\\tgone.\\u001b[0m\", "
         "\"recommendations\": [\"Look\\r\\n\\tat <a href='x'>it</a>\\r\\n\", \"\", \"Then "
         "call.\"]}]}}", "job j0b ended as Failed",
         "UserErrorVmNotFoundV2 (400136): The VM is gone.\\x1b[0m (Azure request id q)", "Azure recommends: Look  at <a href='x'>it</a> Then call."},
        {JOB("Failed"),           "job j0b ended as Failed",    "no reason given",       "Backup Jobs"                                             },
        {JOB("Cancelled"),        "job j0b ended as Cancelled", "no reason given",       "Backup Jobs"                                             },
        {JOB("canceled"),         "job j0b ended as canceled",  "no reason given",       "Backup Jobs"                                             },
        {"{\"properties\": {\"status\": \"Failed\", \"errorDetails\": [{\"errorString\": "
         "\"why\"}]}}",  "ended as Failed",            "no reason given: why",  "Backup Jobs"                                             },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct followed followed;
        open_it(&followed);
        kind_reply(&followed.fixture, 200, "x-ms-request-id: q", rows[i].body);
        assert_int_equal(followed.result, JOB_ENDED);
        kind_expect_fail(&followed.fixture, ERR_STEP, rows[i].text, rows[i].other);
        kind_expect_hint(&followed.fixture, rows[i].hint);
        assert_string_equal(value_text(followed.fixture.effect.output, "job"), "j0b");
        kind_close(&followed.fixture);
    }
}

/* A36 */
static void job__completes_with_warnings(void **state)
{
    (void)state;
    struct followed followed;
    open_it(&followed);
    kind_reply(&followed.fixture, 200, NULL,
               "{\"properties\": {\"status\": \"CompletedWithWarnings\", \"errorDetails\": [{"
               "\"errorCode\": 7, \"errorTitle\": \"Tags\", \"errorString\": \"not\\r\\nset\", "
               "\"recommendations\": [\"Set them.\"]}]}}");
    kind_expect_done(&followed.fixture,
                     "{\"job\": \"j0b\", \"status\": \"CompletedWithWarnings\"}");
    kind_expect_state(&followed.fixture, STEP_WARNINGS);
    kind_expect_equal(followed.fixture.effect.warning,
                      "{\"title\": \"the job completed with warnings\", \"text\": \"Tags (7): not "
                      "set Azure recommends: Set them.\"}");
    kind_close(&followed.fixture);
}

/* C.3: Invalid is borne twice; an unknown word for ever (A32). */
static void job__bears_odd_words(void **state)
{
    (void)state;
    struct followed followed;
    open_it(&followed);
    for (int i = 0; i < 5; i++) {
        answer(&followed, 200, JOB("Invalid"));
        answer(&followed, 200, JOB("invalid"));
        answer(&followed, 200, JOB("Flummoxed"));
        kind_expect_send(&followed.fixture, HTTP_GET, JOB_URL);
    }
    answer(&followed, 200, JOB("Invalid"));
    answer(&followed, 200, JOB("Invalid"));
    answer(&followed, 200, JOB("Invalid"));
    kind_expect_fail(&followed.fixture, ERR_STEP, "job j0b ended as Invalid", NULL);
    kind_close(&followed.fixture);
}

/* A42: three answers without a status are told as what they are, and nobody calls that a failed
 * restore. */
static void job__needs_a_status(void **state)
{
    (void)state;
    struct followed followed;
    open_it(&followed);
    for (int i = 0; i < 3; i++) {
        answer(&followed, 200, "{\"error\": {\"code\": \"Oops\", \"message\": \"not now\"}}");
    }
    kind_expect_fail(&followed.fixture, ERR_PERSON, "job j0b cannot be followed; it goes on",
                     "Azure answered 200 Oops: not now");
    kind_close(&followed.fixture);
}

/* A39: 404 for five minutes is borne. */
static void job__waits_for_a_missing_job(void **state)
{
    (void)state;
    struct followed followed;
    open_it(&followed);
    for (int i = 0; i < 10; i++) {
        answer(&followed, 404, NULL);
        kind_expect_send(&followed.fixture, HTTP_GET, JOB_URL);
    }
    answer(&followed, 200, JOB("InProgress")); /* the count begins anew */
    for (int i = 0; i < 10; i++) {
        answer(&followed, 404, NULL);
        kind_expect_send(&followed.fixture, HTTP_GET, JOB_URL);
    }
    answer(&followed, 404, NULL);
    kind_expect_fail(&followed.fixture, ERR_PERSON, "job j0b cannot be followed",
                     "does not know the job any more");
    kind_close(&followed.fixture);
}

/* A43, T27: what says nothing about the job ends nothing; a refusal does. */
static void job__outlives_faults(void **state)
{
    (void)state;
    struct followed followed;
    open_it(&followed);
    for (int i = 0; i < 10; i++) {
        answer(&followed, 500 + i % 5, NULL);
        answer(&followed, 408, NULL);
        answer(&followed, 302, NULL);
        answer(&followed, 204, NULL);
        answer(&followed, 200, "<html>sign in</html>");
        kind_reply_cut(&followed.fixture, 200, NULL, "{\"properties\"");
        kind_timer(&followed.fixture);
        kind_not_sent(&followed.fixture, false);
        kind_timer(&followed.fixture);
        kind_expect_send(&followed.fixture, HTTP_GET, JOB_URL);
    }
    answer(&followed, 403, "{\"error\": {\"code\": \"AuthorizationFailed\"}}");
    kind_expect_fail(&followed.fixture, ERR_AUTH, "it goes on in Azure", "AuthorizationFailed");
    kind_close(&followed.fixture);
}

static void job__refuses_impossible_ids(void **state)
{
    (void)state;
    struct followed followed = {.id = ".."};
    kind_open(&followed.fixture, feed, &followed);
    kind_start(&followed.fixture, ARGUMENTS_STEP("true"));
    kind_expect_fail(&followed.fixture, ERR_UNREACHABLE, "'..'", NULL);
    kind_close(&followed.fixture);
}

#define LISTED(name, status, more)                                                                 \
    "{\"name\": \"" name "\", \"properties\": {\"operation\": \"Restore\", \"status\": \"" status  \
    "\"" more "}}"
#define OF_DB01 ", \"containerName\": \"IAASVMCONTAINERV2;prod;db01\""

/* A46, A44, recordings 9, 10, 19 */
static void job__finds_in_the_list(void **state)
{
    (void)state;
    static const struct {
        const char *job;
        bool is_ours, is_running, is_nameless;
    } rows[] = {
        {LISTED("a",                                                "InProgress",                                     OF_DB01 ", \"activityId\": \"AAAA-1\""),                                                              true,true, false},
        {LISTED("a",                                                    "Completed",                                                                                                    OF_DB01 ", \"activityId\": \"bbbb-2\""),                                                                                                                                                                                               true,false, false},
        {LISTED("a",                                                     "InProgress",                                                                                                OF_DB01 ", \"activityId\": \"aaaa-12\""), false,true, false},
        {LISTED("a","Cancelling",OF_DB01 ", \"activityId\": \"c\""), false,true, false},
        {LISTED("a",                                                         "Completed",                                                                                                OF_DB01),                                                                                                                                                                                                false, false, true},
        {LISTED("a",                                                     "InProgress",                                                                                                OF_DB01 ", \"activityId\": \"\""),                                                                                                                                                                                                    false,                                                               true, true},
        {LISTED("a",                                                 "InProgress",OF_DB01 ", \"activityId\": null"),false,true, true},
        {LISTED("a",                                                "InProgress",                                ", \"entityFriendlyName\": \"DB01\""),    false,true, true},
        {LISTED("a",                                                     "InProgress",                                                                                                     ", \"containerName\": \"\", \"entityFriendlyName\": \"db01\""),
         false,true, true},
        {LISTED("a",                                                    "InProgress",                                                                                                ", \"containerName\": \"iaasvmcontainerv2;prod;db012\""),                                                                                                                                                                                                                                                                                                    false,
         false, false},
        {LISTED("a","InProgress",", \"entityFriendlyName\": \"db012\""),                                                                      false,                                                                                                                                                                                                                                                                       false, false},
        {"{\"name\": \"a\", \"properties\": {\"operation\": \"Restore (Full)\", \"status\": "
         "\"inprogress\"" OF_DB01 "}}",
         false,                                                                                                true,                                                                                                                                    true},
        {"{\"name\": \"a\", \"properties\": {\"operation\": \"Backup\", \"status\": "
         "\"InProgress\"" OF_DB01 "}}",
         false,                                                                                                 false,                                                                                                                                                                                                     false                                                        },
        {"{\"name\": \"a\"}", false,false,                                                                                                                                                                                                             false},
        {"7",                                                false,                                                                                       false,                                                                                                                                                                            false},
    };
    struct kind_fixture fixture;
    kind_open(&fixture, NULL, NULL);
    const struct arm_arguments *arguments =
        arm_arguments_read(fixture.arena, kind_json(&fixture, ARGUMENTS_STEP("true")));
    const struct value *ids = kind_json(&fixture, "[\"aaaa-1\", \"BBBB-2\"]");
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct value *page =
            kind_json(&fixture, arena_format(fixture.arena, "{\"value\": [{}, %s]}", rows[i].job));
        bool is_ours = job_find_by_request(page, ids) != NULL;
        bool is_running = job_find_running(page, arguments->item) != NULL;
        bool is_nameless = job_find_nameless(page, arguments->item) != NULL;
        if (is_ours != rows[i].is_ours || is_running != rows[i].is_running ||
            is_nameless != rows[i].is_nameless) {
            fail_msg("row %zu: %d %d %d", i, is_ours, is_running, is_nameless);
        }
    }
    static const char *const no_lists[] = {"{\"value\": {\"a\": {}}}", "{\"value\": \"x\"}", "[]"};
    for (size_t i = 0; i < COUNT(no_lists); i++) {
        const struct value *page = kind_json(&fixture, no_lists[i]);
        assert_null(job_find_by_request(page, ids));
        assert_null(job_find_running(page, arguments->item));
        assert_null(job_find_nameless(page, arguments->item));
    }
    kind_close(&fixture);
}

static void job__asks_for_lists(void **state)
{
    (void)state;
    struct kind_fixture fixture;
    kind_open(&fixture, NULL, NULL);
    const struct arm_arguments *arguments =
        arm_arguments_read(fixture.arena, kind_json(&fixture, ARGUMENTS_STEP("true")));
    assert_string_equal(job_list_url_running(fixture.arena, arguments),
                        VAULT_URL "/backupJobs" BACKUP_VERSION
                                  "&$filter=backupManagementType%20eq%20%27AzureIaasVM%27%20and%20"
                                  "operation%20eq%20%27Restore%27%20and%20status%20eq%20%27"
                                  "InProgress%27");
    assert_string_equal(
        job_list_url_between(fixture.arena, arguments, (struct utc){KIND_NOW},
                             (struct utc){KIND_NOW + 12 * HOUR_MS}),
        VAULT_URL "/backupJobs" BACKUP_VERSION
                  "&$filter=backupManagementType%20eq%20%27AzureIaasVM%27%20and%20operation%20eq%20"
                  "%27Restore%27%20and%20startTime%20eq%20%272026-11-02%2008%3A00%3A00%20AM%27%20"
                  "and%20endTime%20eq%20%272026-11-02%2008%3A00%3A00%20PM%27");
    kind_close(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(job__keeps_the_cadence),
        cmocka_unit_test(job__reports_progress_and_output),
        cmocka_unit_test(job__ends),
        cmocka_unit_test(job__completes_with_warnings),
        cmocka_unit_test(job__bears_odd_words),
        cmocka_unit_test(job__needs_a_status),
        cmocka_unit_test(job__waits_for_a_missing_job),
        cmocka_unit_test(job__outlives_faults),
        cmocka_unit_test(job__refuses_impossible_ids),
        cmocka_unit_test(job__finds_in_the_list),
        cmocka_unit_test(job__asks_for_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
