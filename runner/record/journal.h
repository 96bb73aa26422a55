/* SPDX-License-Identifier: MIT */
/* journal: the append-only file of one run: what is in it survives kill -9, and nothing in it can
 * be changed unseen.
 *
 * <state>/runs/<run>/journal.ndjson, mode 0600 in a folder of 0700.  A line is a record
 * (record/record.h) with two more members: "prev", the SHA-256 of the line before (without line
 * end; zeros in the first), and last "crc", eight hexadecimal digits: the CRC-32C of the line's
 * bytes before `,"crc":`.
 * Locked by flock for its writer's life.  A failed write or sync is final: no more appends.
 * Not here: what the records mean. */
#ifndef RECORD_JOURNAL_H
#define RECORD_JOURNAL_H

#include "record/record.h"

struct journal;

/* Makes the run's folder and an empty journal: O_EXCL, space reserved for step_count steps, file
 * and folders synced. ERR_IO; ERR_LOCKED if another process holds it. */
struct error *journal_create(const char *state_folder, const char *run, size_t step_count,
                             struct journal **ret) MUST_USE;
void journal_close(struct journal *journal);
void journal_cleanup(struct journal **journal);
const char *journal_folder(const struct journal *journal); /* of the run */

/* Written at once, not synced. */
struct error *journal_append(struct journal *journal, const struct record *record) MUST_USE;
/* fdatasync; nothing is done where nothing was appended since. */
struct error *journal_sync(struct journal *journal) MUST_USE;

/* How a journal ends. */
struct journal_state {
    int64_t count;     /* whole records */
    size_t torn_bytes; /* after the last whole record: an interrupted write; they do not count */
    bool is_held;      /* its writer is alive (the lock is taken) */
};

/* Reads every whole record of a run's journal in order into reader.  A damaged line that is
 * followed by a whole one, a broken chain, a newer schema: ERR_INPUT naming the line. */
struct error *journal_read(const char *path, record_reader_fn *reader, void *context,
                           struct journal_state *ret) MUST_USE;

/* The path of a run's journal; run NULL: the newest run of the state folder.  ERR_INPUT naming the
 * runs there are. */
struct error *journal_find(const char *state_folder, const char *run,
                           struct buf *ret_path) MUST_USE;

#endif
