/* SPDX-License-Identifier: MIT */
#include "engine/run.h"

#include "base/digest.h"
#include "base/mem.h"
#include "base/random.h"
#include "data/json_read.h"
#include "engine/run_state.h"
#include "http/url.h"

#define LONGEST_WAIT_MS                                                                            \
    200 /* of real time: a terminal's clockwork and signals are looked at in between */

/* ------------------------------------------------------------------ records */

static void record_started(struct run *run)
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

void run_set_state(struct run *run, struct run_instance *instance, enum step_state state,
                   const char *reason)
{
    struct recorder *recorder = &run->recorder;
    if (instance->state == state) {
        return;
    }
    struct value *body = recorder_body(recorder);
    value_set_text(recorder->arena, body, "step", instance->planned->id);
    value_set_text(recorder->arena, body, "from", step_state_names[instance->state]);
    value_set_text(recorder->arena, body, "state", step_state_names[state]);
    if (reason != NULL) {
        value_set_text(recorder->arena, body, "reason", reason);
    }
    instance->state = state;
    recorder_add(recorder, RECORD_STEP_STATE, body);
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

static void record_intent(struct run *run, const struct task *task, const struct effect *effect)
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

static void record_result(struct run *run, const struct task *task, const struct event *event)
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

/* A record of one of the step's maps: keep, progress, warning. */
static void record_of_step(struct run *run, const struct task *task, enum record_type type,
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

/* ------------------------------------------------------------------ tasks */

static const struct kind *kind_of(const struct run *run, enum kind_role role)
{
    for (const struct kind *const *kind = run->options->kinds; *kind != NULL; kind++) {
        if ((*kind)->role == role) {
            return *kind;
        }
    }
    BUG("no kind has role %d", (int)role);
}

/* A task of the role's kind; of a step, of the step's. like says role, index and label. */
struct task *run_start_task(struct run *run, enum kind_role role, const struct task *like)
{
    const struct kind *kind = like->kind != NULL ? like->kind : kind_of(run, role);
    struct task *task = task_new(kind, like->role, like->index, like->label);
    static const struct plan_step no_step = {
        0}; /* reads before any step go by the plan's defaults */
    bool is_step = like->role == TASK_STEP;
    struct plan_retry retry =
        plan_step_retry(run->plan, is_step ? run->instances[like->index].planned->step : &no_step);
    task->serial = run->task_serial++;
    task->retry = (struct retry_policy){retry.attempts, retry.backoff_ms, retry.max_backoff_ms};
    vec_push(&run->tasks, task);
    return task;
}

static void end_task(struct run *run, struct task *task)
{
    for (size_t i = 0; i < run->tasks.count; i++) {
        if (run->tasks.items[i] == task) {
            run->tasks.items[i] = run->tasks.items[--run->tasks.count];
            break;
        }
    }
    carrier_forget(&run->carrier, task);
    if (task->wait == TASK_IN_FLIGHT) {
        task->is_cancelled = true; /* the carrier frees it when its answer is there */
    } else {
        task_free(task);
    }
}

void run_finish(struct run *run, struct run_instance *instance, enum step_state state,
                const struct value *output, struct error *error)
{
    if (instance->task != NULL) {
        run->items[instance->planned->item - plan_items(run->plan)].is_busy = false;
        run->active_count--;
        instance->task = NULL;
        instance->deadline.generation++;
    }
    run_set_state(run, instance, state, NULL);
    instance->error_code = error == NULL ? -1 : (int)error->code;
    run_record_finish(run, instance, output, error);
    error_free(error);
    schedule_finished(run, instance);
}

static void step_ended(struct run *run, const struct task *task, struct effect *effect)
{
    struct run_instance *instance = &run->instances[task->index];
    struct error *error = STEAL(effect->error);
    enum step_state state = instance->state == STEP_WARNINGS ? STEP_WARNINGS : STEP_SUCCEEDED;
    if (error != NULL) {
        state = error->code == ERR_PERSON ? STEP_AMBIGUOUS : STEP_FAILED;
    }
    run_finish(run, instance, state, effect->output, error);
}

static void task_failed(struct run *run, struct task *task, struct error *error);

static void signed_in(struct run *run, const struct task *task, struct effect *effect)
{
    if (effect->type == EFFECT_DONE) {
        int64_t lifetime = value_integer(effect->output, "lifetime_ms", -1);
        carrier_signed_in(&run->carrier, &effect->secret, lifetime);
        return;
    }
    for (struct task *waiting; (waiting = carrier_take_tokenless(&run->carrier)) != NULL;) {
        task_failed(run, waiting, error_copy(effect->error));
    }
    (void)task;
}

/* The first error that concerns the whole run is what it ends with. */
static void set_error(struct run *run, const struct error *error)
{
    if (run->error == NULL) {
        run->error = error_copy(error);
    }
}

static void read_ended(struct run *run, const struct task *task, const struct effect *effect)
{
    run->preparing_count--;
    if (effect->type == EFFECT_FAIL) {
        bool is_general = effect->error->code == ERR_AUTH || effect->error->code == ERR_UNREACHABLE;
        if (task->role == TASK_VAULT || is_general) {
            set_error(run, effect->error);
        }
        prepare_failed(run, task, effect->error);
    } else if (task->role == TASK_VAULT) {
        prepare_vault_done(run, task->index, effect->output);
    } else {
        prepare_points_done(run, task->index, effect->output);
    }
}

static void task_ended(struct run *run, struct task *task, struct effect *effect)
{
    switch (task->role) {
    case TASK_SIGN_IN:
        signed_in(run, task, effect);
        break;
    case TASK_VAULT:
    case TASK_POINTS:
        read_ended(run, task, effect);
        break;
    case TASK_STEP:
        step_ended(run, task, effect);
        break;
    }
    end_task(run, task);
}

static void task_failed(struct run *run, struct task *task, struct error *error)
{
    struct effect effect;
    struct event cancel = {
        .type = EVENT_CANCEL, .arena = task->arena, .now = carrier_now(&run->carrier)};
    effect_init(&effect);
    task->kind->feed(task->state, &cancel, &effect);
    effect_release(&effect);
    effect_fail(&effect, error);
    task_ended(run, task, &effect);
    effect_release(&effect);
}

static void carry_news(struct run *run, struct task *task, const struct effect *effect)
{
    struct run_instance *instance = &run->instances[task->index];
    bool is_once = effect->type == EFFECT_SEND && (effect->request.flags & HTTP_ONCE) != 0;
    if (effect->keep != NULL && !is_once) {
        record_of_step(run, task, RECORD_STEP_KEEP, effect->keep);
        const char *job = value_text(effect->keep, "job");
        instance->job = job == NULL ? instance->job : arena_text(run->arena, job);
    }
    if (effect->progress != NULL) {
        record_of_step(run, task, RECORD_JOB_PROGRESS, effect->progress);
    }
    if (effect->warning != NULL) {
        record_of_step(run, task, RECORD_WARNING, effect->warning);
    }
    if (effect->state != STEP_STATE_COUNT) {
        run_set_state(run, instance, effect->state, NULL);
    }
}

static void carry_out(struct run *run, struct task *task, struct effect *effect)
{
    char id[UUID_TEXT_SIZE];
    if (task->role == TASK_STEP) {
        carry_news(run, task, effect);
    }
    switch (effect->type) {
    case EFFECT_SEND:
        carrier_new_id(&run->carrier, id);
        task_set_request(task, &effect->request, id);
        if ((task->request.flags & HTTP_ONCE) != 0) {
            record_intent(run, task, effect);
        }
        carrier_send(&run->carrier, task);
        break;
    case EFFECT_WAIT:
        carrier_wait_task(&run->carrier, task, effect->wait_ms);
        break;
    case EFFECT_DONE:
    case EFFECT_FAIL:
        task_ended(run, task, effect);
        break;
    case EFFECT_NONE:
    case EFFECT_TYPE_COUNT:
        BUG("kind %s gave no effect", task->kind->name);
    }
}

void run_feed(struct run *run, struct task *task, struct event *event)
{
    struct effect effect;
    AUTO(arena) struct arena *scratch = arena_new();
    event->now = carrier_now(&run->carrier);
    event->arena = task->arena;
    event->scratch = scratch;
    effect_init(&effect);
    task->kind->feed(task->state, event, &effect);
    carry_out(run, task, &effect);
    effect_release(&effect);
}

/* ------------------------------------------------------------------ the loop */

static void start_sign_in(struct run *run)
{
    struct task like = {.role = TASK_SIGN_IN};
    struct event event = {.type = EVENT_START, .credential = run->options->credential};
    run_feed(run, run_start_task(run, KIND_SIGN_IN, &like), &event);
}

static void start_step(struct run *run, struct run_instance *instance)
{
    const struct plan_step *step = instance->planned->step;
    struct task like = {
        .role = TASK_STEP,
        .index = (size_t)(instance - run->instances),
        .label = instance->planned->id,
        .kind = step->kind,
    };
    struct event event = {.type = EVENT_START, .arguments = instance->arguments};
    instance->task = run_start_task(run, KIND_STEP, &like);
    instance->began = clock_utc(run->options->clock);
    instance->deadline.type = ALARM_DEADLINE;
    run->items[instance->planned->item - plan_items(run->plan)].is_busy = true;
    run->active_count++;
    carrier_alarm(&run->carrier, &instance->deadline, plan_step_timeout_ms(run->plan, step));
    run_feed(run, instance->task, &event);
}

/* Nothing is started if anything is missing; what is left says why. */
static void skip_the_rest(struct run *run, const char *why)
{
    run->starts_nothing = true;
    for (size_t i = 0; i < run->plan->instance_count; i++) {
        struct run_instance *instance = &run->instances[i];
        if (!step_state_is_final(instance->state)) {
            run_set_state(run, instance, STEP_SKIPPED, why);
            run_record_finish(run, instance, NULL, NULL);
        }
    }
}

static void all_is_prepared(struct run *run)
{
    run->is_prepared = true;
    bool is_refused = run->error != NULL;
    for (size_t i = 0; i < run->plan->instance_count; i++) {
        is_refused |= run->instances[i].state == STEP_FAILED;
    }
    if (is_refused) {
        skip_the_rest(run, "nothing was started, because another step cannot be");
    } else if (run->options->purpose == RUN_APPLY) {
        schedule_prepared(run);
    }
}

static void out_of_time(struct run *run, struct run_instance *instance, int64_t limit_ms)
{
    char limit[DURATION_TEXT_SIZE];
    struct task *task = instance->task;
    struct error *error = error_new(
        ERR_INTERRUPTED, "not done within %s; %s%s", duration_format(limit_ms, limit),
        instance->job == NULL ? "what was started goes on in Azure" : "it goes on in Azure as job ",
        instance->job == NULL ? "" : instance->job);
    task_failed(
        run, task,
        error_hint(error, "follow the job in the vault, or give the step a longer `timeout`"));
}

static void deadline_is_over(struct run *run, struct alarm *alarm)
{
    int64_t limit =
        run->options->timeout_ms > 0 ? run->options->timeout_ms : run->plan->limits->timeout_ms;
    if (alarm->type == ALARM_DEADLINE) {
        struct run_instance *instance = (struct run_instance *)(void *)alarm;
        out_of_time(run, instance, plan_step_timeout_ms(run->plan, instance->planned->step));
        return;
    }
    run->starts_nothing = true;
    struct error *error = error_new(ERR_INTERRUPTED, "the run's time is over");
    set_error(run, error);
    error_free(error);
    for (size_t i = 0; i < run->plan->instance_count; i++) {
        if (run->instances[i].task != NULL) {
            out_of_time(run, &run->instances[i], limit);
        }
    }
}

static void deliver(struct run *run, struct delivery *delivery)
{
    if (delivery->to->type != ALARM_TASK) {
        deadline_is_over(run, delivery->to);
        return;
    }
    struct task *task = (struct task *)(void *)delivery->to;
    bool has_reply = delivery->event != EVENT_TIMER;
    struct event event = {
        .type = delivery->event,
        .reply = has_reply ? &delivery->reply : NULL,
        .request_id = task->request.client_request_id,
        .sent_at = task->sent_at,
    };
    if (has_reply && (task->request.flags & HTTP_ONCE) != 0) {
        record_result(run, task, &event);
    }
    run_feed(run, task, &event);
    http_reply_release(&delivery->reply);
}

/* A request that changes something is on its way: its answer is worth waiting for. */
static bool awaits_change(const struct run *run)
{
    for (size_t i = 0; i < run->tasks.count; i++) {
        const struct task *task = run->tasks.items[i];
        if (task->wait == TASK_IN_FLIGHT && (task->request.flags & HTTP_ONCE) != 0) {
            return true;
        }
    }
    return false;
}

static bool is_over(const struct run *run)
{
    if (run->wish == RUN_LEAVE || (run->wish == RUN_STOP && !awaits_change(run))) {
        return true;
    }
    if (run->is_prepared && run->options->purpose == RUN_PLAN) {
        return true;
    }
    return run->open_count == 0;
}

static void turn(struct run *run)
{
    struct delivery delivery;
    if (!run->is_prepared && run->preparing_count == 0) {
        all_is_prepared(run);
    }
    for (struct run_instance *next; (next = schedule_next(run)) != NULL;) {
        start_step(run, next);
    }
    if (run->is_prepared && run->starts_nothing && run->active_count == 0) {
        skip_the_rest(run, "nothing new is started after a failure");
    }
    while (carrier_wants_sign_in(&run->carrier)) {
        start_sign_in(run);
    }
    carrier_flush(&run->carrier);
    if (is_over(run)) {
        return;
    }
    carrier_wait(&run->carrier, LONGEST_WAIT_MS);
    while (carrier_next(&run->carrier, &delivery)) {
        deliver(run, &delivery);
    }
    run->options->tick(run->options->context, clock_utc(run->options->clock));
    run->wish = run->options->wish(run->options->context);
}

static void begin(struct run *run, const struct run_options *options)
{
    const struct plan *plan = options->plan;
    run->arena = arena_new();
    run->vaults = ARENA_ARRAY(run->arena, struct run_vault, plan->vaults.count);
    run->items = ARENA_ARRAY(run->arena, struct run_item, plan->items.count);
    run->instances = ARENA_ARRAY(run->arena, struct run_instance, plan->instance_count);
    for (size_t i = 0; i < plan->instance_count; i++) {
        run->instances[i].planned = &plan->instances[i];
        run->instances[i].error_code = -1;
    }
    run->open_count = plan->instance_count;
    run->parallel = options->parallel > 0 ? options->parallel : plan->limits->parallel;
    run->began = clock_utc(options->clock);
    run->recorder.clock = options->clock;
    run->recorder.journal = options->journal;
    run->recorder.readers = options->readers;
    run->carrier.net = options->net;
    run->carrier.clock = options->clock;
    run->carrier.recorder = &run->recorder;
    run->carrier.random = random_seeded(options->seed);
    run->carrier.management = options->management;
    run->carrier.floor_ms = options->floor_ms;
    run->carrier.throttle_wait_ms = options->throttle_wait_ms;
    carrier_init(&run->carrier);
    recorder_begin(&run->recorder);
    record_started(run);
    run->deadline.type = ALARM_RUN;
    carrier_alarm(&run->carrier, &run->deadline,
                  options->timeout_ms > 0 ? options->timeout_ms : plan->limits->timeout_ms);
    schedule_begin(run);
}

static void end(struct run *run)
{
    for (size_t i = 0; i < run->tasks.count; i++) {
        struct task *task = run->tasks.items[i];
        struct event cancel = {.type = EVENT_CANCEL, .arena = task->arena};
        struct effect effect;
        effect_init(&effect);
        task->kind->feed(task->state, &cancel, &effect);
        effect_release(&effect);
        task_free(task);
    }
    vec_release(&run->tasks);
    vec_release(&run->ready);
    carrier_release(&run->carrier);
    recorder_release(&run->recorder);
    error_free(run->error);
    arena_free(run->arena);
}

int run_execute(const struct run_options *options)
{
    struct run run = {.options = options, .plan = options->plan};
    begin(&run, options);
    prepare_begin(&run);
    do {
        turn(&run);
    } while (!is_over(&run));
    recorder_sync(&run.recorder);
    int exit_code = finish_exit_code(&run);
    finish_record(&run, exit_code);
    recorder_sync(&run.recorder);
    end(&run);
    return exit_code;
}
