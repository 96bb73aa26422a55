/* SPDX-License-Identifier: MIT */
/* arm: what every call to Azure Resource Manager shares: arguments, paths, answers, error
 * envelopes, pages.
 *
 * Sources: azure-surface 0 (paths, api-versions), A.10 (filters, pages), C.7 and C.8 (errors).
 * Ownership: texts and values live in the arena that is passed in. */
#ifndef AZURE_ARM_H
#define AZURE_ARM_H

#include "base/clock.h"
#include "data/decode.h"
#include "http/message.h"

#define ARM_BACKUP_VERSION "2025-02-01"
#define ARM_VAULT_VERSION "2023-04-01"

/* The arguments that the engine hands to kinds, decoded.  Records that a kind does not need are
 * NULL. */
struct arm_vault {
    struct decoded base;
    const char *subscription, *resource_group, *name, *region;
};
struct arm_item {
    struct decoded base;
    const char *name, *id, *container, *protected_item, *vm, *source;
};
struct arm_point {
    struct decoded base;
    const char *id, *time;
    bool is_managed;
};
struct arm_target {
    struct decoded base;
    const char *subscription, *region, *resource_group, *storage_account, *storage_resource_group;
};
struct arm_poll_settings {
    struct decoded base;
    int64_t interval_ms; /* -1: the service's cadence */
    int64_t floor_ms;    /* never more often */
};
struct arm_trigger_settings {
    struct decoded base;
    bool may_resend;
    int64_t quiet_ms, attempts;
};
struct arm_arguments {
    struct decoded base;
    const char *management;
    const struct arm_vault *vault;
    const struct arm_item *item;
    const struct arm_point *point;
    const struct arm_target *target;
    const struct arm_poll_settings *poll;
    const struct arm_trigger_settings *trigger;
    const struct value *fields; /* the step as the plan has it: the kind's own members are there */
};

/* A map that does not fit is the engine's mistake: BUG. */
const struct arm_arguments *arm_arguments_read(struct arena *arena, const struct value *arguments);

/* Absolute paths, segments encoded.  Names in them were checked when the plan was. */
const char *arm_vault_path(struct arena *arena, const struct arm_vault *vault);
const char *arm_item_path(struct arena *arena, const struct arm_arguments *arguments);

/* management + path + suffix + "?api-version=" (+ "&$filter=" encoded, where filter is not NULL).
 */
struct arm_query {
    const char *path, *suffix, *api_version, *filter;
};
const char *arm_url(struct arena *arena, const char *management, const struct arm_query *query);

/* "2026-11-02 08:05:09 AM": the format of dates in filters (A.10). */
const char *arm_filter_time(struct arena *arena, struct utc time);

/* The JSON of a 200 answer to a read.  Anything else becomes an error that begins with `what`
 * ("cannot list …"). */
struct error *arm_read(struct arena *arena, const struct http_reply *reply, const char *what,
                       const struct value **ret) MUST_USE;

/* An answer that is not what was hoped for, as an error: 401 and 403 are ERR_AUTH, other 4xx
 * rejected (code), no answer, 408 and all others ERR_UNREACHABLE.  Has Azure's code, message and
 * request id, and what to do about the well-known ones. */
struct error *arm_error(const struct http_reply *reply, enum error_code code, const char *what);

/* The wait that the text of a 429 asks for ("try again after '324' seconds"), in ms; -1 if it asks
 * nothing (D.6). */
int64_t arm_throttle_wait_ms(const struct http_reply *reply);

/* Equal without case, or one ends in ";" and the other: container names come with and without their
 * first part (C.5). */
bool arm_container_equal(const char *a, const char *b);

/* Follows nextLink: no URL twice, no foreign host (the engine refuses it), at most LIMIT_PAGES. */
struct arm_pages {
    struct texts seen;
    size_t capacity;
};
/* *ret_next is NULL at the end.  A page without a list is an error: it would read as an empty one.
 */
struct error *arm_pages_next(struct arena *arena, struct arm_pages *pages, const char *management,
                             const struct value *page, const char **ret_next) MUST_USE;

#endif
