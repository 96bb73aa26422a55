/* SPDX-License-Identifier: MIT */
/* digest: SHA-256 (evidence, plan identity) and CRC-32C (torn journal lines). */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <stdint.h>

#include "base/str.h"

#define SHA256_TEXT_SIZE 65
/* Lower-case hexadecimal; returns text. */
const char *digest_sha256(struct str bytes, char text[SHA256_TEXT_SIZE]);

/* CRC-32C (Castagnoli), start 0; "123456789" gives e3069283. */
uint32_t digest_crc32c(struct str bytes);

#endif
