/* SPDX-License-Identifier: MIT */
/* journal_lock: one writer a journal: flock on the file itself, gone with its process however that
 * ends.
 *
 * Not here: pid files; they outlive a killed process. */
#ifndef RECORD_JOURNAL_LOCK_H
#define RECORD_JOURNAL_LOCK_H

#include <stdbool.h>

#include "base/error.h"

/* For the life of the descriptor.  ERR_LOCKED naming the holder. */
struct error *journal_lock_take(int fd, const char *path) MUST_USE;

/* True: another descriptor holds it, its process is alive. */
bool journal_lock_is_held(int fd);

/* ERR_LOCKED: "… is held by process 4711 (restorectl)". */
struct error *journal_lock_error(int fd, const char *path);

#endif
