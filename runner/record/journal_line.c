/* SPDX-License-Identifier: MIT */
#include "record/journal_line.h"

#include <inttypes.h>
#include <limits.h>

#include "base/limit.h"
#include "base/mem.h"

#define CRC_NAME ",\"crc\":\""
#define CRC_DIGITS 8
#define CRC_END "\"}"
/* The bytes of a line from `,"crc":` to its end. */
#define SEAL_BYTES (sizeof(CRC_NAME) - 1 + CRC_DIGITS + sizeof(CRC_END) - 1)

struct journal_chain journal_chain_start(void)
{
    struct journal_chain chain;
    memset(chain.text, '0', SHA256_TEXT_SIZE - 1);
    chain.text[SHA256_TEXT_SIZE - 1] = '\0';
    return chain;
}

/* The last member's value is compared as text: a checksum in capitals is a changed line. */
static bool format_seal(struct str sealed, struct buf *ret)
{
    return buf_format(ret, CRC_NAME "%08" PRIx32 CRC_END, digest_crc32c(sealed));
}

bool journal_line_seal(struct buf *line, struct journal_chain *chain)
{
    if (line->len == 0 || line->data[line->len - 1] != '}') {
        BUG("a journal line that is no record");
    }
    buf_cut(line, line->len - 1);
    buf_format(line, ",\"prev\":\"%s\"", chain->text);
    AUTO(buf) struct buf seal = BUF_INIT(SEAL_BYTES);
    format_seal(buf_str(line), &seal);
    buf_append_str(line, buf_str(&seal));
    if (line->full || line->len >= LIMIT_RECORD_BYTES) {
        return false;
    }
    struct str whole = buf_str(line);
    digest_sha256(whole, chain->text);
    return buf_append_char(line, '\n');
}

static bool is_whole(struct str line)
{
    if (line.len <= SEAL_BYTES || line.len >= LIMIT_RECORD_BYTES) {
        return false;
    }
    size_t end = line.len - SEAL_BYTES;
    AUTO(buf) struct buf seal = BUF_INIT(SEAL_BYTES);
    format_seal(str_slice(line, 0, end), &seal);
    return str_equal(str_slice(line, end, line.len), buf_str(&seal));
}

/* A line whose beginning is damaged, as where the line end before it is gone. */
static bool ends_whole(struct str line)
{
    struct str begin = STR("{\"seq\":");
    for (size_t at = line.len; at-- > 1;) {
        if (str_starts_with(str_slice(line, at, line.len), begin)) {
            return is_whole(str_slice(line, at, line.len));
        }
    }
    return false;
}

/* The chain's digest as it stands in the line: always the member before the seal. */
static struct str prev_of(struct str line)
{
    struct str name = STR(",\"prev\":\"");
    size_t digits = SHA256_TEXT_SIZE - 1;
    size_t tail = name.len + digits + 1 + SEAL_BYTES;
    if (line.len < tail || !str_starts_with(str_slice(line, line.len - tail, line.len), name)) {
        return str_from(NULL);
    }
    size_t start = line.len - tail + name.len;
    return str_slice(line, start, start + digits);
}

void journal_lines_init(struct journal_lines *lines, const char *source, record_reader_fn *reader,
                        void *context)
{
    *lines = (struct journal_lines){.source = source,
                                    .reader = reader,
                                    .context = context,
                                    .chain = journal_chain_start(),
                                    .part = BUF_INIT(LIMIT_RECORD_BYTES)};
}

void journal_lines_release(struct journal_lines *lines)
{
    buf_release(&lines->part);
}

void journal_lines_cleanup(struct journal_lines *lines)
{
    journal_lines_release(lines);
}

static struct error *refuse(const struct journal_lines *lines, int line, struct error *error)
{
    return error_at(error, (struct position){.file = lines->source, .line = line});
}

static struct error *refuse_chain(const struct journal_lines *lines)
{
    struct error *error = error_new(ERR_INPUT, "the line does not follow the one before it: lines "
                                               "were changed, moved, repeated or removed");
    return error_hint(refuse(lines, lines->line, error),
                      "compare the file with a copy; nothing may be based on this one");
}

static struct error *refuse_damage(const struct journal_lines *lines)
{
    struct error *error = error_new(ERR_INPUT, "the line is damaged, yet a whole record follows: "
                                               "this is no interrupted write");
    return error_hint(refuse(lines, lines->damaged_line, error),
                      "the file was changed or its disk is at fault; compare it with a copy");
}

static struct error *check_schema(const struct journal_lines *lines, const struct record *record)
{
    int64_t schema = value_integer(record->body, "schema", RECORD_SCHEMA);
    if (record->type != RECORD_VERSION || schema <= RECORD_SCHEMA) {
        return NULL;
    }
    const char *tool = value_text(record->body, "tool");
    struct error *error =
        error_new(ERR_INPUT, "written with schema %" PRId64 ", this version reads up to %d", schema,
                  RECORD_SCHEMA);
    return error_hint(refuse(lines, lines->line, error),
                      "use the version that wrote it: '%s' or newer",
                      tool == NULL ? "unknown" : tool);
}

static struct error *read_whole(struct journal_lines *lines, struct str line)
{
    if (!str_equal(prev_of(line), str_from(lines->chain.text))) {
        return refuse_chain(lines);
    }
    AUTO(arena) struct arena *arena = arena_new();
    struct record record;
    struct error *error = record_parse(arena, lines->source, line, &record);
    if (error != NULL) {
        return refuse(lines, lines->line, error_wrap(error, ERR_INPUT, "the line is no record"));
    }
    if (record.seq != lines->count + 1) {
        return refuse_chain(lines);
    }
    TRY(check_schema(lines, &record));
    digest_sha256(line, lines->chain.text);
    lines->count++;
    lines->reader(lines->context, &record);
    return NULL;
}

/* line is without its line end. */
static struct error *end_line(struct journal_lines *lines, struct str line)
{
    if (lines->line == INT_MAX) {
        return refuse(lines, lines->line, error_new(ERR_INPUT, "too many lines"));
    }
    lines->line++;
    bool is_damaged = lines->is_too_long || !is_whole(line);
    if (is_damaged && lines->damaged_line == 0) {
        lines->damaged_line = lines->line;
    }
    if (is_damaged && !ends_whole(line)) {
        return NULL;
    }
    if (lines->damaged_line != 0) {
        return refuse_damage(lines);
    }
    TRY(read_whole(lines, line));
    lines->torn_bytes = 0;
    return NULL;
}

static void keep_part(struct journal_lines *lines, struct str bytes)
{
    if (!lines->is_too_long && !buf_append_str(&lines->part, bytes)) {
        lines->is_too_long = true;
        buf_clear(&lines->part);
    }
}

struct error *journal_lines_feed(struct journal_lines *lines, struct str bytes)
{
    while (bytes.len > 0) {
        size_t end = str_find_char(bytes, '\n');
        struct str piece = str_slice(bytes, 0, end);
        lines->torn_bytes += piece.len;
        bool is_direct = end != SIZE_MAX && lines->part.len == 0;
        if (!is_direct) {
            keep_part(lines, piece);
        }
        if (end == SIZE_MAX) {
            return NULL;
        }
        lines->torn_bytes++;
        TRY(end_line(lines, is_direct ? piece : buf_str(&lines->part)));
        buf_clear(&lines->part);
        lines->is_too_long = false;
        bytes = str_slice(bytes, end + 1, bytes.len);
    }
    return NULL;
}
