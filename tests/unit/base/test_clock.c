/* SPDX-License-Identifier: MIT */
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void clock__virtual_moves_by_hand_only(void **state)
{
    (void)state;
    struct clock clock = clock_virtual((struct utc){1000});
    assert_int_equal(clock_utc(&clock).ms, 1000);
    assert_int_equal(clock_mono(&clock).ms, 0);
    clock_advance(&clock, 250);
    assert_int_equal(clock_utc(&clock).ms, 1250);
    assert_int_equal(clock_mono(&clock).ms, 250);
}

static void clock__real_runs_forward(void **state)
{
    (void)state;
    struct clock clock = clock_real();
    struct mono first = clock_mono(&clock);
    assert_true(clock_mono(&clock).ms >= first.ms);
    struct utc y2020 = {0};
    assert_true(utc_parse(STR("2020-01-01T00:00:00Z"), 0, &y2020));
    assert_true(clock_utc(&clock).ms > y2020.ms);
}

static void clock__parses_times(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned flags;
        const char *utc; /* NULL: refused */
    } rows[] = {
        {"2026-11-01T02:00:00Z",            0,                 "2026-11-01T02:00:00.000Z"},
        {"2026-11-01t02:00:00.1239999z",    0,                 "2026-11-01T02:00:00.123Z"},
        {"2026-11-01T02:00:00.5+01:30",     0,                 "2026-11-01T00:30:00.500Z"},
        {"2026-12-31T23:30:00-01:00",       0,                 "2027-01-01T00:30:00.000Z"},
        {"1970-01-01T00:00:00Z",            0,                 "1970-01-01T00:00:00.000Z"},
        {"1969-12-31T23:59:59.999Z",        0,                 "1969-12-31T23:59:59.999Z"},
        {"0001-01-01T00:00:00Z",            0,                 "0001-01-01T00:00:00.000Z"},
        {"2024-02-29T00:00:00Z",            0,                 "2024-02-29T00:00:00.000Z"},
        {"2000-02-29T12:00:00Z",            0,                 "2000-02-29T12:00:00.000Z"},
        {"1900-02-29T12:00:00Z",            0,                 NULL                      },
        {"2023-02-29T00:00:00Z",            0,                 NULL                      },
        {"2026-13-01T00:00:00Z",            0,                 NULL                      },
        {"2026-11-01T24:00:00Z",            0,                 NULL                      },
        {"2026-11-01T02:00:00",             0,                 NULL                      },
        {"2026-11-01T02:00:00",             UTC_ZONE_OPTIONAL, "2026-11-01T02:00:00.000Z"},
        {"2026-11-01T02:00:00.Z",           0,                 NULL                      },
        {"2026-11-01T02:00:00.1234567890Z", 0,                 NULL                      },
        {"2026-11-01 02:00:00Z",            0,                 NULL                      },
        {"2026-11-01T02:00Z",               0,                 NULL                      },
        {"2026-11-01T02:00:00Zx",           0,                 NULL                      },
        {"2026-11-01T02:00:00+0100",        0,                 NULL                      },
        {"2026-11-01T02:00:00+24:00",       0,                 NULL                      },
        {"20261101T020000Z",                0,                 NULL                      },
        {"",                                UTC_ZONE_OPTIONAL, NULL                      },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[UTC_TEXT_SIZE];
        struct utc time = {42};
        assert_true(utc_parse(str_from(rows[i].text), rows[i].flags, &time) ==
                    (rows[i].utc != NULL));
        if (rows[i].utc != NULL) {
            assert_string_equal(utc_format(time, text), rows[i].utc);
        } else {
            assert_int_equal(time.ms, 42);
        }
    }
}

static void clock__splits_and_joins_every_day(void **state)
{
    (void)state;
    struct utc_parts last = utc_split((struct utc){-DAY_MS});
    for (int64_t day = 0; day < 200 * 366; day++) {
        struct utc_parts parts = utc_split((struct utc){day * DAY_MS + 1});
        struct utc back = {0};
        assert_true(utc_join(&parts, &back));
        assert_int_equal(back.ms, day * DAY_MS + 1);
        assert_int_equal(parts.weekday, (last.weekday + 1) % 7);
        assert_true(parts.day == last.day + 1 || parts.day == 1);
        last = parts;
    }
    char text[UTC_TEXT_SIZE];
    assert_string_equal(utc_format_seconds((struct utc){1793498400999}, text),
                        "2026-11-01T02:00:00Z");
    assert_int_equal(utc_split((struct utc){1793498400999}).weekday, 0);
    utc_format((struct utc){INT64_MIN}, text); /* an absent time must not break a log line */
}

static void clock__parses_durations(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ms; /* -1: refused */
    } rows[] = {
        {"250ms",                      250           },
        {"90s",                        90000         },
        {"15m",                        900000        },
        {"4h",                         4 * HOUR_MS   },
        {"3d",                         3 * DAY_MS    },
        {"1h30m",                      90 * MINUTE_MS},
        {"1d1ms",                      DAY_MS + 1    },
        {"0s",                         0             },
        {"PT4H",                       4 * HOUR_MS   },
        {"P1DT2.5S",                   DAY_MS + 2500 },
        {"PT08H",                      8 * HOUR_MS   },
        {"P15D",                       15 * DAY_MS   },
        {"PT0.250S",                   250           },
        {"36 hours",                   -1            },
        {"",                           -1            },
        {"P",                          -1            },
        {"PT",                         -1            },
        {"P1DT",                       -1            },
        {"4",                          -1            },
        {"h",                          -1            },
        {"30m1h",                      -1            },
        {"1h1h",                       -1            },
        {"1.5h",                       -1            },
        {"-1h",                        -1            },
        {"+1h",                        -1            },
        {"4H",                         -1            },
        {"4h ",                        -1            },
        {"P1Y",                        -1            },
        {"P1M",                        -1            },
        {"PT1D",                       -1            },
        {"PT1.5H",                     -1            },
        {"pt4h",                       -1            },
        {"P1D2H",                      -1            },
        {"99999999999999999999s",      -1            },
        {"9223372036854775807s",       -1            },
        {"106751991168d106751991168d", -1            },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t ms = -1;
        assert_true(duration_parse(str_from(rows[i].text), &ms) == (rows[i].ms >= 0));
        assert_int_equal(ms, rows[i].ms);
    }
}

static void clock__formats_durations(void **state)
{
    (void)state;
    static const struct {
        int64_t ms;
        const char *text;
    } rows[] = {
        {0,              "0s"               },
        {40,             "0s"               },
        {450,            "0.4s"             },
        {1500,           "1.5s"             },
        {45999,          "45s"              },
        {185000,         "3m 05s"           },
        {65 * MINUTE_MS, "1h 05m"           },
        {76 * HOUR_MS,   "3d 4h"            },
        {-450,           "-0.4s"            },
        {-45000,         "-45s"             },
        {-40,            "0s"               },
        {INT64_MIN,      "-106751991167d 7h"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[DURATION_TEXT_SIZE];
        assert_string_equal(duration_format(rows[i].ms, text), rows[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clock__virtual_moves_by_hand_only),
        cmocka_unit_test(clock__real_runs_forward),
        cmocka_unit_test(clock__parses_times),
        cmocka_unit_test(clock__splits_and_joins_every_day),
        cmocka_unit_test(clock__parses_durations),
        cmocka_unit_test(clock__formats_durations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
