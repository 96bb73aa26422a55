/* SPDX-License-Identifier: MIT */
/* header: HTTP header fields: names without case, repeats kept in order; and the readings that
 * Azure needs of them.
 *
 * Sources: azure-surface D.5 (Retry-After), F 3 (doubled ids), F 23 (case). */
#ifndef HTTP_HEADER_H
#define HTTP_HEADER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/str.h"
#include "base/vec.h"

struct header {
    char *name;
    char *value;
};
struct headers {
    VEC(struct header);
};

void headers_add(struct headers *headers, struct str name, struct str value);
/* First value of that name, or NULL. */
const char *headers_find(const struct headers *headers, const char *name);
/* True if name stands there twice with different values. */
bool headers_contradict(const struct headers *headers, const char *name);
void headers_release(struct headers *headers);

/* No control characters (CR, LF, NUL): fit to be sent. */
bool header_is_clean(struct str value);

/* RFC 1123 date, "Sun, 06 Nov 1994 08:49:37 GMT". */
bool header_date_parse(struct str text, struct utc *ret);
#define HEADER_DATE_SIZE 32
const char *header_date_format(struct utc time, char text[HEADER_DATE_SIZE]);

/* How long the server asks to wait, in ms, 0..LIMIT_RETRY_AFTER_MS; -1 if it asks nothing sensible.
 * Order: retry-after-ms, x-ms-retry-after-ms, retry-after (seconds, or a date measured against the
 * reply's own Date). */
int64_t headers_retry_after_ms(const struct headers *headers, struct utc now);

/* The first id of "a; a" or "a,a", or NULL if there is none; yours to mem_free. */
char *headers_request_id(const struct headers *headers);

#endif
