/* SPDX-License-Identifier: MIT */
/* sign_in: gets a bearer token for the management endpoint.
 *
 * Credentials now: a ready token (RESTORECTL_ACCESS_TOKEN) and a client secret (AZURE_TENANT_ID,
 * AZURE_CLIENT_ID, AZURE_CLIENT_SECRET, AZURE_AUTHORITY_HOST).   Sources: azure-surface E.1, E.6,
 * E.8. Ownership: wire owns the credential; it outlives the run. */
#ifndef AZURE_SIGN_IN_H
#define AZURE_SIGN_IN_H

#include "base/secret.h"
#include "step/kind.h"

enum credential_kind {
    CREDENTIAL_TOKEN,
    CREDENTIAL_CLIENT_SECRET,
    CREDENTIAL_KIND_COUNT,
};

struct credential {
    enum credential_kind kind;
    struct secret token;         /* TOKEN */
    const char *authority;       /* CLIENT_SECRET: "https://login.microsoftonline.com" */
    const char *tenant, *client; /* CLIENT_SECRET */
    struct secret client_secret; /* CLIENT_SECRET */
    const char *audience;        /* what the token is for: the management endpoint */
};

void credential_release(struct credential *credential);

/* DONE gives effect.secret, and output {"lifetime_ms": n} where it is known. */
extern const struct kind sign_in;

#endif
