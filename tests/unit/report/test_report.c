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

#define JOURNAL ".restorectl/runs/20261102-080000-a3f9/journal.ndjson"

static void write_report(const char *run, enum report_format format, unsigned flags,
                         struct buf *ret)
{
    struct report_source source = {.journal = JOURNAL};
    struct summary *summary = sample_run_summary(run);
    *ret = (struct buf)BUF_INIT(LIMIT_REPORT_BYTES);
    report_write(summary, format, flags, &source, ret);
    summary_free(summary);
}

static void expect(const struct buf *report, const char *text)
{
    if (strstr(buf_text(report), text) == NULL) {
        fail_msg("not there: %s\nin: %s", text, buf_text(report));
    }
}

static void expect_not(const struct buf *report, const char *text)
{
    if (strstr(buf_text(report), text) != NULL) {
        fail_msg("there: %s", text);
    }
}

static void report__reads_like_this(void **state)
{
    (void)state;
    AUTO(buf) struct buf report;
    write_report("rehearsed", REPORT_HUMAN, 0, &report);
    assert_string_equal(
        buf_text(&report),
        "payroll-disks: 4 of 4 steps succeeded in 1h 11m, 1 of them with warnings (rehearsal, seed "
        "7)\n"
        "rehearsal: the simulator answered, nothing in Azure was read or changed\n"
        "  STEP               STATE      TOOK     ITEM     RECOVERY POINT        AGE     JOB\n"
        "  db-disks           succeeded  27m 05s  db01     2026-11-02T02:11:09Z  5h 48m  "
        "12bea6a4-59f3-4b5b-a7c2-8a1c6cf5a001\n"
        "  web-disks[web-01]  succeeded  32m 50s  web-01   2026-11-02T02:11:09Z  5h 48m  "
        "6f1d0c52-0a35-4d0e-9c3f-7f3a8d2be002\n"
        "  web-disks[web-02]  succeeded  44m 10s  web-02   2026-11-02T02:11:09Z  5h 48m  "
        "0d7a7f0e-2f53-4c06-8f43-1c0ce2a4d003\n"
        "  files-disks        warnings   20m 00s  files01  2026-11-02T03:11:09Z  4h 48m  "
        "b9c3f3d8-7e1b-4a51-8b0a-5f0a9be7e004\n"
        "  critical path: db-disks (27m 05s) -> web-disks[web-02] (44m 10s) = 1h 11m\n"
        "  vaults, requests: 1 vault, 4 items; 312 requests to Azure, 1 retried, throttled 30s\n"
        "\nwarnings:\n"
        "  files-disks: UserWarningTargetRegion: Snapshot kept: The instant-restore snapshot stays "
        "for 2 days.\n"
        "\nrun:     20261102-080000-a3f9\n"
        "plan:    plans/payroll-disks.yaml\n"
        "sha256:  9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\n"
        "Azure:   http://127.0.0.1:40123\n"
        "journal: " JOURNAL "\n");
}

static void report__says_first_that_a_run_did_not_finish(void **state)
{
    (void)state;
    AUTO(buf) struct buf report;
    write_report("killed", REPORT_HUMAN, 0, &report);
    assert_true(str_starts_with(
        buf_str(&report),
        STR("payroll-disks: did not finish; 2 of 5 steps succeeded in 36m 40s, 1 of them with "
            "warnings\n"
            "the journal ends at 2026-11-02T08:36:40Z\n"
            "restores that Azure was asked to start, whose end was not seen:\n"
            "  web-disks[web-01]: job 6f1d0c52-0a35-4d0e-9c3f-7f3a8d2be002, last seen running\n"
            "  web-disks[web-02]: job 0d7a7f0e-2f53-4c06-8f43-1c0ce2a4d003, last seen running\n"
            "  extra: no job known yet, request 000006a4-0000-4000-8000-000000000009, last seen "
            "triggering\n")));
}

static void report__tells_a_running_run_from_a_killed_one(void **state)
{
    (void)state;
    struct report_source source = {.journal = JOURNAL, .is_held = true, .torn_bytes = 17};
    struct summary *summary = sample_run_summary("killed");
    AUTO(buf) struct buf report = BUF_INIT(LIMIT_REPORT_BYTES);
    report_write(summary, REPORT_HUMAN, 0, &source, &report);
    expect(&report, "payroll-disks: is still running; 2 of 5");
    expect(&report, "its last 17 bytes are an interrupted write");
    expect_not(&report, "whose end was not seen");
    summary_free(summary);
}

static void report__explains_failures(void **state)
{
    (void)state;
    AUTO(buf) struct buf report;
    write_report("failed", REPORT_HUMAN, 0, &report);
    expect(&report, "1 failed, 1 needs a person to look\noutcome: a step failed (exit code 1)\n");
    expect(&report,
           "\nfailed: web-disks[web-01]\n"
           "  error: the restore job failed: UserErrorTargetStorageAccountNotFound\n"
           "    at plans/payroll-disks.yaml:41\n"
           "    because The storage account was not found. <script>alert(1)</script> "
           "\\x1b[31mred\\x1b[0m \\u202eevil\n"
           "    hint: Azure recommends: Check that the storage account 'drillstaging' exists "
           "in westeurope.\n"
           "    started by Azure request id: 9d3c065e-0000-4000-8000-000000000003\n");
    expect(&report,
           "  web-disks[web-02]: job 0d7a7f0e-2f53-4c06-8f43-1c0ce2a4d003, last seen ambiguous\n");
    expect_not(&report, "rehearsal");
    expect_not(&report, "\033");
}

static void report__is_ascii_and_without_colour_unless_asked(void **state)
{
    (void)state;
    AUTO(buf) struct buf plain;
    AUTO(buf) struct buf colored;
    struct summary *summary = sample_run_summary("rehearsed");
    AUTO(buf) struct buf ascii = BUF_INIT(LIMIT_REPORT_BYTES);
    struct report_source source = {.journal = "/caf\xc3\xa9/\xe6\xbc\xa2"};
    report_write(summary, REPORT_HUMAN, REPORT_ASCII, &source, &ascii);
    summary_free(summary);
    write_report("rehearsed", REPORT_HUMAN, 0, &plain);
    write_report("rehearsed", REPORT_HUMAN, REPORT_COLOR, &colored);
    expect(&ascii, "journal: /caf?/?\n");
    for (size_t i = 0; i < ascii.len; i++) {
        assert_true((unsigned char)ascii.data[i] < 0x80);
    }
    expect_not(&plain, "\033");
    expect(&colored, "\033[32m4 of 4 steps succeeded");
}

static const struct value *parse(struct arena *arena, const struct buf *report)
{
    const struct value *value = NULL;
    assert_null(json_read(arena, "report", buf_str(report), 0, &value));
    return value;
}

static void report__is_one_json_document(void **state)
{
    (void)state;
    AUTO(arena) struct arena *arena = arena_new();
    AUTO(buf) struct buf report;
    write_report("failed", REPORT_JSON, 0, &report);
    const struct value *json = parse(arena, &report);
    assert_int_equal(value_integer(json, "schema", 0), 1);
    assert_string_equal(value_text(json, "outcome"), "a step failed");
    assert_int_equal(value_integer(json, "exit_code", -1), 1);
    assert_false(value_bool(json, "rehearsal", true));
    assert_int_equal(value_integer(json, "elapsed_ms", 0), 3602000);
    assert_string_equal(value_text(json, "plan.file"), "plans/payroll-disks.yaml");
    assert_string_equal(value_text(json, "journal.path"), JOURNAL);
    assert_true(value_bool(json, "journal.complete", false));
    assert_int_equal(value_integer(json, "requests.retried", 0), 1);
    assert_int_equal(value_find(json, "critical_path")->count, 2);
    const struct value *step = value_find(json, "steps")->items[1];
    assert_string_equal(value_text(step, "step"), "web-disks[web-01]");
    assert_string_equal(value_text(step, "state"), "failed");
    assert_string_equal(value_text(step, "point.time"), "2026-11-02T02:11:09Z");
    assert_int_equal(value_integer(step, "point.age_ms", 0), 20931000);
    assert_int_equal(value_find(step, "candidates")->count, 5);
    assert_string_equal(value_text(step, "job"), "6f1d0c52-0a35-4d0e-9c3f-7f3a8d2be002");
    assert_string_equal(
        value_find_path(step, "error.because")->items[0]->text.at,
        "The storage account was not found. <script>alert(1)</script> \033[31mred\033[0m "
        "\xe2\x80\xae"
        "evil");
    assert_string_equal(value_text(value_find(step, "attempts")->items[0], "outcome"), "accepted");
}

static size_t count(const struct buf *report, const char *text)
{
    size_t found = 0;
    struct str rest = buf_str(report);
    for (size_t at = str_find(rest, str_from(text)); at != SIZE_MAX;
         at = str_find(rest, str_from(text))) {
        rest = str_slice(rest, at + 1, rest.len);
        found++;
    }
    return found;
}

/* Elements that are opened as often as they are closed. */
static void expect_balanced(const struct buf *page)
{
    static const char *const elements[][2] = {
        {"<section>", "</section>"},
        {"<table>",   "</table>"  },
        {"<details",  "</details>"},
        {"<tr",       "</tr>"     },
        {"<td",       "</td>"     },
        {"<dl",       "</dl>"     },
        {"<div",      "</div>"    },
        {"<svg",      "</svg>"    },
        {"<main>",    "</main>"   },
        {"<small",    "</small>"  },
        {"<header>",  "</header>" },
        {"<ul",       "</ul>"     },
        {"<text",     "</text>"   },
        {"<summary>", "</summary>"},
        {"<html",     "</html>"   },
    };
    for (size_t i = 0; i < sizeof(elements) / sizeof(elements[0]); i++) {
        assert_int_equal(count(page, elements[i][0]), count(page, elements[i][1]));
    }
}

static void report__is_a_page_that_needs_nothing_else(void **state)
{
    (void)state;
    AUTO(buf) struct buf page;
    AUTO(buf) struct buf again;
    write_report("failed", REPORT_HTML, 0, &page);
    write_report("failed", REPORT_HTML, 0, &again);
    assert_string_equal(buf_text(&page), buf_text(&again));
    assert_true(str_starts_with(buf_str(&page), STR("<!DOCTYPE html>\n<html lang=\"en\">")));
    expect_balanced(&page);
    static const char *const absent[] = {"<script", "src=", "href=",        "url(",
                                         "@import", "\033", "\xe2\x80\xae", "REHEARSAL"};
    for (size_t i = 0; i < sizeof(absent) / sizeof(absent[0]); i++) {
        expect_not(&page, absent[i]);
    }
    expect(&page, "Run failed: 2 of 4 steps succeeded");
    expect(&page, "&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(&page, "<h3>web-disks[web-01]: failed</h3>");
    expect(&page, "9d3c065e-0000-4000-8000-000000000003");
    expect(&page, "taken 3d 5h ago, max_age is 1d 12h");
    expect(&page, "plan line 32");
    expect(&page, JOURNAL);
}

static void report__calls_a_rehearsal_one(void **state)
{
    (void)state;
    AUTO(buf) struct buf page;
    write_report("rehearsed", REPORT_HTML, 0, &page);
    expect_balanced(&page);
    expect(&page, "<strong>REHEARSAL</strong>");
    expect(&page, "(seed 7)");
    expect(&page, "Rehearsal passed: 4 of 4 steps succeeded");
    expect(&page, "<title>Rehearsal passed: payroll-disks");
    expect_not(&page, "Run passed");
}

static void report__draws_bars_where_the_steps_were(void **state)
{
    (void)state;
    AUTO(buf) struct buf page;
    write_report("rehearsed", REPORT_HTML, 0, &page);
    /* db-disks: 3 s to 1628 s of 4281 s, on the critical path */
    expect(&page, "<rect class=\"bar critical\" rx=\"1.5\" y=\"47\" height=\"11\" x=\"0.07%\" "
                  "width=\"37.95%\"/>");
    assert_int_equal(count(&page, "<rect"), 4);
    expect(&page, ">+15m</text>");
    expect(&page, ">+1h</text>");
}

/* A journal may end anywhere, or not even have begun. */
static void report__can_be_made_of_any_beginning(void **state)
{
    (void)state;
    static const char *const runs[] = {"rehearsed", "failed", "killed", "planned"};
    for (size_t i = 0; i < 4 * 52; i += 3) {
        struct summary *summary = summary_new();
        sample_run_read(runs[i % 4], i / 4, summary_read, summary, NULL, NULL);
        for (int format = 0; format < REPORT_FORMAT_COUNT; format++) {
            AUTO(arena) struct arena *arena = arena_new();
            AUTO(buf) struct buf report = BUF_INIT(LIMIT_REPORT_BYTES);
            AUTO(buf) struct buf plan = BUF_INIT(LIMIT_REPORT_BYTES);
            report_write(summary, (enum report_format)format, 0, NULL, &report);
            report_plan(summary, (enum report_format)format, 0, &plan);
            assert_true(report.len > 0 && plan.len > 0);
            if (format == REPORT_JSON) {
                parse(arena, &report);
                parse(arena, &plan);
            } else if (format == REPORT_HTML) {
                expect_balanced(&report);
                expect_balanced(&plan);
            }
        }
        summary_free(summary);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(report__reads_like_this),
        cmocka_unit_test(report__says_first_that_a_run_did_not_finish),
        cmocka_unit_test(report__tells_a_running_run_from_a_killed_one),
        cmocka_unit_test(report__explains_failures),
        cmocka_unit_test(report__is_ascii_and_without_colour_unless_asked),
        cmocka_unit_test(report__is_one_json_document),
        cmocka_unit_test(report__is_a_page_that_needs_nothing_else),
        cmocka_unit_test(report__calls_a_rehearsal_one),
        cmocka_unit_test(report__draws_bars_where_the_steps_were),
        cmocka_unit_test(report__can_be_made_of_any_beginning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
