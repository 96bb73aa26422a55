/* SPDX-License-Identifier: MIT */
#include "base/mem.h"
#include "report/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "data/json_read.h"
#include "unit/report/sample_run.h"

static void write_plan(enum report_format format, struct buf *ret)
{
    struct summary *summary = sample_run_summary("planned");
    *ret = (struct buf)BUF_INIT(LIMIT_REPORT_BYTES);
    report_plan(summary, format, 0, ret);
    summary_free(summary);
}

static void report_plan__shows_point_reason_and_request(void **state)
{
    (void)state;
    AUTO(buf) struct buf plan;
    write_plan(REPORT_HUMAN, &plan);
    static const char *const texts[] = {
        "payroll-disks: what apply would do (rehearsal against the simulator)\n",
        "  2. web-disks[web-01] (restore-disks)\n"
        "    item      web-01 (VM web-01 in payroll-prod, vault main)\n"
        "    after     db-disks\n"
        "    point     2026-11-02T02:11:09Z, application, in snapshot and vault, 5h 48m old\n"
        "    why       newest of 3 eligible points, 5h 48m old (rule last-good, 5 considered)\n"
        "    runner-up 2026-11-01T02:10:55Z\n"
        "    request   POST /subscriptions/s/resourceGroups/backup/",
        "          \"recoveryType\": \"RestoreDisks\",\n",
        "would start 4 restores; the simulator answered, nothing was sent to Azure (6 requests",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        assert_non_null(strstr(buf_text(&plan), texts[i]));
    }
}

static void report_plan__is_one_json_document(void **state)
{
    (void)state;
    AUTO(arena) struct arena *arena = arena_new();
    AUTO(buf) struct buf plan;
    const struct value *json = NULL;
    write_plan(REPORT_JSON, &plan);
    assert_null(json_read(arena, "plan", buf_str(&plan), 0, &json));
    assert_int_equal(value_find(json, "steps")->count, 4);
    const struct value *step = value_find(json, "steps")->items[3];
    assert_string_equal(value_text(step, "resolved.vm"), "files01");
    assert_string_equal(value_text(step, "request.method"), "POST");
    assert_string_equal(value_text(step, "request.body.properties.recoveryType"), "RestoreDisks");
    assert_int_equal(value_find(step, "candidates")->count, 5);
}

static void report_plan__is_a_page(void **state)
{
    (void)state;
    AUTO(buf) struct buf plan;
    write_plan(REPORT_HTML, &plan);
    assert_non_null(strstr(buf_text(&plan), "<strong>REHEARSAL</strong>"));
    assert_non_null(strstr(buf_text(&plan), "&quot;restoreDiskLunList&quot;: ["));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(report_plan__shows_point_reason_and_request),
        cmocka_unit_test(report_plan__is_one_json_document),
        cmocka_unit_test(report_plan__is_a_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
