/* SPDX-License-Identifier: MIT */
#include "base/clock.h"
#include "base/mem.h"
#include "record/record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limit.h"

static struct utc utc_of(const char *text)
{
    struct utc time = {0};
    assert_true(utc_parse(str_from(text), 0, &time));
    return time;
}

static void record__formats_its_own_members_first(void **state)
{
    (void)state;
    AUTO(arena) struct arena *arena = arena_new();
    struct value *body = value_new(arena, VALUE_MAP);
    value_set_text(arena, body, "step", "db \"disks\"");
    value_set_integer(arena, body, "wait_ms", 9007199254740991);
    struct record record = {
        .seq = 7, .time = utc_of("2026-11-02T08:00:00.5Z"), .type = RECORD_RETRY, .body = body};
    AUTO(buf) struct buf line = BUF_INIT(LIMIT_RECORD_BYTES);
    record_format(&record, &line);
    assert_string_equal(buf_text(&line),
                        "{\"seq\":7,\"time\":\"2026-11-02T08:00:00.500Z\",\"type\":\"retry\","
                        "\"step\":\"db \\\"disks\\\"\",\"wait_ms\":9007199254740991}");
}

static void record__reads_back_every_type(void **state)
{
    (void)state;
    for (int type = 0; type < RECORD_TYPE_COUNT; type++) {
        AUTO(arena) struct arena *arena = arena_new();
        struct value *body = value_new(arena, VALUE_MAP);
        value_set_text(arena, body, "step", "a[b]");
        value_set(arena, body, "output", value_new(arena, VALUE_MAP));
        struct record record = {.seq = type + 1,
                                .time = utc_of("2026-11-02T08:00:00.123Z"),
                                .type = (enum record_type)type,
                                .body = body};
        AUTO(buf) struct buf line = BUF_INIT(LIMIT_RECORD_BYTES);
        record_format(&record, &line);
        struct record back;
        assert_null(record_parse(arena, "test", buf_str(&line), &back));
        assert_int_equal(back.seq, record.seq);
        assert_int_equal(back.time.ms, record.time.ms);
        assert_int_equal(back.type, type);
        assert_true(value_equal(back.body, body));
    }
}

static void record__leaves_unknown_types_and_members_to_the_reader(void **state)
{
    (void)state;
    AUTO(arena) struct arena *arena = arena_new();
    struct record record;
    struct str line = STR("{\"seq\":1,\"time\":\"2026-11-02T08:00:00Z\",\"type\":\"moon.phase\","
                          "\"new\":true,\"prev\":\"x\",\"crc\":\"y\"}");
    assert_null(record_parse(arena, "test", line, &record));
    assert_int_equal(record.type, RECORD_TYPE_COUNT);
    assert_int_equal(record.body->count, 1);
    assert_true(value_bool(record.body, "new", false));
}

static void record__refuses_what_is_no_record(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "",
        "[]",
        "{}",
        "{\"seq\":1,\"time\":\"2026-11-02T08:00:00Z\",\"type\":\"retry\"",
        "{\"seq\":1,\"time\":\"2026-11-02T08:00:00Z\",\"type\":\"retry\"} x",
        "{\"seq\":0,\"time\":\"2026-11-02T08:00:00Z\",\"type\":\"retry\"}",
        "{\"seq\":\"1\",\"time\":\"2026-11-02T08:00:00Z\",\"type\":\"retry\"}",
        "{\"seq\":1,\"time\":\"yesterday\",\"type\":\"retry\"}",
        "{\"seq\":1,\"time\":\"2026-11-02T08:00:00\",\"type\":\"retry\"}",
        "{\"seq\":1,\"time\":\"2026-11-02T08:00:00Z\",\"type\":3}",
        "{\"seq\":1,\"seq\":2,\"time\":\"2026-11-02T08:00:00Z\",\"type\":\"retry\"}",
    };
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        AUTO(arena) struct arena *arena = arena_new();
        struct record record = {.seq = 42};
        AUTO(error) struct error *error = record_parse(arena, "test", str_from(lines[i]), &record);
        assert_non_null(error);
        assert_int_equal(error == NULL ? ERR_COUNT : error->code, ERR_INPUT);
        assert_int_equal(record.seq, 42);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(record__formats_its_own_members_first),
        cmocka_unit_test(record__reads_back_every_type),
        cmocka_unit_test(record__leaves_unknown_types_and_members_to_the_reader),
        cmocka_unit_test(record__refuses_what_is_no_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
