/* SPDX-License-Identifier: MIT */
#include "cli/rehearsal.h"

#include <unistd.h>

#include "base/file.h"
#include "base/limit.h"
#include "base/mem.h"
#include "cli/diagnostics.h"
#include "cli/terminal.h"
#include "cli/world_from_plan.h"
#include "data/yaml_read.h"

static void print(struct problems *problems, const char *path, struct str source)
{
    AUTO(buf) struct buf talk = BUF_INIT(LIMIT_TEXT_BYTES);
    diagnostics_problems(&talk, problems, path, source);
    (void)terminal_write(STDERR_FILENO, buf_str(&talk));
}

struct error *rehearsal_read_world(struct arena *arena, const char *path, const struct value **ret)
{
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_PLAN_BYTES);
    AUTO(problems) struct problems problems = {0};
    TRY(file_read(path, LIMIT_PLAN_BYTES, &text));
    bool is_read = yaml_read(arena, path, buf_str(&text), &problems, ret);
    print(&problems, path, buf_str(&text));
    if (!is_read || problems.error_count > 0) {
        return error_new(ERR_PLAN, "world file '%s' is invalid", path);
    }
    return NULL;
}

struct error *rehearsal_start_simulator(const struct simulator_options *options,
                                        const char *world_path, struct simulator **ret)
{
    AUTO(problems) struct problems problems = {0};
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_PLAN_BYTES);
    struct error *error = simulator_start(options, &problems, ret);
    if (world_path != NULL) {
        error_free(file_read(world_path, LIMIT_PLAN_BYTES, &text));
        print(&problems, world_path, buf_str(&text));
    }
    return error;
}

struct error *rehearsal_start(struct rehearsal *rehearsal, const struct options *options,
                              const struct plan *plan, uint64_t seed)
{
    const struct value *world = NULL;
    rehearsal->arena = arena_new();
    if (options->world != NULL) {
        TRY(rehearsal_read_world(rehearsal->arena, options->world, &world));
    } else {
        world = world_from_plan(rehearsal->arena, plan, seed);
    }
    AUTO(arena) struct arena *arena = arena_new();
    const char **faults = ARENA_ARRAY(arena, const char *, options->faults.count + 1);
    for (size_t i = 0; i < options->faults.count; i++) {
        faults[i] = options->faults.items[i];
    }
    struct simulator_options simulator = {.world = world, .is_virtual = true, .faults = faults};
    return rehearsal_start_simulator(&simulator, options->world, &rehearsal->simulator);
}

const char *rehearsal_origin(const struct rehearsal *rehearsal)
{
    return simulator_origin(rehearsal->simulator);
}

struct utc rehearsal_begin(const struct rehearsal *rehearsal)
{
    return simulator_begin(rehearsal->simulator);
}

void rehearsal_stop(struct rehearsal *rehearsal)
{
    if (rehearsal->simulator != NULL) {
        simulator_stop(rehearsal->simulator);
    }
    arena_free(rehearsal->arena);
    *rehearsal = (struct rehearsal){0};
}
