/* SPDX-License-Identifier: MIT */
#include "plan/resolve.h"

#include "base/buf.h"
#include "base/limit.h"
#include "base/mem.h"

enum {
    GROUPS_SHOWN = 10,
};

/* What matches an item among the vault's entries. */
struct matches {
    const struct value *live; /* the first that can be restored */
    size_t live_count;
    const struct value *deleted; /* the first that is soft-deleted */
    const struct value *other;   /* the first that is no VM */
    size_t entry_count;
};

static bool fits(const struct plan_item *item, const struct value *entry)
{
    if (item->vm == NULL) {
        return text_equal_ignoring_case(value_text(entry, "container"), item->container) &&
               text_equal_ignoring_case(value_text(entry, "name"), item->protected_item);
    }
    return text_equal_ignoring_case(value_text(entry, "vm"), item->vm) &&
           (item->resource_group == NULL ||
            text_equal_ignoring_case(value_text(entry, "resource_group"), item->resource_group));
}

static bool is_vm(const struct value *entry)
{
    const char *workload = value_text(entry, "workload");
    return workload == NULL || text_equal_ignoring_case(workload, "VM");
}

static struct matches find_matches(const struct plan_item *item, const struct value *entries)
{
    struct matches matches = {.entry_count = entries == NULL ? 0 : entries->count};
    for (size_t i = 0; i < matches.entry_count; i++) {
        const struct value *entry = entries->items[i];
        if (!fits(item, entry)) {
            continue;
        }
        if (!is_vm(entry)) {
            matches.other = matches.other == NULL ? entry : matches.other;
        } else if (value_bool(entry, "is_soft_deleted", false)) {
            matches.deleted = matches.deleted == NULL ? entry : matches.deleted;
        } else {
            matches.live = matches.live == NULL ? entry : matches.live;
            matches.live_count++;
        }
    }
    return matches;
}

static struct error *at_item(const struct plan_item *item, struct error *error)
{
    return error_at(error, decoded_at(&item->base, item->vm != NULL ? "vm" : "protected_item"));
}

static const char *shown_name(const struct plan_item *item)
{
    return item->vm != NULL ? item->vm : item->protected_item;
}

/* The entry's name in the form that the plan uses for the item, or NULL. */
static const char *comparable_name(const struct plan_item *item, const struct value *entry)
{
    return value_text(entry, item->vm != NULL ? "vm" : "name");
}

static struct error *not_found(const struct plan_item *item, const struct value *entries,
                               size_t count)
{
    struct {
        VEC(const char *);
    } names = {0};
    const char *elsewhere = NULL; /* a group that has a VM of that name */
    for (size_t i = 0; i < count; i++) {
        const char *name = comparable_name(item, entries->items[i]);
        if (name != NULL) {
            vec_push(&names, name);
        }
        if (item->vm != NULL && text_equal_ignoring_case(name, item->vm)) {
            elsewhere = value_text(entries->items[i], "resource_group");
        }
    }
    const char *near = str_suggest(str_from(shown_name(item)), names.items, names.count);
    vec_release(&names);
    struct error *error = at_item(
        item, item->resource_group != NULL
                  ? error_new(ERR_REFUSED, "vault '%s' holds no '%s' of resource group '%s'",
                              item->in_vault->name, shown_name(item), item->resource_group)
                  : error_new(ERR_REFUSED, "vault '%s' holds no '%s'", item->in_vault->name,
                              shown_name(item)));
    const char *plural = count == 1 ? "" : "s";
    if (count == 0) {
        return error_hint(error, "the vault holds no items at all: is it the right one?");
    }
    if (elsewhere != NULL) {
        return error_hint(error, "it holds one of resource group '%s'", elsewhere);
    }
    if (near != NULL) {
        return error_hint(error, "did you mean '%s'?  The vault holds %zu item%s", near, count,
                          plural);
    }
    return error_hint(error, "none of its %zu item%s has a name like that", count, plural);
}

static struct error *found_twice(const struct plan_item *item, const struct value *entries)
{
    AUTO(buf) struct buf groups = BUF_INIT(LIMIT_TEXT_BYTES);
    size_t count = 0;
    for (size_t i = 0; i < entries->count; i++) {
        const struct value *entry = entries->items[i];
        if (!fits(item, entry) || !is_vm(entry) || value_bool(entry, "is_soft_deleted", false)) {
            continue;
        }
        const char *group = value_text(entry, "resource_group");
        if (count < GROUPS_SHOWN) {
            buf_format(&groups, "%s'%s'", count == 0 ? "" : ", ", group == NULL ? "?" : group);
        }
        count++;
    }
    struct error *error = at_item(
        item, error_new(ERR_REFUSED, "vault '%s' holds %zu items '%s', of %s %s%s",
                        item->in_vault->name, count, shown_name(item),
                        item->resource_group == NULL ? "the resource groups" : "the resource group",
                        buf_text(&groups), count > GROUPS_SHOWN ? " …" : ""));
    if (item->vm != NULL && item->resource_group == NULL) {
        return error_hint(error, "add resource_group to item '%s'", item->base.name);
    }
    return error_hint(error, "name it by container and protected_item");
}

struct error *resolve_item(const struct plan_item *item, const struct value *vault,
                           const struct value **ret)
{
    const struct value *entries = value_find(vault, "items");
    struct matches matches = find_matches(item, entries);
    if (matches.live_count > 1) {
        return found_twice(item, entries);
    }
    if (matches.live_count == 1) {
        *ret = matches.live;
        return NULL;
    }
    if (matches.deleted != NULL) {
        return error_hint(at_item(item, error_new(ERR_REFUSED, "'%s' is soft-deleted in vault '%s'",
                                                  shown_name(item), item->in_vault->name)),
                          "undelete the backup item first: az backup protection undelete");
    }
    if (matches.other != NULL) {
        const char *workload = value_text(matches.other, "workload");
        return error_hint(at_item(item, error_new(ERR_REFUSED, "'%s' in vault '%s' is no VM but %s",
                                                  shown_name(item), item->in_vault->name,
                                                  workload == NULL ? "?" : workload)),
                          "this version restores VMs only");
    }
    return not_found(item, entries, matches.entry_count);
}
