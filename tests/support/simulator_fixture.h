/* SPDX-License-Identifier: MIT */
/* simulator_fixture: a small world, and requests put to it without sockets. */
#ifndef SUPPORT_SIMULATOR_FIXTURE_H
#define SUPPORT_SIMULATOR_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "simulator/sim_call.h"

#define FIXTURE_NOW INT64_C(1793606400000) /* 2026-11-02T08:00:00Z */

#define FIXTURE_WORLD                                                                              \
    "now: 2026-11-02T08:00:00Z\n"                                                                  \
    "seed: 7\n"                                                                                    \
    "vaults:\n"                                                                                    \
    "  main:\n"                                                                                    \
    "    subscription: sub1\n"                                                                     \
    "    resource_group: backup\n"                                                                 \
    "    name: payroll-vault\n"                                                                    \
    "    items:\n"                                                                                 \
    "      - { vm: db01, resource_group: prod, disks: 2, job_duration: 20m,\n"                     \
    "          points: [ { id: '72892117707916', age: 6h, tiers: [snapshot] },\n"                  \
    "                    { id: '2261018173779283322', time: 2026-10-31T02:00:00Z, consistency: "   \
    "crash },\n"                                                                                   \
    "                    { id: '55555555555555', age: 90d, tiers: [archive] } ] }\n"               \
    "      - { vm: web01, resource_group: prod }\n"                                                \
    "      - { vm: web02, resource_group: prod, state: ProtectionStopped, health: ActionRequired " \
    "}\n"                                                                                          \
    "      - { vm: old01, resource_group: prod, is_soft_deleted: true }\n"

#define VAULT                                                                                      \
    "/subscriptions/sub1/resourceGroups/backup/providers/Microsoft.RecoveryServices/vaults/"       \
    "payroll-vault"
#define ITEM_OF(vm)                                                                                \
    VAULT "/backupFabrics/Azure/protectionContainers/IaasVMContainer;iaasvmcontainerv2;prod;" vm   \
          "/protectedItems/VM;iaasvmcontainerv2;prod;" vm
#define ITEM ITEM_OF("db01")
#define POINT ITEM "/recoveryPoints/72892117707916"
#define V "?api-version=2025-02-01"

#define RESTORE_BODY(more)                                                                         \
    "{\"properties\":{\"objectType\":\"IaasVMRestoreRequest\","                                    \
    "\"recoveryPointId\":\"72892117707916\",\"recoveryType\":\"RestoreDisks\","                    \
    "\"sourceResourceId\":\"/subscriptions/sub1/resourceGroups/prod/providers/Microsoft.Compute/"  \
    "virtualMachines/db01\","                                                                      \
    "\"storageAccountId\":\"/subscriptions/sub1/resourceGroups/lab/providers/Microsoft.Storage/"   \
    "storageAccounts/staging\","                                                                   \
    "\"region\":\"westeurope\"" more "}}"
#define MANAGED ",\"targetResourceGroupId\":\"/subscriptions/sub1/resourceGroups/lab\""

struct fixture {
    struct arena *arena;
    struct world *world;
    struct sim_faults faults;
    struct sim_request request; /* what every request has, until the test changes it */
    struct sim_reply reply;     /* of the last one */
    const struct value *body;   /* of the last one, or NULL */
};

/* NULL if problems has errors now. */
struct world *fixture_world(struct arena *arena, const char *yaml, struct problems *problems);
void fixture_open(struct fixture *fixture, const char *yaml);
void fixture_close(struct fixture *fixture);
void fixture_fault(struct fixture *fixture, const char *spec);

/* The status; the answer's JSON is in fixture->body. */
int fixture_ask(struct fixture *fixture, const char *method, const char *target, const char *body);
int fixture_get(struct fixture *fixture, const char *target);

/* Of the last answer. */
const char *fixture_text(const struct fixture *fixture, const char *path);
const char *fixture_header(const struct fixture *fixture, const char *name);
const struct value *fixture_list(const struct fixture *fixture);
/* The path and query of an absolute URL of this simulator. */
const char *fixture_target(const char *url);

/* Restores that were started in the first vault. */
size_t fixture_job_count(const struct fixture *fixture);
const char *fixture_job_id(const struct fixture *fixture, size_t i);

#endif
