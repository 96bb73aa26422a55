/* SPDX-License-Identifier: MIT */
#include "plan/plan.h"

#include "base/clock.h"

const char *const plan_mode_names[PLAN_MODE_COUNT + 1] = {
    [PLAN_MODE_DRILL] = "drill",
    [PLAN_MODE_REAL] = "real",
};
const char *const plan_variable_type_names[PLAN_VARIABLE_TYPE_COUNT + 1] = {
    [PLAN_VARIABLE_TEXT] = "text",       [PLAN_VARIABLE_INTEGER] = "integer",
    [PLAN_VARIABLE_BOOLEAN] = "boolean", [PLAN_VARIABLE_DURATION] = "duration",
    [PLAN_VARIABLE_TIME] = "time",       [PLAN_VARIABLE_LIST] = "list",
};
const char *const plan_doubt_names[PLAN_DOUBT_COUNT + 1] = {
    [PLAN_DOUBT_STOP] = "stop",
    [PLAN_DOUBT_RESEND] = "resend",
};
const char *const plan_failure_names[PLAN_FAILURE_COUNT + 1] = {
    [PLAN_FAILURE_STOP] = "stop",
    [PLAN_FAILURE_CONTINUE] = "continue",
};

/* The program's own settings, where neither step nor plan has one; plan_table.c tells people of
 * them. */
#define STEP_TIMEOUT_MS (6 * HOUR_MS)
#define RETRY_ATTEMPTS 5
#define RETRY_BACKOFF_MS (2 * SECOND_MS)
#define RETRY_MAX_BACKOFF_MS (60 * SECOND_MS)

const struct plan_vault *plan_vaults(const struct plan *plan)
{
    return plan->vaults.items;
}

const struct plan_item *plan_items(const struct plan *plan)
{
    return plan->items.items;
}

const struct plan_step *plan_steps(const struct plan *plan)
{
    return plan->steps.items;
}

int64_t plan_step_timeout_ms(const struct plan *plan, const struct plan_step *step)
{
    if (step->timeout_ms >= 0) {
        return step->timeout_ms;
    }
    return plan->defaults->timeout_ms >= 0 ? plan->defaults->timeout_ms : STEP_TIMEOUT_MS;
}

int64_t plan_step_poll_ms(const struct plan *plan, const struct plan_step *step)
{
    if (step->poll != NULL && step->poll->interval_ms >= 0) {
        return step->poll->interval_ms;
    }
    return plan->defaults->poll != NULL ? plan->defaults->poll->interval_ms : -1;
}

/* What is given in from, put over ret member by member. */
static void lay_retry(const struct plan_retry *from, struct plan_retry *ret)
{
    if (from == NULL) {
        return;
    }
    ret->attempts = from->attempts > 0 ? from->attempts : ret->attempts;
    ret->backoff_ms = from->backoff_ms >= 0 ? from->backoff_ms : ret->backoff_ms;
    ret->max_backoff_ms = from->max_backoff_ms >= 0 ? from->max_backoff_ms : ret->max_backoff_ms;
}

struct plan_retry plan_step_retry(const struct plan *plan, const struct plan_step *step)
{
    struct plan_retry retry = {.attempts = RETRY_ATTEMPTS,
                               .backoff_ms = RETRY_BACKOFF_MS,
                               .max_backoff_ms = RETRY_MAX_BACKOFF_MS};
    lay_retry(plan->defaults->retry, &retry);
    lay_retry(step->retry, &retry);
    return retry;
}

static void lay_trigger(const struct plan_trigger *from, struct plan_trigger *ret)
{
    if (from == NULL) {
        return;
    }
    ret->on_doubt = from->on_doubt >= 0 ? from->on_doubt : ret->on_doubt;
    ret->quiet_ms = from->quiet_ms >= 0 ? from->quiet_ms : ret->quiet_ms;
}

struct plan_trigger plan_step_trigger(const struct plan *plan, const struct plan_step *step)
{
    struct plan_trigger trigger = {.on_doubt = -1, .quiet_ms = -1};
    lay_trigger(plan->defaults->trigger, &trigger);
    lay_trigger(step->trigger, &trigger);
    return trigger;
}

void plan_free(struct plan *plan)
{
    if (plan != NULL) {
        arena_free(plan->arena); /* the plan itself lives in it */
    }
}

void plan_cleanup(struct plan **plan)
{
    plan_free(*plan);
    *plan = NULL;
}
