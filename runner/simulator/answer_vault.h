/* SPDX-License-Identifier: MIT */
/* answer_vault: reads of the vault, its items, containers and recovery points.
 *
 * Sources: azure-surface A.1, A.10, C.1, C.2, C.6. */
#ifndef SIMULATOR_ANSWER_VAULT_H
#define SIMULATOR_ANSWER_VAULT_H

#include "simulator/sim_call.h"

void answer_vault_show(struct sim_call *call);
void answer_vault_items(struct sim_call *call);
void answer_vault_item(struct sim_call *call);
void answer_vault_containers(struct sim_call *call);
void answer_vault_points(struct sim_call *call);
void answer_vault_point(struct sim_call *call);

/* "db01_OsDisk" for -1, "db01_DataDisk_0" …: what Azure calls the disk of a LUN; in the arena. */
const char *answer_vault_disk_name(struct arena *arena, const struct world_item *item, int64_t lun);

#endif
