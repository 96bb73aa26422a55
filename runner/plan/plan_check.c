/* SPDX-License-Identifier: MIT */
#include "plan/plan_check.h"

#include <stdint.h>

#include "plan/azure_name.h"
#include "plan/graph.h"
#include "plan/step_check.h"

bool plan_check_is_said(const struct decoded *record, const char *member)
{
    const struct value *value = value_find(record->source, member);
    bool is_record = record->source != NULL && record->source->type == VALUE_MAP;
    return !is_record || (value != NULL && value->type != VALUE_TEXT && value->type != VALUE_NULL);
}

static void check_name(const struct decoded *record, const char *member, enum azure_name name,
                       const char *text, struct problems *problems)
{
    struct error *error = text == NULL ? NULL : azure_name_check(name, text);
    if (error != NULL) {
        problems_add(problems, error_at(error, decoded_at(record, member)));
    }
}

static void check_vaults(const struct plan *plan, struct problems *problems)
{
    const struct plan_vault *vaults = plan->vaults.items;
    for (size_t i = 0; i < plan->vaults.count; i++) {
        const struct plan_vault *vault = &vaults[i];
        check_name(&vault->base, "subscription", AZURE_NAME_SUBSCRIPTION, vault->subscription,
                   problems);
        check_name(&vault->base, "resource_group", AZURE_NAME_RESOURCE_GROUP, vault->resource_group,
                   problems);
        check_name(&vault->base, "name", AZURE_NAME_VAULT, vault->name, problems);
    }
}

static const struct plan_vault *vault_of(const struct plan *plan, const struct plan_item *item,
                                         struct names *vaults, struct problems *problems)
{
    size_t at = SIZE_MAX;
    if (item->vault != NULL) {
        at = names_refer(vaults, item->vault, decoded_at(&item->base, "vault"), problems);
    } else if (plan->vaults.count == 1) {
        vaults->used[0] = true;
        at = 0;
    } else if (!vaults->is_unknown && !plan_check_is_said(&item->base, "vault")) {
        struct error *error = error_at(
            error_new(ERR_PLAN, "item '%s' does not say which vault holds it", item->base.name),
            item->base.name_at);
        problems_add(problems, names_hint(vaults, "", error));
        names_use_all(vaults);
    }
    return at == SIZE_MAX ? NULL : &plan_vaults(plan)[at];
}

/* By vm, or by container and protected_item. */
static struct error *check_identity(const struct plan_item *item)
{
    bool by_names = item->container != NULL || item->protected_item != NULL;
    if (item->vm != NULL && by_names) {
        const char *member = item->container != NULL ? "container" : "protected_item";
        return error_hint(error_at(error_new(ERR_PLAN, "item '%s' is given by vm and by %s",
                                             item->base.name, member),
                                   decoded_at(&item->base, member)),
                          "keep one: vm (with resource_group), or container with protected_item");
    }
    if (item->vm == NULL && !by_names) {
        return error_hint(
            error_at(error_new(ERR_PLAN, "item '%s' does not say what it is", item->base.name),
                     item->base.name_at),
            "write vm, or container with protected_item");
    }
    if (by_names && (item->container == NULL || item->protected_item == NULL)) {
        return error_hint(
            error_at(error_new(ERR_PLAN, "item '%s' has a %s and no %s", item->base.name,
                               item->container != NULL ? "container" : "protected_item",
                               item->container != NULL ? "protected_item" : "container"),
                     item->base.name_at),
            "Azure's names are needed both, or write vm instead");
    }
    if (by_names && item->resource_group != NULL) {
        return error_hint(error_at(error_new(ERR_PLAN, "resource_group goes with vm only"),
                                   decoded_at(&item->base, "resource_group")),
                          "the container's name has the group in it: take resource_group out");
    }
    return NULL;
}

static void check_items(struct plan *plan, struct names *vaults, struct problems *problems)
{
    struct plan_item *items = plan->items.items;
    for (size_t i = 0; i < plan->items.count; i++) {
        struct plan_item *item = &items[i];
        item->in_vault = vault_of(plan, item, vaults, problems);
        bool is_said = plan_check_is_said(&item->base, "vm") ||
                       plan_check_is_said(&item->base, "container") ||
                       plan_check_is_said(&item->base, "protected_item");
        struct error *error = is_said ? NULL : check_identity(item);
        if (error != NULL) {
            problems_add(problems, error);
        }
        check_name(&item->base, "vm", AZURE_NAME_VM, item->vm, problems);
        check_name(&item->base, "resource_group", AZURE_NAME_RESOURCE_GROUP, item->resource_group,
                   problems);
        check_name(&item->base, "container", AZURE_NAME_CONTAINER, item->container, problems);
        check_name(&item->base, "protected_item", AZURE_NAME_PROTECTED_ITEM, item->protected_item,
                   problems);
        check_name(&item->base, "source", AZURE_NAME_VM_ID, item->source, problems);
    }
}

static void check_staging(const struct plan_target *target, struct problems *problems)
{
    const char *account = target->storage_account;
    if (account == NULL) {
        return;
    }
    bool is_id = azure_name_is_id(account);
    check_name(&target->base, "storage_account",
               is_id ? AZURE_NAME_STORAGE_ID : AZURE_NAME_STORAGE_ACCOUNT, account, problems);
    if (!is_id && target->resource_group == NULL && target->storage_resource_group == NULL) {
        struct error *error =
            error_new(ERR_PLAN, "storage account '%s' has no resource group", account);
        problems_add(problems,
                     error_hint(error_at(error, decoded_at(&target->base, "storage_account")),
                                "add storage_resource_group, or write the account's full "
                                "resource id"));
    }
}

static void check_targets(const struct plan *plan, struct problems *problems)
{
    const struct plan_target *targets = plan->targets.items;
    for (size_t i = 0; i < plan->targets.count; i++) {
        const struct plan_target *target = &targets[i];
        check_name(&target->base, "subscription", AZURE_NAME_SUBSCRIPTION, target->subscription,
                   problems);
        check_name(&target->base, "region", AZURE_NAME_REGION, target->region, problems);
        check_name(&target->base, "resource_group", AZURE_NAME_RESOURCE_GROUP,
                   target->resource_group, problems);
        check_name(&target->base, "storage_resource_group", AZURE_NAME_RESOURCE_GROUP,
                   target->storage_resource_group, problems);
        check_staging(target, problems);
    }
}

static void check_labels(const struct value *labels, struct problems *problems)
{
    if (labels == NULL) {
        return;
    }
    if (labels->type != VALUE_MAP) {
        problems_add(problems,
                     error_hint(error_at(error_new(ERR_PLAN, "labels must be a map, not %s",
                                                   value_type_name(labels->type)),
                                         labels->at),
                                "write labels: { team: payroll }"));
        return;
    }
    for (size_t i = 0; i < labels->count; i++) {
        const struct value *label = labels->members[i].value;
        if (label->type != VALUE_TEXT) {
            problems_add(problems, error_at(error_new(ERR_PLAN, "a label must be text, not %s",
                                                      value_type_name(label->type)),
                                            label->at));
        }
    }
}

static void check_head(const struct plan *plan, struct problems *problems)
{
    /* Without one it is missing or no number, which was said already. */
    if (plan->version != 0 && plan->version != 1) {
        struct error *error = error_new(ERR_PLAN, "plan language version %lld is not known",
                                        (long long)plan->version);
        problems_add(problems, error_hint(error_at(error, decoded_at(&plan->base, "version")),
                                          "this version of restorectl reads version 1"));
    }
    check_labels(plan->labels, problems);
}

static struct names names_of(const struct plan *plan, const char *what, const char *section,
                             const struct records *from, size_t record_bytes)
{
    struct names names = names_init(plan->arena, what, section, from, record_bytes);
    const struct value *map = value_find(plan->base.source, section);
    names.is_unknown = map != NULL && map->type == VALUE_LIST;
    return names;
}

/* Else what they use is not known either. */
static bool every_step_is_known(const struct plan *plan)
{
    for (size_t i = 0; i < plan->steps.count; i++) {
        const struct plan_step *step = &plan_steps(plan)[i];
        bool has_lost_items = step->items.count == 0 && plan_check_is_said(&step->base, "items");
        if (step->kind == NULL || has_lost_items) {
            return false;
        }
    }
    return plan->steps.count > 0;
}

void plan_check(struct plan *plan, const struct kind *const *kinds, struct problems *problems)
{
    struct plan_names names = {
        names_of(plan, "vault", "vaults", &plan->vaults, sizeof(struct plan_vault)),
        names_of(plan, "item", "items", &plan->items, sizeof(struct plan_item)),
        names_of(plan, "selection rule", "selection", &plan->selection, sizeof(struct plan_rule)),
        names_of(plan, "target", "targets", &plan->targets, sizeof(struct plan_target)),
        names_of(plan, "step", "steps", &plan->steps, sizeof(struct plan_step)),
    };
    struct names *all[] = {&names.vaults, &names.items, &names.rules, &names.targets, &names.steps};
    check_head(plan, problems);
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        names_check_form(all[i], problems);
    }
    check_vaults(plan, problems);
    check_items(plan, &names.vaults, problems);
    check_targets(plan, problems);
    rule_check_all(&plan->selection, &names.rules, problems);
    step_check_all(plan, kinds, &names, problems);
    graph_check(plan, problems);
    bool is_known = every_step_is_known(plan);
    for (size_t i = 0; i < 4 && is_known; i++) { /* nothing has to refer to steps */
        names_warn_unused(all[i], problems);
    }
}
