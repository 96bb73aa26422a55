/* SPDX-License-Identifier: MIT */
/* bench_select: how long a choice among 10,000 points takes; prints the figures, judges none.
 *
 * The goal is 5 ms for each way to pick, in a release build. */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"
#include "plan/plan_load.h"
#include "plan/select.h"

enum { POINTS = 10000, ROUNDS = 50 };

static const struct utc now = {INT64_C(1795176000000)};

static const struct {
    const char *name, *rule;
} rules[] = {
    {"latest",            "{}"                                                              },
    {"latest, filtered",
     "{max_age: 300d, min_age: 1h, consistency: [application, file-system], tiers: [vault]}"},
    {"latest, preferred", "{prefer: [consistency, tier, newest]}"                           },
    {"oldest",            "{pick: oldest}"                                                  },
    {"nearest",           "{pick: nearest, at: 2026-06-01T00:00:00Z}"                       },
    {"random",            "{pick: random, seed: 7}"                                         },
    {"a ladder of three",
     "{max_age: 1s, otherwise: b}, b: {max_age: 2s, otherwise: c}, c: {tiers: [vault]}"     },
};

/* Hour by hour, backwards; is_shuffled: in another order than Azure's. */
static const struct value *list_points(struct arena *arena, bool is_shuffled)
{
    static const char *const consistencies[] = {"application", "application", "crash"};
    struct value *list = value_new(arena, VALUE_LIST);
    for (int i = 0; i < POINTS; i++) {
        int64_t at = is_shuffled ? (int64_t)i * 7919 % POINTS : i;
        struct value *point = value_new(arena, VALUE_MAP);
        struct value *tier = value_new(arena, VALUE_MAP);
        struct value *tiers = value_new(arena, VALUE_LIST);
        char time[UTC_TEXT_SIZE];
        utc_format((struct utc){now.ms - at * HOUR_MS}, time);
        value_set_text(arena, point, "id",
                       arena_format(arena, "%" PRId64, 643534563645867510 + at));
        value_set_text(arena, point, "time", time);
        value_set_text(arena, point, "consistency", consistencies[at % 3]);
        value_set_text(arena, tier, "tier", at % 2 == 0 ? "vault" : "snapshot");
        value_set_text(arena, tier, "status", "valid");
        value_append(arena, tiers, tier);
        value_set(arena, point, "tiers", tiers);
        value_append(arena, list, point);
    }
    struct value *points = value_new(arena, VALUE_MAP);
    value_set(arena, points, "points", list);
    return points;
}

static double now_ms(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

/* The quickest of all rounds. */
static double measure(const struct plan *plan, const struct value *points)
{
    struct select_request request = {plan->selection.items, points, now, 1};
    double best = 0;
    for (int i = 0; i < ROUNDS; i++) {
        AUTO(arena) struct arena *arena = arena_new();
        struct selection selection = {0};
        double start = now_ms();
        select_point(arena, &request, &selection);
        double took = now_ms() - start;
        best = i == 0 || took < best ? took : best;
    }
    return best;
}

int main(void)
{
    static const struct kind wait = {.name = "wait", .doc = "Waits.", .role = KIND_STEP};
    static const struct kind *const kinds[] = {&wait, NULL};
    AUTO(arena) struct arena *arena = arena_new();
    const struct value *sorted = list_points(arena, false);
    const struct value *shuffled = list_points(arena, true);
    struct plan_inputs inputs = {.kinds = kinds};
    printf("%-20s  %12s  %12s\n", "10,000 points", "newest first", "shuffled");
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        AUTO(problems) struct problems problems = {0};
        const char *text = arena_format(
            arena, "version: 1\nname: bench\nselection: {a: %s}\nsteps: {w: {kind: wait}}\n",
            rules[i].rule);
        AUTO(plan)
        struct plan *plan = plan_load("bench.yaml", str_from(text), &inputs, &problems);
        if (plan == NULL) {
            printf("%s: the rule is not valid\n", rules[i].name);
            return 1;
        }
        printf("%-20s  %9.2f ms  %9.2f ms\n", rules[i].name, measure(plan, sorted),
               measure(plan, shuffled));
    }
    return 0;
}
