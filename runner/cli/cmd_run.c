/* SPDX-License-Identifier: MIT */
/* cmd_run: `plan` and `apply`: the same run, up to the first write or to the end. */
#include <unistd.h>

#include "base/limit.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/diagnostics.h"
#include "cli/terminal.h"
#include "cli/wire.h"
#include "report/report.h"

static enum report_format format_of(const struct options *options)
{
    for (int i = 0; i < REPORT_FORMAT_COUNT; i++) {
        if (options->format != NULL && text_equal(options->format, report_format_names[i])) {
            return (enum report_format)i;
        }
    }
    return REPORT_HUMAN;
}

/* An error of the run as a whole stands in no step: it is said like any other error. */
static void say_error(const struct summary *summary)
{
    const struct value *error = value_find(summary->finished, "error");
    const struct value *because = value_find(error, "because");
    AUTO(buf) struct buf talk = BUF_INIT(LIMIT_TEXT_BYTES);
    if (error == NULL) {
        return;
    }
    struct error *said = NULL;
    for (size_t i = because == NULL ? 0 : because->count; i > 0; i--) {
        said = error_wrap(said, ERR_STEP, "%s", because->items[i - 1]->text.at);
    }
    said = error_wrap(said, ERR_STEP, "%s", value_text(error, "text"));
    if (value_text(error, "hint") != NULL) {
        said = error_hint(said, "%s", value_text(error, "hint"));
    }
    diagnostics_error(&talk, said, false, str_from(""));
    error_free(said);
    (void)terminal_write(STDERR_FILENO, buf_str(&talk));
}

/* Whoever read stdout is gone: the run counts all the same, and its journal has everything. */
static void say_unwritten(struct error *error)
{
    AUTO(buf) struct buf talk = BUF_INIT(LIMIT_TEXT_BYTES);
    if (error != NULL) {
        diagnostics_error(&talk, error, true, str_from(""));
        (void)terminal_write(STDERR_FILENO, buf_str(&talk));
    }
    error_free(error);
}

/* The command that shows more, as it is to be typed. */
static void say_where(const struct options *options, const struct plan *plan, const char *run)
{
    AUTO(buf) struct buf talk = BUF_INIT(LIMIT_TEXT_BYTES);
    AUTO(buf) struct buf state = BUF_INIT(LIMIT_TEXT_BYTES);
    if (run == NULL) {
        return;
    }
    wire_state_folder(options, plan->file, &state);
    buf_format(&talk, "report: restorectl report %s --state %s --format html -o report.html\n", run,
               buf_text(&state));
    (void)terminal_write(STDERR_FILENO, buf_str(&talk));
}

static struct error *run(const struct options *options, enum run_purpose purpose,
                         int *ret_exit_code)
{
    AUTO(buf) struct buf result = BUF_INIT(LIMIT_REPORT_BYTES);
    struct wire_result done = {0};
    struct error *error = NULL;
    AUTO(plan)
    struct plan *plan = wire_load_plan(options, options->operands.items[0], ret_exit_code, &error);
    if (plan == NULL) {
        return error;
    }
    error = wire_run(options, plan, purpose, &done);
    if (done.summary != NULL) {
        unsigned flags = terminal_flags(options, STDOUT_FILENO);
        struct report_source source = {.journal = done.journal};
        if (purpose == RUN_PLAN) {
            report_plan(done.summary, format_of(options), flags, &result);
        } else {
            report_write(done.summary, format_of(options), flags, &source, &result);
        }
        *ret_exit_code = done.exit_code;
        if (purpose == RUN_PLAN || format_of(options) != REPORT_HUMAN) {
            say_error(done.summary); /* a human report of apply has it */
        }
        if (!text_equal(options->events, "-")) {
            say_unwritten(terminal_result(options, buf_str(&result)));
        }
        say_where(options, plan, done.run);
    }
    wire_result_release(&done);
    return error;
}

static struct error *run_plan(const struct options *options, int *ret_exit_code)
{
    return run(options, RUN_PLAN, ret_exit_code);
}

static struct error *run_apply(const struct options *options, int *ret_exit_code)
{
    return run(options, RUN_APPLY, ret_exit_code);
}

const struct command cmd_plan = {
    .name = "plan",
    .usage = "PLAN [options]",
    .doc =
        "shows what apply would do: items, chosen points and why, request bodies; changes nothing",
    .option_set = OPTIONS_COMMON | OPTIONS_PLAN | OPTIONS_RUN | OPTIONS_FAULT,
    .least = 1,
    .most = 1,
    .examples = "  restorectl plan plans/vm-disks.yaml --simulate\n"
                "  restorectl plan payroll.yaml --var lab=drill-2 --format json\n",
    .run = run_plan,
};

const struct command cmd_apply = {
    .name = "apply",
    .usage = "PLAN [options]",
    .doc = "runs a plan: chooses points, starts each restore once, follows every job to its end",
    .option_set = OPTIONS_COMMON | OPTIONS_PLAN | OPTIONS_RUN | OPTIONS_APPLY | OPTIONS_FAULT,
    .least = 1,
    .most = 1,
    .examples = "  restorectl apply plans/vm-disks.yaml --simulate --seed 7\n"
                "  restorectl apply payroll.yaml --state /var/lib/drills --events events.ndjson\n",
    .run = run_apply,
};
