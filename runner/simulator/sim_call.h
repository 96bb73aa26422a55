/* SPDX-License-Identifier: MIT */
/* sim_call: one request while it is answered: what was asked, and the reply under way.
 *
 * Ownership: the request is borrowed; what is read of it lives in the call's arena; the reply
 * belongs to the caller. Sources: azure-surface 0.3, 0.4 (headers), C.7 (error envelopes). */
#ifndef SIMULATOR_SIM_CALL_H
#define SIMULATOR_SIM_CALL_H

#include "base/clock.h"
#include "data/json_write.h"
#include "http/header.h"
#include "simulator/sim_fault.h"
#include "simulator/world_point.h"

struct sim_request {
    const char *method;
    const char *target; /* path and query as they were sent */
    /* Headers; NULL where absent. */
    const char *host, *authorization, *content_type, *client_request_id;
    bool wants_echo; /* x-ms-return-client-request-id */
    struct str body;
    struct utc now;
};

struct sim_reply {
    int status;
    struct headers headers;
    struct buf body;
    bool is_dropped;   /* the connection is closed without an answer */
    bool is_cut;       /* only half of the body is sent */
    const char *fault; /* spec of the fault that shaped it, or NULL; good while the faults are */
};
void sim_call_reply_init(struct sim_reply *reply);
void sim_call_reply_release(struct sim_reply *reply);

struct sim_param {
    const char *name, *value; /* decoded */
    struct str raw;           /* the value as sent */
};
struct sim_params {
    VEC(struct sim_param);
};

#define SIM_CALL_PARTS 8
struct sim_call {
    struct arena *arena;
    struct world *world;
    const struct sim_request *request;
    const char *path; /* decoded */
    struct sim_params params;
    const char *version;               /* api-version; "" for sign-in */
    const char *parts[SIM_CALL_PARTS]; /* what the route's * stood for */
    size_t part_count;
    struct world_vault *vault; /* as far as the route names them */
    struct world_item *item;
    const struct world_point *point;
    struct sim_fault_hits hits;
    struct sim_reply *reply;
};

/* "a=1&b=x%20y+z"; false if an escape is broken. */
bool sim_call_params(struct arena *arena, struct str text, struct sim_params *ret) MUST_USE;
/* By name without case, or NULL. */
const struct sim_param *sim_call_param(const struct sim_params *params, const char *name);

/* Date order: asked version is that date or later. */
bool sim_call_since(const struct sim_call *call, const char *version);
/* Absolute beginning of our URLs, as the client knows us: "http://127.0.0.1:4711". */
const char *sim_call_origin(const struct sim_call *call);

/* The one body of the reply. */
struct json_writer sim_call_json(struct sim_call *call, int status);
void sim_call_header(struct sim_call *call, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* {"error": {code, message}}, as ARM's front end says it. */
void sim_call_error(struct sim_call *call, int status, const char *code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* 400 BMSUserErrorInvalidInput, as the backup service itself says it. */
void sim_call_refuse(struct sim_call *call, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The headers every answer of ARM has, ids made from the request. */
void sim_call_finish(struct sim_call *call);

#endif
