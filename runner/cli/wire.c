/* SPDX-License-Identifier: MIT */
#include "cli/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "azure/arm.h"
#include "azure/kinds.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/limit.h"
#include "base/mem.h"
#include "base/random.h"
#include "cli/credentials.h"
#include "cli/diagnostics.h"
#include "cli/rehearsal.h"
#include "cli/settings.h"
#include "cli/signals.h"
#include "cli/terminal.h"
#include "http/url.h"
#include "plan/plan_load.h"
#include "report/console.h"

#define PUBLIC_MANAGEMENT "https://management.azure.com"
#define QUIET_MS                                                                                   \
    (10 * MINUTE_MS) /* how late a job may appear in Azure's list (reliability 2.2)                \
                      */
#define QUIET_LOOPBACK_MS (5 * SECOND_MS) /* a simulator on this machine lists at once */
#define FLOOR_MS (1 * SECOND_MS)
#define FLOOR_LOOPBACK_MS 10

/* ------------------------------------------------------------------ the plan */

static const char *environment(const char *name)
{
    return getenv(name);
}

const char *wire_plan_name(const char *path)
{
    return text_equal(path, "-") ? "(stdin)" : path;
}

struct plan *wire_read_plan(const struct options *options, const char *path, struct buf *ret_text,
                            struct problems *ret_problems, struct error **ret_error)
{
    AUTO(arena) struct arena *arena = arena_new();
    AUTO(settings) struct settings settings = {0};
    struct plan *plan = NULL;
    struct error *error = settings_read(arena, options, ret_problems, &settings);
    if (error == NULL) {
        error = file_read(path, LIMIT_PLAN_BYTES, ret_text);
        if (error != NULL && error->hint == NULL) {
            error =
                error_hint(error, "name a plan file that is there; plans/ has some to start from");
        }
    }
    /* Of a plan whose variables are not known, little could be said that is true. */
    if (error == NULL && ret_problems->error_count == 0) {
        struct plan_inputs inputs = {azure_kinds, settings.items, settings.count, environment};
        plan = plan_load(wire_plan_name(path), buf_str(ret_text), &inputs, ret_problems);
    }
    *ret_error = error;
    return plan;
}

struct plan *wire_load_plan(const struct options *options, const char *path, int *ret_exit_code,
                            struct error **ret_error)
{
    AUTO(problems) struct problems problems = {0};
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_PLAN_BYTES);
    AUTO(buf) struct buf talk = BUF_INIT(LIMIT_TEXT_BYTES);
    struct plan *plan = wire_read_plan(options, path, &text, &problems, ret_error);
    diagnostics_problems(&talk, &problems, path, buf_str(&text));
    (void)terminal_write(STDERR_FILENO, buf_str(&talk));
    if (plan == NULL && *ret_error == NULL) {
        *ret_exit_code = error_exit_code(ERR_PLAN);
    }
    return plan;
}

/* ------------------------------------------------------------------ the run */

struct wire {
    const struct options *options;
    struct net *net;
    struct clock clock;
    struct credential credential;
    struct rehearsal rehearsal;
    struct journal *journal;
    struct summary *summary;
    struct console *console;
    FILE *events;
    bool has_lost_events;
    int stops_shown;
};

static void write_stderr(void *context, struct str text)
{
    (void)context;
    (void)terminal_write(STDERR_FILENO, text); /* a terminal that went away must not end the run */
}

static struct mono real_now(void *context)
{
    struct clock clock = clock_real();
    (void)context;
    return clock_mono(&clock);
}

static void write_event(void *context, const struct record *record)
{
    struct wire *wire = context;
    AUTO(buf) struct buf line = BUF_INIT(LIMIT_RECORD_BYTES);
    if (wire->events != NULL && !wire->has_lost_events) {
        record_format(record, &line);
        buf_append_char(&line, '\n');
        wire->has_lost_events =
            fwrite(line.data, 1, line.len, wire->events) != line.len || fflush(wire->events) != 0;
    }
}

static enum run_wish wish(void *context)
{
    struct wire *wire = context;
    int count = signals_count();
    if (count > wire->stops_shown) {
        wire->stops_shown = count;
        write_stderr(
            NULL, STR("\nstopping: nothing more is started; waiting for answers to what was sent "
                      "(Ctrl-C again leaves at once)\n"));
    }
    return count == 0 ? RUN_GO_ON : count == 1 ? RUN_STOP : RUN_LEAVE;
}

static void tick(void *context, struct utc now)
{
    struct wire *wire = context;
    if (signals_take_resize() != 0) {
        int columns;
        int rows;
        terminal_size(STDERR_FILENO, &columns, &rows);
        console_resize(wire->console, columns, rows);
    }
    console_tick(wire->console, now);
}

static struct error *open_events(struct wire *wire)
{
    const char *path = wire->options->events;
    if (path == NULL) {
        return NULL;
    }
    wire->events = text_equal(path, "-") ? stdout : fopen(path, "we");
    if (wire->events == NULL) {
        return error_new(ERR_IO, "events file '%s' cannot be written: %s", path, strerror(errno));
    }
    return NULL;
}

static void open_console(struct wire *wire, enum run_purpose purpose)
{
    bool is_live = terminal_is_live(STDERR_FILENO);
    struct console_options options = {
        .style = purpose == RUN_PLAN ? CONSOLE_QUIET
                 : is_live           ? CONSOLE_TERMINAL
                                     : CONSOLE_PIPE,
        .flags = terminal_flags(wire->options, STDERR_FILENO),
        .write = write_stderr,
        .context = wire,
        .real_now = real_now,
    };
    terminal_size(STDERR_FILENO, &options.columns, &options.rows);
    wire->console = console_new(&options, wire->summary);
}

/* 20261120-103522-a3f9: sorts by time, and two at once do not meet. */
static const char *new_run_id(struct arena *arena)
{
    struct clock clock = clock_real();
    struct utc_parts now = utc_split(clock_utc(&clock));
    return arena_format(arena, "%04d%02d%02d-%02d%02d%02d-%04x", now.year, now.month, now.day,
                        now.hour, now.minute, now.second,
                        (unsigned)(random_system_seed() & 0xffff));
}

void wire_state_folder(const struct options *options, const char *path, struct buf *ret)
{
    if (options->state != NULL) {
        buf_append_text(ret, options->state);
    } else {
        buf_append_str(ret, path == NULL ? str_from(".") : file_folder_of(path));
        buf_append_text(ret, "/.restorectl");
    }
}

/* The endpoint, and who signs in there; a rehearsal needs nobody. */
static struct error *open_target(struct wire *wire, const struct plan *plan,
                                 struct run_options *run)
{
    const struct options *options = wire->options;
    run->seed = options->seed >= 0  ? (uint64_t)options->seed
                : options->simulate ? 1
                                    : random_system_seed();
    if (options->simulate) {
        TRY(rehearsal_start(&wire->rehearsal, options, plan, run->seed));
        wire->clock = clock_virtual(rehearsal_begin(&wire->rehearsal));
        run->management = rehearsal_origin(&wire->rehearsal);
        run->is_rehearsal = true;
        credentials_rehearsal(&wire->credential);
        return NULL;
    }
    wire->clock = clock_real();
    run->management = options->management != NULL ? options->management : PUBLIC_MANAGEMENT;
    TRY(url_check_endpoint(run->management));
    return credentials_read(&wire->credential, run->management);
}

static struct error *open_parts(struct wire *wire, const struct plan *plan, struct run_options *run,
                                struct arena *arena)
{
    const struct options *options = wire->options;
    TRY(open_target(wire, plan, run));
    bool is_loopback = url_is_loopback(run->management) &&
                       !str_starts_with(str_from(run->management), STR("https"));
    run->quiet_ms = is_loopback && !options->simulate ? QUIET_LOOPBACK_MS : QUIET_MS;
    run->floor_ms = is_loopback ? FLOOR_LOOPBACK_MS : FLOOR_MS;
    struct net_options net = {
        .ca_file = options->ca_file,
        .user_agent = "restorectl/" RESTORECTL_VERSION,
        .allow_plain_http = is_loopback,
    };
    TRY(net_open(&net, &wire->net));
    TRY(open_events(wire));
    const char *run_id = new_run_id(arena);
    run->run = options->simulate
                   ? arena_format(arena, "rehearsal-seed-%llu", (unsigned long long)run->seed)
                   : run_id;
    if (run->purpose == RUN_APPLY) {
        AUTO(buf) struct buf state = BUF_INIT(LIMIT_TEXT_BYTES);
        wire_state_folder(options, plan->file, &state);
        TRY(journal_create(buf_text(&state), run_id, plan->instance_count, &wire->journal));
    }
    run->journal = wire->journal;
    run->net = wire->net;
    run->clock = &wire->clock;
    return NULL;
}

static void execute(struct wire *wire, const struct options *options, struct run_options *run,
                    struct wire_result *ret)
{
    const struct recorder_reader readers[] = {
        {summary_read, wire->summary},
        {console_read, wire->console},
        {write_event,  wire         },
        {NULL,         NULL         },
    };
    run->kinds = azure_kinds;
    run->credential = &wire->credential;
    run->throttle_wait_ms = arm_throttle_wait_ms;
    run->parallel = options->parallel;
    run->timeout_ms = options->timeout_ms;
    run->readers = readers;
    run->wish = wish;
    run->tick = tick;
    run->context = wire;
    signals_catch(net_wake_descriptor(wire->net));
    ret->exit_code = run_execute(run);
    signals_catch(-1);
    if (wire->journal != NULL) {
        AUTO(buf) struct buf path = BUF_INIT(LIMIT_TEXT_BYTES);
        buf_format(&path, "%s/journal.ndjson", journal_folder(wire->journal));
        ret->run = mem_text(file_name_of(journal_folder(wire->journal)));
        ret->journal = buf_take(&path);
    }
    ret->summary = wire->summary;
    wire->summary = NULL;
}

static void close_parts(struct wire *wire)
{
    console_free(wire->console);
    summary_free(wire->summary);
    journal_close(wire->journal);
    if (wire->events != NULL && wire->events != stdout) {
        (void)fclose(wire->events);
    }
    net_close(wire->net);
    rehearsal_stop(&wire->rehearsal);
    credential_release(&wire->credential);
}

struct error *wire_run(const struct options *options, const struct plan *plan,
                       enum run_purpose purpose, struct wire_result *ret)
{
    AUTO(arena) struct arena *arena = arena_new();
    struct wire wire = {.options = options, .summary = summary_new()};
    struct run_options run = {.purpose = purpose, .plan = plan};
    terminal_harden();
    struct error *error = open_parts(&wire, plan, &run, arena);
    if (error == NULL) {
        open_console(&wire, purpose);
        execute(&wire, options, &run, ret);
        if (wire.has_lost_events) {
            error = error_new(ERR_IO, "events file '%s' is not complete: it could not be written",
                              options->events);
        }
    }
    close_parts(&wire);
    return error;
}

void wire_result_release(struct wire_result *result)
{
    summary_free(result->summary);
    mem_free(result->run);
    mem_free(result->journal);
    *result = (struct wire_result){0};
}
