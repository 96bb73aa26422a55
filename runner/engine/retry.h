/* SPDX-License-Identifier: MIT */
/* retry: decides what an ended exchange means for its sender, and if and when it is tried again.
 *
 * Not here: sleeping, counting attempts, tokens and gates.   One table for all kinds:
 * reliability 2.3. Errors: none, it always decides.   Units: ms. */
#ifndef ENGINE_RETRY_H
#define ENGINE_RETRY_H

#include "http/message.h"

struct retry_policy {
    int64_t attempts; /* in all, the first one included */
    int64_t backoff_ms, max_backoff_ms;
};

enum retry_verdict {
    RETRY_DELIVER,   /* the kind gets it as its reply */
    RETRY_AGAIN,     /* the same request again after a wait */
    RETRY_THROTTLED, /* the same again when its gate opens: it was not worked on */
    RETRY_SIGN_IN,   /* the same again with a new token */
    RETRY_LOST,      /* the kind is fed EVENT_LOST: its fate is unknown, it is not sent again */
};

/* attempt counts from 1; is_token_new: this reply's token was fetched because of a 401 before. */
enum retry_verdict retry_decide(const struct retry_policy *policy,
                                const struct http_request *request, const struct http_reply *reply,
                                int64_t attempt, bool is_token_new);

/* The wait before attempt + 1: backoff doubled each time up to its maximum, with full jitter
 * (0..1), and never less than what the server asked for (asked_ms, -1: nothing). */
int64_t retry_wait_ms(const struct retry_policy *policy, int64_t attempt, double jitter,
                      int64_t asked_ms);

#endif
