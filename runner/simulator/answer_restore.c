/* SPDX-License-Identifier: MIT */
#include "simulator/answer_restore.h"

#include "base/clock.h"
#include "data/json_read.h"
#include "simulator/answer_vault.h"
#include "simulator/world_job.h"

enum shape {
    SHAPE_TEXT,
    SHAPE_ID, /* text that is an ARM id */
    SHAPE_BOOL,
    SHAPE_LIST,
    SHAPE_MAP,
    SHAPE_COUNT,
};
static const char *const shape_names[SHAPE_COUNT] = {"a text", "an ARM id", "a boolean", "a list",
                                                     "an object"};
static const enum value_type shape_types[SHAPE_COUNT] = {VALUE_TEXT, VALUE_TEXT, VALUE_BOOL,
                                                         VALUE_LIST, VALUE_MAP};

/* The table of B.1: for each mode in the order of enum world_mode R required, O optional, n null,
 * empty or absent. */
static const struct field {
    const char *name;
    enum shape shape;
    char rules[WORLD_MODE_COUNT + 1];
} fields[] = {
    {"recoveryPointId",                 SHAPE_TEXT, "RRRR"},
    {"sourceResourceId",                SHAPE_ID,   "RRRR"},
    {"region",                          SHAPE_TEXT, "RRRR"},
    {"storageAccountId",                SHAPE_ID,   "OROO"},
    {"identityBasedRestoreDetails",     SHAPE_MAP,  "OnOO"},
    {"targetResourceGroupId",           SHAPE_ID,   "RnRn"},
    {"targetVirtualMachineId",          SHAPE_ID,   "nnRn"},
    {"virtualNetworkId",                SHAPE_ID,   "nnRn"},
    {"subnetId",                        SHAPE_ID,   "nnRn"},
    {"restoreDiskLunList",              SHAPE_LIST, "OOnn"},
    {"zones",                           SHAPE_LIST, "OnOn"},
    {"diskEncryptionSetId",             SHAPE_ID,   "OnOn"},
    {"identityInfo",                    SHAPE_MAP,  "OnOO"},
    {"targetDiskNetworkAccessSettings", SHAPE_MAP,  "OnOO"},
    {"extendedLocation",                SHAPE_MAP,  "OnOO"},
    {"securedVMDetails",                SHAPE_MAP,  "OnOO"},
    {"encryptionDetails",               SHAPE_MAP,  "OOOO"},
    {"resourceGuardOperationRequests",  SHAPE_LIST, "OOOO"},
    {"createNewCloudService",           SHAPE_BOOL, "OOOO"},
    {"originalStorageAccountOption",    SHAPE_BOOL, "OOOO"},
    {"restoreWithManagedDisks",         SHAPE_BOOL, "OOOO"},
    {"affinityGroup",                   SHAPE_TEXT, "nnnn"},
    {"targetDomainNameId",              SHAPE_TEXT, "nnnn"},
    {"recoveryPointRehydrationInfo",    SHAPE_MAP,  "nnnn"},
};

static const char *const mode_names[WORLD_MODE_COUNT] = {"RestoreDisks into a resource group",
                                                         "RestoreDisks into a storage account",
                                                         "AlternateLocation", "OriginalLocation"};

static bool is_arm_id(struct str text)
{
    return str_starts_with_ignoring_case(text, STR("/subscriptions/")) &&
           str_find(text, STR("//")) == SIZE_MAX && !str_ends_with(text, STR("/"));
}

static const char *last_segment(const char *id)
{
    const char *last = id;
    for (const char *at = id; at != NULL && *at != '\0'; at++) {
        last = *at == '/' ? at + 1 : last;
    }
    return last;
}

static bool is_null(const struct value *value)
{
    return value == NULL || value->type == VALUE_NULL ||
           (value->type == VALUE_TEXT && value->text.len == 0);
}

/* NULL: the table holds. */
static const char *check_field(struct arena *arena, const struct field *field, enum world_mode mode,
                               const struct value *value)
{
    char rule = field->rules[mode];
    if (is_null(value)) {
        return rule == 'R'
                   ? arena_format(arena, "%s is missing for %s.", field->name, mode_names[mode])
                   : NULL;
    }
    if (rule == 'n') {
        return arena_format(arena, "%s does not go with %s.", field->name, mode_names[mode]);
    }
    if (value->type != shape_types[field->shape] ||
        (field->shape == SHAPE_ID && !is_arm_id(value->text))) {
        return arena_format(arena, "%s is not %s.", field->name, shape_names[field->shape]);
    }
    return NULL;
}

static const char *read_mode(const struct value *properties, enum world_mode *ret)
{
    if (!text_equal(value_text(properties, "objectType"), "IaasVMRestoreRequest")) {
        return "objectType is not IaasVMRestoreRequest.";
    }
    const char *type = value_text(properties, "recoveryType");
    if (text_equal(type, "RestoreDisks")) {
        *ret = is_null(value_find(properties, "targetResourceGroupId")) ? WORLD_DISKS_UNMANAGED
                                                                        : WORLD_DISKS_MANAGED;
    } else if (text_equal(type, "AlternateLocation")) {
        *ret = WORLD_ALTERNATE;
    } else if (text_equal(type, "OriginalLocation")) {
        *ret = WORLD_ORIGINAL;
    } else {
        return "recoveryType is none of RestoreDisks, AlternateLocation, OriginalLocation.";
    }
    return NULL;
}

static const char *check_luns(struct arena *arena, const struct world_item *item,
                              const struct value *luns)
{
    for (size_t i = 0; luns != NULL && i < luns->count; i++) {
        const struct value *lun = luns->items[i];
        if (lun->type != VALUE_INTEGER) {
            return "restoreDiskLunList holds something that is not a whole number.";
        }
        if (lun->integer < 0 || lun->integer >= item->disk_count) {
            return arena_format(arena, "The recovery point has no data disk of LUN %lld.",
                                (long long)lun->integer);
        }
    }
    return NULL;
}

static const char *check_zones(const struct value *zones)
{
    if (is_null(zones) || zones->count == 0) {
        return NULL;
    }
    const struct value *zone = zones->items[0];
    bool is_zone = zone->type == VALUE_TEXT && zone->text.len == 1 && zone->text.at[0] >= '1' &&
                   zone->text.at[0] <= '3';
    return zones->count == 1 && is_zone ? NULL : "zones is not one of \"1\", \"2\", \"3\".";
}

/* What the table cannot say: how fields go with the URL, the item, the point and each other. */
static const char *check_relations(const struct sim_call *call, const struct value *properties)
{
    if (!text_equal(value_text(properties, "recoveryPointId"), call->point->id)) {
        return "recoveryPointId is not the recovery point of the URL.";
    }
    if (!text_equal_ignoring_case(value_text(properties, "sourceResourceId"), call->item->source)) {
        return "sourceResourceId is not the virtual machine of the protected item.";
    }
    if (!text_equal_ignoring_case(value_text(properties, "region"), call->vault->region)) {
        return "region is not that of the vault.";
    }
    bool has_account = !is_null(value_find(properties, "storageAccountId"));
    bool has_identity = !is_null(value_find(properties, "identityBasedRestoreDetails"));
    if (has_account == has_identity) {
        return "One of storageAccountId and identityBasedRestoreDetails is needed.";
    }
    if (has_identity &&
        value_text(properties, "identityBasedRestoreDetails.targetStorageAccountId") == NULL) {
        return "identityBasedRestoreDetails has no targetStorageAccountId.";
    }
    if (has_account && str_find(str_from(value_text(properties, "storageAccountId")),
                                STR("/storageAccounts/")) == SIZE_MAX) {
        return "storageAccountId is not the id of a storage account.";
    }
    if (value_bool(properties, "originalStorageAccountOption", false)) {
        return "The recovery point has no original storage accounts.";
    }
    return NULL;
}

static const char *check_state(const struct sim_call *call)
{
    if (call->item->is_soft_deleted) {
        return "The protected item is in soft deleted state; undelete it first.";
    }
    if (call->point->tiers == 1u << WORLD_ARCHIVE) {
        return "The recovery point is in the archive tier and must be rehydrated.";
    }
    return NULL;
}

/* NULL: the service takes it. */
static const char *check_body(const struct sim_call *call, const struct value *properties,
                              enum world_mode *ret_mode)
{
    const char *why = read_mode(properties, ret_mode);
    for (size_t i = 0; why == NULL && i < sizeof(fields) / sizeof(*fields); i++) {
        why =
            check_field(call->arena, &fields[i], *ret_mode, value_find(properties, fields[i].name));
    }
    why = why != NULL ? why : check_relations(call, properties);
    why = why != NULL
              ? why
              : check_luns(call->arena, call->item, value_find(properties, "restoreDiskLunList"));
    why = why != NULL ? why : check_zones(value_find(properties, "zones"));
    return why != NULL ? why : check_state(call);
}

/* "vm_OsDisk; vm_DataDisk_0": the OS disk is always among them (B.3). */
static const char *name_disks(const struct sim_call *call, const struct value *luns)
{
    if (luns == NULL || luns->type != VALUE_LIST) {
        return NULL;
    }
    struct arena *arena = call->world->arena;
    const char *names = answer_vault_disk_name(arena, call->item, -1);
    for (size_t i = 0; i < luns->count; i++) {
        names = arena_format(arena, "%s; %s", names,
                             answer_vault_disk_name(arena, call->item, luns->items[i]->integer));
    }
    return names;
}

/* The name at the end of an id that outlives the call, or NULL. */
static const char *keep_name(const struct sim_call *call, const struct value *properties,
                             const char *path)
{
    const char *id = value_text(properties, path);
    bool is_given = id != NULL && *id != '\0';
    return is_given ? arena_text(call->world->arena, last_segment(id)) : NULL;
}

static const struct world_job *start(const struct sim_call *call, const struct value *properties,
                                     enum world_mode mode)
{
    const struct sim_fault *const *hits = call->hits.of;
    const char *caller = call->request->client_request_id;
    struct world_trigger trigger = {
        .item = call->item,
        .point = call->point,
        .client_request_id = caller != NULL ? arena_text(call->world->arena, caller) : NULL,
        .mode = mode,
        .storage_account = keep_name(call, properties, "storageAccountId"),
        .target_group = keep_name(call, properties, "targetResourceGroupId"),
        .target_vm = keep_name(call, properties, "targetVirtualMachineId"),
        .restored_disks = name_disks(call, value_find(properties, "restoreDiskLunList")),
    };
    if (trigger.storage_account == NULL) {
        trigger.storage_account =
            keep_name(call, properties, "identityBasedRestoreDetails.targetStorageAccountId");
    }
    if (hits[SIM_FAULT_JOB_FAILED] != NULL) {
        trigger.outcome = &hits[SIM_FAULT_JOB_FAILED]->outcome;
    } else if (hits[SIM_FAULT_STUCK_JOB] != NULL) {
        trigger.outcome = &hits[SIM_FAULT_STUCK_JOB]->outcome;
    }
    if (hits[SIM_FAULT_LATE_JOB] != NULL) {
        trigger.late_ms = hits[SIM_FAULT_LATE_JOB]->after_ms;
    }
    return world_job_start(call->world, call->vault, &trigger, call->request->now);
}

static void add_retry_after(struct sim_call *call)
{
    sim_call_header(call, "Retry-After", "%lld",
                    (long long)((call->world->retry_after_ms + SECOND_MS - 1) / SECOND_MS));
}

static void accept(struct sim_call *call, const struct world_job *job)
{
    const char *origin = sim_call_origin(call);
    if (call->hits.of[SIM_FAULT_FOREIGN] != NULL) {
        size_t colon = str_find_char(str_from(origin + STR("http://").len), ':');
        const char *port = colon == SIZE_MAX ? "" : origin + STR("http://").len + colon;
        origin = arena_format(call->arena, "http://127.0.0.2%s", port);
    }
    call->reply->status = 202;
    if (call->hits.of[SIM_FAULT_NO_LOCATION] == NULL) {
        sim_call_header(call, "Azure-AsyncOperation", "%s%s/operationsStatus/%s?api-version=%s",
                        origin, call->item->id, job->operation_id, call->version);
        sim_call_header(call, "Location", "%s%s/operationResults/%s?api-version=%s", origin,
                        call->item->id, job->operation_id, call->version);
    }
    add_retry_after(call);
    sim_call_header(call, "x-ms-ratelimit-remaining-subscription-writes", "1199");
}

void answer_restore_trigger(struct sim_call *call)
{
    const char *type = call->request->content_type;
    if (type == NULL || !str_starts_with_ignoring_case(str_from(type), STR("application/json"))) {
        sim_call_error(call, 415, "UnsupportedMediaType",
                       "The content media type '%s' is not supported. Only 'application/json' is.",
                       type != NULL ? type : "");
        return;
    }
    const struct value *body;
    struct error *error = json_read(call->arena, "request", call->request->body, 0, &body);
    if (error != NULL) {
        sim_call_error(call, 400, "InvalidRequestContent",
                       "The request content was invalid and could not be deserialized: '%s'.",
                       error->text);
        error_free(error);
        return;
    }
    const struct value *properties = value_find(body, "properties");
    if (properties == NULL || properties->type != VALUE_MAP) {
        sim_call_refuse(call, "properties is missing.");
        return;
    }
    enum world_mode mode = WORLD_DISKS_MANAGED;
    const char *why = check_body(call, properties, &mode);
    if (why != NULL) {
        sim_call_refuse(call, "%s", why);
        return;
    }
    accept(call, start(call, properties, mode));
}

static const struct world_job *find_operation(struct sim_call *call)
{
    const char *id = call->parts[call->part_count - 1];
    const struct world_job *job = world_job_find_operation(call->vault, id);
    if (job == NULL || (call->item != NULL && call->item != job->trigger.item)) {
        sim_call_error(call, 404, "ResourceNotFound", "The operation '%s' was not found.", id);
        return NULL;
    }
    return job;
}

static bool has_succeeded(const struct sim_call *call, const struct world_job *job)
{
    return call->request->now.ms >= job->start.ms + call->world->operation_ms;
}

static void write_operation(struct sim_call *call, const struct world_job *job)
{
    char text[UTC_TEXT_SIZE];
    bool is_done = has_succeeded(call, job);
    struct json_writer json = sim_call_json(call, 200);
    json_begin_map(&json);
    json_member_text(&json, "id", job->operation_id);
    json_member_text(&json, "name", job->operation_id);
    json_member_text(&json, "status", is_done ? "Succeeded" : "InProgress");
    json_member_text(&json, "startTime", utc_format(job->start, text));
    /* Once done it is the start again; before, .NET's year 1 without a zone (F 16). */
    json_member_text(&json, "endTime", is_done ? text : "0001-01-01T00:00:00");
    if (is_done) {
        json_name(&json, "properties");
        json_begin_map(&json);
        json_member_text(&json, "objectType", "OperationStatusJobExtendedInfo");
        json_member_text(&json, "jobId", job->id);
        json_end(&json);
    }
    json_end(&json);
}

void answer_restore_status(struct sim_call *call)
{
    const struct world_job *job = find_operation(call);
    if (job == NULL) {
        return;
    }
    write_operation(call, job);
    if (!has_succeeded(call, job)) {
        add_retry_after(call);
    }
}

void answer_restore_result(struct sim_call *call)
{
    const struct world_job *job = find_operation(call);
    if (job == NULL) {
        return;
    }
    if (has_succeeded(call, job)) {
        write_operation(call, job);
        return;
    }
    call->reply->status = 202;
    sim_call_header(call, "Location", "%s%s?api-version=%s", sim_call_origin(call), call->path,
                    call->version);
    add_retry_after(call);
}
