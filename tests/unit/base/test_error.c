/* SPDX-License-Identifier: MIT */
#include "base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limit.h"
#include "base/mem.h"

static void error__carries_all_its_parts(void **state)
{
    (void)state;
    AUTO(error)
    struct error *error = error_wrap(
        error_at(error_new(ERR_INPUT, "no '%s'", "x"), (struct position){"a.yaml", 3, 9}), ERR_PLAN,
        "step '%s'", "s");
    error_hint(error, "use %d", 1);
    error_hint(error, "use %d", 2);
    assert_string_equal(error->text, "step 's'");
    assert_string_equal(error->hint, "use 2");
    assert_null(error->file);
    assert_string_equal(error->cause->text, "no 'x'");
    assert_string_equal(error->cause->file, "a.yaml");
    assert_int_equal(error->cause->line, 3);
    assert_int_equal(error->cause->column, 9);
}

static void error__copies_the_whole_chain(void **state)
{
    (void)state;
    AUTO(error)
    struct error *error = error_wrap(
        error_at(error_new(ERR_INPUT, "x"), (struct position){"a.yaml", 3, 9}), ERR_PLAN, "y");
    error_hint(error, "z");
    AUTO(error) struct error *copy = error_copy(error);
    error_cleanup(&error);
    assert_int_equal(copy->code, ERR_PLAN);
    assert_string_equal(copy->text, "y");
    assert_string_equal(copy->hint, "z");
    assert_string_equal(copy->cause->text, "x");
    assert_string_equal(copy->cause->file, "a.yaml");
    assert_int_equal(copy->cause->column, 9);
    assert_null(error_copy(NULL));
}

static void error__each_code_has_an_exit_code(void **state)
{
    (void)state;
    for (int code = 0; code < ERR_COUNT; code++) {
        int exit_code = error_exit_code((enum error_code)code);
        assert_true((exit_code >= 1 && exit_code <= 8) || (exit_code >= 64 && exit_code <= 78));
    }
    assert_int_equal(error_exit_code(ERR_LOCKED), 8);
    assert_string_equal(error_errno_text(ENOENT), "No such file or directory");
}

static struct error *fails(void)
{
    return error_new(ERR_IO, "x");
}

static struct error *tries(bool *went_on)
{
    TRY(NULL);
    TRY(fails());
    *went_on = true;
    return NULL;
}

static void error__is_passed_up(void **state)
{
    (void)state;
    bool went_on = false;
    AUTO(error) struct error *error = tries(&went_on);
    assert_non_null(error);
    assert_false(went_on);
}

static struct error *error_on_line(int line, int column, const char *text)
{
    return error_at(error_new(ERR_PLAN, "%s", text), (struct position){"f", line, column});
}

static void problems__sort_by_position(void **state)
{
    (void)state;
    AUTO(problems) struct problems problems = {0};
    problems_add(&problems, error_on_line(2, 1, "d"));
    problems_add_warning(&problems, error_on_line(1, 7, "b"));
    problems_add(&problems, error_on_line(1, 7, "c"));
    problems_add(&problems, error_new(ERR_PLAN, "a"));
    problems_sort(&problems);
    assert_int_equal(problems.count, 4);
    assert_int_equal(problems.error_count, 3);
    for (size_t i = 0; i < problems.count; i++) {
        assert_int_equal(problems.items[i].error->text[0], "abcd"[i]);
    }
    assert_true(problems.items[1].is_warning);
}

static void problems__count_what_is_beyond_the_limit(void **state)
{
    (void)state;
    AUTO(problems) struct problems problems = {0};
    for (unsigned i = 0; i < LIMIT_PLAN_PROBLEMS + 50; i++) {
        problems_add_warning(&problems, error_new(ERR_PLAN, "warning"));
        problems_add(&problems, error_new(ERR_PLAN, "error"));
    }
    assert_int_equal(problems.count, 2 * LIMIT_PLAN_PROBLEMS);
    assert_int_equal(problems.error_count, LIMIT_PLAN_PROBLEMS + 50);
    assert_int_equal(problems.dropped_count, 100);
}

static void error__bug_says_where_and_aborts(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        signal(SIGABRT, SIG_DFL);
        dup2(ends[1], STDERR_FILENO);
        error_bug("x.c", 7, "state %d", 3);
    }
    close(ends[1]);
    char text[100] = "";
    ssize_t len = 0;
    for (ssize_t more = 1; more > 0; len += more) {
        more = read(ends[0], text + len, sizeof(text) - 1 - (size_t)len);
    }
    close(ends[0]);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    assert_true(len > 0);
    assert_string_equal(text, "restorectl: bug at x.c:7: state 3\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(error__carries_all_its_parts),
        cmocka_unit_test(error__copies_the_whole_chain),
        cmocka_unit_test(error__each_code_has_an_exit_code),
        cmocka_unit_test(error__is_passed_up),
        cmocka_unit_test(problems__sort_by_position),
        cmocka_unit_test(problems__count_what_is_beyond_the_limit),
        cmocka_unit_test(error__bug_says_where_and_aborts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
