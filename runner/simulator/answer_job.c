/* SPDX-License-Identifier: MIT */
#include "simulator/answer_job.h"

#include "base/clock.h"
#include "base/mem.h"
#include "simulator/sim_list.h"
#include "simulator/world_job.h"

#define PROGRESS_EVERY_MS (5 * MINUTE_MS) /* the service renews it no sooner */

static const struct {
    const char *job_type, *restore_type;
    const char *second_task; /* after the transfer; NULL: none */
} modes[WORLD_MODE_COUNT] = {
    [WORLD_DISKS_MANAGED] = {"Recover disks",                       "RestoreDisks",      NULL                        },
    [WORLD_DISKS_UNMANAGED] = {"Recover disks",                       "RestoreDisks",      NULL                        },
    [WORLD_ALTERNATE] = {"Recover VM to an alternate location", "AlternateLocation",
                             "Create the restored virtual machine"                                                   },
    [WORLD_ORIGINAL] = {"Replace disks",                       "OriginalLocation",  "Update the virtual machine"},
};

/* What a job says that failed or warns, where the world says nothing. */
static const struct {
    const char *title, *text;
} usual_details[WORLD_ENDING_COUNT] = {
    [WORLD_WARNINGS] = {"UserErrorRestoreCompletedWithWarnings",
                        "The restore is complete, but some of its settings could not be applied."             },
    [WORLD_FAILED] = {"CloudInternalError",                    "Azure Backup encountered an internal error."},
};

/* "PT1H5M2.25S", as .NET writes a span. */
static const char *span_text(struct arena *arena, int64_t ms)
{
    if (ms <= 0) {
        return "PT0S";
    }
    AUTO(buf) struct buf text = BUF_INIT(UTC_TEXT_SIZE * 2);
    buf_append_text(&text, "PT");
    if (ms >= HOUR_MS) {
        buf_format(&text, "%lldH", (long long)(ms / HOUR_MS));
    }
    if (ms % HOUR_MS >= MINUTE_MS) {
        buf_format(&text, "%lldM", (long long)(ms % HOUR_MS / MINUTE_MS));
    }
    int64_t rest = ms % MINUTE_MS;
    if (rest % SECOND_MS != 0) {
        buf_format(&text, "%lld.%03lldS", (long long)(rest / SECOND_MS),
                   (long long)(rest % SECOND_MS));
    } else if (rest > 0) {
        buf_format(&text, "%lldS", (long long)(rest / SECOND_MS));
    }
    return arena_copy(arena, buf_str(&text));
}

/* "6/14/2021 10:20:48 AM" (quirk F 18) */
static const char *us_time(struct arena *arena, struct utc time)
{
    struct utc_parts at = utc_split(time);
    return arena_format(arena, "%d/%d/%04d %d:%02d:%02d %s", at.month, at.day, at.year,
                        at.hour % 12 == 0 ? 12 : at.hour % 12, at.minute, at.second,
                        at.hour < 12 ? "AM" : "PM");
}

/* What is shown of a job's time: until its end, or now. */
static int64_t elapsed_ms(const struct world_job *job, struct utc now)
{
    int64_t end = world_job_is_over(job, now) ? world_job_end(job).ms : now.ms;
    return end - job->start.ms;
}

/* In steps, never 100 while it runs; a job that failed stays where it was. */
static double progress_of(const struct world_job *job, struct utc now)
{
    bool is_over = world_job_is_over(job, now);
    if (is_over && job->outcome->ending <= WORLD_WARNINGS) {
        return 100.0;
    }
    int64_t known_ms = elapsed_ms(job, now) / PROGRESS_EVERY_MS * PROGRESS_EVERY_MS;
    int64_t percent = known_ms * 100 / job->duration_ms;
    return percent < 1 ? 1.0 : percent > 94 ? 94.0 : (double)percent;
}

static const char *task_status(const struct world_job *job, struct utc now, bool is_second)
{
    if (!world_job_is_over(job, now)) {
        return is_second ? "NotStarted" : "InProgress";
    }
    if (job->outcome->ending <= WORLD_WARNINGS) {
        return "Completed";
    }
    return is_second ? "NotStarted" : "Failed";
}

static void write_task(struct json_writer *json, const struct sim_call *call,
                       const struct world_job *job, bool is_second)
{
    struct utc now = call->request->now;
    const char *status = task_status(job, now, is_second);
    char text[UTC_TEXT_SIZE];
    /* Tasks have times of their own since 2025 (C.5). */
    bool has_times = sim_call_since(call, "2025-02-01");
    bool has_begun = !text_equal(status, "NotStarted");
    json_begin_map(json);
    json_member_text(json, "taskId",
                     is_second ? modes[job->trigger.mode].second_task : "Transfer data from vault");
    if (has_times) {
        json_member_text(json, "startTime",
                         has_begun ? utc_format(job->start, text) : "0001-01-01T00:00:00");
        json_member_text(json, "endTime",
                         has_begun && world_job_is_over(job, now)
                             ? utc_format(world_job_end(job), text)
                             : "0001-01-01T00:00:00");
        json_member_text(json, "taskType", "Normal");
    }
    json_member_text(json, "duration",
                     has_times && has_begun ? span_text(call->arena, elapsed_ms(job, now))
                                            : "PT0S");
    json_member_text(json, "status", status);
    if (!is_second && text_equal(status, "Completed")) {
        json_member_text(json, "taskExecutionDetails",
                         arena_format(call->arena, "%lld GBs / %lld GBs Transferred",
                                      (long long)job->trigger.item->size_gb,
                                      (long long)job->trigger.item->size_gb));
    }
    json_end(json);
}

static void write_blobs(struct json_writer *json, const struct sim_call *call,
                        const struct world_job *job)
{
    struct arena *arena = call->arena;
    const char *vm = job->trigger.item->vm;
    uint64_t number = world_seed_of(call->world, job->id);
    const char *config = arena_format(arena, "config-%s-%s.json", vm, job->id);
    const char *container = arena_format(arena, "%s-%016llx%016llx", vm, (unsigned long long)number,
                                         (unsigned long long)number * 31);
    const char *folder = arena_format(arena, "https://%s.blob.core.windows.net/%s",
                                      job->trigger.storage_account, container);
    json_member_text(json, "Config Blob Name", config);
    json_member_text(json, "Config Blob Container Name", container);
    json_member_text(json, "Config Blob Uri", arena_format(arena, "%s/%s", folder, config));
    json_member_text(json, "Template Blob Uri",
                     arena_format(arena, "%s/azuredeploy%s.json", folder, job->id));
}

static void write_bag(struct json_writer *json, const struct sim_call *call,
                      const struct world_job *job)
{
    const struct world_trigger *trigger = &job->trigger;
    bool is_done =
        world_job_is_over(job, call->request->now) && job->outcome->ending <= WORLD_WARNINGS;
    json_name(json, "propertyBag");
    json_begin_map(json);
    json_member_text(json, "Job Type", modes[trigger->mode].job_type);
    json_member_text(json, "Target VM Name",
                     trigger->target_vm != NULL ? trigger->target_vm : "vmName");
    json_member_text(json, "Target Storage Account Name", trigger->storage_account);
    json_member_text(json, "Recovery point time ", us_time(call->arena, trigger->point->time));
    if (trigger->target_group != NULL) {
        json_member_text(json, "Target resource group", trigger->target_group);
    }
    if (trigger->restored_disks != NULL) {
        json_member_text(json, "Restored disk(s)", trigger->restored_disks);
    }
    if (is_done && trigger->storage_account != NULL) {
        write_blobs(json, call, job);
    }
    json_end(json);
}

static void write_extended_info(struct json_writer *json, const struct sim_call *call,
                                const struct world_job *job)
{
    struct utc now = call->request->now;
    json_name(json, "extendedInfo");
    json_begin_map(json);
    json_name(json, "tasksList");
    json_begin_list(json);
    write_task(json, call, job, false);
    if (modes[job->trigger.mode].second_task != NULL) {
        write_task(json, call, job, true);
    }
    json_end(json);
    write_bag(json, call, job);
    json_name(json, "internalPropertyBag");
    json_begin_map(json);
    json_member_text(json, "restoreLocationType", modes[job->trigger.mode].restore_type);
    json_end(json);
    json_name(json, "progressPercentage");
    json_decimal(json, progress_of(job, now));
    if (world_job_is_over(job, now)) {
        json_member_text(json, "estimatedRemainingDuration", "PT0S");
    } else if (elapsed_ms(job, now) >= PROGRESS_EVERY_MS) {
        json_member_text(json, "estimatedRemainingDuration",
                         span_text(call->arena, world_job_end(job).ms - now.ms));
    }
    json_end(json);
}

static void write_error_details(struct json_writer *json, const struct world_job *job)
{
    const struct world_outcome *outcome = job->outcome;
    const char *title = outcome->error_title;
    const char *text = outcome->error_text;
    if (title == NULL) {
        title = usual_details[outcome->ending].title;
    }
    if (text == NULL) {
        text = usual_details[outcome->ending].text;
    }
    if (title == NULL) {
        return; /* completed or cancelled, and the world names no error */
    }
    json_name(json, "errorDetails");
    json_begin_list(json);
    json_begin_map(json);
    json_member_integer(json, "errorCode", outcome->error_code);
    json_member_text(json, "errorTitle", title);
    json_member_text(json, "errorString", text != NULL ? text : "");
    json_name(json, "recommendations");
    json_begin_list(json);
    for (size_t i = 0; i < outcome->recommendations.count; i++) {
        json_text(json, outcome->recommendations.items[i]);
    }
    json_end(json);
    json_end(json);
    json_end(json);
}

/* It stays so after the end: it is no proof of anything (C.4). */
static void write_actions(struct json_writer *json, const struct sim_call *call)
{
    json_name(json, "actionsInfo");
    json_begin_list(json);
    if (sim_call_since(call, "2021-08-02")) {
        json_text(json, "Cancellable");
    } else {
        json_integer(json, 1);
    }
    json_end(json);
}

static void write_job(struct json_writer *json, const struct sim_call *call,
                      const struct world_job *job, bool is_single)
{
    struct utc now = call->request->now;
    const struct world_item *item = job->trigger.item;
    bool is_over = world_job_is_over(job, now);
    char text[UTC_TEXT_SIZE];
    json_begin_map(json);
    json_member_text(json, "id",
                     arena_format(call->arena, "%s/backupJobs/%s", call->vault->id, job->id));
    json_member_text(json, "name", job->id);
    json_member_text(json, "type", "Microsoft.RecoveryServices/vaults/backupJobs");
    json_name(json, "properties");
    json_begin_map(json);
    json_member_text(json, "jobType", "AzureIaaSVMJob");
    write_actions(json, call);
    json_member_text(json, "containerName", item->container_name);
    json_member_text(json, "duration", span_text(call->arena, elapsed_ms(job, now)));
    json_member_text(json, "virtualMachineVersion", "Compute");
    if (is_over) {
        write_error_details(json, job);
    }
    if (is_single) {
        write_extended_info(json, call, job);
    }
    json_member_text(json, "entityFriendlyName", item->vm);
    json_member_text(json, "backupManagementType", "AzureIaasVM");
    json_member_text(json, "operation", "Restore");
    json_member_text(json, "status", world_job_status(job, now));
    json_member_text(json, "startTime", utc_format(job->start, text));
    if (is_over) {
        json_member_text(json, "endTime", utc_format(world_job_end(job), text));
    }
    json_member_text(json, "activityId", job->activity_id);
    json_end(json);
    json_end(json);
}

void answer_job_show(struct sim_call *call)
{
    const char *id = call->parts[call->part_count - 1];
    const struct world_job *job = world_job_find(call->vault, id, call->request->now);
    if (job == NULL) {
        sim_call_error(call, 404, "ResourceNotFound", "The job '%s' was not found.", id);
        return;
    }
    struct json_writer json = sim_call_json(call, 200);
    write_job(&json, call, job, true);
}

static const char *const job_clauses[] = {
    "status", "backupManagementType", "operation", "jobId", "startTime", "endTime", NULL};

static bool job_fits(const struct sim_call *call, const struct sim_filter *filter,
                     const struct world_job *job)
{
    return world_job_is_listed(call->world, job, call->request->now) &&
           sim_list_fits(filter, "status", world_job_status(job, call->request->now)) &&
           sim_list_fits(filter, "backupManagementType", "AzureIaasVM") &&
           sim_list_fits(filter, "operation", "Restore") && sim_list_fits(filter, "jobId", job->id);
}

/* Newest first.  Jobs are kept oldest first and new ones come at the end, so a token that counts
 * what is left holds while the list grows. */
void answer_job_list(struct sim_call *call)
{
    struct sim_filter filter;
    struct utc from = {INT64_MIN};
    struct utc to = {INT64_MAX};
    size_t left;
    if (!sim_list_filter(call, job_clauses, &filter) ||
        !sim_list_time(call, &filter, "startTime", &from) ||
        !sim_list_time(call, &filter, "endTime", &to) || !sim_list_begin(call, &left)) {
        return;
    }
    size_t count = call->vault->jobs.count;
    left = left == 0 || left > count ? count : left;
    struct json_writer json = sim_call_json(call, 200);
    json_begin_map(&json);
    json_name(&json, "value");
    json_begin_list(&json);
    int64_t room = call->world->page_size;
    for (; left > 0; left--) {
        const struct world_job *job = call->vault->jobs.items[left - 1];
        if (job->start.ms < from.ms || job->start.ms > to.ms || !job_fits(call, &filter, job)) {
            continue;
        }
        if (room-- == 0) {
            break;
        }
        write_job(&json, call, job, false);
    }
    json_end(&json);
    if (left > 0) {
        sim_list_next(call, &json, arena_format(call->arena, "%s/backupJobs", call->vault->id),
                      left);
    }
    json_end(&json);
}
