/* SPDX-License-Identifier: MIT */
#include "engine/recorder.h"

#include "base/clock.h"

void recorder_begin(struct recorder *recorder)
{
    recorder->arena = arena_new();
    recorder->seq = 0;
    struct value *body = recorder_body(recorder);
    value_set_text(recorder->arena, body, "tool", "restorectl " RESTORECTL_VERSION);
    value_set_integer(recorder->arena, body, "schema", RECORD_SCHEMA);
    recorder_add(recorder, RECORD_VERSION, body);
}

void recorder_release(struct recorder *recorder)
{
    arena_free(recorder->arena);
    error_free(recorder->failed);
    *recorder = (struct recorder){0};
}

struct value *recorder_body(struct recorder *recorder)
{
    return value_new(recorder->arena, VALUE_MAP);
}

void recorder_add(struct recorder *recorder, enum record_type type, const struct value *body)
{
    struct record record = {++recorder->seq, clock_utc(recorder->clock), type, body};
    if (recorder->journal != NULL && recorder->failed == NULL) {
        recorder->failed = journal_append(recorder->journal, &record);
    }
    for (const struct recorder_reader *reader = recorder->readers; reader->read != NULL; reader++) {
        reader->read(reader->context, &record);
    }
    arena_free(recorder->arena);
    recorder->arena = arena_new();
}

void recorder_sync(struct recorder *recorder)
{
    if (recorder->journal != NULL && recorder->failed == NULL) {
        recorder->failed = journal_sync(recorder->journal);
    }
}

const struct value *recorder_error(struct arena *arena, const struct error *error)
{
    struct value *value = value_new(arena, VALUE_MAP);
    struct value *because = value_new(arena, VALUE_LIST);
    value_set_integer(arena, value, "code", error_exit_code(error->code));
    value_set_text(arena, value, "text", error->text);
    if (error->hint != NULL) {
        value_set_text(arena, value, "hint", error->hint);
    }
    if (error->file != NULL) {
        value_set_text(arena, value, "where",
                       arena_format(arena, "%s:%d:%d", error->file, error->line, error->column));
    }
    for (const struct error *cause = error->cause; cause != NULL; cause = cause->cause) {
        value_append(arena, because, value_new_text(arena, cause->text));
        if (value_find(value, "hint") == NULL && cause->hint != NULL) {
            value_set_text(arena, value, "hint", cause->hint);
        }
    }
    value_set(arena, value, "because", because);
    return value;
}
