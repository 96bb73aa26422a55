/* SPDX-License-Identifier: MIT */
#include "cli/world_from_plan.h"

#include "base/number.h"

#define BEGIN "2026-11-02T08:00:00Z" /* a Monday morning */
#define USUAL_REGION "westeurope"
#define MOST_LUN 63

static const char *const bystanders[] = {"jump-host", "print-server"};

static bool is_same_vault(const struct plan_vault *a, const struct plan_vault *b)
{
    return text_equal_ignoring_case(a->subscription, b->subscription) &&
           text_equal_ignoring_case(a->resource_group, b->resource_group) &&
           text_equal_ignoring_case(a->name, b->name);
}

static bool uses_vault(const struct plan_step *step, const struct plan_vault *vault)
{
    for (size_t i = 0; step->of_items != NULL && i < step->items.count; i++) {
        if (is_same_vault(step->of_items[i]->in_vault, vault)) {
            return true;
        }
    }
    return false;
}

/* Restores go where their vault is, so a target's region is that of the vaults it is used with. */
static const char *region_of(const struct plan *plan, const struct plan_vault *vault)
{
    for (size_t i = 0; i < plan->steps.count; i++) {
        const struct plan_step *step = &plan_steps(plan)[i];
        if (step->at_target != NULL && step->at_target->region != NULL && uses_vault(step, vault)) {
            return step->at_target->region;
        }
    }
    return USUAL_REGION;
}

/* The last two parts of "VM;iaasvmcontainerv2;group;vm". */
static void parts_of(struct arena *arena, const char *name, const char **ret_group,
                     const char **ret_vm)
{
    struct str rest = str_from(name);
    struct str part;
    struct str before = {0};
    struct str last = {0};
    while (str_next(&rest, ';', &part)) {
        before = last;
        last = part;
    }
    *ret_group = arena_copy(arena, before);
    *ret_vm = arena_copy(arena, last);
}

/* group NULL: in any. */
static bool has_vm(const struct value *items, const char *group, const char *vm)
{
    for (size_t i = 0; i < items->count; i++) {
        const char *in = value_text(items->items[i], "resource_group");
        if (text_equal_ignoring_case(value_text(items->items[i], "vm"), vm) &&
            (group == NULL || text_equal_ignoring_case(in, group))) {
            return true;
        }
    }
    return false;
}

static int64_t most_disks(const struct value *luns, int64_t most)
{
    for (size_t i = 0; luns != NULL && i < luns->count; i++) {
        int64_t lun = luns->items[i]->integer;
        if ((luns->items[i]->type == VALUE_INTEGER ||
             number_parse(luns->items[i]->text, 0, MOST_LUN, &lun)) &&
            lun >= most) {
            most = lun + 1;
        }
    }
    return most;
}

/* Enough for every LUN that a step asks of the item. */
static int64_t disks_of(const struct plan *plan, const struct plan_item *item)
{
    int64_t most = 2;
    for (size_t i = 0; i < plan->steps.count; i++) {
        const struct plan_step *step = &plan_steps(plan)[i];
        for (size_t k = 0; step->of_items != NULL && k < step->items.count; k++) {
            if (step->of_items[k] == item) {
                most = most_disks(value_find_path(step->base.source, "disks.luns"), most);
            }
        }
    }
    return most;
}

static void add_item(struct arena *arena, const struct plan *plan, struct value *items,
                     const struct plan_item *plan_item)
{
    const char *group = plan_item->resource_group;
    const char *vm = plan_item->vm;
    if (plan_item->protected_item != NULL) {
        parts_of(arena, plan_item->protected_item, &group, &vm);
    }
    if (has_vm(items, group, vm)) {
        return; /* two names of one VM */
    }
    struct value *item = value_new(arena, VALUE_MAP);
    value_set_text(arena, item, "vm", vm);
    value_set_text(
        arena, item, "resource_group",
        group != NULL ? group : arena_format(arena, "%s-vms", plan_item->in_vault->resource_group));
    if (plan_item->protected_item != NULL) {
        value_set_text(arena, item, "container", plan_item->container);
        value_set_text(arena, item, "protected_item", plan_item->protected_item);
    }
    if (plan_item->source != NULL) {
        value_set_text(arena, item, "source", plan_item->source);
    }
    value_set_integer(arena, item, "disks", disks_of(plan, plan_item));
    value_append(arena, items, item);
}

/* The more exactly a plan names a VM the earlier it is added; a vaguer name then means the same
 * one. */
static int exactness(const struct plan_item *item)
{
    return item->protected_item != NULL ? 0 : item->resource_group != NULL ? 1 : 2;
}

static const struct value *items_of(struct arena *arena, const struct plan *plan,
                                    const struct plan_vault *vault)
{
    struct value *items = value_new(arena, VALUE_LIST);
    for (int round = 0; round <= 2; round++) {
        for (size_t i = 0; i < plan->items.count; i++) {
            const struct plan_item *item = &plan_items(plan)[i];
            if (exactness(item) == round && is_same_vault(item->in_vault, vault)) {
                add_item(arena, plan, items, item);
            }
        }
    }
    for (size_t i = 0; i < sizeof(bystanders) / sizeof(*bystanders); i++) {
        const struct plan_item bystander = {.vm = bystanders[i], .in_vault = vault};
        add_item(arena, plan, items, &bystander);
    }
    return items;
}

static bool came_before(const struct plan *plan, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (is_same_vault(&plan_vaults(plan)[i], &plan_vaults(plan)[index])) {
            return true;
        }
    }
    return false;
}

const struct value *world_from_plan(struct arena *arena, const struct plan *plan, uint64_t seed)
{
    struct value *world = value_new(arena, VALUE_MAP);
    struct value *vaults = value_new(arena, VALUE_MAP);
    for (size_t i = 0; i < plan->vaults.count; i++) {
        const struct plan_vault *vault = &plan_vaults(plan)[i];
        if (came_before(plan, i)) {
            continue; /* two names of one vault */
        }
        struct value *entry = value_new(arena, VALUE_MAP);
        value_set_text(arena, entry, "subscription", vault->subscription);
        value_set_text(arena, entry, "resource_group", vault->resource_group);
        value_set_text(arena, entry, "name", vault->name);
        value_set_text(arena, entry, "region", region_of(plan, vault));
        value_set(arena, entry, "items", items_of(arena, plan, vault));
        value_set(arena, vaults, vault->base.name, entry);
    }
    value_set_text(arena, world, "now", BEGIN);
    value_set_integer(arena, world, "seed", (int64_t)(seed & INT64_MAX));
    value_set(arena, world, "vaults", vaults);
    return world;
}
