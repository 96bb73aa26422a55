/* SPDX-License-Identifier: MIT */
/* rule_test: a fixture file of `restorectl test`: points, rules, and what each test expects of
 * them.
 *
 * Use: rule_tests_read(), then select_point() with the request of each test.
 * Not here: choosing (plan/select), judging and telling the outcome (cmd_test.c).
 * Ownership: everything lives in the arena and the plan of struct rule_tests; its rules are the
 * plan's or its own. */
#ifndef CLI_RULE_TEST_H
#define CLI_RULE_TEST_H

#include "cli/options.h"
#include "plan/plan.h"
#include "plan/select.h"

#define RULE_TEST_NO_POINT "none" /* expect: none */

/* What the file says for all its tests, and each test for itself. */
struct rule_given {
    struct decoded base;
    struct utc now;
    int64_t seed;
    struct records points;          /* as they are listed */
    const char *points_file, *item; /* or saved ones, and whose */
};

struct rule_test {
    struct rule_given given;
    const char *rule;
    const char *expect;            /* id of a point, or RULE_TEST_NO_POINT; NULL: either will do */
    const char *by;                /* the rule of a ladder that chooses; NULL: any */
    const struct value *why;       /* verdict names by id, or NULL */
    struct select_request request; /* set by rule_tests_read */
};

struct rule_tests {
    const char *file;
    bool is_valid; /* else there are no tests */
    struct rule_test *tests;
    size_t count;
    struct arena *arena;
    struct plan *plan; /* NULL: it has rules of its own */
    struct buf talk;   /* what is wrong with the file or its plan, for people */
};

/* Reads, decodes and checks all of it.  The error is one of usage or of reading the file itself;
 * all else is in talk. */
struct error *rule_tests_read(const struct options *options, const char *path,
                              struct rule_tests *ret) MUST_USE;
void rule_tests_cleanup(struct rule_tests *tests);

#endif
