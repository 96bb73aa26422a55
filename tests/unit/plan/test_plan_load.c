/* SPDX-License-Identifier: MIT */
#include "base/clock.h"
#include "base/mem.h"
#include "unit/plan/plan_fixture.h"

#include <dirent.h>
#include <string.h>

#include "base/file.h"
#include "base/limit.h"

/* TESTS_DIR/../ is the project. */
static struct plan *load_file(const char *path, struct problems *problems)
{
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_PLAN_BYTES);
    struct error *error = file_read(path, LIMIT_PLAN_BYTES, &text);
    if (error != NULL) {
        fail_msg("%s", error->text);
    }
    struct plan_inputs inputs = {.kinds = fixture_kinds};
    return plan_load(path, buf_str(&text), &inputs, problems);
}

/* True if the case is one of an invalid plan and nothing else. */
static bool is_refusal(const char *name)
{
    AUTO(buf) struct buf path = BUF_INIT(LIMIT_TEXT_BYTES);
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
    static const char *const files[] = {"cmd", "code"};
    for (size_t i = 0; i < 2; i++) {
        buf_clear(&path);
        buf_format(&path, TESTS_DIR "/cli/validate/%s/%s", name, files[i]);
        if (!file_exists(buf_text(&path))) {
            return false;
        }
        assert_null(file_read(buf_text(&path), LIMIT_TEXT_BYTES, &text));
    }
    return str_equal(str_trim(buf_str(&text)), STR("restorectl validate plan.yaml\n65"));
}

/* Every bad plan of the command-line corpus is refused here as well, whatever prints it. */
static void plan_load__refuses_the_corpus(void **state)
{
    (void)state;
    DIR *folder = opendir(TESTS_DIR "/cli/validate");
    assert_non_null(folder);
    size_t count = 0;
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        if (entry->d_name[0] == '.' || !is_refusal(entry->d_name)) {
            continue;
        }
        AUTO(buf) struct buf path = BUF_INIT(LIMIT_TEXT_BYTES);
        buf_format(&path, TESTS_DIR "/cli/validate/%s/plan.yaml", entry->d_name);
        AUTO(problems) struct problems problems = {0};
        AUTO(plan) struct plan *plan = load_file(buf_text(&path), &problems);
        if (plan != NULL || problems.error_count == 0) {
            fail_msg("%s was accepted", entry->d_name);
        }
        count++;
    }
    closedir(folder);
    assert_true(count >= 30);
}

static void plan_load__accepts_shipped_plans(void **state)
{
    (void)state;
    static const char *const paths[] = {
        TESTS_DIR "/../plans/vm-disks.yaml",
        TESTS_DIR "/../examples/one-vm.yaml",
        TESTS_DIR "/../examples/os-disk-only.yaml",
        TESTS_DIR "/../examples/chosen-luns.yaml",
    };
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        AUTO(problems) struct problems problems = {0};
        AUTO(plan) struct plan *plan = load_file(paths[i], &problems);
        fixture_print(&problems);
        assert_non_null(plan);
        assert_int_equal(problems.count, 0); /* no warnings either */
    }
}

static void plan_load__fills_the_model(void **state)
{
    (void)state;
    AUTO(problems) struct problems problems = {0};
    AUTO(plan) struct plan *plan = load_file(TESTS_DIR "/../plans/vm-disks.yaml", &problems);
    assert_non_null(plan);
    assert_string_equal(plan->name, "shop-disks");
    assert_int_equal(plan->mode, PLAN_MODE_DRILL);
    assert_int_equal(strlen(plan->sha256), 64);
    assert_string_equal(plan_vaults(plan)->subscription, "11111111-2222-3333-4444-555555555555");
    assert_ptr_equal(plan_items(plan)[0].in_vault, plan_vaults(plan));
    static const char *const ids[] = {"db-disks", "web-disks[web-01]", "web-disks[web-02]",
                                      "web-disks[web-03]"};
    assert_int_equal(plan->instance_count, 4);
    for (size_t i = 0; i < 4; i++) {
        const struct plan_instance *instance = &plan->instances[i];
        assert_string_equal(instance->id, ids[i]);
        assert_ptr_equal(instance->item, &plan_items(plan)[i]);
        assert_int_equal(instance->needs_count, i == 0 ? 0 : 1);
        assert_true(i == 0 || instance->needs[0] == 0);
    }
    const struct plan_step *step = &plan_steps(plan)[1];
    assert_int_equal(step->on_failure, PLAN_FAILURE_CONTINUE);
    assert_string_equal(step->rule->base.name, "recent");
    assert_string_equal(step->at_target->resource_group, "drill-lab");
    assert_int_equal(step->rule->max_age_ms, 7 * DAY_MS);
    assert_int_equal(step->rule->pick, PLAN_PICK_LATEST);
}

static void plan_load__keeps_members_of_kinds_in_source(void **state)
{
    (void)state;
    AUTO(problems) struct problems problems = {0};
    AUTO(plan)
    struct plan *plan = fixture_load(FIXTURE_HEAD "steps:\n"
                                                  "  a:\n"
                                                  "    kind: restore-disks\n"
                                                  "    items: [db, web]\n"
                                                  "    disks: {luns: [0, 1]}\n",
                                     &problems);
    assert_non_null(plan);
    const struct value *luns = value_find_path(plan_steps(plan)[0].base.source, "disks.luns");
    assert_non_null(luns);
    assert_int_equal(luns->count, 2);
    assert_string_equal(plan->instances[0].id, "a[db]");
    assert_int_equal(plan->limits->parallel, 20);
    assert_int_equal(plan->limits->timeout_ms, 12 * HOUR_MS);
    assert_int_equal(plan->defaults->timeout_ms, 6 * HOUR_MS);
}

static void plan_load__lays_settings_over_each_other(void **state)
{
    (void)state;
    AUTO(problems) struct problems problems = {0};
    AUTO(plan)
    struct plan *plan = fixture_load(
        FIXTURE_HEAD
        "defaults: {retry: {attempts: 3, backoff: 250ms}, poll: {interval: 0s}, "
        "trigger: {on_doubt: resend}}\n"
        "steps:\n"
        "  a: {kind: restore-disks, items: [db, web], retry: {backoff: 0s}, timeout: 5m, "
        "trigger: {quiet_window: 1m}}\n"
        "  b: {kind: wait}\n",
        &problems);
    fixture_print(&problems);
    assert_non_null(plan);
    const struct plan_step *steps = plan_steps(plan);
    struct plan_retry retry = plan_step_retry(plan, &steps[0]);
    assert_int_equal(retry.attempts, 3);
    assert_int_equal(retry.backoff_ms, 0);
    assert_int_equal(retry.max_backoff_ms, 60 * SECOND_MS);
    assert_int_equal(plan_step_retry(plan, &steps[1]).backoff_ms, 250);
    assert_int_equal(plan_step_timeout_ms(plan, &steps[0]), 5 * MINUTE_MS);
    assert_int_equal(plan_step_timeout_ms(plan, &steps[1]), 6 * HOUR_MS);
    assert_int_equal(plan_step_poll_ms(plan, &steps[0]), 0);
    struct plan_trigger trigger = plan_step_trigger(plan, &steps[0]);
    assert_int_equal(trigger.on_doubt, PLAN_DOUBT_RESEND);
    assert_int_equal(trigger.quiet_ms, MINUTE_MS);
    assert_int_equal(plan_step_trigger(plan, &steps[1]).quiet_ms, -1);
    assert_string_equal(plan->instances[2].id, "b");
    assert_null(plan->instances[2].item);
}

static void plan_load__uses_program_settings_without_others(void **state)
{
    (void)state;
    AUTO(problems) struct problems problems = {0};
    AUTO(plan)
    struct plan *plan = fixture_load("version: 1\nname: x\nsteps: {b: {kind: wait}}\n", &problems);
    assert_non_null(plan);
    const struct plan_step *step = plan_steps(plan);
    assert_int_equal(plan_step_retry(plan, step).attempts, 5);
    assert_int_equal(plan_step_retry(plan, step).backoff_ms, 2 * SECOND_MS);
    assert_int_equal(plan_step_poll_ms(plan, step), -1);
    assert_int_equal(plan_step_trigger(plan, step).on_doubt, -1);
}

/* All of one file together, in the order of their places. */
static void plan_load__reports_all_sorted(void **state)
{
    (void)state;
    AUTO(problems) struct problems problems = {0};
    AUTO(plan)
    struct plan *plan = load_file(TESTS_DIR "/cli/validate/many-at-once/plan.yaml", &problems);
    assert_null(plan);
    static const struct {
        int line, column;
        const char *text;
    } expected[] = {
        {9,  19, "unknown key 'resurce_group' in item"  },
        {11, 44, "'consistency' must be"                },
        {17, 55, "there is no selection rule 'lastgood'"},
        {17, 96, "'os_only' must be true or false"      },
    };
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        if (fixture_find(&problems, expected[i].line, expected[i].column, expected[i].text) ==
            NULL) {
            fixture_print(&problems);
            fail_msg("%s", expected[i].text);
        }
    }
    for (size_t i = 1; i < problems.count; i++) {
        assert_true(problems.items[i - 1].error->line <= problems.items[i].error->line);
    }
}

/* A broken file before this one does not make this one broken. */
static void plan_load__counts_only_its_own_errors(void **state)
{
    (void)state;
    AUTO(problems) struct problems problems = {0};
    AUTO(plan) struct plan *bad = fixture_load("version: 1\n", &problems);
    AUTO(plan)
    struct plan *good = fixture_load("version: 1\nname: x\nsteps: {b: {kind: wait}}\n", &problems);
    assert_null(bad);
    assert_non_null(good);
}

/* I32: every prefix of a plan is accepted or refused, never more. */
static void plan_load__survives_prefixes(void **state)
{
    (void)state;
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_PLAN_BYTES);
    assert_null(file_read(TESTS_DIR "/../plans/vm-disks.yaml", LIMIT_PLAN_BYTES, &text));
    struct plan_inputs inputs = {.kinds = fixture_kinds};
    for (size_t len = 0; len < text.len; len += 3) {
        AUTO(problems) struct problems problems = {0};
        AUTO(plan)
        struct plan *plan =
            plan_load("plan.yaml", str_slice(buf_str(&text), 0, len), &inputs, &problems);
        assert_true((plan == NULL) == (problems.error_count > 0));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plan_load__refuses_the_corpus),
        cmocka_unit_test(plan_load__accepts_shipped_plans),
        cmocka_unit_test(plan_load__fills_the_model),
        cmocka_unit_test(plan_load__keeps_members_of_kinds_in_source),
        cmocka_unit_test(plan_load__lays_settings_over_each_other),
        cmocka_unit_test(plan_load__uses_program_settings_without_others),
        cmocka_unit_test(plan_load__reports_all_sorted),
        cmocka_unit_test(plan_load__counts_only_its_own_errors),
        cmocka_unit_test(plan_load__survives_prefixes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
