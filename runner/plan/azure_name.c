/* SPDX-License-Identifier: MIT */
#include "plan/azure_name.h"

#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/limit.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/names.h"

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"
#define LETTERS LOWER UPPER

enum {
    ID_PARTS = 9, /* "", subscriptions, S, resourceGroups, G, providers, P, TYPE, NAME */
    ID_BYTES = 1024,
    ID_TYPE_PART = 7,
};

struct rule {
    const char *what;
    size_t min, max;
    const char *allowed; /* ASCII characters; NULL: all but those that mean something in a URL */
    bool allows_foreign; /* letters beyond ASCII */
    const char *hint;
    struct error *(*check)(const struct rule *rule,
                           const char *text); /* after the above, or NULL */
    const char *type;                         /* of ids */
};

static struct error *wrong(const struct rule *rule, const char *text)
{
    AUTO(buf) struct buf shown = BUF_INIT(LIMIT_TEXT_BYTES);
    return error_hint(error_new(ERR_PLAN, "'%s' is not a valid %s",
                                names_shown(&shown, str_from(text)), rule->what),
                      "%s", rule->hint);
}

static struct error *check_guid(const struct rule *rule, const char *text)
{
    static const char form[] = "00000000-0000-0000-0000-000000000000";
    for (size_t i = 0; i < sizeof(form) - 1; i++) {
        bool is_hyphen = text[i] == '-';
        if (is_hyphen != (form[i] == '-')) {
            return wrong(rule, text);
        }
    }
    return NULL;
}

static struct error *check_group(const struct rule *rule, const char *text)
{
    return str_ends_with(str_from(text), STR(".")) ? wrong(rule, text) : NULL;
}

static struct error *check_vault(const struct rule *rule, const char *text)
{
    return strchr(LETTERS, text[0]) == NULL ? wrong(rule, text) : NULL;
}

static struct error *check_vm(const struct rule *rule, const char *text)
{
    return strchr("._-", text[0]) != NULL ? wrong(rule, text) : NULL;
}

static struct error *check_no_path(const struct rule *rule, const char *text)
{
    return strchr(text, '/') != NULL ? wrong(rule, text) : NULL;
}

static struct error *check_id(const struct rule *rule, const char *text)
{
    struct str rest = str_from(text);
    struct str part;
    size_t count = 0;
    while (str_next(&rest, '/', &part)) {
        bool is_wrong =
            (part.len == 0) != (count == 0) || str_equal(part, STR(".")) ||
            (count == 1 && !str_equal_ignoring_case(part, STR("subscriptions"))) ||
            (count == 3 && !str_equal_ignoring_case(part, STR("resourceGroups"))) ||
            (count == 5 && !str_equal_ignoring_case(part, STR("providers"))) ||
            (count == ID_TYPE_PART && !str_equal_ignoring_case(part, str_from(rule->type)));
        if (is_wrong) {
            return wrong(rule, text);
        }
        count++;
    }
    return count == ID_PARTS ? NULL : wrong(rule, text);
}

/* 'West Europe' is how people and the portal write it. */
static struct error *wrong_region(const struct rule *rule, const char *text)
{
    char spelled[64];
    size_t len = 0;
    for (const char *c = text; *c != '\0' && len < sizeof(spelled) - 1; c++) {
        char lower = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
        if (strchr(LOWER DIGITS, lower) != NULL) {
            spelled[len++] = lower;
        }
    }
    spelled[len] = '\0';
    struct error *error = wrong(rule, text);
    return len == 0 ? error : error_hint(error, "did you mean '%s'?", spelled);
}

#define GROUP_ID "/subscriptions/ID/resourceGroups/GROUP/providers/"

/* Version 14 of clang-format makes a mess of rows with different members. */
/* clang-format off */
static const struct rule rules[] = {
    [AZURE_NAME_SUBSCRIPTION] = {
        .what = "subscription id", .min = 36, .max = 36, .allowed = DIGITS "abcdefABCDEF-",
        .hint = "a subscription is given by its id, as 11111111-2222-3333-4444-555555555555: "
                "az account list --output table shows it",
        .check = check_guid},
    [AZURE_NAME_RESOURCE_GROUP] = {
        .what = "resource group name", .min = 1, .max = 90, .allowed = LETTERS DIGITS "._-()",
        .allows_foreign = true,
        .hint = "1 to 90 letters, digits, '.', '_', '-', '(' or ')', and no '.' at the end",
        .check = check_group},
    [AZURE_NAME_VAULT] = {
        .what = "vault name", .min = 2, .max = 50, .allowed = LETTERS DIGITS "-",
        .hint = "2 to 50 letters, digits or '-', beginning with a letter",
        .check = check_vault},
    [AZURE_NAME_VM] = {
        .what = "VM name", .min = 1, .max = 64, .allowed = LETTERS DIGITS "._-",
        .hint = "1 to 64 letters, digits, '.', '_' or '-', beginning with a letter or digit",
        .check = check_vm},
    [AZURE_NAME_REGION] = {
        .what = "region", .min = 1, .max = 40, .allowed = LOWER DIGITS,
        .hint = "regions are written as westeurope"},
    [AZURE_NAME_STORAGE_ACCOUNT] = {
        .what = "storage account name", .min = 3, .max = 24, .allowed = LOWER DIGITS,
        .hint = "3 to 24 lower-case letters or digits, or the full resource id, which begins with "
                "/subscriptions/"},
    [AZURE_NAME_STORAGE_ID] = {
        .what = "resource id of a storage account", .min = 1, .max = ID_BYTES,
        .hint = GROUP_ID "Microsoft.Storage/storageAccounts/NAME",
        .check = check_id, .type = "storageAccounts"},
    [AZURE_NAME_VM_ID] = {
        .what = "resource id of a VM", .min = 1, .max = ID_BYTES,
        .hint = GROUP_ID "Microsoft.Compute/virtualMachines/NAME",
        .check = check_id, .type = "virtualMachines"},
    [AZURE_NAME_CONTAINER] = {
        .what = "container name", .min = 1, .max = 255,
        .hint = "as the vault shows it: iaasvmcontainer;iaasvmcontainerv2;GROUP;VM",
        .check = check_no_path},
    [AZURE_NAME_PROTECTED_ITEM] = {
        .what = "protected item name", .min = 1, .max = 255,
        .hint = "as the vault shows it: VM;iaasvmcontainerv2;GROUP;VM",
        .check = check_no_path},
};
/* clang-format on */
_Static_assert(sizeof(rules) / sizeof(rules[0]) == AZURE_NAME_COUNT, "a rule for each");

/* Without a list of its own: what has no meaning in a URL and no control characters. */
static bool is_allowed(const struct rule *rule, char c)
{
    unsigned char byte = (unsigned char)c;
    if (rule->allowed == NULL) {
        return byte > ' ' && byte != 0x7f && strchr("?#%\\", c) == NULL;
    }
    return byte >= 0x80 ? rule->allows_foreign : strchr(rule->allowed, c) != NULL;
}

struct error *azure_name_check(enum azure_name name, const char *text)
{
    const struct rule *rule = &rules[name];
    size_t len = strlen(text);
    bool is_wrong =
        len < rule->min || len > rule->max || str_find(str_from(text), STR("..")) != SIZE_MAX;
    for (size_t i = 0; i < len && !is_wrong; i++) {
        is_wrong = !is_allowed(rule, text[i]);
    }
    if (is_wrong) {
        return name == AZURE_NAME_REGION ? wrong_region(rule, text) : wrong(rule, text);
    }
    return rule->check == NULL ? NULL : rule->check(rule, text);
}

bool azure_name_is_id(const char *text)
{
    return str_starts_with_ignoring_case(str_from(text), STR("/subscriptions/"));
}
