/* SPDX-License-Identifier: MIT */
/* azure_name: the rules that Azure has for names, applied before anything is sent.
 *
 * They also keep what could change the shape of a URL (line ends, "..", '/', '?', '#', '%') out of
 * names. */
#ifndef PLAN_AZURE_NAME_H
#define PLAN_AZURE_NAME_H

#include "base/error.h"

enum azure_name {
    AZURE_NAME_SUBSCRIPTION,
    AZURE_NAME_RESOURCE_GROUP,
    AZURE_NAME_VAULT,
    AZURE_NAME_VM,
    AZURE_NAME_REGION,
    AZURE_NAME_STORAGE_ACCOUNT,
    AZURE_NAME_STORAGE_ID,     /* full resource id of a storage account */
    AZURE_NAME_VM_ID,          /* full resource id of a VM */
    AZURE_NAME_CONTAINER,      /* as the vault names it */
    AZURE_NAME_PROTECTED_ITEM, /* likewise */
    AZURE_NAME_COUNT,
};

/* What is wrong with text as such a name, with a hint; no position. */
struct error *azure_name_check(enum azure_name name, const char *text) MUST_USE;

/* True if text is a full resource id rather than a name. */
bool azure_name_is_id(const char *text);

#endif
