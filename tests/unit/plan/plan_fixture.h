/* SPDX-License-Identifier: MIT */
/* plan_fixture: a table of kinds, and plans loaded with it, for the plan room's tests. */
#ifndef PLAN_FIXTURE_H
#define PLAN_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plan/plan_load.h"

struct fixture_disks {
    struct decoded base;
    struct integers luns;
    bool os_only;
};
struct fixture_fields {
    struct decoded base;
    const struct fixture_disks *disks;
};

static const struct decode_field fixture_disks_rows[] = {
    {.name = "luns",
     .type = DECODE_INTEGERS,
     .offset = offsetof(struct fixture_disks, luns),
     .max = 63,
     .doc = "Logical unit numbers."},
    {.name = "os_only",
     .type = DECODE_BOOL,
     .offset = offsetof(struct fixture_disks, os_only),
     .doc = "The system disk alone."},
    {.name = NULL                              },
};
static const struct decode_table fixture_disks_table = {.name = "disks",
                                                        .doc = "Which disks.",
                                                        .fields = fixture_disks_rows,
                                                        .size = sizeof(struct fixture_disks)};
static const struct decode_field fixture_rows[] = {
    {.name = "disks",
     .type = DECODE_RECORD,
     .offset = offsetof(struct fixture_fields, disks),
     .table = &fixture_disks_table,
     .doc = "Which disks."},
    {.name = NULL},
};
static const struct decode_table fixture_table = {.name = "restore-disks",
                                                  .doc = "Members of its own.",
                                                  .fields = fixture_rows,
                                                  .size = sizeof(struct fixture_fields)};

static inline void fixture_check_fields(struct arena *arena, const struct value *step,
                                        struct problems *problems)
{
    const struct value *disks = value_find(step, "disks");
    (void)arena;
    if (value_find(disks, "luns") != NULL && value_find(disks, "os_only") != NULL) {
        problems_add(problems, error_at(error_new(ERR_PLAN, "both of them"), disks->at));
    }
}

static const struct kind fixture_restore = {.name = "restore-disks",
                                            .doc = "Restores disks.",
                                            .role = KIND_STEP,
                                            .flags = KIND_RESTORES,
                                            .plan_fields = &fixture_table,
                                            .check_fields = fixture_check_fields};
static const struct kind fixture_wait = {.name = "wait", .doc = "Waits.", .role = KIND_STEP};
static const struct kind fixture_sign_in = {.name = "token", .doc = "Signs.", .role = KIND_SIGN_IN};
static const struct kind *const fixture_kinds[] = {&fixture_restore, &fixture_wait,
                                                   &fixture_sign_in, NULL};

static inline struct plan *fixture_load(const char *text, struct problems *problems)
{
    struct plan_inputs inputs = {.kinds = fixture_kinds};
    return plan_load("plan.yaml", str_from(text), &inputs, problems);
}

/* The problem at that line and column, whose text has part in it; part NULL: any; else NULL. */
static inline const struct problem *fixture_find(const struct problems *problems, int line,
                                                 int column, const char *part)
{
    for (size_t i = 0; i < problems->count; i++) {
        const struct error *error = problems->items[i].error;
        bool is_there =
            (line == 0 || error->line == line) && (column == 0 || error->column == column);
        if (is_there &&
            (part == NULL || str_find(str_from(error->text), str_from(part)) != SIZE_MAX)) {
            return &problems->items[i];
        }
    }
    return NULL;
}

static inline void fixture_print(const struct problems *problems)
{
    for (size_t i = 0; i < problems->count; i++) {
        const struct error *error = problems->items[i].error;
        print_message("%d:%d: %s: %s\n", error->line, error->column,
                      problems->items[i].is_warning ? "warning" : "error", error->text);
        for (const struct error *cause = error->cause; cause != NULL; cause = cause->cause) {
            print_message("     = because: %s\n", cause->text);
        }
        print_message("     = hint: %s\n", error->hint == NULL ? "-" : error->hint);
    }
}

/* Everything a small plan needs before its steps: lines 1 to 6; steps begin on line 7. */
#define FIXTURE_HEAD                                                                               \
    "version: 1\n"                                                                                 \
    "name: test\n"                                                                                 \
    "vaults: {main: {subscription: 11111111-2222-3333-4444-555555555555, resource_group: backup, " \
    "name: shop-vault}}\n"                                                                         \
    "items: {db: {vm: db01}, web: {vm: web-01, resource_group: shop-prod}}\n"                      \
    "selection: {newest: {}}\n"                                                                    \
    "targets: {lab: {resource_group: lab, storage_account: drillstaging}}\n"

#endif
