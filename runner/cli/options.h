/* SPDX-License-Identifier: MIT */
/* options: the command line and RESTORECTL_* as one struct, by rows; help comes from the same rows.
 *
 * Order: command line, then the environment variable of the option (RESTORECTL_STATE for --state),
 * then the default. Ownership: texts are those of argv and environ. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/vec.h"

enum option_set {
    OPTIONS_COMMON = 1 << 0,
    OPTIONS_PLAN = 1 << 1, /* reads a plan */
    OPTIONS_RUN = 1 << 2,  /* talks to Azure or the simulator */
    OPTIONS_APPLY = 1 << 3,
    OPTIONS_REPORT = 1 << 4,
    OPTIONS_SIMULATE = 1 << 5,
    OPTIONS_FAULT = 1 << 6,
    OPTIONS_VALIDATE = 1 << 7,
    OPTIONS_GRAPH = 1 << 8,
    OPTIONS_SHOW = 1 << 9,
    OPTIONS_POINTS = 1 << 10,
    OPTIONS_TEST = 1 << 11,
};

struct option_texts {
    VEC(const char *);
};

struct options {
    bool help, version, verbose, simulate, resolved, explain;
    const char *state, *format, *events, *color, *management, *ca_file, *log_level, *output;
    const char *world; /* --simulate=WORLD, simulate --world */
    const char *why_not, *rule, *junit;
    const char *listen, *ready_file, *request_log;
    struct option_texts vars, var_files, faults;
    int64_t parallel, seed, timeout_ms; /* 0: not given; seed -1: not given */
    struct option_texts operands;
};

/* Options that take a value of a few words: checked here, so that no command has to. */
struct error *options_read(int argc, char **argv, unsigned option_set,
                           struct options *ret) MUST_USE;
void options_release(struct options *options);

/* The rows of a set, for --help. */
void options_help(unsigned option_set, struct buf *ret);

/* "did you mean --state?" among a set's options; NULL if none is near. */
const char *options_suggest(const char *word, unsigned option_set);

#endif
