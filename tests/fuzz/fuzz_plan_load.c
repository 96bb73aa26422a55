/* SPDX-License-Identifier: MIT */
/* fuzz_plan_load: any bytes as a plan: reading, variables, decoding, checks and graph must end in
 * problems or a plan. */
#include <stdint.h>

#include "base/mem.h"
#include "plan/plan_load.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fields {
    struct decoded base;
    struct integers luns;
};
static const struct decode_field rows[] = {
    {.name = "luns",
     .type = DECODE_INTEGERS,
     .offset = offsetof(struct fields, luns),
     .doc = "LUNs"},
    {.name = NULL},
};
static const struct decode_table table = {
    .name = "restore-disks", .doc = "fields", .fields = rows, .size = sizeof(struct fields)};
static const struct kind restore_disks = {.name = "restore-disks",
                                          .doc = "restores disks",
                                          .role = KIND_STEP,
                                          .flags = KIND_RESTORES,
                                          .plan_fields = &table};
static const struct kind *const kinds[] = {&restore_disks, NULL};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(problems) struct problems problems = {0};
    const struct plan_setting settings[] = {
        {.name = "lab", .value = "lab-1", .origin = "--var"}
    };
    struct plan_inputs inputs = {.kinds = kinds, .settings = settings, .setting_count = 1};
    struct str text = {(const char *)data, size};
    AUTO(plan) struct plan *plan = plan_load("plan.yaml", text, &inputs, &problems);
    if (plan == NULL && problems.error_count == 0) {
        BUG("refused without a word");
    }
    return 0;
}
