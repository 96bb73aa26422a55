/* SPDX-License-Identifier: MIT */
#include "cli/cli.h"

#include <unistd.h>

#include "base/limit.h"
#include "base/log.h"
#include "base/mem.h"
#include "cli/diagnostics.h"
#include "cli/terminal.h"

static const struct command *const commands[] = {
    &cmd_validate, &cmd_graph, &cmd_show,   &cmd_points,   &cmd_test,
    &cmd_plan,     &cmd_apply, &cmd_report, &cmd_simulate, &cmd_schema,
};
#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static const char *const exit_codes =
    "exit codes:\n"
    "    0  done                               8  another run holds it\n"
    "    1  a step failed                     64  wrong usage\n"
    "    2  there is a difference             65  invalid plan\n"
    "    3  restored, but a check failed      69  Azure cannot be reached\n"
    "    4  an objective was missed           70  a bug in restorectl\n"
    "    5  refused before any write          74  journal or report cannot be written\n"
    "    6  a person must decide              75  interrupted\n"
    "                                         77  sign-in or permission\n";

static void main_help(struct buf *ret)
{
    buf_append_text(ret, "restorectl runs restore plans against Azure Backup.\n\n"
                         "usage: restorectl COMMAND [PLAN] [options]\n\ncommands:\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        buf_format(ret, "  %-10s %s\n", commands[i]->name, commands[i]->doc);
    }
    buf_append_text(ret, "  version    shows the version\n\n");
    buf_append_text(ret, exit_codes);
    buf_append_text(ret, "\nexamples:\n  restorectl apply plans/vm-disks.yaml --simulate\n"
                         "  restorectl apply --help\n");
}

static void command_help(const struct command *command, struct buf *ret)
{
    buf_format(ret, "restorectl %s: %s\n\nusage: restorectl %s %s\n\noptions:\n", command->name,
               command->doc, command->name, command->usage);
    options_help(command->option_set, ret);
    buf_append_text(
        ret, "\nEach option can also be set as RESTORECTL_<OPTION>, such as RESTORECTL_COLOR.\n");
    buf_format(ret, "\nexamples:\n%s", command->examples);
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (text_equal(commands[i]->name, name)) {
            return commands[i];
        }
    }
    return NULL;
}

static struct error *unknown_command(const char *name)
{
    const char *names[COMMAND_COUNT];
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        names[i] =
            commands[i]->name; /* no row is NULL: NOLINT(clang-analyzer-core.NullDereference) */
    }
    const char *near = str_suggest(str_from(name), names, COMMAND_COUNT);
    struct error *error = error_new(ERR_USAGE, "unknown command '%s'", name);
    return near == NULL ? error_hint(error, "see `restorectl help`")
                        : error_hint(error, "did you mean `restorectl %s`?", near);
}

static struct error *check_operands(const struct command *command, const struct options *options)
{
    size_t count = options->operands.count;
    if (count >= (size_t)command->least && count <= (size_t)command->most) {
        return NULL;
    }
    return error_hint(error_new(ERR_USAGE, "`%s` takes %s", command->name,
                                count < (size_t)command->least ? "a plan file" : "fewer arguments"),
                      "usage: restorectl %s %s", command->name, command->usage);
}

static void write_log(void *context, enum log_level level, const char *line)
{
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
    (void)context;
    buf_format(&text, "%s: ", log_level_names[level]);
    buf_append_printable(&text, str_from(line));
    buf_append_char(&text, '\n');
    (void)terminal_write(STDERR_FILENO, buf_str(&text));
}

static void set_log(const struct options *options)
{
    enum log_level level = options->verbose ? LOG_DEBUG : LOG_WARN;
    for (int i = 0; i < LOG_LEVEL_COUNT; i++) {
        if (text_equal(options->log_level, log_level_names[i])) {
            level = (enum log_level)i;
        }
    }
    log_set_sink(level, write_log, NULL);
}

static struct error *run_command(const struct command *command, int argc, char **argv,
                                 int *ret_exit_code)
{
    struct options options = {.seed = -1};
    AUTO(buf) struct buf help = BUF_INIT(LIMIT_TEXT_BYTES);
    struct error *error = options_read(argc, argv, command->option_set, &options);
    if (error == NULL && options.help) {
        command_help(command, &help);
        error = terminal_result(&options, buf_str(&help));
    } else if (error == NULL) {
        error = check_operands(command, &options);
        if (error == NULL) {
            set_log(&options);
            error = command->run(&options, ret_exit_code);
        }
    }
    options_release(&options);
    return error;
}

static struct error *dispatch(int argc, char **argv, int *ret_exit_code)
{
    static const struct options no_options;
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
    const char *name = argc > 1 ? argv[1] : "help";
    if (text_equal(name, "version") || text_equal(name, "--version")) {
        return terminal_result(&no_options, STR("restorectl " RESTORECTL_VERSION "\n"));
    }
    bool wants_help =
        text_equal(name, "help") || text_equal(name, "--help") || text_equal(name, "-h");
    const struct command *command = find_command(wants_help && argc > 2 ? argv[2] : name);
    if (wants_help) {
        if (command != NULL) {
            command_help(command, &text);
        } else {
            main_help(&text);
        }
        *ret_exit_code = argc > 1 ? 0 : error_exit_code(ERR_USAGE);
        return terminal_result(&no_options, buf_str(&text));
    }
    return command == NULL ? unknown_command(name)
                           : run_command(command, argc - 2, argv + 2, ret_exit_code);
}

int cli_main(int argc, char **argv)
{
    int exit_code = 0;
    struct error *error = dispatch(argc, argv, &exit_code);
    if (error != NULL) {
        AUTO(buf) struct buf talk = BUF_INIT(LIMIT_TEXT_BYTES);
        exit_code = error_exit_code(error->code);
        diagnostics_error(&talk, error, false, str_from(""));
        (void)terminal_write(STDERR_FILENO, buf_str(&talk));
        error_free(error);
    }
    return exit_code;
}
