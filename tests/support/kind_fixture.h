/* SPDX-License-Identifier: MIT */
/* kind_fixture: a step kind, or a part of one, at work without an engine: events in, effects looked
 * at.
 *
 * Use: kind_open(&fixture, feed, state); kind_start(…); kind_reply(…); kind_expect_send(…);
 * kind_close(). Expectations fail the test with what was expected and what came. */
#ifndef SUPPORT_KIND_FIXTURE_H
#define SUPPORT_KIND_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "step/effect.h"
#include "step/event.h"

#define KIND_NOW INT64_C(1793606400000) /* 2026-11-02T08:00:00Z */

#define MANAGEMENT "https://management.azure.com"
#define VAULT_PATH                                                                                 \
    "/subscriptions/5ub/resourceGroups/backup/providers/Microsoft.RecoveryServices/vaults/"        \
    "payroll-vault"
#define VAULT_URL MANAGEMENT VAULT_PATH
#define ITEM_PATH                                                                                  \
    VAULT_PATH "/backupFabrics/Azure/protectionContainers/"                                        \
               "IaasVMContainer%3Biaasvmcontainerv2%3Bprod%3Bdb01/protectedItems/"                 \
               "VM%3Biaasvmcontainerv2%3Bprod%3Bdb01"
#define ITEM_URL MANAGEMENT ITEM_PATH
#define BACKUP_VERSION "?api-version=2025-02-01"
#define SOURCE_ID                                                                                  \
    "/subscriptions/5ub/resourceGroups/prod/providers/Microsoft.Compute/virtualMachines/db01"

/* Arguments as engine/arguments.c builds them, as JSON. */
#define ARGUMENTS_VAULT                                                                            \
    "\"management\": \"" MANAGEMENT "\", \"vault\": {\"subscription\": \"5ub\", "                  \
    "\"resource_group\": \"backup\", \"name\": \"payroll-vault\", \"region\": \"westeurope\"}"
#define ARGUMENTS_ITEM                                                                             \
    ARGUMENTS_VAULT                                                                                \
    ", \"item\": {\"name\": \"db\", \"id\": \"x\", \"vm\": \"db01\", "                             \
    "\"container\": \"IaasVMContainer;iaasvmcontainerv2;prod;db01\", "                             \
    "\"protected_item\": \"VM;iaasvmcontainerv2;prod;db01\", \"source\": \"" SOURCE_ID "\"}"
#define ARGUMENTS_POINT ", \"point\": {\"id\": \"2261018173779283322\", \"is_managed\": true}"
#define ARGUMENTS_TARGET                                                                           \
    ", \"target\": {\"region\": \"westeurope\", \"resource_group\": \"lab\", "                     \
    "\"storage_account\": \"staging\"}"
#define ARGUMENTS_POLL ", \"poll\": {\"interval_ms\": -1, \"floor_ms\": 1000}"
#define ARGUMENTS_TRIGGER(may_resend)                                                              \
    ", \"trigger\": {\"may_resend\": " may_resend ", \"quiet_ms\": 600000, \"attempts\": 3}"
#define ARGUMENTS_STEP(may_resend)                                                                 \
    "{" ARGUMENTS_ITEM ARGUMENTS_POINT ARGUMENTS_TARGET ARGUMENTS_POLL ARGUMENTS_TRIGGER(          \
        may_resend) "}"

typedef void kind_feed(void *state, const struct event *in, struct effect *out);

struct kind_fixture {
    kind_feed *feed;
    void *state;
    struct arena *arena, *scratch;
    struct utc now, sent_at;
    const char *request_id; /* of the request under way */
    const void *credential; /* for START */
    struct effect effect;   /* the last one */
};

void kind_open(struct kind_fixture *fixture, kind_feed *feed, void *state);
void kind_close(struct kind_fixture *fixture);

/* JSON as a tree in the fixture's arena. */
const struct value *kind_json(const struct kind_fixture *fixture, const char *text);

/* Events.  Headers are lines "Name: value"; NULL is none.  A body of NULL is an empty one. */
void kind_start(struct kind_fixture *fixture, const char *arguments);
void kind_reply(struct kind_fixture *fixture, int status, const char *headers, const char *body);
void kind_reply_cut(struct kind_fixture *fixture, int status, const char *headers,
                    const char *body);
/* Never sent; is_refused: by ourselves, because the host is foreign. */
void kind_not_sent(struct kind_fixture *fixture, bool is_refused);
void kind_lost(struct kind_fixture *fixture);
/* Turns the clock by what the last effect waits for. */
void kind_timer(struct kind_fixture *fixture);
void kind_cancel(struct kind_fixture *fixture);
/* A reply made by hand, for functions that take one. */
void kind_make_reply(struct http_reply *reply, int status, const char *headers, const char *body);

/* What the last effect must be; url NULL: any. */
void kind_expect_send(const struct kind_fixture *fixture, enum http_method method, const char *url);
void kind_expect_wait(const struct kind_fixture *fixture, int64_t wait_ms);
void kind_expect_done(const struct kind_fixture *fixture, const char *output);
/* Each part stands in the texts of the error and its causes; NULL is no part. */
void kind_expect_fail(const struct kind_fixture *fixture, enum error_code code, const char *part,
                      const char *other);
void kind_expect_hint(const struct kind_fixture *fixture, const char *part);
void kind_expect_state(const struct kind_fixture *fixture, enum step_state state);
void kind_expect_contains(const char *text, const char *part);
void kind_expect_equal(const struct value *value, const char *json);

#endif
