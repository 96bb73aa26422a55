/* SPDX-License-Identifier: MIT */
#include "engine/arguments.h"

static struct value *new_map(const struct run *run)
{
    return value_new(run->arena, VALUE_MAP);
}

static void set_if(const struct run *run, struct value *map, const char *name, const char *text)
{
    if (text != NULL) {
        value_set_text(run->arena, map, name, text);
    }
}

static struct value *with_vault(const struct run *run, size_t index)
{
    const struct plan_vault *vault = &plan_vaults(run->plan)[index];
    struct value *arguments = new_map(run);
    struct value *map = new_map(run);
    value_set_text(run->arena, map, "subscription", vault->subscription);
    value_set_text(run->arena, map, "resource_group", vault->resource_group);
    value_set_text(run->arena, map, "name", vault->name);
    set_if(run, map, "region", value_text(run->vaults[index].content, "region"));
    value_set_text(run->arena, arguments, "management", run->options->management);
    value_set(run->arena, arguments, "vault", map);
    return arguments;
}

static struct value *with_item(const struct run *run, const struct plan_item *item)
{
    const struct value *entry = run->items[item - plan_items(run->plan)].entry;
    struct value *arguments = with_vault(run, (size_t)(item->in_vault - plan_vaults(run->plan)));
    struct value *map = new_map(run);
    value_set_text(run->arena, map, "name", item->base.name);
    set_if(run, map, "id", value_text(entry, "id"));
    set_if(run, map, "container", value_text(entry, "container"));
    set_if(run, map, "protected_item", value_text(entry, "name"));
    set_if(run, map, "vm", value_text(entry, "vm"));
    set_if(run, map, "source", item->source != NULL ? item->source : value_text(entry, "source"));
    value_set(run->arena, arguments, "item", map);
    return arguments;
}

const struct value *arguments_for_vault(struct run *run, size_t vault)
{
    return with_vault(run, vault);
}

const struct value *arguments_for_points(struct run *run, size_t item)
{
    return with_item(run, &plan_items(run->plan)[item]);
}

static const struct value *target_of(const struct run *run, const struct plan_target *target)
{
    struct value *map = new_map(run);
    set_if(run, map, "subscription", target->subscription);
    set_if(run, map, "region", target->region);
    set_if(run, map, "resource_group", target->resource_group);
    set_if(run, map, "storage_account", target->storage_account);
    set_if(run, map, "storage_resource_group", target->storage_resource_group);
    return map;
}

static const struct value *poll_of(const struct run *run, const struct plan_step *step)
{
    struct value *map = new_map(run);
    value_set_integer(run->arena, map, "interval_ms", plan_step_poll_ms(run->plan, step));
    value_set_integer(run->arena, map, "floor_ms", run->options->floor_ms);
    return map;
}

static const struct value *trigger_of(const struct run *run, const struct plan_step *step)
{
    struct plan_trigger trigger = plan_step_trigger(run->plan, step);
    bool may_resend =
        (step->kind->flags & KIND_OVERWRITES) == 0 && trigger.on_doubt != PLAN_DOUBT_STOP;
    struct value *map = new_map(run);
    value_set_bool(run->arena, map, "may_resend", may_resend);
    value_set_integer(run->arena, map, "quiet_ms",
                      trigger.quiet_ms >= 0 ? trigger.quiet_ms : run->options->quiet_ms);
    value_set_integer(run->arena, map, "attempts", plan_step_retry(run->plan, step).attempts);
    return map;
}

const struct value *arguments_for_step(struct run *run, const struct plan_instance *planned,
                                       const struct value *point)
{
    const struct plan_step *step = planned->step;
    struct value *arguments = with_item(run, planned->item);
    value_set(run->arena, arguments, "point", value_copy(run->arena, point));
    value_set(run->arena, arguments, "target", target_of(run, step->at_target));
    value_set(run->arena, arguments, "poll", poll_of(run, step));
    value_set(run->arena, arguments, "trigger", trigger_of(run, step));
    value_set(run->arena, arguments, "fields", step->base.source);
    return arguments;
}
