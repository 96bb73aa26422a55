/* SPDX-License-Identifier: MIT */
/* url: URLs are opaque bytes; this builds ours, looks into theirs, and says who may get the bearer
 * token.
 *
 * Sources: azure-surface D.3, F 1, 2, 4; reliability 2.5 and A27.  A URL that came from a server is
 * followed byte for byte; only what we build ourselves is encoded here. */
#ifndef HTTP_URL_H
#define HTTP_URL_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"

/* Views into the text it was parsed from. */
struct url {
    struct str scheme;
    struct str host;  /* without port; brackets of IPv6 kept */
    int port;         /* 80 or 443 if it is not written */
    struct str path;  /* from the first '/', up to '?' */
    struct str query; /* after '?', may be empty */
    bool has_user;    /* user@host: never ours */
};

/* Absolute http and https URLs of printable ASCII up to LIMIT_URL_BYTES. */
bool url_parse(struct str text, struct url *ret);

/* Fit to be one path segment: not "", "." or "..", and not longer than any name of Azure. */
#define URL_SEGMENT_BYTES 1024u
bool url_is_segment(struct str text);
/* One path segment, percent-encoded but for unreserved characters.  False if it is not fit for one.
 */
bool url_append_segment(struct buf *buf, struct str segment) MUST_USE;
/* A query value, percent-encoded. */
void url_append_query(struct buf *buf, struct str value);
/* A form value: as a query value, blanks as '+'. */
void url_append_form(struct buf *buf, struct str value);
/* %XX decoded; false if an escape is broken or gives NUL. */
bool url_decode(struct str text, struct buf *ret) MUST_USE;

/* What to follow: text itself if absolute, joined with base if it begins with '/'; the first '&'
 * becomes '?' where no
 * '?' is (F 2).  In the arena; NULL if it is neither. */
const char *url_resolve(struct arena *arena, const char *base, const char *text);

/* NULL if candidate may get the token meant for management: same scheme and port, and the same host
 * or one DNS label before it (westeurope.management.azure.com); no user part, ASCII host without a
 * dot at its end. Else what is wrong with it, as a phrase. */
const char *url_foreign(const char *management, const char *candidate);

/* An operator's endpoint: https, or http to a loopback address; no path, query or user.  ERR_USAGE.
 */
struct error *url_check_endpoint(const char *text) MUST_USE;
bool url_is_loopback(const char *text);

/* Path and query as they may be shown and kept: values of query parameters are cut to "..." but for
 * a few that hold no secret (api-version, $filter …); scheme, host and fragment are left out. */
void url_append_shown(struct buf *buf, const char *text);

#endif
