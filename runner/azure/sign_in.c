/* SPDX-License-Identifier: MIT */
#include "azure/sign_in.h"

#include "base/clock.h"
#include "base/limit.h"
#include "base/mem.h"
#include "base/number.h"
#include "data/json_read.h"
#include "http/url.h"

/* Numbers of Entra ID's errors and what helps (azure-surface E.8). */
static const struct {
    const char *number, *hint;
} advices[] = {
    {"AADSTS7000215", "AZURE_CLIENT_SECRET is not the secret's value; its id does not work"},
    {"AADSTS7000222", "the client secret has expired: make a new one"                      },
    {"AADSTS700016",  "AZURE_CLIENT_ID is not an application of this tenant"               },
    {"AADSTS90002",   "AZURE_TENANT_ID is not a tenant of this cloud"                      },
    {"AADSTS900023",  "AZURE_TENANT_ID is neither a GUID nor a domain"                     },
};

void credential_release(struct credential *credential)
{
    secret_release(&credential->token);
    secret_release(&credential->client_secret);
}

static void append_scope(struct buf *body, const char *audience)
{
    AUTO(buf) struct buf scope = BUF_INIT(LIMIT_URL_BYTES);
    buf_format(&scope, "%s/.default", audience);
    url_append_form(body, buf_str(&scope));
}

static void start(const struct event *in, struct effect *out)
{
    const struct credential *credential = in->credential;
    if (credential->kind == CREDENTIAL_TOKEN) {
        effect_done(out, value_new(in->arena, VALUE_MAP));
        secret_set(&out->secret, secret_view(&credential->token));
        return;
    }
    AUTO(buf) struct buf url = BUF_INIT(LIMIT_URL_BYTES);
    struct str authority = str_from(credential->authority);
    while (str_ends_with(authority, STR("/"))) {
        authority.len--;
    }
    buf_append_str(&url, authority);
    buf_append_char(&url, '/');
    if (!url_append_segment(&url, str_from(credential->tenant))) {
        effect_fail(out, error_new(ERR_AUTH, "'%s' is not a tenant", credential->tenant));
        return;
    }
    buf_append_text(&url, "/oauth2/v2.0/token");
    effect_send(out, HTTP_POST, buf_text(&url));
    out->request.flags = HTTP_NO_TOKEN | HTTP_SECRET;
    http_request_header(&out->request, "Content-Type", "application/x-www-form-urlencoded");
    struct buf *body = &out->request.body;
    buf_append_text(body, "grant_type=client_credentials&client_id=");
    url_append_form(body, str_from(credential->client));
    buf_append_text(body, "&client_secret=");
    url_append_form(body, secret_view(&credential->client_secret));
    buf_append_text(body, "&scope=");
    append_scope(body, credential->audience);
}

static struct error *refused(const struct http_reply *reply, const struct value *body)
{
    const char *code = value_text(body, "error");
    const char *text = value_text(body, "error_description");
    AUTO(buf) struct buf said = BUF_INIT(LIMIT_TEXT_BYTES);
    buf_append_printable(&said, str_from(code == NULL ? "no error code" : code));
    if (text != NULL) {
        buf_append_text(&said, ": ");
        buf_append_printable(&said, str_slice(str_trim(str_from(text)), 0, 500));
    }
    struct error *error = error_wrap(error_new(ERR_AUTH, "%s", buf_text(&said)), ERR_AUTH,
                                     "sign-in was refused (%d)", reply->status);
    for (size_t i = 0; text != NULL && i < sizeof(advices) / sizeof(advices[0]); i++) {
        if (str_find(str_from(text), str_from(advices[i].number)) != SIZE_MAX) {
            return error_hint(error, "%s", advices[i].hint);
        }
    }
    return error_hint(error, "check AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET");
}

static struct error *senseless(const struct http_reply *reply)
{
    struct error *error =
        reply->failure != NULL
            ? error_new(ERR_UNREACHABLE, "%s", reply->failure)
            : error_new(ERR_UNREACHABLE, "it answered %d without a token", reply->status);
    error = error_wrap(error, ERR_UNREACHABLE, "cannot reach the sign-in endpoint");
    return error_hint(error, "check the network, the proxy and AZURE_AUTHORITY_HOST");
}

/* expires_in is a number, or text with one. */
static int64_t lifetime_ms(const struct value *body)
{
    int64_t seconds = value_integer(body, "expires_in", -1);
    const char *text = value_text(body, "expires_in");
    if (text != NULL && !number_parse(str_from(text), 0, INT32_MAX, &seconds)) {
        seconds = -1;
    }
    return seconds < 0 ? HOUR_MS : seconds * SECOND_MS;
}

static void reply(const struct event *in, struct effect *out)
{
    const struct value *body = NULL;
    const struct http_reply *reply = in->reply;
    bool is_refusal = reply->status >= 400 && reply->status < 500 && reply->status != 408;
    bool is_answer = reply->outcome == HTTP_ANSWERED && reply->body_is_whole &&
                     (is_refusal || reply->status == 200);
    error_free(json_read(in->scratch, "answer", buf_str(&reply->body), JSON_READ_LENIENT, &body));
    const char *token = value_text(body, "access_token");
    bool has_token = token != NULL && token[0] != '\0';
    if (!is_answer || (!is_refusal && !has_token)) {
        effect_fail(out, senseless(reply));
        return;
    }
    if (is_refusal) {
        effect_fail(out, refused(reply, body));
        return;
    }
    struct value *output = value_new(in->arena, VALUE_MAP);
    value_set_integer(in->arena, output, "lifetime_ms", lifetime_ms(body));
    effect_done(out, output);
    secret_set(&out->secret, str_from(token));
}

static void feed(void *memory, const struct event *in, struct effect *out)
{
    (void)memory; /* the credential comes with START, and nothing is to be remembered */
    switch (in->type) {
    case EVENT_START:
        start(in, out);
        break;
    case EVENT_REPLY:
        reply(in, out);
        break;
    case EVENT_CANCEL:
        break;
    case EVENT_TIMER:
    case EVENT_LOST:
    case EVENT_TYPE_COUNT:
        BUG("sign_in was fed event %d", (int)in->type);
    }
}

const struct kind sign_in = {
    .name = "sign-in",
    .doc = "gets a bearer token",
    .role = KIND_SIGN_IN,
    .flags = KIND_REPEATABLE,
    .state_size = 0,
    .feed = feed,
};
