/* SPDX-License-Identifier: MIT */
#include "base/clock.h"
#include "base/mem.h"
#include "report/summary.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unit/report/sample_run.h"

static void summary__folds_a_whole_run(void **state)
{
    (void)state;
    struct summary *summary = sample_run_summary("rehearsed");
    assert_string_equal(summary->tool, "restorectl 0.1.0");
    assert_string_equal(value_text(summary->run, "plan"), "payroll-disks");
    assert_int_equal(summary->steps.count, 4);
    assert_int_equal(summary->items.count, 4);
    assert_int_equal(summary->vaults.count, 1);
    assert_int_equal(summary->request_count, 312);
    assert_int_equal(summary->retry_count, 1);
    assert_int_equal(summary->throttled_ms, 30000);
    assert_int_equal(summary->failed_requests.count, 1);
    assert_string_equal(value_text(summary->failed_requests.items[0], "time"),
                        "2026-11-02T08:00:04.000Z");
    assert_int_equal(summary_count(summary, "succeeded"), 3);
    assert_int_equal(summary_count(summary, "warnings"), 1);
    assert_int_equal(value_integer(summary->finished, "exit_code", -1), 0);
    assert_int_equal(summary->ended.ms, summary->last.ms);
    summary_free(summary);
}

static void summary__keeps_what_a_step_went_through(void **state)
{
    (void)state;
    struct summary *summary = sample_run_summary("rehearsed");
    const struct summary_step *step = summary_step_find(summary, "files-disks");
    assert_non_null(step);
    assert_string_equal(step->kind, "restore-disks");
    assert_string_equal(step->item, "files01");
    assert_string_equal(step->state, "warnings");
    assert_int_equal(step->ready.ms, summary->started.ms + 1000);
    assert_int_equal(step->started.ms, summary->started.ms + 36000);
    assert_int_equal(summary_elapsed_ms(step, summary->last), 1200000);
    assert_int_equal(step->attempts.count, 1);
    assert_string_equal(step->attempts.items[0].outcome, "accepted");
    assert_non_null(step->attempts.items[0].azure_request_id);
    assert_int_equal(step->warnings.count, 1);
    assert_int_equal(value_integer(step->point, "considered", 0), 5);
    assert_string_equal(value_text(step->output, "storage_account"), "drillstaging");
    assert_non_null(value_text(step->keep, "operation"));
    assert_null(step->error);
    assert_false(step->is_critical);
    assert_true(summary_step_find(summary, "db-disks")->is_critical);
    assert_null(summary_step_find(summary, "nothing"));
    assert_null(summary_step_find(summary, NULL));
    summary_free(summary);
}

static void summary__counts_a_running_step_to_now(void **state)
{
    (void)state;
    struct summary *summary = sample_run_summary("killed");
    const struct summary_step *step = summary_step_find(summary, "web-disks[web-01]");
    assert_non_null(step);
    assert_string_equal(step->state, "running");
    assert_int_equal(summary_elapsed_ms(step, (struct utc){step->started.ms + 5000}), 5000);
    assert_int_equal(summary_elapsed_ms(step, (struct utc){step->started.ms - 5000}), 0);
    assert_null(summary->finished);
    assert_int_equal(summary->request_count, 2);
    summary_free(summary);
}

/* Journals of older versions and of killed runs lack members; a type may be unknown. */
static void summary__does_without_any_member(void **state)
{
    (void)state;
    static const char *const bodies[] = {"{}", "{\"step\":\"x\"}", "{\"step\":3,\"steps\":[1,{}]}",
                                         "{\"steps\":{},\"critical_path\":[3,\"x\",\"y\"]}"};
    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        struct summary *summary = summary_new();
        for (int type = 0; type <= RECORD_TYPE_COUNT; type++) {
            AUTO(arena) struct arena *arena = arena_new();
            AUTO(buf) struct buf line = BUF_INIT(4096);
            struct record record;
            buf_format(&line, "{\"seq\":1,\"time\":\"2026-11-02T08:00:00Z\",\"type\":\"%s\",%s",
                       type < RECORD_TYPE_COUNT ? record_type_names[type] : "moon.phase",
                       i == 0 ? "\"a\":1}" : bodies[i] + 1);
            assert_null(record_parse(arena, "test", buf_str(&line), &record));
            summary_read(summary, &record);
        }
        assert_int_equal(summary->record_count, RECORD_TYPE_COUNT + 1);
        assert_int_equal(summary->steps.count, i == 1 ? 1 : 0);
        summary_free(summary);
    }
}

static void summary__finds_each_of_many_steps(void **state)
{
    (void)state;
    struct summary *summary = summary_new();
    char id[32];
    for (int i = 0; i < 10000; i++) {
        AUTO(arena) struct arena *arena = arena_new();
        struct value *body = value_new(arena, VALUE_MAP);
        snprintf(id, sizeof(id), "web[%d]", i);
        value_set_text(arena, body, "step", id);
        value_set_text(arena, body, "state", i % 2 == 0 ? "running" : "ready");
        struct record record = {.seq = i + 1, .time = {1}, .type = RECORD_STEP_STATE, .body = body};
        summary_read(summary, &record);
    }
    assert_int_equal(summary->steps.count, 10000);
    assert_int_equal(summary_count(summary, "running"), 5000);
    for (int i = 0; i < 10000; i++) {
        snprintf(id, sizeof(id), "web[%d]", i);
        assert_ptr_equal(summary_step_find(summary, id), &summary->steps.items[i]);
    }
    summary_free(summary);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(summary__folds_a_whole_run),
        cmocka_unit_test(summary__keeps_what_a_step_went_through),
        cmocka_unit_test(summary__counts_a_running_step_to_now),
        cmocka_unit_test(summary__does_without_any_member),
        cmocka_unit_test(summary__finds_each_of_many_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
