/* SPDX-License-Identifier: MIT */
#include "engine/carrier.h"

#include "base/clock.h"
#include "base/limit.h"
#include "base/mem.h"
#include "http/url.h"

#define TOKEN_MARGIN_MS (5 * MINUTE_MS)
/* Else a token that is over at once would be fetched in a loop. */
#define TOKEN_LEAST_MS (10 * SECOND_MS)
#define THROTTLE_UNASKED_MS (60 * SECOND_MS)

void carrier_init(struct carrier *carrier)
{
    static const char *const names[GATE_COUNT] = {"read", "write"};
    for (int i = 0; i < GATE_COUNT; i++) {
        carrier->gates[i].alarm.type = ALARM_GATE;
        carrier->gates[i].name = names[i];
    }
}

void carrier_release(struct carrier *carrier)
{
    for (size_t i = carrier->results_taken; i < carrier->results.count; i++) {
        http_request_release(&carrier->results.items[i].request);
        http_reply_release(&carrier->results.items[i].reply);
    }
    vec_release(&carrier->results);
    vec_release(&carrier->outbox);
    vec_release(&carrier->tokenless);
    for (size_t i = 0; i < carrier->cancelled.count; i++) {
        task_free(carrier->cancelled.items[i]);
    }
    vec_release(&carrier->cancelled);
    timers_release(&carrier->timers);
    for (int i = 0; i < GATE_COUNT; i++) {
        gate_release(&carrier->gates[i]);
    }
    secret_release(&carrier->token);
}

/* Keeps the order of the others. */
static void take_out(struct carrier_tasks *tasks, const struct task *task)
{
    size_t kept = 0;
    for (size_t i = 0; i < tasks->count; i++) {
        if (tasks->items[i] != task) {
            tasks->items[kept++] = tasks->items[i];
        }
    }
    tasks->count = kept;
}

struct utc carrier_now(const struct carrier *carrier)
{
    struct utc now = clock_utc(carrier->clock);
    now.ms += carrier->server_ahead_ms;
    return now;
}

void carrier_new_id(struct carrier *carrier, char id[UUID_TEXT_SIZE])
{
    (void)random_uuid(&carrier->random, id);
}

/* ------------------------------------------------------------------ timers */

void carrier_alarm(struct carrier *carrier, struct alarm *alarm, int64_t wait_ms)
{
    struct mono at = clock_mono(carrier->clock);
    at.ms += wait_ms;
    timers_add(&carrier->timers, at, alarm, ++alarm->generation);
}

void carrier_forget_alarm(struct carrier *carrier, const struct alarm *alarm)
{
    timers_forget(&carrier->timers, alarm);
}

void carrier_wait_task(struct carrier *carrier, struct task *task, int64_t wait_ms)
{
    task->wait = TASK_WAITS_KIND;
    carrier_alarm(carrier, &task->alarm, wait_ms);
}

/* ------------------------------------------------------------------ sending */

static struct gate *gate_of(struct carrier *carrier, const struct http_request *request)
{
    bool is_read = request->method == HTTP_GET || request->method == HTTP_HEAD;
    return &carrier->gates[is_read ? GATE_READ : GATE_WRITE];
}

static bool has_token(const struct carrier *carrier)
{
    return secret_is_set(&carrier->token) &&
           clock_mono(carrier->clock).ms < carrier->token_until.ms;
}

void carrier_send(struct carrier *carrier, struct task *task)
{
    task->wait = TASK_WAITS_FLUSH;
    vec_push(&carrier->outbox, task);
}

bool carrier_wants_sign_in(struct carrier *carrier)
{
    if (carrier->is_signing_in || carrier->tokenless.count == 0) {
        return false;
    }
    carrier->is_signing_in = true;
    return true;
}

struct task *carrier_take_tokenless(struct carrier *carrier)
{
    carrier->is_signing_in = false;
    if (carrier->tokenless.count == 0) {
        return NULL;
    }
    struct task *first = carrier->tokenless.items[0];
    take_out(&carrier->tokenless, first);
    return first;
}

void carrier_signed_in(struct carrier *carrier, struct secret *token, int64_t lifetime_ms)
{
    secret_release(&carrier->token);
    carrier->token = *token;
    *token = (struct secret){0};
    carrier->token_serial++;
    carrier->is_signing_in = false;
    int64_t margin = lifetime_ms > 2 * TOKEN_MARGIN_MS ? TOKEN_MARGIN_MS : lifetime_ms / 2;
    int64_t use_ms = lifetime_ms - margin > TOKEN_LEAST_MS ? lifetime_ms - margin : TOKEN_LEAST_MS;
    carrier->token_until.ms = lifetime_ms < 0 ? INT64_MAX : clock_mono(carrier->clock).ms + use_ms;
    for (size_t i = 0; i < carrier->tokenless.count; i++) {
        carrier_send(carrier, carrier->tokenless.items[i]);
    }
    carrier->tokenless.count = 0;
}

static void add_headers(const struct carrier *carrier, struct http_request *wire)
{
    http_request_header(wire, "Accept", "application/json");
    http_request_header(wire, "x-ms-client-request-id", wire->client_request_id);
    http_request_header(wire, "x-ms-return-client-request-id", "true");
    if (carrier->clock->is_virtual) {
        AUTO(buf) struct buf now = BUF_INIT(64);
        buf_format(&now, "%lld", (long long)clock_utc(carrier->clock).ms);
        http_request_header(wire, "x-restorectl-now", buf_text(&now));
    }
    if ((wire->flags & HTTP_NO_TOKEN) == 0) {
        AUTO(buf) struct buf bearer = BUF_INIT(LIMIT_HEADER_BYTES);
        buf_append_text(&bearer, "Bearer ");
        secret_append_to(&carrier->token, &bearer);
        http_request_header(wire, "Authorization", buf_text(&bearer));
        secret_wipe_buf(&bearer);
    }
}

/* Why it must not leave, or NULL. */
static const char *refusal(const struct carrier *carrier, const struct task *task)
{
    bool needs_token = (task->request.flags & HTTP_NO_TOKEN) == 0;
    if ((task->request.flags & HTTP_ONCE) != 0 && carrier->recorder->failed != NULL) {
        return "the journal cannot be written, so nothing is started any more";
    }
    return needs_token ? url_foreign(carrier->management, task->request.url) : NULL;
}

static void refuse(struct carrier *carrier, struct task *task, const char *why)
{
    struct net_result result = {.owner = task};
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
    AUTO(buf) struct buf url = BUF_INIT(LIMIT_TEXT_BYTES);
    buf_append_printable(&url, str_slice(str_from(task->request.url), 0, 200));
    size_t question = str_find_char(buf_str(&url), '?');
    buf_cut(&url, question < url.len ? question : url.len);
    buf_format(&text, "%s was not asked: %s", buf_text(&url), why);
    http_reply_init(&result.reply);
    result.reply.outcome = HTTP_NOT_SENT;
    result.reply.is_refused = true;
    result.reply.failure = buf_take(&text);
    task->wait = TASK_IN_FLIGHT;
    vec_push(&carrier->results, result);
}

static void send_now(struct carrier *carrier, struct task *task)
{
    struct http_request wire;
    const char *why = refusal(carrier, task);
    if (why != NULL) {
        refuse(carrier, task, why);
        return;
    }
    if (task->attempt++ == 0) {
        task->sent_at = carrier_now(carrier);
    }
    carrier->request_count++;
    task->token_serial = carrier->token_serial;
    http_request_copy(&wire, &task->request);
    add_headers(carrier, &wire);
    task->wait = TASK_IN_FLIGHT;
    net_send(carrier->net, &wire, task);
}

/* False: it waits elsewhere now.  Asked as late as this: a 401 or 429 of the same turn counts. */
static bool may_leave(struct carrier *carrier, struct task *task)
{
    bool is_once = (task->request.flags & HTTP_ONCE) != 0;
    bool needs_token = (task->request.flags & HTTP_NO_TOKEN) == 0;
    if (is_once && carrier->holds_changes) {
        task->wait = TASK_HELD;
        return false;
    }
    if (needs_token && !has_token(carrier)) {
        task->wait = TASK_WAITS_TOKEN;
        vec_push(&carrier->tokenless, task);
        return false;
    }
    return !needs_token || gate_pass(gate_of(carrier, &task->request), task);
}

void carrier_flush(struct carrier *carrier)
{
    size_t leaving = 0;
    for (size_t i = 0; i < carrier->outbox.count; i++) {
        struct task *task = carrier->outbox.items[i];
        if (may_leave(carrier, task)) {
            carrier->outbox.items[leaving++] = task;
            carrier->wants_sync |= (task->request.flags & HTTP_ONCE) != 0;
        }
    }
    carrier->outbox.count = leaving;
    if (carrier->wants_sync) {
        recorder_sync(carrier->recorder);
        carrier->wants_sync = false;
    }
    for (size_t i = 0; i < carrier->outbox.count; i++) {
        send_now(carrier, carrier->outbox.items[i]);
    }
    carrier->outbox.count = 0;
}

/* ------------------------------------------------------------------ waiting */

static int compare_results(const void *a, const void *b)
{
    const struct task *one = ((const struct net_result *)a)->owner;
    const struct task *other = ((const struct net_result *)b)->owner;
    return one->serial < other->serial ? -1 : one->serial > other->serial;
}

static void take_results(struct carrier *carrier)
{
    struct net_result result;
    while (net_next(carrier->net, &result)) {
        vec_push(&carrier->results, result);
    }
}

/* All that is in flight comes home before anything is fed, in the order of the tasks. */
static void wait_virtual(struct carrier *carrier)
{
    while (net_in_flight(carrier->net) > 0) {
        net_wait(carrier->net, -1);
        take_results(carrier);
    }
    take_results(carrier);
    if (carrier->results.count > 1) {
        qsort(carrier->results.items, carrier->results.count, sizeof(carrier->results.items[0]),
              compare_results);
    }
    const struct timer *first = timers_first(&carrier->timers);
    int64_t now = clock_mono(carrier->clock).ms;
    if (carrier->results.count == 0 && first != NULL && first->at.ms > now) {
        clock_advance(carrier->clock, first->at.ms - now);
    }
}

void carrier_wait(struct carrier *carrier, int64_t longest_ms)
{
    if (carrier->clock->is_virtual) {
        wait_virtual(carrier);
        return;
    }
    const struct timer *first = timers_first(&carrier->timers);
    if (first != NULL) {
        int64_t left = first->at.ms - clock_mono(carrier->clock).ms;
        longest_ms = left < longest_ms ? left : longest_ms;
    }
    net_wait(carrier->net, carrier->results.count > 0 || longest_ms < 0 ? 0 : longest_ms);
    take_results(carrier);
}

/* ------------------------------------------------------------------ what came back */

static void record_request(struct carrier *carrier, const struct task *task,
                           const struct http_reply *reply)
{
    static const char *const outcomes[HTTP_OUTCOME_COUNT] = {"answered", "not-sent", "lost"};
    struct recorder *recorder = carrier->recorder;
    struct value *body = recorder_body(recorder);
    AUTO(buf) struct buf path = BUF_INIT(LIMIT_TEXT_BYTES);
    AUTO(text) char *azure_id = headers_request_id(&reply->headers);
    url_append_shown(&path, task->request.url);
    if (task->label != NULL) {
        value_set_text(recorder->arena, body, "step", task->label);
    }
    value_set_text(recorder->arena, body, "method", http_method_names[task->request.method]);
    value_set_text(recorder->arena, body, "path", buf_text(&path));
    value_set_text(recorder->arena, body, "outcome", outcomes[reply->outcome]);
    if (reply->outcome == HTTP_ANSWERED) {
        value_set_integer(recorder->arena, body, "status", reply->status);
    } else {
        value_set_text(recorder->arena, body, "reason", reply->failure);
    }
    value_set_integer(recorder->arena, body, "elapsed_ms",
                      carrier->clock->is_virtual ? 0 : reply->elapsed_ms);
    value_set_text(recorder->arena, body, "request_id", task->request.client_request_id);
    if (azure_id != NULL) {
        value_set_text(recorder->arena, body, "azure_request_id", azure_id);
    }
    value_set_integer(recorder->arena, body, "attempt", task->attempt);
    recorder_add(recorder, RECORD_REQUEST, body);
}

static void follow_server_clock(struct carrier *carrier, const struct http_reply *reply)
{
    struct utc date;
    const char *text = headers_find(&reply->headers, "Date");
    if (carrier->clock->is_virtual || text == NULL || !header_date_parse(str_from(text), &date)) {
        return;
    }
    int64_t ahead = date.ms - clock_utc(carrier->clock).ms;
    bool is_close = ahead > -2 * SECOND_MS && ahead < 2 * SECOND_MS; /* dates have whole seconds */
    carrier->server_ahead_ms = is_close ? 0 : ahead;
}

static void record_wait(struct carrier *carrier, enum record_type type, const struct task *task,
                        int64_t wait_ms, const char *why)
{
    struct recorder *recorder = carrier->recorder;
    struct value *body = recorder_body(recorder);
    AUTO(buf) struct buf path = BUF_INIT(LIMIT_TEXT_BYTES);
    url_append_shown(&path, task->request.url);
    if (task->label != NULL) {
        value_set_text(recorder->arena, body, "step", task->label);
    }
    value_set_text(recorder->arena, body, "path", buf_text(&path));
    value_set_text(recorder->arena, body, type == RECORD_THROTTLE ? "scope" : "reason", why);
    value_set_integer(recorder->arena, body, "wait_ms", wait_ms);
    value_set_integer(recorder->arena, body, "attempt", task->attempt);
    recorder_add(recorder, type, body);
}

static void try_again(struct carrier *carrier, struct task *task, const struct http_reply *reply)
{
    AUTO(buf) struct buf why = BUF_INIT(LIMIT_TEXT_BYTES);
    int64_t asked = headers_retry_after_ms(&reply->headers, carrier_now(carrier));
    int64_t wait =
        retry_wait_ms(&task->retry, task->attempt, random_fraction(&carrier->random), asked);
    if (reply->outcome == HTTP_ANSWERED && reply->body_is_whole) {
        buf_format(&why, "Azure answered %d", reply->status);
    } else {
        buf_append_text(&why, reply->failure == NULL ? "no answer" : reply->failure);
    }
    record_wait(carrier, RECORD_RETRY, task, wait, buf_text(&why));
    task->wait = TASK_WAITS_RETRY;
    carrier_alarm(carrier, &task->alarm, wait);
}

static void throttled(struct carrier *carrier, struct task *task, const struct http_reply *reply)
{
    struct gate *gate = gate_of(carrier, &task->request);
    int64_t wait = headers_retry_after_ms(&reply->headers, carrier_now(carrier));
    wait = wait >= 0 ? wait : carrier->throttle_wait_ms(reply);
    wait = wait >= 0 ? wait : THROTTLE_UNASKED_MS;
    wait += (int64_t)((double)wait * 0.1 * random_fraction(&carrier->random));
    wait = wait < carrier->floor_ms ? carrier->floor_ms : wait;
    record_wait(carrier, RECORD_THROTTLE, task, wait, gate->name);
    gate_close(gate, task, clock_mono(carrier->clock), wait);
    carrier_alarm(carrier, &gate->alarm, gate->opens_at.ms - clock_mono(carrier->clock).ms);
}

static void passed_gate(struct carrier *carrier, struct task *task)
{
    struct gate *gate = gate_of(carrier, &task->request);
    if (gate_answered(gate, task)) {
        for (struct task *next; (next = gate_next(gate)) != NULL;) {
            carrier_send(carrier, next);
        }
    }
}

static void sign_in_again(struct carrier *carrier, struct task *task)
{
    if (task->token_serial == carrier->token_serial) {
        secret_release(&carrier->token);
    }
    task->is_token_new = true;
    carrier_send(carrier, task);
}

/* True if there is something for the kind in *ret. */
static bool came_back(struct carrier *carrier, struct net_result *result, struct delivery *ret)
{
    struct task *task = result->owner;
    struct http_reply *reply = &result->reply;
    task->wait = TASK_NEW;
    http_request_release(&result->request);
    if (task->is_cancelled) {
        take_out(&carrier->cancelled, task);
        task_free(task);
        return false;
    }
    if (!reply->is_refused) {
        record_request(carrier, task, reply);
        follow_server_clock(carrier, reply);
    }
    enum retry_verdict verdict =
        retry_decide(&task->retry, &task->request, reply, task->attempt, task->is_token_new);
    if (verdict != RETRY_THROTTLED) {
        passed_gate(carrier, task);
    }
    switch (verdict) {
    case RETRY_AGAIN:
        try_again(carrier, task, reply);
        return false;
    case RETRY_THROTTLED:
        throttled(carrier, task, reply);
        return false;
    case RETRY_SIGN_IN:
        sign_in_again(carrier, task);
        return false;
    case RETRY_DELIVER:
    case RETRY_LOST:
        break;
    }
    *ret =
        (struct delivery){&task->alarm, verdict == RETRY_LOST ? EVENT_LOST : EVENT_REPLY, *reply};
    *reply = (struct http_reply){0};
    return true;
}

/* True if there is something in *ret: a kind's wait is over, or a deadline. */
static bool rang(struct carrier *carrier, const struct timer *timer, struct delivery *ret)
{
    struct alarm *alarm = timer->owner;
    if (alarm->generation != timer->generation) {
        return false;
    }
    if (alarm->type == ALARM_GATE) {
        struct task *task = gate_try((struct gate *)(void *)alarm);
        if (task != NULL) {
            carrier_send(carrier, task);
        }
        return false;
    }
    struct task *task = (struct task *)(void *)alarm;
    if (alarm->type == ALARM_TASK && task->wait == TASK_WAITS_RETRY) {
        carrier_send(carrier, task);
        return false;
    }
    *ret = (struct delivery){.to = alarm, .event = EVENT_TIMER};
    return true;
}

bool carrier_next(struct carrier *carrier, struct delivery *ret)
{
    while (carrier->results_taken < carrier->results.count) {
        struct net_result *result = &carrier->results.items[carrier->results_taken++];
        bool is_for_kind = came_back(carrier, result, ret);
        http_reply_release(&result->reply);
        if (is_for_kind) {
            return true;
        }
    }
    carrier->results.count = carrier->results_taken = 0;
    struct timer timer;
    while (timers_take_due(&carrier->timers, clock_mono(carrier->clock), &timer)) {
        if (rang(carrier, &timer, ret)) {
            return true;
        }
    }
    return false;
}

void carrier_end(struct carrier *carrier, struct task *task)
{
    timers_forget(&carrier->timers, &task->alarm);
    for (int i = 0; i < GATE_COUNT; i++) {
        if (gate_forget(&carrier->gates[i], task)) {
            carrier_alarm(carrier, &carrier->gates[i].alarm, 0); /* the next one tries */
        }
    }
    take_out(&carrier->outbox, task);
    take_out(&carrier->tokenless, task);
    if (task->wait == TASK_IN_FLIGHT) {
        task->is_cancelled = true;
        vec_push(&carrier->cancelled, task);
    } else {
        task_free(task);
    }
}
