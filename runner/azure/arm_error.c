/* SPDX-License-Identifier: MIT */
/* arm_error: Azure's error envelopes as errors of ours (azure-surface C.7, C.8). */
#include "azure/arm.h"

#include "base/limit.h"
#include "base/mem.h"
#include "data/json_read.h"

struct advice {
    const char *code; /* as Azure writes it */
    const char *hint;
};
static const struct advice advices[] = {
    {"AuthorizationFailed",                "give the signed-in identity the role Backup Operator on the vault and "
                            "Contributor on the target group; "
                            "a role given a minute ago may need some minutes more"         },
    {"LinkedAuthorizationFailed",          "the identity also needs access to the resource that the message "
                                  "names (staging account, network or group)"        },
    {"ExpiredAuthenticationToken",
     "get a new token: RESTORECTL_ACCESS_TOKEN holds one that has expired"                                            },
    {"InvalidAuthenticationToken",
     "check that the token is for the management endpoint and not for another audience"                               },
    {"InvalidAuthenticationTokenTenant",   "the token is of another tenant than the subscription"                     },
    {"AuthenticationFailed",
     "set RESTORECTL_ACCESS_TOKEN, or AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET"                       },
    {"ResourceNotFound",                   "check subscription, group and name of the vault in the plan"              },
    {"ResourceGroupNotFound",              "check the group's name in the plan"                                       },
    {"SubscriptionNotFound",               "check the subscription's id in the plan"                                  },
    {"MissingSubscriptionRegistration",
     "register the resource provider Microsoft.RecoveryServices in the subscription"                                  },
    {"BMSUserErrorInvalidInput",
     "`restorectl plan` shows the request body; compare it with the vault and the point"                              },
    {"BMSUserErrorObjectLocked",           "another operation runs on this item: wait for it to end"                  },
    {"UserErrorRequestDisallowedByPolicy", "an Azure Policy forbids it: choose another target"                        },
    {"RequestDisallowedByPolicy",          "an Azure Policy forbids it: choose another target"                        },
    {"ScopeLocked",                        "a management lock is on the target: choose another one, or have it lifted"},
};

static const char *find_hint(const char *code)
{
    for (size_t i = 0; code != NULL && i < sizeof(advices) / sizeof(advices[0]); i++) {
        if (text_equal_ignoring_case(code, advices[i].code)) {
            return advices[i].hint;
        }
    }
    return NULL;
}

static enum error_code code_of(const struct http_reply *reply, enum error_code rejected)
{
    bool is_refusal = reply->status >= 400 && reply->status < 500 && reply->status != 408;
    if (reply->outcome != HTTP_ANSWERED || !reply->body_is_whole || !is_refusal) {
        return ERR_UNREACHABLE;
    }
    return reply->status == 401 || reply->status == 403 ? ERR_AUTH : rejected;
}

static void append_request_id(struct buf *text, const struct http_reply *reply)
{
    AUTO(text) char *id = headers_request_id(&reply->headers);
    if (id != NULL) {
        buf_append_text(text, " (Azure request id ");
        buf_append_printable(text, str_from(id));
        buf_append_char(text, ')');
    }
}

/* "403 AuthorizationFailed: The client … (Azure request id …)" */
static void append_answer(struct buf *text, const struct http_reply *reply,
                          const struct value *envelope)
{
    const char *code = value_text(envelope, "code");
    const char *message = value_text(envelope, "message");
    buf_format(text, "Azure answered %d", reply->status);
    if (code != NULL) {
        buf_append_char(text, ' ');
        buf_append_printable(text, str_from(code));
    }
    if (message != NULL) {
        buf_append_text(text, ": ");
        buf_append_printable(text, str_slice(str_trim(str_from(message)), 0, 1000));
    } else if (code == NULL && reply->body.len > 0) {
        buf_append_text(text, ": ");
        buf_append_printable(text, str_slice(str_trim(buf_str(&reply->body)), 0, 80));
    }
    append_request_id(text, reply);
}

struct error *arm_error(const struct http_reply *reply, enum error_code code, const char *what)
{
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
    AUTO(arena) struct arena *arena = arena_new();
    const char *hint = NULL;
    if (reply->outcome == HTTP_ANSWERED && reply->body_is_whole) {
        const struct value *body = NULL;
        error_free(json_read(arena, "answer", buf_str(&reply->body), JSON_READ_LENIENT, &body));
        const struct value *envelope = value_find(body, "error");
        append_answer(&text, reply, envelope);
        hint = find_hint(value_text(envelope, "code"));
    } else {
        buf_append_text(&text, reply->failure == NULL ? "no answer" : reply->failure);
        append_request_id(&text, reply);
        hint = reply->is_refused
                   ? "it was not sent: a URL of another host is never followed, and nothing is "
                     "started once the journal cannot be written"
                   : "check the network, the proxy and the endpoint";
    }
    enum error_code class = code_of(reply, code);
    if (class == ERR_UNREACHABLE && hint == NULL) {
        hint = "Azure did not give a sensible answer in several tries: try again later";
    }
    struct error *error = error_wrap(error_new(class, "%s", buf_text(&text)), class, "%s", what);
    return hint == NULL ? error : error_hint(error, "%s", hint);
}

static struct error *not_json(const struct http_reply *reply, struct error *cause, const char *what)
{
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
    const char *type = headers_find(&reply->headers, "content-type");
    buf_append_text(&text, "expected JSON, got ");
    buf_append_printable(&text, str_from(type == NULL ? "an answer without a type" : type));
    buf_append_text(&text, ": ");
    buf_append_printable(&text, str_slice(str_trim(buf_str(&reply->body)), 0, 80));
    append_request_id(&text, reply);
    struct error *error = error_wrap(cause, ERR_UNREACHABLE, "%s", buf_text(&text));
    error = error_wrap(error, ERR_UNREACHABLE, "%s", what);
    return error_hint(error, "is a proxy or a sign-in page between here and Azure?");
}

struct error *arm_read(struct arena *arena, const struct http_reply *reply, const char *what,
                       const struct value **ret)
{
    if (reply->outcome != HTTP_ANSWERED || !reply->body_is_whole || reply->status != 200) {
        return arm_error(reply, ERR_REFUSED, what);
    }
    struct error *error = json_read(arena, "answer", buf_str(&reply->body), JSON_READ_LENIENT, ret);
    return error == NULL ? NULL : not_json(reply, error, what);
}
