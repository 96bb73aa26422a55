/* SPDX-License-Identifier: MIT */
#include "engine/run_state.h"

/* The reverse of the plan's needs, so that an end looks only at whom it concerns. */
void schedule_begin(struct run *run)
{
    size_t count = run->plan->instance_count;
    for (size_t i = 0; i < count; i++) {
        const struct plan_instance *planned = &run->plan->instances[i];
        run->instances[i].open_needs = planned->needs_count;
        for (size_t k = 0; k < planned->needs_count; k++) {
            run->instances[planned->needs[k]].follower_count++;
        }
    }
    for (size_t i = 0; i < count; i++) {
        struct run_instance *instance = &run->instances[i];
        instance->followers = ARENA_ARRAY(run->arena, size_t, instance->follower_count);
        instance->follower_count = 0;
    }
    for (size_t i = 0; i < count; i++) {
        const struct plan_instance *planned = &run->plan->instances[i];
        for (size_t k = 0; k < planned->needs_count; k++) {
            struct run_instance *need = &run->instances[planned->needs[k]];
            need->followers[need->follower_count++] = i;
        }
    }
}

/* Keeps the list in plan order, whoever became ready first. */
static void add_ready(struct run *run, size_t index)
{
    vec_push(&run->ready, index);
    for (size_t i = run->ready.count - 1; i > 0 && run->ready.items[i - 1] > index; i--) {
        run->ready.items[i] = run->ready.items[i - 1];
        run->ready.items[i - 1] = index;
    }
}

void schedule_prepared(struct run *run)
{
    for (size_t i = 0; i < run->plan->instance_count; i++) {
        if (run->instances[i].open_needs == 0) {
            add_ready(run, i);
        }
    }
}

/* Two restores of one item would meet in Azure: the second waits for the first. */
static bool is_item_busy(const struct run *run, const struct plan_item *item)
{
    return item != NULL && run->items[item - plan_items(run->plan)].is_busy;
}

struct run_instance *schedule_next(struct run *run)
{
    bool is_full = (int64_t)run->active_count >= run->parallel;
    if (run->starts_nothing || run->wish != RUN_GO_ON || is_full) {
        return NULL;
    }
    for (size_t i = 0; i < run->ready.count; i++) {
        struct run_instance *instance = &run->instances[run->ready.items[i]];
        if (is_item_busy(run, instance->planned->item)) {
            continue;
        }
        run->ready.count--;
        for (size_t k = i; k < run->ready.count; k++) {
            run->ready.items[k] = run->ready.items[k + 1];
        }
        return instance;
    }
    return NULL;
}

static bool went_well(const struct run_instance *instance)
{
    return instance->state == STEP_SUCCEEDED || instance->state == STEP_WARNINGS;
}

static void skip(struct run *run, struct run_instance *instance)
{
    run_set_state(run, instance, STEP_SKIPPED, "a step it depends on did not succeed");
    run_record_finish(run, instance, NULL, NULL);
}

void schedule_finished(struct run *run, struct run_instance *instance)
{
    struct {
        VEC(struct run_instance *);
    } ended = {0}; /* a list, not recursion: chains may be long */
    if (!went_well(instance) && instance->planned->step->on_failure == PLAN_FAILURE_STOP) {
        run->starts_nothing = true;
    }
    vec_push(&ended, instance);
    for (size_t done = 0; done < ended.count; done++) {
        const struct run_instance *one = ended.items[done];
        for (size_t i = 0; i < one->follower_count; i++) {
            struct run_instance *follower = &run->instances[one->followers[i]];
            follower->has_failed_need |= !went_well(one);
            if (--follower->open_needs > 0 || step_state_is_final(follower->state)) {
                continue;
            }
            if (follower->has_failed_need) {
                skip(run, follower);
                vec_push(&ended, follower);
            } else if (run->is_prepared) {
                add_ready(run, one->followers[i]);
            }
        }
    }
    vec_release(&ended);
}
