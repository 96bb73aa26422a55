/* SPDX-License-Identifier: MIT */
#include "plan/step_check.h"

#include <stdint.h>

#include "base/buf.h"
#include "base/limit.h"
#include "base/mem.h"
#include "plan/plan_shape.h"

struct step_checker {
    struct plan *plan;
    const struct kind *const *kinds;
    struct plan_names *names;
    struct problems *problems;
    size_t *item_seen;  /* for each item: number of the step that named it last, from 1 */
    size_t *step_seen;  /* for each step: likewise */
    bool *account_said; /* for each target: its missing account was reported */
};

static struct error *at_step(const struct plan_step *step, struct error *error)
{
    return error_at(error, step->base.name_at);
}

static void check_kind(struct step_checker *checker, struct plan_step *step)
{
    if (step->kind_name == NULL) {
        return;
    }
    step->kind = plan_shape_kind(checker->kinds, step->kind_name);
    if (step->kind != NULL) {
        return;
    }
    struct {
        VEC(const char *);
    } names = {0};
    AUTO(buf) struct buf list = BUF_INIT(LIMIT_TEXT_BYTES);
    for (size_t i = 0; checker->kinds[i] != NULL; i++) {
        if (checker->kinds[i]->role == KIND_STEP) {
            buf_format(&list, "%s%s", names.count == 0 ? "" : ", ", checker->kinds[i]->name);
            vec_push(&names, checker->kinds[i]->name);
        }
    }
    AUTO(buf) struct buf shown = BUF_INIT(LIMIT_TEXT_BYTES);
    struct error *error = error_at(error_new(ERR_PLAN, "there is no step kind '%s'",
                                             names_shown(&shown, str_from(step->kind_name))),
                                   decoded_at(&step->base, "kind"));
    const char *near = str_suggest(str_from(step->kind_name), names.items, names.count);
    vec_release(&names);
    if (near != NULL) {
        error = error_hint(error, "did you mean '%s'?", near);
    } else {
        error = error_hint(error, "kinds of this version: %s", buf_text(&list));
    }
    problems_add(checker->problems, error);
}

static void check_items(struct step_checker *checker, struct plan_step *step, size_t number)
{
    struct plan *plan = checker->plan;
    step->of_items = ARENA_ARRAY(plan->arena, const struct plan_item *, step->items.count);
    for (size_t i = 0; i < step->items.count; i++) {
        struct position at = texts_at(&step->items, i);
        size_t found =
            names_refer(&checker->names->items, step->items.items[i], at, checker->problems);
        if (found == SIZE_MAX) {
            continue;
        }
        step->of_items[i] = &plan_items(plan)[found];
        if (checker->item_seen[found] == number) {
            struct error *error = error_new(ERR_PLAN, "item '%s' stands twice in step '%s'",
                                            step->items.items[i], step->base.name);
            problems_add(checker->problems,
                         error_hint(error_at(error, at), "take one of them out"));
        }
        checker->item_seen[found] = number;
    }
}

/* The index of what a step names, or of the only one there is. */
static size_t named_or_only(struct step_checker *checker, const struct plan_step *step,
                            struct names *names, const char *member, const char *name)
{
    if (name != NULL) {
        return names_refer(names, name, decoded_at(&step->base, member), checker->problems);
    }
    bool is_needed = step->kind != NULL && (step->kind->flags & KIND_RESTORES) != 0;
    if (!is_needed || plan_check_is_said(&step->base, member) || names->is_unknown) {
        return SIZE_MAX;
    }
    if (names->from->count == 1) {
        names->used[0] = true;
        return 0;
    }
    struct error *error = at_step(
        step, error_new(ERR_PLAN, "step '%s' does not say its %s", step->base.name, names->what));
    error = names->from->count == 0
                ? error_hint(error, "define one under '%s:', then write %s: NAME here",
                             names->section, member)
                : error_hint(error, "the plan has %zu of them: write %s: %s", names->from->count,
                             member, names->list[0]);
    problems_add(checker->problems, error);
    names_use_all(names);
    return SIZE_MAX;
}

static void check_account(struct step_checker *checker, const struct plan_step *step, size_t at)
{
    const struct plan_target *target = step->at_target;
    bool is_there =
        target->storage_account != NULL || plan_check_is_said(&target->base, "storage_account");
    if (is_there || checker->account_said[at]) {
        return;
    }
    checker->account_said[at] = true;
    struct error *error =
        error_new(ERR_PLAN, "target '%s' has no storage_account", target->base.name);
    problems_add(checker->problems, error_hint(error_at(error, target->base.name_at),
                                               "step '%s' (%s) needs one to stage what it restores",
                                               step->base.name, step->kind_name));
}

static void check_restore(struct step_checker *checker, struct plan_step *step)
{
    struct plan *plan = checker->plan;
    size_t rule = named_or_only(checker, step, &checker->names->rules, "select", step->select);
    size_t target = named_or_only(checker, step, &checker->names->targets, "target", step->target);
    const struct plan_rule *rules = plan->selection.items;
    const struct plan_target *targets = plan->targets.items;
    step->rule = rule == SIZE_MAX ? NULL : &rules[rule];
    step->at_target = target == SIZE_MAX ? NULL : &targets[target];
    if (step->kind == NULL || (step->kind->flags & KIND_RESTORES) == 0) {
        return;
    }
    if (step->items.count == 0 && value_find(step->base.source, "items") == NULL) {
        problems_add(checker->problems,
                     names_hint(&checker->names->items, "",
                                at_step(step, error_new(ERR_PLAN, "step '%s' has no items",
                                                        step->base.name))));
        names_use_all(&checker->names->items);
    }
    if (step->at_target != NULL) {
        check_account(checker, step, target);
    }
}

/* Fills needs; each step once, as the executor counts them. */
static void check_dependencies(struct step_checker *checker, struct plan_step *step, size_t number)
{
    struct arena *arena = checker->plan->arena;
    step->needs = ARENA_ARRAY(arena, size_t, step->depends_on.count);
    for (size_t i = 0; i < step->depends_on.count; i++) {
        const char *name = step->depends_on.items[i];
        struct position at = texts_at(&step->depends_on, i);
        size_t found = names_refer(&checker->names->steps, name, at, checker->problems);
        if (found == SIZE_MAX) {
            continue;
        }
        if (found + 1 == number) {
            problems_add(
                checker->problems,
                error_hint(error_at(error_new(ERR_PLAN, "step '%s' depends on itself", name), at),
                           "take it out of depends_on"));
        } else if (checker->step_seen[found] == number) {
            problems_add_warning(
                checker->problems,
                error_hint(
                    error_at(error_new(ERR_PLAN, "'%s' stands twice in depends_on", name), at),
                    "once is enough"));
        } else {
            step->needs[step->needs_count++] = found;
        }
        checker->step_seen[found] = number;
    }
}

static void check_settings(struct step_checker *checker, const struct plan_retry *retry)
{
    if (retry == NULL || retry->backoff_ms < 0 || retry->max_backoff_ms < 0 ||
        retry->backoff_ms <= retry->max_backoff_ms) {
        return;
    }
    problems_add(checker->problems,
                 error_hint(error_at(error_new(ERR_PLAN, "max_backoff is less than backoff"),
                                     decoded_at(&retry->base, "max_backoff")),
                            "max_backoff is the longest pause, backoff the first one"));
}

void step_check_all(struct plan *plan, const struct kind *const *kinds, struct plan_names *names,
                    struct problems *problems)
{
    struct step_checker checker = {
        .plan = plan,
        .kinds = kinds,
        .names = names,
        .problems = problems,
        .item_seen = ARENA_ARRAY(plan->arena, size_t, plan->items.count),
        .step_seen = ARENA_ARRAY(plan->arena, size_t, plan->steps.count),
        .account_said = ARENA_ARRAY(plan->arena, bool, plan->targets.count),
    };
    struct plan_step *steps = plan->steps.items;
    check_settings(&checker, plan->defaults->retry);
    for (size_t i = 0; i < plan->steps.count; i++) {
        check_kind(&checker, &steps[i]);
        check_items(&checker, &steps[i], i + 1);
        check_restore(&checker, &steps[i]);
        check_dependencies(&checker, &steps[i], i + 1);
        check_settings(&checker, steps[i].retry);
    }
}
