/* SPDX-License-Identifier: MIT */
/* sim_list: what all lists have in common: $filter and pages.
 *
 * Strict as the grammar of azure-surface A.10: `name eq 'value'` joined by ` and `, in any order.
 * A continuation is a token of ours that only a verbatim follower sends back unharmed (F 29). */
#ifndef SIMULATOR_SIM_LIST_H
#define SIMULATOR_SIM_LIST_H

#include "base/clock.h"
#include "simulator/sim_call.h"

#define SIM_LIST_CLAUSES 12
struct sim_filter {
    const char *const *names;             /* of the list's clauses, ended by NULL */
    const char *values[SIM_LIST_CLAUSES]; /* as the names; NULL: not asked for */
};

/* False: the call has been refused. */
bool sim_list_filter(struct sim_call *call, const char *const *names, struct sim_filter *ret);
/* The value asked for, or NULL. */
const char *sim_list_asked(const struct sim_filter *filter, const char *name);
/* True if nothing was asked for or it is this text, without case. */
bool sim_list_fits(const struct sim_filter *filter, const char *name, const char *text);
/* As filters write them: "2026-11-01 02:00:00 PM", UTC.  Absent: ret stays.  False: the call has
 * been refused. */
bool sim_list_time(struct sim_call *call, const struct sim_filter *filter, const char *name,
                   struct utc *ret);

/* Where this page begins: 0, or what the token of the page before says.  False: the call has been
 * refused. */
bool sim_list_begin(struct sim_call *call, size_t *ret);
/* The nextLink member, with next as its token; path is that of the list as Azure writes it. */
void sim_list_next(struct sim_call *call, struct json_writer *json, const char *path, size_t next);

#endif
