/* SPDX-License-Identifier: MIT */
/* A reply's text; what was read must come back the same when it is written and read again. */
#include "base/limit.h"
#include "base/mem.h"
#include "data/json_read.h"
#include "data/json_write.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void read_back(struct arena *arena, const struct value *value, unsigned flags)
{
    AUTO(buf) struct buf buf = BUF_INIT(LIMIT_TEXT_BYTES);
    const struct value *again = NULL;
    struct json_writer json = json_writer(&buf, JSON_COMPACT);
    json_value(&json, value);
    if (json_read(arena, "again", buf_str(&buf), flags, &again) != NULL) {
        BUG("cannot read what was written");
    }
    if (!value_equal(value, again)) {
        BUG("it came back different");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct str text = {(const char *)bytes, len};
    for (unsigned flags = 0; flags <= JSON_READ_LENIENT; flags++) {
        AUTO(arena) struct arena *arena = arena_new();
        const struct value *value = NULL;
        AUTO(error) struct error *error = json_read(arena, "fuzz.json", text, flags, &value);
        if (error == NULL) {
            read_back(arena, value, flags);
        }
    }
    return 0;
}
