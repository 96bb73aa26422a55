/* SPDX-License-Identifier: MIT */
#include "simulator/answer_token.h"

#include "base/clock.h"
#include "base/number.h"
#include "base/vec.h"

#define TOKEN_START "restorectl-sim."

static unsigned long long check_of(const struct sim_call *call, int64_t expiry_ms)
{
    return world_seed_of(call->world,
                         arena_format(call->arena, "token|%lld", (long long)expiry_ms));
}

static void refuse(struct sim_call *call, int status, const char *error, int64_t code,
                   const char *text)
{
    struct json_writer json = sim_call_json(call, status);
    json_begin_map(&json);
    json_member_text(&json, "error", error);
    json_member_text(&json, "error_description",
                     arena_format(call->arena, "AADSTS%lld: %s", (long long)code, text));
    json_name(&json, "error_codes");
    json_begin_list(&json);
    json_integer(&json, code);
    json_end(&json);
    json_end(&json);
}

static const char *form_value(const struct sim_params *form, const char *name)
{
    const struct sim_param *param = sim_call_param(form, name);
    return param != NULL && *param->value != '\0' ? param->value : NULL;
}

static const struct world_principal *find_principal(const struct sim_call *call, const char *client)
{
    const struct world_principal *principals = call->world->principal_rows.items;
    for (size_t i = 0; i < call->world->principal_rows.count; i++) {
        if (text_equal_ignoring_case(principals[i].client_id, client) &&
            (principals[i].tenant == NULL ||
             text_equal_ignoring_case(principals[i].tenant, call->parts[0]))) {
            return &principals[i];
        }
    }
    return NULL;
}

/* False: refused. */
static bool check_form(struct sim_call *call, const struct sim_params *form)
{
    const char *client = form_value(form, "client_id");
    const char *secret = form_value(form, "client_secret");
    if (!text_equal(form_value(form, "grant_type"), "client_credentials")) {
        refuse(call, 400, "unsupported_grant_type", 70003,
               "The app requested an unsupported grant type.");
    } else if (client == NULL) {
        refuse(call, 400, "invalid_request", 900144,
               "The request body must contain the following parameter: 'client_id'.");
    } else if (form_value(form, "scope") == NULL && form_value(form, "resource") == NULL) {
        refuse(call, 400, "invalid_request", 900144,
               "The request body must contain the following parameter: 'scope'.");
    } else if (secret == NULL && form_value(form, "client_assertion") == NULL) {
        refuse(call, 401, "invalid_client", 7000218,
               "The request body must contain 'client_assertion' or 'client_secret'.");
    } else if (call->world->principal_rows.count > 0) {
        const struct world_principal *principal = find_principal(call, client);
        if (principal == NULL) {
            refuse(call, 400, "unauthorized_client", 700016,
                   "The application was not found in the directory.");
            return false;
        }
        if (principal->client_secret != NULL && !text_equal(principal->client_secret, secret)) {
            refuse(call, 401, "invalid_client", 7000215, "Invalid client secret provided.");
            return false;
        }
        return true;
    } else {
        return true;
    }
    return false;
}

static void write_token(struct sim_call *call)
{
    int64_t expiry_ms = call->request->now.ms + call->world->token_ms;
    int64_t seconds = call->world->token_ms / SECOND_MS;
    struct json_writer json = sim_call_json(call, 200);
    json_begin_map(&json);
    json_member_text(&json, "token_type", "Bearer");
    json_member_integer(&json, "expires_in", seconds);
    json_member_integer(&json, "ext_expires_in", seconds);
    json_member_text(&json, "access_token",
                     arena_format(call->arena, TOKEN_START "%lld.%016llx", (long long)expiry_ms,
                                  check_of(call, expiry_ms)));
    json_end(&json);
}

void answer_token_issue(struct sim_call *call)
{
    struct sim_params form = {0};
    if (!sim_call_params(call->arena, call->request->body, &form)) {
        refuse(call, 400, "invalid_request", 900144, "The request body is not a form.");
    } else if (check_form(call, &form)) {
        write_token(call);
    }
    vec_release(&form);
}

enum verdict {
    TOKEN_GOOD,
    TOKEN_UNKNOWN,
    TOKEN_EXPIRED,
};

static enum verdict judge(const struct sim_call *call, struct str token)
{
    if (str_equal(token, STR("expired"))) {
        return TOKEN_EXPIRED;
    }
    if (!str_starts_with(token, STR(TOKEN_START))) {
        return call->world->has_strict_tokens ? TOKEN_UNKNOWN : TOKEN_GOOD;
    }
    struct str rest = str_slice(token, STR(TOKEN_START).len, token.len);
    struct str expiry;
    struct str check;
    int64_t expiry_ms;
    uint64_t sum;
    if (!str_next(&rest, '.', &expiry) || !str_next(&rest, '.', &check) || rest.len > 0 ||
        !number_parse(expiry, 0, INT64_MAX, &expiry_ms) || !number_parse_hex(check, &sum) ||
        sum != check_of(call, expiry_ms)) {
        return TOKEN_UNKNOWN;
    }
    return expiry_ms > call->request->now.ms ? TOKEN_GOOD : TOKEN_EXPIRED;
}

bool answer_token_check(struct sim_call *call)
{
    struct str header = str_trim(str_from(call->request->authorization));
    bool is_bearer =
        str_starts_with_ignoring_case(header, STR("Bearer ")) && header.len > STR("Bearer ").len;
    struct str token = is_bearer ? str_trim(str_slice(header, STR("Bearer ").len, header.len))
                                 : (struct str){"", 0};
    enum verdict verdict = is_bearer ? judge(call, token) : TOKEN_UNKNOWN;
    if (verdict == TOKEN_GOOD) {
        return true;
    }
    sim_call_header(call, "WWW-Authenticate",
                    "Bearer authorization_uri=\"%s/common\", error=\"invalid_token\", "
                    "error_description=\"%s\"",
                    sim_call_origin(call),
                    is_bearer ? "The access token is expired or invalid." : "There is no token.");
    if (verdict == TOKEN_EXPIRED) {
        sim_call_error(call, 401, "ExpiredAuthenticationToken", "The access token expiry is past.");
    } else {
        sim_call_error(call, 401, "InvalidAuthenticationToken", "%s",
                       is_bearer ? "The access token is invalid."
                                 : "The 'Authorization' header is missing or not a bearer token.");
    }
    return false;
}
