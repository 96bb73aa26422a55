/* SPDX-License-Identifier: MIT */
#include "azure/trigger.h"

#include "base/buf.h"
#include "support/kind_fixture.h"

#define COUNT(rows) (sizeof(rows) / sizeof(*(rows)))
#define POST_URL MANAGEMENT "/p/restore?api-version=1"
#define OPERATION MANAGEMENT "/o/operationsStatus/0p?api-version=1"
#define ACCEPTED "Azure-AsyncOperation: " OPERATION
#define RID "11111111-2222-4333-8444-555555555555"
#define RID_UPPER "11111111-2222-4333-8444-55555555555A"
#define EMPTY "{\"value\": []}"
#define JOB_OF(name, activity)                                                                     \
    "{\"name\": \"" name "\", \"properties\": {\"operation\": \"Restore\", \"status\": "           \
    "\"InProgress\", \"containerName\": \"iaasvmcontainerv2;prod;db01\", \"startTime\": \"T0\", "  \
    "\"activityId\": \"" activity "\"}}"
#define NAMELESS                                                                                   \
    "{\"name\": \"n0b\", \"properties\": {\"operation\": \"Restore\", \"status\": \"Completed\", " \
    "\"containerName\": \"iaasvmcontainerv2;prod;db01\"}}"
#define LIST(jobs) "{\"value\": [" jobs "]}"
#define WINDOW_MS (10 * MINUTE_MS)

struct started {
    struct kind_fixture fixture;
    struct trigger trigger;
    struct arm_poll poll;
    enum trigger_result result;
    const char *job;
};

static void feed(void *memory, const struct event *in, struct effect *out)
{
    struct started *started = memory;
    if (in->type == EVENT_START) {
        trigger_begin(&started->trigger, in, arm_arguments_read(in->arena, in->arguments), out);
    } else {
        started->result = trigger_feed(&started->trigger, &started->poll, in, out, &started->job);
    }
}

/* Up to the POST. */
static void open_it(struct started *started, bool may_resend)
{
    *started = (struct started){.trigger.url = POST_URL};
    kind_open(&started->fixture, feed, started);
    struct value *body = value_new(started->fixture.arena, VALUE_MAP);
    value_set(started->fixture.arena, body, "luns", value_new(started->fixture.arena, VALUE_LIST));
    started->trigger.body = body;
    kind_start(&started->fixture, may_resend ? ARGUMENTS_STEP("true") : ARGUMENTS_STEP("false"));
    kind_expect_send(&started->fixture, HTTP_GET, NULL);
    kind_expect_contains(started->fixture.effect.request.url, "status%20eq%20%27InProgress%27");
}

static void open_posted(struct started *started, bool may_resend)
{
    open_it(started, may_resend);
    kind_reply(&started->fixture, 200, NULL, EMPTY);
    kind_expect_send(&started->fixture, HTTP_POST, POST_URL);
}

static void close_it(struct started *started)
{
    trigger_release(&started->trigger);
    kind_close(&started->fixture);
}

static void expect(const struct started *started, enum trigger_result result)
{
    if (started->result != result) {
        fail_msg("result %d, not %d", (int)started->result, (int)result);
    }
}

/* The wait is over: it looks, and the list says page. */
static void look(struct started *started, const char *page)
{
    kind_timer(&started->fixture);
    kind_expect_send(&started->fixture, HTTP_GET, NULL);
    kind_expect_contains(started->fixture.effect.request.url, "startTime%20eq");
    kind_reply(&started->fixture, 200, NULL, page);
}

/* Looks in vain until it decides. */
static void look_in_vain(struct started *started)
{
    struct utc began = started->fixture.now;
    while (started->fixture.effect.type == EFFECT_WAIT) {
        look(started, EMPTY);
    }
    assert_int_equal(started->fixture.now.ms - began.ms, WINDOW_MS);
}

static void trigger__posts_once(void **state)
{
    (void)state;
    struct started started;
    open_posted(&started, true);
    const struct effect *effect = &started.fixture.effect;
    assert_int_equal(effect->request.flags, HTTP_ONCE);
    assert_string_equal(buf_text(&effect->request.body), "{\"luns\":[]}");
    assert_string_equal(headers_find(&effect->request.headers, "content-type"),
                        "application/json; charset=utf-8");
    kind_expect_equal(effect->keep, "{\"attempt\": 1}");
    kind_expect_state(&started.fixture, STEP_TRIGGERING);
    kind_reply(&started.fixture, 202, ACCEPTED, NULL);
    expect(&started, TRIGGER_ACCEPTED);
    assert_int_equal(started.fixture.effect.type, EFFECT_NONE);
    assert_string_equal(started.poll.address[ARM_POLL_ASYNC], OPERATION);
    assert_string_equal(started.poll.operation_id, "0p");
    close_it(&started);
}

/* A55, D.8 1: nothing is sent while a restore of the item runs, nor where that cannot be known. */
static void trigger__looks_before_it_posts(void **state)
{
    (void)state;
    static const struct {
        int status;
        const char *page;
        enum error_code code;
        const char *text;
    } rows[] = {
        {200,                     LIST("{}, " JOB_OF("0ther", "x")), ERR_REFUSED,
         "a restore of 'db' is already running: job 0ther since T0"},
        {200,                       LIST(JOB_OF("0ther",                                               "")),           ERR_REFUSED, "is already running"},
        {200,   "{}",                             ERR_UNREACHABLE,                                "not a list"                                                                 },
        {200,           "[]",                                     ERR_UNREACHABLE,         "not a list"},
        {200,           "{\"value\": {\"a\": 1}}",                                     ERR_UNREACHABLE,                                "not a list"                                                                   },
        {200,           "",                                     ERR_UNREACHABLE,         "expected JSON"},
        {200,        "<html>",                                  ERR_UNREACHABLE,                             "expected JSON"                                                                                    },
        {403,        NULL,                                  ERR_AUTH,         "vault's running jobs"},
        {404, NULL,                           ERR_REFUSED,                      "vault's running jobs"                                                                                                        },
        {500, NULL,                           ERR_UNREACHABLE,         "vault's running jobs"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct started started;
        open_it(&started, true);
        kind_reply(&started.fixture, 200, NULL, "{\"value\": [], \"nextLink\": \"/2?a\"}");
        kind_expect_send(&started.fixture, HTTP_GET, MANAGEMENT "/2?a");
        kind_reply(&started.fixture, rows[i].status, NULL, rows[i].page);
        expect(&started, TRIGGER_FAILED);
        kind_expect_fail(&started.fixture, rows[i].code, rows[i].text, NULL);
        close_it(&started);
    }
}

/* A14, A48, A52, A56: a plain refusal is final. */
static void trigger__fails_where_refused(void **state)
{
    (void)state;
    static const struct {
        int status;
        enum error_code code;
    } rows[] = {
        {400, ERR_STEP},
        {404, ERR_STEP},
        {403, ERR_AUTH},
        {401, ERR_AUTH},
        {412, ERR_STEP},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct started started;
        open_posted(&started, true);
        kind_reply(&started.fixture, rows[i].status, NULL,
                   "{\"error\": {\"code\": \"Nope\", \"message\": \"m\"}}");
        expect(&started, TRIGGER_FAILED);
        kind_expect_fail(&started.fixture, rows[i].code, "Azure refused to start the restore",
                         "Nope: m");
        close_it(&started);
    }
    struct started started;
    open_posted(&started, true);
    kind_not_sent(&started.fixture, false);
    expect(&started, TRIGGER_FAILED);
    kind_expect_fail(&started.fixture, ERR_UNREACHABLE, "was not asked for", "connection refused");
    close_it(&started);
}

/* A19, A22, A46, A47, T10, T23: its job is found by our id, late and in upper case. */
static void trigger__adopts_its_job(void **state)
{
    (void)state;
    struct started started;
    open_posted(&started, true);
    kind_lost(&started.fixture);
    expect(&started, TRIGGER_GOES_ON);
    kind_expect_state(&started.fixture, STEP_DOUBT);
    static const int64_t waits[] = {5000, 10000, 20000, 40000, 60000, 60000, 60000};
    for (size_t i = 0; i < COUNT(waits); i++) {
        kind_expect_wait(&started.fixture, waits[i]);
        look(&started, LIST(JOB_OF("0ther", "x")));
        kind_expect_state(&started.fixture, STEP_DOUBT);
    }
    kind_timer(&started.fixture);
    /* by server time, 15 min to both sides */
    kind_expect_contains(started.fixture.effect.request.url,
                         "startTime%20eq%20%272026-11-02%2007%3A45%3A00%20AM");
    kind_expect_contains(started.fixture.effect.request.url,
                         "endTime%20eq%20%272026-11-02%2008%3A20%3A15%20AM");
    kind_reply(&started.fixture, 200, NULL, "{\"value\": [], \"nextLink\": \"/2?a\"}");
    kind_expect_send(&started.fixture, HTTP_GET, MANAGEMENT "/2?a");
    kind_reply(&started.fixture, 200, NULL, LIST(JOB_OF("j0b", RID)));
    expect(&started, TRIGGER_ADOPTED);
    assert_string_equal(started.job, "j0b");
    close_it(&started);
    open_it(&started, true);
    started.fixture.request_id = "11111111-2222-4333-8444-55555555555a";
    kind_reply(&started.fixture, 200, NULL, EMPTY);
    kind_lost(&started.fixture);
    look(&started, LIST(JOB_OF("j0b", RID_UPPER)));
    expect(&started, TRIGGER_ADOPTED);
    close_it(&started);
}

/* A20: not found over the whole window, and it may not be sent again. */
static void trigger__stops_in_doubt(void **state)
{
    (void)state;
    struct started started;
    open_posted(&started, false);
    kind_lost(&started.fixture);
    look_in_vain(&started);
    expect(&started, TRIGGER_FAILED);
    kind_expect_fail(&started.fixture, ERR_PERSON,
                     "it is not known whether the restore was started: no job with request id " RID
                     " appeared within 10m 00s",
                     "connection reset");
    kind_expect_hint(&started.fixture, "look for a restore of 'db'");
    close_it(&started);
}

/* A21: sent again after the window, under a new id, after another precheck; not without end. */
static void trigger__sends_again_where_it_may(void **state)
{
    (void)state;
    struct started started;
    open_posted(&started, true);
    for (int attempt = 2; attempt <= 3; attempt++) {
        kind_lost(&started.fixture);
        look_in_vain(&started);
        kind_expect_send(&started.fixture, HTTP_GET, NULL);
        kind_expect_contains(started.fixture.effect.request.url, "InProgress");
        kind_reply(&started.fixture, 200, NULL, EMPTY);
        kind_expect_send(&started.fixture, HTTP_POST, POST_URL);
        assert_int_equal(value_integer(started.fixture.effect.keep, "attempt", 0), attempt);
        started.fixture.request_id = attempt == 2 ? "2nd" : "3rd";
    }
    kind_lost(&started.fixture);
    look_in_vain(&started);
    expect(&started, TRIGGER_FAILED);
    kind_expect_fail(&started.fixture, ERR_PERSON, RID ", 2nd, 3rd", NULL);
    close_it(&started);
}

/* Opens one that was lost and is about to be sent again. */
static void open_second(struct started *started)
{
    open_posted(started, true);
    kind_lost(&started->fixture);
    look_in_vain(started);
    kind_expect_send(&started->fixture, HTTP_GET, NULL);
}

/* A job of the first POST that comes to light late is ours, wherever it is seen. */
static void trigger__knows_all_its_ids(void **state)
{
    (void)state;
    struct started started;
    open_second(&started);
    kind_reply(&started.fixture, 200, NULL, LIST(JOB_OF("j0b", RID)));
    expect(&started, TRIGGER_ADOPTED);
    assert_string_equal(started.job, "j0b");
    close_it(&started);
    open_second(&started);
    kind_reply(&started.fixture, 200, NULL, EMPTY);
    started.fixture.request_id = "2nd";
    started.fixture.sent_at = started.fixture.now;
    kind_lost(&started.fixture);
    kind_timer(&started.fixture); /* the search begins where the first was sent */
    kind_expect_contains(started.fixture.effect.request.url, "2007%3A45%3A00%20AM");
    kind_reply(&started.fixture, 200, NULL, LIST(JOB_OF("j0b", RID)));
    expect(&started, TRIGGER_ADOPTED);
    close_it(&started);
    open_second(&started);
    kind_reply(&started.fixture, 200, NULL, EMPTY);
    started.fixture.request_id = "2nd";
    kind_reply(&started.fixture, 409, NULL, NULL);
    look(&started, LIST(JOB_OF("j0b", RID)));
    expect(&started, TRIGGER_ADOPTED);
    close_it(&started);
}

/* In doubt, nothing is sent while another restore runs, or while nobody can tell. */
static void trigger__does_not_send_again_blindly(void **state)
{
    (void)state;
    struct started started;
    open_second(&started);
    kind_reply(&started.fixture, 200, NULL, LIST(JOB_OF("0ther", "x")));
    kind_expect_fail(&started.fixture, ERR_PERSON, "job 0ther since T0", "may or may not be ours");
    close_it(&started);
    open_second(&started);
    kind_reply(&started.fixture, 500, NULL, NULL);
    kind_expect_fail(&started.fixture, ERR_PERSON, "it is not known", RID);
    close_it(&started);
}

/* A44: a job that names no request is not guessed to be ours, nor passed over. */
static void trigger__does_not_guess(void **state)
{
    (void)state;
    struct started started;
    open_posted(&started, true);
    kind_lost(&started.fixture);
    while (started.fixture.effect.type == EFFECT_WAIT) {
        look(&started, LIST(NAMELESS));
    }
    expect(&started, TRIGGER_FAILED);
    kind_expect_fail(&started.fixture, ERR_PERSON, "job n0b restores 'db' and names no request id",
                     RID);
    close_it(&started);
}

/* A list that fails is looked at again; at the end of the window nobody knows. */
static void trigger__bears_lists_that_fail(void **state)
{
    (void)state;
    static const struct {
        int status;
        const char *page;
    } rows[] = {
        {500, NULL                                           },
        {200, "<html>"                                       },
        {200, "{}"                                           },
        {200, "{\"value\": [], \"nextLink\": \"no address\"}"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct started started;
        open_posted(&started, true);
        kind_lost(&started.fixture);
        kind_timer(&started.fixture);
        kind_reply(&started.fixture, rows[i].status, NULL, rows[i].page);
        kind_expect_wait(&started.fixture, 10000);
        while (started.fixture.effect.type == EFFECT_WAIT) {
            kind_timer(&started.fixture);
            kind_reply(&started.fixture, rows[i].status, NULL, rows[i].page);
        }
        expect(&started, TRIGGER_FAILED);
        kind_expect_fail(&started.fixture, ERR_PERSON, "it is not known", RID);
        close_it(&started);
    }
}

/* A23, A27, T12, T30: accepted without a usable address is looked for, and never sent again. */
static void trigger__never_repeats_what_was_accepted(void **state)
{
    (void)state;
    static const struct {
        int status;
        const char *headers;
        bool is_accepted;
    } rows[] = {
        {202, NULL,                                                     true },
        {202, "Location: nowhere",                                      true },
        {202, "Location: " MANAGEMENT "/1\nLocation: " MANAGEMENT "/2", true },
        {202, ACCEPTED "\nLocation: " MANAGEMENT "/1\nLocation: /2",    true },
        {200, NULL,                                                     false}, /* a proxy's page, say */
        {201, NULL,                                                     false},
        {204, NULL,                                                     false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct started started;
        open_posted(&started, true);
        kind_reply(&started.fixture, rows[i].status, rows[i].headers, NULL);
        expect(&started, TRIGGER_GOES_ON);
        kind_expect_state(&started.fixture, STEP_DOUBT);
        look_in_vain(&started);
        if (rows[i].is_accepted) {
            kind_expect_fail(&started.fixture, ERR_PERSON,
                             "Azure accepted the restore, but its job is missing", RID);
        } else {
            kind_expect_send(&started.fixture, HTTP_GET, NULL);
        }
        close_it(&started);
    }
    struct started started;
    open_posted(&started, true);
    kind_reply_cut(&started.fixture, 202, ACCEPTED, "{");
    expect(&started, TRIGGER_ACCEPTED);
    close_it(&started);
}

/* A34, A16: accepted, and the operation leads nowhere. */
static void trigger__finds_the_job_of_an_operation(void **state)
{
    (void)state;
    static const bool are_found[] = {true, false};
    for (size_t i = 0; i < COUNT(are_found); i++) {
        struct started started;
        open_posted(&started, true);
        kind_reply(&started.fixture, 202, ACCEPTED, NULL);
        struct event event = {.type = EVENT_REPLY,
                              .now = started.fixture.now,
                              .arena = started.fixture.arena,
                              .scratch = started.fixture.scratch};
        trigger_find_job(&started.trigger, &event, error_new(ERR_PERSON, "no address"),
                         &started.fixture.effect);
        kind_expect_wait(&started.fixture, 5000);
        if (are_found[i]) {
            look(&started, LIST(JOB_OF("j0b", RID)));
            expect(&started, TRIGGER_ADOPTED);
        } else {
            look_in_vain(&started);
            kind_expect_fail(&started.fixture, ERR_PERSON, "Azure accepted the restore",
                             "no address");
        }
        close_it(&started);
    }
}

/* A17, A18: a conflict is ours, or somebody else's, or nobody's; it is never sent again. */
static void trigger__explains_conflicts(void **state)
{
    (void)state;
    static const struct {
        const char *running;
        const char *text;
    } rows[] = {
        {LIST("{}, " JOB_OF("0ther", "x")),
         "a restore of 'db' is already running: job 0ther since T0"},
        {EMPTY,                          "Azure refused to start the restore"                          },
        {"<html>",                          "Azure refused to start the restore"},
    };
    struct started started;
    open_posted(&started, true);
    kind_reply(&started.fixture, 409, NULL, NULL);
    kind_expect_wait(&started.fixture, 0);
    look(&started, LIST(JOB_OF("j0b", RID)));
    expect(&started, TRIGGER_ADOPTED);
    close_it(&started);
    for (size_t i = 0; i < COUNT(rows); i++) {
        open_posted(&started, true);
        kind_reply(&started.fixture, 409, NULL,
                   "{\"error\": {\"code\": \"BMSUserErrorObjectLocked\"}}");
        look(&started, EMPTY);
        kind_expect_send(&started.fixture, HTTP_GET, NULL);
        kind_expect_contains(started.fixture.effect.request.url, "InProgress");
        kind_reply(&started.fixture, 200, NULL, "{\"value\": [], \"nextLink\": \"/2?a\"}");
        kind_expect_send(&started.fixture, HTTP_GET, MANAGEMENT "/2?a");
        kind_reply(&started.fixture, 200, NULL, rows[i].running);
        expect(&started, TRIGGER_FAILED);
        kind_expect_fail(&started.fixture, ERR_STEP, rows[i].text, "BMSUserErrorObjectLocked");
        kind_expect_hint(&started.fixture, "wait for it to end");
        close_it(&started);
    }
    open_posted(&started, true);
    kind_reply(&started.fixture, 409, NULL, NULL);
    kind_timer(&started.fixture);
    kind_reply(&started.fixture, 500, NULL, NULL);
    kind_expect_fail(&started.fixture, ERR_PERSON, "it is not known", RID);
    close_it(&started);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trigger__posts_once),
        cmocka_unit_test(trigger__looks_before_it_posts),
        cmocka_unit_test(trigger__fails_where_refused),
        cmocka_unit_test(trigger__adopts_its_job),
        cmocka_unit_test(trigger__stops_in_doubt),
        cmocka_unit_test(trigger__sends_again_where_it_may),
        cmocka_unit_test(trigger__knows_all_its_ids),
        cmocka_unit_test(trigger__does_not_send_again_blindly),
        cmocka_unit_test(trigger__does_not_guess),
        cmocka_unit_test(trigger__bears_lists_that_fail),
        cmocka_unit_test(trigger__never_repeats_what_was_accepted),
        cmocka_unit_test(trigger__finds_the_job_of_an_operation),
        cmocka_unit_test(trigger__explains_conflicts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
