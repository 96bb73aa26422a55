/* SPDX-License-Identifier: MIT */
/* task: a kind at work: its state, and the one thing it waits for. */
#ifndef ENGINE_TASK_H
#define ENGINE_TASK_H

#include "base/clock.h"
#include "engine/retry.h"
#include "step/kind.h"

/* Who may be called by a timer; first member of each. */
enum alarm_type {
    ALARM_TASK,
    ALARM_GATE,
    ALARM_DEADLINE, /* of a step */
    ALARM_RUN,      /* deadline of the run */
};
struct alarm {
    enum alarm_type type;
    uint64_t generation; /* counted up to make older timers void */
};

enum task_role {
    TASK_SIGN_IN,
    TASK_VAULT,  /* index: of the plan's vaults */
    TASK_POINTS, /* index: of the plan's items */
    TASK_STEP,   /* index: of the plan's instances */
};

enum task_wait {
    TASK_NEW,
    TASK_WAITS_KIND,  /* the wait its kind asked for */
    TASK_WAITS_RETRY, /* before it sends again */
    TASK_WAITS_TOKEN,
    TASK_WAITS_GATE,
    TASK_WAITS_FLUSH, /* in the outbox */
    TASK_IN_FLIGHT,
    TASK_HELD, /* for good: the run ends and starts nothing more */
};

struct task {
    struct alarm alarm;
    uint64_t serial; /* in the order of creation: the order of feeding on a virtual clock */
    enum task_role role;
    size_t index;
    const char *label; /* the step's id for records, or NULL; borrowed */
    const struct kind *kind;
    void *state;
    struct arena *arena;
    struct retry_policy retry;
    enum task_wait wait;
    struct http_request request; /* as the kind made it, without the token */
    int64_t attempt;             /* of this request, from 1 */
    struct utc sent_at;          /* of its first attempt */
    bool is_token_new;           /* sent again because of a 401 */
    uint64_t token_serial;       /* of the token it was sent with */
    bool is_cancelled;           /* freed as soon as nothing is in flight */
};

struct task *task_new(const struct kind *kind, enum task_role role, size_t index,
                      const char *label);
void task_free(struct task *task);

/* Takes a new request of the kind: fresh id, first attempt. */
void task_set_request(struct task *task, struct http_request *request, const char *request_id);

#endif
