/* SPDX-License-Identifier: MIT */
/* findings: what is wrong with several files, for programs: JSON, workflow commands, SARIF.
 *
 * Not here: the form for people, with lines and carets (cli/diagnostics).
 * Ownership: the findings own their problems; file names are borrowed.   Errors: none. */
#ifndef CLI_FINDINGS_H
#define CLI_FINDINGS_H

#include "base/buf.h"
#include "base/error.h"
#include "base/vec.h"

struct finding {
    const char *file;
    struct problems problems; /* sorted */
};
struct findings {
    VEC(struct finding);
};

/* One document: {"schema": 1, "files": [{file, valid, problems: […]}], "errors", "warnings"}. */
void findings_json(const struct findings *findings, struct buf *ret);
/* `::error file=…,line=…,col=…,title=…::text`, a line for each problem. */
void findings_github(const struct findings *findings, struct buf *ret);
/* SARIF 2.1.0: one run, a result for each problem. */
void findings_sarif(const struct findings *findings, struct buf *ret);

void findings_cleanup(struct findings *findings);

#endif
