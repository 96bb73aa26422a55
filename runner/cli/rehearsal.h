/* SPDX-License-Identifier: MIT */
/* rehearsal: the simulator in this process, with a world from a file or made from the plan. */
#ifndef CLI_REHEARSAL_H
#define CLI_REHEARSAL_H

#include "base/clock.h"
#include "cli/options.h"
#include "plan/plan.h"
#include "simulator/simulator.h"

struct rehearsal {
    struct simulator *simulator;
    struct arena *arena; /* of the world */
};

struct error *rehearsal_start(struct rehearsal *rehearsal, const struct options *options,
                              const struct plan *plan, uint64_t seed) MUST_USE;
const char *rehearsal_origin(const struct rehearsal *rehearsal);
struct utc rehearsal_begin(const struct rehearsal *rehearsal);
void rehearsal_stop(struct rehearsal *rehearsal);

/* A world file's tree; ERR_PLAN with its problems printed. */
struct error *rehearsal_read_world(struct arena *arena, const char *path,
                                   const struct value **ret) MUST_USE;
/* Starts a simulator and prints what is wrong with its world. */
struct error *rehearsal_start_simulator(const struct simulator_options *options,
                                        const char *world_path, struct simulator **ret) MUST_USE;

#endif
