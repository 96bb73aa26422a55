/* SPDX-License-Identifier: MIT */
#include "engine/task.h"

#include "base/clock.h"
#include "base/mem.h"

struct task *task_new(const struct kind *kind, enum task_role role, size_t index, const char *label)
{
    struct task *task = MEM_NEW(struct task);
    task->alarm.type = ALARM_TASK;
    task->role = role;
    task->index = index;
    task->label = label;
    task->kind = kind;
    task->state = mem_new(kind->state_size);
    task->arena = arena_new();
    return task;
}

void task_free(struct task *task)
{
    if (task == NULL) {
        return;
    }
    http_request_release(&task->request);
    arena_free(task->arena);
    mem_free(task->state);
    mem_free(task);
}

void task_set_request(struct task *task, struct http_request *request, const char *request_id)
{
    http_request_release(&task->request);
    http_request_move(&task->request, request);
    (void)snprintf(task->request.client_request_id, sizeof(task->request.client_request_id), "%s",
                   request_id);
    task->attempt = 0;
    task->sent_at = (struct utc){0};
    task->is_token_new = false;
}
