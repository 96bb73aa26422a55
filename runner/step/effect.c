/* SPDX-License-Identifier: MIT */
#include "step/effect.h"

const char *const step_state_names[STEP_STATE_COUNT] = {
    "pending",   "ready",    "preparing", "triggering", "looking",   "running",
    "succeeded", "warnings", "failed",    "skipped",    "ambiguous",
};
_Static_assert(sizeof(step_state_names) / sizeof(step_state_names[0]) == STEP_STATE_COUNT,
               "a name for each state");

bool step_state_is_final(enum step_state state)
{
    return state == STEP_SUCCEEDED || state == STEP_WARNINGS || state == STEP_FAILED ||
           state == STEP_SKIPPED || state == STEP_AMBIGUOUS;
}

void effect_init(struct effect *effect)
{
    *effect = (struct effect){.type = EFFECT_NONE, .state = STEP_STATE_COUNT};
}

void effect_release(struct effect *effect)
{
    http_request_release(&effect->request);
    secret_release(&effect->secret);
    error_free(effect->error);
    effect_init(effect);
}

void effect_send(struct effect *effect, enum http_method method, const char *url)
{
    effect->type = EFFECT_SEND;
    http_request_init(&effect->request, method, url);
}

void effect_wait(struct effect *effect, int64_t wait_ms)
{
    effect->type = EFFECT_WAIT;
    effect->wait_ms = wait_ms;
}

void effect_done(struct effect *effect, const struct value *output)
{
    effect->type = EFFECT_DONE;
    effect->output = output;
}

void effect_fail(struct effect *effect, struct error *error)
{
    effect->type = EFFECT_FAIL;
    effect->error = error;
}
