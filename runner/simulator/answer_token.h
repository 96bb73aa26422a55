/* SPDX-License-Identifier: MIT */
/* answer_token: sign-in, and whether a bearer token is good.
 *
 * Tokens are "restorectl-sim.EXPIRY.CHECK": nothing is kept, and each carries its own end.
 * Sources: azure-surface E.1, E.7, E.8; C.8 for the two 401 codes. */
#ifndef SIMULATOR_ANSWER_TOKEN_H
#define SIMULATOR_ANSWER_TOKEN_H

#include "simulator/sim_call.h"

void answer_token_issue(struct sim_call *call);

/* False: the call has been answered with 401. */
bool answer_token_check(struct sim_call *call);

#endif
