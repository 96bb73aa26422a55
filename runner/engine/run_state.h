/* SPDX-License-Identifier: MIT */
/* run_state: what a run remembers while it goes; shared by run.c, run_record.c, prepare.c and
 * schedule.c alone.
 */
#ifndef ENGINE_RUN_STATE_H
#define ENGINE_RUN_STATE_H

#include "base/clock.h"
#include "engine/carrier.h"
#include "engine/run.h"

/* A plan's vault, item or instance as the run knows it; indexes are those of the plan. */
struct run_vault {
    bool is_used;
    const struct value *content; /* {region, items}; NULL until it is read */
};
struct run_item {
    bool is_used;
    const struct value *entry; /* of the vault's items */
    bool is_busy;              /* a restore of it is at work */
    size_t *instances;         /* indexes of those that restore it */
    size_t instance_count;
};
struct run_instance {
    struct alarm deadline;
    const struct plan_instance *planned;
    enum step_state state;
    const struct value *arguments; /* NULL until its point is chosen */
    struct task *task;             /* while it is at work */
    struct utc began, ended;       /* ms 0: not yet */
    const char *job;               /* once it is known */
    size_t open_needs;
    bool has_failed_need;
    size_t *followers; /* indexes of the instances that need this one */
    size_t follower_count;
    int error_code; /* enum error_code of its failure, -1: none */
};

struct run {
    const struct run_options *options;
    const struct plan *plan;
    struct arena *arena; /* until the end of the run */
    struct recorder recorder;
    struct carrier carrier;
    struct alarm deadline;
    struct run_vault *vaults;
    struct run_item *items;
    struct run_instance *instances;
    size_t open_count;      /* instances that are not final */
    size_t preparing_count; /* reads that are under way */
    size_t active_count;    /* restores at work */
    struct {
        VEC(size_t);
    } ready; /* instances that may start, in plan order */
    int64_t parallel;
    uint64_t task_serial;
    struct {
        VEC(struct task *);
    } tasks; /* all there are */
    struct utc began;
    enum run_wish wish;
    bool is_prepared, starts_nothing, has_triggered;
    struct error *error; /* of the run as a whole; owned */
};

/* run.c */
struct task *run_start_task(struct run *run, enum kind_role role, const struct task *like);
void run_feed(struct run *run, struct task *task, struct event *event);
void run_set_state(struct run *run, struct run_instance *instance, enum step_state state,
                   const char *reason);
/* The instance ends, is recorded and scheduled on; takes error (NULL: it went well). */
void run_finish(struct run *run, struct run_instance *instance, enum step_state state,
                const struct value *output, struct error *error);

/* prepare.c: reads vaults and points, resolves and chooses; pure but for starting reads. */
void prepare_begin(struct run *run);
void prepare_vault_done(struct run *run, size_t vault, const struct value *content);
void prepare_points_done(struct run *run, size_t item, const struct value *points);
/* A read failed: so do the instances that need it. */
void prepare_failed(struct run *run, const struct task *task, const struct error *error);

/* schedule.c: which instance may start now, in plan order; what a finished one means for those that
 * need it. */
void schedule_begin(struct run *run);
/* Everything is chosen: what needs nothing may start. */
void schedule_prepared(struct run *run);
/* The next one to start, taken off the list; NULL if none may. */
struct run_instance *schedule_next(struct run *run);
/* Makes followers ready; those that lost a step they need are skipped (recorded here). */
void schedule_finished(struct run *run, struct run_instance *instance);

/* run_record.c */
void run_record_started(struct run *run);
/* instance is in its last state; it counts as ended from now on. */
void run_record_finish(struct run *run, struct run_instance *instance, const struct value *output,
                       const struct error *error);
/* task->request is about to change something. */
void run_record_intent(struct run *run, const struct task *task, const struct effect *effect);
void run_record_result(struct run *run, const struct task *task, const struct event *event);
/* One of the step's maps: keep, progress, warning. */
void run_record_of_step(struct run *run, const struct task *task, enum record_type type,
                        const struct value *members);
/* Intents whose request never left: nobody has to look for those. */
void run_record_unsent(struct run *run);
int run_exit_code(const struct run *run);
void run_record_end(struct run *run, int exit_code);

#endif
