/* SPDX-License-Identifier: MIT */
/* A plan file's text; what it gives must be a tree that can be walked, copied and written. */
#include "base/limit.h"
#include "base/mem.h"
#include "data/json_write.h"
#include "data/yaml_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    AUTO(arena) struct arena *arena = arena_new();
    AUTO(problems) struct problems problems = {0};
    const struct value *value = NULL;
    struct str text = {(const char *)bytes, len};
    if (!yaml_read(arena, "fuzz.yaml", text, &problems, &value)) {
        if (problems.error_count == 0) {
            BUG("refused without a reason");
        }
        return 0;
    }
    AUTO(buf) struct buf buf = BUF_INIT(LIMIT_TEXT_BYTES);
    struct json_writer json = json_writer(&buf, JSON_INDENTED);
    json_value(&json, value);
    if (!value_equal(value, value_copy(arena, value))) {
        BUG("a copy differs");
    }
    return 0;
}
