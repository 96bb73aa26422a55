/* SPDX-License-Identifier: MIT */
#include "base/number.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void number__parses_integers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t min, max;
        bool is_good;
        int64_t value;
    } rows[] = {
        {"0",                    0,         9,         true,  0        },
        {"-7",                   -9,        9,         true,  -7       },
        {"9223372036854775807",  INT64_MIN, INT64_MAX, true,  INT64_MAX},
        {"-9223372036854775808", INT64_MIN, INT64_MAX, true,  INT64_MIN},
        {"9223372036854775808",  INT64_MIN, INT64_MAX, false, 0        },
        {"-9223372036854775809", INT64_MIN, INT64_MAX, false, 0        },
        {"99999999999999999999", INT64_MIN, INT64_MAX, false, 0        },
        {"10",                   0,         9,         false, 0        },
        {"-1",                   0,         9,         false, 0        },
        {"",                     0,         9,         false, 0        },
        {"-",                    0,         9,         false, 0        },
        {"+1",                   0,         9,         false, 0        },
        {"017",                  0,         99,        false, 0        },
        {"0x1F",                 0,         99,        false, 0        },
        {"1_000",                0,         9999,      false, 0        },
        {"1e3",                  0,         9999,      false, 0        },
        {"1.0",                  0,         9,         false, 0        },
        {" 1",                   0,         9,         false, 0        },
        {"1 ",                   0,         9,         false, 0        },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t value = 42;
        assert_true(number_parse(str_from(rows[i].text), rows[i].min, rows[i].max, &value) ==
                    rows[i].is_good);
        assert_int_equal(value, rows[i].is_good ? rows[i].value : 42);
    }
}

static void number__parses_decimals(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is_good;
        double value;
    } rows[] = {
        {"0",                                                                         true,  0    },
        {"-1.5",                                                                      true,  -1.5 },
        {"1e3",                                                                       true,  1000 },
        {"2.5E-1",                                                                    true,  0.25 },
        {"1e400",                                                                     false, 0    },
        {"01",                                                                        false, 0    },
        {"1.",                                                                        false, 0    },
        {".5",                                                                        false, 0    },
        {"0x10",                                                                      false, 0    },
        {"1e",                                                                        false, 0    },
        {"nan",                                                                       false, 0    },
        {"inf",                                                                       false, 0    },
        {"",                                                                          false, 0    },
        {"1 ",                                                                        false, 0    },
        {"--1",                                                                       false, 0    },
        {"0.00000000000000000000000000000000000000000000000000000000000000000000001", true,  1e-71},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        double value = 42;
        assert_true(number_parse_decimal(str_from(rows[i].text), &value) == rows[i].is_good);
        assert_true(value == (rows[i].is_good ? rows[i].value : 42));
    }
}

static void number__parses_hex(void **state)
{
    (void)state;
    uint64_t value = 42;
    assert_false(number_parse_hex(STR(""), &value));
    assert_false(number_parse_hex(STR("0x1"), &value));
    assert_false(number_parse_hex(STR("12345678123456781"), &value));
    assert_int_equal(value, 42);
    assert_true(number_parse_hex(STR("fFfFfFfFfFfFfFfF"), &value));
    assert_true(value == UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(number__parses_integers),
        cmocka_unit_test(number__parses_decimals),
        cmocka_unit_test(number__parses_hex),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
