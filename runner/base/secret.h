/* SPDX-License-Identifier: MIT */
/* secret: bytes that no format prints and that are wiped when they go.
 *
 * Use: secret_set() from the environment or a reply; secret_append_to() at the one place that must
 * send it. Ownership: the struct owns the bytes. */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

struct secret {
    char *bytes;
    size_t len;
};

void secret_set(struct secret *secret, struct str bytes); /* wipes what was there */
bool secret_is_set(const struct secret *secret);
bool secret_equal(const struct secret *a, const struct secret *b);
bool secret_append_to(const struct secret *secret, struct buf *buf);
/* For percent-encoded form bodies: a view, good while the secret lives. */
struct str secret_view(const struct secret *secret);
void secret_release(struct secret *secret);
void secret_cleanup(struct secret *secret);

/* Wipes a buf that held a secret and releases it. */
void secret_wipe_buf(struct buf *buf);

#endif
