/* SPDX-License-Identifier: MIT */
/* sim_route: the table of what the simulator knows to answer, and the way of a request through it.
 *
 * New call: a row in the table and a function answer_….  Order of checks, as in front of Azure:
 * token, api-version, route, resource. Not here: sockets and threads (simulator). */
#ifndef SIMULATOR_SIM_ROUTE_H
#define SIMULATOR_SIM_ROUTE_H

#include "simulator/sim_call.h"

/* ret is an initialised reply. */
void sim_route_answer(struct world *world, struct sim_faults *faults,
                      const struct sim_request *request, struct sim_reply *ret);

/* The trigger of a restore: its body goes into the request log. */
bool sim_route_is_restore(const struct sim_request *request);

#endif
