/* SPDX-License-Identifier: MIT */
#include "simulator/world.h"

#include "base/buf.h"
#include "base/limit.h"
#include "base/mem.h"
#include "base/number.h"
#include "base/random.h"
#include "simulator/simulator.h"

const char *const world_state_names[] = {
    "Protected",        "IRPending", "ProtectionError", "ProtectionStopped", "ProtectionPaused",
    "BackupsSuspended", NULL};
const char *const world_health_names[] = {"Passed", "ActionRequired", "ActionSuggested", NULL};
const char *const world_os_names[] = {"Linux", "Windows", NULL};

static const char *const ending_words[] = {"completed", "warnings", "failed",
                                           "cancelled", "stuck",    NULL};
static const char *const consistency_words[] = {"application", "file-system", "crash", NULL};
static const char *const tier_words[] = {"snapshot", "vault", "archive", NULL};

_Static_assert(sizeof(ending_words) / sizeof(char *) == WORLD_ENDING_COUNT + 1, "one word each");
_Static_assert(sizeof(consistency_words) / sizeof(char *) == WORLD_CONSISTENCY_COUNT + 1,
               "one word each");
_Static_assert(sizeof(tier_words) / sizeof(char *) == WORLD_TIER_COUNT + 1, "one word each");

/* clang-format off */
#define AT(type, member) offsetof(struct type, member)

static const struct decode_field outcome_fields[] = {
    {.name = "outcome", .type = DECODE_WORD, .offset = AT(world_outcome, ending), .words = ending_words,
     .fallback = "completed", .doc = "how restores of the item end"},
    {.name = "error_code", .type = DECODE_INTEGER, .offset = AT(world_outcome, error_code), .max = 2147483647,
     .fallback = "130001", .doc = "errorCode of a job that failed or warns"},
    {.name = "error_title", .type = DECODE_TEXT, .offset = AT(world_outcome, error_title),
     .example = "UserErrorInstantRpNotFound", .doc = "errorTitle of it"},
    {.name = "error_text", .type = DECODE_TEXT, .offset = AT(world_outcome, error_text),
     .doc = "errorString of it",
     .example = "The restore point was not found."},
    {.name = "recommendations", .type = DECODE_TEXTS, .offset = AT(world_outcome, recommendations),
     .doc = "what it recommends",
     .example = "[Try another recovery point.]"},
    {0},
};
static const struct decode_table outcome_table = {
    .name = "job", .doc = "How a restore ends.", .fields = outcome_fields,
    .size = sizeof(struct world_outcome)};

static const struct decode_field point_fields[] = {
    {.name = "id", .type = DECODE_TEXT, .offset = AT(world_point_row, id), .flags = DECODE_NOT_EMPTY,
     .example = "\"72892117707916\"", .doc = "name of the point, decimal digits; absent: made from the seed"},
    {.name = "time", .type = DECODE_TIME, .offset = AT(world_point_row, time),
     .example = "2026-11-01T22:30:00Z", .doc = "when it was taken"},
    {.name = "age", .type = DECODE_DURATION, .offset = AT(world_point_row, age_ms), .example = "6h",
     .doc = "or how long before the world's now"},
    {.name = "consistency", .type = DECODE_WORD, .offset = AT(world_point_row, consistency),
     .words = consistency_words, .fallback = "application", .doc = "consistency of the point"},
    {.name = "tiers", .type = DECODE_WORDS, .offset = AT(world_point_row, tiers), .words = tier_words,
     .fallback = "[snapshot, vault]", .doc = "tiers it is valid in"},
    {0},
};
static const struct decode_table point_table = {
    .name = "point", .doc = "A recovery point.", .fields = point_fields,
    .size = sizeof(struct world_point_row)};

static const struct decode_field generated_fields[] = {
    {.name = "every", .type = DECODE_DURATION, .offset = AT(world_generated, every_ms), .min = 60000, .max = 3e11,
     .fallback = "24h", .doc = "time from one point to the next"},
    {.name = "count", .type = DECODE_INTEGER, .offset = AT(world_generated, count), .max = 10000,
     .fallback = "14", .doc = "how many points"},
    {.name = "keep", .type = DECODE_DURATION, .offset = AT(world_generated, keep_ms), .min = 60000, .max = 1e13,
     .fallback = "30d", .doc = "retention: older points are gone"},
    {0},
};
static const struct decode_table generated_table = {
    .name = "generated points", .doc = "Points made from the seed, the newest a few hours old.",
    .fields = generated_fields, .size = sizeof(struct world_generated)};

static const struct decode_field item_fields[] = {
    {.name = "vm", .type = DECODE_TEXT, .offset = AT(world_item, vm), .flags = DECODE_NOT_EMPTY,
     .example = "db01", .doc = "name of the VM; absent: the last part of protected_item"},
    {.name = "resource_group", .type = DECODE_TEXT, .offset = AT(world_item, resource_group),
     .flags = DECODE_NOT_EMPTY, .example = "payroll-prod",
     .doc = "its group; absent: the part before that of protected_item, or the vault's group"},
    {.name = "subscription", .type = DECODE_TEXT, .offset = AT(world_item, subscription),
     .flags = DECODE_NOT_EMPTY, .doc = "its subscription; absent: the vault's",
     .example = "11111111-2222-3333-4444-555555555555"},
    {.name = "source", .type = DECODE_TEXT, .offset = AT(world_item, source), .flags = DECODE_NOT_EMPTY,
     .doc = "ARM id of the VM; absent: made from the three above",
     .example = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/payroll-prod/providers/"
                "Microsoft.Compute/virtualMachines/db01"},
    {.name = "container", .type = DECODE_TEXT, .offset = AT(world_item, container), .flags = DECODE_NOT_EMPTY,
     .example = "\"IaasVMContainer;iaasvmcontainerv2;rg;vm\"", .doc = "container name; absent: Azure's usual one"},
    {.name = "protected_item", .type = DECODE_TEXT, .offset = AT(world_item, protected_item),
     .flags = DECODE_NOT_EMPTY, .example = "\"VM;iaasvmcontainerv2;rg;vm\"", .doc = "item name; absent: Azure's usual one"},
    {.name = "state", .type = DECODE_WORD, .offset = AT(world_item, state), .flags = DECODE_IGNORING_CASE,
     .words = world_state_names, .fallback = "Protected", .doc = "protectionState"},
    {.name = "health", .type = DECODE_WORD, .offset = AT(world_item, health), .flags = DECODE_IGNORING_CASE,
     .words = world_health_names, .fallback = "Passed", .doc = "healthStatus"},
    {.name = "is_soft_deleted", .type = DECODE_BOOL, .offset = AT(world_item, is_soft_deleted),
     .doc = "deleted and still listed for 14 days"},
    {.name = "disks", .type = DECODE_INTEGER, .offset = AT(world_item, disk_count), .max = 64, .fallback = "1",
     .doc = "data disks beside the OS disk, with LUN 0 and up"},
    {.name = "os", .type = DECODE_WORD, .offset = AT(world_item, os), .flags = DECODE_IGNORING_CASE,
     .words = world_os_names, .fallback = "Linux", .doc = "osType"},
    {.name = "size_gb", .type = DECODE_INTEGER, .offset = AT(world_item, size_gb), .min = 1, .max = 65536,
     .fallback = "128", .doc = "size of all disks together"},
    {.name = "job_duration", .type = DECODE_DURATION, .offset = AT(world_item, job_duration_ms), .min = 1, .max = 1e11,
     .doc = "how long a restore takes; absent: the world's, or 15 to 50 minutes from the seed",
     .example = "25m"},
    {.name = "job", .type = DECODE_RECORD, .offset = AT(world_item, outcome), .table = &outcome_table,
     .doc = "how a restore ends"},
    {.name = "points", .type = DECODE_RECORD_LIST, .offset = AT(world_item, point_rows), .table = &point_table,
     .doc = "its recovery points"},
    {.name = "generated", .type = DECODE_RECORD, .offset = AT(world_item, generated), .table = &generated_table,
     .doc = "or how to make them; absent, and no points: 14 daily ones"},
    {0},
};
static const struct decode_table item_table = {
    .name = "item", .doc = "A VM protected in the vault.", .fields = item_fields,
    .size = sizeof(struct world_item)};

static const struct decode_field vault_fields[] = {
    {.name = "subscription", .type = DECODE_TEXT, .offset = AT(world_vault, subscription),
     .flags = DECODE_REQUIRED | DECODE_NOT_EMPTY, .doc = "subscription id",
     .example = "11111111-2222-3333-4444-555555555555"},
    {.name = "resource_group", .type = DECODE_TEXT, .offset = AT(world_vault, resource_group),
     .flags = DECODE_REQUIRED | DECODE_NOT_EMPTY, .doc = "resource group of the vault",
     .example = "backup"},
    {.name = "name", .type = DECODE_TEXT, .offset = AT(world_vault, name), .flags = DECODE_NOT_EMPTY,
     .doc = "name of the vault; absent: its key",
     .example = "payroll-vault"},
    {.name = "region", .type = DECODE_TEXT, .offset = AT(world_vault, region), .flags = DECODE_NOT_EMPTY,
     .fallback = "westeurope", .doc = "location"},
    {.name = "items", .type = DECODE_RECORD_LIST, .offset = AT(world_vault, item_rows), .table = &item_table,
     .doc = "VMs protected in it"},
    {0},
};
static const struct decode_table vault_table = {
    .name = "vault", .doc = "A Recovery Services vault.", .fields = vault_fields,
    .size = sizeof(struct world_vault)};

static const struct decode_field principal_fields[] = {
    {.name = "tenant", .type = DECODE_TEXT, .offset = AT(world_principal, tenant), .flags = DECODE_NOT_EMPTY,
     .doc = "tenant id; absent: any",
     .example = "11111111-2222-3333-4444-555555555555"},
    {.name = "client_id", .type = DECODE_TEXT, .offset = AT(world_principal, client_id),
     .flags = DECODE_REQUIRED | DECODE_NOT_EMPTY, .doc = "application id",
     .example = "22222222-3333-4444-5555-666666666666"},
    {.name = "client_secret", .type = DECODE_TEXT, .offset = AT(world_principal, client_secret),
     .flags = DECODE_NOT_EMPTY, .doc = "its secret; absent: any secret or assertion",
     .example = "rehearsal-only"},
    {0},
};
static const struct decode_table principal_table = {
    .name = "principal", .doc = "Who may sign in.", .fields = principal_fields,
    .size = sizeof(struct world_principal)};

static const struct decode_field world_fields[] = {
    {.name = "now", .type = DECODE_TIME, .offset = AT(world, begin), .example = "2026-11-02T08:00:00Z",
     .doc = "when the world begins; absent: the real time"},
    {.name = "seed", .type = DECODE_INTEGER, .offset = AT(world, seed), .fallback = "1",
     .doc = "ids, generated points and durations are made from it"},
    {.name = "page_size", .type = DECODE_INTEGER, .offset = AT(world, page_size), .min = 1, .max = 100000,
     .fallback = "200", .doc = "entries on a page of a list"},
    {.name = "operation_duration", .type = DECODE_DURATION, .offset = AT(world, operation_ms), .max = 1e11,
     .fallback = "2s", .doc = "from the trigger of a restore until its operation has succeeded"},
    {.name = "retry_after", .type = DECODE_DURATION, .offset = AT(world, retry_after_ms), .max = 3600000,
     .fallback = "60s", .doc = "Retry-After of accepted and pending operations"},
    {.name = "job_duration", .type = DECODE_DURATION, .offset = AT(world, job_duration_ms), .min = 1, .max = 1e11,
     .doc = "how long restores take; absent: 15 to 50 minutes, made from the seed",
     .example = "25m"},
    {.name = "token_duration", .type = DECODE_DURATION, .offset = AT(world, token_ms), .min = 1000, .max = 1e9,
     .fallback = "1h", .doc = "how long an access token is good"},
    {.name = "strict_tokens", .type = DECODE_BOOL, .offset = AT(world, has_strict_tokens),
     .doc = "only tokens of this simulator are accepted"},
    {.name = "principals", .type = DECODE_RECORD_LIST, .offset = AT(world, principal_rows), .table = &principal_table,
     .doc = "who may sign in; absent: anyone"},
    {.name = "vaults", .type = DECODE_RECORD_MAP, .offset = AT(world, vault_rows), .table = &vault_table,
     .flags = DECODE_REQUIRED, .doc = "vaults by name"},
    {.name = "faults", .type = DECODE_TEXTS, .offset = AT(world, faults),
     .example = "[\"429:every=10,ra=30\"]", .doc = "faults, as `--fault` takes them"},
    {0},
};
const struct decode_table world_table = {
    .name = "world", .doc = "What the Azure simulator holds.", .fields = world_fields,
    .size = sizeof(struct world)};
/* clang-format on */

struct world_vault *world_vaults(const struct world *world)
{
    return world->vault_rows.items;
}

struct world_item *world_items(const struct world_vault *vault)
{
    return vault->item_rows.items;
}

uint64_t world_seed_of(const struct world *world, const char *text)
{
    /* One step of the source, so that seeds which differ in one bit give numbers that share
     * nothing. */
    struct random random = random_seeded(random_seed_of(str_from(text)) ^ (uint64_t)world->seed);
    return random_next(&random);
}

static uint64_t item_key(const char *container, const char *name)
{
    AUTO(buf) struct buf key = BUF_INIT(LIMIT_URL_BYTES);
    buf_format(&key, "%s/%s", container, name);
    for (size_t i = 0; i < key.len; i++) {
        if (key.data[i] >= 'A' && key.data[i] <= 'Z') {
            key.data[i] = (char)(key.data[i] - 'A' + 'a');
        }
    }
    return random_seed_of(buf_str(&key));
}

struct world_vault *world_find_vault(const struct world *world, const char *subscription,
                                     const char *resource_group, const char *name)
{
    for (size_t i = 0; i < world->vault_rows.count; i++) {
        struct world_vault *vault = &world_vaults(world)[i];
        if (text_equal_ignoring_case(vault->name, name) &&
            text_equal_ignoring_case(vault->resource_group, resource_group) &&
            text_equal_ignoring_case(vault->subscription, subscription)) {
            return vault;
        }
    }
    return NULL;
}

struct world_item *world_find_item(const struct world_vault *vault, const char *container,
                                   const char *name)
{
    uint64_t key = item_key(container, name);
    for (size_t i = 0; i < vault->item_rows.count; i++) {
        struct world_item *item = &world_items(vault)[i];
        if (item->key == key && text_equal_ignoring_case(item->container, container) &&
            text_equal_ignoring_case(item->protected_item, name)) {
            return item;
        }
    }
    return NULL;
}

/* The last two parts of "VM;iaasvmcontainerv2;group;vm". */
static void parts_of_item_name(struct arena *arena, const char *name, const char **ret_group,
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

static void name_item(struct arena *arena, const struct world_vault *vault, struct world_item *item)
{
    if (item->protected_item != NULL) {
        const char *group;
        const char *vm;
        parts_of_item_name(arena, item->protected_item, &group, &vm);
        item->vm = item->vm != NULL ? item->vm : vm;
        item->resource_group = item->resource_group != NULL ? item->resource_group : group;
    }
    if (item->resource_group == NULL) {
        item->resource_group = vault->resource_group;
    }
    if (item->subscription == NULL) {
        item->subscription = vault->subscription;
    }
    if (item->source == NULL) {
        item->source = arena_format(
            arena,
            "/subscriptions/%s/resourceGroups/%s/providers/Microsoft.Compute/virtualMachines/%s",
            item->subscription, item->resource_group, item->vm);
    }
    if (item->container == NULL) {
        item->container = arena_format(arena, "IaasVMContainer;iaasvmcontainerv2;%s;%s",
                                       item->resource_group, item->vm);
    }
    if (item->protected_item == NULL) {
        item->protected_item =
            arena_format(arena, "VM;iaasvmcontainerv2;%s;%s", item->resource_group, item->vm);
    }
}

static void check_item(const struct world_item *item, struct problems *problems)
{
    if (item->vm == NULL && item->protected_item == NULL) {
        problems_add(problems,
                     error_at(error_new(ERR_PLAN, "item has neither 'vm' nor 'protected_item'"),
                              decoded_at(&item->base, "vm")));
    }
    if (item->point_rows.is_set && item->generated != NULL) {
        problems_add(problems,
                     error_at(error_new(ERR_PLAN, "item has both 'points' and 'generated'"),
                              decoded_at(&item->base, "generated")));
    }
    const struct world_point_row *points = item->point_rows.items;
    for (size_t i = 0; i < item->point_rows.count; i++) {
        bool has_time = points[i].time.ms != INT64_MIN;
        int64_t digits;
        if (has_time == (points[i].age_ms >= 0)) {
            problems_add(problems,
                         error_at(error_new(ERR_PLAN, "point needs either 'time' or 'age'"),
                                  decoded_at(&points[i].base, "time")));
        }
        if (points[i].id != NULL && !number_parse(str_from(points[i].id), 0, INT64_MAX, &digits)) {
            problems_add(problems, error_at(error_new(ERR_PLAN,
                                                      "point id '%s' is not a decimal number of up "
                                                      "to 19 digits",
                                                      points[i].id),
                                            decoded_at(&points[i].base, "id")));
        }
    }
}

static void place_item(struct arena *arena, const struct world_vault *vault,
                       struct world_item *item, struct problems *problems)
{
    check_item(item, problems);
    if (item->vm == NULL && item->protected_item == NULL) {
        return;
    }
    name_item(arena, vault, item);
    if (world_find_item(vault, item->container, item->protected_item) != NULL) {
        problems_add(problems, error_at(error_new(ERR_PLAN, "the vault has item '%s' twice",
                                                  item->protected_item),
                                        decoded_at(&item->base, "vm")));
    }
    item->key = item_key(item->container, item->protected_item);
    /* Azure writes vault ids with a small s and the ids of what is in them with a large one. */
    item->container_id =
        arena_format(arena, "/Subscriptions%s/backupFabrics/Azure/protectionContainers/%s",
                     vault->id + STR("/subscriptions").len, item->container);
    item->id =
        arena_format(arena, "%s/protectedItems/%s", item->container_id, item->protected_item);
    size_t semicolon = str_find_char(str_from(item->container), ';');
    bool has_type =
        str_starts_with_ignoring_case(str_from(item->container), STR("IaasVMContainer;"));
    item->container_name = has_type ? item->container + semicolon + 1 : item->container;
}

static void place_vault(struct world *world, struct world_vault *vault, struct problems *problems)
{
    if (vault->name == NULL) {
        vault->name = vault->base.name;
    }
    if (vault->subscription == NULL || vault->resource_group == NULL) {
        return;
    }
    if (world_find_vault(world, vault->subscription, vault->resource_group, vault->name) != vault) {
        problems_add(problems,
                     error_at(error_new(ERR_PLAN, "the world has vault '%s' twice", vault->name),
                              vault->base.name_at));
    }
    vault->id = arena_format(
        world->arena,
        "/subscriptions/%s/resourceGroups/%s/providers/Microsoft.RecoveryServices/vaults/%s",
        vault->subscription, vault->resource_group, vault->name);
    for (size_t i = 0; i < vault->item_rows.count; i++) {
        place_item(world->arena, vault, &world_items(vault)[i], problems);
    }
}

struct world *world_new(const struct value *file, struct utc start, struct problems *problems)
{
    struct arena *arena = arena_new();
    struct world *world = ARENA_NEW(arena, struct world);
    decode(arena, &world_table, value_copy(arena, file), 0, problems, world);
    world->arena = arena;
    if (world->begin.ms == INT64_MIN) {
        world->begin = start;
    }
    for (size_t i = 0; i < world->vault_rows.count; i++) {
        place_vault(world, &world_vaults(world)[i], problems);
    }
    if (problems->error_count > 0) {
        world_free(world);
        return NULL;
    }
    return world;
}

void world_free(struct world *world)
{
    if (world == NULL) {
        return;
    }
    for (size_t i = 0; i < world->vault_rows.count; i++) {
        vec_release(&world_vaults(world)[i].jobs);
    }
    arena_free(world->arena);
}
