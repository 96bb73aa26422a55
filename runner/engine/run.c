/* SPDX-License-Identifier: MIT */
#include "engine/run.h"

#include "base/mem.h"
#include "base/random.h"
#include "engine/run_state.h"

#define LONGEST_WAIT_MS                                                                            \
    200 /* of real time: a terminal's clockwork and signals are looked at in between */

/* ------------------------------------------------------------------ tasks */

void run_set_state(struct run *run, struct run_instance *instance, enum step_state state,
                   const char *reason)
{
    struct recorder *recorder = &run->recorder;
    if (instance->state == state) {
        return;
    }
    if (step_state_is_final(instance->state)) {
        BUG("step %s is %s and cannot become %s", instance->planned->id,
            step_state_names[instance->state], step_state_names[state]);
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
    carrier_end(&run->carrier, task);
}

void run_finish(struct run *run, struct run_instance *instance, enum step_state state,
                const struct value *output, struct error *error)
{
    if (instance->task != NULL) {
        run->items[instance->planned->item - plan_items(run->plan)].is_busy = false;
        run->active_count--;
        instance->task = NULL;
        carrier_forget_alarm(&run->carrier, &instance->deadline);
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

/* The first error that concerns the whole run is what it ends with. */
static void set_error(struct run *run, const struct error *error)
{
    if (run->error == NULL) {
        run->error = error_copy(error);
    }
}

static void signed_in(struct run *run, struct effect *effect)
{
    if (effect->type == EFFECT_DONE) {
        int64_t lifetime = value_integer(effect->output, "lifetime_ms", -1);
        carrier_signed_in(&run->carrier, &effect->secret, lifetime);
        return;
    }
    set_error(run, effect->error);
    run->starts_nothing = true; /* or every step would sign in once more in vain */
    for (struct task *waiting; (waiting = carrier_take_tokenless(&run->carrier)) != NULL;) {
        task_failed(run, waiting, error_copy(effect->error));
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
        signed_in(run, effect);
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
        run_record_of_step(run, task, RECORD_STEP_KEEP, effect->keep);
        const char *job = value_text(effect->keep, "job");
        instance->job = job == NULL ? instance->job : arena_text(run->arena, job);
    }
    if (effect->progress != NULL) {
        run_record_of_step(run, task, RECORD_JOB_PROGRESS, effect->progress);
    }
    if (effect->warning != NULL) {
        run_record_of_step(run, task, RECORD_WARNING, effect->warning);
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
    bool is_once = effect->type == EFFECT_SEND && (effect->request.flags & HTTP_ONCE) != 0;
    if (is_once && run->carrier.holds_changes) {
        return; /* without an intent: nobody has to look for it later */
    }
    switch (effect->type) {
    case EFFECT_SEND:
        carrier_new_id(&run->carrier, id);
        task_set_request(task, &effect->request, id);
        if (is_once) {
            run_record_intent(run, task, effect);
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

/* A request that changes something is on its way: its answer is worth waiting for. */
static bool is_changing(const struct task *task)
{
    return task->wait == TASK_IN_FLIGHT && (task->request.flags & HTTP_ONCE) != 0;
}

static void step_is_over(struct run *run, struct run_instance *instance)
{
    if (is_changing(instance->task)) {
        carrier_alarm(&run->carrier, &instance->deadline, LONGEST_WAIT_MS);
    } else {
        out_of_time(run, instance, plan_step_timeout_ms(run->plan, instance->planned->step));
    }
}

/* Reads are stopped as well: a vault that answers 429 for ever must not hold the run. */
static struct task *next_to_stop(const struct run *run)
{
    for (size_t i = 0; i < run->tasks.count; i++) {
        struct task *task = run->tasks.items[i];
        if (task->role != TASK_SIGN_IN && !is_changing(task)) {
            return task;
        }
    }
    return NULL;
}

static int64_t run_timeout_ms(const struct run *run)
{
    return run->options->timeout_ms > 0 ? run->options->timeout_ms : run->plan->limits->timeout_ms;
}

static void run_is_over(struct run *run)
{
    AUTO(error) struct error *error = error_new(ERR_INTERRUPTED, "the run's time is over");
    set_error(run, error);
    run->starts_nothing = true;
    run->carrier.holds_changes = true;
    for (struct task *task; (task = next_to_stop(run)) != NULL;) {
        if (task->role == TASK_STEP) {
            out_of_time(run, &run->instances[task->index], run_timeout_ms(run));
        } else {
            task_failed(run, task, error_copy(error));
        }
    }
    carrier_alarm(&run->carrier, &run->deadline, LONGEST_WAIT_MS); /* for those that are changing */
}

static void deadline_is_over(struct run *run, struct alarm *alarm)
{
    if (alarm->type == ALARM_DEADLINE) {
        step_is_over(run, (struct run_instance *)(void *)alarm);
    } else {
        run_is_over(run);
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
        run_record_result(run, task, &event);
    }
    run_feed(run, task, &event);
    http_reply_release(&delivery->reply);
}

static bool awaits_change(const struct run *run)
{
    for (size_t i = 0; i < run->tasks.count; i++) {
        if (is_changing(run->tasks.items[i])) {
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
    run->starts_nothing |= run->recorder.failed != NULL;
    if (!run->is_prepared && run->preparing_count == 0) {
        all_is_prepared(run);
    }
    for (struct run_instance *next; (next = schedule_next(run)) != NULL;) {
        start_step(run, next);
    }
    if (run->is_prepared && run->starts_nothing && run->active_count == 0) {
        skip_the_rest(run, "nothing new is started after a failure");
    }
    carrier_flush(&run->carrier);
    while (carrier_wants_sign_in(&run->carrier)) {
        start_sign_in(run);
        carrier_flush(&run->carrier);
    }
    if (is_over(run)) {
        return;
    }
    carrier_wait(&run->carrier, LONGEST_WAIT_MS);
    while (carrier_next(&run->carrier, &delivery)) {
        deliver(run, &delivery);
    }
    run->options->tick(run->options->context, clock_utc(run->options->clock));
    run->wish = run->options->wish(run->options->context);
    run->carrier.holds_changes |= run->wish != RUN_GO_ON;
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
    run_record_started(run);
    run->deadline.type = ALARM_RUN;
    run->carrier.wants_sync = true; /* no request leaves before the journal has its head */
    carrier_alarm(&run->carrier, &run->deadline, run_timeout_ms(run));
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
    run_record_unsent(&run);
    recorder_sync(&run.recorder);
    run_record_end(&run, run_exit_code(&run));
    recorder_sync(&run.recorder);
    int exit_code = run_exit_code(&run); /* the last record may be the one that failed */
    end(&run);
    return exit_code;
}
