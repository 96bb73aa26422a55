/* SPDX-License-Identifier: MIT */
/* record: everything that happens, as one stream; journal, events, console, reports and exit code
 * are made from it alone.
 *
 * A line of the stream is one JSON object: seq, time, type, then the type's members.
 * Readers ignore types and members they do not know; none is ever given a new meaning. */
#ifndef RECORD_RECORD_H
#define RECORD_RECORD_H

#include "base/buf.h"
#include "base/clock.h"
#include "data/value.h"

#define RECORD_SCHEMA 1

/* Members by type (? = may be absent; step = instance id as "web-disks[web-01]"). */
enum record_type {
    /* tool, schema */
    RECORD_VERSION,
    /* run, purpose (apply|plan), plan, file, plan_sha256, mode, endpoint, rehearsal, seed?,
     * description?, parallel, steps: [{step, name, kind, item?, needs: [step]}] */
    RECORD_RUN_STARTED,
    /* vault, region, items (count) */
    RECORD_VAULT_READ,
    /* item, vault, id, vm, resource_group, source */
    RECORD_ITEM_RESOLVED,
    /* step, item, rule, reason, age_ms, considered, point: {id, time, consistency, tiers: [text]},
     * runner_up?: {id, time}, now, ladder?: [rule] (those tried, the last one is `rule`),
     * candidates: [{id, time, verdict, reason, line, consistency, tiers,
     * earlier?: [{rule, verdict, reason, line}]}], candidates_omitted?,
     * points?: as listed, in the order of candidates (purpose plan only) */
    RECORD_POINT_CHOSEN,
    /* step, request: {method, path, body} */
    RECORD_STEP_PLANNED,
    /* step, from, state (step_state_names), reason? */
    RECORD_STEP_STATE,
    /* step, attempt, request_id, method, path, body_sha256, body */
    RECORD_TRIGGER_INTENT,
    /* step, request_id, outcome (accepted|rejected|not-sent|unknown), status?, azure_request_id?,
     * text? */
    RECORD_TRIGGER_RESULT,
    /* step, keep: a map of what a later resume needs (operation, job) */
    RECORD_STEP_KEEP,
    /* step, job, status, percent?, remaining_ms?, detail? */
    RECORD_JOB_PROGRESS,
    /* step?, code?, title?, text */
    RECORD_WARNING,
    /* step?, method, path, outcome (answered|not-sent|lost), status?, elapsed_ms, request_id,
     * azure_request_id?, attempt */
    RECORD_REQUEST,
    /* step?, path, reason, wait_ms, attempt */
    RECORD_RETRY,
    /* scope (read|write), wait_ms, path */
    RECORD_THROTTLE,
    /* step, state, elapsed_ms, started?, output?: map,
     * error?: {code, text, hint?, where?, because: [text]} */
    RECORD_STEP_FINISHED,
    /* exit_code, outcome (text), elapsed_ms, requests, steps: {state: count},
     * critical_path: [step], critical_path_ms, error? as above */
    RECORD_RUN_FINISHED,
    RECORD_TYPE_COUNT,
};
extern const char *const record_type_names[RECORD_TYPE_COUNT]; /* "version", "run.started", … */

struct record {
    int64_t seq; /* from 1, without holes */
    struct utc time;
    enum record_type type;    /* RECORD_TYPE_COUNT: one this version does not know */
    const struct value *body; /* a map of the type's members, without seq, time and type */
};

/* One JSON object on one line, without line end: {"seq":1,"time":"…","type":"…", members…}. */
void record_format(const struct record *record, struct buf *ret);

/* The line parsed back; seq, time, type and the journal's prev and crc are not in body.
 * ERR_INPUT. */
struct error *record_parse(struct arena *arena, const char *source, struct str line,
                           struct record *ret) MUST_USE;

/* A reader of the stream: console, events file, summary.  Records are borrowed for the call. */
typedef void record_reader_fn(void *context, const struct record *record);

#endif
