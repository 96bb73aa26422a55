/* SPDX-License-Identifier: MIT */
#include "step/effect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void effect__begins_as_nothing(void **state)
{
    struct effect effect;
    (void)state;
    memset(&effect, 0xff, sizeof(effect));
    effect_init(&effect);
    assert_int_equal(effect.type, EFFECT_NONE);
    assert_int_equal(effect.state, STEP_STATE_COUNT); /* unchanged */
    assert_null(effect.keep);
    assert_null(effect.error);
    assert_false(secret_is_set(&effect.secret));
}

/* The leak check sees what release forgets. */
static void effect__owns_its_request_secret_and_error(void **state)
{
    struct effect effect;
    (void)state;
    effect_init(&effect);
    effect_send(&effect, HTTP_POST, "https://management.azure.com/x");
    http_request_header(&effect.request, "Content-Type", "application/json");
    buf_append_text(&effect.request.body, "{}");
    secret_set(&effect.secret, STR("canary"));
    assert_int_equal(effect.type, EFFECT_SEND);
    assert_int_equal(effect.request.method, HTTP_POST);
    effect_release(&effect);
    assert_int_equal(effect.type, EFFECT_NONE);
    assert_null(effect.request.url);
    effect_fail(&effect, error_new(ERR_STEP, "no"));
    assert_int_equal(effect.type, EFFECT_FAIL);
    effect_release(&effect);
    assert_null(effect.error);
    effect_wait(&effect, 30000);
    assert_int_equal(effect.type, EFFECT_WAIT);
    assert_int_equal(effect.wait_ms, 30000);
    effect_done(&effect, NULL);
    assert_int_equal(effect.type, EFFECT_DONE);
    effect_release(&effect);
}

static void effect__names_every_state_and_knows_the_last_ones(void **state)
{
    static const enum step_state final[] = {STEP_SUCCEEDED, STEP_WARNINGS, STEP_FAILED,
                                            STEP_SKIPPED, STEP_AMBIGUOUS};
    int count = 0;
    (void)state;
    for (int i = 0; i < STEP_STATE_COUNT; i++) {
        assert_non_null(step_state_names[i]);
        for (int k = 0; k < i; k++) {
            assert_string_not_equal(step_state_names[i], step_state_names[k]);
        }
        count += step_state_is_final((enum step_state)i) ? 1 : 0;
    }
    for (size_t i = 0; i < sizeof(final) / sizeof(final[0]); i++) {
        assert_true(step_state_is_final(final[i]));
        count--;
    }
    assert_int_equal(count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(effect__begins_as_nothing),
        cmocka_unit_test(effect__owns_its_request_secret_and_error),
        cmocka_unit_test(effect__names_every_state_and_knows_the_last_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
