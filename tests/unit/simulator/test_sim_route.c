/* SPDX-License-Identifier: MIT */
#include "support/simulator_fixture.h"

static void sim_route__says_what_it_does_not_know(void **state)
{
    (void)state;
    static const struct {
        const char *method, *target;
        int status;
        const char *code;
    } rows[] = {
        {"GET",  VAULT V,                                 200, NULL                        },
        {"GET",  VAULT "/" V,                             200, NULL                        },
        {"GET",
         "/SUBSCRIPTIONS/sub1/resourcegroups/BACKUP/providers/microsoft.recoveryservices/Vaults/"
         "payroll-vault" V,
         200,                                                  NULL                        },
        {"GET",  VAULT "?API-version=2025-02-01-preview", 200, NULL                        },
        {"GET",  VAULT,                                   400, "MissingApiVersionParameter"},
        {"GET",  VAULT "?api-version=",                   400, "MissingApiVersionParameter"},
        {"GET",  VAULT "?api-version=latest",             400, "InvalidApiVersionParameter"},
        {"GET",  VAULT "?api-version=2025-02-01x",        400, "InvalidApiVersionParameter"},
        {"PUT",  VAULT V,                                 405, "MethodNotAllowed"          },
        {"POST", VAULT "/backupJobs" V,                   405, "MethodNotAllowed"          },
        {"GET",  VAULT "/backupPolicies" V,               404, "ResourceNotFound"          },
        {"GET",  "/subscriptions//subscriptions/sub1" V,  404, "ResourceNotFound"          },
        {"POST", "/x" V,                                  404, "ResourceNotFound"          },
        {"GET",  "/" V,                                   404, "ResourceNotFound"          },
        {"GET",  VAULT "?a=%zz",                          400, "BadRequest"                },
        {"GET",  "/%00" V,                                400, "BadRequest"                },
    };
    struct fixture fixture;
    fixture_open(&fixture, FIXTURE_WORLD);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        int status = fixture_ask(&fixture, rows[i].method, rows[i].target, NULL);
        if (status != rows[i].status) {
            fail_msg("row %zu: %d", i, status);
        }
        if (rows[i].code != NULL) {
            assert_string_equal(fixture_text(&fixture, "error.code"), rows[i].code);
            assert_non_null(fixture_text(&fixture, "error.message"));
        }
    }
    fixture_close(&fixture);
}

/* azure-surface 0.4 */
static void sim_route__adds_the_usual_headers(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_open(&fixture, FIXTURE_WORLD);
    fixture_get(&fixture, VAULT V);
    assert_string_equal(fixture_header(&fixture, "date"), "Mon, 02 Nov 2026 08:00:00 GMT");
    assert_string_equal(fixture_header(&fixture, "content-type"), "application/json");
    assert_non_null(fixture_header(&fixture, "x-ms-correlation-request-id"));
    assert_null(fixture_header(&fixture, "x-ms-client-request-id"));
    const char *id = arena_text(fixture.arena, fixture_header(&fixture, "x-ms-request-id"));
    assert_int_equal(strlen(id), 36);
    fixture.request.wants_echo = true;
    fixture_get(&fixture, VAULT V);
    assert_string_equal(fixture_header(&fixture, "x-ms-request-id"), id);
    assert_string_equal(fixture_header(&fixture, "x-ms-client-request-id"),
                        fixture.request.client_request_id);
    fixture.request.now.ms++;
    fixture_get(&fixture, VAULT V);
    assert_string_not_equal(fixture_header(&fixture, "x-ms-request-id"), id);
    fixture_close(&fixture);
}

/* azure-surface C.8, D.6 */
static void sim_route__throttles(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_open(&fixture, FIXTURE_WORLD);
    fixture_fault(&fixture, "429:first=1,ra=324");
    assert_int_equal(fixture_get(&fixture, VAULT V), 429);
    assert_string_equal(fixture_text(&fixture, "error.code"), "ResourceRequestsThrottled");
    assert_non_null(
        strstr(fixture_text(&fixture, "error.message"), "Please try again after '324' seconds."));
    assert_string_equal(fixture_header(&fixture, "retry-after"), "324");
    assert_string_equal(fixture.reply.fault, "429:first=1,ra=324");
    assert_int_equal(fixture_get(&fixture, VAULT V), 200);
    assert_null(fixture.reply.fault);
    fixture_close(&fixture);
}

static void sim_route__fails_before_or_after_the_work(void **state)
{
    (void)state;
    static const struct {
        const char *fault;
        int status;
        bool is_dropped;
        size_t job_count;
    } rows[] = {
        {"503:method=POST",            503, false, 0},
        {"503:method=POST,when=after", 503, false, 1},
        {"reset",                      0,   true,  0},
        {"lost",                       202, true,  1},
        {"truncate",                   202, false, 1}, /* an empty body cannot be cut */
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct fixture fixture;
        fixture_open(&fixture, FIXTURE_WORLD);
        fixture_fault(&fixture, rows[i].fault);
        assert_int_equal(fixture_ask(&fixture, "POST", POINT "/restore" V, RESTORE_BODY("")),
                         rows[i].status);
        assert_true(fixture.reply.is_dropped == rows[i].is_dropped);
        assert_false(fixture.reply.is_cut);
        assert_int_equal(fixture_job_count(&fixture), rows[i].job_count);
        assert_null(fixture_header(&fixture, rows[i].status == 503 ? "location" : "x-none"));
        fixture_close(&fixture);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sim_route__says_what_it_does_not_know),
        cmocka_unit_test(sim_route__adds_the_usual_headers),
        cmocka_unit_test(sim_route__throttles),
        cmocka_unit_test(sim_route__fails_before_or_after_the_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
