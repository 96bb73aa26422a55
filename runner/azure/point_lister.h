/* SPDX-License-Identifier: MIT */
/* point_lister: lists the recovery points of one protected item, all pages, in the words of
 * plan/select.h.
 *
 * Sources: azure-surface A.1 5, C.1, C.2 (tiers come as numbers or words); recordings 24 to 30. */
#ifndef AZURE_POINT_LISTER_H
#define AZURE_POINT_LISTER_H

#include "step/kind.h"

extern const struct kind point_lister;

#endif
