/* SPDX-License-Identifier: MIT */
#include "base/mem.h"
#include "base/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void secret__keeps_and_gives(void **state)
{
    (void)state;
    AUTO(secret) struct secret secret = {0};
    AUTO(secret) struct secret other = {0};
    AUTO(buf) struct buf buf = BUF_INIT(100);
    assert_false(secret_is_set(&secret));
    assert_true(secret_equal(&secret, &other));
    assert_int_equal(secret_view(&secret).len, 0);
    secret_set(&secret, STR("to\0ken"));
    assert_true(secret_is_set(&secret));
    assert_false(secret_equal(&secret, &other));
    secret_set(&other, STR("to\0kex"));
    assert_false(secret_equal(&secret, &other));
    secret_set(&other, secret_view(&secret));
    secret_set(&secret, secret_view(&secret)); /* its own bytes */
    assert_true(secret_equal(&secret, &other));
    assert_true(secret_append_to(&secret, &buf));
    assert_int_equal(buf.len, 6);
    secret_wipe_buf(&buf);
    assert_int_equal(buf.len, 0);
    secret_set(&other, STR(""));
    assert_true(secret_is_set(&other));
}

static void secret__wipes_a_buf_that_held_one(void **state)
{
    (void)state;
    char bytes[] = "canary";
    struct buf buf = {.data = mem_text(bytes), .len = 6, .capacity = 7, .max = 10};
    secret_wipe_buf(&buf);
    assert_null(buf.data);
    assert_int_equal(buf.max, 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secret__keeps_and_gives),
        cmocka_unit_test(secret__wipes_a_buf_that_held_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
