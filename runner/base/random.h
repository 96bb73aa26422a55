/* SPDX-License-Identifier: MIT */
/* random: a seeded source of numbers (SplitMix64), so that a rehearsal repeats exactly.
 *
 * Not here: keys or nonces that must not be guessed; ids need to be unique, not secret. */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stdint.h>

#include "base/str.h"

struct random {
    uint64_t state;
};

struct random random_seeded(uint64_t seed);
/* A seed of the operating system. */
uint64_t random_system_seed(void);
/* A seed made from text: the same text, the same seed. */
uint64_t random_seed_of(struct str text);

uint64_t random_next(struct random *random);
/* 0 .. below - 1, without bias; below is at least 1. */
uint64_t random_below(struct random *random, uint64_t below);
/* 0 <= x < 1 */
double random_fraction(struct random *random);

#define UUID_TEXT_SIZE 37
/* A version-4 UUID in lower case; returns text. */
const char *random_uuid(struct random *random, char text[UUID_TEXT_SIZE]);

#endif
