/* SPDX-License-Identifier: MIT */
#include "azure/restore_disks.h"

#include "azure/arm.h"
#include "azure/arm_poll.h"
#include "azure/job.h"
#include "azure/trigger.h"
#include "base/limit.h"
#include "base/mem.h"
#include "http/url.h"

/* ------------------------------------------------------------------ what a plan may write */

struct disks {
    struct decoded base;
    struct integers luns;
    bool os_only;
};
struct restore_disks_fields {
    struct decoded base;
    const struct disks *disks;
};

static const struct decode_field disks_fields[] = {
    {.name = "luns",
     .type = DECODE_INTEGERS,
     .offset = offsetof(struct disks, luns),
     .flags = DECODE_NOT_EMPTY,
     .doc = "LUNs of the data disks to restore; the OS disk always comes with them",
     .example = "[0, 1]",
     .min = 0,
     .max = 255},
    {.name = "os_only",
     .type = DECODE_BOOL,
     .offset = offsetof(struct disks, os_only),
     .doc = "true: the OS disk and nothing else",
     .example = "true"},
    {0      },
};
static const struct decode_table disks_table = {
    .name = "disks",
    .doc = "Which disks to restore; without it all of them.",
    .fields = disks_fields,
    .size = sizeof(struct disks)};

static const struct decode_field step_fields[] = {
    {.name = "disks",
     .type = DECODE_RECORD,
     .offset = offsetof(struct restore_disks_fields, disks),
     .doc = "which disks to restore; all of them if it is left out",
     .example = "{ luns: [0] }",
     .table = &disks_table},
    {0},
};
static const struct decode_table step_table = {.name = "restore-disks step",
                                               .doc = "Restores disks of a VM.",
                                               .fields = step_fields,
                                               .size = sizeof(struct restore_disks_fields)};

static void check_fields(struct arena *arena, const struct value *step, struct problems *problems)
{
    const struct value *disks = value_find(step, "disks");
    const struct value *os_only = value_find(disks, "os_only");
    (void)arena;
    if (value_find(disks, "luns") != NULL && os_only != NULL) {
        struct error *error = error_new(ERR_PLAN, "'luns' and 'os_only' exclude each other");
        error = error_hint(error, "the OS disk always comes with `luns`; keep one of the two");
        problems_add(problems, error_at(error, os_only->at));
    }
}

/* ------------------------------------------------------------------ the request */

static const char *group_id(struct arena *arena, const struct arm_arguments *arguments,
                            const char *group)
{
    const char *subscription = arguments->target->subscription;
    return arena_format(arena, "/subscriptions/%s/resourceGroups/%s",
                        subscription != NULL ? subscription : arguments->vault->subscription,
                        group);
}

static const char *storage_id(struct arena *arena, const struct arm_arguments *arguments)
{
    const struct arm_target *target = arguments->target;
    if (target->storage_account[0] == '/') {
        return target->storage_account;
    }
    const char *group = target->storage_resource_group != NULL ? target->storage_resource_group
                                                               : target->resource_group;
    return arena_format(arena, "%s/providers/Microsoft.Storage/storageAccounts/%s",
                        group_id(arena, arguments, group), target->storage_account);
}

static const struct disks *read_disks(struct arena *arena, const struct value *fields)
{
    AUTO(problems) struct problems problems = {0};
    struct restore_disks_fields read = {0};
    if (fields != NULL &&
        !decode(arena, &step_table, fields, DECODE_SKIP_UNKNOWN, &problems, &read)) {
        BUG("a checked step does not fit: %s", problems.items[0].error->text);
    }
    return read.disks;
}

/* Absent, [] and [0] are three different restores (azure-surface B.3). */
static void set_luns(struct arena *arena, struct value *properties, const struct disks *disks)
{
    if (disks == NULL || (!disks->os_only && !disks->luns.is_set)) {
        return;
    }
    struct value *luns = value_new(arena, VALUE_LIST);
    for (size_t i = 0; i < disks->luns.count; i++) {
        value_append(arena, luns, value_new_integer(arena, disks->luns.items[i]));
    }
    value_set(arena, properties, "restoreDiskLunList", luns);
}

static const struct value *body_of(struct arena *arena, const struct arm_arguments *arguments)
{
    const struct arm_target *target = arguments->target;
    struct value *properties = value_new(arena, VALUE_MAP);
    value_set_text(arena, properties, "objectType", "IaasVMRestoreRequest");
    value_set_text(arena, properties, "recoveryPointId", arguments->point->id);
    value_set_text(arena, properties, "recoveryType", "RestoreDisks");
    value_set_text(arena, properties, "sourceResourceId", arguments->item->source);
    if (target->resource_group != NULL) {
        value_set_text(arena, properties, "targetResourceGroupId",
                       group_id(arena, arguments, target->resource_group));
    }
    value_set_text(arena, properties, "storageAccountId", storage_id(arena, arguments));
    value_set_text(arena, properties, "region", arguments->vault->region);
    value_set_bool(arena, properties, "createNewCloudService", false);
    value_set_bool(arena, properties, "originalStorageAccountOption", false);
    set_luns(arena, properties, read_disks(arena, arguments->fields));
    struct value *body = value_new(arena, VALUE_MAP);
    value_set(arena, body, "properties", properties);
    return body;
}

static const char *trigger_url(struct arena *arena, const struct arm_arguments *arguments)
{
    AUTO(buf) struct buf suffix = BUF_INIT(LIMIT_URL_BYTES);
    buf_append_text(&suffix, "/recoveryPoints/");
    if (!url_append_segment(&suffix, str_from(arguments->point->id))) {
        BUG("'%s' is not a recovery point", arguments->point->id);
    }
    buf_append_text(&suffix, "/restore");
    struct arm_query query = {arm_item_path(arena, arguments), buf_text(&suffix),
                              ARM_BACKUP_VERSION, NULL};
    return arm_url(arena, arguments->management, &query);
}

/* What Azure would refuse after the request, said before it. */
static struct error *check(const struct arm_arguments *arguments)
{
    const struct arm_target *target = arguments->target;
    if (target->region != NULL && arguments->vault->region != NULL &&
        !text_equal_ignoring_case(target->region, arguments->vault->region)) {
        return error_hint(error_new(ERR_REFUSED,
                                    "the target is in '%s', but the vault restores to '%s'",
                                    target->region, arguments->vault->region),
                          "a restore from the primary region ends in the vault's region: leave "
                          "`region` out, or take "
                          "a target there");
    }
    if (target->resource_group != NULL && !arguments->point->is_managed) {
        return error_hint(
            error_new(ERR_REFUSED,
                      "point %s is of a VM with unmanaged disks, which cannot be "
                      "restored as managed ones into group '%s'",
                      arguments->point->id, target->resource_group),
            "use a target without `resource_group` (name the staging account's group in "
            "`storage_resource_group`)");
    }
    return NULL;
}

static const struct value *preview(struct arena *arena, const struct value *raw,
                                   struct error **ret_refusal)
{
    const struct arm_arguments *arguments = arm_arguments_read(arena, raw);
    AUTO(buf) struct buf path = BUF_INIT(LIMIT_URL_BYTES);
    struct value *request = value_new(arena, VALUE_MAP);
    url_append_shown(&path, trigger_url(arena, arguments));
    value_set_text(arena, request, "method", "POST");
    value_set_text(arena, request, "path", buf_text(&path));
    value_set(arena, request, "body", body_of(arena, arguments));
    struct error *refusal = check(arguments);
    if (refusal != NULL) {
        *ret_refusal = refusal;
    }
    return request;
}

/* ------------------------------------------------------------------ the machine */

enum restore_state {
    RESTORE_TRIGGER,
    RESTORE_OPERATION,
    RESTORE_JOB,
    RESTORE_STATE_COUNT,
};

struct restore_disks {
    enum restore_state state;
    const struct arm_arguments *arguments;
    struct trigger trigger;
    struct arm_poll poll;
    struct job job;
};

static void keep(const struct event *in, struct effect *out, const char *name, const char *text)
{
    struct value *kept = value_new(in->scratch, VALUE_MAP);
    value_set_text(in->scratch, kept, name, text);
    out->keep = kept;
}

static void start(struct restore_disks *state, const struct event *in, struct effect *out)
{
    state->arguments = arm_arguments_read(in->arena, in->arguments);
    struct error *error = check(state->arguments);
    if (error != NULL) {
        effect_fail(out, error);
        return;
    }
    state->poll.floor_ms = state->arguments->poll->floor_ms;
    state->trigger.url = trigger_url(in->arena, state->arguments);
    state->trigger.body = body_of(in->arena, state->arguments);
    trigger_begin(&state->trigger, in, state->arguments, out);
}

static void follow_job(struct restore_disks *state, const struct event *in, const char *job,
                       struct effect *out)
{
    state->state = RESTORE_JOB;
    job_begin(&state->job, in, state->arguments, job, out);
    keep(in, out, "job", job);
}

static void follow_operation(struct restore_disks *state, const struct event *in,
                             struct effect *out)
{
    AUTO(buf) struct buf suffix = BUF_INIT(LIMIT_URL_BYTES);
    const char *operation = state->poll.operation_id;
    buf_append_text(&suffix, "/backupOperations/");
    if (operation != NULL && url_append_segment(&suffix, str_from(operation))) {
        struct arm_query query = {arm_vault_path(in->arena, state->arguments->vault),
                                  buf_text(&suffix), ARM_BACKUP_VERSION, NULL};
        state->poll.address[ARM_POLL_REBUILT] =
            arm_url(in->arena, state->arguments->management, &query);
    }
    state->state = RESTORE_OPERATION;
    arm_poll_begin(&state->poll, in, out);
    keep(in, out, "operation", operation);
    out->state = STEP_RUNNING;
}

static void feed_trigger(struct restore_disks *state, const struct event *in, struct effect *out)
{
    const char *job = NULL;
    switch (trigger_feed(&state->trigger, &state->poll, in, out, &job)) {
    case TRIGGER_ACCEPTED:
        follow_operation(state, in, out);
        break;
    case TRIGGER_ADOPTED:
        follow_job(state, in, job, out);
        break;
    case TRIGGER_GOES_ON:
    case TRIGGER_FAILED:
        break;
    }
}

static void look_for_job(struct restore_disks *state, const struct event *in, const char *why,
                         struct effect *out)
{
    state->state = RESTORE_TRIGGER;
    trigger_find_job(&state->trigger, in, error_new(ERR_PERSON, "%s", why), out);
}

/* That it succeeded says only that a job was made (azure-surface A.3). */
static void operation_ended(struct restore_disks *state, const struct event *in, const char *job,
                            struct effect *out)
{
    if (url_is_segment(str_from(job))) {
        follow_job(state, in, job, out);
    } else {
        look_for_job(state, in, "the operation ended without naming its job", out);
    }
}

static void feed_operation(struct restore_disks *state, const struct event *in, struct effect *out)
{
    const struct value *body = NULL;
    struct error *error = NULL;
    switch (arm_poll_feed(&state->poll, in, out, &body, &error)) {
    case ARM_POLL_GOES_ON:
        break;
    case ARM_POLL_FAILED:
        effect_fail(out, error);
        break;
    case ARM_POLL_LOST:
        look_for_job(state, in, "none of the operation's addresses answers", out);
        break;
    case ARM_POLL_ENDED:
        operation_ended(state, in, value_text(body, "properties.jobId"), out);
        break;
    }
}

static void advance(struct restore_disks *state, const struct event *in, struct effect *out)
{
    switch (state->state) {
    case RESTORE_TRIGGER:
        feed_trigger(state, in, out);
        break;
    case RESTORE_OPERATION:
        feed_operation(state, in, out);
        break;
    case RESTORE_JOB:
        (void)job_feed(&state->job, in, out);
        break;
    case RESTORE_STATE_COUNT:
        BUG("restore_disks: no such state");
    }
}

static void feed(void *memory, const struct event *in, struct effect *out)
{
    struct restore_disks *state = memory;
    switch (in->type) {
    case EVENT_START:
        start(state, in, out);
        break;
    case EVENT_REPLY:
    case EVENT_TIMER:
    case EVENT_LOST:
        advance(state, in, out);
        break;
    case EVENT_CANCEL:
        break;
    case EVENT_TYPE_COUNT:
        BUG("restore_disks: no such event");
    }
    if (out->type == EFFECT_DONE || out->type == EFFECT_FAIL || in->type == EVENT_CANCEL) {
        trigger_release(&state->trigger);
    }
}

const struct kind restore_disks = {
    .name = "restore-disks",
    .doc = "restores the disks of a VM into the target's group or staging account",
    .role = KIND_STEP,
    .flags = KIND_RESTORES,
    .plan_fields = &step_table,
    .state_size = sizeof(struct restore_disks),
    .feed = feed,
    .check_fields = check_fields,
    .preview = preview,
};
