/* SPDX-License-Identifier: MIT */
#include "simulator/sim_call.h"

#include <stdarg.h>

#include "base/limit.h"
#include "base/mem.h"
#include "base/random.h"
#include "http/url.h"

void sim_call_reply_init(struct sim_reply *reply)
{
    *reply = (struct sim_reply){0};
    buf_init(&reply->body, LIMIT_TEXT_BYTES);
}

void sim_call_reply_release(struct sim_reply *reply)
{
    headers_release(&reply->headers);
    buf_release(&reply->body);
}

/* '+' is a blank in queries and forms, and only there. */
static const char *decode_value(struct arena *arena, struct str raw)
{
    AUTO(buf) struct buf spaced = BUF_INIT(LIMIT_BODY_BYTES);
    AUTO(buf) struct buf plain = BUF_INIT(LIMIT_BODY_BYTES);
    buf_append_str(&spaced, raw);
    for (size_t i = 0; i < spaced.len; i++) {
        spaced.data[i] = spaced.data[i] == '+' ? ' ' : spaced.data[i];
    }
    return url_decode(buf_str(&spaced), &plain) ? arena_copy(arena, buf_str(&plain)) : NULL;
}

bool sim_call_params(struct arena *arena, struct str text, struct sim_params *ret)
{
    struct str part;
    while (text.len > 0 && str_next(&text, '&', &part)) {
        size_t equals = str_find_char(part, '=');
        struct str value =
            equals == SIZE_MAX ? (struct str){"", 0} : str_slice(part, equals + 1, part.len);
        struct sim_param param = {
            .name = decode_value(arena, str_slice(part, 0, equals)),
            .value = decode_value(arena, value),
            .raw = value,
        };
        if (param.name == NULL || param.value == NULL) {
            return false;
        }
        vec_push(ret, param);
    }
    return true;
}

const struct sim_param *sim_call_param(const struct sim_params *params, const char *name)
{
    for (size_t i = 0; i < params->count; i++) {
        if (text_equal_ignoring_case(params->items[i].name, name)) {
            return &params->items[i];
        }
    }
    return NULL;
}

bool sim_call_since(const struct sim_call *call, const char *version)
{
    struct str date = str_slice(str_from(call->version), 0, STR("2025-02-01").len);
    return str_compare(date, str_from(version)) >= 0;
}

const char *sim_call_origin(const struct sim_call *call)
{
    const char *host = call->request->host;
    return arena_format(call->arena, "http://%s", host != NULL ? host : "127.0.0.1");
}

struct json_writer sim_call_json(struct sim_call *call, int status)
{
    call->reply->status = status;
    buf_clear(&call->reply->body);
    return json_writer(&call->reply->body, JSON_COMPACT);
}

void sim_call_header(struct sim_call *call, const char *name, const char *format, ...)
{
    AUTO(buf) struct buf value = BUF_INIT(LIMIT_HEADER_BYTES);
    va_list list;
    va_start(list, format);
    buf_format_list(&value, format, list);
    va_end(list);
    if (header_is_clean(buf_str(&value))) {
        headers_add(&call->reply->headers, str_from(name), buf_str(&value));
    }
}

static void write_error(struct sim_call *call, int status, const char *code, const char *message,
                        bool is_of_service)
{
    struct json_writer json = sim_call_json(call, status);
    json_begin_map(&json);
    json_name(&json, "error");
    json_begin_map(&json);
    json_member_text(&json, "code", code);
    json_member_text(&json, "message", message);
    if (is_of_service) {
        json_member_text(&json, "target", NULL);
        json_member_text(&json, "details", NULL);
        json_member_text(&json, "innerError", NULL);
    }
    json_end(&json);
    json_end(&json);
}

void sim_call_error(struct sim_call *call, int status, const char *code, const char *format, ...)
{
    AUTO(buf) struct buf message = BUF_INIT(LIMIT_HEADER_BYTES);
    va_list list;
    va_start(list, format);
    buf_format_list(&message, format, list);
    va_end(list);
    write_error(call, status, code, buf_text(&message), false);
}

void sim_call_refuse(struct sim_call *call, const char *format, ...)
{
    AUTO(buf) struct buf message = BUF_INIT(LIMIT_HEADER_BYTES);
    buf_append_text(&message, "Input provided for the call is invalid. ");
    va_list list;
    va_start(list, format);
    buf_format_list(&message, format, list);
    va_end(list);
    write_error(call, 400, "BMSUserErrorInvalidInput", buf_text(&message), true);
}

static const char *request_uuid(const struct sim_call *call, char text[UUID_TEXT_SIZE])
{
    const struct sim_request *request = call->request;
    const char *what =
        arena_format(call->arena, "request|%s|%s|%lld|%s", request->method, request->target,
                     (long long)request->now.ms,
                     request->client_request_id != NULL ? request->client_request_id : "");
    struct random random = random_seeded(world_seed_of(call->world, what));
    return random_uuid(&random, text);
}

static void add_routing_header(struct sim_call *call, const char *uuid)
{
    struct utc_parts at = utc_split(call->request->now);
    sim_call_header(call, "x-ms-routing-request-id", "%s:%04d%02d%02dT%02d%02d%02dZ:%s",
                    call->vault != NULL ? call->vault->region : "WESTEUROPE", at.year, at.month,
                    at.day, at.hour, at.minute, at.second, uuid);
}

void sim_call_finish(struct sim_call *call)
{
    const struct sim_request *request = call->request;
    char uuid[UUID_TEXT_SIZE];
    char date[HEADER_DATE_SIZE];
    request_uuid(call, uuid);
    sim_call_header(call, "Date", "%s", header_date_format(request->now, date));
    sim_call_header(call, "Cache-Control", "no-cache");
    sim_call_header(call, "Pragma", "no-cache");
    sim_call_header(call, "X-Content-Type-Options", "nosniff");
    sim_call_header(call, "Strict-Transport-Security", "max-age=31536000; includeSubDomains");
    sim_call_header(call, "x-ms-request-id", "%s", uuid);
    sim_call_header(call, "x-ms-correlation-request-id", "%s", uuid);
    add_routing_header(call, uuid);
    if (request->wants_echo && request->client_request_id != NULL) {
        sim_call_header(call, "x-ms-client-request-id", "%s", request->client_request_id);
    }
    if (call->reply->body.len > 0) {
        sim_call_header(call, "Content-Type", "application/json");
    }
}
