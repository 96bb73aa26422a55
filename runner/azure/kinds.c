/* SPDX-License-Identifier: MIT */
#include "azure/kinds.h"

#include "azure/point_lister.h"
#include "azure/restore_disks.h"
#include "azure/sign_in.h"
#include "azure/vault_reader.h"

const struct kind *const azure_kinds[] = {
    &sign_in, &vault_reader, &point_lister, &restore_disks, NULL,
};
