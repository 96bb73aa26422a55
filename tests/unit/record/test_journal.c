/* SPDX-License-Identifier: MIT */
#include "base/mem.h"
#include "record/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/limit.h"

#define RUN "20261120-103522-a3f9"

/* The system's own calls, made to fail on request: the linker takes these. */
static int writes_before_failure = -1; /* -1: none fails */
static size_t write_at_most = SIZE_MAX;
static bool next_sync_fails;

ssize_t write(int fd, const void *bytes, size_t len)
{
    if (writes_before_failure == 0) {
        errno = ENOSPC;
        return -1;
    }
    if (writes_before_failure > 0) {
        writes_before_failure--;
    }
    return syscall(SYS_write, fd, bytes, len < write_at_most ? len : write_at_most);
}

int fdatasync(int fd)
{
    if (next_sync_fails) {
        next_sync_fails = false;
        errno = EIO;
        return -1;
    }
    return (int)syscall(SYS_fdatasync, fd);
}

struct folder {
    char path[64];
};

static int set_up(void **state)
{
    static struct folder folder;
    snprintf(folder.path, sizeof(folder.path), "/tmp/test_journal_XXXXXX");
    *state = &folder;
    writes_before_failure = -1;
    write_at_most = SIZE_MAX;
    next_sync_fails = false;
    return mkdtemp(folder.path) == NULL ? -1 : 0;
}

static int tear_down(void **state)
{
    struct folder *folder = *state;
    pid_t child = fork();
    if (child == 0) {
        execlp("rm", "rm", "-rf", folder->path, (char *)NULL);
        _exit(127);
    }
    int status = 0;
    return waitpid(child, &status, 0) == child && status == 0 ? 0 : -1;
}

static const char *path_in(void **state, const char *name, char *ret, size_t size)
{
    struct folder *folder = *state;
    snprintf(ret, size, "%s/%s", folder->path, name);
    return ret;
}
#define PATH(name) path_in(state, name, (char[256]){0}, 256)
#define JOURNAL_PATH PATH("state/runs/" RUN "/journal.ndjson")

static struct journal *create(void **state)
{
    struct journal *journal = NULL;
    assert_null(journal_create(PATH("state"), RUN, 4, &journal));
    return journal;
}

static struct error *append(struct journal *journal, int64_t seq, const char *text)
{
    AUTO(arena) struct arena *arena = arena_new();
    struct value *body = value_new(arena, VALUE_MAP);
    value_set_text(arena, body, "text", text);
    struct record record = {.seq = seq, .time = {1000 * seq}, .type = RECORD_WARNING, .body = body};
    return journal_append(journal, &record);
}

static void join_texts(void *context, const struct record *record)
{
    buf_format(context, "%lld %s;", (long long)record->seq, value_text(record->body, "text"));
}

static void expect_read(void **state, const char *texts, bool is_held, size_t torn_bytes)
{
    AUTO(buf) struct buf seen = BUF_INIT(LIMIT_TEXT_BYTES);
    struct journal_state end;
    assert_null(journal_read(JOURNAL_PATH, join_texts, &seen, &end));
    assert_string_equal(buf_text(&seen), texts);
    assert_int_equal(end.is_held, is_held);
    assert_int_equal(end.torn_bytes, torn_bytes);
}

static void journal__reads_back_what_was_appended(void **state)
{
    AUTO(journal) struct journal *journal = create(state);
    expect_read(state, "", true, 0);
    assert_null(append(journal, 1, "one"));
    expect_read(state, "1 one;", true, 0);
    assert_null(append(journal, 2, "two"));
    assert_null(journal_sync(journal));
    journal_close(STEAL(journal));
    expect_read(state, "1 one;2 two;", false, 0);
}

static unsigned mode_of(const char *path)
{
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    return info.st_mode & 0777;
}

/* P30, and the reserved space of P10. */
static void journal__is_private_under_any_umask(void **state)
{
    mode_t before = umask(0);
    AUTO(journal) struct journal *journal = create(state);
    umask(before);
    assert_int_equal(mode_of(JOURNAL_PATH), 0600);
    assert_int_equal(mode_of(journal_folder(journal)), 0700);
    assert_int_equal(mode_of(PATH("state/runs")), 0700);
    struct stat info;
    assert_int_equal(stat(JOURNAL_PATH, &info), 0);
    assert_int_equal(info.st_size, 0);
    assert_true(info.st_blocks * 512 >= 1024 * 1024);
}

/* P15, P16 */
static void journal__names_the_holder(void **state)
{
    AUTO(journal) struct journal *first = create(state);
    struct journal *second = NULL;
    assert_non_null(first);
    AUTO(error) struct error *error = journal_create(PATH("state"), RUN, 4, &second);
    assert_non_null(error);
    assert_int_equal(error->code, ERR_LOCKED);
    AUTO(buf) struct buf name = BUF_INIT(64); /* under valgrind it is another one */
    AUTO(buf) struct buf holder = BUF_INIT(128);
    assert_null(file_read("/proc/self/comm", 64, &name));
    buf_format(&holder, "process %d (" STR_FMT, (int)getpid(), STR_ARG(str_trim(buf_str(&name))));
    assert_non_null(strstr(error->text, buf_text(&holder)));
    assert_null(second);
}

static void journal__never_reuses_a_run(void **state)
{
    journal_close(create(state));
    struct journal *second = NULL;
    AUTO(error) struct error *error = journal_create(PATH("state"), RUN, 4, &second);
    assert_non_null(error);
    assert_int_equal(error->code, ERR_IO);
    assert_null(second);
}

/* P12 */
static void journal__completes_short_writes(void **state)
{
    AUTO(journal) struct journal *journal = create(state);
    write_at_most = 7;
    assert_null(append(journal, 1, "one"));
    assert_null(append(journal, 2, "two"));
    expect_read(state, "1 one;2 two;", true, 0);
}

/* P09: after a failure nothing is appended, even if the disk has room again. */
static void journal__stays_failed_after_a_failed_write(void **state)
{
    AUTO(journal) struct journal *journal = create(state);
    assert_null(append(journal, 1, "one"));
    write_at_most = 10;
    writes_before_failure = 2;
    AUTO(error) struct error *error = append(journal, 2, "two");
    writes_before_failure = -1;
    write_at_most = SIZE_MAX;
    assert_non_null(error);
    assert_int_equal(error->code, ERR_IO);
    AUTO(error) struct error *again = append(journal, 2, "two");
    assert_non_null(again);
    assert_int_equal(again->code, ERR_IO);
    AUTO(error) struct error *sync = journal_sync(journal);
    assert_non_null(sync);
    expect_read(state, "1 one;", true, 20);
}

/* P11 */
static void journal__stays_failed_after_a_failed_sync(void **state)
{
    AUTO(journal) struct journal *journal = create(state);
    assert_null(append(journal, 1, "one"));
    next_sync_fails = true;
    AUTO(error) struct error *error = journal_sync(journal);
    assert_non_null(error);
    assert_int_equal(error->code, ERR_IO);
    AUTO(error) struct error *again = journal_sync(journal);
    assert_non_null(again);
    AUTO(error) struct error *append_error = append(journal, 2, "two");
    assert_non_null(append_error);
}

static void journal__syncs_only_what_is_new(void **state)
{
    AUTO(journal) struct journal *journal = create(state);
    next_sync_fails = true;
    assert_null(journal_sync(journal));
    assert_true(next_sync_fails);
}

/* P13 */
static void journal__says_which_folder_cannot_be_made(void **state)
{
    assert_null(file_write(PATH("state"), 0600, STR("a file\n")));
    struct journal *journal = NULL;
    AUTO(error) struct error *error = journal_create(PATH("state"), RUN, 4, &journal);
    assert_non_null(error);
    assert_int_equal(error->code, ERR_IO);
    assert_non_null(strstr(error->text, "state"));
}

/* P17 */
static void journal__reads_regular_files_only(void **state)
{
    journal_close(create(state));
    assert_int_equal(symlink(JOURNAL_PATH, PATH("link")), 0);
    assert_int_equal(mkfifo(PATH("pipe"), 0600), 0);
    const char *paths[] = {PATH("link"), PATH("pipe"), PATH("state"), PATH("nothing")};
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        AUTO(buf) struct buf seen = BUF_INIT(LIMIT_TEXT_BYTES);
        struct journal_state end;
        AUTO(error) struct error *error = journal_read(paths[i], join_texts, &seen, &end);
        assert_non_null(error);
        assert_int_equal(error->code, ERR_INPUT);
        assert_non_null(strstr(error->text, paths[i]));
    }
}

static void journal__finds_runs_by_beginning_of_name(void **state)
{
    static const char *const runs[] = {"20261120-103522-a3f9", "20261121-080000-0001",
                                       "20261121-080000-0002", "20251231-235959-ffff"};
    static const struct {
        const char *asked, *found; /* found NULL: an error whose hint names this many runs */
        int named;
    } cases[] = {
        {NULL,                   "20261121-080000-0002", 0},
        {"20261120-103522-a3f9", "20261120-103522-a3f9", 0},
        {"2025",                 "20251231-235959-ffff", 0},
        {"20261121-080000-0001", "20261121-080000-0001", 0},
        {"20261121",             NULL,                   2},
        {"1999",                 NULL,                   4},
        {"../runs/20251231",     NULL,                   0},
        {"",                     NULL,                   0},
        {"..",                   NULL,                   0},
    };
    for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
        struct journal *journal = NULL;
        assert_null(journal_create(PATH("state"), runs[i], 1, &journal));
        journal_close(journal);
    }
    assert_null(file_make_folder(PATH("state/runs/99999999-no-journal"), 0700));
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        AUTO(buf) struct buf path = BUF_INIT(LIMIT_TEXT_BYTES);
        AUTO(error) struct error *error = journal_find(PATH("state"), cases[i].asked, &path);
        if (cases[i].found != NULL) {
            assert_null(error);
            assert_non_null(strstr(buf_text(&path), cases[i].found));
            assert_true(file_exists(buf_text(&path)));
            continue;
        }
        assert_non_null(error);
        assert_int_equal(error->code, ERR_INPUT);
        int named = 0;
        for (size_t run = 0; run < sizeof(runs) / sizeof(runs[0]); run++) {
            named += strstr(error->hint, runs[run]) != NULL;
        }
        assert_int_equal(named, cases[i].named);
    }
}

static void journal__says_that_there_are_no_runs(void **state)
{
    AUTO(buf) struct buf path = BUF_INIT(LIMIT_TEXT_BYTES);
    AUTO(error) struct error *error = journal_find(PATH("nowhere"), NULL, &path);
    assert_non_null(error);
    assert_int_equal(error->code, ERR_INPUT);
    assert_int_equal(path.len, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(journal__reads_back_what_was_appended),
        TEST(journal__is_private_under_any_umask),
        TEST(journal__names_the_holder),
        TEST(journal__never_reuses_a_run),
        TEST(journal__completes_short_writes),
        TEST(journal__stays_failed_after_a_failed_write),
        TEST(journal__stays_failed_after_a_failed_sync),
        TEST(journal__syncs_only_what_is_new),
        TEST(journal__says_which_folder_cannot_be_made),
        TEST(journal__reads_regular_files_only),
        TEST(journal__finds_runs_by_beginning_of_name),
        TEST(journal__says_that_there_are_no_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
