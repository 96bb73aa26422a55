/* SPDX-License-Identifier: MIT */
/* kinds: the table of every kind there is. */
#ifndef AZURE_KINDS_H
#define AZURE_KINDS_H

#include "step/kind.h"

extern const struct kind *const azure_kinds[]; /* ended by NULL */

#endif
