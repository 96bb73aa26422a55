/* SPDX-License-Identifier: MIT */
#include "base/mem.h"
#include "plan/plan_check.h"

#include "base/limit.h"
#include "unit/plan/plan_fixture.h"

#define VAULT                                                                                      \
    "{subscription: 11111111-2222-3333-4444-555555555555, resource_group: backup, name: "          \
    "shop-vault}"
#define ACCOUNT_ID                                                                                 \
    "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/lab/providers/"            \
    "Microsoft.Storage/storageAccounts/drillstaging"

/* The parts of a plan, one line each; NULL: as below.  version and name are lines 1 and 2. */
struct parts {
    const char *vaults, *items, *selection, *targets, *steps; /* lines 3 to 7 */
};

static struct plan *load(const struct parts *parts, struct problems *problems)
{
    static const struct parts usual = {
        "{main: " VAULT "}", "{db: {vm: db01}}", "{newest: {}}",
        "{lab: {resource_group: lab, storage_account: drillstaging}}",
        "{a: {kind: restore-disks, items: db}}"};
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
    buf_format(
        &text,
        "version: 1\nname: test\nvaults: %s\nitems: %s\nselection: %s\ntargets: %s\nsteps: %s\n",
        parts->vaults == NULL ? usual.vaults : parts->vaults,
        parts->items == NULL ? usual.items : parts->items,
        parts->selection == NULL ? usual.selection : parts->selection,
        parts->targets == NULL ? usual.targets : parts->targets,
        parts->steps == NULL ? usual.steps : parts->steps);
    return fixture_load(buf_text(&text), problems);
}

static void plan_check__accepts(void **state)
{
    (void)state;
    static const struct parts cases[] = {
        {.vaults = NULL                                                                                   },
        {.vaults = "{main: " VAULT ", other: " VAULT "}",
         .items = "{db: {vault: main, vm: db01}, web: {vault: other, vm: web01}}",
         .steps = "{a: {kind: restore-disks, items: [db, web]}}"},
        {.items = "{db: {container: iaasvmcontainer;iaasvmcontainerv2;rg;vm, protected_item: "
                  "VM;iaasvmcontainerv2;rg;vm}}"                                          },
        {.items =
             "{db: {vm: db01, source: "
             "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/vm}}"                                                 },
        {.targets = "{lab: {storage_account: " ACCOUNT_ID "}}"},
        {.targets = "{lab: {storage_account: drillstaging, storage_resource_group: lab}}"                                            },
        {.targets = "{lab: {resource_group: 'Größe(1).a-b_c', storage_account: drillstaging, "
                    "region: westeurope2}}"                 },
        {.steps = "{a: {kind: restore-disks, items: db, select: newest, target: lab, disks: {luns: "
                  "[]}}}"                                                      },
        {.steps = "{a: {kind: restore-disks, items: [db]}, b: {kind: wait, depends_on: [a]}}"                                                                        },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        AUTO(problems) struct problems problems = {0};
        AUTO(plan) struct plan *plan = load(&cases[i], &problems);
        if (plan == NULL || problems.count > 0) {
            fixture_print(&problems);
            fail_msg("case %zu", i);
        }
    }
}

static const struct {
    struct parts parts;
    int line;
    const char *text;
    const char *hint;
} refused[] = {
    {{.items = "{db: {vm: db01, vault: Main}}"},
     4,                                                                                            "there is no vault 'Main'",
     "did you mean 'main'?"                                                                                                                                                      },
    {{.items = "{db: {vm: db01, container: c, protected_item: p}}"},
     4,                                                                                            "by vm and by container",
     "keep one"                                                                                                                                                                  },
    {{.items = "{db: {resource_group: g}}"},                                                    4, "does not say what it is",                              "write vm"            },
    {{.items = "{db: {container: c}}"},                                                         4, "has a container and no protected_item",                NULL                  },
    {{.items = "{db: {protected_item: c}}"},                                                    4, "has a protected_item and no container",                NULL                  },
    {{.items = "{db: {container: c, protected_item: p, resource_group: g}}"},
     4,                                                                                            "goes with vm only",
     NULL                                                                                                                                                                        },
    {{.vaults = "{main: " VAULT ", other: " VAULT "}"},
     4,                                                                                            "does not say which vault",
     "'main', 'other'"                                                                                                                                                           },
    {{.steps = "{a: {kind: restore-disks, items: [db, db]}}"},                                  7, "stands twice in step 'a'",                             NULL                  },
    {{.steps = "{a: {kind: restore-disks}}"},                                                   7, "step 'a' has no items",                                NULL                  },
    {{.steps = "{a: {kind: restore-disks, items: []}}"},                                        7, "'items' must",                                         NULL                  },
    {{.steps = "{a: {kind: token}}"},                                                           7, "there is no step kind 'token'",                        "restore-disks, wait" },
    {{.steps = "{a: {kind: Wait}}"},                                                            7, "there is no step kind 'Wait'",                         "did you mean 'wait'?"},
    {{.steps = "{a: {kind: wait, disks: {}}}"},                                                 7, "unknown key 'disks' in step",                          NULL                  },
    {{.steps = "{a: {kind: restore-disks, items: db, dsiks: {}}}"},
     7,                                                                                            "unknown key 'dsiks'",
     "did you mean 'disks'?"                                                                                                                                                     },
    {{.steps = "{a: {kind: restore-disks, items: db, traget: lab}}"},
     7,                                                                                            "unknown key 'traget'",
     "did you mean 'target'?"                                                                                                                                                    },
    {{.steps = "{a: {kind: restore-disks, items: db, retry: {backoff: 3s, max_backoff: 2s}}}"},
     7,                                                                                            "max_backoff is less",
     NULL                                                                                                                                                                        },
    {{.selection = "{newest: {pick: newest}}"},
     5,                                                                                            "'pick' must be latest, oldest, nearest, random or id",
     NULL                                                                                                                                                                        },
    {{.selection = "{newest: {pick: nearst, at: 2026-11-01T02:00:00Z}}"},
     5,                                                                                            "'pick' must be",
     "nearest"                                                                                                                                                                   },
    {{.selection = "{newest: {at: 2026-11-01T02:00:00Z}}"},
     5,                                                                                            "'at' goes with pick: nearest only, not with latest",
     "take 'at' out"                                                                                                                                                             },
    {{.selection = "{newest: {pick: nearest}}"},                                                5, "pick: nearest needs 'at'",                             "add at:"             },
    {{.selection = "{newest: {pick: nearest, at: 2026-11-01T02:00:00}}"},
     5,                                                                                            "'at' must be a time",
     "add the zone"                                                                                                                                                              },
    {{.selection = "{newest: {pick: oldest, direction: before}}"},
     5,                                                                                            "'direction' goes with pick: nearest only",
     NULL                                                                                                                                                                        },
    {{.selection = "{newest: {id: 12}}"},                                                       5, "'id' goes with pick: id only",                         NULL                  },
    {{.selection = "{newest: {pick: id}}"},                                                     5, "pick: id needs 'id'",                                  "restorectl points"   },
    {{.selection = "{newest: {seed: 1}}"},                                                      5, "'seed' goes with pick: random only",                   NULL                  },
    {{.selection = "{newest: {pick: random, seed: -1}}"},                                       5, "'seed' must be",                                       NULL                  },
    {{.selection = "{newest: {pick: random, prefer: tier}}"},
     5,                                                                                            "pick: random cannot prefer 'tier'",
     "take it out"                                                                                                                                                               },
    {{.selection = "{newest: {prefer: oldest}}"},                                               5, "pick: latest cannot prefer 'oldest'",                  NULL                  },
    {{.selection = "{newest: {pick: oldest, prefer: [tier, newest]}}"},
     5,                                                                                            "pick: oldest cannot prefer 'newest'",
     NULL                                                                                                                                                                        },
    {{.selection = "{newest: {prefer: [tier, tier]}}"},                                         5, "'tier' stands twice",                                  NULL                  },
    {{.selection = "{newest: {from: 2026-11-02T00:00:00Z, until: 2026-11-01T00:00:00Z}}"},
     5,                                                                                            "'from' is after 'until'",
     "exchange"                                                                                                                                                                  },
    {{.selection = "{newest: {min_age: 3h, max_age: 2h}}"},
     5,                                                                                            "min_age is more than max_age",
     "exchange"                                                                                                                                                                  },
    {{.selection = "{newest: {min_age: 3h, within: 2h}}"},                                      5, "min_age is more than within",                          NULL                  },
    {{.selection = "{newest: {otherwise: nevest}}"},
     5,                                                                                            "there is no selection rule 'nevest'",
     "did you mean 'newest'?"                                                                                                                                                    },
    {{.selection = "{newest: {otherwise: newest}}"},
     5,                                                                                            "rules lead back to each other: newest -> newest",
     "take 'otherwise' out"                                                                                                                                                      },
    {{.selection = "{newest: {otherwise: b}, b: {otherwise: c}, c: {otherwise: b}}",
      .steps = "{a: {kind: restore-disks, items: db, select: newest}}"},
     5,                                                                                            "rules lead back to each other: b -> c -> b",
     NULL                                                                                                                                                                        },
    {{.selection = "{newest: {encrypted: maybe}}"},
     5,                                                                                            "'encrypted' must be any, true or false",
     NULL                                                                                                                                                                        },
    {{.selection = "{newest: {threat: some}}"},                                                 5, "'threat' must be any or none",                         NULL                  },
    {{.selection = "{newest: {hook: skip_mondays}}"},
     5,                                                                                            "unknown key 'hook'",
     "not supported by this version"                                                                                                                                             },
    {{.selection = "{newest: {max_age: 0s}}"},                                                  5, "'max_age' must be a duration",                         NULL                  },
    {{.selection = "{a: {}, b: {}}"},                                                           7, "does not say its selection rule",                      "write select: a"     },
    {{.targets = "{lab: {resource_group: lab}}"},                                               6, "target 'lab' has no storage_account",                  NULL                  },
    {{.targets = "{lab: {storage_account: drillstaging}}"},
     6,                                                                                            "has no resource group",
     "storage_resource_group"                                                                                                                                                    },
    {{.targets = "{}"},                                                                         7, "does not say its target",                              "under 'targets:'"    },
};

/* What is only refused here; the corpus in tests/cli/validate shows the texts. */
static void plan_check__refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        AUTO(problems) struct problems problems = {0};
        AUTO(plan) struct plan *plan = load(&refused[i].parts, &problems);
        const struct problem *found = fixture_find(&problems, refused[i].line, 0, refused[i].text);
        bool has_hint =
            refused[i].hint == NULL ||
            (found != NULL && found->error->hint != NULL &&
             str_find(str_from(found->error->hint), str_from(refused[i].hint)) != SIZE_MAX);
        if (plan != NULL || found == NULL || !has_hint || problems.error_count != 1) {
            fixture_print(&problems);
            fail_msg("case %zu: %s", i, refused[i].text);
        }
    }
}

static void plan_check__warns_of_unused(void **state)
{
    (void)state;
    static const struct parts parts = {
        .vaults = "{main: " VAULT ", other: " VAULT "}",
        .items = "{db: {vm: db01, vault: main}, web: {vm: web01, vault: main}}",
        .selection = "{newest: {}, oldest: {}}",
        .targets = "{lab: {resource_group: lab, storage_account: drillstaging}, away: {}}",
        .steps = "{a: {kind: restore-disks, items: db, select: newest, target: lab}}",
    };
    AUTO(problems) struct problems problems = {0};
    AUTO(plan) struct plan *plan = load(&parts, &problems);
    assert_non_null(plan);
    assert_int_equal(problems.count, 4);
    static const char *const expected[] = {"vault 'other'", "item 'web'", "selection rule 'oldest'",
                                           "target 'away'"};
    for (size_t i = 0; i < 4; i++) {
        const struct problem *found = fixture_find(&problems, 3 + (int)i, 0, expected[i]);
        assert_true(found != NULL && found->is_warning);
    }
}

/* A slip in a name is told once: neither as a missing name and an unused one, nor for each use of
 * it. */
static void plan_check__does_not_repeat_itself(void **state)
{
    (void)state;
    static const struct parts parts = {.targets = "{lab: {resource_group: lab}}",
                                       .steps =
                                           "{a: {kind: restore-disks, items: db, select: newst}, "
                                           "b: {kind: restore-disks, items: db, depends_on: a}}"};
    AUTO(problems) struct problems problems = {0};
    AUTO(plan) struct plan *plan = load(&parts, &problems);
    assert_null(plan);
    assert_int_equal(problems.count, 2);
    assert_non_null(fixture_find(&problems, 7, 0, "there is no selection rule 'newst'"));
    assert_non_null(fixture_find(&problems, 6, 0, "has no storage_account"));
}

/* A plan that is wrong all over is refused soon: beyond the limit problems are only counted. */
static void plan_check__counts_beyond_the_limit(void **state)
{
    (void)state;
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_PLAN_BYTES);
    buf_append_text(&text, "version: 1\nname: test\nsteps:\n");
    for (int i = 0; i < 10000; i++) {
        buf_format(&text, "  step-number-%d: {kind: wait, depends_on: stepp-number-%d}\n", i, i);
    }
    AUTO(problems) struct problems problems = {0};
    AUTO(plan) struct plan *plan = fixture_load(buf_text(&text), &problems);
    assert_null(plan);
    assert_int_equal(problems.error_count, 10000);
    assert_int_equal(problems.count, LIMIT_PLAN_PROBLEMS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plan_check__accepts),
        cmocka_unit_test(plan_check__refuses),
        cmocka_unit_test(plan_check__warns_of_unused),
        cmocka_unit_test(plan_check__does_not_repeat_itself),
        cmocka_unit_test(plan_check__counts_beyond_the_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
