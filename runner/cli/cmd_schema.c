/* SPDX-License-Identifier: MIT */
#include "azure/kinds.h"
#include "base/limit.h"
#include "base/mem.h"
#include "base/vec.h"
#include "cli/cli.h"
#include "cli/terminal.h"
#include "data/schema.h"
#include "plan/plan_load.h"
#include "plan/plan_table.h"
#include "simulator/simulator.h"

/* The major version of the plan language; the addresses stay as long as it does. */
#define SCHEMA_URL "https://restorectl.dev/schema/v1/"

struct variants {
    VEC(struct schema_variant);
};

static void write_plan(struct buf *ret)
{
    struct variants kinds = {0};
    for (size_t i = 0; azure_kinds[i] != NULL; i++) {
        const struct kind *kind = azure_kinds[i];
        if (kind->role == KIND_STEP) {
            vec_push(&kinds, (struct schema_variant){kind->name, kind->doc, kind->plan_fields});
        }
    }
    const struct schema_source source = {
        .id = SCHEMA_URL "restore-plan.schema.json",
        .title = "restorectl plan",
        .table = &plan_table,
        .name_pattern = "^[A-Za-z0-9._-]{1,64}$",
        .has_references = true,
        .variant_table = &plan_step_table,
        .variant_member = "kind",
        .variants = kinds.items,
        .variant_count = kinds.count,
    };
    schema_write(&source, ret);
    vec_release(&kinds);
}

static void write_world(struct buf *ret)
{
    const struct schema_source source = {
        .id = SCHEMA_URL "world.schema.json",
        .title = "restorectl simulator world",
        .table = &world_table,
    };
    schema_write(&source, ret);
}

static const struct {
    const char *name;
    void (*write)(struct buf *ret);
} files[] = {
    {"plan",  write_plan },
    {"world", write_world},
};

static struct error *run(const struct options *options, int *ret_exit_code)
{
    const char *wanted = options->operands.count == 0 ? "plan" : options->operands.items[0];
    *ret_exit_code = 0;
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        if (text_equal(files[i].name, wanted)) {
            AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
            files[i].write(&text);
            return terminal_result(options, buf_str(&text));
        }
    }
    return error_hint(error_new(ERR_USAGE, "there is no schema of '%s'", wanted),
                      "write plan or world");
}

const struct command cmd_schema = {
    .name = "schema",
    .usage = "[plan|world] [options]",
    .doc = "shows the JSON Schema of plan or world files, for editors and validators",
    .option_set = OPTIONS_COMMON,
    .least = 0,
    .most = 1,
    .examples = "  restorectl schema > restore-plan.schema.json\n"
                "  restorectl schema world > world.schema.json\n",
    .run = run,
};
