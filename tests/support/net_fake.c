/* SPDX-License-Identifier: MIT */
#include "support/net_fake.h"

#include "base/limit.h"

struct pending {
    struct net_result result;
    int waits;
};

struct net {
    net_fake_answer_fn *answer;
    void *context;
    struct net_fake_log sent;
    struct {
        VEC(struct pending);
    } pending;
    struct {
        VEC(struct net_result);
    } ended;
    size_t taken;
};

struct error *net_open(const struct net_options *options, struct net **ret)
{
    (void)options;
    *ret = MEM_NEW(struct net);
    return NULL;
}

static void release(struct net_result *result)
{
    http_request_release(&result->request);
    http_reply_release(&result->reply);
}

void net_close(struct net *net)
{
    for (size_t i = 0; i < net->pending.count; i++) {
        release(&net->pending.items[i].result);
    }
    for (size_t i = net->taken; i < net->ended.count; i++) {
        release(&net->ended.items[i]);
    }
    for (size_t i = 0; i < net->sent.count; i++) {
        mem_free(net->sent.items[i]);
    }
    vec_release(&net->pending);
    vec_release(&net->ended);
    vec_release(&net->sent);
    mem_free(net);
}

void net_fake_answer_with(struct net *net, net_fake_answer_fn *answer, void *context)
{
    net->answer = answer;
    net->context = context;
}

void net_fake_status(struct http_reply *reply, int status, const char *body)
{
    reply->status = status;
    buf_clear(&reply->body);
    (void)buf_append_text(&reply->body, body);
}

void net_fake_header(struct http_reply *reply, const char *name, const char *value)
{
    headers_add(&reply->headers, str_from(name), str_from(value));
}

void net_fake_lost(struct http_reply *reply)
{
    reply->outcome = HTTP_LOST;
    reply->body_is_whole = false;
    reply->failure = mem_text("the connection broke");
}

void net_fake_not_sent(struct http_reply *reply)
{
    reply->outcome = HTTP_NOT_SENT;
    reply->body_is_whole = false;
    reply->failure = mem_text("nobody listens");
}

void net_send(struct net *net, struct http_request *request, void *owner)
{
    struct pending pending = {.result.owner = owner};
    AUTO(buf) struct buf line = BUF_INIT(LIMIT_TEXT_BYTES);
    buf_format(&line, "%s %s", http_method_names[request->method], request->url);
    vec_push(&net->sent, buf_take(&line));
    http_reply_init(&pending.result.reply);
    pending.result.reply.outcome = HTTP_ANSWERED;
    pending.result.reply.status = 200;
    pending.result.reply.body_is_whole = true;
    pending.waits = net->answer(net->context, request, &pending.result.reply);
    http_request_move(&pending.result.request, request);
    vec_push(&net->pending, pending);
}

size_t net_in_flight(const struct net *net)
{
    return net->pending.count;
}

/* The last sent comes first, so that nobody gets to rely on the order. */
void net_wait(struct net *net, int64_t timeout_ms)
{
    (void)timeout_ms;
    for (size_t i = net->pending.count; i > 0; i--) {
        struct pending *pending = &net->pending.items[i - 1];
        if (--pending->waits <= 0) {
            vec_push(&net->ended, pending->result);
            for (size_t k = i; k < net->pending.count; k++) {
                net->pending.items[k - 1] = net->pending.items[k];
            }
            net->pending.count--;
        }
    }
}

bool net_next(struct net *net, struct net_result *ret)
{
    if (net->taken == net->ended.count) {
        net->taken = net->ended.count = 0;
        return false;
    }
    *ret = net->ended.items[net->taken++];
    return true;
}

int net_wake_descriptor(const struct net *net)
{
    (void)net;
    return -1;
}

const struct net_fake_log *net_fake_sent(const struct net *net)
{
    return &net->sent;
}

size_t net_fake_count(const struct net *net, const char *part)
{
    size_t count = 0;
    for (size_t i = 0; i < net->sent.count; i++) {
        count += str_find(str_from(net->sent.items[i]), str_from(part)) != SIZE_MAX ? 1 : 0;
    }
    return count;
}
