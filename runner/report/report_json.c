/* SPDX-License-Identifier: MIT */
#include "report/report_json.h"

#include "base/clock.h"
#include "data/json_write.h"
#include "report/report_facts.h"

static void member_time(struct json_writer *json, const char *name, struct utc time)
{
    char text[UTC_TEXT_SIZE];
    json_member_text(json, name, time.ms == 0 ? NULL : utc_format(time, text));
}

static void write_plan(struct json_writer *json, const struct summary *summary)
{
    json_name(json, "plan");
    json_begin_map(json);
    json_member_text(json, "name", value_text(summary->run, "plan"));
    json_member_text(json, "description", value_text(summary->run, "description"));
    json_member_text(json, "file", value_text(summary->run, "file"));
    json_member_text(json, "sha256", value_text(summary->run, "plan_sha256"));
    json_member_text(json, "mode", value_text(summary->run, "mode"));
    json_end(json);
}

/* The chosen point with its age; null where none was chosen. */
static void write_point(struct json_writer *json, const struct value *chosen)
{
    const struct value *point = value_find(chosen, "point");
    json_name(json, "point");
    if (point == NULL || point->type != VALUE_MAP) {
        json_null(json);
        return;
    }
    json_begin_map(json);
    for (size_t i = 0; i < point->count; i++) {
        json_member_value(json, point->members[i].name.at, point->members[i].value);
    }
    json_member_value(json, "age_ms", value_find(chosen, "age_ms"));
    json_end(json);
}

static void write_values(struct json_writer *json, const char *name,
                         const struct value *const *values, size_t count)
{
    json_name(json, name);
    json_begin_list(json);
    for (size_t i = 0; i < count; i++) {
        json_value(json, values[i]);
    }
    json_end(json);
}

static void write_attempts(struct json_writer *json, const struct summary_step *step)
{
    json_name(json, "attempts");
    json_begin_list(json);
    for (size_t i = 0; i < step->attempts.count; i++) {
        const struct summary_attempt *attempt = &step->attempts.items[i];
        json_begin_map(json);
        member_time(json, "at", attempt->at);
        json_member_text(json, "request_id", attempt->request_id);
        json_member_text(json, "outcome", attempt->outcome);
        json_member_text(json, "azure_request_id", attempt->azure_request_id);
        json_end(json);
    }
    json_end(json);
}

static void write_step(struct json_writer *json, const struct summary_step *step, struct utc now)
{
    static const char *const from_choice[] = {"rule", "reason", "considered", "runner_up",
                                              "candidates"};
    json_begin_map(json);
    json_member_text(json, "step", step->id);
    json_member_text(json, "name", step->name);
    json_member_text(json, "kind", step->kind);
    json_member_text(json, "item", step->item);
    json_member_value(json, "needs", step->needs);
    json_member_text(json, "state", step->state);
    json_member_bool(json, "is_critical", step->is_critical);
    member_time(json, "ready", step->ready);
    member_time(json, "started", step->started);
    member_time(json, "ended", step->ended);
    json_member_integer(json, "elapsed_ms", summary_elapsed_ms(step, now));
    write_point(json, step->point);
    for (size_t i = 0; i < sizeof(from_choice) / sizeof(from_choice[0]); i++) {
        json_member_value(json, from_choice[i], value_find(step->point, from_choice[i]));
    }
    json_member_text(json, "job", report_step_job(step));
    json_member_value(json, "output", step->output);
    json_member_value(json, "error", step->error);
    write_values(json, "warnings", step->warnings.items, step->warnings.count);
    write_attempts(json, step);
    json_end(json);
}

static void write_requests(struct json_writer *json, const struct summary *summary)
{
    json_name(json, "requests");
    json_begin_map(json);
    json_member_integer(json, "count", summary->request_count);
    json_member_integer(json, "retried", summary->retry_count);
    json_member_integer(json, "throttled_ms", summary->throttled_ms);
    write_values(json, "failed", summary->failed_requests.items, summary->failed_requests.count);
    json_end(json);
}

static void write_journal(struct json_writer *json, const struct summary *summary,
                          const struct report_source *source)
{
    json_name(json, "journal");
    json_begin_map(json);
    if (source != NULL && source->journal != NULL) {
        json_member_text(json, "path", source->journal);
    }
    json_member_integer(json, "records", summary->record_count);
    json_member_bool(json, "complete", summary->finished != NULL);
    json_member_bool(json, "is_held", source != NULL && source->is_held);
    json_member_integer(json, "torn_bytes", source == NULL ? 0 : (int64_t)source->torn_bytes);
    json_end(json);
}

static void write_head(struct json_writer *json, const struct summary *summary,
                       const struct report_source *source)
{
    static const char *const outcomes[REPORT_VERDICT_COUNT] = {
        [REPORT_PASSED] = "finished",
        [REPORT_FAILED] = "failed",
        [REPORT_UNFINISHED] = "unfinished",
        [REPORT_GOING] = "running",
    };
    struct report_facts facts = report_facts(summary, source);
    const char *outcome = value_text(summary->finished, "outcome");
    json_member_integer(json, "schema", REPORT_JSON_SCHEMA);
    json_member_text(json, "tool", summary->tool);
    json_member_text(json, "run", value_text(summary->run, "run"));
    json_member_text(json, "outcome", outcome == NULL ? outcomes[facts.verdict] : outcome);
    json_member_value(json, "exit_code", value_find(summary->finished, "exit_code"));
    json_member_bool(json, "rehearsal", facts.is_rehearsal);
    json_member_value(json, "seed", value_find(summary->run, "seed"));
    json_member_text(json, "endpoint", value_text(summary->run, "endpoint"));
    member_time(json, "started", summary->started);
    member_time(json, "ended", summary->ended);
    json_member_integer(json, "elapsed_ms", facts.elapsed_ms);
}

void report_json(const struct summary *summary, const struct report_source *source, struct buf *ret)
{
    struct json_writer json = json_writer(ret, JSON_INDENTED);
    json_begin_map(&json);
    write_head(&json, summary, source);
    write_plan(&json, summary);
    write_values(&json, "vaults", summary->vaults.items, summary->vaults.count);
    write_values(&json, "items", summary->items.items, summary->items.count);
    json_name(&json, "steps");
    json_begin_list(&json);
    for (size_t i = 0; i < summary->steps.count; i++) {
        write_step(&json, &summary->steps.items[i], summary->last);
    }
    json_end(&json);
    json_member_value(&json, "critical_path", value_find(summary->finished, "critical_path"));
    json_member_value(&json, "critical_path_ms", value_find(summary->finished, "critical_path_ms"));
    write_requests(&json, summary);
    write_values(&json, "warnings", summary->warnings.items, summary->warnings.count);
    json_member_value(&json, "error", value_find(summary->finished, "error"));
    write_journal(&json, summary, source);
    json_end(&json);
    buf_append_char(ret, '\n');
}
