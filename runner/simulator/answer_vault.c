/* SPDX-License-Identifier: MIT */
#include "simulator/answer_vault.h"

#include "base/clock.h"
#include "simulator/sim_list.h"

#define TYPE "Microsoft.RecoveryServices/vaults"
#define VM_TYPE "Microsoft.Compute/virtualMachines"

static const char *const consistency_types[WORLD_CONSISTENCY_COUNT] = {
    [WORLD_APPLICATION] = "AppConsistent",
    [WORLD_FILE_SYSTEM] = "FileSystemConsistent",
    [WORLD_CRASH] = "CrashConsistent",
};

/* Old api-versions say a number, new ones the word (C.2). */
static const struct {
    const char *word;
    int number;
} tier_types[WORLD_TIER_COUNT] = {
    [WORLD_SNAPSHOT] = {"InstantRP",  1},
    [WORLD_VAULT] = {"HardenedRP", 2},
    [WORLD_ARCHIVE] = {"ArchivedRP", 3},
};

void answer_vault_show(struct sim_call *call)
{
    const struct world_vault *vault = call->vault;
    struct json_writer json = sim_call_json(call, 200);
    json_begin_map(&json);
    json_member_text(&json, "location", vault->region);
    json_member_text(&json, "name", vault->name);
    json_member_text(&json, "etag", "W/\"datetime'2026-01-01T00%3A00%3A00.0000001Z'\"");
    json_name(&json, "properties");
    json_begin_map(&json);
    json_member_text(&json, "provisioningState", "Succeeded");
    json_member_text(&json, "privateEndpointStateForBackup", "None");
    json_member_text(&json, "privateEndpointStateForSiteRecovery", "None");
    json_end(&json);
    json_member_text(&json, "id", vault->id);
    json_member_text(&json, "type", TYPE);
    json_name(&json, "sku");
    json_begin_map(&json);
    json_member_text(&json, "name", "Standard");
    json_end(&json);
    json_end(&json);
}

static const char *state_of(const struct world_item *item)
{
    return item->is_soft_deleted ? "ProtectionStopped" : world_state_names[item->state];
}

static void write_health_details(struct json_writer *json, const struct world_item *item)
{
    bool is_green = text_equal(world_health_names[item->health], "Passed");
    json_name(json, "healthDetails");
    json_begin_list(json);
    json_begin_map(json);
    json_member_integer(json, "code", is_green ? 400239 : 400238);
    json_member_text(json, "title", is_green ? "IaasVmHealthGreenDefault" : "IaasVmHealthNotGreen");
    json_member_text(json, "message",
                     is_green ? "Backup pre-check status of this virtual machine is OK."
                              : "Backup pre-check of this virtual machine found a problem.");
    json_name(json, "recommendations");
    json_begin_list(json);
    json_end(json);
    json_end(json);
    json_end(json);
}

static void write_deferred_delete(struct json_writer *json, const struct sim_call *call)
{
    char text[UTC_TEXT_SIZE];
    struct utc deleted = {call->world->begin.ms - DAY_MS};
    json_member_bool(json, "isScheduledForDeferredDelete", true);
    json_member_text(json, "deferredDeleteTimeInUTC", utc_format(deleted, text));
    json_member_text(json, "deferredDeleteTimeRemaining", "12.23:59:44.5932377");
}

static void write_last_backup(struct json_writer *json, const struct sim_call *call,
                              struct world_item *item)
{
    size_t count;
    const struct world_point *points = world_point_list(call->world, item, &count);
    if (count == 0) {
        json_member_text(json, "lastBackupStatus", "");
        json_member_text(json, "lastBackupTime", "2001-01-01T00:00:00Z"); /* never (C.6) */
        return;
    }
    json_member_text(json, "lastBackupStatus", "Completed");
    json_member_text(json, "lastBackupTime", points[0].time_text);
    json_member_text(json, "lastRecoveryPoint", points[0].time_text);
}

static void write_item(struct json_writer *json, const struct sim_call *call,
                       struct world_item *item)
{
    json_begin_map(json);
    json_member_text(json, "id", item->id);
    json_member_text(json, "name", item->protected_item);
    json_member_text(json, "type", TYPE "/backupFabrics/protectionContainers/protectedItems");
    json_name(json, "properties");
    json_begin_map(json);
    json_member_text(json, "friendlyName", item->vm);
    json_member_text(json, "virtualMachineId", item->source);
    json_member_text(json, "protectionStatus", "Healthy");
    json_member_text(json, "protectionState", state_of(item));
    json_member_text(json, "healthStatus", world_health_names[item->health]);
    write_health_details(json, item);
    write_last_backup(json, call, item);
    if (item->is_soft_deleted) {
        write_deferred_delete(json, call);
    }
    json_member_text(
        json, "protectedItemDataId",
        arena_format(call->arena, "%llu",
                     (unsigned long long)(world_seed_of(call->world, item->id) >> 20)));
    json_member_text(json, "protectedItemType", VM_TYPE);
    json_member_text(json, "backupManagementType", "AzureIaasVM");
    json_member_text(json, "workloadType", "VM");
    json_member_text(json, "containerName", item->container_name);
    json_member_text(json, "sourceResourceId", item->source);
    json_member_text(json, "policyId",
                     arena_format(call->arena, "%s/backupPolicies/DefaultPolicy", call->vault->id));
    json_member_text(json, "policyName", "DefaultPolicy");
    json_member_bool(json, "isArchiveEnabled", false);
    json_end(json);
    json_end(json);
}

void answer_vault_item(struct sim_call *call)
{
    static const char *const names[] = {"expand", NULL};
    struct sim_filter filter;
    if (!sim_list_filter(call, names, &filter)) {
        return;
    }
    struct json_writer json = sim_call_json(call, 200);
    write_item(&json, call, call->item);
}

static const char *const item_clauses[] = {
    "healthState",   "backupManagementType", "itemType",         "policyName",    "friendlyName",
    "containerName", "fabricName",           "backupEngineName", "backupSetName", NULL};

static bool item_fits(const struct sim_filter *filter, const struct world_item *item)
{
    return sim_list_fits(filter, "backupManagementType", "AzureIaasVM") &&
           sim_list_fits(filter, "itemType", "VM") &&
           sim_list_fits(filter, "fabricName", "Azure") &&
           sim_list_fits(filter, "policyName", "DefaultPolicy") &&
           sim_list_fits(filter, "friendlyName", item->vm) &&
           sim_list_fits(filter, "containerName", item->container_name) &&
           sim_list_fits(filter, "healthState", world_health_names[item->health]) &&
           sim_list_fits(filter, "backupEngineName", "") &&
           sim_list_fits(filter, "backupSetName", "");
}

typedef bool fits_fn(const struct sim_filter *filter, const struct world_item *item);
typedef void write_fn(struct json_writer *json, const struct sim_call *call,
                      struct world_item *item);

/* One page of what fits; the token counts items of the vault, fitting or not. */
static void list_items(struct sim_call *call, const struct sim_filter *filter, fits_fn *fits,
                       write_fn *write, const char *path)
{
    size_t i;
    if (!sim_list_begin(call, &i)) {
        return;
    }
    struct json_writer json = sim_call_json(call, 200);
    json_begin_map(&json);
    json_name(&json, "value");
    json_begin_list(&json);
    int64_t room = call->world->page_size;
    size_t count = call->vault->item_rows.count;
    for (; i < count; i++) {
        struct world_item *item = &world_items(call->vault)[i];
        if (!fits(filter, item)) {
            continue;
        }
        if (room-- == 0) {
            break;
        }
        write(&json, call, item);
    }
    json_end(&json);
    if (i < count) {
        sim_list_next(call, &json, arena_format(call->arena, "%s/%s", call->vault->id, path), i);
    }
    json_end(&json);
}

void answer_vault_items(struct sim_call *call)
{
    struct sim_filter filter;
    if (!sim_list_filter(call, item_clauses, &filter)) {
        return;
    }
    if (sim_list_asked(&filter, "itemType") != NULL &&
        sim_list_asked(&filter, "backupManagementType") == NULL) {
        sim_call_refuse(call, "itemType needs backupManagementType beside it.");
        return;
    }
    list_items(call, &filter, item_fits, write_item, "backupProtectedItems");
}

static void write_container(struct json_writer *json, const struct sim_call *call,
                            struct world_item *item)
{
    (void)call;
    json_begin_map(json);
    json_member_text(json, "id", item->container_id);
    json_member_text(json, "name", item->container);
    json_member_text(json, "type", TYPE "/backupFabrics/protectionContainers");
    json_name(json, "properties");
    json_begin_map(json);
    json_member_text(json, "virtualMachineId", item->source);
    json_member_text(json, "virtualMachineVersion", "Compute");
    json_member_text(json, "resourceGroup", item->resource_group);
    json_member_text(json, "friendlyName", item->vm);
    json_member_text(json, "backupManagementType", "AzureIaasVM");
    json_member_text(json, "registrationStatus", "Registered");
    json_member_text(json, "healthStatus", "Healthy");
    json_member_text(json, "containerType", VM_TYPE);
    json_member_text(json, "protectableObjectType", VM_TYPE);
    json_end(json);
    json_end(json);
}

static const char *const container_clauses[] = {"backupManagementType",
                                                "containerType",
                                                "backupEngineName",
                                                "fabricName",
                                                "status",
                                                "friendlyName",
                                                NULL};

static bool container_fits(const struct sim_filter *filter, const struct world_item *item)
{
    return sim_list_fits(filter, "backupManagementType", "AzureIaasVM") &&
           sim_list_fits(filter, "containerType", VM_TYPE) &&
           sim_list_fits(filter, "fabricName", "Azure") &&
           sim_list_fits(filter, "status", "Registered") &&
           sim_list_fits(filter, "friendlyName", item->vm) &&
           sim_list_fits(filter, "backupEngineName", "");
}

void answer_vault_containers(struct sim_call *call)
{
    struct sim_filter filter;
    if (!sim_list_filter(call, container_clauses, &filter)) {
        return;
    }
    if (sim_list_asked(&filter, "backupManagementType") == NULL) {
        sim_call_refuse(call, "The filter needs backupManagementType.");
        return;
    }
    list_items(call, &filter, container_fits, write_container, "backupProtectionContainers");
}

static void write_tiers(struct json_writer *json, const struct sim_call *call,
                        const struct world_point *point)
{
    bool has_words = sim_call_since(call, "2021-08-02");
    json_name(json, "recoveryPointTierDetails");
    json_begin_list(json);
    for (int tier = 0; tier < WORLD_TIER_COUNT; tier++) {
        if ((point->tiers & 1u << tier) == 0) {
            continue;
        }
        json_begin_map(json);
        if (has_words) {
            json_member_text(json, "type", tier_types[tier].word);
            json_member_text(json, "status", "Valid");
        } else {
            json_member_integer(json, "type", tier_types[tier].number);
            json_member_integer(json, "status", 1);
        }
        json_end(json);
    }
    json_end(json);
}

const char *answer_vault_disk_name(struct arena *arena, const struct world_item *item, int64_t lun)
{
    return lun < 0 ? arena_format(arena, "%s_OsDisk", item->vm)
                   : arena_format(arena, "%s_DataDisk_%lld", item->vm, (long long)lun);
}

/* Which disks they are comes with the single point only (README of the recordings, 28). */
static void write_disks(struct json_writer *json, const struct sim_call *call,
                        const struct world_item *item, bool is_single)
{
    json_name(json, "recoveryPointDiskConfiguration");
    json_begin_map(json);
    json_member_integer(json, "numberOfDisksIncludedInBackup", item->disk_count + 1);
    json_member_integer(json, "numberOfDisksAttachedToVm", item->disk_count + 1);
    if (is_single) {
        json_name(json, "includedDiskList");
        json_begin_list(json);
        for (int64_t lun = -1; lun < item->disk_count; lun++) {
            json_begin_map(json);
            json_member_integer(json, "lun", lun);
            json_member_text(json, "name", answer_vault_disk_name(call->arena, item, lun));
            json_end(json);
        }
        json_end(json);
        json_name(json, "excludedDiskList");
        json_begin_list(json);
        json_end(json);
    }
    json_end(json);
}

static void write_expiry(struct json_writer *json, const struct world_point *point)
{
    char text[UTC_TEXT_SIZE];
    utc_format(point->expiry, text);
    json_name(json, "recoveryPointProperties");
    json_begin_map(json);
    json_name(json, "expiryTime"); /* without a zone, as the service writes it (C.1) */
    json_str(json, str_slice(str_from(text), 0, str_from(text).len - 1));
    json_member_text(json, "ruleName", "Daily");
    json_member_bool(json, "isSoftDeleted", false);
    json_end(json);
}

static void write_point(struct json_writer *json, const struct sim_call *call,
                        const struct world_point *point, bool is_single)
{
    const struct world_item *item = call->item;
    json_begin_map(json);
    json_member_text(json, "id",
                     arena_format(call->arena, "%s/recoveryPoints/%s", item->id, point->id));
    json_member_text(json, "name", point->id);
    json_member_text(json, "type",
                     TYPE "/backupFabrics/protectionContainers/protectedItems/recoveryPoints");
    json_name(json, "properties");
    json_begin_map(json);
    json_member_text(json, "objectType", "IaasVMRecoveryPoint");
    json_member_text(json, "recoveryPointType", consistency_types[point->consistency]);
    json_member_text(json, "recoveryPointTime", point->time_text);
    json_member_text(json, "recoveryPointAdditionalInfo", "");
    json_member_text(json, "sourceVMStorageType", "PremiumVMOnPartialPremiumStorage");
    json_member_bool(json, "isSourceVMEncrypted", false);
    json_member_bool(json, "isInstantIlrSessionActive", false);
    write_tiers(json, call, point);
    json_member_bool(json, "isManagedVirtualMachine", true);
    json_member_text(json, "virtualMachineSize", "Standard_D2s_v3");
    json_member_bool(json, "originalStorageAccountOption", false);
    json_member_text(json, "osType", world_os_names[item->os]);
    write_disks(json, call, item, is_single);
    if (sim_call_since(call, "2023-01-01") && point->expiry.ms != INT64_MAX) {
        write_expiry(json, point);
    }
    json_end(json);
    json_end(json);
}

void answer_vault_point(struct sim_call *call)
{
    struct json_writer json = sim_call_json(call, 200);
    write_point(&json, call, call->point, true);
}

static const char *const point_clauses[] = {"startDate",
                                            "endDate",
                                            "restorePointQueryType",
                                            "extendedInfo",
                                            "moveReadyRPOnly",
                                            "includeSoftDeletedRP",
                                            NULL};

void answer_vault_points(struct sim_call *call)
{
    struct sim_filter filter;
    struct utc from = {INT64_MIN};
    struct utc to = {INT64_MAX};
    size_t i;
    size_t count;
    if (!sim_list_filter(call, point_clauses, &filter) ||
        !sim_list_time(call, &filter, "startDate", &from) ||
        !sim_list_time(call, &filter, "endDate", &to) || !sim_list_begin(call, &i)) {
        return;
    }
    const struct world_point *points = world_point_list(call->world, call->item, &count);
    struct json_writer json = sim_call_json(call, 200);
    json_begin_map(&json);
    json_name(&json, "value");
    json_begin_list(&json);
    int64_t room = call->world->page_size;
    for (; i < count; i++) {
        if (points[i].time.ms < from.ms || points[i].time.ms > to.ms ||
            !world_point_is_there(&points[i], call->request->now)) {
            continue;
        }
        if (room-- == 0) {
            break;
        }
        write_point(&json, call, &points[i], false);
    }
    json_end(&json);
    if (i < count) {
        sim_list_next(call, &json, arena_format(call->arena, "%s/recoveryPoints", call->item->id),
                      i);
    }
    json_end(&json);
}
