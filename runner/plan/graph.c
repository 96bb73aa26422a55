/* SPDX-License-Identifier: MIT */
#include "plan/graph.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/limit.h"
#include "base/mem.h"
#include "plan/names.h"

#define CYCLE_SHOWN 8u           /* names at each end of a long cycle */
#define OVERLAP_VISITS 20000000u /* work for warnings in all: a second or less */

enum mark {
    MARK_NEW,
    MARK_OPEN, /* on the stack */
    MARK_DONE,
};

/* A depth-first walk along needs, its stack in memory of its own. */
struct walk {
    const struct plan_step *steps;
    struct problems *problems;
    char *marks;      /* enum mark */
    size_t *next;     /* which need of a step comes next */
    size_t *stack;    /* steps from the start to where the walk is */
    size_t *depth_of; /* a step's place on the stack */
    size_t depth;
    size_t *ranks; /* of done steps: each has a higher one than all it needs */
    size_t rank;
};

static struct walk walk_new(struct arena *arena, const struct plan *plan, struct problems *problems)
{
    size_t count = plan->steps.count;
    return (struct walk){.steps = plan_steps(plan),
                         .problems = problems,
                         .marks = ARENA_ARRAY(arena, char, count),
                         .next = ARENA_ARRAY(arena, size_t, count),
                         .stack = ARENA_ARRAY(arena, size_t, count),
                         .depth_of = ARENA_ARRAY(arena, size_t, count),
                         .ranks = ARENA_ARRAY(arena, size_t, count)};
}

static void push(struct walk *walk, size_t step)
{
    walk->marks[step] = MARK_OPEN;
    walk->depth_of[step] = walk->depth;
    walk->stack[walk->depth++] = step;
}

/* Where step says that it needs the other. */
static struct position need_at(const struct plan_step *step, const char *other)
{
    for (size_t i = 0; i < step->depends_on.count; i++) {
        if (text_equal(step->depends_on.items[i], other)) {
            return texts_at(&step->depends_on, i);
        }
    }
    return step->base.name_at;
}

/* The cycle is the stack from `start` on; told from the step that stands first in the file. */
static void report_cycle(const struct walk *walk, size_t start)
{
    if (problems_are_many(walk->problems)) {
        problems_add(walk->problems, error_new(ERR_PLAN, "steps wait for each other"));
        return;
    }
    const size_t *cycle = walk->stack + start;
    size_t count = walk->depth - start;
    size_t first = 0;
    for (size_t i = 1; i < count; i++) {
        first = cycle[i] < cycle[first] ? i : first;
    }
    AUTO(buf) struct buf path = BUF_INIT(LIMIT_TEXT_BYTES);
    AUTO(buf) struct buf lines = BUF_INIT(LIMIT_TEXT_BYTES);
    for (size_t i = 0; i < count; i++) {
        const struct plan_step *step = &walk->steps[cycle[(first + i) % count]];
        const char *next = walk->steps[cycle[(first + i + 1) % count]].base.name;
        bool is_shown = i < CYCLE_SHOWN || i + CYCLE_SHOWN >= count;
        if (is_shown) {
            buf_format(&path, "%s -> ", step->base.name);
            buf_format(&lines, "%s%d", i == 0 ? "" : ", ", need_at(step, next).line);
        } else if (i == CYCLE_SHOWN) {
            buf_format(&path, "… %zu more … -> ", count - 2 * CYCLE_SHOWN);
        }
    }
    const struct plan_step *from = &walk->steps[cycle[first]];
    const char *to = walk->steps[cycle[first + 1 < count ? first + 1 : 0]].base.name;
    problems_add(walk->problems,
                 error_hint(error_at(error_new(ERR_PLAN, "steps wait for each other: %s%s",
                                               buf_text(&path), from->base.name),
                                     need_at(from, to)),
                            "take out one of the dependencies on lines %s", buf_text(&lines)));
}

static void walk_from(struct walk *walk, size_t start)
{
    push(walk, start);
    while (walk->depth > 0) {
        size_t at = walk->stack[walk->depth - 1];
        const struct plan_step *step = &walk->steps[at];
        if (walk->next[at] == step->needs_count) {
            walk->marks[at] = MARK_DONE;
            walk->ranks[at] = walk->rank++;
            walk->depth--;
            continue;
        }
        size_t need = step->needs[walk->next[at]++];
        if (walk->marks[need] == MARK_OPEN) {
            report_cycle(walk, walk->depth_of[need]);
        } else if (walk->marks[need] == MARK_NEW) {
            push(walk, need);
        }
    }
}

static void walk_all(struct walk *walk, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (walk->marks[i] == MARK_NEW) {
            walk_from(walk, i);
        }
    }
}

void graph_check(const struct plan *plan, struct problems *problems)
{
    AUTO(arena) struct arena *scratch = arena_new();
    struct walk walk = walk_new(scratch, plan, problems);
    walk_all(&walk, plan->steps.count);
}

struct expansion {
    struct plan *plan;
    size_t *first;    /* for each step: its first instance; one more at the end */
    size_t *identity; /* 0, 1, 2 …: the needs of a step with one dependency are a piece of it */
    size_t needs_total;
};

static size_t instances_of(const struct plan_step *step)
{
    return step->items.count == 0 ? 1 : step->items.count;
}

/* Instances that all instances of a step wait for; NULL if there are too many. */
static size_t *needs_of(struct expansion *expansion, const struct plan_step *step,
                        size_t *ret_count)
{
    size_t count = 0;
    for (size_t i = 0; i < step->needs_count; i++) {
        count += instances_of(&plan_steps(expansion->plan)[step->needs[i]]);
    }
    *ret_count = count;
    if (step->needs_count == 0) {
        return expansion->identity;
    }
    if (step->needs_count == 1) {
        return expansion->identity + expansion->first[step->needs[0]];
    }
    expansion->needs_total += count;
    if (expansion->needs_total > GRAPH_NEEDS_MAX) {
        return NULL;
    }
    size_t *needs = ARENA_ARRAY(expansion->plan->arena, size_t, count);
    size_t at = 0;
    for (size_t i = 0; i < step->needs_count; i++) {
        size_t need = step->needs[i];
        for (size_t j = expansion->first[need]; j < expansion->first[need + 1]; j++) {
            needs[at++] = j;
        }
    }
    return needs;
}

static void expand_step(struct expansion *expansion, size_t at, size_t *needs, size_t needs_count)
{
    struct plan *plan = expansion->plan;
    const struct plan_step *step = &plan_steps(plan)[at];
    bool is_list = step->items.source != NULL && step->items.source->type == VALUE_LIST;
    for (size_t i = 0; i < instances_of(step); i++) {
        struct plan_instance *instance = &plan->instances[expansion->first[at] + i];
        instance->step = step;
        instance->item = step->items.count == 0 ? NULL : step->of_items[i];
        instance->id =
            is_list && instance->item != NULL
                ? arena_format(plan->arena, "%s[%s]", step->base.name, instance->item->base.name)
                : step->base.name;
        instance->needs = needs;
        instance->needs_count = needs_count;
    }
}

static bool expand_all(struct expansion *expansion, struct problems *problems)
{
    for (size_t i = 0; i < expansion->plan->steps.count; i++) {
        const struct plan_step *step = &plan_steps(expansion->plan)[i];
        size_t needs_count = 0;
        size_t *needs = needs_of(expansion, step, &needs_count);
        if (needs == NULL) {
            problems_add(
                problems,
                error_hint(error_at(error_new(ERR_PLAN, "the plan has too many dependencies"),
                                    step->base.name_at),
                           "put a step between the many that are waited for and the many "
                           "that wait"));
            return false;
        }
        expand_step(expansion, i, needs, needs_count);
    }
    return true;
}

/* One restore of an item into a target. */
struct restore {
    const struct plan_item *item;
    const struct plan_target *target;
    size_t rank; /* struct walk */
    size_t step;
    size_t at; /* of the item in the step */
};

static int compare(const void *a, const void *b)
{
    const struct restore *left = a;
    const struct restore *right = b;
    if (left->item != right->item) {
        return left->item < right->item ? -1 : 1;
    }
    if (left->target != right->target) {
        return left->target < right->target ? -1 : 1;
    }
    return left->rank < right->rank ? -1 : left->rank > right->rank;
}

/* Follows needs from one step until it meets another; visited has the number of the search that was
 * there last. */
struct search {
    const struct plan_step *steps;
    size_t *visited;
    size_t *stack;
    size_t number;
    size_t visits;
};

static bool waits_for(struct search *search, size_t step, size_t other)
{
    size_t depth = 0;
    search->number++;
    search->stack[depth++] = step;
    while (depth > 0) {
        const struct plan_step *now = &search->steps[search->stack[--depth]];
        search->visits += now->needs_count + 1;
        for (size_t i = 0; i < now->needs_count; i++) {
            size_t need = now->needs[i];
            if (need == other) {
                return true;
            }
            if (search->visited[need] != search->number) {
                search->visited[need] = search->number;
                search->stack[depth++] = need;
            }
        }
    }
    return false;
}

/* All restores of the plan, those of one item into one target together and in the order of their
 * rank. */
static size_t list_restores(const struct plan *plan, const size_t *ranks, struct restore *restores)
{
    size_t count = 0;
    for (size_t i = 0; i < plan->steps.count; i++) {
        const struct plan_step *step = &plan_steps(plan)[i];
        bool restores_items = (step->kind->flags & KIND_RESTORES) != 0;
        for (size_t j = 0; restores_items && j < step->items.count; j++) {
            restores[count++] =
                (struct restore){step->of_items[j], step->at_target, ranks[i], i, j};
        }
    }
    if (count > 1) {
        qsort(restores, count, sizeof(restores[0]), compare);
    }
    return count;
}

static void warn_overlaps(const struct plan *plan, struct problems *problems)
{
    AUTO(arena) struct arena *scratch = arena_new();
    struct walk walk = walk_new(scratch, plan, problems);
    walk_all(&walk, plan->steps.count);
    struct restore *restores = ARENA_ARRAY(scratch, struct restore, plan->instance_count);
    size_t count = list_restores(plan, walk.ranks, restores);
    struct search search = {.steps = plan_steps(plan),
                            .visited = ARENA_ARRAY(scratch, size_t, plan->steps.count),
                            .stack = ARENA_ARRAY(scratch, size_t, plan->steps.count)};
    for (size_t i = 1; i < count && search.visits < OVERLAP_VISITS; i++) {
        const struct restore *one = &restores[i - 1];
        const struct restore *two = &restores[i];
        if (one->item != two->item || one->target != two->target ||
            waits_for(&search, two->step, one->step)) {
            continue;
        }
        const struct restore *late = one->step < two->step ? two : one; /* in the file */
        const struct plan_step *step = &search.steps[late->step];
        const char *other = search.steps[late == two ? one->step : two->step].base.name;
        problems_add_warning(
            problems,
            error_hint(error_at(error_new(ERR_PLAN,
                                          "steps '%s' and '%s' both restore item '%s' into target "
                                          "'%s', perhaps at the same time",
                                          other, step->base.name, late->item->base.name,
                                          late->target->base.name),
                                texts_at(&step->items, late->at)),
                       "let one depend on the other, or give it a target of its own"));
    }
}

void graph_expand(struct plan *plan, struct problems *problems)
{
    size_t count = plan->steps.count;
    struct expansion expansion = {.plan = plan,
                                  .first = ARENA_ARRAY(plan->arena, size_t, count + 1)};
    for (size_t i = 0; i < count; i++) {
        expansion.first[i + 1] = expansion.first[i] + instances_of(&plan_steps(plan)[i]);
    }
    plan->instance_count = expansion.first[count];
    plan->instances = ARENA_ARRAY(plan->arena, struct plan_instance, plan->instance_count);
    expansion.identity = ARENA_ARRAY(plan->arena, size_t, plan->instance_count);
    for (size_t i = 0; i < plan->instance_count; i++) {
        expansion.identity[i] = i;
    }
    if (expand_all(&expansion, problems)) {
        warn_overlaps(plan, problems);
    }
}
