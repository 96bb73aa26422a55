/* SPDX-License-Identifier: MIT */
#include "base/digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void digest__knows_the_published_vectors(void **state)
{
    (void)state;
    char text[SHA256_TEXT_SIZE];
    assert_string_equal(digest_sha256(STR("abc"), text),
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_string_equal(digest_sha256(STR(""), text),
                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_true(digest_crc32c(STR("123456789")) == UINT32_C(0xe3069283));
    assert_true(digest_crc32c(STR("")) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digest__knows_the_published_vectors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
