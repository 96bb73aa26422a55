/* SPDX-License-Identifier: MIT */
#include "base/secret.h"

#include <string.h>

#include <openssl/crypto.h>

#include "base/mem.h"

void secret_set(struct secret *secret, struct str bytes)
{
    char *copy = mem_text_len(bytes.at, bytes.len);
    secret_release(secret);
    secret->bytes = copy;
    secret->len = bytes.len;
}

bool secret_is_set(const struct secret *secret)
{
    return secret->bytes != NULL;
}

bool secret_equal(const struct secret *a, const struct secret *b)
{
    if (a->bytes == NULL || b->bytes == NULL) {
        return a->bytes == b->bytes;
    }
    return a->len == b->len && CRYPTO_memcmp(a->bytes, b->bytes, a->len) == 0;
}

bool secret_append_to(const struct secret *secret, struct buf *buf)
{
    return buf_append_str(buf, secret_view(secret));
}

struct str secret_view(const struct secret *secret)
{
    return secret->bytes == NULL ? STR("") : (struct str){secret->bytes, secret->len};
}

void secret_release(struct secret *secret)
{
    if (secret->bytes != NULL) {
        OPENSSL_cleanse(secret->bytes, secret->len);
        mem_free(secret->bytes);
    }
    *secret = (struct secret){0};
}

void secret_cleanup(struct secret *secret)
{
    secret_release(secret);
}

void secret_wipe_buf(struct buf *buf)
{
    if (buf->data != NULL) {
        OPENSSL_cleanse(buf->data, buf->capacity);
    }
    buf_release(buf);
}
