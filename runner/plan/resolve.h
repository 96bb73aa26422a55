/* SPDX-License-Identifier: MIT */
/* resolve: finds the plan's items among those the vault really holds.
 *
 * Input is what a KIND_VAULT_READER gives:
 *   {"region": "westeurope", "items": [{"id", "name", "container", "vm", "resource_group",
 * "source", "state", "health", "workload", "policy", "is_soft_deleted"}]} ids, names and containers
 * byte for byte as Azure wrote them (azure-surface 0.1, recordings 18, 19). Compares without case.
 * Pure. */
#ifndef PLAN_RESOLVE_H
#define PLAN_RESOLVE_H

#include "plan/plan_section.h"

/* Not found (with the nearest names), found twice (with the groups that tell them apart),
 * soft-deleted, not restorable: ERR_REFUSED at the item's position in the plan.  *ret is the
 * vault's entry, as given. */
struct error *resolve_item(const struct plan_item *item, const struct value *vault,
                           const struct value **ret) MUST_USE;

#endif
