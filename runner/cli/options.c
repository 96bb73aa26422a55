/* SPDX-License-Identifier: MIT */
#include "cli/options.h"

#include "base/clock.h"
#include "base/limit.h"
#include "base/mem.h"
#include "base/number.h"

enum option_type {
    OPTION_FLAG,
    OPTION_TEXT,
    OPTION_TEXTS,
    OPTION_INTEGER,
    OPTION_DURATION,
    OPTION_MAYBE_TEXT, /* --x or --x=VALUE: sets the flag, and the text if there is one */
};

struct option_row {
    const char *name;
    char letter;
    enum option_type type;
    unsigned sets;
    size_t offset;
    size_t flag_offset; /* OPTION_MAYBE_TEXT */
    const char *value;  /* how help calls it */
    const char *doc;
    int64_t least, most;
    const char *const *words; /* the values there are; NULL: any */
};

#define AT(member) offsetof(struct options, member)
static const char *const color_words[] = {"auto", "always", "never", NULL};
static const char *const level_words[] = {"error", "warn", "info", "debug", "trace", NULL};
static const char *const format_words[] = {"human", "json", "html", NULL};
static const char *const validate_words[] = {"human", "json", "github", "sarif", NULL};
static const char *const graph_words[] = {"dot", "mermaid", NULL};
static const char *const points_words[] = {"human", "json", NULL};
static const char *const show_words[] = {"human", "json", NULL};

static const struct option_row rows[] = {
    {.name = "var",
     .type = OPTION_TEXTS,
     .sets = OPTIONS_PLAN,
     .offset = AT(vars),
     .value = "NAME=VALUE",
     .doc = "sets a variable of the plan (also RESTORECTL_VAR_NAME)"              },
    {.name = "var-file",
     .type = OPTION_TEXTS,
     .sets = OPTIONS_PLAN,
     .offset = AT(var_files),
     .value = "FILE",
     .doc = "sets variables from a YAML file; of several files the later ones win"},
    {.name = "simulate",
     .type = OPTION_MAYBE_TEXT,
     .sets = OPTIONS_RUN | OPTIONS_POINTS,
     .offset = AT(world),
     .flag_offset = AT(simulate),
     .value = "WORLD",
     .doc = "rehearse against the built-in simulator; without WORLD one is made from the plan"},
    {.name = "seed",
     .type = OPTION_INTEGER,
     .sets = OPTIONS_RUN | OPTIONS_SIMULATE | OPTIONS_POINTS,
     .offset = AT(seed),
     .value = "N",
     .doc = "seed of a rehearsal: the same seed repeats it exactly (1)",
     .least = 0,
     .most = INT32_MAX},
    {.name = "fault",
     .type = OPTION_TEXTS,
     .sets = OPTIONS_FAULT,
     .offset = AT(faults),
     .value = "SPEC",
     .doc = "make the simulator misbehave, such as 429:every=10 (see docs/operations.md)"                                                        },
    {.name = "state",
     .type = OPTION_TEXT,
     .sets = OPTIONS_APPLY | OPTIONS_REPORT,
     .offset = AT(state),
     .value = "DIR",
     .doc = "where runs are kept (.restorectl beside the plan)"                                       },
    {.name = "events",
     .type = OPTION_TEXT,
     .sets = OPTIONS_RUN,
     .offset = AT(events),
     .value = "FILE",
     .doc = "write every record to FILE as it happens, one JSON object a line"                                                          },
    {.name = "parallel",
     .type = OPTION_INTEGER,
     .sets = OPTIONS_APPLY,
     .offset = AT(parallel),
     .value = "N",
     .doc = "restores that run at once (the plan's limits.parallel, or 20)",
     .least = 1,
     .most = 1000},
    {.name = "timeout",
     .type = OPTION_DURATION,
     .sets = OPTIONS_RUN | OPTIONS_POINTS,
     .offset = AT(timeout_ms),
     .value = "D",
     .doc = "longest time of the run, such as 4h (the plan's limits.timeout, or 12h)",
     .least = 1000,
     .most = 30 * DAY_MS},
    {.name = "management",
     .type = OPTION_TEXT,
     .sets = OPTIONS_RUN | OPTIONS_POINTS,
     .offset = AT(management),
     .value = "URL",
     .doc = "another ARM endpoint; plain http only to this machine"                                                          },
    {.name = "ca-file",
     .type = OPTION_TEXT,
     .sets = OPTIONS_RUN | OPTIONS_POINTS,
     .offset = AT(ca_file),
     .value = "FILE",
     .doc = "certificates to trust instead of the system's (PEM)"               },
    {.name = "format",
     .type = OPTION_TEXT,
     .sets = OPTIONS_REPORT | OPTIONS_RUN,
     .offset = AT(format),
     .value = "human|json|html",
     .doc = "form of the result (human)",
     .words = format_words},
    {.name = "format",
     .type = OPTION_TEXT,
     .sets = OPTIONS_VALIDATE,
     .offset = AT(format),
     .value = "human|json|github|sarif",
     .doc = "form of the result (human); github: annotations of a workflow run",
     .words = validate_words},
    {.name = "format",
     .type = OPTION_TEXT,
     .sets = OPTIONS_GRAPH,
     .offset = AT(format),
     .value = "dot|mermaid",
     .doc = "language of the graph (dot, which Graphviz reads)",
     .words = graph_words},
    {.name = "format",
     .type = OPTION_TEXT,
     .sets = OPTIONS_SHOW,
     .offset = AT(format),
     .value = "human|json",
     .doc = "form of the result (human: YAML with comments)",
     .words = show_words},
    {.name = "resolved",
     .type = OPTION_FLAG,
     .sets = OPTIONS_SHOW,
     .offset = AT(resolved),
     .doc = "every value that counts, with the line, variable or default it comes from"                                                                               },
    {.name = "format",
     .type = OPTION_TEXT,
     .sets = OPTIONS_POINTS,
     .offset = AT(format),
     .value = "human|json",
     .doc = "form of the result (human); json is a list that `restorectl test` can read",
     .words = points_words},
    {.name = "explain",
     .type = OPTION_FLAG,
     .sets = OPTIONS_POINTS,
     .offset = AT(explain),
     .doc = "why each point was or was not taken, and the line of the plan that decided"                                                                               },
    {.name = "why-not",
     .type = OPTION_TEXT,
     .sets = OPTIONS_POINTS,
     .offset = AT(why_not),
     .value = "ID",
     .doc = "the one point of that id, and why it was or was not taken"                                                          },
    {.name = "rule",
     .type = OPTION_TEXT,
     .sets = OPTIONS_POINTS,
     .offset = AT(rule),
     .value = "NAME",
     .doc = "what another selection rule of the plan would choose"                                                       },
    {.name = "output",
     .letter = 'o',
     .type = OPTION_TEXT,
     .sets = OPTIONS_REPORT | OPTIONS_POINTS,
     .offset = AT(output),
     .value = "FILE",
     .doc = "write the result to FILE instead of stdout"},
    {.name = "junit",
     .type = OPTION_TEXT,
     .sets = OPTIONS_TEST,
     .offset = AT(junit),
     .value = "FILE",
     .doc = "write the outcome of every test to FILE as JUnit XML"                                                       },
    {.name = "world",
     .type = OPTION_TEXT,
     .sets = OPTIONS_SIMULATE,
     .offset = AT(world),
     .value = "FILE",
     .doc = "the world to simulate: vaults, items, points, faults"                                                       },
    {.name = "listen",
     .type = OPTION_TEXT,
     .sets = OPTIONS_SIMULATE,
     .offset = AT(listen),
     .value = "ADDR:PORT",
     .doc = "loopback address and port (127.0.0.1:0, which takes any free port)"                                                          },
    {.name = "ready-file",
     .type = OPTION_TEXT,
     .sets = OPTIONS_SIMULATE,
     .offset = AT(ready_file),
     .value = "FILE",
     .doc = "written once it listens: {\"origin\": \"http://127.0.0.1:PORT\"}"                                                          },
    {.name = "request-log",
     .type = OPTION_TEXT,
     .sets = OPTIONS_SIMULATE,
     .offset = AT(request_log),
     .value = "FILE",
     .doc = "log of every request, one JSON object a line"                                                          },
    {.name = "color",
     .type = OPTION_TEXT,
     .sets = OPTIONS_COMMON,
     .offset = AT(color),
     .value = "auto|always|never",
     .doc = "colour on a terminal (auto; NO_COLOR is respected)",
     .words = color_words},
    {.name = "log-level",
     .type = OPTION_TEXT,
     .sets = OPTIONS_COMMON,
     .offset = AT(log_level),
     .value = "error|warn|info|debug|trace",
     .doc = "talk on stderr (warn)",
     .words = level_words},
    {.name = "verbose",
     .letter = 'v',
     .type = OPTION_FLAG,
     .sets = OPTIONS_COMMON,
     .offset = AT(verbose),
     .doc = "the same as --log-level debug"                                                          },
    {.name = "help",
     .letter = 'h',
     .type = OPTION_FLAG,
     .sets = OPTIONS_COMMON,
     .offset = AT(help),
     .doc = "this text"                                                          },
};
#define HELP_COLUMN 30
#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

static void *member(struct options *options, size_t offset)
{
    return (char *)options + offset;
}

static bool is_word(const struct option_row *row, const char *value)
{
    for (const char *const *word = row->words; word != NULL && *word != NULL; word++) {
        if (text_equal(*word, value)) {
            return true;
        }
    }
    return row->words == NULL;
}

static struct error *bad_value(const struct option_row *row, const char *value,
                               const char *expected)
{
    return error_new(ERR_USAGE, "--%s must be %s, not \"%s\"", row->name, expected, value);
}

static struct error *set_number(const struct option_row *row, const char *value, int64_t *ret)
{
    AUTO(buf) struct buf expected = BUF_INIT(LIMIT_TEXT_BYTES);
    int64_t number;
    bool is_duration = row->type == OPTION_DURATION;
    bool is_good = is_duration ? duration_parse(str_from(value), &number)
                               : number_parse(str_from(value), row->least, row->most, &number);
    if (!is_good || number < row->least || number > row->most) {
        if (is_duration) {
            buf_append_text(&expected, "a duration such as 90s, 15m, 4h or 3d");
        } else {
            buf_format(&expected, "a whole number from %lld to %lld", (long long)row->least,
                       (long long)row->most);
        }
        return bad_value(row, value, buf_text(&expected));
    }
    *ret = number;
    return NULL;
}

static struct error *set_value(struct options *options, const struct option_row *row,
                               const char *value)
{
    void *at = member(options, row->offset);
    if (!is_word(row, value)) {
        return bad_value(row, value, row->value);
    }
    switch (row->type) {
    case OPTION_FLAG:
        *(bool *)at = true;
        break;
    case OPTION_MAYBE_TEXT:
        *(bool *)member(options, row->flag_offset) = true;
        *(const char **)at = value[0] == '\0' ? *(const char **)at : value;
        break;
    case OPTION_TEXT:
        *(const char **)at = value;
        break;
    case OPTION_TEXTS:
        vec_push((struct option_texts *)at, value);
        break;
    case OPTION_INTEGER:
    case OPTION_DURATION:
        return set_number(row, value, at);
    }
    return NULL;
}

static const struct option_row *find_row(struct str name, unsigned option_set)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        bool is_letter = name.len == 1 && rows[i].letter == name.at[0];
        bool is_name = str_equal(name, str_from(rows[i].name));
        if ((is_letter || is_name) && (rows[i].sets & option_set) != 0) {
            return &rows[i];
        }
    }
    return NULL;
}

const char *options_suggest(const char *word, unsigned option_set)
{
    const char *names[ROW_COUNT];
    size_t count = 0;
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if ((rows[i].sets & option_set) != 0) {
            names[count++] = rows[i].name;
        }
    }
    return str_suggest(str_from(word), names, count);
}

static struct error *unknown(struct str name, unsigned option_set)
{
    AUTO(text) char *word = mem_text_len(name.at, name.len);
    const char *near = options_suggest(word, option_set);
    struct error *error =
        error_new(ERR_USAGE, "unknown option '%s%s'", name.len == 1 ? "-" : "--", word);
    return near == NULL ? error_hint(error, "see `restorectl help`")
                        : error_hint(error, "did you mean '--%s'?", near);
}

/* One argument that begins with '-'; takes the next one where it needs a value. */
static struct error *read_option(int argc, char **argv, int *i, unsigned option_set,
                                 struct options *options)
{
    struct str text = str_from(argv[*i]);
    text = str_slice(text, str_starts_with(text, STR("--")) ? 2 : 1, text.len);
    size_t equals = str_find_char(text, '=');
    struct str name = str_slice(text, 0, equals);
    const struct option_row *row = find_row(name, option_set);
    if (row == NULL) {
        return unknown(name, option_set);
    }
    if (row->type == OPTION_FLAG && equals != SIZE_MAX) {
        return error_new(ERR_USAGE, "--%s takes no value", row->name);
    }
    const char *value = equals == SIZE_MAX ? "" : text.at + equals + 1;
    bool needs_value = row->type != OPTION_FLAG && row->type != OPTION_MAYBE_TEXT;
    if (needs_value && equals == SIZE_MAX) {
        if (*i + 1 >= argc) {
            return error_hint(error_new(ERR_USAGE, "--%s needs a value", row->name),
                              "write --%s %s", row->name, row->value);
        }
        value = argv[++*i];
    }
    return set_value(options, row, value);
}

/* RESTORECTL_CA_FILE for --ca-file; the command line comes later and wins. */
static struct error *read_environment(unsigned option_set, struct options *options)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        AUTO(buf) struct buf name = BUF_INIT(LIMIT_TEXT_BYTES);
        buf_append_text(&name, "RESTORECTL_");
        for (const char *c = rows[i].name; *c != '\0'; c++) {
            buf_append_char(&name, (char)(*c == '-'                ? '_'
                                          : *c >= 'a' && *c <= 'z' ? *c - 'a' + 'A'
                                                                   : *c));
        }
        const char *value = getenv(buf_text(&name));
        bool is_settable = rows[i].type != OPTION_TEXTS && (rows[i].sets & option_set) != 0;
        if (is_settable && value != NULL && value[0] != '\0') {
            struct error *error = set_value(options, &rows[i], value);
            if (error != NULL) {
                return error_wrap(error, ERR_USAGE, "the environment variable %s cannot be used",
                                  buf_text(&name));
            }
        }
    }
    return NULL;
}

struct error *options_read(int argc, char **argv, unsigned option_set, struct options *ret)
{
    bool is_only_operands = false;
    TRY(read_environment(option_set, ret));
    for (int i = 0; i < argc; i++) {
        bool is_option = argv[i][0] == '-' && argv[i][1] != '\0' && !is_only_operands;
        if (is_option && text_equal(argv[i], "--")) {
            is_only_operands = true;
        } else if (is_option) {
            TRY(read_option(argc, argv, &i, option_set, ret));
        } else {
            vec_push(&ret->operands, argv[i]);
        }
    }
    return NULL;
}

void options_release(struct options *options)
{
    vec_release(&options->vars);
    vec_release(&options->var_files);
    vec_release(&options->faults);
    vec_release(&options->operands);
}

void options_help(unsigned option_set, struct buf *ret)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        const struct option_row *row = &rows[i];
        if ((row->sets & option_set) == 0) {
            continue;
        }
        size_t start = ret->len;
        buf_format(ret, row->letter != '\0' ? "  -%c, " : "      ", row->letter);
        buf_format(ret, "--%s", row->name);
        if (row->type == OPTION_MAYBE_TEXT) {
            buf_format(ret, "[=%s]", row->value);
        } else if (row->type != OPTION_FLAG) {
            buf_format(ret, " %s", row->value);
        }
        size_t width = ret->len - start;
        if (width >= HELP_COLUMN) {
            buf_append_char(ret, '\n');
            width = 0;
        }
        buf_format(ret, "%*s%s\n", (int)(HELP_COLUMN - width), "", row->doc);
    }
}
