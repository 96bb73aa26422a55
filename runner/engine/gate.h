/* SPDX-License-Identifier: MIT */
/* gate: holds back one class of requests after Azure said "too many", lets one through to try, then
 * all.
 *
 * Tasks that wait are kept in order.   Source: reliability 2.3. */
#ifndef ENGINE_GATE_H
#define ENGINE_GATE_H

#include "base/clock.h"
#include "engine/task.h"

struct gate {
    struct alarm alarm;
    const char *name; /* "read", "write" */
    bool is_closed;
    struct mono opens_at;
    const struct task *probe; /* the one that was let through while it is closed */
    struct {
        VEC(struct task *);
    } waiting;
};

/* False: the task waits in the gate now. */
bool gate_pass(struct gate *gate, struct task *task);
/* The task was throttled: it waits, and the gate stays closed for wait_ms at least; an answer to
 * one that was let through before no longer opens it. */
void gate_close(struct gate *gate, struct task *task, struct mono now, int64_t wait_ms);
/* Its time is over: the task to try with, or NULL. */
struct task *gate_try(struct gate *gate);
/* An answer that was not a 429: true if it was the probe's and the gate is open again; the waiting
 * go on with gate_next(). */
bool gate_answered(struct gate *gate, const struct task *task);
struct task *gate_next(struct gate *gate);
/* It is no longer there to wait.  True if it was the one let through: gate_try() is due again. */
bool gate_forget(struct gate *gate, const struct task *task);
void gate_release(struct gate *gate);

#endif
