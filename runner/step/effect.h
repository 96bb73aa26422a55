/* SPDX-License-Identifier: MIT */
/* effect: what a kind wants done next: exactly one thing.
 *
 * The caller of feed() makes an empty effect (effect_init), carries it out, and releases it. */
#ifndef STEP_EFFECT_H
#define STEP_EFFECT_H

#include "base/error.h"
#include "base/secret.h"
#include "data/value.h"
#include "http/message.h"

enum effect_type {
    EFFECT_NONE, /* nothing yet: only legal as an answer to CANCEL */
    EFFECT_SEND, /* request; the reply comes as EVENT_REPLY (or EVENT_LOST) */
    EFFECT_WAIT, /* wait_ms; then EVENT_TIMER */
    EFFECT_DONE, /* output */
    EFFECT_FAIL, /* error */
    EFFECT_TYPE_COUNT,
};

/* What a step is doing, for people: one closed list. */
enum step_state {
    STEP_PENDING,    /* waits for other steps */
    STEP_READY,      /* waits for its turn */
    STEP_PREPARING,  /* reads the vault, lists points, chooses */
    STEP_TRIGGERING, /* asks Azure to start */
    STEP_DOUBT,      /* a trigger's fate is unknown: looking for its job */
    STEP_RUNNING,    /* the job runs */
    STEP_SUCCEEDED,
    STEP_WARNINGS, /* succeeded, with warnings */
    STEP_FAILED,
    STEP_SKIPPED,
    STEP_AMBIGUOUS, /* a person must look (exit 6) */
    STEP_STATE_COUNT,
};
extern const char *const step_state_names[STEP_STATE_COUNT]; /* "pending", "ready", … */
bool step_state_is_final(enum step_state state);

struct effect {
    enum effect_type type;
    struct http_request request; /* SEND */
    int64_t wait_ms;             /* WAIT */
    const struct value *output;  /* DONE: a map, in the event's arena; also allowed with FAIL */
    struct secret secret;        /* DONE of a sign-in: the token; never in output */
    struct error *error;         /* FAIL; given to the carrier */
    enum step_state state;       /* what it is doing from now on; STEP_STATE_COUNT: unchanged */
    const struct value *keep;    /* SEND of HTTP_ONCE, and later news (URLs, job id): journalled and
                                    synced before carrying out */
    const struct value
        *progress; /* a map for a progress record (job, status, percent, remaining), or NULL */
    const struct value *warning; /* {code, title, text} to be recorded, or NULL */
};

void effect_init(struct effect *effect);
void effect_release(struct effect *effect);

/* The five answers, each on an effect fresh from effect_init. */
void effect_send(struct effect *effect, enum http_method method, const char *url);
void effect_wait(struct effect *effect, int64_t wait_ms);
void effect_done(struct effect *effect, const struct value *output);
void effect_fail(struct effect *effect, struct error *error);

#endif
