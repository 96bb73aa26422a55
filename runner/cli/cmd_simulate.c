/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limit.h"
#include "base/mem.h"
#include "base/number.h"
#include "cli/cli.h"
#include "cli/rehearsal.h"
#include "cli/signals.h"
#include "cli/terminal.h"

static struct error *read_listen(const char *text, struct arena *arena,
                                 struct simulator_options *ret)
{
    struct str listen = str_from(text == NULL ? "127.0.0.1:0" : text);
    size_t colon = SIZE_MAX;
    int64_t port;
    for (size_t i = 0; i < listen.len; i++) {
        colon = listen.at[i] == ':' ? i : colon;
    }
    if (colon == SIZE_MAX ||
        !number_parse(str_slice(listen, colon + 1, listen.len), 0, 65535, &port)) {
        return error_new(ERR_USAGE, "--listen must be ADDR:PORT, not \"%s\"", text);
    }
    ret->address = arena_copy(arena, str_slice(listen, 0, colon));
    ret->port = (int)port;
    return NULL;
}

static struct error *say_ready(const struct options *options, const struct simulator *simulator)
{
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
    if (options->ready_file != NULL) {
        buf_format(&text, "{\"origin\": \"%s\", \"pid\": %ld}\n", simulator_origin(simulator),
                   (long)getpid());
        TRY(file_write(options->ready_file, 0600, buf_str(&text)));
    }
    buf_clear(&text);
    buf_format(&text, "%s\n", simulator_origin(simulator));
    return terminal_result(options, buf_str(&text));
}

/* Until Ctrl-C or SIGTERM; the simulator works in its own thread. */
static void wait_for_signal(void)
{
    sigset_t none;
    (void)sigemptyset(&none);
    while (signals_count() == 0) {
        (void)sigsuspend(&none);
    }
}

static void block_signals(void)
{
    sigset_t ours;
    (void)sigemptyset(&ours);
    (void)sigaddset(&ours, SIGINT);
    (void)sigaddset(&ours, SIGTERM);
    (void)sigaddset(&ours, SIGHUP);
    (void)sigprocmask(SIG_BLOCK, &ours, NULL);
}

static struct error *run(const struct options *options, int *ret_exit_code)
{
    AUTO(arena) struct arena *arena = arena_new();
    struct simulator *simulator = NULL;
    struct simulator_options wanted = {.request_log = options->request_log};
    *ret_exit_code = 0;
    if (options->world == NULL) {
        return error_hint(error_new(ERR_USAGE, "simulate needs a world"),
                          "write --world FILE; tests/sim has some");
    }
    TRY(read_listen(options->listen, arena, &wanted));
    TRY(rehearsal_read_world(arena, options->world, &wanted.world));
    const char **faults = ARENA_ARRAY(arena, const char *, options->faults.count + 1);
    for (size_t i = 0; i < options->faults.count; i++) {
        faults[i] = options->faults.items[i];
    }
    wanted.faults = faults;
    signals_catch(-1);
    block_signals(); /* in this thread and the simulator's, so that none is missed before the wait
                      */
    TRY(rehearsal_start_simulator(&wanted, options->world, &simulator));
    struct error *error = say_ready(options, simulator);
    if (error == NULL) {
        wait_for_signal();
    }
    simulator_stop(simulator);
    return error;
}

const struct command cmd_simulate = {
    .name = "simulate",
    .usage = "--world FILE [options]",
    .doc = "serves a simulated Azure on loopback until it is stopped",
    .option_set = OPTIONS_COMMON | OPTIONS_SIMULATE | OPTIONS_FAULT,
    .least = 0,
    .most = 0,
    .examples =
        "  restorectl simulate --world world.yaml --listen 127.0.0.1:8080\n"
        "  restorectl simulate --world world.yaml --ready-file ready.json --fault 503:every=20\n",
    .run = run,
};
