/* SPDX-License-Identifier: MIT */
#include "base/mem.h"
#include "base/random.h"
#include "engine/arguments.h"
#include "engine/run_state.h"
#include "plan/resolve.h"
#include "plan/select_explain.h"
#include "plan/select_record.h"

static size_t item_index(const struct run *run, const struct plan_item *item)
{
    return (size_t)(item - plan_items(run->plan));
}

static size_t vault_index(const struct run *run, const struct plan_item *item)
{
    return (size_t)(item->in_vault - plan_vaults(run->plan));
}

static void start_read(struct run *run, enum kind_role kind, enum task_role role, size_t index,
                       const struct value *arguments)
{
    struct task like = {.role = role, .index = index};
    struct task *task = run_start_task(run, kind, &like);
    struct event event = {.type = EVENT_START, .arguments = arguments};
    run->preparing_count++;
    run_feed(run, task, &event);
}

static void index_instances(struct run *run)
{
    for (size_t i = 0; i < run->plan->instance_count; i++) {
        const struct plan_item *item = run->plan->instances[i].item;
        if (item != NULL) {
            run->items[item_index(run, item)].instance_count++;
            run->vaults[vault_index(run, item)].is_used = true;
        }
    }
    for (size_t i = 0; i < run->plan->items.count; i++) {
        struct run_item *item = &run->items[i];
        item->is_used = item->instance_count > 0;
        item->instances = ARENA_ARRAY(run->arena, size_t, item->instance_count);
        item->instance_count = 0;
    }
    for (size_t i = 0; i < run->plan->instance_count; i++) {
        const struct plan_item *item = run->plan->instances[i].item;
        if (item != NULL) {
            struct run_item *used = &run->items[item_index(run, item)];
            used->instances[used->instance_count++] = i;
        }
    }
}

void prepare_begin(struct run *run)
{
    index_instances(run);
    for (size_t i = 0; i < run->plan->vaults.count; i++) {
        if (run->vaults[i].is_used) {
            start_read(run, KIND_VAULT_READER, TASK_VAULT, i, arguments_for_vault(run, i));
        }
    }
}

static void fail_instances_of(struct run *run, const struct run_item *item,
                              const struct error *error)
{
    for (size_t i = 0; i < item->instance_count; i++) {
        struct run_instance *instance = &run->instances[item->instances[i]];
        if (!step_state_is_final(instance->state)) {
            run_finish(run, instance, STEP_FAILED, NULL, error_copy(error));
        }
    }
}

static void record_vault(struct run *run, size_t vault, const struct value *content)
{
    struct recorder *recorder = &run->recorder;
    struct value *body = recorder_body(recorder);
    const struct value *items = value_find(content, "items");
    value_set_text(recorder->arena, body, "vault", plan_vaults(run->plan)[vault].base.name);
    value_set_text(recorder->arena, body, "region", value_text(content, "region"));
    value_set_integer(recorder->arena, body, "items", items == NULL ? 0 : (int64_t)items->count);
    recorder_add(recorder, RECORD_VAULT_READ, body);
}

static void record_item(struct run *run, const struct plan_item *item, const struct value *entry)
{
    static const char *const members[] = {"id", "vm", "resource_group", "source", "health"};
    struct recorder *recorder = &run->recorder;
    struct value *body = recorder_body(recorder);
    value_set_text(recorder->arena, body, "item", item->base.name);
    value_set_text(recorder->arena, body, "vault", item->in_vault->base.name);
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        if (value_text(entry, members[i]) != NULL) {
            value_set_text(recorder->arena, body, members[i], value_text(entry, members[i]));
        }
    }
    recorder_add(recorder, RECORD_ITEM_RESOLVED, body);
}

static void set_preparing(struct run *run, const struct run_item *item)
{
    for (size_t i = 0; i < item->instance_count; i++) {
        struct run_instance *instance = &run->instances[item->instances[i]];
        if (!step_state_is_final(instance->state)) { /* it may be skipped by now */
            run_set_state(run, instance, STEP_PREPARING, NULL);
        }
    }
}

void prepare_vault_done(struct run *run, size_t vault, const struct value *content)
{
    run->vaults[vault].content = value_copy(run->arena, content);
    content = run->vaults[vault].content;
    record_vault(run, vault, content);
    for (size_t i = 0; i < run->plan->items.count; i++) {
        const struct plan_item *item = &plan_items(run->plan)[i];
        if (!run->items[i].is_used || vault_index(run, item) != vault) {
            continue;
        }
        struct error *error = resolve_item(item, content, &run->items[i].entry);
        if (error != NULL) {
            fail_instances_of(run, &run->items[i], error);
            error_free(error);
            continue;
        }
        record_item(run, item, run->items[i].entry);
        set_preparing(run, &run->items[i]);
        start_read(run, KIND_POINT_LISTER, TASK_POINTS, i, arguments_for_points(run, i));
    }
}

static void record_chosen(struct run *run, const struct run_instance *instance,
                          const struct selection *selection)
{
    struct recorder *recorder = &run->recorder;
    struct value *body = recorder_body(recorder);
    /* A plan is looked at more closely than a journal is. */
    unsigned flags = run->options->purpose == RUN_PLAN ? SELECT_WITH_POINTS : 0;
    const struct value *chosen = select_to_value(recorder->arena, selection, flags);
    value_set_text(recorder->arena, body, "step", instance->planned->id);
    value_set_text(recorder->arena, body, "item", instance->planned->item->base.name);
    for (size_t i = 0; i < chosen->count; i++) {
        value_set(recorder->arena, body, chosen->members[i].name.at, chosen->members[i].value);
    }
    recorder_add(recorder, RECORD_POINT_CHOSEN, body);
}

static void record_planned(struct run *run, const struct run_instance *instance,
                           const struct value *request)
{
    struct recorder *recorder = &run->recorder;
    struct value *body = recorder_body(recorder);
    value_set_text(recorder->arena, body, "step", instance->planned->id);
    value_set(recorder->arena, body, "request", request);
    recorder_add(recorder, RECORD_STEP_PLANNED, body);
}

/* The request is built before anything is sent: what it would be refused for is known now. */
static void plan_request(struct run *run, struct run_instance *instance)
{
    const struct kind *kind = instance->planned->step->kind;
    struct error *refusal = NULL;
    if (kind->preview == NULL) {
        return;
    }
    AUTO(arena) struct arena *arena = arena_new();
    const struct value *request = kind->preview(arena, instance->arguments, &refusal);
    record_planned(run, instance, request);
    if (refusal != NULL) {
        refusal = error_at(refusal, instance->planned->step->base.name_at);
        run_finish(run, instance, STEP_FAILED, NULL, refusal);
    }
}

static void choose(struct run *run, struct run_instance *instance, const struct value *points)
{
    AUTO(arena) struct arena *arena = arena_new();
    const char *item = instance->planned->item->base.name;
    struct select_request request = {
        .rule = instance->planned->step->rule,
        .points = points,
        .now = carrier_now(&run->carrier),
        /* Each item draws for itself, with a number that a plan can name as its rule's seed. */
        .seed = (run->options->seed ^ random_seed_of(str_from(item))) & INT32_MAX,
    };
    struct selection selection = {0};
    select_point(arena, &request, &selection);
    if (selection.chosen == NULL) {
        record_chosen(run, instance, &selection);
        run_finish(run, instance, STEP_FAILED, NULL, select_none_error(&selection, item));
        return;
    }
    record_chosen(run, instance, &selection);
    instance->arguments = arguments_for_step(run, instance->planned, selection.chosen->point);
    run_set_state(run, instance, STEP_READY, NULL);
    plan_request(run, instance);
}

void prepare_points_done(struct run *run, size_t item, const struct value *points)
{
    for (size_t i = 0; i < run->items[item].instance_count; i++) {
        struct run_instance *instance = &run->instances[run->items[item].instances[i]];
        if (!step_state_is_final(instance->state)) {
            choose(run, instance, points);
        }
    }
}

void prepare_failed(struct run *run, const struct task *task, const struct error *error)
{
    for (size_t i = 0; i < run->plan->items.count; i++) {
        const struct plan_item *item = &plan_items(run->plan)[i];
        bool is_hit =
            task->role == TASK_VAULT ? vault_index(run, item) == task->index : i == task->index;
        if (is_hit && run->items[i].is_used) {
            fail_instances_of(run, &run->items[i], error);
        }
    }
}
