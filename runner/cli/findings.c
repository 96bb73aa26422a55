/* SPDX-License-Identifier: MIT */
#include "cli/findings.h"

#include <string.h>

#include "base/limit.h"
#include "base/mem.h"
#include "cli/diagnostics.h"
#include "data/json_write.h"

#define SARIF_SCHEMA                                                                               \
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

/* All there is to tell apart; a result names one of them. */
static const struct rule {
    const char *id, *doc;
} rules[] = {
    {"plan",  "The restore plan is not valid, or holds what nothing uses."},
    {"input", "The file cannot be read."                                  },
};
#define RULE_COUNT (sizeof(rules) / sizeof(rules[0]))

static const char *severity_of(const struct problem *problem)
{
    return problem->is_warning ? "warning" : "error";
}

static const char *file_of(const struct finding *finding, const struct problem *problem)
{
    return problem->error->file == NULL ? finding->file : problem->error->file;
}

/* The text, then a line for each cause and one for the hint. */
static void append_message(struct buf *ret, const struct error *error)
{
    const char *hint = diagnostics_hint(error);
    buf_append_printable(ret, str_from(error->text));
    for (const struct error *cause = error->cause; cause != NULL; cause = cause->cause) {
        buf_append_text(ret, "\nbecause: ");
        buf_append_printable(ret, str_from(cause->text));
    }
    if (hint != NULL) {
        buf_append_text(ret, "\nhint: ");
        buf_append_printable(ret, str_from(hint));
    }
}

/* ------------------------------------------------------------------ json */

static void member_count(struct json_writer *json, const char *name, int count)
{
    json_name(json, name);
    if (count > 0) {
        json_integer(json, count);
    } else {
        json_null(json);
    }
}

static void json_problem(struct json_writer *json, const struct finding *finding,
                         const struct problem *problem)
{
    const struct error *error = problem->error;
    json_begin_map(json);
    json_member_text(json, "severity", severity_of(problem));
    json_member_text(json, "file", file_of(finding, problem));
    member_count(json, "line", error->line);
    member_count(json, "column", error->column);
    json_member_text(json, "text", error->text);
    json_member_text(json, "hint", diagnostics_hint(error));
    json_name(json, "because");
    json_begin_list(json);
    for (const struct error *cause = error->cause; cause != NULL; cause = cause->cause) {
        json_text(json, cause->text);
    }
    json_end(json);
    json_end(json);
}

static void json_file(struct json_writer *json, const struct finding *finding)
{
    const struct problems *problems = &finding->problems;
    json_begin_map(json);
    json_member_text(json, "file", finding->file);
    json_member_bool(json, "valid", problems->error_count == 0);
    json_name(json, "problems");
    json_begin_list(json);
    for (size_t i = 0; i < problems->count; i++) {
        json_problem(json, finding, &problems->items[i]);
    }
    json_end(json);
    json_end(json);
}

void findings_json(const struct findings *findings, struct buf *ret)
{
    size_t errors = 0;
    size_t warnings = 0;
    struct json_writer json = json_writer(ret, JSON_INDENTED);
    json_begin_map(&json);
    json_member_integer(&json, "schema", 1);
    json_name(&json, "files");
    json_begin_list(&json);
    for (size_t i = 0; i < findings->count; i++) {
        json_file(&json, &findings->items[i]);
        errors += findings->items[i].problems.error_count;
        warnings += diagnostics_warning_count(&findings->items[i].problems);
    }
    json_end(&json);
    json_member_integer(&json, "errors", (int64_t)errors);
    json_member_integer(&json, "warnings", (int64_t)warnings);
    json_end(&json);
    buf_append_char(ret, '\n');
}

/* ------------------------------------------------------------------ github */

/* A runner reads %XX back; what ends a property is escaped in properties alone. */
static void append_escaped(struct buf *ret, struct str text, const char *special)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (c != '\0' && strchr(special, c) != NULL) {
            buf_format(ret, "%%%02X", (unsigned)c);
        } else {
            buf_append_char(ret, c);
        }
    }
}

static void github_problem(struct buf *ret, const struct finding *finding,
                           const struct problem *problem)
{
    AUTO(buf) struct buf message = BUF_INIT(LIMIT_TEXT_BYTES);
    const struct error *error = problem->error;
    append_message(&message, error);
    buf_format(ret, "::%s file=", severity_of(problem));
    append_escaped(ret, str_from(file_of(finding, problem)), "%\r\n:,");
    if (error->line > 0) {
        buf_format(ret, ",line=%d,col=%d", error->line, error->column);
    }
    buf_append_text(ret, ",title=restore plan::");
    append_escaped(ret, buf_str(&message), "%\r\n");
    buf_append_char(ret, '\n');
}

void findings_github(const struct findings *findings, struct buf *ret)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->items[i];
        for (size_t j = 0; j < finding->problems.count; j++) {
            github_problem(ret, finding, &finding->problems.items[j]);
        }
    }
}

/* ------------------------------------------------------------------ sarif */

static void sarif_text(struct json_writer *json, const char *name, const char *text)
{
    json_name(json, name);
    json_begin_map(json);
    json_member_text(json, "text", text);
    json_end(json);
}

/* A path as a URI reference. */
static void append_uri(struct buf *ret, const char *path)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
    buf_append_text(ret, path[0] == '/' ? "file://" : "");
    for (const char *c = path; *c != '\0'; c++) {
        if (strchr(plain, *c) != NULL) {
            buf_append_char(ret, *c);
        } else {
            buf_format(ret, "%%%02X", (unsigned)(unsigned char)*c);
        }
    }
}

static void sarif_location(struct json_writer *json, const char *file, const struct error *error)
{
    AUTO(buf) struct buf uri = BUF_INIT(LIMIT_TEXT_BYTES);
    append_uri(&uri, file);
    json_begin_map(json);
    json_name(json, "physicalLocation");
    json_begin_map(json);
    json_name(json, "artifactLocation");
    json_begin_map(json);
    json_member_text(json, "uri", buf_text(&uri));
    json_end(json);
    json_name(json, "region");
    json_begin_map(json);
    /* Viewers want a line, so a problem of the whole file is shown at its first. */
    json_member_integer(json, "startLine", error->line > 0 ? error->line : 1);
    if (error->line > 0 && error->column > 0) {
        json_member_integer(json, "startColumn", error->column);
    }
    json_end(json);
    json_end(json);
    json_end(json);
}

static void sarif_result(struct json_writer *json, const struct finding *finding,
                         const struct problem *problem)
{
    AUTO(buf) struct buf message = BUF_INIT(LIMIT_TEXT_BYTES);
    size_t rule = problem->error->code == ERR_PLAN ? 0 : 1;
    append_message(&message, problem->error);
    json_begin_map(json);
    json_member_text(json, "ruleId", rules[rule].id);
    json_member_integer(json, "ruleIndex", (int64_t)rule);
    json_member_text(json, "level", severity_of(problem));
    sarif_text(json, "message", buf_text(&message));
    json_name(json, "locations");
    json_begin_list(json);
    sarif_location(json, file_of(finding, problem), problem->error);
    json_end(json);
    json_end(json);
}

static void sarif_tool(struct json_writer *json)
{
    json_name(json, "tool");
    json_begin_map(json);
    json_name(json, "driver");
    json_begin_map(json);
    json_member_text(json, "name", "restorectl");
    json_member_text(json, "version", RESTORECTL_VERSION);
    json_name(json, "rules");
    json_begin_list(json);
    for (size_t i = 0; i < RULE_COUNT; i++) {
        json_begin_map(json);
        json_member_text(json, "id", rules[i].id);
        sarif_text(json, "shortDescription", rules[i].doc);
        json_end(json);
    }
    json_end(json);
    json_end(json);
    json_end(json);
}

void findings_sarif(const struct findings *findings, struct buf *ret)
{
    struct json_writer json = json_writer(ret, JSON_INDENTED);
    json_begin_map(&json);
    json_member_text(&json, "$schema", SARIF_SCHEMA);
    json_member_text(&json, "version", "2.1.0");
    json_name(&json, "runs");
    json_begin_list(&json);
    json_begin_map(&json);
    sarif_tool(&json);
    json_member_text(&json, "columnKind", "unicodeCodePoints");
    json_name(&json, "results");
    json_begin_list(&json);
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->items[i];
        for (size_t j = 0; j < finding->problems.count; j++) {
            sarif_result(&json, finding, &finding->problems.items[j]);
        }
    }
    json_end(&json);
    json_end(&json);
    json_end(&json);
    json_end(&json);
    buf_append_char(ret, '\n');
}

void findings_cleanup(struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        problems_release(&findings->items[i].problems);
    }
    vec_release(findings);
}
