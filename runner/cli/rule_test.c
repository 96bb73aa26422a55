/* SPDX-License-Identifier: MIT */
#include "cli/rule_test.h"

#include "base/file.h"
#include "base/limit.h"
#include "base/mem.h"
#include "cli/diagnostics.h"
#include "cli/rule_points.h"
#include "cli/wire.h"
#include "data/decode_scalar.h"
#include "data/yaml_read.h"
#include "plan/names.h"
#include "plan/plan_table.h"

#define ANY_SEED 1

struct fixture {
    struct rule_given given;
    const char *plan;
    struct records rules, tests;
};

/* clang-format off */
#define AT(type, member) offsetof(struct type, member)

static const struct decode_field given_fields[] = {
    {.name = "now", .type = DECODE_TIME, .offset = AT(rule_given, now), .example = "2026-11-02T08:00:00Z",
     .doc = "when the rule is asked; absent: when the points were saved"},
    {.name = "seed", .type = DECODE_INTEGER, .offset = AT(rule_given, seed), .max = INT32_MAX, .example = "7",
     .doc = "of the draw, for a rule that picks at random and has no seed; absent: 1"},
    {.name = "points", .type = DECODE_RECORD_LIST, .offset = AT(rule_given, points), .table = &rule_point_table,
     .doc = "the points there are"},
    {.name = "points_file", .type = DECODE_TEXT, .offset = AT(rule_given, points_file), .flags = DECODE_NOT_EMPTY,
     .example = "db-points.json", .doc = "or a file that `restorectl points --format json` has saved"},
    {.name = "item", .type = DECODE_TEXT, .offset = AT(rule_given, item), .flags = DECODE_NOT_EMPTY,
     .example = "db", .doc = "the item whose saved points are meant, where there are several"},
    {0},
};

static const struct decode_field test_fields[] = {
    {.name = "rule", .type = DECODE_TEXT, .offset = AT(rule_test, rule), .flags = DECODE_REQUIRED | DECODE_NOT_EMPTY,
     .example = "last-good", .doc = "the rule that is asked"},
    {.name = "expect", .type = DECODE_TEXT, .offset = AT(rule_test, expect), .flags = DECODE_NOT_EMPTY,
     .example = "\"72892117707916\"", .doc = "id of the point it chooses, or none"},
    {.name = "by", .type = DECODE_TEXT, .offset = AT(rule_test, by), .flags = DECODE_NOT_EMPTY,
     .example = "any-vaulted", .doc = "the rule of the ladder that chooses, or the last one tried"},
    {.name = "why", .type = DECODE_ANY, .offset = AT(rule_test, why), .flags = DECODE_NOT_EMPTY,
     .example = "{ \"72892117707916\": too-old }", .doc = "verdicts by the id of the point"},
    {0},
};
static const struct decode_table test_table = {
    .name = "test", .doc = "A test of a selection rule.", .fields = test_fields, .more = given_fields,
    .size = sizeof(struct rule_test)};

static const struct decode_field fixture_fields[] = {
    {.name = "plan", .type = DECODE_TEXT, .offset = AT(fixture, plan), .flags = DECODE_NOT_EMPTY,
     .example = "../plans/vm-disks.yaml", .doc = "the plan whose rules are tested, seen from this file"},
    {.name = "rules", .type = DECODE_RECORD_MAP, .offset = AT(fixture, rules), .table = &plan_rule_table,
     .flags = DECODE_NOT_EMPTY, .doc = "or rules, as in a plan's selection"},
    {.name = "tests", .type = DECODE_RECORD_MAP, .offset = AT(fixture, tests), .table = &test_table,
     .flags = DECODE_REQUIRED | DECODE_NOT_EMPTY, .doc = "tests by name"},
    {0},
};
static const struct decode_table fixture_table = {
    .name = "fixture", .doc = "Tests of selection rules.", .fields = fixture_fields, .more = given_fields,
    .size = sizeof(struct fixture)};
/* clang-format on */

/* A file of saved points; read once. */
struct saved {
    const char *path;
    const struct value *items; /* NULL: it cannot be used, and that was said */
};

struct reading {
    const struct options *options;
    struct arena *arena;
    struct problems *problems;
    struct rule_tests *tests;
    struct fixture *fixture;
    const struct records *rules; /* NULL: they are not known */
    struct names rule_names;
    struct {
        VEC(struct saved);
    } saved;
};

static void complain(struct reading *reading, struct position at, struct error *error)
{
    problems_add(reading->problems, error_at(error, at));
}

static bool says(const struct rule_given *given, const char *member)
{
    const struct value *value = value_find(given->base.source, member);
    return value != NULL && !decode_is_null(value);
}

/* As seen from the fixture file. */
static const char *path_of(const struct reading *reading, const char *path)
{
    struct str folder = file_folder_of(reading->tests->file);
    bool is_here = str_equal(folder, STR("."));
    return path[0] == '/' || is_here
               ? path
               : arena_format(reading->arena, STR_FMT "/%s", STR_ARG(folder), path);
}

/* ------------------------------------------------------------------ the rules */

static struct error *read_plan(struct reading *reading)
{
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_PLAN_BYTES);
    AUTO(problems) struct problems problems = {0};
    struct error *error = NULL;
    const struct fixture *fixture = reading->fixture;
    const char *path = path_of(reading, fixture->plan);
    struct plan *plan = wire_read_plan(reading->options, path, &text, &problems, &error);
    if (error != NULL && error->code == ERR_USAGE) {
        return error;
    }
    reading->tests->plan = plan;
    if (plan != NULL) { /* its warnings are for `validate` */
        reading->rules = &plan->selection;
        return NULL;
    }
    diagnostics_problems(&reading->tests->talk, &problems, path, buf_str(&text));
    struct position at = decoded_at(&fixture->given.base, "plan");
    if (error == NULL) {
        complain(reading, at, error_new(ERR_PLAN, "plan '%s' is not valid", path));
    } else {
        complain(reading, at, error);
    }
    return NULL;
}

static struct error *read_rules(struct reading *reading)
{
    struct fixture *fixture = reading->fixture;
    bool is_plan = fixture->plan != NULL;
    bool is_own = says(&fixture->given, "rules");
    if (is_plan && is_own) {
        complain(reading, decoded_at(&fixture->given.base, "rules"),
                 error_hint(error_new(ERR_PLAN, "fixture has both 'plan' and 'rules'"),
                            "take one of them out"));
        return NULL;
    }
    if (is_plan) {
        TRY(read_plan(reading));
    } else if (is_own && fixture->rules.is_set) {
        reading->rules = &fixture->rules;
    } else if (!is_own && !says(&fixture->given, "plan")) {
        complain(reading, fixture->given.base.source->at,
                 error_hint(error_new(ERR_PLAN, "fixture has no rules to test"),
                            "add plan: and the path of a plan, or rules: and a selection section"));
    }
    if (reading->rules != NULL) {
        reading->rule_names =
            names_init(reading->arena, "selection rule", is_plan ? "selection" : "rules",
                       reading->rules, sizeof(struct plan_rule));
    }
    if (is_own && reading->rules != NULL) {
        names_check_form(&reading->rule_names, reading->problems);
        rule_check_all(reading->rules, &reading->rule_names, reading->problems);
    }
    return NULL;
}

static const struct plan_rule *refer_rule(struct reading *reading, const struct rule_test *test,
                                          const char *name, const char *member)
{
    if (name == NULL || reading->rules == NULL) {
        return NULL;
    }
    const struct plan_rule *rules = reading->rules->items;
    size_t found = names_refer(&reading->rule_names, name, decoded_at(&test->given.base, member),
                               reading->problems);
    return found == SIZE_MAX ? NULL : &rules[found];
}

/* ------------------------------------------------------------------ the points */

static void complain_of_both(struct reading *reading, const struct rule_given *given,
                             const char *member)
{
    complain(reading, decoded_at(&given->base, member),
             error_hint(error_new(ERR_PLAN, "'%s' does not go with 'points'", member),
                        "take one of them out"));
}

static void check_given(struct reading *reading, const struct rule_given *given)
{
    rule_points_check(reading->arena, &given->points, reading->problems);
    if (given->points.is_set && (given->points_file != NULL || given->item != NULL)) {
        const char *member = given->points_file != NULL ? "points_file" : "item";
        complain_of_both(reading, given, member);
    }
}

static const struct value *saved_items(struct reading *reading, const char *path,
                                       struct position at)
{
    for (size_t i = 0; i < reading->saved.count; i++) {
        if (text_equal(reading->saved.items[i].path, path)) {
            return reading->saved.items[i].items;
        }
    }
    struct saved saved = {.path = path};
    struct error *error = rule_points_load(reading->arena, path, &saved.items);
    if (error != NULL) {
        complain(reading, at, error);
    }
    vec_push(&reading->saved, saved);
    return saved.items;
}

static const char *saved_name(const struct value *item)
{
    const char *name = value_text(item, "item");
    return name == NULL ? "" : name;
}

/* {item, now, points, …} of the item that is meant; of an item that stands there for several rules
 * the first: its points are the same. */
static const struct value *saved_item(struct reading *reading, const struct rule_given *given,
                                      const struct rule_given *named)
{
    struct position at = decoded_at(&given->base, "points_file");
    const struct value *items = saved_items(reading, path_of(reading, given->points_file), at);
    if (items == NULL) {
        return NULL;
    }
    struct decoded *list = ARENA_ARRAY(reading->arena, struct decoded, items->count);
    struct records records = {.items = list, .count = items->count};
    bool is_one = true;
    for (size_t i = 0; i < items->count; i++) {
        list[i].name = saved_name(items->items[i]);
        is_one = is_one && text_equal(list[i].name, list[0].name);
    }
    struct names names = names_init(reading->arena, "item", "items", &records, sizeof(list[0]));
    if (named->item != NULL) {
        size_t found =
            names_refer(&names, named->item, decoded_at(&named->base, "item"), reading->problems);
        return found == SIZE_MAX ? NULL : items->items[found];
    }
    if (!is_one) {
        complain(
            reading, at,
            error_hint(error_new(ERR_PLAN, "'%s' has points of several items", given->points_file),
                       "add item: and the name of one, such as %s", list[0].name));
        return NULL;
    }
    return items->items[0];
}

/* ------------------------------------------------------------------ the tests */

static bool says_points(const struct rule_given *given)
{
    return says(given, "points") || says(given, "points_file");
}

/* Of what the test or else the file says.  False: it cannot be found out, and that was said. */
static bool place_points(struct reading *reading, struct rule_test *test)
{
    struct select_request *request = &test->request;
    const struct rule_given *all = &reading->fixture->given;
    const struct rule_given *given = says_points(&test->given) ? &test->given : all;
    const struct value *saved = NULL;
    if (!says_points(given)) {
        complain(reading, test->given.base.name_at,
                 error_hint(error_new(ERR_PLAN, "test '%s' has no points", test->given.base.name),
                            "add points: or points_file:, here or for the whole file"));
        return false;
    }
    if (given->points_file != NULL) {
        saved = saved_item(reading, given, test->given.item != NULL ? &test->given : all);
    } else if (given == all && test->given.item != NULL) {
        complain_of_both(reading, &test->given, "item");
    }
    request->now = test->given.now.ms != INT64_MIN ? test->given.now : all->now;
    bool has_now = request->now.ms != INT64_MIN ||
                   utc_parse(str_from(value_text(saved, "now")), 0, &request->now);
    bool is_said = says(&test->given, "now") || says(all, "now");
    if (!has_now && !is_said && (saved != NULL || given->points_file == NULL)) {
        complain(reading, test->given.base.name_at,
                 error_hint(error_new(ERR_PLAN, "test '%s' has no time", test->given.base.name),
                            "add now:, here or for the whole file"));
    }
    bool is_listed = given->points_file == NULL && given->points.is_set;
    request->points = is_listed && has_now
                          ? rule_points_list(reading->arena, &given->points, request->now)
                          : saved;
    return request->points != NULL && has_now;
}

static void check_verdict(struct reading *reading, const struct value_member *member)
{
    const struct value *verdict = member->value;
    for (size_t i = 0; i < VERDICT_COUNT; i++) {
        if (verdict->type == VALUE_TEXT && str_equal(verdict->text, str_from(verdict_names[i]))) {
            return;
        }
    }
    if (verdict->type != VALUE_TEXT) {
        complain(
            reading, verdict->at,
            error_new(ERR_PLAN, "a verdict must be text, not %s", value_type_name(verdict->type)));
        return;
    }
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
    struct error *error =
        error_new(ERR_PLAN, "there is no verdict '%s'", names_shown(&text, verdict->text));
    const char *near = str_suggest(verdict->text, verdict_names, VERDICT_COUNT);
    buf_clear(&text);
    for (size_t i = 0; i < VERDICT_COUNT; i++) {
        buf_format(&text, "%s%s", i == 0 ? "" : ", ", verdict_names[i]);
    }
    complain(reading, verdict->at,
             near != NULL ? error_hint(error, "did you mean '%s'?", near)
                          : error_hint(error, "verdicts: %s", buf_text(&text)));
}

/* An id that no point has is a slip of the pen, not a failure. */
static void check_ids(struct reading *reading, const struct rule_test *test)
{
    const struct value *points = value_find(test->request.points, "points");
    size_t count = points == NULL || points->type != VALUE_LIST ? 0 : points->count;
    struct decoded *ids = ARENA_ARRAY(reading->arena, struct decoded, count);
    struct records records = {.items = ids, .count = count};
    for (size_t i = 0; i < count; i++) {
        const char *id = value_text(points->items[i], "id");
        ids[i].name = id == NULL ? "" : id;
    }
    struct names names = names_init(reading->arena, "point", "points", &records, sizeof(ids[0]));
    if (test->expect != NULL && !text_equal(test->expect, RULE_TEST_NO_POINT)) {
        names_refer(&names, test->expect, decoded_at(&test->given.base, "expect"),
                    reading->problems);
    }
    for (size_t i = 0; test->why != NULL && i < test->why->count; i++) {
        names_refer(&names, test->why->members[i].name.at, test->why->members[i].name_at,
                    reading->problems);
    }
}

static void check_why(struct reading *reading, struct rule_test *test)
{
    if (test->why != NULL && test->why->type != VALUE_MAP) {
        complain(reading, test->why->at,
                 error_hint(error_new(ERR_PLAN, "'why' must be a map, not %s",
                                      value_type_name(test->why->type)),
                            "write why: { \"ID\": too-old }"));
        test->why = NULL;
    }
    for (size_t i = 0; test->why != NULL && i < test->why->count; i++) {
        check_verdict(reading, &test->why->members[i]);
    }
}

static void place_test(struct reading *reading, struct rule_test *test)
{
    const struct rule_given *given = &test->given;
    bool has_seed = says(given, "seed") || says(&reading->fixture->given, "seed");
    int64_t seed = says(given, "seed") ? given->seed : reading->fixture->given.seed;
    test->request.seed = (uint64_t)(has_seed ? seed : ANY_SEED);
    test->request.rule = refer_rule(reading, test, test->rule, "rule");
    (void)refer_rule(reading, test, test->by, "by");
    if (!says(given, "expect") && !says(given, "why") && !says(given, "by")) {
        complain(reading, given->base.name_at,
                 error_hint(error_new(ERR_PLAN, "test '%s' expects nothing", given->base.name),
                            "add expect: and the id of a point, or none"));
    }
    check_given(reading, given);
    check_why(reading, test);
    if (place_points(reading, test)) {
        check_ids(reading, test);
    }
}

static struct error *read_fixture(struct reading *reading, const struct value *root)
{
    struct fixture *fixture = ARENA_NEW(reading->arena, struct fixture);
    struct rule_tests *tests = reading->tests;
    reading->fixture = fixture;
    decode(reading->arena, &fixture_table, root, 0, reading->problems, fixture);
    if (root->type != VALUE_MAP) {
        return NULL;
    }
    TRY(read_rules(reading));
    check_given(reading, &fixture->given);
    tests->tests = fixture->tests.items;
    tests->count = fixture->tests.count;
    for (size_t i = 0; i < tests->count; i++) {
        if (tests->tests[i].given.base.source->type == VALUE_MAP) {
            place_test(reading, &tests->tests[i]);
        }
    }
    return NULL;
}

struct error *rule_tests_read(const struct options *options, const char *path,
                              struct rule_tests *ret)
{
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_PLAN_BYTES);
    AUTO(problems) struct problems problems = {0};
    struct arena *arena = arena_new();
    const struct value *root = NULL;
    *ret = (struct rule_tests){.file = wire_plan_name(path), .arena = arena};
    buf_init(&ret->talk, LIMIT_TEXT_BYTES);
    TRY(file_read(path, LIMIT_PLAN_BYTES, &text));
    struct reading reading = {
        .options = options, .arena = arena, .problems = &problems, .tests = ret};
    if (yaml_read(arena, ret->file, buf_str(&text), &problems, &root)) {
        struct error *error = read_fixture(&reading, root);
        vec_release(&reading.saved);
        TRY(error);
    }
    ret->is_valid = problems.error_count == 0;
    ret->count = ret->is_valid ? ret->count : 0;
    diagnostics_problems(&ret->talk, &problems, ret->file, buf_str(&text));
    return NULL;
}

void rule_tests_cleanup(struct rule_tests *tests)
{
    plan_free(tests->plan);
    buf_release(&tests->talk);
    arena_free(tests->arena);
}
