/* SPDX-License-Identifier: MIT */
#include "azure/job.h"

#include "base/clock.h"
#include "base/limit.h"
#include "base/mem.h"
#include "http/url.h"

#define EARLY_MS (10 * MINUTE_MS)
#define EARLY_INTERVAL_MS (30 * SECOND_MS)
#define LATE_INTERVAL_MS (60 * SECOND_MS)
#define MISSING_MS (5 * MINUTE_MS)
#define INVALID_BEFORE_FAILED 3
#define CANNOT_FOLLOW "job %s cannot be followed; it goes on in Azure"
#define RUNNING_FILTER                                                                             \
    "backupManagementType eq 'AzureIaasVM' and operation eq 'Restore' and status eq 'InProgress'"
#define BETWEEN_FILTER                                                                             \
    "backupManagementType eq 'AzureIaasVM' and operation eq 'Restore' and startTime eq '%s' and "  \
    "endTime eq '%s'"

static const char *list_url(struct arena *arena, const struct arm_arguments *arguments,
                            const char *filter)
{
    struct arm_query query = {arm_vault_path(arena, arguments->vault), "/backupJobs",
                              ARM_BACKUP_VERSION, filter};
    return arm_url(arena, arguments->management, &query);
}

const char *job_list_url_running(struct arena *arena, const struct arm_arguments *arguments)
{
    return list_url(arena, arguments, RUNNING_FILTER);
}

const char *job_list_url_between(struct arena *arena, const struct arm_arguments *arguments,
                                 struct utc start, struct utc end)
{
    return list_url(arena, arguments,
                    arena_format(arena, BETWEEN_FILTER, arm_filter_time(arena, start),
                                 arm_filter_time(arena, end)));
}

static bool is_restore(const struct value *job)
{
    return str_starts_with_ignoring_case(str_from(value_text(job, "properties.operation")),
                                         STR("Restore"));
}

/* The page's jobs, or NULL; what is no list is refused by arm_pages_next(). */
static const struct value *jobs_of(const struct value *page)
{
    const struct value *list = value_find(page, "value");
    return list != NULL && list->type == VALUE_LIST ? list : NULL;
}

static bool has_text(const struct value *list, const char *text)
{
    for (size_t i = 0; i < list->count; i++) {
        if (str_equal_ignoring_case(list->items[i]->text, str_from(text))) {
            return true;
        }
    }
    return false;
}

const struct value *job_find_by_request(const struct value *page, const struct value *request_ids)
{
    const struct value *list = jobs_of(page);
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        const char *activity = value_text(list->items[i], "properties.activityId");
        if (activity != NULL && has_text(request_ids, activity)) {
            return list->items[i];
        }
    }
    return NULL;
}

static bool is_of_item(const struct value *job, const struct arm_item *item)
{
    const char *container = value_text(job, "properties.containerName");
    if (container != NULL && container[0] != '\0') {
        return arm_container_equal(container, item->container);
    }
    const char *vm = value_text(job, "properties.entityFriendlyName");
    return vm != NULL && item->vm != NULL && text_equal_ignoring_case(vm, item->vm);
}

const struct value *job_find_running(const struct value *page, const struct arm_item *item)
{
    const struct value *list = jobs_of(page);
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        const struct value *job = list->items[i];
        const char *status = value_text(job, "properties.status");
        bool runs = status != NULL && (text_equal_ignoring_case(status, "InProgress") ||
                                       text_equal_ignoring_case(status, "Cancelling"));
        if (runs && is_restore(job) && is_of_item(job, item)) {
            return job;
        }
    }
    return NULL;
}

const struct value *job_find_nameless(const struct value *page, const struct arm_item *item)
{
    const struct value *list = jobs_of(page);
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        const struct value *job = list->items[i];
        const char *activity = value_text(job, "properties.activityId");
        bool is_nameless = activity == NULL || activity[0] == '\0';
        if (is_nameless && is_restore(job) && is_of_item(job, item)) {
            return job;
        }
    }
    return NULL;
}

void job_begin(struct job *job, const struct event *in, const struct arm_arguments *arguments,
               const char *id, struct effect *out)
{
    AUTO(buf) struct buf suffix = BUF_INIT(LIMIT_URL_BYTES);
    buf_append_text(&suffix, "/backupJobs/");
    if (!url_append_segment(&suffix, str_from(id))) {
        effect_fail(out, error_new(ERR_UNREACHABLE, "Azure named a job '%s', which cannot be", id));
        return;
    }
    struct arm_query query = {arm_vault_path(in->arena, arguments->vault), buf_text(&suffix),
                              ARM_BACKUP_VERSION, NULL};
    *job = (struct job){
        .url = arm_url(in->arena, arguments->management, &query),
        .id = arena_text(in->arena, id),
        .poll = arguments->poll,
        .began = in->now,
    };
    effect_send(out, HTTP_GET, job->url);
    out->state = STEP_RUNNING;
}

/* Azure renews a job's figures every few minutes: asking faster gains nothing (azure-surface G). */
static void wait_for_next(const struct job *job, const struct event *in, struct effect *out)
{
    int64_t wait = job->poll->interval_ms;
    if (wait < 0) {
        wait = in->now.ms - job->began.ms < EARLY_MS ? EARLY_INTERVAL_MS : LATE_INTERVAL_MS;
    }
    if (in->reply != NULL) {
        int64_t asked = headers_retry_after_ms(&in->reply->headers, in->now);
        wait = asked > wait ? asked : wait;
    }
    effect_wait(out, wait < job->poll->floor_ms ? job->poll->floor_ms : wait);
}

/* "127 GBs / 127 GBs Transferred" of the first task that says something. */
static const char *task_detail(const struct value *properties)
{
    const struct value *tasks = value_find_path(properties, "extendedInfo.tasksList");
    for (size_t i = 0; tasks != NULL && tasks->type == VALUE_LIST && i < tasks->count; i++) {
        const char *detail = value_text(tasks->items[i], "taskExecutionDetails");
        if (detail != NULL && detail[0] != '\0') {
            return detail;
        }
    }
    return NULL;
}

static const struct value *progress_of(struct arena *arena, const struct job *job,
                                       const struct value *properties)
{
    struct value *progress = value_new(arena, VALUE_MAP);
    const struct value *percent = value_find_path(properties, "extendedInfo.progressPercentage");
    const char *remaining = value_text(properties, "extendedInfo.estimatedRemainingDuration");
    int64_t remaining_ms;
    value_set_text(arena, progress, "job", job->id);
    value_set_text(arena, progress, "status", value_text(properties, "status"));
    if (percent != NULL && (percent->type == VALUE_INTEGER || percent->type == VALUE_DECIMAL)) {
        value_set(arena, progress, "percent", percent);
    }
    if (remaining != NULL && duration_parse(str_from(remaining), &remaining_ms)) {
        value_set_integer(arena, progress, "remaining_ms", remaining_ms);
    }
    if (task_detail(properties) != NULL) {
        value_set_text(arena, progress, "detail", task_detail(properties));
    }
    return progress;
}

/* Bag keys are display text, one with a blank at its end: compared trimmed and without case. */
static const char *bag_text(const struct value *properties, const char *name)
{
    const struct value *bag = value_find_path(properties, "extendedInfo.propertyBag");
    for (size_t i = 0; bag != NULL && bag->type == VALUE_MAP && i < bag->count; i++) {
        const struct value_member *member = &bag->members[i];
        if (str_equal_ignoring_case(str_trim(member->name), str_from(name)) &&
            member->value->type == VALUE_TEXT) {
            return member->value->text.at;
        }
    }
    return NULL;
}

static const struct value *output_of(struct arena *arena, const struct job *job,
                                     const struct value *properties)
{
    static const char *const names[][2] = {
        {"config_blob",     "Config Blob Uri"            },
        {"template_blob",   "Template Blob Uri"          },
        {"blob_container",  "Config Blob Container Name" },
        {"storage_account", "Target Storage Account Name"},
        {"resource_group",  "Target resource group"      },
        {"disks",           "Restored disk(s)"           },
    };
    struct value *output = value_new(arena, VALUE_MAP);
    value_set_text(arena, output, "job", job->id);
    value_set_text(arena, output, "status", value_text(properties, "status"));
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *text = bag_text(properties, names[i][1]);
        if (text != NULL) {
            value_set_text(arena, output, names[i][0], text);
        }
    }
    int64_t took_ms;
    const char *duration = value_text(properties, "duration");
    if (duration != NULL && duration_parse(str_from(duration), &took_ms)) {
        value_set_integer(arena, output, "job_ms", took_ms);
    }
    return output;
}

static void append_recommendations(struct buf *hint, const struct value *detail)
{
    const struct value *list = value_find(detail, "recommendations");
    for (size_t i = 0; list != NULL && list->type == VALUE_LIST && i < list->count; i++) {
        if (list->items[i]->type == VALUE_TEXT && list->items[i]->text.len > 0) {
            buf_append_text(hint, hint->len > 0 ? " " : "Azure recommends: ");
            buf_append_printable(hint, str_trim(list->items[i]->text));
        }
    }
}

static const struct value *first_detail(const struct value *properties)
{
    const struct value *details = value_find(properties, "errorDetails");
    bool has_any = details != NULL && details->type == VALUE_LIST && details->count > 0;
    return has_any ? details->items[0] : NULL;
}

/* "UserErrorX (400136): the text" */
static void append_detail(struct buf *text, const struct value *detail)
{
    const char *title = value_text(detail, "errorTitle");
    const char *said = value_text(detail, "errorString");
    int64_t code = value_integer(detail, "errorCode", 0);
    buf_append_printable(text, str_from(title == NULL ? "no reason given" : title));
    if (code != 0) {
        buf_format(text, " (%lld)", (long long)code);
    }
    if (said != NULL) {
        buf_append_text(text, ": ");
        buf_append_printable(text, str_trim(str_from(said)));
    }
}

static struct error *job_error(const struct job *job, const struct event *in,
                               const struct value *properties, const char *status)
{
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
    AUTO(buf) struct buf hint = BUF_INIT(LIMIT_TEXT_BYTES);
    AUTO(text) char *request = headers_request_id(&in->reply->headers);
    const struct value *detail = first_detail(properties);
    append_detail(&text, detail);
    if (request != NULL) {
        buf_format(&text, " (Azure request id %s)", request);
    }
    append_recommendations(&hint, detail);
    struct error *error = error_wrap(error_new(ERR_STEP, "%s", buf_text(&text)), ERR_STEP,
                                     "job %s ended as %s", job->id, status);
    return error_hint(error, "%s",
                      hint.len > 0 ? buf_text(&hint)
                                   : "look at the job in the vault's Backup Jobs for more");
}

static const struct value *warning_of(struct arena *arena, const struct value *properties)
{
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
    AUTO(buf) struct buf hint = BUF_INIT(LIMIT_TEXT_BYTES);
    const struct value *detail = first_detail(properties);
    struct value *warning = value_new(arena, VALUE_MAP);
    append_detail(&text, detail);
    append_recommendations(&hint, detail);
    if (hint.len > 0) {
        buf_format(&text, " %s", buf_text(&hint));
    }
    value_set_text(arena, warning, "title", "the job completed with warnings");
    value_set_text(arena, warning, "text", buf_text(&text));
    return warning;
}

static enum job_result judge(struct job *job, const struct event *in, const struct value *body,
                             struct effect *out)
{
    const struct value *properties = value_find(body, "properties");
    const char *status = value_text(properties, "status");
    bool has_warnings = status != NULL && text_equal_ignoring_case(status, "CompletedWithWarnings");
    bool is_invalid = status == NULL || text_equal_ignoring_case(status, "Invalid");
    job->invalid = is_invalid ? job->invalid + 1 : 0;
    out->progress = progress_of(in->scratch, job, properties);
    if (has_warnings || (status != NULL && text_equal_ignoring_case(status, "Completed"))) {
        effect_done(out, value_copy(in->arena, output_of(in->scratch, job, properties)));
        out->state = has_warnings ? STEP_WARNINGS : STEP_SUCCEEDED;
        out->warning = has_warnings ? warning_of(in->scratch, properties) : NULL;
        return JOB_ENDED;
    }
    bool has_failed = status != NULL && (text_equal_ignoring_case(status, "Failed") ||
                                         text_equal_ignoring_case(status, "Cancelled") ||
                                         text_equal_ignoring_case(status, "Canceled"));
    if (status == NULL && job->invalid >= INVALID_BEFORE_FAILED) {
        struct error *error = arm_error(in->reply, ERR_PERSON, "its answers have no status");
        effect_fail(out, error_wrap(error, ERR_PERSON, CANNOT_FOLLOW, job->id));
        return JOB_ENDED;
    }
    if (has_failed || job->invalid >= INVALID_BEFORE_FAILED) {
        effect_fail(out, job_error(job, in, properties, status == NULL ? "unknown" : status));
        out->output = value_copy(in->arena, output_of(in->scratch, job, properties));
        return JOB_ENDED;
    }
    wait_for_next(job, in, out);
    return JOB_GOES_ON;
}

/* A job may be late in appearing, and a gateway may deny it for a while: it is not gone before
 * MISSING_MS. */
static enum job_result missing(struct job *job, const struct event *in, struct effect *out)
{
    if (job->missing_since.ms == 0) {
        job->missing_since = in->now;
    }
    if (in->now.ms - job->missing_since.ms < MISSING_MS) {
        wait_for_next(job, in, out);
        return JOB_GOES_ON;
    }
    struct error *error = arm_error(in->reply, ERR_PERSON, "Azure does not know the job any more");
    effect_fail(out, error_wrap(error, ERR_PERSON, "job %s cannot be followed", job->id));
    return JOB_ENDED;
}

enum job_result job_feed(struct job *job, const struct event *in, struct effect *out)
{
    const struct value *body = NULL;
    if (in->type == EVENT_TIMER) {
        effect_send(out, HTTP_GET, job->url);
        return JOB_GOES_ON;
    }
    const struct http_reply *reply = in->reply;
    if (reply->outcome == HTTP_ANSWERED && reply->status == 404) {
        return missing(job, in, out);
    }
    if (reply->outcome != HTTP_ANSWERED || !reply->body_is_whole || reply->status >= 500) {
        wait_for_next(job, in, out); /* says nothing about the job: it goes on */
        return JOB_GOES_ON;
    }
    struct error *error = arm_read(in->scratch, reply, "cannot read the job", &body);
    if (error != NULL && error->code == ERR_UNREACHABLE) {
        error_free(error); /* a proxy's page, say: nothing about the job either */
        wait_for_next(job, in, out);
        return JOB_GOES_ON;
    }
    if (error != NULL) {
        effect_fail(out, error_wrap(error, error->code, CANNOT_FOLLOW, job->id));
        return JOB_ENDED;
    }
    job->missing_since = (struct utc){0};
    return judge(job, in, body, out);
}
