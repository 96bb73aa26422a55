/* SPDX-License-Identifier: MIT */
/* finish: how a run ended, in one number and one record. */
#include "base/clock.h"
#include "engine/run_state.h"

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

int finish_exit_code(const struct run *run)
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
        if (instance->began.ms != 0 && (at == NULL || instance->ended.ms > at->ended.ms)) {
            at = instance;
        }
    }
    for (; at != NULL && at->began.ms != 0; at = last_need(run, at)) {
        vec_push(&path, at);
        total += at->ended.ms > at->began.ms ? at->ended.ms - at->began.ms : 0;
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

void finish_record(struct run *run, int exit_code)
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
