/* SPDX-License-Identifier: MIT */
/* cli: the commands, and what they share at a terminal.
 *
 * A command is a file cmd_x.c with one const struct command, and a line in cli.c.
 * stdout is the result, stderr the talk.   Only this room prints. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "base/error.h"
#include "cli/options.h"

struct command {
    const char *name;
    const char *usage;    /* behind the name: "PLAN [options]" */
    const char *doc;      /* one line */
    unsigned option_set;  /* enum option_set: which rows it takes */
    int least, most;      /* operands */
    const char *examples; /* two, worked */
    /* *ret_exit_code is 0 before the call; an error sets it by its code. */
    struct error *(*run)(const struct options *options, int *ret_exit_code);
};

extern const struct command cmd_validate, cmd_graph, cmd_show, cmd_points, cmd_plan, cmd_apply,
    cmd_report, cmd_simulate, cmd_schema, cmd_test;

/* The program: parses, runs, prints the error, gives the exit code. */
int cli_main(int argc, char **argv);

#endif
