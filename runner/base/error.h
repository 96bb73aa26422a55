/* SPDX-License-Identifier: MIT */
/* error: what went wrong, where, why, and what to do next.
 *
 * A function that can fail returns struct error *, NULL for success, and is MUST_USE.  TRY() passes
 * it up. Texts: lower case, no full stop, the bad text in quotes, not what the caller already said.
 * Ownership: the receiver frees (error_free) or passes it on.   Only cli prints. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/vec.h"

#define MUST_USE __attribute__((warn_unused_result))

/* Each maps to one exit code, error_exit_code() (DESIGN.md 4). */
enum error_code {
    ERR_STEP,        /* a step failed: a job failed, Azure refused it            exit 1 */
    ERR_STALE,       /* a saved plan no longer fits                              2 */
    ERR_CHECK,       /* restored, but a check failed                             3 */
    ERR_OBJECTIVE,   /* an objective was missed                                  4 */
    ERR_REFUSED,     /* refused before any write: guard, item, point             5 */
    ERR_PERSON,      /* a person must decide: gate, ambiguous trigger            6 */
    ERR_LOCKED,      /* another runner holds the run                             8 */
    ERR_USAGE,       /* command line                                             64 */
    ERR_PLAN,        /* plan, hook, world or variable file is invalid            65 */
    ERR_INPUT,       /* an input file cannot be read                             66 */
    ERR_UNREACHABLE, /* no connection, TLS, or no sensible answer                69 */
    ERR_BUG,         /* our own mistake                                          70 */
    ERR_IO,          /* journal, report or another output cannot be written      74 */
    ERR_INTERRUPTED, /* stopped on request; resume works                         75 */
    ERR_AUTH,        /* sign-in or permission                                    77 */
    ERR_COUNT,
};

struct position {
    const char *file; /* borrowed; NULL: no position */
    int line;         /* from 1; 0: the file as a whole */
    int column;       /* from 1, in characters */
};

struct error {
    enum error_code code;
    char *text;
    char *hint; /* what to do next; NULL if there is nothing better than the text */
    char *file; /* owned copy of the position's file, or NULL */
    int line;
    int column;
    struct error *cause; /* "because …" */
};

struct error *error_new(enum error_code code, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Adds the position / the hint and returns the same error. */
struct error *error_at(struct error *error, struct position at);
struct error *error_hint(struct error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* A new error with cause under it; takes cause over. */
struct error *error_wrap(struct error *cause, enum error_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* With its causes; NULL gives NULL. */
struct error *error_copy(const struct error *error);
void error_free(struct error *error);
void error_cleanup(struct error **error);

/* What the program ends with when this is why it ends. */
int error_exit_code(enum error_code code);

#define TRY(expression)                                                                            \
    do {                                                                                           \
        struct error *try_error_ = (expression);                                                   \
        if (try_error_ != NULL) {                                                                  \
            return try_error_;                                                                     \
        }                                                                                          \
    } while (0)

/* Everything found wrong in one input, reported together; of a hopeless input the first
 * LIMIT_PLAN_PROBLEMS. */
struct problem {
    struct error *error;
    bool is_warning;
};
struct problems {
    VEC(struct problem);
    size_t error_count;   /* without the warnings */
    size_t dropped_count; /* errors and warnings that were counted only: "and N more" */
};

/* Takes the error over. */
void problems_add(struct problems *problems, struct error *error);
void problems_add_warning(struct problems *problems, struct error *error);
/* By line, then column; what has no position comes first; stable. */
void problems_sort(struct problems *problems);
void problems_release(struct problems *problems);
void problems_cleanup(struct problems *problems);

/* errno's text: "No such file or directory". */
const char *error_errno_text(int number);

/* Our own mistake: says where and aborts. */
#define BUG(...) error_bug(__FILE__, __LINE__, __VA_ARGS__)
_Noreturn void error_bug(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
