/* SPDX-License-Identifier: MIT */
#include "azure/sign_in.h"

#include <string.h>

#include "support/kind_fixture.h"

#define COUNT(rows) (sizeof(rows) / sizeof(*(rows)))

static struct credential client_secret(void)
{
    struct credential credential = {
        .kind = CREDENTIAL_CLIENT_SECRET,
        .authority = "https://login.microsoftonline.com/",
        .tenant = "ten ant",
        .client = "cl&ient",
        .audience = MANAGEMENT,
    };
    secret_set(&credential.client_secret, STR("CANARY+/=& x"));
    return credential;
}

static void open_with(struct kind_fixture *fixture, const struct credential *credential)
{
    kind_open(fixture, sign_in.feed, NULL);
    fixture->credential = credential;
    kind_start(fixture, NULL);
}

static void sign_in__takes_a_ready_token(void **state)
{
    (void)state;
    struct kind_fixture fixture;
    struct credential credential = {.kind = CREDENTIAL_TOKEN};
    secret_set(&credential.token, STR("CANARY"));
    open_with(&fixture, &credential);
    kind_expect_done(&fixture, "{}");
    assert_true(secret_equal(&fixture.effect.secret, &credential.token));
    kind_close(&fixture);
    credential_release(&credential);
}

/* E.1: the request; its body is a secret, and no token goes with it. */
static void sign_in__asks_with_a_client_secret(void **state)
{
    (void)state;
    struct kind_fixture fixture;
    struct credential credential = client_secret();
    open_with(&fixture, &credential);
    const struct http_request *request = &fixture.effect.request;
    kind_expect_send(&fixture, HTTP_POST,
                     "https://login.microsoftonline.com/ten%20ant/oauth2/v2.0/token");
    assert_int_equal(request->flags, HTTP_NO_TOKEN | HTTP_SECRET);
    assert_string_equal(headers_find(&request->headers, "Content-Type"),
                        "application/x-www-form-urlencoded");
    assert_string_equal(buf_text(&request->body),
                        "grant_type=client_credentials&client_id=cl%26ient&client_secret=CANARY%2B"
                        "%2F%3D%26+x&scope=https%3A%2F%2Fmanagement.azure.com%2F.default");
    kind_close(&fixture);
    /* an audience that ends in a slash keeps it (E.1) */
    credential.audience = "https://management.core.windows.net/";
    open_with(&fixture, &credential);
    assert_non_null(strstr(buf_text(&fixture.effect.request.body), "windows.net%2F%2F.default"));
    kind_close(&fixture);
    credential.tenant = "..";
    open_with(&fixture, &credential);
    kind_expect_fail(&fixture, ERR_AUTH, "'..' is not a tenant", NULL);
    kind_close(&fixture);
    credential_release(&credential);
}

static void sign_in__reads_the_token(void **state)
{
    (void)state;
    static const struct {
        const char *expires, *output;
    } rows[] = {
        {"\"expires_in\": 3599",      "{\"lifetime_ms\": 3599000}" },
        {"\"expires_in\": \"86399\"", "{\"lifetime_ms\": 86399000}"},
        {"\"expires_in\": 0",         "{\"lifetime_ms\": 0}"       },
        {"\"expires_in\": -5",        "{\"lifetime_ms\": 3600000}" },
        {"\"expires_in\": \"soon\"",  "{\"lifetime_ms\": 3600000}" },
        {"\"ext\": 1",                "{\"lifetime_ms\": 3600000}" },
    };
    struct credential credential = client_secret();
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct kind_fixture fixture;
        open_with(&fixture, &credential);
        kind_reply(&fixture, 200, NULL,
                   arena_format(fixture.arena,
                                "{\"token_type\": \"Bearer\", \"access_token\": \"t0ken\", %s}",
                                rows[i].expires));
        kind_expect_done(&fixture, rows[i].output);
        assert_true(str_equal(secret_view(&fixture.effect.secret), STR("t0ken")));
        kind_close(&fixture);
    }
    credential_release(&credential);
}

/* A12, E.8, T27: what was refused, what was no answer; never the secret. */
static void sign_in__explains_refusals(void **state)
{
    (void)state;
    static const struct {
        int status;
        const char *body;
        enum error_code code;
        const char *text, *hint;
    } rows[] = {
        {401,
         "{\"error\": \"invalid_client\", \"error_description\": \"AADSTS7000215: Invalid "
         "client secret provided.\\r\\nTrace ID: x\"}",                                             ERR_AUTH,        "invalid_client: AADSTS7000215: Invalid client secret provided. Trace ID: x",
         "its id does not work"                                                                                                                                                                                            },
        {401, "{\"error\": \"invalid_client\", \"error_description\": \"AADSTS7000222: expired\"}",
         ERR_AUTH,                                                                                                   "sign-in was refused (401)",                                                  "has expired"           },
        {400, "{\"error\": \"unauthorized_client\", \"error_description\": \"AADSTS700016: x\"}",
         ERR_AUTH,                                                                                                   "unauthorized_client",                                                        "AZURE_CLIENT_ID is not"},
        {400, "{\"error\": \"invalid_request\", \"error_description\": \"AADSTS90002: x\"}",
         ERR_AUTH,                                                                                                   "invalid_request",                                                            "AZURE_TENANT_ID is not"},
        {400, "\x1b[2J",                                                                            ERR_AUTH,        "sign-in was refused (400)",                                                  "check AZURE_TENANT_ID" },
        {500, NULL,                                                                                 ERR_UNREACHABLE, "cannot reach the sign-in endpoint",                                          "AZURE_AUTHORITY_HOST"  },
        {408, NULL,                                                                                 ERR_UNREACHABLE, "it answered 408 without a token",                                            "AZURE_AUTHORITY_HOST"  },
        {302, NULL,                                                                                 ERR_UNREACHABLE, "it answered 302 without a token",                                            "AZURE_AUTHORITY_HOST"  },
        {200, "<html>",                                                                             ERR_UNREACHABLE, "it answered 200 without a token",                                            "AZURE_AUTHORITY_HOST"  },
        {200, "{\"access_token\": \"\"}",                                                           ERR_UNREACHABLE, "200 without a token",                                                        "the proxy"             },
    };
    struct credential credential = client_secret();
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct kind_fixture fixture;
        open_with(&fixture, &credential);
        kind_reply(&fixture, rows[i].status, NULL, rows[i].body);
        kind_expect_fail(&fixture, rows[i].code, rows[i].text, NULL);
        kind_expect_hint(&fixture, rows[i].hint);
        for (const struct error *error = fixture.effect.error; error != NULL;
             error = error->cause) {
            assert_null(strstr(error->text, "CANARY"));
        }
        kind_close(&fixture);
    }
    struct kind_fixture fixture;
    open_with(&fixture, &credential);
    kind_not_sent(&fixture, false);
    kind_expect_fail(&fixture, ERR_UNREACHABLE, "cannot reach the sign-in endpoint",
                     "connection refused");
    kind_close(&fixture);
    open_with(&fixture, &credential);
    kind_reply_cut(&fixture, 200, NULL, "{\"access_token\": \"t\"}");
    kind_expect_fail(&fixture, ERR_UNREACHABLE, "cannot reach", "the answer was cut");
    kind_cancel(&fixture);
    kind_close(&fixture);
    credential_release(&credential);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sign_in__takes_a_ready_token),
        cmocka_unit_test(sign_in__asks_with_a_client_secret),
        cmocka_unit_test(sign_in__reads_the_token),
        cmocka_unit_test(sign_in__explains_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
