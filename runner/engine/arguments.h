/* SPDX-License-Identifier: MIT */
/* arguments: what a kind is told at its start, as one tree, from the plan and from what was read.
 */
#ifndef ENGINE_ARGUMENTS_H
#define ENGINE_ARGUMENTS_H

#include "engine/run_state.h"

const struct value *arguments_for_vault(struct run *run, size_t vault);
/* The item must be resolved. */
const struct value *arguments_for_points(struct run *run, size_t item);
/* point: as chosen. */
const struct value *arguments_for_step(struct run *run, const struct plan_instance *planned,
                                       const struct value *point);

#endif
