/* SPDX-License-Identifier: MIT */
#include "base/file.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* A folder of the test's own, removed at its end. */
static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/test_file.XXXXXX");
    return mkdtemp(folder) == NULL ? -1 : chdir(folder);
}

static int remove_folder(void **state)
{
    (void)state;
    static const char *const made[] = {"f", "pipe", "link", "a/b/c", "a/b", "a", "empty"};
    for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
        remove(made[i]);
    }
    return chdir("/") == 0 ? rmdir(folder) : -1;
}

static size_t count_entries(void)
{
    size_t count = 0;
    DIR *dir = opendir(".");
    assert_non_null(dir);
    while (readdir(dir) != NULL) {
        count++;
    }
    closedir(dir);
    return count - 2;
}

static void file__writes_and_reads(void **state)
{
    (void)state;
    AUTO(buf) struct buf bytes = BUF_INIT(1000);
    struct stat info;
    assert_null(file_write("f", 0600, STR("one")));
    assert_null(file_write("f", 0600, STR("two\0")));
    buf_append_text(&bytes, ">");
    assert_null(file_read("f", 4, &bytes));
    assert_memory_equal(buf_text(&bytes), ">two\0", 6);
    assert_int_equal(stat("f", &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_int_equal(count_entries(), 1);
    assert_true(file_exists("f"));
    assert_false(file_exists("g"));
}

static void file__leaves_nothing_when_a_write_fails(void **state)
{
    (void)state;
    assert_null(file_make_folder("empty", 0700));
    size_t before = count_entries();
    AUTO(error) struct error *onto_folder = file_write("empty", 0600, STR("x"));
    AUTO(error) struct error *nowhere = file_write("no/such/f", 0600, STR("x"));
    assert_non_null(onto_folder);
    assert_int_equal(onto_folder->code, ERR_IO);
    assert_non_null(nowhere);
    assert_int_equal(count_entries(), before);
}

/* I30: a plan is a folder, a FIFO, /dev/zero or too large. */
static void file__refuses_what_is_no_regular_file(void **state)
{
    (void)state;
    assert_int_equal(mkfifo("pipe", 0600), 0);
    assert_null(file_write("f", 0600, STR("12345")));
    assert_int_equal(symlink("/dev/zero", "link"), 0);
    static const struct {
        const char *path, *why;
    } rows[] = {
        {".",                 "it is a folder"     },
        {"pipe",              "it is a pipe"       },
        {"/dev/zero",         "not a regular file" },
        {"link",              "not a regular file" },
        {"none",              "No such file"       },
        {"f",                 "larger than 4 bytes"},
        {"/proc/self/status", "larger than 4 bytes"}, /* says it has 0 bytes */
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        AUTO(buf) struct buf bytes = BUF_INIT(1000);
        AUTO(error) struct error *error = file_read(rows[i].path, 4, &bytes);
        assert_non_null(error);
        assert_int_equal(error->code, ERR_INPUT);
        assert_non_null(strstr(error->text, rows[i].path));
        assert_non_null(strstr(error->text, rows[i].why));
        assert_int_equal(bytes.len, 0);
    }
}

static void file__reads_standard_input(void **state)
{
    (void)state;
    int ends[2];
    int saved = dup(STDIN_FILENO);
    AUTO(buf) struct buf bytes = BUF_INIT(1000);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "version: 1", 10), 10);
    close(ends[1]);
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    struct error *error = file_read("-", 10, &bytes);
    dup2(saved, STDIN_FILENO);
    close(saved);
    assert_null(error);
    assert_string_equal(buf_text(&bytes), "version: 1");
}

static void file__makes_folders(void **state)
{
    (void)state;
    struct stat info;
    assert_null(file_make_folder("a/b/c", 0700));
    assert_null(file_make_folder("a/b/c/", 0700));
    assert_int_equal(stat("a/b", &info), 0);
    assert_int_equal(info.st_mode & 0777, 0700);
    assert_null(file_write("f", 0600, STR("")));
    AUTO(error) struct error *error = file_make_folder("f/x", 0700);
    assert_non_null(error);
    assert_int_equal(error->code, ERR_IO);
}

static void file__splits_paths(void **state)
{
    (void)state;
    static const struct {
        const char *path, *folder, *name;
    } rows[] = {
        {"a/b/c.yaml", "a/b", "c.yaml"},
        {"c.yaml",     ".",   "c.yaml"},
        {"/c",         "/",   "c"     },
        {"a/",         "a",   ""      },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_true(str_equal(file_folder_of(rows[i].path), str_from(rows[i].folder)));
        assert_string_equal(file_name_of(rows[i].path), rows[i].name);
    }
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(file__writes_and_reads),
        IN_FOLDER(file__leaves_nothing_when_a_write_fails),
        IN_FOLDER(file__refuses_what_is_no_regular_file),
        cmocka_unit_test(file__reads_standard_input),
        IN_FOLDER(file__makes_folders),
        cmocka_unit_test(file__splits_paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
