/* SPDX-License-Identifier: MIT */
/* journal_path: where journals are: <state>/runs/<run>/journal.ndjson (journal_find of
 * record/journal.h lives here). */
#ifndef RECORD_JOURNAL_PATH_H
#define RECORD_JOURNAL_PATH_H

#include "base/error.h"

#define JOURNAL_RUNS_FOLDER "runs"
#define JOURNAL_FILE_NAME "journal.ndjson"

/* ERR_INPUT where run is not a plain file name: it comes from a person and becomes part of a path.
 */
struct error *journal_path_check(const char *run) MUST_USE;

/* "a/b"; yours to mem_free(). */
char *journal_path_join(const char *a, const char *b);

#endif
