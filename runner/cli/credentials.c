/* SPDX-License-Identifier: MIT */
#include "cli/credentials.h"

#include "base/secret.h"
#include "http/url.h"

#define PUBLIC_AUTHORITY "https://login.microsoftonline.com"

/* Where a loopback endpoint is tried, the token is still asked for the real audience. */
#define PUBLIC_AUDIENCE "https://management.azure.com"

/* The text is wiped in the environment, so that no child and no dump has it. */
static void take_secret(const char *name, struct secret *ret)
{
    char *value = getenv(name);
    if (value == NULL || value[0] == '\0') {
        return;
    }
    secret_set(ret, str_trim(str_from(value)));
    memset(value, '*', strlen(value));
    (void)unsetenv(name); /* before any thread: NOLINT(concurrency-mt-unsafe) */
}

static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0' ? value : NULL;
}

static struct error *nobody(const struct credential *credential)
{
    struct error *error;
    bool has_some = credential->tenant != NULL || credential->client != NULL;
    if (has_some || secret_is_set(&credential->client_secret)) {
        error = error_new(ERR_AUTH, "the client secret's sign-in is incomplete: %s is not set",
                          credential->tenant == NULL   ? "AZURE_TENANT_ID"
                          : credential->client == NULL ? "AZURE_CLIENT_ID"
                                                       : "AZURE_CLIENT_SECRET");
    } else {
        error = error_new(
            ERR_AUTH,
            "nobody is signed in: neither RESTORECTL_ACCESS_TOKEN nor AZURE_CLIENT_SECRET is set");
    }
    return error_hint(
        error,
        "set RESTORECTL_ACCESS_TOKEN=\"$(az account get-access-token --resource "
        "https://management.azure.com --query accessToken -o tsv)\", or AZURE_TENANT_ID, "
        "AZURE_CLIENT_ID and AZURE_CLIENT_SECRET; `--simulate` rehearses without signing in");
}

struct error *credentials_read(struct credential *credential, const char *management)
{
    credential->audience = url_is_loopback(management) ? PUBLIC_AUDIENCE : management;
    take_secret("RESTORECTL_ACCESS_TOKEN", &credential->token);
    if (secret_is_set(&credential->token)) {
        credential->kind = CREDENTIAL_TOKEN;
        return header_is_clean(secret_view(&credential->token))
                   ? NULL
                   : error_new(ERR_AUTH, "RESTORECTL_ACCESS_TOKEN has control characters in it");
    }
    credential->kind = CREDENTIAL_CLIENT_SECRET;
    credential->tenant = variable("AZURE_TENANT_ID");
    credential->client = variable("AZURE_CLIENT_ID");
    credential->authority = variable("AZURE_AUTHORITY_HOST");
    credential->authority =
        credential->authority != NULL ? credential->authority : PUBLIC_AUTHORITY;
    take_secret("AZURE_CLIENT_SECRET", &credential->client_secret);
    if (credential->tenant == NULL || credential->client == NULL ||
        !secret_is_set(&credential->client_secret)) {
        return nobody(credential);
    }
    struct error *error = url_check_endpoint(credential->authority);
    return error == NULL ? NULL
                         : error_wrap(error, ERR_AUTH, "AZURE_AUTHORITY_HOST cannot be used");
}

void credentials_rehearsal(struct credential *credential)
{
    credential->kind = CREDENTIAL_TOKEN;
    secret_set(&credential->token, STR("rehearsal"));
}
