/* SPDX-License-Identifier: MIT */
/* credentials: finds who signs in, in the environment; secrets are taken out of it as they are
 * read. */
#ifndef CLI_CREDENTIALS_H
#define CLI_CREDENTIALS_H

#include "azure/sign_in.h"

/* RESTORECTL_ACCESS_TOKEN, else AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET
 * (AZURE_AUTHORITY_HOST). ERR_AUTH if there is neither, saying what is missing. */
struct error *credentials_read(struct credential *credential, const char *management) MUST_USE;

/* The token that the simulator takes. */
void credentials_rehearsal(struct credential *credential);

#endif
