/* SPDX-License-Identifier: MIT */
/* run_record: what a run tells: its records from first to last, and its end in one number. */
#include "base/clock.h"
#include "base/digest.h"
#include "base/mem.h"
#include "data/json_read.h"
#include "engine/run_state.h"
#include "http/url.h"

void run_record_started(struct run *run)
{
    struct recorder *recorder = &run->recorder;
    struct arena *arena = recorder->arena;
    const struct run_options *options = run->options;
    const struct plan *plan = run->plan;
    struct value *body = recorder_body(recorder);
    struct value *steps = value_new(arena, VALUE_LIST);
    value_set_text(arena, body, "run", options->run);
    value_set_text(arena, body, "purpose", options->purpose == RUN_PLAN ? "plan" : "apply");
    value_set_text(arena, body, "plan", plan->name);
    value_set_text(arena, body, "file", plan->file);
    value_set_text(arena, body, "plan_sha256", plan->sha256);
    value_set_text(arena, body, "mode", plan_mode_names[plan->mode]);
    value_set_text(arena, body, "endpoint",
                   options->is_rehearsal ? "simulator" : options->management);
    value_set_bool(arena, body, "rehearsal", options->is_rehearsal);
    if (options->is_rehearsal) {
        value_set_integer(arena, body, "seed", (int64_t)options->seed);
    }
    if (plan->description != NULL) {
        value_set_text(arena, body, "description", plan->description);
    }
    value_set_integer(arena, body, "parallel", run->parallel);
    for (size_t i = 0; i < plan->instance_count; i++) {
        const struct plan_instance *planned = &plan->instances[i];
        struct value *step = value_new(arena, VALUE_MAP);
        struct value *needs = value_new(arena, VALUE_LIST);
        for (size_t k = 0; k < planned->needs_count; k++) {
            value_append(arena, needs,
                         value_new_text(arena, plan->instances[planned->needs[k]].id));
        }
        value_set_text(arena, step, "step", planned->id);
        value_set_text(arena, step, "name", planned->step->base.name);
        value_set_text(arena, step, "kind", planned->step->kind->name);
        if (planned->item != NULL) {
            value_set_text(arena, step, "item", planned->item->base.name);
        }
        value_set(arena, step, "needs", needs);
        value_append(arena, steps, step);
    }
    value_set(arena, body, "steps", steps);
    recorder_add(recorder, RECORD_RUN_STARTED, body);
}

void run_record_finish(struct run *run, struct run_instance *instance, const struct value *output,
                       const struct error *error)
{
    struct recorder *recorder = &run->recorder;
    struct arena *arena = recorder->arena;
    struct value *body = recorder_body(recorder);
    instance->ended = clock_utc(run->options->clock);
    value_set_text(arena, body, "step", instance->planned->id);
    value_set_text(arena, body, "state", step_state_names[instance->state]);
    value_set_integer(arena, body, "elapsed_ms",
                      instance->began.ms == 0 ? 0 : instance->ended.ms - instance->began.ms);
    if (output != NULL) {
        value_set(arena, body, "output", output);
    }
    if (error != NULL) {
        value_set(arena, body, "error", recorder_error(arena, error));
    }
    run->open_count--;
    recorder_add(recorder, RECORD_STEP_FINISHED, body);
}

void run_record_intent(struct run *run, const struct task *task, const struct effect *effect)
{
    struct recorder *recorder = &run->recorder;
    struct arena *arena = recorder->arena;
    struct value *body = recorder_body(recorder);
    const struct http_request *request = &task->request;
    const struct value *sent = NULL;
    char sha256[SHA256_TEXT_SIZE];
    AUTO(buf) struct buf path = BUF_INIT(request->body.max);
    url_append_shown(&path, request->url);
    value_set_text(arena, body, "step", task->label);
    value_set_integer(arena, body, "attempt", value_integer(effect->keep, "attempt", 1));
    value_set_text(arena, body, "request_id", request->client_request_id);
    value_set_text(arena, body, "method", http_method_names[request->method]);
    value_set_text(arena, body, "path", buf_text(&path));
    value_set_text(arena, body, "body_sha256", digest_sha256(buf_str(&request->body), sha256));
    error_free(json_read(arena, "request", buf_str(&request->body), JSON_READ_LENIENT, &sent));
    value_set(arena, body, "body", sent == NULL ? value_new(arena, VALUE_NULL) : sent);
    run->has_triggered = true;
    recorder_add(recorder, RECORD_TRIGGER_INTENT, body);
}

void run_record_result(struct run *run, const struct task *task, const struct event *event)
{
    struct recorder *recorder = &run->recorder;
    const struct http_reply *reply = event->reply;
    AUTO(text) char *azure_id = headers_request_id(&reply->headers);
    bool is_answered = reply->outcome == HTTP_ANSWERED;
    const char *outcome = event->type == EVENT_LOST                     ? "unknown"
                          : !is_answered                                ? "not-sent"
                          : reply->status >= 200 && reply->status < 300 ? "accepted"
                                                                        : "rejected";
    struct value *body = recorder_body(recorder);
    value_set_text(recorder->arena, body, "step", task->label);
    value_set_text(recorder->arena, body, "request_id", task->request.client_request_id);
    value_set_text(recorder->arena, body, "outcome", outcome);
    if (is_answered) {
        value_set_integer(recorder->arena, body, "status", reply->status);
    }
    if (azure_id != NULL) {
        value_set_text(recorder->arena, body, "azure_request_id", azure_id);
    }
    if (reply->failure != NULL) {
        value_set_text(recorder->arena, body, "text", reply->failure);
    }
    recorder_add(recorder, RECORD_TRIGGER_RESULT, body);
}

static void record_unsent(struct run *run, const struct task *task)
{
    struct recorder *recorder = &run->recorder;
    struct value *body = recorder_body(recorder);
    value_set_text(recorder->arena, body, "step", task->label);
    value_set_text(recorder->arena, body, "request_id", task->request.client_request_id);
    value_set_text(recorder->arena, body, "outcome", "not-sent");
    value_set_text(recorder->arena, body, "text", "the run ended before it was sent");
    recorder_add(recorder, RECORD_TRIGGER_RESULT, body);
}

void run_record_unsent(struct run *run)
{
    for (size_t i = 0; i < run->tasks.count; i++) {
        const struct task *task = run->tasks.items[i];
        bool is_once = (task->request.flags & HTTP_ONCE) != 0;
        switch (task->wait) {
        case TASK_NEW:
        case TASK_WAITS_KIND:
        case TASK_IN_FLIGHT:
            break;
        case TASK_WAITS_RETRY:
        case TASK_WAITS_TOKEN:
        case TASK_WAITS_GATE:
        case TASK_WAITS_FLUSH:
        case TASK_HELD:
            if (is_once) {
                record_unsent(run, task);
            }
            break;
        }
    }
}

/* A record of one of the step's maps: keep, progress, warning. */
void run_record_of_step(struct run *run, const struct task *task, enum record_type type,
                        const struct value *members)
{
    struct recorder *recorder = &run->recorder;
    struct value *body = recorder_body(recorder);
    value_set_text(recorder->arena, body, "step", task->label);
    if (type == RECORD_STEP_KEEP) {
        value_set(recorder->arena, body, "keep", members);
        run->carrier.wants_sync = true;
    }
    for (size_t i = 0; type != RECORD_STEP_KEEP && i < members->count; i++) {
        value_set(recorder->arena, body, members->members[i].name.at, members->members[i].value);
    }
    recorder_add(recorder, type, body);
}

/* ------------------------------------------------------------------ the end */

/* What weighs more comes first: a run that failed in several ways ends with the first of these. */
static const enum error_code by_weight[] = {
    ERR_BUG,         ERR_IO,     ERR_STEP,        ERR_CHECK,   ERR_OBJECTIVE,
    ERR_PERSON,      ERR_AUTH,   ERR_UNREACHABLE, ERR_REFUSED, ERR_STALE,
    ERR_INTERRUPTED, ERR_LOCKED, ERR_PLAN,        ERR_INPUT,   ERR_USAGE,
};
_Static_assert(sizeof(by_weight) / sizeof(by_weight[0]) == ERR_COUNT, "every code has its weight");

static size_t weight_of(int code)
{
    for (size_t i = 0; i < ERR_COUNT; i++) {
        if ((int)by_weight[i] == code) {
            return i;
        }
    }
    return ERR_COUNT;
}

/* "Refused before any write" is true only while nothing was written. */
static int as_it_counts(const struct run *run, int code)
{
    return code == ERR_REFUSED && run->has_triggered ? ERR_STEP : code;
}

int run_exit_code(const struct run *run)
{
    size_t heaviest = ERR_COUNT;
    size_t weight = run->error == NULL ? ERR_COUNT : weight_of((int)run->error->code);
    heaviest = weight < heaviest ? weight : heaviest;
    if (run->recorder.failed != NULL) {
        weight = weight_of((int)run->recorder.failed->code);
        heaviest = weight < heaviest ? weight : heaviest;
    }
    for (size_t i = 0; i < run->plan->instance_count; i++) {
        weight = weight_of(as_it_counts(run, run->instances[i].error_code));
        heaviest = weight < heaviest ? weight : heaviest;
    }
    if (heaviest < ERR_COUNT) {
        return error_exit_code(by_weight[heaviest]);
    }
    bool is_interrupted = run->wish != RUN_GO_ON && run->open_count > 0;
    return is_interrupted ? error_exit_code(ERR_INTERRUPTED) : 0;
}

/* Of one that is still at work, now. */
static int64_t end_of(const struct run *run, const struct run_instance *instance)
{
    return instance->ended.ms != 0 ? instance->ended.ms : clock_utc(run->options->clock).ms;
}

/* The need that ended last is what an instance waited for. */
static const struct run_instance *last_need(const struct run *run,
                                            const struct run_instance *instance)
{
    const struct run_instance *last = NULL;
    for (size_t i = 0; i < instance->planned->needs_count; i++) {
        const struct run_instance *need = &run->instances[instance->planned->needs[i]];
        if (last == NULL || need->ended.ms > last->ended.ms) {
            last = need;
        }
    }
    return last;
}

static void add_critical_path(struct run *run, struct value *body)
{
    struct arena *arena = run->recorder.arena;
    const struct run_instance *at = NULL;
    struct {
        VEC(const struct run_instance *);
    } path = {0};
    int64_t total = 0;
    for (size_t i = 0; i < run->plan->instance_count; i++) {
        const struct run_instance *instance = &run->instances[i];
        bool is_later = at == NULL || end_of(run, instance) > end_of(run, at);
        if (instance->began.ms != 0 && is_later) {
            at = instance;
        }
    }
    for (; at != NULL && at->began.ms != 0; at = last_need(run, at)) {
        vec_push(&path, at);
        total += end_of(run, at) > at->began.ms ? end_of(run, at) - at->began.ms : 0;
    }
    struct value *list = value_new(arena, VALUE_LIST);
    for (size_t i = path.count; i > 0; i--) {
        value_append(arena, list, value_new_text(arena, path.items[i - 1]->planned->id));
    }
    vec_release(&path);
    value_set(arena, body, "critical_path", list);
    value_set_integer(arena, body, "critical_path_ms", total);
}

static const char *outcome_of(const struct run *run, int exit_code)
{
    if (run->wish != RUN_GO_ON && run->open_count > 0) {
        return "interrupted";
    }
    if (exit_code == 0) {
        return run->options->purpose == RUN_PLAN ? "planned" : "done";
    }
    return run->has_triggered ? "failed" : "refused";
}

static void add_counts(struct run *run, struct value *body)
{
    struct arena *arena = run->recorder.arena;
    struct value *counts = value_new(arena, VALUE_MAP);
    int64_t by_state[STEP_STATE_COUNT] = {0};
    for (size_t i = 0; i < run->plan->instance_count; i++) {
        by_state[run->instances[i].state]++;
    }
    for (int state = 0; state < STEP_STATE_COUNT; state++) {
        if (by_state[state] > 0) {
            value_set_integer(arena, counts, step_state_names[state], by_state[state]);
        }
    }
    value_set(arena, body, "steps", counts);
}

void run_record_end(struct run *run, int exit_code)
{
    struct recorder *recorder = &run->recorder;
    struct value *body = recorder_body(recorder);
    const struct error *error = run->error != NULL ? run->error : recorder->failed;
    value_set_integer(recorder->arena, body, "exit_code", exit_code);
    value_set_text(recorder->arena, body, "outcome", outcome_of(run, exit_code));
    value_set_integer(recorder->arena, body, "elapsed_ms",
                      clock_utc(run->options->clock).ms - run->began.ms);
    value_set_integer(recorder->arena, body, "requests", run->carrier.request_count);
    add_counts(run, body);
    add_critical_path(run, body);
    if (error != NULL) {
        value_set(recorder->arena, body, "error", recorder_error(recorder->arena, error));
    }
    recorder_add(recorder, RECORD_RUN_FINISHED, body);
}
