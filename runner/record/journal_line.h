/* SPDX-License-Identifier: MIT */
/* journal_line: the form of a journal's lines: sealing one, and telling whole ones from damaged
 * ones.
 *
 * A whole line ends with the CRC-32C of itself and carries the SHA-256 of the line before, so a
 * torn one is seen at once, and a changed, moved, repeated or missing one breaks the chain. Not
 * here: files and locks (journal). */
#ifndef RECORD_JOURNAL_LINE_H
#define RECORD_JOURNAL_LINE_H

#include "base/digest.h"
#include "record/record.h"

/* The SHA-256 of the newest line; zeros before the first. */
struct journal_chain {
    char text[SHA256_TEXT_SIZE];
};
struct journal_chain journal_chain_start(void);

/* line is a record without line end (record_format); gets "prev", "crc" and the line end.  chain
 * moves on. False: longer than LIMIT_RECORD_BYTES; chain stays. */
bool journal_line_seal(struct buf *line, struct journal_chain *chain);

/* Takes a journal's bytes in pieces of any size. */
struct journal_lines {
    const char *source; /* for messages */
    record_reader_fn *reader;
    void *context;
    /* What was found so far. */
    int64_t count;     /* whole records, all given to reader */
    size_t torn_bytes; /* after the last of them */
    /* Its own. */
    struct journal_chain chain;
    int line;         /* the newest that was ended */
    int damaged_line; /* 0: none so far */
    struct buf part;  /* the beginning of a line whose end has not come */
    bool is_too_long; /* and whose bytes are not kept any more */
};

void journal_lines_init(struct journal_lines *lines, const char *source, record_reader_fn *reader,
                        void *context);
void journal_lines_release(struct journal_lines *lines);
void journal_lines_cleanup(struct journal_lines *lines);

/* ERR_INPUT at the line: damaged but followed by a whole one, a broken chain, not a record, a newer
 * schema. */
struct error *journal_lines_feed(struct journal_lines *lines, struct str bytes) MUST_USE;

#endif
