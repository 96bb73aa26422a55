/* SPDX-License-Identifier: MIT */
#include "engine/run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/journal_fake.h"
#include "support/net_fake.h"
#include "support/run_fixture.h"

#define ONE_STEP "steps: {one: {kind: restore-disks, items: i0, select: newest, target: lab}}\n"
#define TWO_STEPS                                                                                  \
    "steps:\n"                                                                                     \
    "  one: {kind: restore-disks, items: i0, select: newest, target: lab}\n"                       \
    "  two: {kind: restore-disks, items: i1, select: newest, target: lab}\n"

static bool is_line(const char *line, const char *start)
{
    return str_starts_with(str_from(line), str_from(start));
}

static void assert_order(const struct run_fixture *fixture, const char *first, const char *second)
{
    size_t at = run_fixture_find(fixture, first, 0);
    size_t then = run_fixture_find(fixture, second, 0);
    if (at == SIZE_MAX || then == SIZE_MAX || at > then) {
        print_message("%s\n", buf_text(&fixture->story));
    }
    assert_int_not_equal(at, SIZE_MAX);
    assert_int_not_equal(then, SIZE_MAX);
    assert_true(at < then);
}

/* ------------------------------------------------------------------ the usual course */

static void run__goes_from_vault_to_done(void **state)
{
    struct run_fixture fixture;
    (void)state;
    run_fixture_open(&fixture, 2, TWO_STEPS);
    assert_int_equal(run_fixture_run(&fixture), 0);
    assert_int_equal(net_fake_count(fixture.net, "login.test"), 1);
    assert_int_equal(net_fake_count(fixture.net, "/vault/"), 1);
    assert_int_equal(net_fake_count(fixture.net, "POST " FIXTURE_MANAGEMENT "/start/"), 2);
    assert_int_equal(run_fixture_count(&fixture, "step.finished"), 2);
    assert_int_equal(run_fixture_logged(&fixture, "\"outcome\":\"done\""), 1);
    assert_int_equal(run_fixture_logged(&fixture, "\"exit_code\":0"), 1);
    assert_int_equal(run_fixture_logged(&fixture, "token-1"), 0); /* N17: no secret in records */
    run_fixture_close(&fixture);
}

/* A run's records are the same each time, whatever order answers come in. */
static void run__repeats_exactly_on_a_virtual_clock(void **state)
{
    struct run_fixture fixture;
    AUTO(text) char *first = NULL;
    (void)state;
    for (int i = 0; i < 2; i++) {
        run_fixture_open(&fixture, 2, TWO_STEPS);
        assert_int_equal(run_fixture_run(&fixture), 0);
        if (first == NULL) {
            first = mem_text(buf_text(&fixture.log));
        } else {
            assert_string_equal(buf_text(&fixture.log), first);
        }
        run_fixture_close(&fixture);
    }
}

static void run__plan_changes_nothing(void **state)
{
    struct run_fixture fixture;
    (void)state;
    run_fixture_open(&fixture, 2, TWO_STEPS);
    fixture.options.purpose = RUN_PLAN;
    fixture.options.journal = NULL;
    assert_int_equal(run_fixture_run(&fixture), 0);
    assert_int_equal(net_fake_count(fixture.net, "POST " FIXTURE_MANAGEMENT), 0);
    assert_int_equal(run_fixture_count(&fixture, "point.chosen"), 2);
    assert_int_equal(run_fixture_logged(&fixture, "\"outcome\":\"planned\""), 1);
    run_fixture_close(&fixture);
}

/* ------------------------------------------------------------------ the journal comes first */

static void run__syncs_the_intent_before_its_request_leaves(void **state)
{
    struct run_fixture fixture;
    (void)state;
    run_fixture_open(&fixture, 1, ONE_STEP);
    assert_int_equal(run_fixture_run(&fixture), 0);
    size_t intent = run_fixture_find(&fixture, "trigger.intent", 0);
    size_t post = run_fixture_find(&fixture, "send POST /start/vm0", 0);
    struct str between = str_slice(buf_str(&fixture.story), intent, post);
    assert_true(intent < post);
    assert_true(str_find(between, STR("sync\n")) != SIZE_MAX);
    run_fixture_close(&fixture);
}

/* One sync for all intents of a turn, and one before the very first request. */
static void run__syncs_once_for_all_intents_of_a_turn(void **state)
{
    struct run_fixture fixture;
    (void)state;
    run_fixture_open(&fixture, 2, TWO_STEPS);
    assert_int_equal(run_fixture_run(&fixture), 0);
    assert_order(&fixture, "sync", "send ");
    size_t first = run_fixture_find(&fixture, "trigger.intent", 0);
    size_t last_post = run_fixture_find(&fixture, "send POST /start/", 1);
    struct str between = str_slice(buf_str(&fixture.story), first, last_post);
    size_t sync = str_find(between, STR("sync\n"));
    assert_true(sync != SIZE_MAX);
    between = str_slice(between, sync + 1, between.len);
    assert_true(str_find(between, STR("sync\n")) == SIZE_MAX);
    run_fixture_close(&fixture);
}

/* P11: whichever sync fails, no request that changes something leaves after it, reads may go on,
 * and the exit code is that of the journal. */
static void run__starts_nothing_after_a_failed_sync(void **state)
{
    (void)state;
    for (int failing = 1;; failing++) {
        struct run_fixture fixture;
        run_fixture_open(&fixture, 2, TWO_STEPS);
        fixture.journal.failing_sync = failing;
        int exit_code = run_fixture_run(&fixture);
        int syncs = fixture.journal.sync_count;
        size_t posts = net_fake_count(fixture.net, "/start/");
        size_t undone = run_fixture_logged(&fixture, "\"type\":\"step.finished\"");
        run_fixture_close(&fixture);
        if (syncs < failing) {
            assert_int_equal(exit_code, 0);
            assert_true(failing > 3);
            break;
        }
        assert_int_equal(exit_code, 74);
        assert_int_equal(undone, 2);
        assert_int_equal(syncs, failing);       /* never tried again */
        assert_true(failing > 2 || posts == 0); /* the head's sync, the intents' sync */
    }
}

/* P09, P10: the same for every write. */
static void run__starts_nothing_after_a_failed_write(void **state)
{
    (void)state;
    for (int failing = 1;; failing++) {
        struct run_fixture fixture;
        run_fixture_open(&fixture, 1, ONE_STEP);
        fixture.journal.failing_append = failing;
        int exit_code = run_fixture_run(&fixture);
        int appends = fixture.journal.append_count;
        bool has_posted = net_fake_count(fixture.net, "/start/") > 0;
        size_t intent = run_fixture_find(&fixture, "trigger.intent", 0);
        size_t records = 0;
        while (run_fixture_find(&fixture, "record ", records) < intent) {
            records++;
        }
        run_fixture_close(&fixture);
        if (appends < failing) {
            assert_int_equal(exit_code, 0);
            break;
        }
        assert_int_equal(exit_code, 74);
        assert_int_equal(has_posted, (size_t)failing > records + 1);
    }
}

/* ------------------------------------------------------------------ refused before any write */

static int no_points_of_vm1(struct run_fixture *fixture, const char *line,
                            const struct http_request *request, struct http_reply *ret)
{
    (void)fixture;
    (void)request;
    if (is_line(line, "GET /points/vm1")) {
        net_fake_status(ret, 200, "none");
        return 1;
    }
    return 0;
}

static void run__starts_nothing_where_one_point_is_missing(void **state)
{
    struct run_fixture fixture;
    (void)state;
    run_fixture_open(&fixture, 2, TWO_STEPS);
    fixture.answer = no_points_of_vm1;
    assert_int_equal(run_fixture_run(&fixture), 5);
    assert_int_equal(net_fake_count(fixture.net, "/precheck/"), 0);
    assert_int_equal(run_fixture_count(&fixture, "step.finished two failed"), 1);
    assert_int_equal(run_fixture_count(&fixture, "step.finished one skipped"), 1);
    assert_int_equal(run_fixture_logged(&fixture, "\"outcome\":\"refused\""), 1);
    run_fixture_close(&fixture);
}

static int vault_with_vm0_only(struct run_fixture *fixture, const char *line,
                               const struct http_request *request, struct http_reply *ret)
{
    (void)fixture;
    (void)request;
    net_fake_status(ret, 200, "1");
    return is_line(line, "GET /vault/") ? 1 : 0;
}

/* A step that was skipped while the vault was being read, because one it needs cannot be, ends
 * once: the points of its own item must not bring it back. */
static void run__ends_a_step_once_that_is_skipped_while_preparing(void **state)
{
    struct run_fixture fixture;
    (void)state;
    run_fixture_open(&fixture, 2,
                     "  gone: {vault: main, vm: vm77}\n"
                     "  found: {vault: main, vm: vm0}\n"
                     "steps:\n"
                     "  gone: {kind: restore-disks, items: gone, select: newest, target: lab, "
                     "on_failure: continue}\n"
                     "  after: {kind: restore-disks, items: found, select: newest, target: lab, "
                     "depends_on: [gone]}\n"
                     "  last: {kind: restore-disks, items: found, select: newest, target: lab, "
                     "depends_on: [after]}\n");
    fixture.answer = vault_with_vm0_only;
    assert_int_equal(run_fixture_run(&fixture), 5);
    assert_int_equal(run_fixture_count(&fixture, "step.finished gone failed"), 1);
    assert_int_equal(run_fixture_count(&fixture, "step.finished after skipped"), 1);
    assert_int_equal(run_fixture_count(&fixture, "step.finished last skipped"), 1);
    assert_int_equal(run_fixture_count(&fixture, "step.finished"), 3);
    run_fixture_close(&fixture);
}

static int vault_is_down(struct run_fixture *fixture, const char *line,
                         const struct http_request *request, struct http_reply *ret)
{
    (void)fixture;
    (void)request;
    if (!is_line(line, "GET /vault/")) {
        return 0;
    }
    net_fake_lost(ret);
    return 1;
}

static void run__ends_unreachable_where_a_vault_cannot_be_read(void **state)
{
    struct run_fixture fixture;
    (void)state;
    run_fixture_open(&fixture, 1, ONE_STEP);
    fixture.answer = vault_is_down;
    assert_int_equal(run_fixture_run(&fixture), 69);
    assert_int_equal(net_fake_count(fixture.net, "/vault/"), 5); /* the plan's attempts */
    assert_int_equal(run_fixture_count(&fixture, "record retry"), 4);
    assert_int_equal(net_fake_count(fixture.net, "/points/"), 0);
    run_fixture_close(&fixture);
}

/* ------------------------------------------------------------------ a trigger's fate */

struct trigger_case {
    const char *id;
    int status; /* 0: lost; -1: not sent */
    const char *result;
    int posts, exit_code;
};
static const struct trigger_case trigger_cases[] = {
    {"accepted",                        202, "trigger.result one accepted", 1, 0 },
    {"rejected",                        400, "trigger.result one rejected", 1, 1 },
    {"A19 500: what it did is unknown", 500, "trigger.result one unknown",  1, 6 },
    {"T08 the connection broke",        0,   "trigger.result one unknown",  1, 6 },
    {"T02 not sent, five times",        -1,  "trigger.result one not-sent", 5, 69},
};
static const struct trigger_case *trigger_now;

static int trigger_answer(struct run_fixture *fixture, const char *line,
                          const struct http_request *request, struct http_reply *ret)
{
    (void)fixture;
    (void)request;
    if (!is_line(line, "POST /start/")) {
        return 0;
    }
    if (trigger_now->status > 0) {
        net_fake_status(ret, trigger_now->status, "");
    } else if (trigger_now->status == 0) {
        net_fake_lost(ret);
    } else {
        net_fake_not_sent(ret);
    }
    return 1;
}

static void run__sends_a_trigger_once_and_records_its_fate(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(trigger_cases) / sizeof(trigger_cases[0]); i++) {
        struct run_fixture fixture;
        trigger_now = &trigger_cases[i];
        run_fixture_open(&fixture, 1, ONE_STEP);
        fixture.answer = trigger_answer;
        print_message("%s\n", trigger_now->id);
        assert_int_equal(run_fixture_run(&fixture), trigger_now->exit_code);
        assert_int_equal(net_fake_count(fixture.net, "/start/"), trigger_now->posts);
        assert_int_equal(run_fixture_count(&fixture, "trigger.intent"), 1);
        assert_int_equal(run_fixture_count(&fixture, "trigger.result"), 1);
        assert_int_equal(run_fixture_count(&fixture, trigger_now->result), 1);
        run_fixture_close(&fixture);
    }
}

/* A27 */
static int job_leads_abroad(struct run_fixture *fixture, const char *line,
                            const struct http_request *request, struct http_reply *ret)
{
    (void)fixture;
    (void)request;
    net_fake_status(ret, 200, "go https://management.test.evil.example/x?sig=secret");
    return is_line(line, "GET /job/") ? 1 : 0;
}

static void run__does_not_ask_a_foreign_host(void **state)
{
    struct run_fixture fixture;
    (void)state;
    run_fixture_open(&fixture, 1, ONE_STEP);
    fixture.answer = job_leads_abroad;
    assert_int_equal(run_fixture_run(&fixture), 69);
    assert_int_equal(net_fake_count(fixture.net, "evil"), 0);
    assert_int_equal(run_fixture_logged(&fixture, "was not asked"), 1);
    assert_int_equal(run_fixture_logged(&fixture, "sig=secret"), 0);
    run_fixture_close(&fixture);
}

/* ------------------------------------------------------------------ time */

static int job_never_ends(struct run_fixture *fixture, const char *line,
                          const struct http_request *request, struct http_reply *ret)
{
    (void)fixture;
    (void)request;
    net_fake_status(ret, 200, "running");
    return is_line(line, "GET /job/") ? 1 : 0;
}

/* A37 */
static void run__leaves_a_step_whose_time_is_over(void **state)
{
    struct run_fixture fixture;
    (void)state;
    run_fixture_open(&fixture, 2,
                     "steps:\n"
                     "  one: {kind: restore-disks, items: i0, select: newest, target: lab, "
                     "timeout: 10m, on_failure: continue}\n"
                     "  two: {kind: restore-disks, items: i1, select: newest, target: lab, "
                     "timeout: 20m}\n");
    fixture.answer = job_never_ends;
    assert_int_equal(run_fixture_run(&fixture), 75);
    assert_int_equal(run_fixture_count(&fixture, "step.finished one failed @600"), 1);
    assert_int_equal(run_fixture_count(&fixture, "step.finished two failed @1200"), 1);
    assert_int_equal(run_fixture_logged(&fixture, "job-of-vm0"), 2); /* kept, and in the error */
    assert_int_equal(net_fake_count(fixture.net, "/job/vm0"), 19);
    run_fixture_close(&fixture);
}

static void run__ends_when_its_time_is_over(void **state)
{
    struct run_fixture fixture;
    (void)state;
    run_fixture_open(&fixture, 2, "limits: {parallel: 1}\n" TWO_STEPS);
    fixture.answer = job_never_ends;
    fixture.options.timeout_ms = 15 * MINUTE_MS;
    assert_int_equal(run_fixture_run(&fixture), 75);
    assert_int_equal(run_fixture_count(&fixture, "step.finished one failed @900"), 1);
    assert_int_equal(run_fixture_count(&fixture, "step.finished two skipped @900"), 1);
    assert_int_equal(net_fake_count(fixture.net, "/start/"), 1);
    run_fixture_close(&fixture);
}

static int vault_is_throttled(struct run_fixture *fixture, const char *line,
                              const struct http_request *request, struct http_reply *ret)
{
    (void)fixture;
    (void)request;
    if (!is_line(line, "GET /vault/")) {
        return 0;
    }
    net_fake_status(ret, 429, "");
    net_fake_header(ret, "Retry-After", "60");
    return 1;
}

/* 429 is tried again without end; the run's time ends that too. */
static void run__ends_in_time_while_a_vault_is_being_read(void **state)
{
    struct run_fixture fixture;
    (void)state;
    run_fixture_open(&fixture, 1, ONE_STEP);
    fixture.answer = vault_is_throttled;
    fixture.options.timeout_ms = 15 * MINUTE_MS;
    assert_int_equal(run_fixture_run(&fixture), 75);
    assert_int_equal(run_fixture_count(&fixture, "step.finished one failed @900"), 1);
    assert_true(net_fake_count(fixture.net, "/vault/") < 16);
    run_fixture_close(&fixture);
}

/* ------------------------------------------------------------------ stopping */

/* The POST of vm0 stays unanswered for a while; of the others, prechecks and a throttled POST come
 * back meanwhile. */
static int slow_start(struct run_fixture *fixture, const char *line,
                      const struct http_request *request, struct http_reply *ret)
{
    (void)request;
    if (is_line(line, "POST /start/vm0")) {
        fixture->counter = 1;
        net_fake_status(ret, 202, "");
        return 20;
    }
    if (is_line(line, "GET /precheck/vm1")) {
        return 3;
    }
    if (is_line(line, "POST /start/vm2")) {
        net_fake_status(ret, 429, "");
        net_fake_header(ret, "Retry-After", "0");
        return 1;
    }
    return 0;
}

static enum run_wish stop_once_posted(struct run_fixture *fixture)
{
    return fixture->counter == 0 ? RUN_GO_ON : RUN_STOP;
}

/* P04: the answer to what was sent is waited for; no other request that changes something leaves,
 * though its precheck has come back or its gate has opened meanwhile. */
static void run__waits_for_a_change_in_flight_and_starts_no_other(void **state)
{
    struct run_fixture fixture;
    (void)state;
    run_fixture_open(&fixture, 3,
                     "steps:\n"
                     "  one: {kind: restore-disks, items: [i0, i1, i2], select: newest, target: "
                     "lab}\n");
    fixture.answer = slow_start;
    fixture.wish = stop_once_posted;
    fixture.clock = clock_real();
    fixture.options.floor_ms = 0;
    assert_int_equal(run_fixture_run(&fixture), 75);
    assert_int_equal(net_fake_count(fixture.net, "/start/vm0"), 1);
    assert_int_equal(net_fake_count(fixture.net, "/start/vm1"), 0);
    assert_true(net_fake_count(fixture.net, "/start/vm2") <= 1);
    assert_int_equal(run_fixture_count(&fixture, "trigger.result one[i0] accepted"), 1);
    assert_int_equal(run_fixture_count(&fixture, "trigger.intent one[i1]"), 0);
    assert_int_equal(run_fixture_logged(&fixture, "job-of-vm0"), 1);
    assert_int_equal(run_fixture_count(&fixture, "trigger.result one[i2] not-sent"), 1);
    assert_int_equal(run_fixture_logged(&fixture, "\"outcome\":\"interrupted\""), 1);
    run_fixture_close(&fixture);
}

static enum run_wish leave_once_posted(struct run_fixture *fixture)
{
    return fixture->counter == 0 ? RUN_GO_ON : RUN_LEAVE;
}

/* P05: the intent without a result says what to look for. */
static void run__leaves_at_once_when_told_so(void **state)
{
    struct run_fixture fixture;
    (void)state;
    run_fixture_open(&fixture, 1, ONE_STEP);
    fixture.answer = slow_start;
    fixture.wish = leave_once_posted;
    fixture.clock = clock_real();
    assert_int_equal(run_fixture_run(&fixture), 75);
    assert_int_equal(run_fixture_count(&fixture, "trigger.intent one"), 1);
    assert_int_equal(run_fixture_count(&fixture, "trigger.result"), 0);
    run_fixture_close(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(run__goes_from_vault_to_done),
        cmocka_unit_test(run__repeats_exactly_on_a_virtual_clock),
        cmocka_unit_test(run__plan_changes_nothing),
        cmocka_unit_test(run__syncs_the_intent_before_its_request_leaves),
        cmocka_unit_test(run__syncs_once_for_all_intents_of_a_turn),
        cmocka_unit_test(run__starts_nothing_after_a_failed_sync),
        cmocka_unit_test(run__starts_nothing_after_a_failed_write),
        cmocka_unit_test(run__starts_nothing_where_one_point_is_missing),
        cmocka_unit_test(run__ends_a_step_once_that_is_skipped_while_preparing),
        cmocka_unit_test(run__ends_unreachable_where_a_vault_cannot_be_read),
        cmocka_unit_test(run__sends_a_trigger_once_and_records_its_fate),
        cmocka_unit_test(run__does_not_ask_a_foreign_host),
        cmocka_unit_test(run__leaves_a_step_whose_time_is_over),
        cmocka_unit_test(run__ends_when_its_time_is_over),
        cmocka_unit_test(run__ends_in_time_while_a_vault_is_being_read),
        cmocka_unit_test(run__waits_for_a_change_in_flight_and_starts_no_other),
        cmocka_unit_test(run__leaves_at_once_when_told_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
