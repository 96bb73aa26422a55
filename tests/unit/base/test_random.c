/* SPDX-License-Identifier: MIT */
#include "base/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void random__repeats_from_its_seed(void **state)
{
    (void)state;
    /* SplitMix64's published first results for the seed 1234567. */
    struct random random = random_seeded(1234567);
    assert_true(random_next(&random) == UINT64_C(6457827717110365317));
    assert_true(random_next(&random) == UINT64_C(3203168211198807973));
    assert_true(random_seed_of(STR("a")) == random_seed_of(STR("a")));
    assert_true(random_seed_of(STR("a")) != random_seed_of(STR("b")));
}

static void random__stays_in_range(void **state)
{
    (void)state;
    struct random random = random_seeded(1);
    int seen[3] = {0};
    for (int i = 0; i < 3000; i++) {
        double fraction = random_fraction(&random);
        assert_true(fraction >= 0 && fraction < 1);
        seen[random_below(&random, 3)]++;
        assert_int_equal(random_below(&random, 1), 0);
    }
    for (int i = 0; i < 3; i++) {
        assert_in_range(seen[i], 850, 1150);
    }
}

static void random__makes_uuids(void **state)
{
    (void)state;
    char first[UUID_TEXT_SIZE];
    char second[UUID_TEXT_SIZE];
    struct random random = random_seeded(1);
    for (int i = 0; i < 100; i++) {
        random_uuid(&random, first);
        assert_int_equal(strlen(first), 36);
        assert_int_equal(strspn(first, "0123456789abcdef-"), 36);
        assert_true(first[8] == '-' && first[13] == '-' && first[18] == '-' && first[23] == '-');
        assert_int_equal(first[14], '4');
        assert_non_null(strchr("89ab", first[19]));
    }
    assert_string_not_equal(first, random_uuid(&random, second));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random__repeats_from_its_seed),
        cmocka_unit_test(random__stays_in_range),
        cmocka_unit_test(random__makes_uuids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
