/* SPDX-License-Identifier: MIT */
/* plan_table: the decode tables of the plan file that others of this room need one by one.
 *
 * plan_table itself, which holds all of them, is in plan/plan_load.h. */
#ifndef PLAN_PLAN_TABLE_H
#define PLAN_PLAN_TABLE_H

#include "data/decode.h"

extern const struct decode_table
    plan_variables_table; /* of struct plan, its variables alone: they are needed first */
extern const struct decode_table plan_variable_table;
extern const struct decode_table plan_vault_table;
extern const struct decode_table plan_item_table;
extern const struct decode_table plan_rule_table;
extern const struct decode_table plan_target_table;
extern const struct decode_table plan_limits_table;
extern const struct decode_table plan_defaults_table;
extern const struct decode_table plan_step_table;

#endif
