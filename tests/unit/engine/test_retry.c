/* SPDX-License-Identifier: MIT */
#include "engine/retry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct retry_policy policy = {
    .attempts = 5, .backoff_ms = 1000, .max_backoff_ms = 60000};

enum { CUT = 1, HOPELESS = 2, REFUSED = 4, NEW_TOKEN = 8 };

struct decide_case {
    unsigned request_flags;
    enum http_outcome outcome;
    int status;
    unsigned flags;
    int64_t attempt;
    enum retry_verdict verdict;
};

static const struct decide_case decide_cases[] = {
  /* reads: answers */
    {0,             HTTP_ANSWERED, 200, 0,         1,  RETRY_DELIVER  },
    {0,             HTTP_ANSWERED, 404, 0,         1,  RETRY_DELIVER  },
    {0,             HTTP_ANSWERED, 403, 0,         1,  RETRY_DELIVER  }, /* A14 */
    {0,             HTTP_ANSWERED, 302, 0,         1,  RETRY_DELIVER  }, /* T23 */
    {0,             HTTP_ANSWERED, 408, 0,         1,  RETRY_AGAIN    },
    {0,             HTTP_ANSWERED, 500, 0,         1,  RETRY_AGAIN    },
    {0,             HTTP_ANSWERED, 501, 0,         1,  RETRY_DELIVER  },
    {0,             HTTP_ANSWERED, 502, 0,         4,  RETRY_AGAIN    },
    {0,             HTTP_ANSWERED, 503, 0,         5,  RETRY_DELIVER  }, /* attempts are over */
    {0,             HTTP_ANSWERED, 504, 0,         1,  RETRY_AGAIN    },
    {0,             HTTP_ANSWERED, 200, CUT,       1,  RETRY_AGAIN    }, /* T13, T14, T17, T29 */
    {0,             HTTP_ANSWERED, 200, CUT,       5,  RETRY_DELIVER  },
    {0,             HTTP_ANSWERED, 202, CUT,       1,  RETRY_DELIVER  }, /* T12: its head is enough */
    {0,             HTTP_ANSWERED, 204, CUT,       1,  RETRY_DELIVER  },
 /* reads: none */
    {0,             HTTP_LOST,     0,   0,         1,  RETRY_AGAIN    },
    {0,             HTTP_LOST,     0,   0,         5,  RETRY_DELIVER  },
    {0,             HTTP_NOT_SENT, 0,   0,         1,  RETRY_AGAIN    }, /* T01 */
    {0,             HTTP_NOT_SENT, 0,   0,         5,  RETRY_DELIVER  },
    {0,             HTTP_NOT_SENT, 0,   HOPELESS,  1,  RETRY_DELIVER  }, /* T05, T06 */
    {0,             HTTP_NOT_SENT, 0,   REFUSED,   1,  RETRY_DELIVER  }, /* A27 */
  /* throttled and signed out, whoever asks and however often */
    {0,             HTTP_ANSWERED, 429, 0,         99, RETRY_THROTTLED},
    {HTTP_ONCE,     HTTP_ANSWERED, 429, 0,         99, RETRY_THROTTLED}, /* A01: it was not worked on */
    {0,             HTTP_ANSWERED, 401, 0,         99, RETRY_SIGN_IN  },
    {HTTP_ONCE,     HTTP_ANSWERED, 401, 0,         1,  RETRY_SIGN_IN  },
    {0,             HTTP_ANSWERED, 401, NEW_TOKEN, 1,  RETRY_DELIVER  }, /* A10 */
    {HTTP_ONCE,     HTTP_ANSWERED, 401, NEW_TOKEN, 1,  RETRY_DELIVER  },
 /* changes: sent once */
    {HTTP_ONCE,     HTTP_ANSWERED, 202, 0,         1,  RETRY_DELIVER  },
    {HTTP_ONCE,     HTTP_ANSWERED, 202, CUT,       1,  RETRY_DELIVER  }, /* T12 */
    {HTTP_ONCE,     HTTP_ANSWERED, 400, 0,         1,  RETRY_DELIVER  },
    {HTTP_ONCE,     HTTP_ANSWERED, 409, 0,         1,  RETRY_DELIVER  },
    {HTTP_ONCE,     HTTP_ANSWERED, 408, 0,         1,  RETRY_LOST     },
    {HTTP_ONCE,     HTTP_ANSWERED, 500, 0,         1,  RETRY_LOST     }, /* A19 */
    {HTTP_ONCE,     HTTP_ANSWERED, 503, 0,         1,  RETRY_LOST     },
    {HTTP_ONCE,     HTTP_ANSWERED, 307, 0,         1,  RETRY_LOST     }, /* T23 */
    {HTTP_ONCE,     HTTP_LOST,     0,   0,         1,  RETRY_LOST     }, /* T08, T10, T22 */
    {HTTP_ONCE,     HTTP_LOST,     100, 0,         1,  RETRY_LOST     },
    {HTTP_ONCE,     HTTP_NOT_SENT, 0,   0,         1,  RETRY_AGAIN    }, /* T02 */
    {HTTP_ONCE,     HTTP_NOT_SENT, 0,   0,         5,  RETRY_DELIVER  },
    {HTTP_ONCE,     HTTP_NOT_SENT, 0,   HOPELESS,  1,  RETRY_DELIVER  },
    {HTTP_ONCE,     HTTP_NOT_SENT, 0,   REFUSED,   1,  RETRY_DELIVER  }, /* P09: the journal failed */
  /* sign-in: another host, so no gate of ours, and no token to renew (A12) */
    {HTTP_NO_TOKEN, HTTP_ANSWERED, 401, 0,         1,  RETRY_DELIVER  },
    {HTTP_NO_TOKEN, HTTP_ANSWERED, 429, 0,         1,  RETRY_AGAIN    },
    {HTTP_NO_TOKEN, HTTP_ANSWERED, 429, 0,         5,  RETRY_DELIVER  },
    {HTTP_NO_TOKEN, HTTP_ANSWERED, 500, 0,         1,  RETRY_AGAIN    },
};

static void retry__decides_by_one_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(decide_cases); i++) {
        const struct decide_case *one = &decide_cases[i];
        const struct http_request request = {.method = HTTP_POST, .flags = one->request_flags};
        const struct http_reply reply = {
            .outcome = one->outcome,
            .status = one->status,
            .body_is_whole = one->outcome == HTTP_ANSWERED && (one->flags & CUT) == 0,
            .never_retry = (one->flags & HOPELESS) != 0,
            .is_refused = (one->flags & REFUSED) != 0,
        };
        enum retry_verdict verdict =
            retry_decide(&policy, &request, &reply, one->attempt, (one->flags & NEW_TOKEN) != 0);
        if (verdict != one->verdict) {
            print_message("row %zu: status %d\n", i, one->status);
        }
        assert_int_equal(verdict, one->verdict);
    }
}

static void retry__backs_off_with_full_jitter_and_obeys_the_server(void **state)
{
    static const struct {
        int64_t attempt;
        double jitter;
        int64_t asked_ms, wait_ms;
    } cases[] = {
        {1,    1,    -1,     1000  },
        {2,    1,    -1,     2000  },
        {4,    1,    -1,     8000  },
        {7,    1,    -1,     60000 },
        {1000, 1,    -1,     60000 },
        {3,    0.5,  -1,     2000  },
        {3,    0,    -1,     0     },
        {3,    0,    5000,   5000  },
        {1,    1,    600000, 600000},
        {7,    1,    5000,   60000 },
        {1,    0.25, 0,      250   },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(
            retry_wait_ms(&policy, cases[i].attempt, cases[i].jitter, cases[i].asked_ms),
            cases[i].wait_ms);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(retry__decides_by_one_table),
        cmocka_unit_test(retry__backs_off_with_full_jitter_and_obeys_the_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
