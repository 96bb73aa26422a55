/* SPDX-License-Identifier: MIT */
#include <unistd.h>

#include "base/limit.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/terminal.h"
#include "cli/wire.h"
#include "report/report.h"

static enum report_format format_of(const char *name)
{
    for (int i = 0; i < REPORT_FORMAT_COUNT; i++) {
        if (name != NULL && text_equal(name, report_format_names[i])) {
            return (enum report_format)i;
        }
    }
    return REPORT_HUMAN;
}

static struct error *run(const struct options *options, int *ret_exit_code)
{
    AUTO(buf) struct buf state = BUF_INIT(LIMIT_TEXT_BYTES);
    AUTO(buf) struct buf path = BUF_INIT(LIMIT_TEXT_BYTES);
    AUTO(buf) struct buf result = BUF_INIT(LIMIT_REPORT_BYTES);
    struct journal_state end = {0};
    *ret_exit_code = 0;
    wire_state_folder(options, NULL, &state);
    const char *name = options->operands.count > 0 ? options->operands.items[0] : NULL;
    struct error *error = journal_find(buf_text(&state), name, &path);
    if (error != NULL) {
        return error_wrap(error, ERR_USAGE, "there is no such run to report on");
    }
    struct summary *summary = summary_new();
    error = journal_read(buf_text(&path), summary_read, summary, &end);
    if (error == NULL) {
        bool is_to_file = options->output != NULL;
        unsigned flags = is_to_file ? 0 : terminal_flags(options, STDOUT_FILENO);
        struct report_source source = {buf_text(&path), end.is_held, end.torn_bytes};
        report_write(summary, format_of(options->format), flags, &source, &result);
        error = terminal_result(options, buf_str(&result));
    }
    summary_free(summary);
    return error;
}

const struct command cmd_report = {
    .name = "report",
    .usage = "[RUN] [options]",
    .doc = "shows a run from its journal alone, at any time: the newest one, or RUN",
    .option_set = OPTIONS_COMMON | OPTIONS_REPORT,
    .least = 0,
    .most = 1,
    .examples = "  restorectl report --state plans/.restorectl\n"
                "  restorectl report 20261120-103522-a3f9 --format html -o report.html\n",
    .run = run,
};
