/* SPDX-License-Identifier: MIT */
/* http_client: one HTTP request over a plain socket, for tests of servers; blocking, one connection
 * a request. */
#ifndef SUPPORT_HTTP_CLIENT_H
#define SUPPORT_HTTP_CLIENT_H

#include "base/buf.h"

/* Sends text to "http://127.0.0.1:PORT" as it is and appends all that comes back until the server
 * closes. False: no connection. */
bool http_client_exchange(const char *origin, const char *text, struct buf *ret);

#endif
