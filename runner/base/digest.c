/* SPDX-License-Identifier: MIT */
#include "base/digest.h"

#include <stdbool.h>
#include <stddef.h>

#include <openssl/evp.h>

#include "base/error.h"

#define CRC32C_POLYNOMIAL UINT32_C(0x82f63b78)

const char *digest_sha256(struct str bytes, char text[SHA256_TEXT_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char sum[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    if (EVP_Digest(bytes.at, bytes.len, sum, &len, EVP_sha256(), NULL) != 1 || len != 32) {
        BUG("no SHA-256 in this OpenSSL");
    }
    for (size_t i = 0; i < len; i++) {
        text[2 * i] = digits[sum[i] >> 4];
        text[2 * i + 1] = digits[sum[i] & 0xf];
    }
    text[2 * len] = '\0';
    return text;
}

static const uint32_t *crc32c_table(void)
{
    static uint32_t table[256];
    if (table[1] != 0) {
        return table;
    }
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t crc = byte;
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc & 1) != 0 ? crc >> 1 ^ CRC32C_POLYNOMIAL : crc >> 1;
        }
        table[byte] = crc;
    }
    return table;
}

uint32_t digest_crc32c(struct str bytes)
{
    const uint32_t *table = crc32c_table();
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < bytes.len; i++) {
        crc = crc >> 8 ^ table[(crc ^ (unsigned char)bytes.at[i]) & 0xff];
    }
    return ~crc;
}
