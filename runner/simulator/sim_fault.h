/* SPDX-License-Identifier: MIT */
/* sim_fault: what goes wrong on purpose, as specs say: "429:first=2,ra=30", "lost:at=1",
 * "reset:every=7,path=/backupjobs".
 *
 * Kinds: a status (429, 500, 503 …), reset, truncate; and for restores that are started: lost,
 * late-job, foreign, no-location, stuck-job, job-failed.  docs: sim_fault_help. Counting is per
 * fault; with counts_by_path also per method and path, so that parallel requests repeat exactly.
 * Sources: azure-surface C.8, D.5, D.6, F 27; reliability.md's failure tables. */
#ifndef SIMULATOR_SIM_FAULT_H
#define SIMULATOR_SIM_FAULT_H

#include "base/error.h"
#include "simulator/world.h"

enum sim_fault_kind {
    SIM_FAULT_STATUS,
    SIM_FAULT_RESET,
    SIM_FAULT_TRUNCATE,
    SIM_FAULT_LOST,
    SIM_FAULT_LATE_JOB,
    SIM_FAULT_FOREIGN,
    SIM_FAULT_NO_LOCATION,
    SIM_FAULT_STUCK_JOB,
    SIM_FAULT_JOB_FAILED,
    SIM_FAULT_KIND_COUNT,
};

/* Requests alike, and how often the fault met and hit them; open addressing, size is a power of
 * two. */
struct sim_fault_tally {
    uint64_t key;
    int64_t met, hit;
};

struct sim_fault {
    const char *spec;
    int kind;
    int64_t status;                  /* of SIM_FAULT_STATUS */
    bool is_after;                   /* when=after: the work is done first */
    int64_t every, first, at, count; /* 0: not given */
    int64_t retry_after_s;           /* ra=, -1: not given */
    int64_t after_ms;                /* late-job */
    const char *method, *path;
    struct world_outcome outcome; /* of stuck-job and job-failed */
    struct sim_fault_tally *tallies;
    size_t tally_count, tally_size;
};

struct sim_faults {
    struct arena *arena;
    bool counts_by_path;
    struct {
        VEC(struct sim_fault);
    } list;
};

/* The faults that hit one request, by kind; of each kind the first. */
struct sim_fault_hits {
    const struct sim_fault *of[SIM_FAULT_KIND_COUNT];
};

/* What kinds and options there are, a line each. */
extern const char sim_fault_help[];

void sim_fault_init(struct sim_faults *faults, bool counts_by_path);
void sim_fault_release(struct sim_faults *faults);
/* ERR_USAGE with the kinds as hint. */
struct error *sim_fault_add(struct sim_faults *faults, const char *spec) MUST_USE;

/* Counts the request.  path is decoded; is_restore: it starts a restore. */
void sim_fault_decide(struct sim_faults *faults, const char *method, const char *path,
                      bool is_restore, struct sim_fault_hits *ret);

/* The error code and text Azure sends with a status. */
const char *sim_fault_code(int64_t status);

#endif
