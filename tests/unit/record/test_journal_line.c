/* SPDX-License-Identifier: MIT */
/* Covers the failure catalogue's P18 to P22 on a journal's bytes. */
#include "base/mem.h"
#include "record/journal_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limit.h"

#define LINES 4

struct written {
    struct buf text;
    size_t ends[LINES + 1]; /* where line i ends; ends[0] is 0 */
    char bodies[LINES][64]; /* the text member of each */
};

static void written_cleanup(struct written *written)
{
    buf_release(&written->text);
}

static void append_line(struct buf *text, int seq, const struct value *body, enum record_type type,
                        struct journal_chain *chain)
{
    AUTO(buf) struct buf line = BUF_INIT(LIMIT_RECORD_BYTES);
    struct record record = {.seq = seq, .time = {1793606400000 + seq}, .type = type, .body = body};
    record_format(&record, &line);
    assert_true(journal_line_seal(&line, chain));
    assert_true(buf_append_str(text, buf_str(&line)));
}

static void write_lines(struct written *ret)
{
    *ret = (struct written){.text = BUF_INIT(LIMIT_TEXT_BYTES)};
    struct journal_chain chain = journal_chain_start();
    for (int i = 0; i < LINES; i++) {
        AUTO(arena) struct arena *arena = arena_new();
        struct value *body = value_new(arena, VALUE_MAP);
        const char *text = arena_format(arena, "warning number %d \"quoted\"", i);
        snprintf(ret->bodies[i], sizeof(ret->bodies[i]), "%s", text);
        value_set_text(arena, body, "text", text);
        append_line(&ret->text, i + 1, body, RECORD_WARNING, &chain);
        ret->ends[i + 1] = ret->text.len;
    }
}

struct check {
    const struct written *written;
    int64_t seen;
};

/* No damage of any kind may change a record on its way to the reader. */
static void check_record(void *context, const struct record *record)
{
    struct check *check = context;
    assert_int_equal(record->seq, check->seen + 1);
    assert_int_equal(record->type, RECORD_WARNING);
    assert_string_equal(value_text(record->body, "text"), check->written->bodies[check->seen]);
    check->seen++;
}

static struct error *read_text(const struct written *written, struct str text, size_t piece,
                               struct journal_lines *ret)
{
    struct check check = {.written = written};
    AUTO(journal_lines) struct journal_lines lines;
    journal_lines_init(&lines, "journal.ndjson", check_record, &check);
    struct error *error = NULL;
    for (size_t at = 0; error == NULL && at < text.len; at += piece) {
        error = journal_lines_feed(&lines, str_slice(text, at, at + piece));
    }
    assert_int_equal(lines.count, check.seen);
    ret->count = lines.count;
    ret->torn_bytes = lines.torn_bytes;
    return error;
}

static void journal_line__reads_pieces_of_any_size(void **state)
{
    (void)state;
    AUTO(written) struct written written;
    write_lines(&written);
    for (size_t piece = 1; piece <= written.text.len; piece++) {
        struct journal_lines lines;
        assert_null(read_text(&written, buf_str(&written.text), piece, &lines));
        assert_int_equal(lines.count, LINES);
        assert_int_equal(lines.torn_bytes, 0);
    }
}

static void journal_line__carries_the_digest_of_the_line_before(void **state)
{
    (void)state;
    AUTO(written) struct written written;
    write_lines(&written);
    char digest[SHA256_TEXT_SIZE];
    memset(digest, '0', 64);
    digest[64] = '\0';
    for (int i = 0; i < LINES; i++) {
        struct str line =
            str_slice(buf_str(&written.text), written.ends[i], written.ends[i + 1] - 1);
        AUTO(buf) struct buf member = BUF_INIT(128);
        buf_format(&member, ",\"prev\":\"%s\",\"crc\":\"", digest);
        size_t at = str_find(line, buf_str(&member));
        assert_int_not_equal(at, SIZE_MAX);
        char crc[16];
        snprintf(crc, sizeof(crc), "%08x\"}",
                 (unsigned)digest_crc32c(str_slice(line, 0, at + member.len - 8)));
        assert_true(str_ends_with(line, str_from(crc)));
        digest_sha256(line, digest);
    }
}

/* P18 */
static void journal_line__drops_every_cut_of_the_last_line(void **state)
{
    (void)state;
    AUTO(written) struct written written;
    write_lines(&written);
    for (size_t end = written.ends[LINES - 1]; end < written.ends[LINES]; end++) {
        struct journal_lines lines;
        assert_null(
            read_text(&written, str_slice(buf_str(&written.text), 0, end), SIZE_MAX / 2, &lines));
        assert_int_equal(lines.count, LINES - 1);
        assert_int_equal(lines.torn_bytes, end - written.ends[LINES - 1]);
    }
}

/* P19 */
static void journal_line__drops_a_tail_of_zeros_or_rubbish(void **state)
{
    (void)state;
    static const char *const fills[] = {"\0", "\n", "x", "{}\n"};
    static const size_t fill_bytes[] = {1, 1, 1, 3};
    static const size_t tail_bytes[] = {1, 2, 3, 511, 512, 513, 4095, 4096};
    for (size_t i = 0; i < 4 * 8; i++) {
        size_t fill = i % 4;
        AUTO(written) struct written written;
        write_lines(&written);
        size_t whole = written.text.len;
        while (written.text.len < whole + tail_bytes[i / 4]) {
            assert_true(buf_append(&written.text, fills[fill], fill_bytes[fill]));
        }
        struct journal_lines lines;
        assert_null(read_text(&written, buf_str(&written.text), 512, &lines));
        assert_int_equal(lines.count, LINES);
        assert_int_equal(lines.torn_bytes, written.text.len - whole);
    }
}

/* P20 */
static void journal_line__never_takes_a_flipped_bit(void **state)
{
    (void)state;
    AUTO(written) struct written written;
    write_lines(&written);
    for (size_t bit = 0; bit < written.text.len * 8; bit++) {
        char *byte = &written.text.data[bit / 8];
        *byte = (char)(*byte ^ (1 << (bit % 8)));
        struct journal_lines lines;
        AUTO(error)
        struct error *error = read_text(&written, buf_str(&written.text), SIZE_MAX / 2, &lines);
        bool in_last = bit / 8 >= written.ends[LINES - 1];
        assert_int_equal(error == NULL, in_last);
        assert_true(lines.count < LINES);
        assert_true(!in_last || lines.count == LINES - 1);
        *byte = (char)(*byte ^ (1 << (bit % 8)));
    }
}

/* P21: a list of line numbers, and the line of the refusal. */
static void journal_line__refuses_repeated_swapped_and_missing_lines(void **state)
{
    (void)state;
    static const struct {
        int order[LINES + 2];
        int refused_line;
    } cases[] = {
        {{1, 2, 2, 3, 4}, 3},
        {{1, 3, 2, 4},    2},
        {{1, 3, 4},       2},
        {{2, 3, 4},       1},
        {{1, 2, 3, 4, 1}, 5},
        {{4},             1},
    };
    AUTO(written) struct written written;
    write_lines(&written);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
        for (const int *line = cases[i].order; *line != 0; line++) {
            buf_append_str(&text, str_slice(buf_str(&written.text), written.ends[*line - 1],
                                            written.ends[*line]));
        }
        struct journal_lines lines;
        AUTO(error) struct error *error = read_text(&written, buf_str(&text), 100, &lines);
        assert_non_null(error);
        assert_int_equal(error->code, ERR_INPUT);
        assert_string_equal(error->file, "journal.ndjson");
        assert_int_equal(error->line, cases[i].refused_line);
    }
}

static void journal_line__names_the_damaged_line(void **state)
{
    (void)state;
    AUTO(written) struct written written;
    write_lines(&written);
    written.text.data[written.ends[1] + 30] ^= 1;
    struct journal_lines lines;
    AUTO(error) struct error *error = read_text(&written, buf_str(&written.text), 64, &lines);
    assert_non_null(error);
    assert_int_equal(error->line, 2);
    assert_non_null(error->hint);
    assert_int_equal(lines.count, 1);
}

static void count_record(void *context, const struct record *record)
{
    (void)record;
    int *count = context;
    (*count)++;
}

/* P22 */
static void journal_line__refuses_a_newer_schema(void **state)
{
    (void)state;
    AUTO(arena) struct arena *arena = arena_new();
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_RECORD_BYTES);
    struct journal_chain chain = journal_chain_start();
    struct value *body = value_new(arena, VALUE_MAP);
    value_set_text(arena, body, "tool", "restorectl 9.0.0");
    value_set_integer(arena, body, "schema", RECORD_SCHEMA + 1);
    append_line(&text, 1, body, RECORD_VERSION, &chain);
    int count = 0;
    AUTO(journal_lines) struct journal_lines lines;
    journal_lines_init(&lines, "j", count_record, &count);
    AUTO(error) struct error *error = journal_lines_feed(&lines, buf_str(&text));
    assert_non_null(error);
    assert_non_null(strstr(error->text, "schema 2"));
    assert_non_null(strstr(error->text, "up to 1"));
    assert_non_null(strstr(error->hint, "restorectl 9.0.0"));
    assert_int_equal(count, 0);
}

static void journal_line__holds_lines_against_the_limit(void **state)
{
    (void)state;
    AUTO(buf) struct buf line = BUF_INIT(LIMIT_RECORD_BYTES);
    struct journal_chain chain = journal_chain_start();
    buf_append_text(&line, "{\"x\":\"");
    while (line.len < LIMIT_RECORD_BYTES - 50) {
        buf_append_char(&line, 'x');
    }
    buf_append_text(&line, "\"}");
    assert_false(journal_line_seal(&line, &chain));
    assert_string_equal(chain.text, journal_chain_start().text);

    int count = 0;
    AUTO(journal_lines) struct journal_lines lines;
    journal_lines_init(&lines, "j", count_record, &count);
    assert_null(journal_lines_feed(&lines, buf_str(&line)));
    assert_null(journal_lines_feed(&lines, buf_str(&line)));
    assert_null(journal_lines_feed(&lines, STR("\n")));
    assert_true(lines.part.capacity <= LIMIT_RECORD_BYTES + 1);
    assert_int_equal(lines.torn_bytes, 2 * line.len + 1);
    assert_int_equal(lines.damaged_line, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(journal_line__reads_pieces_of_any_size),
        cmocka_unit_test(journal_line__carries_the_digest_of_the_line_before),
        cmocka_unit_test(journal_line__drops_every_cut_of_the_last_line),
        cmocka_unit_test(journal_line__drops_a_tail_of_zeros_or_rubbish),
        cmocka_unit_test(journal_line__never_takes_a_flipped_bit),
        cmocka_unit_test(journal_line__refuses_repeated_swapped_and_missing_lines),
        cmocka_unit_test(journal_line__names_the_damaged_line),
        cmocka_unit_test(journal_line__refuses_a_newer_schema),
        cmocka_unit_test(journal_line__holds_lines_against_the_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
