/* SPDX-License-Identifier: MIT */
/* The server itself, over real sockets: what cannot be seen without one. */
#include "base/mem.h"
#include "support/simulator_fixture.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limit.h"
#include "base/number.h"
#include "data/yaml_read.h"
#include "simulator/simulator.h"
#include "support/http_client.h"

struct server {
    struct arena *arena;
    struct simulator *simulator;
    struct buf answer;
};

static struct error *start(struct server *server, struct simulator_options options,
                           const char *yaml)
{
    AUTO(problems) struct problems problems = {0};
    *server = (struct server){.arena = arena_new()};
    buf_init(&server->answer, LIMIT_TEXT_BYTES);
    assert_true(yaml_read(server->arena, "w", str_from(yaml), &problems, &options.world));
    return simulator_start(&options, &problems, &server->simulator);
}

static void stop(struct server *server)
{
    simulator_stop(server->simulator);
    buf_release(&server->answer);
    arena_free(server->arena);
}

static const char *ask(struct server *server, const char *method, const char *target,
                       const char *now_ms, const char *body)
{
    const char *text = arena_format(
        server->arena,
        "%s %s HTTP/1.1\r\nHost: localhost:1\r\nConnection: close\r\nAuthorization: Bearer "
        "rehearsal\r\n"
        "Content-Type: application/json\r\nx-restorectl-now: %s\r\nx-ms-client-request-id: r1\r\n"
        "Content-Length: %zu\r\n\r\n%s",
        method, target, now_ms, strlen(body), body);
    buf_clear(&server->answer);
    assert_true(http_client_exchange(simulator_origin(server->simulator), text, &server->answer));
    return buf_text(&server->answer);
}

static void simulator__serves_a_restore_in_virtual_time(void **state)
{
    (void)state;
    struct server server;
    assert_null(start(&server, (struct simulator_options){.is_virtual = true}, FIXTURE_WORLD));
    assert_int_equal(simulator_begin(server.simulator).ms, FIXTURE_NOW);
    const char *answer =
        ask(&server, "POST", POINT "/restore" V, "1793606400000", RESTORE_BODY(MANAGED));
    assert_true(str_starts_with(str_from(answer), STR("HTTP/1.1 202 ")));
    assert_non_null(strstr(answer, "Date: Mon, 02 Nov 2026 08:00:00 GMT\r\n"));
    assert_null(strstr(strstr(answer, "Date:") + 1, "Date:"));
    assert_non_null(strstr(answer, "Content-Length: 0\r\n"));
    /* The client's own name for us stands in what it shall follow. */
    assert_non_null(strstr(answer, "Azure-AsyncOperation: http://localhost:1/Subscriptions/"));
    answer = ask(&server, "GET", VAULT "/backupJobs" V, "1793610000000", "");
    assert_non_null(strstr(answer, "\"status\":\"Completed\""));
    AUTO(buf) struct buf truth = BUF_INIT(LIMIT_TEXT_BYTES);
    simulator_truth(server.simulator, &truth);
    assert_non_null(
        strstr(buf_text(&truth), "\"vm\":\"db01\",\"point\":\"72892117707916\",\"count\":1}]"));
    assert_non_null(strstr(buf_text(&truth), "\"requests\":2}"));
    stop(&server);
}

/* reliability 6: lost replies, resets, cut bodies */
static void simulator__breaks_connections_on_purpose(void **state)
{
    (void)state;
    static const char *const faults[] = {"lost:at=1", "reset:path=vault,method=GET,at=1",
                                         "truncate:method=GET,first=2", NULL};
    struct server server;
    assert_null(start(&server, (struct simulator_options){.is_virtual = true, .faults = faults},
                      FIXTURE_WORLD));
    assert_string_equal(ask(&server, "POST", POINT "/restore" V, "1793606400000", RESTORE_BODY("")),
                        "");
    assert_string_equal(ask(&server, "GET", VAULT V, "1793606400000", ""), "");
    struct str answer = str_from(ask(&server, "GET", VAULT V, "1793606400000", ""));
    size_t body = str_find(answer, STR("\r\n\r\n"));
    assert_true(str_starts_with(answer, STR("HTTP/1.1 200 ")));
    assert_true(str_find(answer, STR("\"location\"")) > body);
    assert_false(str_ends_with(answer, STR("}")));
    answer = str_from(ask(&server, "GET", VAULT V, "1793606400000", ""));
    assert_true(str_ends_with(answer, STR("}")));
    AUTO(buf) struct buf truth = BUF_INIT(LIMIT_TEXT_BYTES);
    simulator_truth(server.simulator, &truth);
    assert_non_null(strstr(buf_text(&truth), "\"count\":1"));
    stop(&server);
}

static void simulator__logs_requests_without_tokens(void **state)
{
    (void)state;
    char folder[] = "/tmp/restorectl-simulator-XXXXXX";
    assert_non_null(mkdtemp(folder));
    AUTO(buf) struct buf log = BUF_INIT(LIMIT_TEXT_BYTES);
    struct server server;
    char path[64];
    snprintf(path, sizeof(path), "%s/log.ndjson", folder);
    assert_null(start(&server, (struct simulator_options){.request_log = path}, FIXTURE_WORLD));
    ask(&server, "GET", VAULT V, "0", "");
    ask(&server, "POST", POINT "/restore" V, "0", "{}");
    ask(&server, "POST", "/t/oauth2/token", "0", "client_secret=canary");
    stop(&server);
    assert_null(file_read(path, LIMIT_TEXT_BYTES, &log));
    assert_non_null(strstr(buf_text(&log), "{\"seq\":1,\"time\":\"2026-11-02T08:00:0"));
    assert_non_null(strstr(buf_text(&log), "\"query\":\"api-version=2025-02-01\",\"status\":200,"
                                           "\"client_request_id\":\"r1\",\"fault\":null}\n"));
    assert_non_null(strstr(buf_text(&log), "\"body\":\"{}\""));
    assert_null(strstr(buf_text(&log), "canary"));
    assert_null(strstr(buf_text(&log), "rehearsal"));
    unlink(path);
    rmdir(folder);
}

static void simulator__refuses_what_it_cannot_do(void **state)
{
    (void)state;
    static const char *const bad_fault[] = {"oops", NULL};
    static const struct {
        struct simulator_options options;
        const char *world;
        enum error_code code;
    } rows[] = {
        {{.address = "0.0.0.0"},                 FIXTURE_WORLD,                       ERR_USAGE},
        {{.address = "example.com"},             FIXTURE_WORLD,                       ERR_USAGE},
        {{.port = 70000},                        FIXTURE_WORLD,                       ERR_USAGE},
        {{.faults = bad_fault},                  FIXTURE_WORLD,                       ERR_USAGE},
        {{.request_log = "/no/such/folder/log"}, FIXTURE_WORLD,                       ERR_IO   },
        {{0},                                    "faults: [ '1:a' ]\n" FIXTURE_WORLD, ERR_USAGE},
        {{0},                                    "seed: x\n" FIXTURE_WORLD,           ERR_PLAN },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct server server;
        struct error *error = start(&server, rows[i].options, rows[i].world);
        assert_non_null(error);
        assert_int_equal(error->code, rows[i].code);
        error_free(error);
        stop(&server);
    }
}

static void simulator__says_when_the_port_is_taken(void **state)
{
    (void)state;
    struct server first;
    struct server second;
    assert_null(start(&first, (struct simulator_options){0}, FIXTURE_WORLD));
    int64_t port;
    assert_true(number_parse(str_from(strrchr(simulator_origin(first.simulator), ':') + 1), 1,
                             65535, &port));
    struct error *error =
        start(&second, (struct simulator_options){.port = (int)port}, FIXTURE_WORLD);
    assert_non_null(error);
    assert_int_equal(error->code, ERR_IO);
    error_free(error);
    stop(&second);
    stop(&first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(simulator__serves_a_restore_in_virtual_time),
        cmocka_unit_test(simulator__breaks_connections_on_purpose),
        cmocka_unit_test(simulator__logs_requests_without_tokens),
        cmocka_unit_test(simulator__refuses_what_it_cannot_do),
        cmocka_unit_test(simulator__says_when_the_port_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
