/* SPDX-License-Identifier: MIT */
#include "azure/arm_poll.h"

#include "azure/arm.h"
#include "base/clock.h"
#include "base/limit.h"
#include "base/mem.h"
#include "data/json_read.h"
#include "http/url.h"

#define FIRST_WAIT_MS (30 * SECOND_MS)
#define MISSES_BEFORE_NEXT 2
#define MALFORMED_BEFORE_FAILED 3

static const char *const address_headers[ARM_POLL_REBUILT] = {"Azure-AsyncOperation", "Location"};

static void read_addresses(struct arm_poll *poll, struct arena *arena,
                           const struct http_reply *reply)
{
    for (int i = 0; i < ARM_POLL_REBUILT; i++) {
        const char *text = headers_find(&reply->headers, address_headers[i]);
        const char *url = text == NULL ? NULL : url_resolve(arena, poll->management, text);
        if (url != NULL && !headers_contradict(&reply->headers, address_headers[i])) {
            poll->address[i] = url;
        }
    }
}

/* The last path segment, decoded: the operation's id. */
static const char *last_segment(struct arena *arena, const char *text)
{
    struct url url;
    AUTO(buf) struct buf id = BUF_INIT(LIMIT_URL_BYTES);
    if (text == NULL || !url_parse(str_from(text), &url)) {
        return NULL;
    }
    struct str rest = url.path, part, last = str_from("");
    while (str_next(&rest, '/', &part)) {
        last = part;
    }
    return last.len > 0 && url_decode(last, &id) ? arena_copy(arena, buf_str(&id)) : NULL;
}

/* On to the next address there is; false at the end. */
static bool next_address(struct arm_poll *poll)
{
    poll->misses = 0;
    do {
        poll->current++;
    } while (poll->current < ARM_POLL_ADDRESS_COUNT && poll->address[poll->current] == NULL);
    return poll->current < ARM_POLL_ADDRESS_COUNT;
}

bool arm_poll_accept(struct arm_poll *poll, struct arena *arena, const struct http_reply *reply,
                     const char *management)
{
    *poll = (struct arm_poll){.management = management, .floor_ms = poll->floor_ms, .current = -1};
    read_addresses(poll, arena, reply);
    bool has_address = next_address(poll);
    poll->operation_id = has_address ? last_segment(arena, poll->address[poll->current]) : NULL;
    return has_address;
}

static void wait_as_asked(const struct arm_poll *poll, const struct event *in, struct effect *out)
{
    int64_t wait = headers_retry_after_ms(&in->reply->headers, in->now);
    wait = wait < 0 ? FIRST_WAIT_MS : wait;
    wait = wait < poll->floor_ms ? poll->floor_ms : wait;
    effect_wait(out, wait > LIMIT_POLL_MS ? LIMIT_POLL_MS : wait);
}

void arm_poll_begin(struct arm_poll *poll, const struct event *in, struct effect *out)
{
    wait_as_asked(poll, in, out);
}

static bool is_one_of(const char *word, const char *const *words)
{
    for (; *words != NULL; words++) {
        if (text_equal_ignoring_case(word, *words)) {
            return true;
        }
    }
    return false;
}

static struct error *operation_error(const struct value *body, const char *status)
{
    const char *code = value_text(body, "error.code");
    const char *message = value_text(body, "error.message");
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
    buf_append_printable(&text, str_from(code == NULL ? "no error code" : code));
    if (message != NULL) {
        buf_append_text(&text, ": ");
        buf_append_printable(&text, str_trim(str_from(message)));
    }
    return error_wrap(error_new(ERR_STEP, "%s", buf_text(&text)), ERR_STEP,
                      "the operation ended as %s", status);
}

/* A status document, from either address. */
static enum arm_poll_result judge(struct arm_poll *poll, const struct event *in, struct effect *out,
                                  const struct value *body, struct error **ret_error)
{
    static const char *const good[] = {"Succeeded", "Completed", NULL};
    static const char *const bad[] = {"Failed", "Canceled", "Cancelled", NULL};
    const char *status = value_text(body, "status");
    if (status == NULL && poll->current != ARM_POLL_LOCATION) {
        if (++poll->malformed >= MALFORMED_BEFORE_FAILED) {
            *ret_error = error_new(ERR_UNREACHABLE,
                                   "the operation's status has no status, %d times in a row",
                                   poll->malformed);
            return ARM_POLL_FAILED;
        }
    } else if (status == NULL || is_one_of(status, good)) {
        return ARM_POLL_ENDED;
    } else if (is_one_of(status, bad)) {
        *ret_error = operation_error(body, status);
        return ARM_POLL_FAILED;
    } else {
        poll->malformed = 0;
    }
    wait_as_asked(poll, in, out);
    return ARM_POLL_GOES_ON;
}

static enum arm_poll_result go_on_elsewhere(struct arm_poll *poll, const struct event *in,
                                            struct effect *out)
{
    if (!next_address(poll)) {
        return ARM_POLL_LOST;
    }
    wait_as_asked(poll, in, out);
    return ARM_POLL_GOES_ON;
}

static enum arm_poll_result read_reply(struct arm_poll *poll, const struct event *in,
                                       struct effect *out, const struct value **ret_body,
                                       struct error **ret_error)
{
    const struct http_reply *reply = in->reply;
    if (reply->is_refused) {
        return go_on_elsewhere(poll, in, out);
    }
    if (reply->outcome != HTTP_ANSWERED || reply->status >= 500) {
        wait_as_asked(poll, in, out); /* says nothing about the operation: it goes on */
        return ARM_POLL_GOES_ON;
    }
    if (reply->status == 404 || reply->status == 400 || reply->status == 410) {
        if (++poll->misses >= MISSES_BEFORE_NEXT || reply->status == 410) {
            return go_on_elsewhere(poll, in, out);
        }
        wait_as_asked(poll, in, out);
        return ARM_POLL_GOES_ON;
    }
    if (reply->status >= 300) {
        *ret_error = arm_error(reply, ERR_STEP, "cannot follow the operation");
        return ARM_POLL_FAILED;
    }
    poll->misses = 0;
    read_addresses(poll, in->arena, reply);
    *ret_body = value_new(in->scratch, VALUE_MAP);
    if (reply->status == 202 && poll->current == ARM_POLL_LOCATION) {
        wait_as_asked(poll, in, out);
        return ARM_POLL_GOES_ON;
    }
    if (reply->status == 204) {
        return poll->current == ARM_POLL_LOCATION ? ARM_POLL_ENDED
                                                  : judge(poll, in, out, *ret_body, ret_error);
    }
    error_free(
        json_read(in->scratch, "answer", buf_str(&reply->body), JSON_READ_LENIENT, ret_body));
    return judge(poll, in, out, *ret_body, ret_error);
}

enum arm_poll_result arm_poll_feed(struct arm_poll *poll, const struct event *in,
                                   struct effect *out, const struct value **ret_body,
                                   struct error **ret_error)
{
    if (in->type == EVENT_TIMER) {
        effect_send(out, HTTP_GET, poll->address[poll->current]);
        return ARM_POLL_GOES_ON;
    }
    return read_reply(poll, in, out, ret_body, ret_error);
}
