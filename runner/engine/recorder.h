/* SPDX-License-Identifier: MIT */
/* recorder: numbers and dates what happens and hands it to the journal and every reader.
 *
 * Use: recorder_begin(); recorder_body() gives an empty map to fill; recorder_add() sends it out.
 * Errors: a journal that cannot be written is remembered in `failed`; the run then starts nothing
 * more (reliability 2.1). */
#ifndef ENGINE_RECORDER_H
#define ENGINE_RECORDER_H

#include "base/clock.h"
#include "record/journal.h"

struct recorder_reader {
    record_reader_fn *read;
    void *context;
};

struct recorder {
    const struct clock *clock;
    struct journal *journal;               /* NULL: none is kept (plan) */
    const struct recorder_reader *readers; /* ended by a row without read */
    struct arena *arena;                   /* of the record that is being made */
    int64_t seq;
    struct error *failed; /* the journal's first error; owned */
};

void recorder_begin(struct recorder *recorder);
void recorder_release(struct recorder *recorder);

/* A map for the next record's members, in recorder->arena until recorder_add(). */
struct value *recorder_body(struct recorder *recorder);
void recorder_add(struct recorder *recorder, enum record_type type, const struct value *body);
void recorder_sync(struct recorder *recorder);

/* {code, text, hint?, where?, because: […]}, as records show an error. */
const struct value *recorder_error(struct arena *arena, const struct error *error);

#endif
