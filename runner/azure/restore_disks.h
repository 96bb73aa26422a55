/* SPDX-License-Identifier: MIT */
/* restore_disks: the step kind that restores a VM's disks: trigger, operation, job.
 *
 * With target.resource_group managed disks land there, without it VHD blobs in the staging account.
 * `disks` chooses: absent all, os_only the OS disk (an empty list on the wire), luns those data
 * disks beside it. Sources: azure-surface A.2 20, B.1 to B.3. */
#ifndef AZURE_RESTORE_DISKS_H
#define AZURE_RESTORE_DISKS_H

#include "step/kind.h"

extern const struct kind restore_disks;

#endif
