/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"

static void collect(void *context, enum log_level level, const char *line)
{
    struct buf *lines = context;
    buf_format(lines, "%s: %s|", log_level_names[level], line);
}

static void log__writes_to_its_sink_up_to_the_level(void **state)
{
    (void)state;
    AUTO(buf) struct buf lines = BUF_INIT(1000);
    log_write(LOG_ERROR, "nobody listens");
    assert_false(log_wants(LOG_ERROR));
    log_set_sink(LOG_INFO, collect, &lines);
    log_write(LOG_WARN, "%d left", 3);
    log_write(LOG_INFO, "on");
    log_write(LOG_DEBUG, "off");
    log_set_sink(LOG_ERROR, NULL, NULL);
    assert_string_equal(buf_text(&lines), "warn: 3 left|info: on|");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(log__writes_to_its_sink_up_to_the_level),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
