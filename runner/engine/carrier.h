/* SPDX-License-Identifier: MIT */
/* carrier: carries the tasks' requests and waits to the net and back: tokens, gates, retries, the
 * one wait.
 *
 * A task hands over a request or a wait and hears again by a delivery; what happens between (a
 * retry, a 429, a new token) it never sees.  On a virtual clock, deliveries come in the order of
 * the tasks, and time moves only when nothing is in flight. Not here: what a kind does with it
 * (run). */
#ifndef ENGINE_CARRIER_H
#define ENGINE_CARRIER_H

#include "base/clock.h"
#include "base/random.h"
#include "base/secret.h"
#include "engine/gate.h"
#include "engine/recorder.h"
#include "engine/timer.h"
#include "net/net.h"

enum carrier_gate {
    GATE_READ,
    GATE_WRITE,
    GATE_COUNT,
};

struct carrier {
    struct net *net;
    struct clock *clock;
    struct recorder *recorder;
    struct random random;
    const char *management;
    int64_t floor_ms; /* shortest wait after a 429 */
    int64_t (*throttle_wait_ms)(const struct http_reply *reply);
    struct secret token;
    struct mono token_until; /* to be renewed from then on */
    uint64_t token_serial;   /* counts tokens: a 401 to an older one says nothing about this one */
    bool is_signing_in;
    struct timers timers;
    struct gate gates[GATE_COUNT];
    struct carrier_tasks {
        VEC(struct task *);
    } outbox, tokenless, cancelled; /* cancelled: ended, but in flight; the carrier's own */
    struct {
        VEC(struct net_result);
    } results; /* of a virtual clock's batch, in order */
    size_t results_taken;
    int64_t server_ahead_ms; /* Azure's clock against ours */
    int64_t request_count;
    bool wants_sync;
    bool holds_changes; /* the run is to stop: no HTTP_ONCE leaves any more */
};

/* What a task, a deadline or the run hears. */
struct delivery {
    struct alarm *to;
    enum event_type event; /* REPLY, LOST, TIMER */
    struct http_reply reply;
};

void carrier_init(struct carrier *carrier);
void carrier_release(struct carrier *carrier);

/* Server time as far as known. */
struct utc carrier_now(const struct carrier *carrier);

void carrier_new_id(struct carrier *carrier, char id[UUID_TEXT_SIZE]);
/* Sends task->request; a first attempt or another one. */
void carrier_send(struct carrier *carrier, struct task *task);
void carrier_wait_task(struct carrier *carrier, struct task *task, int64_t wait_ms);
void carrier_alarm(struct carrier *carrier, struct alarm *alarm, int64_t wait_ms);
void carrier_forget_alarm(struct carrier *carrier, const struct alarm *alarm);
/* The task ends: nothing is delivered to it any more, and the carrier frees it. */
void carrier_end(struct carrier *carrier, struct task *task);

/* True once when a token is needed and nobody is getting one. */
bool carrier_wants_sign_in(struct carrier *carrier);
void carrier_signed_in(struct carrier *carrier, struct secret *token, int64_t lifetime_ms);
/* Takes the first of the tasks that wait for a token in vain; NULL if there is none. */
struct task *carrier_take_tokenless(struct carrier *carrier);

/* Syncs the journal once and sends what is in the outbox, as far as there are a token and an open
 * gate for it. */
void carrier_flush(struct carrier *carrier);
/* Waits for the next thing to happen, at most longest_ms of real time. */
void carrier_wait(struct carrier *carrier, int64_t longest_ms);
bool carrier_next(struct carrier *carrier, struct delivery *ret);

#endif
