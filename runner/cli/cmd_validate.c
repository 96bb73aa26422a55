/* SPDX-License-Identifier: MIT */
#include <unistd.h>

#include "base/limit.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/terminal.h"
#include "cli/wire.h"

static void say_valid(const struct plan *plan, struct buf *ret)
{
    size_t restores = 0;
    for (size_t i = 0; i < plan->instance_count; i++) {
        restores += (plan->instances[i].step->kind->flags & KIND_RESTORES) != 0;
    }
    buf_append_printable(ret, str_from(plan->file));
    buf_format(ret, ": plan '%s' is valid: %zu %s, %zu %s\n", plan->name, plan->steps.count,
               plan->steps.count == 1 ? "step" : "steps", restores,
               restores == 1 ? "restore" : "restores");
}

static struct error *run(const struct options *options, int *ret_exit_code)
{
    AUTO(buf) struct buf result = BUF_INIT(LIMIT_TEXT_BYTES);
    for (size_t i = 0; i < options->operands.count; i++) {
        struct error *error = NULL;
        AUTO(plan)
        struct plan *plan =
            wire_load_plan(options, options->operands.items[i], ret_exit_code, &error);
        TRY(error);
        if (plan != NULL) {
            say_valid(plan, &result);
        }
    }
    return terminal_result(options, buf_str(&result));
}

const struct command cmd_validate = {
    .name = "validate",
    .usage = "PLAN... [options]",
    .doc = "checks plan files without asking Azure anything",
    .option_set = OPTIONS_COMMON | OPTIONS_PLAN,
    .least = 1,
    .most = 1000,
    .examples = "  restorectl validate plans/vm-disks.yaml\n"
                "  restorectl validate --var lab=drill-2 plans/*.yaml\n",
    .run = run,
};
