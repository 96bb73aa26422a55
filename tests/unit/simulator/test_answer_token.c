/* SPDX-License-Identifier: MIT */
#include "base/clock.h"
#include "support/simulator_fixture.h"

#define PRINCIPALS                                                                                 \
    "strict_tokens: true\n"                                                                        \
    "token_duration: 10m\n"                                                                        \
    "principals: [ { tenant: t1, client_id: app, client_secret: 's+1' }, { client_id: fed } ]\n"
#define FORM "grant_type=client_credentials&client_id=app&client_secret=s%2B1&scope=x%2F.default"

static int sign_in(struct fixture *fixture, const char *tenant, const char *form)
{
    return fixture_ask(fixture, "POST",
                       arena_format(fixture->arena, "/%s/oauth2/v2.0/token", tenant), form);
}

static void answer_token__checks_who_signs_in(void **state)
{
    (void)state;
    static const struct {
        const char *tenant, *form;
        int status;
        const char *error, *text;
    } rows[] = {
        {"t1", FORM,                                                                     200, NULL,                  NULL           },
        {"T1", FORM,                                                                     200, NULL,                  NULL           },
        {"t2", FORM,                                                                     400, "unauthorized_client", "AADSTS700016" },
        {"t1", "grant_type=client_credentials&client_id=app&client_secret=no&scope=x",   401,
         "invalid_client",                                                                                           "AADSTS7000215"},
        {"t1", "grant_type=client_credentials&client_id=app&client_secret=s+1&scope=x",  401,
         "invalid_client",                                                                                           "AADSTS7000215"},
        {"t1", "grant_type=client_credentials&client_id=who&client_secret=s&scope=x",    400,
         "unauthorized_client",                                                                                      "AADSTS700016" },
        {"t9", "grant_type=client_credentials&client_id=fed&client_assertion=j&scope=x", 200, NULL,
         NULL                                                                                                                       },
        {"t1", "grant_type=client_credentials&client_id=fed&scope=x",                    401, "invalid_client",
         "AADSTS7000218"                                                                                                            },
        {"t1", "grant_type=password&client_id=app&client_secret=s&scope=x",              400,
         "unsupported_grant_type",                                                                                   "AADSTS70003"  },
        {"t1", "grant_type=client_credentials&client_secret=s&scope=x",                  400, "invalid_request",
         "client_id"                                                                                                                },
        {"t1", "grant_type=client_credentials&client_id=app&client_secret=s",            400,
         "invalid_request",                                                                                          "scope"        },
        {"t1", "%zz",                                                                    400, "invalid_request",     "form"         },
    };
    struct fixture fixture;
    fixture_open(&fixture, PRINCIPALS FIXTURE_WORLD);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        assert_int_equal(sign_in(&fixture, rows[i].tenant, rows[i].form), rows[i].status);
        if (rows[i].error != NULL) {
            assert_string_equal(fixture_text(&fixture, "error"), rows[i].error);
            assert_non_null(strstr(fixture_text(&fixture, "error_description"), rows[i].text));
        } else {
            assert_string_equal(fixture_text(&fixture, "token_type"), "Bearer");
            assert_int_equal(value_integer(fixture.body, "expires_in", 0), 600);
        }
    }
    fixture_close(&fixture);
}

static void answer_token__runs_out(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_open(&fixture, PRINCIPALS FIXTURE_WORLD);
    fixture.request.authorization = NULL;
    assert_int_equal(sign_in(&fixture, "t1", FORM), 200);
    const char *bearer =
        arena_format(fixture.arena, "Bearer %s", fixture_text(&fixture, "access_token"));
    fixture.request.authorization = bearer;
    assert_int_equal(fixture_get(&fixture, VAULT V), 200);
    fixture.request.now.ms += 10 * MINUTE_MS;
    assert_int_equal(fixture_get(&fixture, VAULT V), 401);
    assert_string_equal(fixture_text(&fixture, "error.code"), "ExpiredAuthenticationToken");
    assert_non_null(fixture_header(&fixture, "www-authenticate"));
    fixture_close(&fixture);
}

static void answer_token__judges_bearers(void **state)
{
    (void)state;
    static const struct {
        bool is_strict;
        const char *authorization, *code; /* NULL: good */
    } rows[] = {
        {false, "Bearer rehearsal",                                      NULL                        },
        {false, "bearer anything",                                       NULL                        },
        {false, NULL,                                                    "InvalidAuthenticationToken"},
        {false, "Basic eDp5",                                            "InvalidAuthenticationToken"},
        {false, "Bearer ",                                               "InvalidAuthenticationToken"},
        {false, "Bearer expired",                                        "ExpiredAuthenticationToken"},
        {false, "Bearer restorectl-sim.99999999999999.0000000000000000",
         "InvalidAuthenticationToken"                                                                },
        {true,  "Bearer rehearsal",                                      "InvalidAuthenticationToken"},
        {true,  "Bearer expired",                                        "ExpiredAuthenticationToken"},
    };
    struct fixture fixture;
    fixture_open(&fixture, FIXTURE_WORLD);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        fixture.world->has_strict_tokens = rows[i].is_strict;
        fixture.request.authorization = rows[i].authorization;
        int status = fixture_get(&fixture, VAULT V);
        assert_int_equal(status, rows[i].code == NULL ? 200 : 401);
        if (rows[i].code != NULL) {
            assert_string_equal(fixture_text(&fixture, "error.code"), rows[i].code);
        }
    }
    fixture_close(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answer_token__checks_who_signs_in),
        cmocka_unit_test(answer_token__runs_out),
        cmocka_unit_test(answer_token__judges_bearers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
