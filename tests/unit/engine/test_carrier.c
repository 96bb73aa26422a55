/* SPDX-License-Identifier: MIT */
/* Tokens, gates and retries, seen through whole runs. */
#include "engine/carrier.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limit.h"
#include "base/number.h"
#include "support/journal_fake.h"
#include "support/net_fake.h"
#include "support/run_fixture.h"

#define ONE_STEP "steps: {one: {kind: restore-disks, items: i0, select: newest, target: lab}}\n"

static bool is_line(const char *line, const char *start)
{
    return str_starts_with(str_from(line), str_from(start));
}

/* "steps: one step over all items", parallel as wide as they are. */
static void open_many(struct run_fixture *fixture, size_t count)
{
    AUTO(buf) struct buf steps = BUF_INIT(LIMIT_TEXT_BYTES);
    buf_format(&steps,
               "limits: {parallel: %zu}\nsteps:\n  s:\n    kind: restore-disks\n"
               "    select: newest\n    target: lab\n    on_failure: continue\n"
               "    items: [",
               count);
    for (size_t i = 0; i < count; i++) {
        buf_format(&steps, "%si%zu", i == 0 ? "" : ", ", i);
    }
    buf_append_text(&steps, "]\n");
    run_fixture_open(fixture, count, buf_text(&steps));
}

static const char *token_of(const struct http_request *request)
{
    const char *bearer = headers_find(&request->headers, "Authorization");
    return bearer == NULL ? "" : bearer;
}

/* ------------------------------------------------------------------ tokens */

static int only_the_second_token(struct run_fixture *fixture, const char *line,
                                 const struct http_request *request, struct http_reply *ret)
{
    (void)fixture;
    if (is_line(line, "GET /precheck/") && text_equal(token_of(request), "Bearer token-1")) {
        net_fake_status(ret, 401, "");
        return 1;
    }
    return 0;
}

/* A09 */
static void carrier__renews_a_token_once_for_500_refused_requests(void **state)
{
    struct run_fixture fixture;
    (void)state;
    open_many(&fixture, 500);
    fixture.answer = only_the_second_token;
    assert_int_equal(run_fixture_run(&fixture), 0);
    assert_int_equal(fixture.token_count, 2);
    assert_int_equal(net_fake_count(fixture.net, "/precheck/"), 1000);
    assert_int_equal(net_fake_count(fixture.net, "/start/"), 500);
    run_fixture_close(&fixture);
}

static int no_token_is_good(struct run_fixture *fixture, const char *line,
                            const struct http_request *request, struct http_reply *ret)
{
    (void)fixture;
    (void)request;
    if (is_line(line, "GET /vault/")) {
        net_fake_status(ret, 401, "");
        return 1;
    }
    return 0;
}

/* A10 */
static void carrier__gives_up_where_a_new_token_is_refused_too(void **state)
{
    struct run_fixture fixture;
    (void)state;
    run_fixture_open(&fixture, 1, ONE_STEP);
    fixture.answer = no_token_is_good;
    assert_int_equal(run_fixture_run(&fixture), 77);
    assert_int_equal(fixture.token_count, 2);
    assert_int_equal(net_fake_count(fixture.net, "/vault/"), 2);
    run_fixture_close(&fixture);
}

static int signs_in_once_only(struct run_fixture *fixture, const char *line,
                              const struct http_request *request, struct http_reply *ret)
{
    if (is_line(line, "POST https://login.test") && fixture->token_count == 1) {
        net_fake_status(ret, 400, "invalid_client");
        return 1;
    }
    return only_the_second_token(fixture, line, request, ret);
}

/* A12: those that are not started yet are not touched, and do not sign in each for itself. */
static void carrier__signs_in_no_more_after_a_refusal(void **state)
{
    struct run_fixture fixture;
    (void)state;
    open_many(&fixture, 30);
    fixture.options.parallel = 3;
    fixture.answer = signs_in_once_only;
    assert_int_equal(run_fixture_run(&fixture), 77);
    assert_int_equal(net_fake_count(fixture.net, "login.test"), 2);
    assert_int_equal(net_fake_count(fixture.net, "/precheck/"), 3);
    assert_int_equal(net_fake_count(fixture.net, "/start/"), 0);
    run_fixture_close(&fixture);
}

static int sign_in_stumbles(struct run_fixture *fixture, const char *line,
                            const struct http_request *request, struct http_reply *ret)
{
    (void)request;
    if (!is_line(line, "POST https://login.test") || fixture->counter == 3) {
        return 0;
    }
    switch (fixture->counter++) {
    case 0:
        net_fake_status(ret, 500, "");
        break;
    case 1:
        net_fake_status(ret, 429, "");
        net_fake_header(ret, "Retry-After", "20");
        break;
    default:
        net_fake_lost(ret);
    }
    return 1;
}

/* A12 */
static void carrier__retries_the_sign_in(void **state)
{
    struct run_fixture fixture;
    (void)state;
    run_fixture_open(&fixture, 1, ONE_STEP);
    fixture.answer = sign_in_stumbles;
    assert_int_equal(run_fixture_run(&fixture), 0);
    assert_int_equal(net_fake_count(fixture.net, "login.test"), 4);
    assert_int_equal(run_fixture_count(&fixture, "record throttle"), 0);
    assert_int_equal(run_fixture_count(&fixture, "record retry"), 3);
    run_fixture_close(&fixture);
}

static int job_runs_for_a_while(struct run_fixture *fixture, const char *line,
                                const struct http_request *request, struct http_reply *ret)
{
    (void)request;
    if (is_line(line, "GET /job/") &&
        clock_mono(&fixture->clock).ms < fixture->counter * MINUTE_MS) {
        net_fake_status(ret, 200, "running");
        return 1;
    }
    return 0;
}

/* A13: a token is renewed before it is over; one that is over at once is used all the same, and not
 * fetched in a loop. */
static void carrier__renews_a_token_before_it_is_over(void **state)
{
    static const struct {
        int64_t lifetime_ms;
        int job_minutes, tokens;
    } cases[] = {
        {-1,            300, 1},
        {HOUR_MS,       54,  1},
        {HOUR_MS,       56,  2},
        {4 * MINUTE_MS, 9,   5},
        {0,             2,   5}, /* one for each look, every 30 s */
        {1,             2,   5},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct run_fixture fixture;
        run_fixture_open(&fixture, 1, ONE_STEP);
        fixture.lifetime_ms = cases[i].lifetime_ms;
        fixture.counter = cases[i].job_minutes;
        fixture.answer = job_runs_for_a_while;
        assert_int_equal(run_fixture_run(&fixture), 0);
        assert_int_equal(fixture.token_count, cases[i].tokens);
        run_fixture_close(&fixture);
    }
}

/* ------------------------------------------------------------------ gates */

static int takes_two_starts(struct run_fixture *fixture, const char *line,
                            const struct http_request *request, struct http_reply *ret)
{
    (void)request;
    if (!is_line(line, "POST /start/") || clock_mono(&fixture->clock).ms >= 100 * SECOND_MS ||
        fixture->counter++ < 2) {
        return 0;
    }
    net_fake_status(ret, 429, "");
    net_fake_header(ret, "Retry-After", "100");
    return 1;
}

static int64_t second_of(const struct run_fixture *fixture, const char *text, size_t n)
{
    size_t at = run_fixture_find(fixture, text, n);
    int64_t second = -1;
    struct str rest = str_slice(buf_str(&fixture->story), at, SIZE_MAX);
    struct str line;
    assert_true(str_next(&rest, '\n', &line));
    assert_true(
        number_parse(str_slice(line, str_find_char(line, '@') + 1, line.len), 0, 1 << 30, &second));
    return second;
}

/* A01: five want to start at once, two may; the others, and those that come later, wait for the
 * time that Azure asked for, then one tries, then all go on.  Reads do not wait for writes. */
static void carrier__obeys_retry_after_for_all_of_a_class(void **state)
{
    struct run_fixture fixture;
    (void)state;
    open_many(&fixture, 20);
    fixture.options.parallel = 5;
    fixture.answer = takes_two_starts;
    assert_int_equal(run_fixture_run(&fixture), 0);
    assert_int_equal(run_fixture_count(&fixture, "record throttle"), 3);
    assert_int_equal(net_fake_count(fixture.net, "/start/"), 20 + 3);
    assert_int_equal(second_of(&fixture, "send POST /start/", 4), 0);
    assert_in_range(second_of(&fixture, "send POST /start/", 5), 100, 110);
    assert_int_equal(second_of(&fixture, "send GET /job/", 0), 30);
    /* the sixth is answered before the seventh leaves */
    size_t probe = run_fixture_find(&fixture, "send POST /start/", 5);
    size_t next = run_fixture_find(&fixture, "send POST /start/", 6);
    struct str between = str_slice(buf_str(&fixture.story), probe, next);
    assert_true(str_find(between, STR("accepted")) != SIZE_MAX);
    run_fixture_close(&fixture);
}

static int throttled_without_a_time(struct run_fixture *fixture, const char *line,
                                    const struct http_request *request, struct http_reply *ret)
{
    (void)request;
    if (is_line(line, "GET /precheck/") && fixture->counter++ < 3) {
        net_fake_status(ret, 429, "");
        return 1;
    }
    return 0;
}

/* A03 */
static void carrier__waits_where_no_time_is_asked_for(void **state)
{
    struct run_fixture fixture;
    (void)state;
    run_fixture_open(&fixture, 1, ONE_STEP);
    fixture.answer = throttled_without_a_time;
    assert_int_equal(run_fixture_run(&fixture), 0);
    assert_int_equal(net_fake_count(fixture.net, "/precheck/"), 4);
    assert_in_range(second_of(&fixture, "send GET /precheck/", 3), 180, 200);
    run_fixture_close(&fixture);
}

static int zero_seconds(struct run_fixture *fixture, const char *line,
                        const struct http_request *request, struct http_reply *ret)
{
    (void)request;
    if (is_line(line, "GET /precheck/") && fixture->counter++ < 10) {
        net_fake_status(ret, 429, "");
        net_fake_header(ret, "Retry-After", "0");
        return 1;
    }
    return 0;
}

/* A05: no hot loop. */
static void carrier__never_waits_less_than_its_floor(void **state)
{
    struct run_fixture fixture;
    (void)state;
    run_fixture_open(&fixture, 1, ONE_STEP);
    fixture.answer = zero_seconds;
    assert_int_equal(run_fixture_run(&fixture), 0);
    assert_int_equal(second_of(&fixture, "send GET /precheck/", 10), 10);
    run_fixture_close(&fixture);
}

static int busy_three_times(struct run_fixture *fixture, const char *line,
                            const struct http_request *request, struct http_reply *ret)
{
    (void)request;
    if (is_line(line, "GET /precheck/") && fixture->counter++ < 3) {
        net_fake_status(ret, 503, "");
        net_fake_header(ret, "Retry-After", "7");
        return 1;
    }
    return 0;
}

static void carrier__tries_again_no_sooner_than_asked(void **state)
{
    struct run_fixture fixture;
    (void)state;
    run_fixture_open(&fixture, 1, ONE_STEP);
    fixture.answer = busy_three_times;
    assert_int_equal(run_fixture_run(&fixture), 0);
    for (size_t n = 1; n < 4; n++) {
        assert_true(second_of(&fixture, "send GET /precheck/", n) -
                        second_of(&fixture, "send GET /precheck/", n - 1) >=
                    7);
    }
    assert_int_equal(run_fixture_logged(&fixture, "Azure answered 503"), 3);
    run_fixture_close(&fixture);
}

/* ------------------------------------------------------------------ by hand */

/* A carrier with a token and tasks of its own. */
struct hand {
    struct net *net;
    struct clock clock;
    struct recorder recorder;
    struct carrier carrier;
    struct recorder_reader readers[1];
};

static const struct kind idle_kind = {.name = "idle"};

static int take(void *context, const struct http_request *request, struct http_reply *ret)
{
    (void)context;
    (void)request;
    (void)ret;
    return 1;
}

static int64_t no_wait(const struct http_reply *reply)
{
    (void)reply;
    return -1;
}

static void hand_open(struct hand *hand)
{
    const struct net_options options = {0};
    AUTO(secret) struct secret token = {0};
    *hand = (struct hand){.clock = clock_virtual((struct utc){0})};
    assert_null(net_open(&options, &hand->net));
    net_fake_answer_with(hand->net, take, hand);
    hand->recorder = (struct recorder){.clock = &hand->clock, .readers = hand->readers};
    recorder_begin(&hand->recorder);
    hand->carrier = (struct carrier){.net = hand->net,
                                     .clock = &hand->clock,
                                     .recorder = &hand->recorder,
                                     .random = random_seeded(1),
                                     .management = FIXTURE_MANAGEMENT,
                                     .throttle_wait_ms = no_wait};
    carrier_init(&hand->carrier);
    secret_set(&token, STR("token"));
    carrier_signed_in(&hand->carrier, &token, -1);
}

static void hand_close(struct hand *hand)
{
    carrier_release(&hand->carrier);
    recorder_release(&hand->recorder);
    net_close(hand->net);
}

static struct task *hand_send(struct hand *hand, const char *path)
{
    struct task *task = task_new(&idle_kind, TASK_STEP, 0, "step");
    struct http_request request;
    AUTO(buf) struct buf url = BUF_INIT(LIMIT_URL_BYTES);
    buf_format(&url, FIXTURE_MANAGEMENT "%s", path);
    http_request_init(&request, HTTP_GET, buf_text(&url));
    task_set_request(task, &request, "id");
    task->retry = (struct retry_policy){5, 1000, 60000};
    carrier_send(&hand->carrier, task);
    return task;
}

/* A 429 or 401 that comes in the same turn, after a request was put into the outbox. */
static void carrier__asks_gate_and_token_when_a_request_leaves(void **state)
{
    struct hand hand;
    (void)state;
    hand_open(&hand);
    struct task *first = hand_send(&hand, "/first");
    struct task *late = hand_send(&hand, "/late");
    gate_close(&hand.carrier.gates[GATE_READ], first, clock_mono(&hand.clock), 5000);
    carrier_flush(&hand.carrier);
    assert_int_equal(late->wait, TASK_WAITS_GATE);
    assert_int_equal(net_fake_sent(hand.net)->count, 0);
    carrier_end(&hand.carrier, first);
    carrier_end(&hand.carrier, late);
    struct task *unsigned_one = hand_send(&hand, "/unsigned");
    hand.carrier.gates[GATE_READ].is_closed = false;
    secret_release(&hand.carrier.token);
    carrier_flush(&hand.carrier);
    assert_int_equal(unsigned_one->wait, TASK_WAITS_TOKEN);
    assert_int_equal(net_fake_sent(hand.net)->count, 0);
    assert_true(carrier_wants_sign_in(&hand.carrier));
    assert_false(carrier_wants_sign_in(&hand.carrier)); /* once */
    carrier_end(&hand.carrier, unsigned_one);
    hand_close(&hand);
}

/* The one that was let through ends (its step's time is over): the next one tries. */
static void carrier__does_not_wait_for_a_probe_that_is_gone(void **state)
{
    struct hand hand;
    struct delivery delivery;
    (void)state;
    hand_open(&hand);
    struct task *probe = hand_send(&hand, "/probe");
    struct task *other = hand_send(&hand, "/other");
    struct gate *gate = &hand.carrier.gates[GATE_READ];
    hand.carrier.outbox.count = 0;
    gate_close(gate, probe, clock_mono(&hand.clock), 0);
    assert_false(gate_pass(gate, other));
    carrier_alarm(&hand.carrier, &gate->alarm, 0);
    assert_false(carrier_next(&hand.carrier, &delivery)); /* the gate lets the probe go */
    carrier_flush(&hand.carrier);
    assert_int_equal(probe->wait, TASK_IN_FLIGHT);
    assert_int_equal(other->wait, TASK_WAITS_GATE);
    carrier_end(&hand.carrier, probe);
    assert_false(carrier_next(&hand.carrier, &delivery));
    carrier_flush(&hand.carrier);
    assert_int_equal(net_fake_count(hand.net, "/other"), 1);
    carrier_wait(&hand.carrier, 0); /* probe's answer comes too, and goes to nobody */
    assert_true(carrier_next(&hand.carrier, &delivery));
    assert_ptr_equal(delivery.to, &other->alarm);
    http_reply_release(&delivery.reply);
    assert_false(gate->is_closed);
    assert_false(carrier_next(&hand.carrier, &delivery));
    carrier_end(&hand.carrier, other);
    hand_close(&hand);
}

/* Ended while it is in flight, and the run ends before its answer: the leak check looks. */
static void carrier__frees_what_was_in_flight_at_the_end(void **state)
{
    struct hand hand;
    (void)state;
    hand_open(&hand);
    struct task *task = hand_send(&hand, "/x");
    carrier_flush(&hand.carrier);
    carrier_end(&hand.carrier, task);
    hand_close(&hand);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(carrier__renews_a_token_once_for_500_refused_requests),
        cmocka_unit_test(carrier__gives_up_where_a_new_token_is_refused_too),
        cmocka_unit_test(carrier__signs_in_no_more_after_a_refusal),
        cmocka_unit_test(carrier__retries_the_sign_in),
        cmocka_unit_test(carrier__renews_a_token_before_it_is_over),
        cmocka_unit_test(carrier__obeys_retry_after_for_all_of_a_class),
        cmocka_unit_test(carrier__waits_where_no_time_is_asked_for),
        cmocka_unit_test(carrier__never_waits_less_than_its_floor),
        cmocka_unit_test(carrier__tries_again_no_sooner_than_asked),
        cmocka_unit_test(carrier__asks_gate_and_token_when_a_request_leaves),
        cmocka_unit_test(carrier__does_not_wait_for_a_probe_that_is_gone),
        cmocka_unit_test(carrier__frees_what_was_in_flight_at_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
