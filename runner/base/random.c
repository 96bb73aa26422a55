/* SPDX-License-Identifier: MIT */
#include "base/random.h"

#include <stdio.h>
#include <sys/random.h>

#include "base/error.h"

struct random random_seeded(uint64_t seed)
{
    return (struct random){seed};
}

uint64_t random_system_seed(void)
{
    uint64_t seed;
    if (getrandom(&seed, sizeof(seed), 0) != (ssize_t)sizeof(seed)) {
        BUG("the operating system gives no random bytes");
    }
    return seed;
}

uint64_t random_seed_of(struct str text)
{
    /* FNV-1a */
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < text.len; i++) {
        hash = (hash ^ (unsigned char)text.at[i]) * UINT64_C(0x100000001b3);
    }
    return hash;
}

uint64_t random_next(struct random *random)
{
    uint64_t z = random->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

uint64_t random_below(struct random *random, uint64_t below)
{
    /* What lies under the remainder of 2^64 would make small results more likely. */
    uint64_t remainder = (UINT64_MAX % below + 1) % below;
    uint64_t drawn = random_next(random);
    while (drawn < remainder) {
        drawn = random_next(random);
    }
    return drawn % below;
}

double random_fraction(struct random *random)
{
    return (double)(random_next(random) >> 11) * 0x1p-53;
}

const char *random_uuid(struct random *random, char text[UUID_TEXT_SIZE])
{
    uint64_t high = random_next(random);
    uint64_t low = random_next(random);
    snprintf(text, UUID_TEXT_SIZE, "%08x-%04x-4%03x-%04x-%04x%08x", (unsigned)(high >> 32),
             (unsigned)(high >> 16 & 0xffff), (unsigned)(high & 0xfff),
             (unsigned)(low >> 48 & 0x3fff) | 0x8000, (unsigned)(low >> 32 & 0xffff),
             (unsigned)(low & 0xffffffff));
    return text;
}
