/* SPDX-License-Identifier: MIT */
#include "engine/gate.h"

bool gate_pass(struct gate *gate, struct task *task)
{
    if (!gate->is_closed || gate->probe == task) {
        return true;
    }
    task->wait = TASK_WAITS_GATE;
    vec_push(&gate->waiting, task);
    return false;
}

void gate_close(struct gate *gate, struct task *task, struct mono now, int64_t wait_ms)
{
    if (!gate->is_closed || gate->opens_at.ms < now.ms + wait_ms) {
        gate->opens_at.ms = now.ms + wait_ms;
    }
    gate->is_closed = true;
    gate->probe = NULL;
    task->wait = TASK_WAITS_GATE;
    vec_push(&gate->waiting, task);
}

struct task *gate_next(struct gate *gate)
{
    if (gate->waiting.count == 0) {
        return NULL;
    }
    struct task *first = gate->waiting.items[0];
    (void)gate_forget(gate, first);
    return first;
}

struct task *gate_try(struct gate *gate)
{
    struct task *task = gate_next(gate);
    gate->probe = task;
    gate->is_closed = task != NULL;
    return task;
}

bool gate_answered(struct gate *gate, const struct task *task)
{
    if (gate->probe != task) {
        return false;
    }
    gate->probe = NULL;
    gate->is_closed = false;
    return true;
}

bool gate_forget(struct gate *gate, const struct task *task)
{
    bool was_probe = gate->probe == task;
    size_t kept = 0;
    for (size_t i = 0; i < gate->waiting.count; i++) {
        if (gate->waiting.items[i] != task) {
            gate->waiting.items[kept++] = gate->waiting.items[i];
        }
    }
    gate->waiting.count = kept;
    gate->probe = was_probe ? NULL : gate->probe;
    return was_probe;
}

void gate_release(struct gate *gate)
{
    vec_release(&gate->waiting);
}
