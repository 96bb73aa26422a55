/* SPDX-License-Identifier: MIT */
#include "azure/trigger.h"

#include "azure/job.h"
#include "base/mem.h"
#include "data/json_write.h"

#define FIRST_LOOK_MS (5 * SECOND_MS)
#define LONGEST_LOOK_MS (60 * SECOND_MS)
#define CLOCKS_DIFFER_MS (15 * MINUTE_MS) /* the list is filtered by the server's clock */

/* The one place that moves on: only these moves are legal. */
static void trigger_set_state(struct trigger *trigger, enum trigger_state to)
{
    static const bool legal[TRIGGER_STATE_COUNT][TRIGGER_STATE_COUNT] = {
        [TRIGGER_PRECHECK] = {[TRIGGER_POST] = true,   [TRIGGER_ENDED] = true},
        [TRIGGER_POST] = {[TRIGGER_WAIT] = true,                       [TRIGGER_ENDED] = true},
        [TRIGGER_WAIT] = {[TRIGGER_LOOK] = true},
        [TRIGGER_LOOK] = {[TRIGGER_WAIT] = true,   [TRIGGER_PRECHECK] = true, [TRIGGER_ENDED] = true},
        [TRIGGER_ENDED] = {[TRIGGER_WAIT] = true  },
    };
    if (!legal[trigger->state][to]) {
        BUG("trigger: state %d cannot become %d", (int)trigger->state, (int)to);
    }
    trigger->state = to;
}

static enum trigger_result fail(struct trigger *trigger, struct effect *out, struct error *error)
{
    trigger_set_state(trigger, TRIGGER_ENDED);
    effect_fail(out, error);
    return TRIGGER_FAILED;
}

static void send_precheck(struct trigger *trigger, const struct event *in, struct effect *out)
{
    trigger->pages = (struct arm_pages){0};
    effect_send(out, HTTP_GET, job_list_url_running(in->arena, trigger->arguments));
    out->state = STEP_TRIGGERING;
}

void trigger_begin(struct trigger *trigger, const struct event *in,
                   const struct arm_arguments *arguments, struct effect *out)
{
    trigger->state = TRIGGER_PRECHECK;
    trigger->arguments = arguments;
    trigger->request_ids = value_new(in->arena, VALUE_LIST);
    send_precheck(trigger, in, out);
}

void trigger_release(struct trigger *trigger)
{
    error_free(trigger->doubt);
    trigger->doubt = NULL;
}

static void send_post(struct trigger *trigger, const struct event *in, struct effect *out)
{
    trigger_set_state(trigger, TRIGGER_POST);
    trigger->attempts++;
    effect_send(out, HTTP_POST, trigger->url);
    out->request.flags = HTTP_ONCE;
    http_request_header(&out->request, "Content-Type", "application/json; charset=utf-8");
    struct json_writer json = json_writer(&out->request.body, JSON_COMPACT);
    json_value(&json, trigger->body);
    struct value *keep = value_new(in->scratch, VALUE_MAP);
    value_set_integer(in->scratch, keep, "attempt", trigger->attempts);
    out->keep = keep;
    out->state = STEP_TRIGGERING;
}

/* "a, b": none of our ids is forgotten, the first restore may come to light after the second. */
static const char *our_ids(const struct trigger *trigger, struct arena *arena)
{
    const char *text = NULL;
    for (size_t i = 0; i < trigger->request_ids->count; i++) {
        const char *id = trigger->request_ids->items[i]->text.at;
        text = text == NULL ? id : arena_format(arena, "%s, %s", text, id);
    }
    return text;
}

static const char *name_of(const struct value *job)
{
    const char *name = value_text(job, "name");
    return name == NULL ? "?" : name;
}

static const char *start_of(const struct value *job)
{
    const char *start = value_text(job, "properties.startTime");
    return start == NULL ? "?" : start;
}

/* Ends as ambiguous; detail says what was seen, why what went wrong. */
static enum trigger_result unknown(struct trigger *trigger, struct error *why, const char *detail,
                                   struct effect *out)
{
    const char *known = trigger->was_accepted ? "Azure accepted the restore, but its job is missing"
                                              : "it is not known whether the restore was started";
    struct error *error = error_wrap(why, ERR_PERSON, "%s: %s", known, detail);
    return fail(trigger, out,
                error_hint(error,
                           "look for a restore of '%s' in the vault's Backup Jobs before you start "
                           "another one",
                           trigger->arguments->item->name));
}

static enum trigger_result cannot_look(struct trigger *trigger, const struct event *in,
                                       struct error *why, struct effect *out)
{
    const char *ids = our_ids(trigger, in->scratch);
    return unknown(trigger, why, arena_format(in->scratch, "request id %s", ids), out);
}

static struct error *already_running(const struct trigger *trigger, const struct event *in,
                                     const struct value *job)
{
    const char *item = trigger->arguments->item->name;
    if (trigger->attempts == 0) {
        return error_hint(error_new(ERR_REFUSED,
                                    "a restore of '%s' is already running: job %s since %s", item,
                                    name_of(job), start_of(job)),
                          "wait for that job to end, or cancel it in the vault");
    }
    return error_hint(
        error_new(ERR_PERSON,
                  "a restore of '%s' is running (job %s since %s) that does not carry our "
                  "request id %s: it may or may not be ours",
                  item, name_of(job), start_of(job), our_ids(trigger, in->scratch)),
        "look at that job in the vault; nothing more was sent for this step");
}

/* True if the page has a job of ours; then the trigger is over. */
static bool adopts(struct trigger *trigger, const struct event *in, const struct value *page,
                   const char **ret_job)
{
    const struct value *job = job_find_by_request(page, trigger->request_ids);
    const char *name = value_text(job, "name");
    if (name == NULL) {
        return false;
    }
    *ret_job = arena_text(in->arena, name);
    trigger_set_state(trigger, TRIGGER_ENDED);
    return true;
}

/* One page of jobs was read: the next one, or NULL at the end. */
static struct error *next_page(struct trigger *trigger, const struct event *in,
                               const struct value *page, const char **ret_next)
{
    return arm_pages_next(in->arena, &trigger->pages, trigger->arguments->management, page,
                          ret_next);
}

static enum trigger_result prechecked(struct trigger *trigger, const struct event *in,
                                      struct effect *out, const char **ret_job)
{
    const struct value *page = NULL;
    const char *next = NULL;
    struct error *error =
        arm_read(in->scratch, in->reply, "cannot list the vault's running jobs", &page);
    if (error == NULL && adopts(trigger, in, page, ret_job)) {
        return TRIGGER_ADOPTED;
    }
    const struct value *running = job_find_running(page, trigger->arguments->item);
    if (running != NULL) {
        return fail(trigger, out, already_running(trigger, in, running));
    }
    if (error == NULL) {
        error = next_page(trigger, in, page, &next);
    }
    if (error != NULL) {
        return trigger->attempts > 0 ? cannot_look(trigger, in, error, out)
                                     : fail(trigger, out, error);
    }
    if (next != NULL) {
        effect_send(out, HTTP_GET, next);
    } else {
        send_post(trigger, in, out);
    }
    return TRIGGER_GOES_ON;
}

static void wait_for_look(struct trigger *trigger, const struct event *in, struct effect *out)
{
    int64_t left = trigger->look_until.ms - in->now.ms;
    int64_t wait = trigger->look_wait_ms < left ? trigger->look_wait_ms : left;
    trigger_set_state(trigger, TRIGGER_WAIT);
    effect_wait(out, wait > 0 ? wait : 0);
    out->state = STEP_DOUBT;
    trigger->look_wait_ms =
        trigger->look_wait_ms * 2 < LONGEST_LOOK_MS ? trigger->look_wait_ms * 2 : LONGEST_LOOK_MS;
}

static void look(struct trigger *trigger, const struct event *in, struct error *why,
                 struct effect *out)
{
    int64_t eighth = trigger->arguments->trigger->quiet_ms / 8;
    error_free(trigger->doubt);
    trigger->doubt = why;
    trigger->look_until.ms = in->now.ms + trigger->arguments->trigger->quiet_ms;
    /* Later attempts look more often: a fault that comes at a fixed beat must not meet every POST.
     */
    trigger->look_wait_ms = (eighth < FIRST_LOOK_MS ? eighth : FIRST_LOOK_MS) / trigger->attempts;
    wait_for_look(trigger, in, out);
}

void trigger_find_job(struct trigger *trigger, const struct event *in, struct error *why,
                      struct effect *out)
{
    trigger->was_accepted = true;
    look(trigger, in, why, out);
}

static enum trigger_result conflict(struct trigger *trigger, const struct event *in,
                                    struct effect *out)
{
    trigger->is_conflict = true;
    look(trigger, in, arm_error(in->reply, ERR_STEP, "Azure refused to start the restore"), out);
    out->wait_ms = 0;
    return TRIGGER_GOES_ON;
}

/* Any 2xx: where it says how to go on, it is followed; where not, its job is looked for. */
static enum trigger_result accepted(struct trigger *trigger, struct arm_poll *poll,
                                    const struct event *in, struct effect *out)
{
    const struct http_reply *reply = in->reply;
    bool has_address = arm_poll_accept(poll, in->arena, reply, trigger->arguments->management);
    trigger->was_accepted = has_address || reply->status == 202;
    if (has_address && !headers_contradict(&reply->headers, "Location")) {
        trigger_set_state(trigger, TRIGGER_ENDED);
        return TRIGGER_ACCEPTED;
    }
    look(trigger, in,
         error_new(ERR_PERSON, "Azure answered %d without a usable address to follow",
                   reply->status),
         out);
    return TRIGGER_GOES_ON;
}

static enum trigger_result posted(struct trigger *trigger, struct arm_poll *poll,
                                  const struct event *in, struct effect *out)
{
    const struct http_reply *reply = in->reply;
    if (trigger->request_ids->count == 0) {
        trigger->sent_at = in->sent_at;
    }
    value_append(in->arena, trigger->request_ids, value_new_text(in->arena, in->request_id));
    if (in->type == EVENT_LOST) {
        look(trigger, in, arm_error(reply, ERR_PERSON, "what became of the request is unknown"),
             out);
        return TRIGGER_GOES_ON;
    }
    if (reply->outcome == HTTP_ANSWERED && reply->status / 100 == 2) {
        return accepted(trigger, poll, in, out);
    }
    if (reply->outcome == HTTP_ANSWERED && reply->status == 409) {
        return conflict(trigger, in, out);
    }
    const char *what = reply->outcome == HTTP_ANSWERED ? "Azure refused to start the restore"
                                                       : "the restore was not asked for";
    return fail(trigger, out, arm_error(reply, ERR_STEP, what));
}

static void send_look(struct trigger *trigger, const struct event *in, struct effect *out)
{
    struct utc start = {trigger->sent_at.ms - CLOCKS_DIFFER_MS};
    struct utc end = {in->now.ms + CLOCKS_DIFFER_MS};
    trigger_set_state(trigger, TRIGGER_LOOK);
    trigger->pages = (struct arm_pages){0};
    trigger->nameless = NULL;
    effect_send(out, HTTP_GET, job_list_url_between(in->arena, trigger->arguments, start, end));
}

/* Searched over the whole window, and it is not there. */
static enum trigger_result not_found(struct trigger *trigger, const struct event *in,
                                     struct effect *out)
{
    const struct arm_trigger_settings *settings = trigger->arguments->trigger;
    bool may_resend = settings->may_resend && !trigger->was_accepted;
    const char *ids = our_ids(trigger, in->scratch);
    char window[DURATION_TEXT_SIZE];
    if (trigger->nameless != NULL) {
        const char *seen =
            arena_format(in->scratch, "job %s restores '%s' and names no request id, ours is %s",
                         trigger->nameless, trigger->arguments->item->name, ids);
        return unknown(trigger, STEAL(trigger->doubt), seen, out);
    }
    if (trigger->is_conflict) {
        trigger->names_running = true;
        trigger->pages = (struct arm_pages){0};
        effect_send(out, HTTP_GET, job_list_url_running(in->arena, trigger->arguments));
        return TRIGGER_GOES_ON;
    }
    if (may_resend && trigger->attempts < settings->attempts) {
        error_free(STEAL(trigger->doubt));
        trigger_set_state(trigger, TRIGGER_PRECHECK);
        send_precheck(trigger, in, out);
        return TRIGGER_GOES_ON;
    }
    const char *seen = arena_format(in->scratch, "no job with request id %s appeared within %s",
                                    ids, duration_format(settings->quiet_ms, window));
    return unknown(trigger, STEAL(trigger->doubt), seen, out);
}

/* A page of the running restores after a conflict: which one is in the way?  The conflict itself
 * is what is reported, whatever becomes of this list. */
static enum trigger_result name_running(struct trigger *trigger, const struct event *in,
                                        const struct value *page, struct effect *out)
{
    const struct value *running = job_find_running(page, trigger->arguments->item);
    const char *next = NULL;
    if (running == NULL) {
        error_free(next_page(trigger, in, page, &next));
    }
    if (next != NULL) {
        effect_send(out, HTTP_GET, next);
        return TRIGGER_GOES_ON;
    }
    struct error *error = STEAL(trigger->doubt);
    if (running != NULL) {
        error =
            error_wrap(error, error->code, "a restore of '%s' is already running: job %s since %s",
                       trigger->arguments->item->name, name_of(running), start_of(running));
    }
    return fail(trigger, out, error);
}

/* A page, or why there is none (error), without a job of ours. */
static enum trigger_result look_on(struct trigger *trigger, const struct event *in,
                                   const struct value *page, struct error *error,
                                   struct effect *out)
{
    const struct value *nameless = job_find_nameless(page, trigger->arguments->item);
    const char *next = NULL;
    bool is_over = trigger->is_conflict || in->now.ms >= trigger->look_until.ms;
    if (nameless != NULL && trigger->nameless == NULL) {
        trigger->nameless = arena_text(in->arena, name_of(nameless));
    }
    if (error == NULL) {
        error = next_page(trigger, in, page, &next);
    }
    if (next != NULL) {
        effect_send(out, HTTP_GET, next);
        return TRIGGER_GOES_ON;
    }
    if (is_over) {
        return error == NULL ? not_found(trigger, in, out) : cannot_look(trigger, in, error, out);
    }
    error_free(error);
    wait_for_look(trigger, in, out);
    return TRIGGER_GOES_ON;
}

static enum trigger_result looked(struct trigger *trigger, const struct event *in,
                                  struct effect *out, const char **ret_job)
{
    const struct value *page = NULL;
    struct error *error = arm_read(in->scratch, in->reply, "cannot list the vault's jobs", &page);
    if (error == NULL && adopts(trigger, in, page, ret_job)) {
        return TRIGGER_ADOPTED;
    }
    if (trigger->names_running) {
        error_free(error);
        return name_running(trigger, in, page, out);
    }
    return look_on(trigger, in, page, error, out);
}

enum trigger_result trigger_feed(struct trigger *trigger, struct arm_poll *poll,
                                 const struct event *in, struct effect *out, const char **ret_job)
{
    switch (trigger->state) {
    case TRIGGER_PRECHECK:
        return prechecked(trigger, in, out, ret_job);
    case TRIGGER_POST:
        return posted(trigger, poll, in, out);
    case TRIGGER_WAIT:
        send_look(trigger, in, out);
        return TRIGGER_GOES_ON;
    case TRIGGER_LOOK:
        return looked(trigger, in, out, ret_job);
    case TRIGGER_ENDED:
    case TRIGGER_STATE_COUNT:
        break;
    }
    BUG("trigger was fed in state %d", (int)trigger->state);
}
