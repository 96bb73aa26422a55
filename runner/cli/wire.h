/* SPDX-License-Identifier: MIT */
/* wire: the only file that builds the parts of a run and joins them: plan, clock, net, sign-in,
 * simulator, journal, readers.
 *
 * Not here: what the parts do. */
#ifndef CLI_WIRE_H
#define CLI_WIRE_H

#include "cli/options.h"
#include "engine/run.h"
#include "report/summary.h"

/* Reads and checks a plan, and prints nothing.  NULL: *ret_error says why it cannot be read, or
 * *ret_problems what is wrong with it; the text is there for its lines. */
struct plan *wire_read_plan(const struct options *options, const char *path, struct buf *ret_text,
                            struct problems *ret_problems, struct error **ret_error);
/* What messages call the file: "(stdin)" for "-". */
const char *wire_plan_name(const char *path);

/* The same; problems and warnings are printed.  NULL: *ret_error is set, or
 * everything was said already and *ret_exit_code is. */
struct plan *wire_load_plan(const struct options *options, const char *path, int *ret_exit_code,
                            struct error **ret_error);

/* A run from beginning to end.  *ret_summary is yours; NULL if it did not come to a run. */
struct wire_result {
    struct summary *summary;
    char *run;     /* its name in the state folder; NULL: no journal was kept */
    char *journal; /* its path */
    int exit_code;
};
struct error *wire_run(const struct options *options, const struct plan *plan,
                       enum run_purpose purpose, struct wire_result *ret) MUST_USE;
void wire_result_release(struct wire_result *result);

/* The state folder: --state, or .restorectl beside path. */
void wire_state_folder(const struct options *options, const char *path, struct buf *ret);

#endif
