/* SPDX-License-Identifier: MIT */
/* timer: who wants to be called when, soonest first; ties in the order they were set, so runs
 * repeat exactly. */
#ifndef ENGINE_TIMER_H
#define ENGINE_TIMER_H

#include "base/clock.h"
#include "base/vec.h"

struct timer {
    struct mono at;
    uint64_t order; /* counted up */
    void *owner;
    uint64_t generation; /* of the owner when it was set: an older one no longer counts */
};
struct timers {
    VEC(struct timer);
    uint64_t order;
};

void timers_add(struct timers *timers, struct mono at, void *owner, uint64_t generation);
/* The soonest, or NULL. */
const struct timer *timers_first(const struct timers *timers);
/* Takes the soonest off if it is due. */
bool timers_take_due(struct timers *timers, struct mono now, struct timer *ret);
/* Takes all of an owner off, before it is freed. */
void timers_forget(struct timers *timers, const void *owner);
void timers_release(struct timers *timers);

#endif
