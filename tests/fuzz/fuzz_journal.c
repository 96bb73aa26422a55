/* SPDX-License-Identifier: MIT */
/* A journal's text, as is and with every line sealed anew, so that what is behind the checksums is
 * reached too. */
#include "base/limit.h"
#include "base/mem.h"
#include "record/journal_line.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void look(void *context, const struct record *record)
{
    (void)context;
    AUTO(buf) struct buf line = BUF_INIT(LIMIT_TEXT_BYTES);
    if (record->type != RECORD_TYPE_COUNT) {
        record_format(record, &line);
    }
}

static void read_journal(struct str text)
{
    AUTO(journal_lines) struct journal_lines lines;
    journal_lines_init(&lines, "fuzz", look, NULL);
    error_free(journal_lines_feed(&lines, text));
}

static void seal_lines(struct str text, struct buf *ret)
{
    struct journal_chain chain = journal_chain_start();
    struct str line;
    while (str_next(&text, '\n', &line)) {
        AUTO(buf) struct buf sealed = BUF_INIT(LIMIT_RECORD_BYTES);
        if (str_ends_with(line, STR("}")) && buf_append_str(&sealed, line) &&
            journal_line_seal(&sealed, &chain)) {
            buf_append_str(ret, buf_str(&sealed));
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct str text = {(const char *)bytes, len};
    AUTO(buf) struct buf sealed = BUF_INIT(LIMIT_TEXT_BYTES);
    read_journal(text);
    seal_lines(text, &sealed);
    read_journal(buf_str(&sealed));
    return 0;
}
