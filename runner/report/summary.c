/* SPDX-License-Identifier: MIT */
#include "report/summary.h"

#include "base/mem.h"
#include "base/random.h"

#define SLOTS_AT_FIRST 64

struct summary *summary_new(void)
{
    struct summary *summary = MEM_NEW(struct summary);
    summary->arena = arena_new();
    return summary;
}

void summary_free(struct summary *summary)
{
    if (summary == NULL) {
        return;
    }
    for (size_t i = 0; i < summary->steps.count; i++) {
        vec_release(&summary->steps.items[i].warnings);
        vec_release(&summary->steps.items[i].attempts);
    }
    vec_release(&summary->steps);
    vec_release(&summary->vaults);
    vec_release(&summary->items);
    vec_release(&summary->warnings);
    vec_release(&summary->failed_requests);
    mem_free(summary->slots);
    arena_free(summary->arena);
    mem_free(summary);
}

/* --- steps by id: thousands of steps, each named by dozens of records --- */

/* The slot of id, or the free one it belongs in; a slot holds the step's index + 1. */
static size_t *slot_of(const struct summary *summary, const char *id)
{
    size_t slot = (size_t)random_seed_of(str_from(id)) % summary->slot_count;
    while (summary->slots[slot] != 0 &&
           !text_equal(summary->steps.items[summary->slots[slot] - 1].id, id)) {
        slot = (slot + 1) % summary->slot_count;
    }
    return &summary->slots[slot];
}

static void grow_slots(struct summary *summary)
{
    mem_free(summary->slots);
    summary->slot_count = summary->slot_count == 0 ? SLOTS_AT_FIRST : summary->slot_count * 2;
    summary->slots = mem_new(summary->slot_count * sizeof(summary->slots[0]));
    for (size_t i = 0; i < summary->steps.count; i++) {
        *slot_of(summary, summary->steps.items[i].id) = i + 1; /* NOLINT: count > 0 means items */
    }
}

struct summary_step *summary_step_find(const struct summary *summary, const char *id)
{
    if (id == NULL || summary->slot_count == 0) {
        return NULL;
    }
    size_t index = *slot_of(summary, id);
    return index == 0 ? NULL : &summary->steps.items[index - 1];
}

/* The step a record speaks of; one that run.started did not name is added.  NULL: it speaks of
 * none. */
static struct summary_step *step_of(struct summary *summary, const struct value *body)
{
    const char *id = value_text(body, "step");
    struct summary_step *found = summary_step_find(summary, id);
    if (id == NULL || found != NULL) {
        return found;
    }
    if ((summary->steps.count + 1) * 2 > summary->slot_count) {
        grow_slots(summary);
    }
    struct summary_step step = {.id = arena_text(summary->arena, id), .state = "pending"};
    step.name = step.id;
    vec_push(&summary->steps, step);
    *slot_of(summary, step.id) = summary->steps.count;
    return &summary->steps.items[summary->steps.count - 1];
}

static const struct value *copy(const struct summary *summary, const struct value *value)
{
    return value == NULL ? NULL : value_copy(summary->arena, value);
}

static const char *copy_text(const struct summary *summary, const struct value *map,
                             const char *path)
{
    const char *text = value_text(map, path);
    return text == NULL ? NULL : arena_text(summary->arena, text);
}

static const struct value *copy_with_time(const struct summary *summary,
                                          const struct record *record)
{
    struct value *body = value_new(summary->arena, VALUE_MAP);
    char time[UTC_TEXT_SIZE];
    value_set_text(summary->arena, body, "time", utc_format(record->time, time));
    for (size_t i = 0; i < record->body->count; i++) {
        const struct value_member *member = &record->body->members[i];
        value_set(summary->arena, body, member->name.at, copy(summary, member->value));
    }
    return body;
}

/* --- one function for each type of record --- */

static void read_version(struct summary *summary, const struct record *record)
{
    summary->tool = copy_text(summary, record->body, "tool");
}

static void read_run_started(struct summary *summary, const struct record *record)
{
    summary->run = copy(summary, record->body);
    summary->started = record->time;
    const struct value *steps = value_find(summary->run, "steps");
    for (size_t i = 0; steps != NULL && steps->type == VALUE_LIST && i < steps->count; i++) {
        const struct value *from = steps->items[i];
        struct summary_step *step = step_of(summary, from);
        if (step != NULL) {
            const char *name = value_text(from, "name");
            step->name = name == NULL ? step->id : name;
            step->kind = value_text(from, "kind");
            step->item = value_text(from, "item");
            step->needs = value_find(from, "needs");
        }
    }
}

static void read_vault(struct summary *summary, const struct record *record)
{
    vec_push(&summary->vaults, copy(summary, record->body));
}

static void read_item(struct summary *summary, const struct record *record)
{
    vec_push(&summary->items, copy(summary, record->body));
}

static void read_point(struct summary *summary, const struct record *record)
{
    struct summary_step *step = step_of(summary, record->body);
    if (step != NULL) {
        step->point = copy(summary, record->body);
        step->item = step->item == NULL ? value_text(step->point, "item") : step->item;
    }
}

static void read_planned(struct summary *summary, const struct record *record)
{
    struct summary_step *step = step_of(summary, record->body);
    if (step != NULL) {
        step->planned = copy(summary, record->body);
    }
}

static bool is_at_work(const char *state)
{
    return text_equal(state, "triggering") || text_equal(state, "looking") ||
           text_equal(state, "running");
}

static void set_state(const struct summary *summary, struct summary_step *step, const char *state,
                      struct utc at)
{
    if (state == NULL) {
        return;
    }
    step->state = arena_text(summary->arena, state);
    if (text_equal(state, "ready") && step->ready.ms == 0) {
        step->ready = at;
    }
    if (is_at_work(state) && step->started.ms == 0) {
        step->started = at;
    }
}

static void read_state(struct summary *summary, const struct record *record)
{
    struct summary_step *step = step_of(summary, record->body);
    if (step != NULL) {
        set_state(summary, step, value_text(record->body, "state"), record->time);
    }
}

static void read_intent(struct summary *summary, const struct record *record)
{
    struct summary_step *step = step_of(summary, record->body);
    if (step != NULL) {
        struct summary_attempt attempt = {
            .request_id = copy_text(summary, record->body, "request_id"), .at = record->time};
        vec_push(&step->attempts, attempt);
    }
}

static struct summary_attempt *attempt_of(struct summary_step *step, const char *request_id,
                                          struct utc at)
{
    for (size_t i = step->attempts.count; i > 0; i--) {
        if (text_equal(step->attempts.items[i - 1].request_id, request_id)) {
            return &step->attempts.items[i - 1];
        }
    }
    struct summary_attempt attempt = {.at = at};
    vec_push(&step->attempts, attempt);
    return &step->attempts.items[step->attempts.count - 1];
}

static void read_result(struct summary *summary, const struct record *record)
{
    struct summary_step *step = step_of(summary, record->body);
    if (step != NULL) {
        const char *request_id = value_text(record->body, "request_id");
        struct summary_attempt *attempt = attempt_of(step, request_id, record->time);
        attempt->request_id = copy_text(summary, record->body, "request_id");
        attempt->outcome = copy_text(summary, record->body, "outcome");
        attempt->azure_request_id = copy_text(summary, record->body, "azure_request_id");
    }
}

static void read_keep(struct summary *summary, const struct record *record)
{
    struct summary_step *step = step_of(summary, record->body);
    const struct value *keep = value_find(record->body, "keep");
    if (step != NULL && keep != NULL) {
        step->keep = copy(summary, keep);
    }
}

static void read_progress(struct summary *summary, const struct record *record)
{
    struct summary_step *step = step_of(summary, record->body);
    if (step != NULL) {
        step->progress = copy(summary, record->body);
    }
}

static void read_warning(struct summary *summary, const struct record *record)
{
    const struct value *warning = copy_with_time(summary, record);
    struct summary_step *step = step_of(summary, record->body);
    if (step == NULL) {
        vec_push(&summary->warnings, warning);
    } else {
        vec_push(&step->warnings, warning);
    }
}

static void read_request(struct summary *summary, const struct record *record)
{
    const char *outcome = value_text(record->body, "outcome");
    bool is_answered = outcome == NULL || text_equal(outcome, "answered");
    summary->request_count++;
    if (!is_answered || value_integer(record->body, "status", 0) >= 400) {
        vec_push(&summary->failed_requests, copy_with_time(summary, record));
    }
}

static void read_retry(struct summary *summary, const struct record *record)
{
    (void)record;
    summary->retry_count++;
}

static void read_throttle(struct summary *summary, const struct record *record)
{
    summary->throttled_ms += value_integer(record->body, "wait_ms", 0);
}

static void read_step_finished(struct summary *summary, const struct record *record)
{
    struct summary_step *step = step_of(summary, record->body);
    if (step == NULL) {
        return;
    }
    const char *started = value_text(record->body, "started");
    set_state(summary, step, value_text(record->body, "state"), record->time);
    if (started != NULL) {
        (void)utc_parse(str_from(started), 0, &step->started); /* else what the states said */
    }
    step->ended = record->time;
    step->output = copy(summary, value_find(record->body, "output"));
    step->error = copy(summary, value_find(record->body, "error"));
}

static void read_run_finished(struct summary *summary, const struct record *record)
{
    summary->finished = copy(summary, record->body);
    summary->ended = record->time;
    summary->request_count = value_integer(record->body, "requests", summary->request_count);
    const struct value *path = value_find(summary->finished, "critical_path");
    for (size_t i = 0; path != NULL && path->type == VALUE_LIST && i < path->count; i++) {
        const struct value *id = path->items[i];
        struct summary_step *step =
            id->type == VALUE_TEXT ? summary_step_find(summary, id->text.at) : NULL;
        if (step != NULL) {
            step->is_critical = true;
        }
    }
}

void summary_read(void *context, const struct record *record)
{
    static void (*const readers[RECORD_TYPE_COUNT])(struct summary *, const struct record *) = {
        [RECORD_VERSION] = read_version,           [RECORD_RUN_STARTED] = read_run_started,
        [RECORD_VAULT_READ] = read_vault,          [RECORD_ITEM_RESOLVED] = read_item,
        [RECORD_POINT_CHOSEN] = read_point,        [RECORD_STEP_PLANNED] = read_planned,
        [RECORD_STEP_STATE] = read_state,          [RECORD_TRIGGER_INTENT] = read_intent,
        [RECORD_TRIGGER_RESULT] = read_result,     [RECORD_STEP_KEEP] = read_keep,
        [RECORD_JOB_PROGRESS] = read_progress,     [RECORD_WARNING] = read_warning,
        [RECORD_REQUEST] = read_request,           [RECORD_RETRY] = read_retry,
        [RECORD_THROTTLE] = read_throttle,         [RECORD_STEP_FINISHED] = read_step_finished,
        [RECORD_RUN_FINISHED] = read_run_finished,
    };
    struct summary *summary = context;
    summary->record_count++;
    summary->last = record->time;
    if (record->type < RECORD_TYPE_COUNT) {
        readers[record->type](summary, record);
    }
}

size_t summary_count(const struct summary *summary, const char *state)
{
    size_t count = 0;
    for (size_t i = 0; i < summary->steps.count; i++) {
        count += text_equal(summary->steps.items[i].state, state) ? 1 : 0;
    }
    return count;
}

int64_t summary_elapsed_ms(const struct summary_step *step, struct utc now)
{
    struct utc end = step->ended.ms != 0 ? step->ended : now;
    return step->started.ms == 0 || end.ms < step->started.ms ? 0 : end.ms - step->started.ms;
}
