/* SPDX-License-Identifier: MIT */
/* sample_run: whole runs as records, from unit/report/runs/<name>.ndjson. */
#ifndef TESTS_UNIT_REPORT_SAMPLE_RUN_H
#define TESTS_UNIT_REPORT_SAMPLE_RUN_H

#include "base/file.h"
#include "base/limit.h"
#include "base/mem.h"
#include "record/record.h"
#include "report/summary.h"

/* Gives each record of the run, of which records_max are read, to each reader in turn (the second
 * may be NULL). */
static inline void sample_run_read(const char *name, size_t records_max, record_reader_fn *first,
                                   void *first_context, record_reader_fn *second,
                                   void *second_context)
{
    AUTO(buf) struct buf path = BUF_INIT(4096);
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
    buf_format(&path, "%s/unit/report/runs/%s.ndjson", TESTS_DIR, name);
    if (file_read(buf_text(&path), LIMIT_TEXT_BYTES, &text) != NULL) {
        BUG("cannot read %s", buf_text(&path));
    }
    struct str rest = str_trim(buf_str(&text));
    struct str line;
    for (size_t i = 0; i < records_max && str_next(&rest, '\n', &line); i++) {
        AUTO(arena) struct arena *arena = arena_new();
        struct record record;
        if (record_parse(arena, name, line, &record) != NULL) {
            BUG("%s: record %zu", name, i + 1);
        }
        first(first_context, &record);
        if (second != NULL) {
            second(second_context, &record);
        }
    }
}

static inline struct summary *sample_run_summary(const char *name)
{
    struct summary *summary = summary_new();
    sample_run_read(name, SIZE_MAX, summary_read, summary, NULL, NULL);
    return summary;
}

#endif
