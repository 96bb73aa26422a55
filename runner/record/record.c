/* SPDX-License-Identifier: MIT */
#include "record/record.h"

#include "data/json_read.h"
#include "data/json_write.h"

const char *const record_type_names[RECORD_TYPE_COUNT] = {
    "version",       "run.started",  "vault.read",     "item.resolved",  "point.chosen",
    "step.planned",  "step.state",   "trigger.intent", "trigger.result", "step.keep",
    "job.progress",  "warning",      "request",        "retry",          "throttle",
    "step.finished", "run.finished",
};
_Static_assert(sizeof(record_type_names) / sizeof(record_type_names[0]) == RECORD_TYPE_COUNT,
               "a name for each type");

/* The members every line has; they belong to the stream and its journal, never to a body. */
static const char *const own_names[] = {"seq", "time", "type", "prev", "crc"};

static bool is_own_name(struct str name)
{
    for (size_t i = 0; i < sizeof(own_names) / sizeof(own_names[0]); i++) {
        if (str_equal(name, str_from(own_names[i]))) {
            return true;
        }
    }
    return false;
}

void record_format(const struct record *record, struct buf *ret)
{
    if (record->type == RECORD_TYPE_COUNT) {
        BUG("a record without a type");
    }
    char time[UTC_TEXT_SIZE];
    struct json_writer json = json_writer(ret, JSON_COMPACT);
    json_begin_map(&json);
    json_member_integer(&json, "seq", record->seq);
    json_member_text(&json, "time", utc_format(record->time, time));
    json_member_text(&json, "type", record_type_names[record->type]);
    for (size_t i = 0; record->body != NULL && i < record->body->count; i++) {
        const struct value_member *member = &record->body->members[i];
        if (is_own_name(member->name)) {
            BUG("a record's body has the member '" STR_FMT "'", STR_ARG(member->name));
        }
        json_member_value(&json, member->name.at, member->value);
    }
    json_end(&json);
}

static enum record_type type_find(const char *name)
{
    size_t type = 0;
    while (type < RECORD_TYPE_COUNT && !text_equal(name, record_type_names[type])) {
        type++;
    }
    return (enum record_type)type;
}

static const struct value *body_of(struct arena *arena, const struct value *line)
{
    struct value *body = value_new(arena, VALUE_MAP);
    body->at = line->at;
    body->capacity = line->count;
    body->members = ARENA_ARRAY(arena, struct value_member, line->count);
    for (size_t i = 0; i < line->count; i++) {
        if (!is_own_name(line->members[i].name)) {
            body->members[body->count++] = line->members[i];
        }
    }
    return body;
}

struct error *record_parse(struct arena *arena, const char *source, struct str line,
                           struct record *ret)
{
    const struct value *tree = NULL;
    TRY(json_read(arena, source, line, 0, &tree));
    if (tree->type != VALUE_MAP) {
        return error_new(ERR_INPUT, "%s: a record is an object, this is %s", source,
                         value_type_name(tree->type));
    }
    int64_t seq = value_integer(tree, "seq", 0);
    const char *time_text = value_text(tree, "time");
    const char *type = value_text(tree, "type");
    struct utc time = {0};
    if (seq < 1) {
        return error_new(ERR_INPUT, "%s: a record needs \"seq\", a number from 1", source);
    }
    if (time_text == NULL || !utc_parse(str_from(time_text), 0, &time)) {
        return error_new(ERR_INPUT, "%s: a record needs \"time\", as 2026-11-01T02:00:00.000Z",
                         source);
    }
    if (type == NULL) {
        return error_new(ERR_INPUT, "%s: a record needs \"type\"", source);
    }
    *ret = (struct record){
        .seq = seq, .time = time, .type = type_find(type), .body = body_of(arena, tree)};
    return NULL;
}
