/* SPDX-License-Identifier: MIT */
/* vault_reader: reads a vault's region and lists its protected VMs, all pages.
 *
 * Output: {region, items: […]} as plan/resolve.h describes.   Sources: azure-surface A.1 1 and 2,
 * A.10, C.6. */
#ifndef AZURE_VAULT_READER_H
#define AZURE_VAULT_READER_H

#include "step/kind.h"

extern const struct kind vault_reader;

#endif
