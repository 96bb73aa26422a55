/* SPDX-License-Identifier: MIT */
#include "support/journal_fake.h"

struct error *journal_append(struct journal *journal, const struct record *record)
{
    (void)record;
    return ++journal->append_count == journal->failing_append
               ? error_new(ERR_IO, "cannot write 'journal': No space left on device")
               : NULL;
}

struct error *journal_sync(struct journal *journal)
{
    if (++journal->sync_count == journal->failing_sync) {
        return error_new(ERR_IO, "cannot sync 'journal': Input/output error");
    }
    if (journal->on_sync != NULL) {
        journal->on_sync(journal->context);
    }
    return NULL;
}
