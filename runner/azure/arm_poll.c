/* SPDX-License-Identifier: MIT */
#include "azure/arm_poll.h"

#include "azure/arm.h"
#include "base/clock.h"
#include "base/limit.h"
#include "base/mem.h"
#include "data/json_read.h"
#include "http/url.h"

#define FIRST_WAIT_MS (30 * SECOND_MS)
#define REFUSALS_BEFORE_NEXT 2
#define SENSELESS_BEFORE_NEXT 3
#define MISSED_MS (2 * MINUTE_MS)

static const char *const address_headers[ARM_POLL_REBUILT] = {"Azure-AsyncOperation", "Location"};

/* "…/subscriptions//subscriptions/x" without what is doubled, or url itself (F 1). */
static const char *single_prefix(struct arena *arena, const char *url)
{
    static const char doubled[] = "/subscriptions//subscriptions/";
    struct str whole = str_from(url);
    size_t at = str_find(whole, str_from(doubled));
    if (at == SIZE_MAX) {
        return url;
    }
    struct str rest = str_slice(whole, at + sizeof("/subscriptions/") - 1, whole.len);
    return arena_format(arena, STR_FMT STR_FMT, (int)at, url, STR_ARG(rest));
}

static void read_addresses(struct arm_poll *poll, struct arena *arena,
                           const struct http_reply *reply)
{
    for (int i = 0; i < ARM_POLL_REBUILT; i++) {
        const char *text = headers_find(&reply->headers, address_headers[i]);
        const char *url = text == NULL ? NULL : url_resolve(arena, poll->management, text);
        if (url != NULL && !headers_contradict(&reply->headers, address_headers[i])) {
            poll->address[i] = poll->is_prefix_single ? single_prefix(arena, url) : url;
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
    struct str rest = url.path;
    struct str last = str_from("");
    struct str part;
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
    wait = in->reply->is_refused ? 0 : wait; /* nobody was asked */
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

/* The current address is of no more use: the next one, or the first again. */
static enum arm_poll_result go_on_elsewhere(struct arm_poll *poll, const struct event *in,
                                            struct effect *out)
{
    if (!next_address(poll)) {
        poll->current = -1;
        bool is_over = in->now.ms - poll->missed_since.ms >= MISSED_MS;
        if (is_over || !next_address(poll)) {
            return ARM_POLL_LOST;
        }
    }
    wait_as_asked(poll, in, out);
    return ARM_POLL_GOES_ON;
}

static enum arm_poll_result drop_address(struct arm_poll *poll, const struct event *in,
                                         struct effect *out)
{
    poll->address[poll->current] = NULL;
    return go_on_elsewhere(poll, in, out);
}

static enum arm_poll_result missed(struct arm_poll *poll, const struct event *in, int allowed,
                                   struct effect *out)
{
    if (poll->missed_since.ms == 0) {
        poll->missed_since = in->now;
    }
    if (++poll->misses >= allowed) {
        return go_on_elsewhere(poll, in, out);
    }
    wait_as_asked(poll, in, out);
    return ARM_POLL_GOES_ON;
}

/* The address was refused; a doubled prefix is mended once before that counts. */
static enum arm_poll_result refused(struct arm_poll *poll, const struct event *in,
                                    struct effect *out)
{
    const char *address = poll->address[poll->current];
    const char *single = single_prefix(in->arena, address);
    if (single == address) {
        return missed(poll, in, REFUSALS_BEFORE_NEXT, out);
    }
    poll->is_prefix_single = true;
    poll->address[poll->current] = single;
    wait_as_asked(poll, in, out);
    return ARM_POLL_GOES_ON;
}

static void warn_of(struct arm_poll *poll, const struct event *in, const char *word,
                    struct effect *out)
{
    static const char *const known[] = {
        "InProgress", "NotStarted", "Accepted", "Pending",  "Running", "Ready",
        "Creating",   "Created",    "Updating", "Deleting", NULL,
    };
    if (poll->has_warned || is_one_of(word, known)) {
        return;
    }
    poll->has_warned = true;
    struct value *warning = value_new(in->scratch, VALUE_MAP);
    value_set_text(in->scratch, warning, "title", "unknown status of the operation");
    value_set_text(in->scratch, warning, "text",
                   arena_format(in->scratch, "'%s' is taken as still running", word));
    out->warning = warning;
}

/* What the answer says: `status`, or at Location the state of the resource that was made. */
static const char *word_of(const struct arm_poll *poll, const struct value *body)
{
    const char *word = value_text(body, "status");
    return word == NULL && poll->current == ARM_POLL_LOCATION
               ? value_text(body, "properties.provisioningState")
               : word;
}

static enum arm_poll_result judge_word(struct arm_poll *poll, const struct event *in,
                                       const struct value *body, struct effect *out,
                                       struct error **ret_error)
{
    static const char *const good[] = {"Succeeded", "Completed", NULL};
    static const char *const bad[] = {"Failed", "Canceled", "Cancelled", NULL};
    const char *word = word_of(poll, body);
    if (text_equal_ignoring_case(word, "Invalid")) {
        return missed(poll, in, SENSELESS_BEFORE_NEXT, out);
    }
    poll->misses = 0;
    poll->missed_since = (struct utc){0};
    if (is_one_of(word, good)) {
        return ARM_POLL_ENDED;
    }
    if (is_one_of(word, bad)) {
        *ret_error = operation_error(body, word);
        return ARM_POLL_FAILED;
    }
    warn_of(poll, in, word, out);
    wait_as_asked(poll, in, out);
    return ARM_POLL_GOES_ON;
}

/* A 2xx answer.  At Location 202 alone says that it runs, and no word at all that it ended. */
static enum arm_poll_result judge(struct arm_poll *poll, const struct event *in, struct effect *out,
                                  const struct value **ret_body, struct error **ret_error)
{
    const struct http_reply *reply = in->reply;
    const struct value *body = NULL;
    bool is_location = poll->current == ARM_POLL_LOCATION;
    struct error *error =
        json_read(in->scratch, "answer", buf_str(&reply->body), JSON_READ_LENIENT, &body);
    bool is_readable = error == NULL || reply->body.len == 0;
    error_free(error);
    bool is_map = body != NULL && body->type == VALUE_MAP;
    *ret_body = is_map ? body : value_new(in->scratch, VALUE_MAP);
    if (word_of(poll, body) != NULL && !(is_location && reply->status == 202)) {
        return judge_word(poll, in, body, out, ret_error);
    }
    const struct value *envelope = value_find(body, "error");
    if (envelope != NULL && envelope->type == VALUE_MAP) {
        *ret_error = operation_error(body, "Failed");
        return ARM_POLL_FAILED;
    }
    if (reply->status != 202 && !(is_location && is_readable)) {
        return missed(poll, in, SENSELESS_BEFORE_NEXT, out);
    }
    poll->misses = 0;
    poll->missed_since = (struct utc){0};
    if (reply->status != 202) {
        return ARM_POLL_ENDED;
    }
    wait_as_asked(poll, in, out);
    return ARM_POLL_GOES_ON;
}

/* No answer, or one that says nothing about the operation. */
static bool is_silent(const struct http_reply *reply)
{
    return reply->outcome != HTTP_ANSWERED || reply->status >= 500 || reply->status == 408 ||
           (reply->status == 200 && !reply->body_is_whole);
}

static enum arm_poll_result read_reply(struct arm_poll *poll, const struct event *in,
                                       struct effect *out, const struct value **ret_body,
                                       struct error **ret_error)
{
    const struct http_reply *reply = in->reply;
    if (reply->is_refused) {
        return drop_address(poll, in, out);
    }
    if (is_silent(reply)) {
        wait_as_asked(poll, in, out);
        return ARM_POLL_GOES_ON;
    }
    if (reply->status == 410) {
        return drop_address(poll, in, out);
    }
    if (reply->status == 400 || reply->status == 404 || reply->status / 100 == 3) {
        return refused(poll, in, out);
    }
    if (reply->status >= 300) {
        *ret_error = arm_error(reply, ERR_STEP, "cannot follow the operation; it goes on in Azure");
        return ARM_POLL_FAILED;
    }
    read_addresses(poll, in->arena, reply);
    return judge(poll, in, out, ret_body, ret_error);
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
