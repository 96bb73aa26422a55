/* SPDX-License-Identifier: MIT */
#include "base/clock.h"
#include "base/mem.h"
#include "support/simulator_fixture.h"

#include "simulator/world_job.h"

/* Starts a restore at the world's beginning and gives the target that shows its job. */
static const char *start(struct fixture *fixture, const char *more)
{
    const char *body = arena_format(fixture->arena, RESTORE_BODY("%s"), more);
    assert_int_equal(fixture_ask(fixture, "POST", POINT "/restore" V, body), 202);
    return arena_format(fixture->arena, "%s/backupJobs/%s%s", VAULT,
                        fixture_job_id(fixture, fixture_job_count(fixture) - 1), V);
}

static int show(struct fixture *fixture, const char *target, int64_t after_ms)
{
    fixture->request.now.ms = FIXTURE_NOW + after_ms;
    return fixture_get(fixture, target);
}

static double progress(const struct fixture *fixture)
{
    return value_number(fixture->body, "properties.extendedInfo.progressPercentage", -1);
}

static void answer_job__runs_and_completes(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_open(&fixture, FIXTURE_WORLD);
    const char *target = start(&fixture, MANAGED);
    assert_int_equal(show(&fixture, target, 3000), 200);
    assert_string_equal(fixture_text(&fixture, "properties.status"), "InProgress");
    assert_string_equal(fixture_text(&fixture, "properties.operation"), "Restore");
    assert_string_equal(fixture_text(&fixture, "properties.duration"), "PT3S");
    assert_string_equal(fixture_text(&fixture, "properties.activityId"),
                        fixture.request.client_request_id);
    assert_string_equal(fixture_text(&fixture, "properties.containerName"),
                        "iaasvmcontainerv2;prod;db01");
    assert_null(value_find_path(fixture.body, "properties.endTime"));
    assert_true(progress(&fixture) >= 1.0 && progress(&fixture) <= 1.0);
    const struct value *bag = value_find_path(fixture.body, "properties.extendedInfo.propertyBag");
    assert_string_equal(value_text(bag, "Recovery point time "), "11/2/2026 2:00:00 AM");
    assert_string_equal(value_text(bag, "Target Storage Account Name"), "staging");
    assert_string_equal(value_text(bag, "Target resource group"), "lab");
    assert_null(value_find(bag, "Config Blob Uri"));

    show(&fixture, target, 20 * MINUTE_MS);
    assert_string_equal(fixture_text(&fixture, "properties.status"), "Completed");
    assert_string_equal(fixture_text(&fixture, "properties.duration"), "PT20M");
    assert_string_equal(fixture_text(&fixture, "properties.endTime"), "2026-11-02T08:20:00.000Z");
    assert_true(progress(&fixture) >= 100.0);
    assert_null(value_find_path(fixture.body, "properties.errorDetails"));
    bag = value_find_path(fixture.body, "properties.extendedInfo.propertyBag");
    assert_true(str_starts_with(str_from(value_text(bag, "Template Blob Uri")),
                                STR("https://staging.blob.core.windows.net/db01-")));
    assert_int_equal(fixture_get(&fixture, VAULT "/backupJobs/no-such-job" V), 404);
    fixture_close(&fixture);
}

/* The recordings' README, 12: progress moves every five minutes only. */
static void answer_job__renews_progress_in_steps(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_open(&fixture, FIXTURE_WORLD);
    const char *target = start(&fixture, "");
    static const struct {
        int64_t minutes;
        double percent;
    } rows[] = {
        {4,  1  },
        {5,  25 },
        {9,  25 },
        {10, 50 },
        {19, 75 },
        {20, 100}
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        show(&fixture, target, rows[i].minutes * MINUTE_MS);
        assert_int_equal((int)progress(&fixture), (int)rows[i].percent);
    }
    fixture_close(&fixture);
}

/* azure-surface C.3, C.5; reliability 6: failed jobs, warnings, jobs that hang */
static void answer_job__ends_as_the_world_says(void **state)
{
    (void)state;
    static const struct {
        const char *job, *fault, *status, *title;
    } rows[] = {
        {"{ outcome: completed }",                                                       NULL,                           "Completed",  NULL                },
        {"{ outcome: warnings, error_code: 9, error_title: T, error_text: x }",          NULL,
         "CompletedWithWarnings",                                                                                                      "T"                 },
        {"{ outcome: failed }",                                                          NULL,                           "Failed",     "CloudInternalError"},
        {"{ outcome: failed, error_title: UserErrorX, recommendations: [ try again ] }", NULL,
         "Failed",                                                                                                                     "UserErrorX"        },
        {"{ outcome: cancelled }",                                                       NULL,                           "Cancelled",  NULL                },
        {"{ outcome: stuck }",                                                           NULL,                           "InProgress", NULL                },
        {"{ outcome: completed }",                                                       "stuck-job",                    "InProgress", NULL                },
        {"{ outcome: completed }",                                                       "job-failed:code=5,title=Boom", "Failed",     "Boom"              },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct fixture fixture;
        AUTO(arena) struct arena *arena = arena_new();
        fixture_open(
            &fixture,
            arena_format(arena,
                         "vaults: { v: { subscription: sub1, resource_group: backup, name: "
                         "payroll-vault, items: [ { vm: db01, resource_group: prod, job: %s, "
                         "points: [ { id: '72892117707916', age: 1h } ] } ] } }\n",
                         rows[i].job));
        if (rows[i].fault != NULL) {
            fixture_fault(&fixture, rows[i].fault);
        }
        const char *target = start(&fixture, "");
        show(&fixture, target, DAY_MS);
        assert_string_equal(fixture_text(&fixture, "properties.status"), rows[i].status);
        const struct value *details = value_find_path(fixture.body, "properties.errorDetails");
        assert_true((details != NULL) == (rows[i].title != NULL));
        if (details != NULL) {
            assert_string_equal(value_text(details->items[0], "errorTitle"), rows[i].title);
            assert_int_not_equal(value_integer(details->items[0], "errorCode", 0), 0);
        }
        fixture_close(&fixture);
    }
}

static void answer_job__takes_15_to_50_minutes_by_itself(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_open(&fixture, FIXTURE_WORLD);
    struct world_vault *vault = world_vaults(fixture.world);
    struct world_item *item = &world_items(vault)[1];
    size_t count;
    const struct world_trigger trigger = {.item = item,
                                          .point = world_point_list(fixture.world, item, &count)};
    const struct world_job *job =
        world_job_start(fixture.world, vault, &trigger, (struct utc){FIXTURE_NOW});
    assert_in_range(job->duration_ms, 15 * MINUTE_MS, 50 * MINUTE_MS);
    fixture_close(&fixture);
}

static void answer_job__lists_newest_first_in_pages(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_open(&fixture, "page_size: 2\n" FIXTURE_WORLD);
    for (int i = 0; i < 5; i++) {
        fixture.request.now.ms = FIXTURE_NOW + i * MINUTE_MS;
        start(&fixture, "");
    }
    fixture.request.now.ms = FIXTURE_NOW + HOUR_MS;
    const char *target = VAULT "/backupJobs" V "&$filter=operation%20eq%20'Restore'";
    size_t count = 0;
    const char *before = "9999";
    while (target != NULL) {
        assert_int_equal(fixture_get(&fixture, target), 200);
        for (size_t i = 0; i < fixture_list(&fixture)->count; i++, count++) {
            const struct value *job = fixture_list(&fixture)->items[i];
            assert_null(value_find_path(job, "properties.extendedInfo"));
            assert_true(strcmp(value_text(job, "properties.startTime"), before) < 0);
            before = value_text(job, "properties.startTime");
        }
        const char *next = fixture_text(&fixture, "nextLink");
        target = next != NULL ? fixture_target(next) : NULL;
    }
    assert_int_equal(count, 5);
    fixture_close(&fixture);
}

static void answer_job__filters_the_list(void **state)
{
    (void)state;
    static const struct {
        const char *filter;
        int count; /* -1: refused */
    } rows[] = {
        {"status+eq+'InProgress'",                                                        1 },
        {"status+eq+'Completed'+and+operation+eq+'Restore'",                              1 },
        {"backupManagementType+eq+'AzureIaasVM'",                                         2 },
        {"operation+eq+'Backup'",                                                         0 },
        {"startTime+eq+'2026-11-02+08:10:00+AM'+and+endTime+eq+'2026-11-03+12:00:00+AM'", 1 },
        {"endTime+eq+'2026-11-02+07:00:00+AM'",                                           0 },
        {"jobId+eq+'x'",                                                                  0 },
        {"jobid+eq+'x'",                                                                  -1},
        {"startTime+eq+'2026-11-02'",                                                     -1},
    };
    struct fixture fixture;
    fixture_open(&fixture, FIXTURE_WORLD);
    start(&fixture, "");
    fixture.request.now.ms = FIXTURE_NOW + 15 * MINUTE_MS;
    start(&fixture, "");
    fixture.request.now.ms = FIXTURE_NOW + 25 * MINUTE_MS;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        int status = fixture_get(&fixture, arena_format(fixture.arena, "%s/backupJobs%s&$filter=%s",
                                                        VAULT, V, rows[i].filter));
        assert_int_equal(status, rows[i].count < 0 ? 400 : 200);
        if (status == 200) {
            assert_int_equal(fixture_list(&fixture)->count, rows[i].count);
        }
    }
    fixture_close(&fixture);
}

/* In virtual time what happens in one instant must not show which came first. */
static void answer_job__is_listed_from_the_next_instant_on(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_open(&fixture, FIXTURE_WORLD);
    const char *target = start(&fixture, "");
    assert_int_equal(show(&fixture, target, 0), 200);
    assert_int_equal(show(&fixture, VAULT "/backupJobs" V, 0), 200);
    assert_int_equal(fixture_list(&fixture)->count, 0);
    show(&fixture, VAULT "/backupJobs" V, 1);
    assert_int_equal(fixture_list(&fixture)->count, 1);
    fixture_close(&fixture);
}

/* reliability 6: the job list is late */
static void answer_job__may_come_late(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_open(&fixture, FIXTURE_WORLD);
    fixture_fault(&fixture, "late-job:after=90s");
    const char *target = start(&fixture, "");
    assert_int_equal(show(&fixture, target, 89999), 404);
    show(&fixture, VAULT "/backupJobs" V, 89999);
    assert_int_equal(fixture_list(&fixture)->count, 0);
    assert_int_equal(show(&fixture, target, 90000), 200);
    show(&fixture, VAULT "/backupJobs" V, 90000);
    assert_int_equal(fixture_list(&fixture)->count, 1);
    fixture_close(&fixture);
}

static void answer_job__speaks_as_the_version_does(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_open(&fixture, FIXTURE_WORLD);
    start(&fixture, "");
    fixture.request.now.ms += MINUTE_MS;
    fixture_get(&fixture, VAULT "/backupJobs?api-version=2020-10-01");
    const struct value *job = fixture_list(&fixture)->items[0];
    assert_int_equal(value_find_path(job, "properties.actionsInfo")->items[0]->integer, 1);
    fixture_get(&fixture, VAULT "/backupJobs" V);
    job = fixture_list(&fixture)->items[0];
    assert_true(str_equal(value_find_path(job, "properties.actionsInfo")->items[0]->text,
                          STR("Cancellable")));
    fixture_close(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answer_job__runs_and_completes),
        cmocka_unit_test(answer_job__renews_progress_in_steps),
        cmocka_unit_test(answer_job__ends_as_the_world_says),
        cmocka_unit_test(answer_job__takes_15_to_50_minutes_by_itself),
        cmocka_unit_test(answer_job__lists_newest_first_in_pages),
        cmocka_unit_test(answer_job__filters_the_list),
        cmocka_unit_test(answer_job__is_listed_from_the_next_instant_on),
        cmocka_unit_test(answer_job__may_come_late),
        cmocka_unit_test(answer_job__speaks_as_the_version_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
