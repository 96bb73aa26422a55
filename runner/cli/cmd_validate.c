/* SPDX-License-Identifier: MIT */
#include "base/limit.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/findings.h"
#include "cli/terminal.h"
#include "cli/wire.h"

typedef void findings_fn(const struct findings *findings, struct buf *ret);
static const struct form {
    const char *name;
    findings_fn *write;
} forms[] = {
    {"json",   findings_json  },
    {"github", findings_github},
    {"sarif",  findings_sarif },
};

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

static struct error *for_people(const struct options *options, int *ret_exit_code)
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

/* A file that cannot be read is a finding like others, so that one document has all of them. */
static struct error *find(const struct options *options, const char *path,
                          struct findings *findings, int *ret_exit_code)
{
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_PLAN_BYTES);
    struct finding finding = {.file = wire_plan_name(path)};
    struct error *error = NULL;
    AUTO(plan)
    struct plan *plan = wire_read_plan(options, path, &text, &finding.problems, &error);
    if (error != NULL && error->code == ERR_USAGE) {
        problems_release(&finding.problems);
        return error;
    }
    if (error != NULL) {
        problems_add(&finding.problems, error);
    }
    if (plan == NULL) {
        *ret_exit_code = error_exit_code(ERR_PLAN);
    }
    vec_push(findings, finding);
    return NULL;
}

static struct error *for_programs(const struct options *options, findings_fn *write,
                                  int *ret_exit_code)
{
    AUTO(buf) struct buf result = BUF_INIT(LIMIT_REPORT_BYTES);
    AUTO(findings) struct findings findings = {0};
    for (size_t i = 0; i < options->operands.count; i++) {
        TRY(find(options, options->operands.items[i], &findings, ret_exit_code));
    }
    write(&findings, &result);
    return terminal_result(options, buf_str(&result));
}

static struct error *run(const struct options *options, int *ret_exit_code)
{
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        if (text_equal(options->format, forms[i].name)) {
            return for_programs(options, forms[i].write, ret_exit_code);
        }
    }
    return for_people(options, ret_exit_code);
}

const struct command cmd_validate = {
    .name = "validate",
    .usage = "PLAN... [options]",
    .doc = "checks plan files without asking Azure anything",
    .option_set = OPTIONS_COMMON | OPTIONS_PLAN | OPTIONS_VALIDATE,
    .least = 1,
    .most = 1000,
    .examples = "  restorectl validate --var lab=drill-2 plans/*.yaml\n"
                "  restorectl validate plans/*.yaml --format sarif >plans.sarif\n",
    .run = run,
};
