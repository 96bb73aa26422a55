/* SPDX-License-Identifier: MIT */
/* cmd_test: `test`: do the selection rules choose what their fixtures expect?  Opens no network. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limit.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/rule_test.h"
#include "cli/terminal.h"
#include "plan/select_explain.h"
#include "report/html.h"
#include "report/report_facts.h"
#include "report/text_table.h"

#define FIXTURE_END "_test.yaml"
#define INDENT "     "

/* ------------------------------------------------------------------ the files */

struct paths {
    VEC(char *);
};

static void paths_cleanup(struct paths *paths)
{
    for (size_t i = 0; i < paths->count; i++) {
        mem_free(paths->items[i]);
    }
    vec_release(paths);
}

static void folder_cleanup(DIR **folder)
{
    if (*folder != NULL) {
        closedir(*folder);
    }
}

static struct error *find_below(const char *path, struct paths *ret);

/* Links are followed to files only, so that no folder is walked twice. */
static struct error *find_at(const char *folder, const char *name, struct paths *ret)
{
    AUTO(buf) struct buf path = BUF_INIT(LIMIT_TEXT_BYTES);
    bool is_here = text_equal(folder, ".");
    bool needs_slash = !is_here && !str_ends_with(str_from(folder), STR("/"));
    struct stat info;
    buf_format(&path, "%s%s%s", is_here ? "" : folder, needs_slash ? "/" : "", name);
    if (lstat(buf_text(&path), &info) != 0) {
        return error_new(ERR_INPUT, "cannot read '%s': %s", buf_text(&path),
                         error_errno_text(errno));
    }
    if (S_ISDIR(info.st_mode)) {
        return find_below(buf_text(&path), ret);
    }
    if (str_ends_with(str_from(name), STR(FIXTURE_END))) {
        vec_push(ret, buf_take(&path));
    }
    return NULL;
}

static struct error *find_below(const char *path, struct paths *ret)
{
    AUTO(folder) DIR *folder = opendir(path);
    if (folder == NULL) {
        return error_new(ERR_INPUT, "cannot read the folder '%s': %s", path,
                         error_errno_text(errno));
    }
    struct dirent *entry;                       /* each folder is read by this thread alone */
    while ((entry = readdir(folder)) != NULL) { // NOLINT(concurrency-mt-unsafe)
        if (entry->d_name[0] != '.') {
            TRY(find_at(path, entry->d_name, ret));
        }
    }
    return NULL;
}

static int compare_paths(const void *a, const void *b)
{
    const char *const *left = a;
    const char *const *right = b;
    return strcmp(*left, *right);
}

static struct error *find_fixtures(const struct options *options, struct paths *ret)
{
    if (options->operands.count == 0) {
        return error_hint(error_new(ERR_USAGE, "`test` takes a fixture file or a folder of them"),
                          "usage: restorectl test DIR|FILE... [options]");
    }
    for (size_t i = 0; i < options->operands.count; i++) {
        const char *path = options->operands.items[i];
        size_t before = ret->count;
        struct stat info;
        if (stat(path, &info) != 0 || !S_ISDIR(info.st_mode)) {
            vec_push(ret, mem_text(path));
            continue;
        }
        TRY(find_below(path, ret));
        if (ret->count == before) {
            return error_hint(error_new(ERR_USAGE, "there are no fixtures below '%s'", path),
                              "their names end in " FIXTURE_END);
        }
        qsort(ret->items + before, ret->count - before, sizeof(ret->items[0]), compare_paths);
    }
    return NULL;
}

/* ------------------------------------------------------------------ one test */

/* What was expected and is not so, a line each. */
struct failure {
    VEC(char *);
};

static void failure_cleanup(struct failure *failure)
{
    for (size_t i = 0; i < failure->count; i++) {
        mem_free(failure->items[i]);
    }
    vec_release(failure);
}

static void expect_point(const struct rule_test *test, const struct selection *selection,
                         struct failure *ret)
{
    const char *chosen = selection->chosen == NULL ? NULL : selection->chosen->id;
    bool is_none = text_equal(test->expect, RULE_TEST_NO_POINT);
    if (test->expect == NULL || text_equal(chosen, is_none ? NULL : test->expect)) {
        return;
    }
    struct buf line = BUF_INIT(LIMIT_TEXT_BYTES);
    buf_format(&line, "expected %s%s, but ", is_none ? "no point" : "point ",
               is_none ? "" : test->expect);
    buf_format(&line, "%s%s was chosen", chosen == NULL ? "none" : "point ",
               chosen == NULL ? "" : chosen);
    vec_push(ret, buf_take(&line));
}

static void expect_rule(const struct rule_test *test, const struct selection *selection,
                        struct failure *ret)
{
    const char *rule = selection->rule->base.name;
    if (test->by != NULL && !text_equal(test->by, rule)) {
        struct buf line = BUF_INIT(LIMIT_TEXT_BYTES);
        buf_format(&line, "expected a choice by rule %s, but %s %s", test->by, rule,
                   selection->chosen == NULL ? "was the last one tried" : "chose");
        vec_push(ret, buf_take(&line));
    }
}

static void expect_verdict(const struct value_member *member, const struct selection *selection,
                           struct failure *ret)
{
    for (size_t i = 0; i < selection->count; i++) {
        const struct candidate *candidate = &selection->candidates[i];
        const char *verdict = verdict_names[candidate->verdict];
        if (str_equal(member->name, str_from(candidate->id)) &&
            !str_equal(member->value->text, str_from(verdict))) {
            struct buf line = BUF_INIT(LIMIT_TEXT_BYTES);
            buf_format(&line, "expected verdict %s for point %s, but it is %s",
                       member->value->text.at, candidate->id, verdict);
            vec_push(ret, buf_take(&line));
        }
    }
}

static void judge(const struct rule_test *test, const struct selection *selection,
                  struct failure *ret)
{
    expect_point(test, selection, ret);
    expect_rule(test, selection, ret);
    for (size_t i = 0; test->why != NULL && i < test->why->count; i++) {
        expect_verdict(&test->why->members[i], selection, ret);
    }
}

/* ------------------------------------------------------------------ a failure, told */

static void cell(struct text_table *table, struct buf *text)
{
    text_table_cell(table, buf_text(text));
    buf_clear(text);
}

static void append_tiers(const struct value *point, struct buf *ret)
{
    const struct value *tiers = value_find(point, "tiers");
    for (size_t i = 0; tiers != NULL && tiers->type == VALUE_LIST && i < tiers->count; i++) {
        const char *tier = value_text(tiers->items[i], "tier");
        const char *status = value_text(tiers->items[i], "status");
        buf_format(ret, "%s%s %s", i == 0 ? "" : ", ", tier == NULL ? "unknown" : tier,
                   status == NULL ? "unknown" : status);
    }
}

static void add_row(struct arena *arena, const struct selection *selection,
                    const struct candidate *candidate, struct text_table *table)
{
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
    int line = select_line(selection, candidate);
    bool has_time = candidate->time.ms != INT64_MIN;
    if (has_time) {
        report_append_time(&text, candidate->time);
    }
    cell(table, &text);
    if (has_time) {
        report_append_duration(&text, select_age_ms(selection, candidate));
    }
    cell(table, &text);
    text_table_cell(table, candidate->id);
    text_table_cell(table, value_text(candidate->point, "consistency"));
    append_tiers(candidate->point, &text);
    cell(table, &text);
    text_table_cell(table, verdict_names[candidate->verdict]);
    buf_format(&text, line > 0 ? "%d" : "-", line);
    cell(table, &text);
    text_table_cell(table, select_reason(arena, selection, candidate));
}

/* "rule last-good (plan.yaml:12): the only eligible point of 4, 2h old", and all candidates. */
static void tell_rule(struct arena *arena, const struct selection *selection, const char *outcome,
                      struct buf *ret)
{
    static const char *const titles[] = {"TIME",  "AGE",     "POINT", "CONSISTENCY",
                                         "TIERS", "VERDICT", "LINE",  "WHY"};
    AUTO(text_table) struct text_table table = {.columns = sizeof(titles) / sizeof(titles[0])};
    const struct position *at = &selection->rule->base.name_at;
    buf_format(ret, INDENT "rule %s (", selection->rule->base.name);
    buf_append_printable(ret, str_from(at->file));
    buf_format(ret, ":%d): ", at->line);
    buf_append_printable(ret, str_from(outcome));
    buf_append_char(ret, '\n');
    for (size_t i = 0; i < table.columns; i++) {
        text_table_cell(&table, titles[i]);
    }
    for (size_t i = 0; i < selection->count; i++) {
        add_row(arena, selection, &selection->candidates[i], &table);
    }
    if (selection->count > 0) {
        text_table_write(&table, INDENT "  ", ret);
    }
}

/* The rules in the order in which they were tried. */
static void tell_rules(struct arena *arena, const struct selection *selection, struct buf *ret)
{
    struct {
        VEC(const struct selection *);
    } tried = {0};
    for (const struct selection *rung = selection; rung != NULL; rung = rung->before) {
        vec_push(&tried, rung);
    }
    for (size_t i = tried.count; i > 0; i--) {
        tell_rule(arena, tried.items[i - 1],
                  i == 1 ? select_outcome(arena, selection)
                         : "no point fits, so the next rule is tried",
                  ret);
    }
    vec_release(&tried);
}

static void tell_failure(struct arena *arena, const struct failure *failure,
                         const struct selection *selection, struct buf *ret)
{
    for (size_t i = 0; i < failure->count; i++) {
        buf_append_text(ret, INDENT);
        buf_append_printable(ret, str_from(failure->items[i]));
        buf_append_char(ret, '\n');
    }
    tell_rules(arena, selection, ret);
}

/* ------------------------------------------------------------------ all of them */

struct outcome {
    struct buf text;
    struct buf suites;                  /* JUnit */
    struct buf cases;                   /* of the file at hand */
    size_t tests, failed, invalid;      /* tests, tests, files */
    size_t tests_before, failed_before; /* this file */
};

static void outcome_cleanup(struct outcome *outcome)
{
    buf_release(&outcome->text);
    buf_release(&outcome->suites);
    buf_release(&outcome->cases);
}

/* Line by line, as escaping takes line ends for blanks. */
static void append_xml_lines(struct str text, struct buf *ret)
{
    struct str line;
    while (text.len > 0 && str_next(&text, '\n', &line)) {
        html_str(ret, line);
        buf_append_char(ret, '\n');
    }
}

static void begin_case(struct outcome *outcome, const char *file, const char *name)
{
    buf_append_text(&outcome->cases, "    <testcase classname=\"");
    html_text(&outcome->cases, file);
    buf_append_text(&outcome->cases, "\" name=\"");
    html_text(&outcome->cases, name);
    buf_append_text(&outcome->cases, "\" time=\"0\"");
}

/* tag: failure or error. */
static void end_case(struct outcome *outcome, const char *tag, const char *message,
                     struct str details)
{
    buf_format(&outcome->cases, ">\n      <%s message=\"", tag);
    html_text(&outcome->cases, message);
    buf_append_text(&outcome->cases, "\">\n");
    append_xml_lines(details, &outcome->cases);
    buf_format(&outcome->cases, "      </%s>\n    </testcase>\n", tag);
}

static void add_failure(struct arena *arena, const struct failure *failure,
                        const struct selection *selection, struct outcome *outcome)
{
    AUTO(buf) struct buf message = BUF_INIT(LIMIT_TEXT_BYTES);
    AUTO(buf) struct buf details = BUF_INIT(LIMIT_TEXT_BYTES);
    for (size_t i = 0; i < failure->count; i++) {
        buf_format(&message, "%s%s", i == 0 ? "" : "; ", failure->items[i]);
    }
    tell_failure(arena, failure, selection, &details);
    end_case(outcome, "failure", buf_text(&message), buf_str(&details));
    buf_append_str(&outcome->text, buf_str(&details));
    outcome->failed++;
}

static void run_test(const struct rule_tests *tests, const struct rule_test *test,
                     struct outcome *outcome)
{
    AUTO(arena) struct arena *arena = arena_new();
    AUTO(failure) struct failure failure = {0};
    struct selection selection = {0};
    select_point(arena, &test->request, &selection);
    judge(test, &selection, &failure);
    outcome->tests++;
    buf_append_text(&outcome->text, failure.count == 0 ? "ok   " : "FAIL ");
    buf_append_printable(&outcome->text, str_from(tests->file));
    buf_append_text(&outcome->text, ": ");
    buf_append_printable(&outcome->text, str_from(test->given.base.name));
    buf_append_char(&outcome->text, '\n');
    begin_case(outcome, tests->file, test->given.base.name);
    if (failure.count == 0) {
        buf_append_text(&outcome->cases, "/>\n");
    } else {
        add_failure(arena, &failure, &selection, outcome);
    }
}

static void end_suite(const struct rule_tests *tests, struct outcome *outcome)
{
    size_t invalid = tests->is_valid ? 0 : 1;
    buf_append_text(&outcome->suites, "  <testsuite name=\"");
    html_text(&outcome->suites, tests->file);
    buf_format(&outcome->suites,
               "\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"0\" time=\"0\">\n",
               outcome->tests - outcome->tests_before + invalid,
               outcome->failed - outcome->failed_before, invalid);
    buf_append_str(&outcome->suites, buf_str(&outcome->cases));
    buf_append_text(&outcome->suites, "  </testsuite>\n");
    buf_clear(&outcome->cases);
    outcome->tests_before = outcome->tests;
    outcome->failed_before = outcome->failed;
}

static struct error *run_file(const struct options *options, const char *path,
                              struct outcome *outcome)
{
    AUTO(rule_tests) struct rule_tests tests = {0};
    TRY(rule_tests_read(options, path, &tests));
    (void)terminal_write(STDERR_FILENO, buf_str(&tests.talk));
    if (!tests.is_valid) {
        outcome->invalid++;
        begin_case(outcome, tests.file, "(the file)");
        end_case(outcome, "error", "the fixture or its plan is not valid", buf_str(&tests.talk));
    }
    for (size_t i = 0; i < tests.count; i++) {
        run_test(&tests, &tests.tests[i], outcome);
    }
    end_suite(&tests, outcome);
    return NULL;
}

static struct error *write_junit(const struct options *options, const struct outcome *outcome)
{
    AUTO(buf) struct buf xml = BUF_INIT(LIMIT_REPORT_BYTES);
    if (options->junit == NULL) {
        return NULL;
    }
    buf_append_text(&xml, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    buf_format(&xml,
               "<testsuites name=\"restorectl test\" tests=\"%zu\" failures=\"%zu\" "
               "errors=\"%zu\" time=\"0\">\n",
               outcome->tests + outcome->invalid, outcome->failed, outcome->invalid);
    buf_append_str(&xml, buf_str(&outcome->suites));
    buf_append_text(&xml, "</testsuites>\n");
    return file_write(options->junit, 0644, buf_str(&xml));
}

static struct error *run(const struct options *options, int *ret_exit_code)
{
    AUTO(paths) struct paths paths = {0};
    AUTO(outcome)
    struct outcome outcome = {.text = BUF_INIT(LIMIT_REPORT_BYTES),
                              .suites = BUF_INIT(LIMIT_REPORT_BYTES),
                              .cases = BUF_INIT(LIMIT_REPORT_BYTES)};
    TRY(find_fixtures(options, &paths));
    for (size_t i = 0; i < paths.count; i++) {
        TRY(run_file(options, paths.items[i], &outcome));
    }
    buf_format(&outcome.text, "%zu test%s, %zu failed", outcome.tests,
               outcome.tests == 1 ? "" : "s", outcome.failed);
    if (outcome.invalid > 0) {
        buf_format(&outcome.text, ", %zu fixture%s not valid", outcome.invalid,
                   outcome.invalid == 1 ? "" : "s");
    }
    buf_append_char(&outcome.text, '\n');
    *ret_exit_code = outcome.invalid > 0  ? error_exit_code(ERR_PLAN)
                     : outcome.failed > 0 ? error_exit_code(ERR_STEP)
                                          : 0;
    TRY(write_junit(options, &outcome));
    return terminal_result(options, buf_str(&outcome.text));
}

const struct command cmd_test = {
    .name = "test",
    .usage = "DIR|FILE... [options]",
    .doc = "tests selection rules against fixtures, offline",
    .option_set = OPTIONS_COMMON | OPTIONS_PLAN | OPTIONS_TEST,
    .least = 0,
    .most = 1000,
    .examples = "  restorectl test examples/selection_test.yaml\n"
                "  restorectl test tests/ --var lab=drill-2 --junit rules.xml\n",
    .run = run,
};
