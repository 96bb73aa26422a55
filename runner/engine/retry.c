/* SPDX-License-Identifier: MIT */
#include "engine/retry.h"

static bool is_transient(int status)
{
    return status == 408 || status == 500 || status == 502 || status == 503 || status == 504;
}

/* An answer that nobody can read the end of; some answers need no body. */
static bool is_cut(const struct http_reply *reply)
{
    return !reply->body_is_whole && reply->status != 202 && reply->status != 204;
}

static enum retry_verdict decide_once(const struct http_reply *reply)
{
    if (reply->outcome != HTTP_ANSWERED) {
        return RETRY_LOST;
    }
    bool is_redirect = reply->status >= 300 && reply->status < 400;
    bool is_clear =
        reply->status >= 200 && reply->status < 500 && reply->status != 408 && !is_redirect;
    return is_clear ? RETRY_DELIVER : RETRY_LOST;
}

enum retry_verdict retry_decide(const struct retry_policy *policy,
                                const struct http_request *request, const struct http_reply *reply,
                                int64_t attempt, bool is_token_new)
{
    bool may_again = attempt < policy->attempts;
    if (reply->is_refused) {
        return RETRY_DELIVER;
    }
    if (reply->outcome == HTTP_NOT_SENT) {
        return may_again && !reply->never_retry ? RETRY_AGAIN : RETRY_DELIVER;
    }
    bool has_token = (request->flags & HTTP_NO_TOKEN) == 0;
    if (has_token && reply->outcome == HTTP_ANSWERED && reply->status == 429) {
        return RETRY_THROTTLED;
    }
    if (has_token && reply->outcome == HTTP_ANSWERED && reply->status == 401 && !is_token_new) {
        return RETRY_SIGN_IN;
    }
    if ((request->flags & HTTP_ONCE) != 0) {
        return decide_once(reply);
    }
    bool is_bad = reply->outcome == HTTP_LOST || is_transient(reply->status) ||
                  reply->status == 429 /* of another host: no gate of ours */ || is_cut(reply);
    return is_bad && may_again ? RETRY_AGAIN : RETRY_DELIVER;
}

int64_t retry_wait_ms(const struct retry_policy *policy, int64_t attempt, double jitter,
                      int64_t asked_ms)
{
    int64_t backoff = policy->backoff_ms;
    for (int64_t i = 1; i < attempt && backoff < policy->max_backoff_ms; i++) {
        backoff *= 2;
    }
    backoff = backoff < policy->max_backoff_ms ? backoff : policy->max_backoff_ms;
    int64_t wait = (int64_t)((double)backoff * jitter);
    return wait > asked_ms ? wait : asked_ms;
}
