/* SPDX-License-Identifier: MIT */
/* select_fixture: rules and points as text, chosen from, for the tests of selection. */
#ifndef SELECT_FIXTURE_H
#define SELECT_FIXTURE_H

#include "base/clock.h"
#include "base/limit.h"
#include "base/mem.h"
#include "data/json_read.h"
#include "plan/select_explain.h"
#include "unit/plan/plan_fixture.h"

/* Noon of 2026-11-20.  A rule begins on line 4, its members on line 5. */
static const struct utc now = {INT64_C(1795176000000)};

#define RUN_SEED 5

struct chosen {
    struct arena *arena;
    struct plan *plan;
    struct problems problems;
    const struct plan_rule *rule;
    struct selection selection;
    const char *reason; /* of the first candidate */
    int line;
};

/* rule is what stands under "newest:", a member each line. */
static inline void choose(struct chosen *chosen, const char *rule, const char *points)
{
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
    buf_format(&text,
               "version: 1\nname: test\nselection:\n newest:\n%s\nsteps: {a: {kind: wait}}\n",
               rule);
    *chosen = (struct chosen){.arena = arena_new()};
    chosen->plan = fixture_load(buf_text(&text), &chosen->problems);
    if (chosen->plan == NULL) {
        fixture_print(&chosen->problems);
        fail();
        return;
    }
    chosen->rule = chosen->plan->selection.items;
    const struct value *tree = NULL;
    assert_null(json_read(chosen->arena, "points", str_from(points), 0, &tree));
    struct select_request request = {chosen->rule, tree, now, RUN_SEED};
    select_point(chosen->arena, &request, &chosen->selection);
    if (chosen->selection.count > 0) {
        const struct candidate *first = &chosen->selection.candidates[0];
        chosen->reason = select_reason(chosen->arena, &chosen->selection, first);
        chosen->line = select_line(&chosen->selection, first);
    }
}

static inline void chosen_release(struct chosen *chosen)
{
    plan_free(chosen->plan);
    problems_release(&chosen->problems);
    arena_free(chosen->arena);
}

#define POINT(id, time, consistency, tiers)                                                        \
    "{\"id\": \"" id "\", \"time\": \"" time "\", \"consistency\": \"" consistency                 \
    "\", \"tiers\": [" tiers "]}"
#define TIER(tier, status) "{\"tier\": \"" tier "\", \"status\": \"" status "\"}"
#define MARKED(member) "{\"id\": \"1\", \"time\": \"2026-11-20T11:00:00Z\", " member "}"
#define POINTS(list) "{\"points\": [" list "]}"

#endif
