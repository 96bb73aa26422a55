/* SPDX-License-Identifier: MIT */
/* net: carries HTTP requests with libcurl's multi interface; the only place of the program that
 * waits.
 *
 * Not here: who asked, what a reply means, retries, tokens.  Settings and why: reliability.md 2.5.
 * Use: net_open(); net_send() any number; loop { net_wait(); while (net_next()) … }; net_close().
 * Ownership: net_send() takes the request's content; net_next() hands out replies that the caller
 * releases. */
#ifndef NET_NET_H
#define NET_NET_H

#include "base/error.h"
#include "http/message.h"

struct net;

struct net_options {
    const char *ca_file; /* NULL: the system's */
    const char *user_agent;
    size_t connections;    /* 0: LIMIT_CONNECTIONS */
    bool allow_plain_http; /* loopback only; net refuses any other plain URL itself */
};

/* ERR_IO if curl or the wake pipe cannot be had. */
struct error *net_open(const struct net_options *options, struct net **ret) MUST_USE;
void net_close(struct net *net);

/* Starts an exchange; owner comes back with the result.  Content of request moves into net. */
void net_send(struct net *net, struct http_request *request, void *owner);
size_t net_in_flight(const struct net *net);

/* Waits until a transfer ends, net_wake() is called, or timeout_ms is over (0: only looks; -1:
 * without end). */
void net_wait(struct net *net, int64_t timeout_ms);

/* Finished exchanges, in the order they ended; false when there is none left. */
struct net_result {
    void *owner;
    struct http_request request; /* back again, for a retry */
    struct http_reply reply;
};
bool net_next(struct net *net, struct net_result *ret);

/* Ends net_wait() from a signal handler: async-signal-safe. */
int net_wake_descriptor(const struct net *net);

#endif
