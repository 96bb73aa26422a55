/* SPDX-License-Identifier: MIT */
/* net_fake: another body of net/net.h, chosen by the linker: no sockets, no time; a function of the
 * test answers each request as it is sent, and everything sent is remembered.
 *
 * Use: net_open(); net_fake_answer_with(); run what uses the net; net_fake_sent(). */
#ifndef SUPPORT_NET_FAKE_H
#define SUPPORT_NET_FAKE_H

#include "net/net.h"

/* Called when request is sent; *ret is an answered 200 without content until it is changed.
 * Returns how many calls of net_wait() it takes (1: the next). */
typedef int net_fake_answer_fn(void *context, const struct http_request *request,
                               struct http_reply *ret);
void net_fake_answer_with(struct net *net, net_fake_answer_fn *answer, void *context);

/* A reply's parts. */
void net_fake_status(struct http_reply *reply, int status, const char *body);
void net_fake_header(struct http_reply *reply, const char *name, const char *value);
void net_fake_lost(struct http_reply *reply);
void net_fake_not_sent(struct http_reply *reply);

/* "GET https://…" of each request, in order. */
struct net_fake_log {
    VEC(char *);
};
const struct net_fake_log *net_fake_sent(const struct net *net);
/* How many of them have part in them. */
size_t net_fake_count(const struct net *net, const char *part);

#endif
