/* SPDX-License-Identifier: MIT */
#include "azure/point_lister.h"

#include "support/kind_fixture.h"

#define COUNT(rows) (sizeof(rows) / sizeof(*(rows)))

static void open_it(struct kind_fixture *fixture, struct arena *memory)
{
    kind_open(fixture, point_lister.feed, arena_alloc(memory, point_lister.state_size));
    kind_start(fixture, "{" ARGUMENTS_ITEM "}");
    kind_expect_send(fixture, HTTP_GET, ITEM_URL "/recoveryPoints" BACKUP_VERSION);
}

/* A point with these members, read; NULL if it was left out. */
static const struct value *read_one(struct kind_fixture *fixture, const char *entry)
{
    kind_reply(fixture, 200, NULL,
               arena_format(fixture->arena, "{\"value\": [%s], \"nextLink\": \"\"}", entry));
    assert_int_equal(fixture->effect.type, EFFECT_DONE);
    const struct value *points = value_find(fixture->effect.output, "points");
    return points->count == 0 ? NULL : points->items[0];
}

/* A49, recordings 25, 29: ids stay as they are; one that cannot stand in a URL is no point. */
static void point_lister__keeps_ids(void **state)
{
    (void)state;
    static const struct {
        const char *name, *id; /* NULL: left out */
    } rows[] = {
        {"\"72892117707916\"",                       "72892117707916"                      },
        {"\"209824867836712\"",                      "209824867836712"                     },
        {"\"2261018173779283322\"",                  "2261018173779283322"                 },
        {"\"12BEA6A4-0000-4000-8000-9cfce85d4fae\"", "12BEA6A4-0000-4000-8000-9cfce85d4fae"},
        {"2261018173779283322",                      "2261018173779283322"                 },
        {"\"\"",                                     NULL                                  },
        {"\".\"",                                    NULL                                  },
        {"\"..\"",                                   NULL                                  },
        {"null",                                     NULL                                  },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct kind_fixture fixture;
        struct arena *memory = arena_new();
        open_it(&fixture, memory);
        const struct value *point =
            read_one(&fixture, arena_format(fixture.arena, "{\"name\": %s, \"properties\": {}}",
                                            rows[i].name));
        if (!text_equal(value_text(point, "id"), rows[i].id)) {
            fail_msg("%s", rows[i].name);
        }
        kind_close(&fixture);
        arena_free(memory);
    }
}

/* F 17: fractions of 0 to 7 digits, which all count, Z, an offset, or no zone, which is UTC. */
static void point_lister__reads_times(void **state)
{
    (void)state;
    static const struct {
        const char *member, *time; /* NULL: none */
    } rows[] = {
        {"\"recoveryPointTime\": \"2021-06-14T10:20:48Z\"",              "2021-06-14T10:20:48.000Z"    },
        {"\"recoveryPointTime\": \"2021-06-14T10:20:48.9Z\"",            "2021-06-14T10:20:48.900Z"    },
        {"\"recoveryPointTime\": \"2021-06-14T10:20:48.12345Z\"",        "2021-06-14T10:20:48.12345Z"  },
        {"\"recoveryPointTime\": \"2021-06-14T10:20:48.0198896Z\"",      "2021-06-14T10:20:48.0198896Z"},
        {"\"recoveryPointTime\": \"2021-06-14T12:20:48.0198896+02:00\"",
         "2021-06-14T10:20:48.0198896Z"                                                                },
        {"\"recoveryPointTime\": \"2021-06-14T12:20:48.5+02:00\"",       "2021-06-14T10:20:48.500Z"    },
        {"\"recoveryPointTime\": \"2021-06-14T10:20:48.5+00:00\"",       "2021-06-14T10:20:48.500Z"    },
        {"\"recoveryPointTime\": \"2021-06-14T10:20:48\"",               "2021-06-14T10:20:48.000Z"    },
        {"\"recoveryPointTimeInUTC\": \"2021-06-14T10:20:48Z\"",         "2021-06-14T10:20:48.000Z"    },
        {"\"recoveryPointTime\": \"6/14/2021 10:20:48 AM\"",             NULL                          },
        {"\"recoveryPointTime\": null",                                  NULL                          },
        {"\"timeRanges\": []",                                           NULL                          },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct kind_fixture fixture;
        struct arena *memory = arena_new();
        open_it(&fixture, memory);
        const struct value *point = read_one(
            &fixture,
            arena_format(fixture.arena, "{\"name\": \"1\", \"properties\": {%s}}", rows[i].member));
        const char *time = value_text(point, "time");
        if (!text_equal(time, rows[i].time)) {
            fail_msg("%s: %s", rows[i].member, time);
        }
        kind_close(&fixture);
        arena_free(memory);
    }
}

/* F 21, C.2: numbers or words, value by value; what nobody knows stays as it came. */
static void point_lister__reads_tiers(void **state)
{
    (void)state;
    static const struct {
        const char *details, *tiers;
    } rows[] = {
        {"[{\"type\": 1, \"status\": 1}, {\"type\": 2, \"status\": 0}]",
         "[{\"tier\": \"snapshot\", \"status\": \"valid\"}, {\"tier\": \"vault\", \"status\": "
         "\"invalid\"}]"                                                          },
        {"[{\"type\": \"InstantRP\", \"status\": \"Valid\"}, {\"type\": \"hardenedrp\", "
         "\"status\": \"DELETED\"}]",                           "[{\"tier\": \"snapshot\", \"status\": \"valid\"}, {\"tier\": \"vault\", \"status\": "
         "\"deleted\"}]"            },
        {"[{\"type\": 3, \"status\": \"Rehydrated\", \"extendedInfo\": {}}, {\"type\": "
         "\"ArchivedRP\", \"status\": 4}, {\"type\": 2, \"status\": 2}, {\"type\": 2, \"status\": "
         "3}]",                                                 "[{\"tier\": \"archive\", \"status\": \"rehydrated\"}, {\"tier\": \"archive\", "
         "\"status\": \"rehydrated\"}, {\"tier\": \"vault\", \"status\": \"disabled\"}, "
         "{\"tier\": \"vault\", \"status\": \"deleted\"}]"},
        {"[{\"type\": \"ColdRP\", \"status\": 9}, {}, 7]",
         "[{\"tier\": \"ColdRP\", \"status\": 9}, {\"tier\": \"unknown\", \"status\": "
         "\"unknown\"}, {\"tier\": \"unknown\", \"status\": \"unknown\"}]"        },
        {"[]",                                                           "[]"     },
        {"null",                                                         "[]"     },
        {"{\"type\": 1}",                                                "[]"     },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct kind_fixture fixture;
        struct arena *memory = arena_new();
        open_it(&fixture, memory);
        const struct value *point =
            read_one(&fixture, arena_format(fixture.arena,
                                            "{\"name\": \"1\", \"properties\": "
                                            "{\"recoveryPointTierDetails\": %s}}",
                                            rows[i].details));
        kind_expect_equal(value_find(point, "tiers"), rows[i].tiers);
        kind_close(&fixture);
        arena_free(memory);
    }
}

/* Versions of the API after the one asked for say whether a threat was found. */
static void point_lister__reads_threats(void **state)
{
    (void)state;
    static const struct {
        const char *member, *threat; /* NULL: none */
    } rows[] = {
        {"\"threatStatus\": \"Healthy\"",      "none"     },
        {"\"threatStatus\": \"UnHealthy\"",    "unhealthy"},
        {"\"threatStatus\": \"Warning\"",      "warning"  },
        {"\"threatStatus\": \"NotAvailable\"", "unknown"  },
        {"\"threatStatus\": \"Unknown\"",      "unknown"  },
        {"\"threatStatus\": \"Later\"",        "Later"    },
        {"\"osType\": \"Linux\"",              NULL       },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct kind_fixture fixture;
        struct arena *memory = arena_new();
        open_it(&fixture, memory);
        const struct value *point = read_one(
            &fixture,
            arena_format(fixture.arena, "{\"name\": \"1\", \"properties\": {%s}}", rows[i].member));
        const char *threat = value_text(point, "threat");
        if (!text_equal(threat, rows[i].threat)) {
            fail_msg("%s: %s", rows[i].member, threat);
        }
        kind_close(&fixture);
        arena_free(memory);
    }
}

/* C.1, all pages. */
static void point_lister__reads_all_pages(void **state)
{
    (void)state;
    struct kind_fixture fixture;
    struct arena *memory = arena_new();
    open_it(&fixture, memory);
    kind_reply(
        &fixture, 200, NULL,
        "{\"value\": [{\"id\": \"/x\", \"name\": \"1\", \"properties\": {\"objectType\": "
        "\"IaasVMRecoveryPoint\", \"recoveryPointType\": \"appconsistent\", "
        "\"recoveryPointTime\": \"2021-06-14T10:20:48Z\", \"isManagedVirtualMachine\": true, "
        "\"isSourceVMEncrypted\": true, \"osType\": \"Linux\", \"virtualMachineSize\": "
        "\"Standard_D2s_v3\", \"unheard\": {}}}], \"nextLink\": \"/2?x\"}");
    kind_expect_send(&fixture, HTTP_GET, MANAGEMENT "/2?x");
    kind_reply(&fixture, 200, NULL,
               "{\"value\": [{\"name\": \"2\", \"properties\": {\"recoveryPointType\": "
               "\"FileSystemConsistent\"}}, {\"name\": \"3\", \"properties\": {"
               "\"recoveryPointType\": \"CrashConsistent\"}}, {\"name\": \"4\", \"properties\": {"
               "\"recoveryPointType\": \"Log\"}}, {\"name\": \"5\"}, 7]}");
#define REST                                                                                       \
    ", \"tiers\": [], \"is_managed\": false, \"is_encrypted\": false, \"os\": null, "              \
    "\"vm_size\": null}"
    kind_expect_done(
        &fixture,
        "{\"points\": [{\"id\": \"1\", \"time\": \"2021-06-14T10:20:48.000Z\", \"consistency\": "
        "\"application\", \"tiers\": [], \"is_managed\": true, \"is_encrypted\": true, \"os\": "
        "\"Linux\", \"vm_size\": \"Standard_D2s_v3\"},"
        "{\"id\": \"2\", \"consistency\": \"file-system\"" REST ","
        "{\"id\": \"3\", \"consistency\": \"crash\"" REST ","
        "{\"id\": \"4\", \"consistency\": \"Log\"" REST ","
        "{\"id\": \"5\", \"consistency\": \"unknown\"" REST "]}");
    kind_close(&fixture);
    arena_free(memory);
}

static void point_lister__says_what_it_cannot_read(void **state)
{
    (void)state;
    static const struct {
        int status;
        const char *body;
        enum error_code code;
        const char *text;
    } rows[] = {
        {403, NULL,                                         ERR_AUTH,        "Azure answered 403"},
        {404, NULL,                                         ERR_REFUSED,     "Azure answered 404"},
        {200, "<html>",                                     ERR_UNREACHABLE, "expected JSON"     },
        {200, "{}",                                         ERR_UNREACHABLE, "not a list"        },
        {200, "{\"value\": [], \"nextLink\": \"nowhere\"}", ERR_UNREACHABLE, "no usable address" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct kind_fixture fixture;
        struct arena *memory = arena_new();
        open_it(&fixture, memory);
        kind_reply(&fixture, rows[i].status, NULL, rows[i].body);
        kind_expect_fail(&fixture, rows[i].code, "cannot list recovery points of 'db'",
                         rows[i].text);
        kind_close(&fixture);
        arena_free(memory);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(point_lister__keeps_ids),
        cmocka_unit_test(point_lister__reads_times),
        cmocka_unit_test(point_lister__reads_threats),
        cmocka_unit_test(point_lister__reads_tiers),
        cmocka_unit_test(point_lister__reads_all_pages),
        cmocka_unit_test(point_lister__says_what_it_cannot_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
