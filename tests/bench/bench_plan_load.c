/* SPDX-License-Identifier: MIT */
/* bench_plan_load: a plan of 10,000 steps beside libyaml's bare events of the same text, and how
 * soon hostile files of 1 MiB are refused; prints the figures, judges none.
 *
 * The goals, in a release build: 3 times the events and 20 times the file for the plan; 10 ms and
 * 16 MiB for a hostile file.  Each measurement has a process of its own, for its peak memory. */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <yaml.h>

#include "base/limit.h"
#include "base/mem.h"
#include "data/yaml_read.h"
#include "plan/plan_load.h"

enum { STEPS = 10000, ROUNDS = 9, HOSTILE_BYTES = 1024 * 1024 };

struct figures {
    double ms; /* the quickest of all rounds */
    size_t arena_bytes;
    size_t peak_bytes; /* of the process, less what it had at the start */
    char problem[80];
};

typedef void run_fn(struct str text, struct figures *ret);

static double now_ms(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static size_t peak_bytes(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (size_t)usage.ru_maxrss * 1024;
}

static void note_problem(const struct problems *problems, struct figures *ret)
{
    if (problems->error_count > 0) {
        const struct error *error = problems->items[0].error;
        snprintf(ret->problem, sizeof(ret->problem), "%d:%d %s", error->line, error->column,
                 error->text);
    }
}

static void run_events(struct str text, struct figures *ret)
{
    (void)ret;
    yaml_parser_t parser;
    yaml_event_t event;
    if (yaml_parser_initialize(&parser) == 0) {
        return;
    }
    yaml_parser_set_input_string(&parser, (const unsigned char *)text.at, text.len);
    for (bool is_more = true; is_more;) {
        if (yaml_parser_parse(&parser, &event) == 0) {
            break;
        }
        is_more = event.type != YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
}

static void run_read(struct str text, struct figures *ret)
{
    AUTO(arena) struct arena *arena = arena_new();
    AUTO(problems) struct problems problems = {0};
    const struct value *tree = NULL;
    if (!yaml_read(arena, "bench.yaml", text, &problems, &tree)) {
        note_problem(&problems, ret);
    }
    ret->arena_bytes = arena_bytes(arena);
}

static void run_load(struct str text, struct figures *ret)
{
    static const struct kind wait = {.name = "wait", .doc = "Waits.", .role = KIND_STEP};
    static const struct kind restore = {
        .name = "restore", .doc = "Restores.", .role = KIND_STEP, .flags = KIND_RESTORES};
    static const struct kind *const kinds[] = {&wait, &restore, NULL};
    struct plan_inputs inputs = {.kinds = kinds};
    AUTO(problems) struct problems problems = {0};
    AUTO(plan) struct plan *plan = plan_load("bench.yaml", text, &inputs, &problems);
    note_problem(&problems, ret);
    ret->arena_bytes = plan == NULL ? 0 : arena_bytes(plan->arena);
}

/* In a child, so that its peak is its own. */
static struct figures measure(run_fn *run, struct str text)
{
    struct figures figures = {0};
    int ends[2];
    if (pipe(ends) != 0) {
        return figures;
    }
    if (fork() == 0) {
        size_t peak_before = peak_bytes();
        for (int i = 0; i < ROUNDS; i++) {
            double start = now_ms();
            run(text, &figures);
            double took = now_ms() - start;
            figures.ms = i == 0 || took < figures.ms ? took : figures.ms;
        }
        figures.peak_bytes = peak_bytes() - peak_before;
        _exit(write(ends[1], &figures, sizeof(figures)) == (ssize_t)sizeof(figures) ? 0 : 1);
    }
    close(ends[1]);
    if (read(ends[0], &figures, sizeof(figures)) != (ssize_t)sizeof(figures)) {
        snprintf(figures.problem, sizeof(figures.problem), "the measurement crashed");
    }
    close(ends[0]);
    wait(NULL);
    return figures;
}

static void append_plan(struct buf *buf)
{
    buf_append_text(buf,
                    "version: 1\nname: large\n"
                    "vaults: {main: {subscription: 11111111-2222-3333-4444-555555555555,\n"
                    "  resource_group: backup, name: shop-vault}}\n"
                    "selection: {recent: {max_age: 7d, consistency: [application, file-system]}}\n"
                    "targets: {lab: {resource_group: drill-lab, storage_account: drillstaging}}\n"
                    "items:\n");
    for (int i = 0; i < STEPS; i++) {
        buf_format(buf, "  web-%05d: { vm: web%05d, resource_group: shop-prod }\n", i, i);
    }
    buf_append_text(buf, "steps:\n");
    for (int i = 0; i < STEPS; i++) {
        buf_format(buf,
                   "  disks-%05d:\n    kind: restore\n    items: web-%05d\n    select: recent\n"
                   "    target: lab\n    timeout: 6h\n    on_failure: continue\n",
                   i, i);
        if (i > 0) {
            buf_format(buf, "    depends_on: [disks-%05d]\n", i / 2);
        }
    }
}

static void print_plan(struct str text)
{
    static const struct {
        const char *name;
        run_fn *run;
    } rows[] = {
        {"libyaml's events", run_events},
        {"yaml_read",        run_read  },
        {"plan_load",        run_load  },
    };
    printf("%d steps, %zu bytes\n%-24s %9s %7s %13s %13s\n", STEPS, text.len, "", "time", "ratio",
           "arena/file", "peak/file");
    double bare_ms = 0;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct figures figures = measure(rows[i].run, text);
        bare_ms = i == 0 ? figures.ms : bare_ms;
        printf("%-24s %6.1f ms %7.2f %13.1f %13.1f  %s\n", rows[i].name, figures.ms,
               figures.ms / bare_ms, (double)figures.arena_bytes / (double)text.len,
               (double)figures.peak_bytes / (double)text.len, figures.problem);
    }
}

/* A start, a part again and again up to 1 MiB, an end.  %x in the part is a number.  The last row
 * is within all limits of a file and refused for what it says. */
static const struct hostile {
    const char *name, *start, *part, *end;
} hostile_rows[] = {
    {"flat list",              "[",               "a,",          "]"   },
    {"list of empty lists",    "[",               "[],",         "]"   },
    {"flow keys",              "{",               "%x,",         "}"   },
    {"flow pairs",             "{",               "%x: ,",       "}"   },
    {"JSON pairs",             "{",               "\"%x\":1,",   "}"   },
    {"dashes",                 "",                "-\n",         ""    },
    {"block keys",             "",                "%x:\n",       ""    },
    {"the same key",           "",                "a:\n",        ""    },
    {"question marks",         "",                "? %x\n",      ""    },
    {"nested lists",           "",                "[a,",         ""    },
    {"nested maps",            "",                "{a: ",        ""    },
    {"nested dashes",          "",                "- ",          ""    },
    {"aliases",                "a: &a [x]\nb: [", "*a,",         "]"   },
    {"anchors",                "[",               "&a%x b,",     "]"   },
    {"double quoted",          "a: \"",           "xxxxxxxx",    "\""  },
    {"double quoted lines",    "a: \"",           "x\n ",        "\""  },
    {"escapes",                "a: \"",           "\\u0041",     "\""  },
    {"single quoted",          "a: '",            "''xxxxxx",    "'"   },
    {"plain text",             "a: ",             "xxxxxxx ",    ""    },
    {"plain lines",            "a: ",             "x\n ",        ""    },
    {"a block of text",        "a: |\n",          " xxxxxxx\n",  ""    },
    {"a block of short lines", "a: |\n",          " x\n",        ""    },
    {"a folded block",         "a: >\n",          " x\n",        ""    },
    {"a long key",             "",                "xxxxxxxx",    ": 1" },
    {"a long anchor",          "a: &",            "xxxxxxxx",    " b"  },
    {"a long tag",             "a: !",            "xxxxxxxx",    " b"  },
    {"never closed",           "a: \"",           "xxxxxxxx",    ""    },
    {"tags",                   "[",               "!a b,",       "]"   },
    {"directives",             "",                "%TAG ! x\n",  ""    },
    {"documents",              "",                "--- a\n",     ""    },
    {"comments",               "",                "#\n",         ""    },
    {"blank lines",            "a: 1\n",          "\n",          ""    },
    {"colons",                 "a: ",             ":",           ""    },
    {"quotes",                 "",                "'",           ""    },
    {"two-byte characters",    "a: ",             "\xc3\xa9",    ""    },
    {"not UTF-8",              "a: ",             "\xc3\xa9",    "\xff"},
    {"a bomb of aliases",
     "a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\n"
     "c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]\n"
     "e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d]\nf: &f [*e, *e, *e, *e, *e, *e, *e, *e, *e]\n"
     "g: [*f, *f, *f, *f, *f, *f, *f, *f, *f]\n", "# padding\n", ""    },
    {"as many keys as may be", "",                "k%x: 1\n",    ""    },
};

static void append_hostile(struct buf *buf, const struct hostile *hostile)
{
    buf_append_text(buf, hostile->start);
    for (int i = 0; buf->len < HOSTILE_BYTES; i++) {
        const char *number = strstr(hostile->part, "%x");
        if (number == NULL) {
            buf_append_text(buf, hostile->part);
            continue;
        }
        buf_append_str(buf, (struct str){hostile->part, (size_t)(number - hostile->part)});
        buf_format(buf, "%x%s", (unsigned)i, number + 2);
    }
    buf_append_text(buf, hostile->end);
}

int main(void)
{
    AUTO(buf) struct buf plan = BUF_INIT(LIMIT_TEXT_BYTES);
    append_plan(&plan);
    print_plan(buf_str(&plan));
    printf("\n%-24s %9s %13s\n", "1 MiB of", "time", "peak");
    for (size_t i = 0; i < sizeof(hostile_rows) / sizeof(hostile_rows[0]); i++) {
        AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
        append_hostile(&text, &hostile_rows[i]);
        struct figures figures = measure(run_load, buf_str(&text));
        printf("%-24s %6.1f ms %9.1f MiB  %s\n", hostile_rows[i].name, figures.ms,
               (double)figures.peak_bytes / (1024 * 1024), figures.problem);
    }
    return 0;
}
