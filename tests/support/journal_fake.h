/* SPDX-License-Identifier: MIT */
/* journal_fake: the writing half of record/journal.h without a file, chosen by the linker: counts,
 * and fails when told to. */
#ifndef SUPPORT_JOURNAL_FAKE_H
#define SUPPORT_JOURNAL_FAKE_H

#include "record/journal.h"

struct journal {
    int append_count, sync_count;
    int failing_append, failing_sync; /* which call fails, from 1; 0: none */
    void (*on_sync)(void *context);   /* or NULL */
    void *context;
};

#endif
