/* SPDX-License-Identifier: MIT */
#include "simulator/world_job.h"

#include "base/random.h"

static const char *const ending_status[WORLD_ENDING_COUNT] = {
    [WORLD_COMPLETED] = "Completed", [WORLD_WARNINGS] = "CompletedWithWarnings",
    [WORLD_FAILED] = "Failed",       [WORLD_CANCELLED] = "Cancelled",
    [WORLD_STUCK] = "InProgress",
};

static const struct world_outcome completes = {.ending = WORLD_COMPLETED};

/* 15 to 50 minutes and some seconds: the service looks once a minute (azure-surface G). */
static int64_t duration_of(const struct world *world, const struct world_item *item)
{
    if (item->job_duration_ms >= 0) {
        return item->job_duration_ms;
    }
    if (world->job_duration_ms >= 0) {
        return world->job_duration_ms;
    }
    struct random random = random_seeded(world_seed_of(world, item->vm));
    int64_t minutes = 15 + (int64_t)random_below(&random, 35);
    return minutes * MINUTE_MS + 5 * SECOND_MS + (int64_t)random_below(&random, 400);
}

static size_t count_like(const struct world_vault *vault, const struct world_trigger *trigger)
{
    size_t count = 0;
    for (size_t i = 0; i < vault->jobs.count; i++) {
        const struct world_trigger *other = &vault->jobs.items[i]->trigger;
        count +=
            other->item == trigger->item && other->point == trigger->point &&
                    text_equal_ignoring_case(other->client_request_id, trigger->client_request_id)
                ? 1
                : 0;
    }
    return count;
}

static void name_job(const struct world *world, const struct world_vault *vault,
                     struct world_job *job)
{
    const struct world_trigger *trigger = &job->trigger;
    const char *caller = trigger->client_request_id != NULL ? trigger->client_request_id : "";
    const char *what = arena_format(world->arena, "job|%s|%s|%s|%zu", trigger->item->id,
                                    trigger->point->id, caller, count_like(vault, trigger));
    struct random random = random_seeded(world_seed_of(world, what));
    char uuid[UUID_TEXT_SIZE];
    job->id = arena_text(world->arena, random_uuid(&random, uuid));
    job->operation_id = arena_text(world->arena, random_uuid(&random, uuid));
    job->activity_id = trigger->client_request_id != NULL
                           ? trigger->client_request_id
                           : arena_text(world->arena, random_uuid(&random, uuid));
}

static bool is_before(const struct world_job *a, const struct world_job *b)
{
    return a->start.ms != b->start.ms ? a->start.ms < b->start.ms
                                      : str_compare(str_from(a->id), str_from(b->id)) < 0;
}

const struct world_job *world_job_start(const struct world *world, struct world_vault *vault,
                                        const struct world_trigger *trigger, struct utc now)
{
    struct world_job *job = ARENA_NEW(world->arena, struct world_job);
    job->trigger = *trigger;
    job->start = now;
    job->duration_ms = duration_of(world, trigger->item);
    job->outcome = trigger->outcome != NULL         ? trigger->outcome
                   : trigger->item->outcome != NULL ? trigger->item->outcome
                                                    : &completes;
    name_job(world, vault, job);
    vec_push(&vault->jobs, job);
    size_t at = vault->jobs.count - 1;
    for (; at > 0 && is_before(job, vault->jobs.items[at - 1]); at--) {
        vault->jobs.items[at] = vault->jobs.items[at - 1];
    }
    vault->jobs.items[at] = job;
    return job;
}

static bool is_visible(const struct world_job *job, struct utc now)
{
    return now.ms >= job->start.ms + job->trigger.late_ms;
}

const struct world_job *world_job_find(const struct world_vault *vault, const char *id,
                                       struct utc now)
{
    for (size_t i = 0; i < vault->jobs.count; i++) {
        const struct world_job *job = vault->jobs.items[i];
        if (text_equal_ignoring_case(job->id, id)) {
            return is_visible(job, now) ? job : NULL;
        }
    }
    return NULL;
}

const struct world_job *world_job_find_operation(const struct world_vault *vault, const char *id)
{
    for (size_t i = 0; i < vault->jobs.count; i++) {
        if (text_equal_ignoring_case(vault->jobs.items[i]->operation_id, id)) {
            return vault->jobs.items[i];
        }
    }
    return NULL;
}

bool world_job_is_listed(const struct world *world, const struct world_job *job, struct utc now)
{
    return is_visible(job, now) && (!world->is_virtual || job->start.ms < now.ms);
}

struct utc world_job_end(const struct world_job *job)
{
    return (struct utc){job->start.ms + job->duration_ms};
}

bool world_job_is_over(const struct world_job *job, struct utc now)
{
    return job->outcome->ending != WORLD_STUCK && now.ms >= world_job_end(job).ms;
}

const char *world_job_status(const struct world_job *job, struct utc now)
{
    return world_job_is_over(job, now) ? ending_status[job->outcome->ending] : "InProgress";
}
