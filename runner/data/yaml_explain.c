/* SPDX-License-Identifier: MIT */
#include "data/yaml_explain.h"

#include "data/yaml_text.h"

#define LONGEST_KEY 1024 /* libyaml's own, in characters */

/* The first row that fits counts. */
struct row {
    const char *problem; /* libyaml's words begin so */
    const char *context; /* and those; NULL: any */
    const char *next;    /* one of these characters stands there; NULL: any */
    bool is_at_context;  /* the context's position says more */
    const char *text;
    const char *hint;
};

static const struct row rows[] = {
    {"found a tab character",                       NULL,                             NULL, false, "a tab is used for indentation",
     "indent with blanks"                                                                                                                                                                                                },
    {"found character that cannot start any token", NULL,                             "\t", false,
     "a tab is used for indentation",                                                                                                           "indent with blanks"                                                     },
    {"found character that cannot start any token", NULL,                             NULL, false,
     "a value cannot begin with this character",                                                                                                "put the value in quotes"                                                },
    {"found undefined tag handle",                  NULL,                             NULL, false, "tags are not supported",
     "put a value that begins with '!' in quotes"                                                                                                                                                                        },
    {"",                                            "while scanning a tag",           NULL, true,  "tags are not supported",
     "put a value that begins with '!' in quotes"                                                                                                                                                                        },
    {"",                                            "while scanning an alias",        NULL, true,  "'*' begins an alias, but no name follows",
     "put a value that begins with '*' in quotes"                                                                                                                                                                        },
    {"",                                            "while scanning an anchor",       NULL, true,  "'&' begins an anchor, but no name follows",
     "put a value that begins with '&' in quotes"                                                                                                                                                                        },
    {"",                                            "while scanning a block scalar",  NULL, true,
     "'|' and '>' begin a block of text on the next line",                                                                                      "put a value that begins with '|' or '>' in quotes"                      },
    {"found unexpected end of stream",              "while scanning a quoted scalar", NULL, true,
     "this quote is never closed",                                                                                                              "add the closing quote"                                                  },
    {"found unexpected document indicator",         NULL,                             NULL, true,  "this quote is never closed",
     "add the closing quote"                                                                                                                                                                                             },
    {"found unknown escape character",              NULL,                             NULL, false, "an unknown escape in double quotes",
     "write \\\\ for a backslash, or use single quotes"                                                                                                                                                                  },
    {"did not find expected hexdecimal number",     NULL,                             NULL, false,
     "an incomplete escape in double quotes",                                                                                                   "write \\\\ for a backslash, or use single quotes"                       },
    {"found invalid Unicode character escape code", NULL,                             NULL, false,
     "an escape that is no character",                                                                                                          "write the character itself"                                             },
    {"block sequence entries are not allowed",      NULL,                             NULL, false, "a list cannot begin here",
     "put it on the lines below its key, or write [a, b]"                                                                                                                                                                },
    {"mapping keys are not allowed",                NULL,                             NULL, false, "'? ' cannot stand here",
     "put a value that begins with '?' in quotes"                                                                                                                                                                        },
    {"did not find expected ',' or ']'",            NULL,                             NULL, false, "expected ',' or ']'",
     "close the list, and put items that hold { } [ ] , : in quotes"                                                                                                                                                     },
    {"did not find expected ',' or '}'",            NULL,                             NULL, false, "expected ',' or '}'",
     "close the map, and put values that hold { } [ ] , : in quotes"                                                                                                                                                     },
    {"did not find expected node content",          NULL,                             NULL, false, "a value is missing here",
     "put a value that begins with , ] or } in quotes"                                                                                                                                                                   },
    {"did not find expected key",                   NULL,                             "]}", false, "a bracket is closed that was not opened",
     "remove it, or put the value in quotes"                                                                                                                                                                             },
    {"did not find expected key",                   NULL,                             "-",  false, "a list item among the keys of a map",
     "check the indentation, and that the line above is complete"                                                                                                                                                        },
    {"did not find expected key",                   NULL,                             NULL, false, "expected a key of the map here",
     "the keys of one map begin in the same column"                                                                                                                                                                      },
    {"did not find expected '-' indicator",         NULL,                             NULL, false,
     "expected '- ' for the next item of the list",                                                                                             "check the indentation: what follows the list begins further to the left"},
    {"did not find expected <document start>",      NULL,                             NULL, false,
     "this does not belong to what stands above",                                                                                               "check the indentation of this line and of the first one"                },
    {"could not find expected ':'",                 NULL,                             NULL, true,  "a key without ':' and value",
     "write 'key: value', and put text that spans lines in quotes"                                                                                                                                                       },
    {"mapping values are not allowed",              NULL,                             NULL, false, "a ':' is not expected here",
     "put values that hold ': ' in quotes, and check the indentation"                                                                                                                                                    },
};

static bool fits(const struct row *row, const struct yaml_complaint *complaint, struct str next)
{
    return str_starts_with(str_from(complaint->problem), str_from(row->problem)) &&
           (row->context == NULL || text_equal(complaint->context, row->context)) &&
           (row->next == NULL ||
            (next.len > 0 && str_find_char(str_from(row->next), next.at[0]) != SIZE_MAX));
}

/* "key:value" at the start of a line: the part up to the ':' and one character more, or nothing. */
static struct str find_glued_key(struct str line)
{
    struct str content = str_trim(line);
    size_t colon = str_find_char(content, ':');
    if (colon == SIZE_MAX || colon == 0 || colon + 1 >= content.len) {
        return STR("");
    }
    char after = content.at[colon + 1];
    bool has_blank_before = str_find_char(str_slice(content, 0, colon), ' ') != SIZE_MAX;
    return after == ' ' || after == '/' || has_blank_before ? STR("")
                                                            : str_slice(content, 0, colon);
}

/* Mistakes that libyaml notices only later, or calls by other names. */
static struct error *explain_cause(const struct yaml_complaint *complaint, struct str text)
{
    struct str problem = str_from(complaint->problem);
    struct str line = yaml_text_line(text, complaint->at.line);
    struct str next = yaml_text_from(text, complaint->at.line, complaint->at.column);
    struct str before = str_slice(line, 0, line.len - next.len);
    if (str_starts_with(next, STR("{")) && str_ends_with(before, STR("$"))) {
        return error_hint(error_new(ERR_PLAN, "'${' without quotes inside { } or [ ]"),
                          "write \"${…}\" with quotes here");
    }
    struct str quoted = str_trim(before);
    if (str_starts_with(problem, STR("did not find expected key")) && next.len > 0 &&
        (str_ends_with(quoted, STR("'")) || str_ends_with(quoted, STR("\"")))) {
        return error_hint(error_new(ERR_PLAN, "text after the closing quote"),
                          "inside '…' write '' for a quote, inside \"…\" write \\\"");
    }
    bool is_about_key = str_starts_with(problem, STR("mapping values are not allowed")) ||
                        str_starts_with(problem, STR("could not find expected ':'"));
    if (is_about_key && complaint->at.column > LONGEST_KEY) {
        return error_hint(error_new(ERR_PLAN, "a key of more than %d characters", LONGEST_KEY),
                          "put a value that holds ': ' in quotes");
    }
    struct str glued = STR("");
    for (int back = 0; is_about_key && glued.len == 0 && back < 2; back++) {
        glued = find_glued_key(yaml_text_line(text, complaint->at.line - back));
    }
    if (glued.len > 0) {
        return error_hint(error_new(ERR_PLAN, "no blank behind '" STR_FMT ":'", STR_ARG(glued)),
                          "write '" STR_FMT ": value'", STR_ARG(glued));
    }
    return NULL;
}

struct error *yaml_explain(const struct yaml_complaint *complaint, struct str text)
{
    struct error *error = explain_cause(complaint, text);
    if (error != NULL) {
        return error_at(error, complaint->at);
    }
    struct str next = yaml_text_from(text, complaint->at.line, complaint->at.column);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (fits(&rows[i], complaint, next)) {
            return error_at(error_hint(error_new(ERR_PLAN, "%s", rows[i].text), "%s", rows[i].hint),
                            rows[i].is_at_context ? complaint->context_at : complaint->at);
        }
    }
    return error_at(error_new(ERR_PLAN, "not valid YAML: %s", complaint->problem), complaint->at);
}
