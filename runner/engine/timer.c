/* SPDX-License-Identifier: MIT */
#include "engine/timer.h"

/* A binary heap: items[0] is the soonest, the children of i are 2i+1 and 2i+2. */

static bool is_sooner(const struct timer *a, const struct timer *b)
{
    return a->at.ms != b->at.ms ? a->at.ms < b->at.ms : a->order < b->order;
}

static void swap(struct timers *timers, size_t a, size_t b)
{
    struct timer kept = timers->items[a];
    timers->items[a] = timers->items[b];
    timers->items[b] = kept;
}

void timers_add(struct timers *timers, struct mono at, void *owner, uint64_t generation)
{
    struct timer timer = {at, timers->order++, owner, generation};
    vec_push(timers, timer);
    for (size_t i = timers->count - 1; i > 0;) {
        size_t parent = (i - 1) / 2;
        if (!is_sooner(&timers->items[i], &timers->items[parent])) {
            break;
        }
        swap(timers, i, parent);
        i = parent;
    }
}

const struct timer *timers_first(const struct timers *timers)
{
    return timers->count == 0 ? NULL : &timers->items[0];
}

static void sink(struct timers *timers)
{
    for (size_t i = 0;;) {
        size_t soonest = i;
        for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < timers->count; child++) {
            if (is_sooner(&timers->items[child], &timers->items[soonest])) {
                soonest = child;
            }
        }
        if (soonest == i) {
            return;
        }
        swap(timers, i, soonest);
        i = soonest;
    }
}

bool timers_take_due(struct timers *timers, struct mono now, struct timer *ret)
{
    if (timers->count == 0 || timers->items[0].at.ms > now.ms) {
        return false;
    }
    *ret = timers->items[0];
    timers->items[0] = timers->items[--timers->count];
    sink(timers);
    return true;
}

void timers_forget(struct timers *timers, const void *owner)
{
    struct timers kept = {.order = timers->order};
    for (size_t i = 0; i < timers->count; i++) {
        const struct timer *timer = &timers->items[i];
        if (timer->owner != owner) {
            kept.order = timer->order; /* each keeps its place among equals */
            timers_add(&kept, timer->at, timer->owner, timer->generation);
        }
    }
    kept.order = timers->order;
    vec_release(timers);
    *timers = kept;
}

void timers_release(struct timers *timers)
{
    vec_release(timers);
}
