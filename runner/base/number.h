/* SPDX-License-Identifier: MIT */
/* number: text to numbers, whole text or nothing, no locale, no sign surprises.
 *
 * Not here: durations and times (base/clock).   Results stay untouched on failure. */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* Decimal integer in min..max: optional '-', digits; no '+', blanks, leading zeros (but "0"),
 * underscores. */
bool number_parse(struct str text, int64_t min, int64_t max, int64_t *ret);

/* JSON number grammar; finite only. */
bool number_parse_decimal(struct str text, double *ret);

/* Hexadecimal digits only, at most 16 of them. */
bool number_parse_hex(struct str text, uint64_t *ret);

#endif
