/* SPDX-License-Identifier: MIT */
#include "support/simulator_fixture.h"

static void sim_fault__refuses_bad_specs(void **state)
{
    (void)state;
    static const char *const specs[] = {"",
                                        "oops",
                                        "200",
                                        "429:",
                                        "429:first",
                                        "429:first=0",
                                        "429:ra=x",
                                        "429:when=now",
                                        "reset:ra=1",
                                        "late-job",
                                        "lost:title=x",
                                        "429:path=",
                                        "429:first=1,every",
                                        "late-job:after=soon",
                                        "job-failed:code=UserError",
                                        "delay:ms=5"};
    struct sim_faults faults;
    sim_fault_init(&faults, true);
    for (size_t i = 0; i < sizeof(specs) / sizeof(*specs); i++) {
        struct error *error = sim_fault_add(&faults, specs[i]);
        if (text_equal(specs[i], "429:")) {
            assert_null(error); /* no options at all is fine */
            continue;
        }
        assert_non_null(error);
        assert_int_equal(error->code, ERR_USAGE);
        assert_non_null(strstr(error->hint, "no-location"));
        error_free(error);
    }
    sim_fault_release(&faults);
}

static void sim_fault__counts_as_told(void **state)
{
    (void)state;
    static const struct {
        const char *spec, *expected; /* x: hit */
    } rows[] = {
        {"500",                 "xxxxxxxx"},
        {"500:first=2",         "xx......"},
        {"500:every=3",         "..x..x.."},
        {"500:at=4",            "...x...."},
        {"500:at=4,count=2",    "...xx..."},
        {"500:count=3",         "xxx....."},
        {"500:every=2,count=1", ".x......"},
        {"500:method=post",     "........"},
        {"500:path=BACKUPJOBS", "xxxxxxxx"},
        {"500:path=other",      "........"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct sim_faults faults;
        char seen[9] = "";
        sim_fault_init(&faults, true);
        assert_null(sim_fault_add(&faults, rows[i].spec));
        for (size_t k = 0; k < 8; k++) {
            struct sim_fault_hits hits;
            sim_fault_decide(&faults, "GET", "/x/backupJobs", false, &hits);
            seen[k] = hits.of[SIM_FAULT_STATUS] != NULL ? 'x' : '.';
        }
        assert_string_equal(seen, rows[i].expected);
        sim_fault_release(&faults);
    }
}

/* Parallel requests arrive in any order; each path has a count of its own, so the order cannot
 * show. */
static void sim_fault__counts_by_path_where_time_is_virtual(void **state)
{
    (void)state;
    for (int by_path = 0; by_path <= 1; by_path++) {
        struct sim_faults faults;
        int hit_count = 0;
        sim_fault_init(&faults, by_path == 1);
        assert_null(sim_fault_add(&faults, "500:first=1"));
        for (int i = 0; i < 100; i++) {
            char path[16];
            struct sim_fault_hits hits;
            snprintf(path, sizeof(path), "/%d", i % 50);
            sim_fault_decide(&faults, "GET", path, false, &hits);
            hit_count += hits.of[SIM_FAULT_STATUS] != NULL ? 1 : 0;
        }
        assert_int_equal(hit_count, by_path == 1 ? 50 : 1);
        sim_fault_release(&faults);
    }
}

static void sim_fault__keeps_restore_faults_to_restores(void **state)
{
    (void)state;
    struct sim_faults faults;
    struct sim_fault_hits hits;
    sim_fault_init(&faults, true);
    assert_null(sim_fault_add(&faults, "lost:at=1"));
    assert_null(sim_fault_add(&faults, "job-failed:code=400,title=T,text=a, b=c"));
    sim_fault_decide(&faults, "GET", "/x", false, &hits);
    assert_null(hits.of[SIM_FAULT_LOST]);
    sim_fault_decide(&faults, "POST", "/x", true, &hits);
    assert_non_null(hits.of[SIM_FAULT_LOST]);
    assert_string_equal(hits.of[SIM_FAULT_JOB_FAILED]->outcome.error_text, "a, b=c");
    assert_int_equal(hits.of[SIM_FAULT_JOB_FAILED]->outcome.error_code, 400);
    sim_fault_release(&faults);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sim_fault__refuses_bad_specs),
        cmocka_unit_test(sim_fault__counts_as_told),
        cmocka_unit_test(sim_fault__counts_by_path_where_time_is_virtual),
        cmocka_unit_test(sim_fault__keeps_restore_faults_to_restores),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
