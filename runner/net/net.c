/* SPDX-License-Identifier: MIT */
#include "net/net.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include "base/limit.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "http/url.h"

struct transfer {
    CURL *easy;
    struct curl_slist *lines;
    struct net_result result;
    struct transfer *next;
    size_t header_bytes;
    bool header_is_whole;
    bool is_too_large;
    char failure[CURL_ERROR_SIZE];
};

/* First in, first out. */
struct queue {
    struct transfer *first, *last;
    size_t count;
};

struct net {
    CURLM *multi;
    struct net_options options;
    int wake[2];          /* [0] is watched, [1] is written by signal handlers */
    struct queue waiting; /* not yet given to curl: its timeouts would run while they wait */
    struct queue ended;
    struct {
        VEC(struct transfer *);
    } active; /* at most options.connections */
    struct {
        VEC(CURL *);
    } idle; /* easy handles to use again */
};

static void queue_add(struct queue *queue, struct transfer *transfer)
{
    transfer->next = NULL;
    if (queue->last != NULL) {
        queue->last->next = transfer;
    } else {
        queue->first = transfer;
    }
    queue->last = transfer;
    queue->count++;
}

static struct transfer *queue_take(struct queue *queue)
{
    struct transfer *transfer = queue->first;
    if (transfer != NULL) {
        queue->first = transfer->next;
        queue->last = queue->first == NULL ? NULL : queue->last;
        queue->count--;
    }
    return transfer;
}

static void *curl_calloc(size_t count, size_t bytes)
{
    if (bytes != 0 && count > SIZE_MAX / bytes) {
        return NULL;
    }
    return mem_new(count * bytes);
}

static bool open_wake_pipe(int ends[2])
{
    if (pipe(ends) != 0) {
        return false;
    }
    for (int i = 0; i < 2; i++) {
        if (fcntl(ends[i], F_SETFD, FD_CLOEXEC) != 0 || fcntl(ends[i], F_SETFL, O_NONBLOCK) != 0) {
            return false;
        }
    }
    return true;
}

struct error *net_open(const struct net_options *options, struct net **ret)
{
    if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, mem_new, mem_free, mem_resize, mem_text,
                             curl_calloc) != CURLE_OK) {
        return error_new(ERR_IO, "libcurl cannot be started");
    }
    struct net *net = MEM_NEW(struct net);
    net->options = *options;
    if (net->options.connections == 0) {
        net->options.connections = LIMIT_CONNECTIONS;
    }
    net->multi = curl_multi_init();
    if (net->multi == NULL || !open_wake_pipe(net->wake)) {
        struct error *error =
            error_new(ERR_IO, "no pipe to wake up by: %s", error_errno_text(errno));
        curl_multi_cleanup(net->multi);
        curl_global_cleanup();
        mem_free(net);
        return error;
    }
    (void)curl_multi_setopt(net->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS,
                            (long)net->options.connections);
    *ret = net;
    return NULL;
}

static void transfer_free(struct transfer *transfer)
{
    if (transfer == NULL) {
        return;
    }
    http_request_release(&transfer->result.request);
    http_reply_release(&transfer->result.reply);
    curl_slist_free_all(transfer->lines);
    mem_free(transfer);
}

static void queue_free(struct queue *queue)
{
    for (struct transfer *transfer; (transfer = queue_take(queue)) != NULL;) {
        transfer_free(transfer);
    }
}

static CURL *easy_take(struct net *net)
{
    if (net->idle.count > 0) {
        return net->idle.items[--net->idle.count];
    }
    CURL *easy = curl_easy_init();
    if (easy == NULL) {
        BUG("curl_easy_init gave nothing");
    }
    return easy;
}

/* Takes the transfer out of curl; its easy handle is free for the next one. */
static void transfer_detach(struct net *net, struct transfer *transfer)
{
    for (size_t i = 0; i < net->active.count; i++) {
        if (net->active.items[i] == transfer) {
            net->active.items[i] = net->active.items[--net->active.count];
            break;
        }
    }
    (void)curl_multi_remove_handle(net->multi, transfer->easy);
    curl_easy_reset(transfer->easy);
    vec_push(&net->idle, transfer->easy);
    transfer->easy = NULL;
    curl_slist_free_all(transfer->lines);
    transfer->lines = NULL;
}

void net_close(struct net *net)
{
    if (net == NULL) {
        return;
    }
    while (net->active.count > 0) {
        struct transfer *transfer = net->active.items[0];
        transfer_detach(net, transfer);
        transfer_free(transfer);
    }
    queue_free(&net->waiting);
    queue_free(&net->ended);
    for (size_t i = 0; i < net->idle.count; i++) {
        curl_easy_cleanup(net->idle.items[i]);
    }
    vec_release(&net->idle);
    vec_release(&net->active);
    (void)curl_multi_cleanup(net->multi);
    (void)close(net->wake[0]);
    (void)close(net->wake[1]);
    mem_free(net);
    curl_global_cleanup();
}

int net_wake_descriptor(const struct net *net)
{
    return net->wake[1];
}

size_t net_in_flight(const struct net *net)
{
    return net->waiting.count + net->active.count;
}

/* CR LF or LF alone; a line of blanks is none: libcurl hands it over while the block goes on. */
static bool is_empty_line(const char *line, size_t len)
{
    return len == 0 || line[0] == '\n' || (len == 2 && line[0] == '\r' && line[1] == '\n');
}

/* One header line, as libcurl hands it over: a status line begins a block, an empty line ends it.
 */
static size_t on_header(char *line, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    struct http_reply *reply = &transfer->result.reply;
    size_t len = size * count;
    struct str text = str_trim((struct str){line, len});
    transfer->header_bytes += len;
    if (transfer->header_bytes > LIMIT_HEADER_BYTES) {
        transfer->is_too_large = true;
        return 0;
    }
    if (str_starts_with(text, STR("HTTP/")) && str_find_char(text, ' ') != SIZE_MAX) {
        headers_release(&reply->headers);
        transfer->header_is_whole = false;
    } else if (is_empty_line(line, len)) {
        long status = 0;
        (void)curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
        reply->status = (int)status;
        transfer->header_is_whole = status >= 200;
    } else {
        size_t colon = str_find_char(text, ':');
        if (colon != SIZE_MAX) {
            headers_add(&reply->headers, str_slice(text, 0, colon),
                        str_trim(str_slice(text, colon + 1, text.len)));
        }
    }
    return len;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    if (!buf_append(&transfer->result.reply.body, bytes, size * count)) {
        transfer->is_too_large = true;
        return 0;
    }
    return size * count;
}

/* Settings of every transfer; reliability 2.5 says why each. */
static void set_common(const struct net *net, const struct transfer *transfer)
{
    CURL *easy = transfer->easy;
    const struct http_request *request = &transfer->result.request;
    bool is_once = (request->flags & HTTP_ONCE) != 0;
    int64_t timeout_ms = request->timeout_ms > 0 ? request->timeout_ms
                         : is_once               ? LIMIT_CHANGE_MS
                                                 : LIMIT_REQUEST_MS;
    (void)curl_easy_setopt(easy, CURLOPT_URL, request->url);
    (void)curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR,
                           net->options.allow_plain_http ? "https,http" : "https");
    (void)curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    (void)curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
                           (long)(is_once ? CURL_HTTP_VERSION_1_1 : CURL_HTTP_VERSION_2TLS));
    (void)curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, is_once ? 1L : 0L);
    (void)curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, is_once ? 1L : 0L);
    (void)curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)LIMIT_CONNECT_MS);
    (void)curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
    (void)curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 100L);
    (void)curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, 45L);
    (void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    (void)curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    (void)curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
    (void)curl_easy_setopt(easy, CURLOPT_USERAGENT, net->options.user_agent);
    if (net->options.ca_file != NULL) {
        (void)curl_easy_setopt(easy, CURLOPT_CAINFO, net->options.ca_file);
    }
    if (url_is_loopback(request->url)) {
        (void)curl_easy_setopt(easy, CURLOPT_PROXY, "");
    }
}

static void set_method(CURL *easy, struct http_request *request)
{
    bool has_body = request->body.len > 0;
    if (request->method == HTTP_HEAD) {
        (void)curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    } else if (request->method == HTTP_POST || has_body) {
        (void)curl_easy_setopt(easy, CURLOPT_POST, 1L);
        (void)curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
        (void)curl_easy_setopt(easy, CURLOPT_POSTFIELDS, has_body ? request->body.data : "");
    }
    (void)curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, http_method_names[request->method]);
}

/* curl's own Content-Type and Expect are taken out; ours are added.  Why they cannot be, or NULL.
 */
static const char *set_headers(struct transfer *transfer)
{
    AUTO(buf) struct buf line = BUF_INIT(LIMIT_HEADER_BYTES);
    const struct headers *headers = &transfer->result.request.headers;
    transfer->lines = curl_slist_append(NULL, "Expect:");
    if (headers_find(headers, "Content-Type") == NULL) {
        transfer->lines = curl_slist_append(transfer->lines, "Content-Type:");
    }
    const char *why = NULL;
    for (size_t i = 0; i < headers->count && why == NULL; i++) {
        buf_clear(&line);
        if (!buf_format(&line, "%s: %s", headers->items[i].name, headers->items[i].value)) {
            why = "a header is larger than is sent";
        } else if (!header_is_clean(buf_str(&line))) {
            why = "a header value has a control character";
        } else {
            transfer->lines = curl_slist_append(transfer->lines, buf_text(&line));
        }
    }
    (void)curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, transfer->lines);
    secret_wipe_buf(&line); /* the bearer token went through it */
    return why;
}

/* Why net itself will not send it, or NULL. */
static const char *refusal(const struct net *net, const struct http_request *request)
{
    struct url url;
    if (!url_parse(str_from(request->url), &url)) {
        return "not an absolute http or https URL";
    }
    bool is_plain = str_equal_ignoring_case(url.scheme, STR("http"));
    if (is_plain && (!net->options.allow_plain_http || !url_is_loopback(request->url))) {
        return "plain http is for loopback endpoints only";
    }
    return NULL;
}

static void end_unsent(struct net *net, struct transfer *transfer, const char *why)
{
    transfer->result.reply.outcome = HTTP_NOT_SENT;
    transfer->result.reply.is_refused = true;
    transfer->result.reply.failure = mem_text(why);
    queue_add(&net->ended, transfer);
}

static void transfer_start(struct net *net, struct transfer *transfer)
{
    transfer->easy = easy_take(net);
    CURL *easy = transfer->easy;
    set_common(net, transfer);
    set_method(easy, &transfer->result.request);
    (void)curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    (void)curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
    (void)curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->failure);
    (void)curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
    vec_push(&net->active, transfer);
    const char *why = set_headers(transfer);
    if (why != NULL) {
        transfer_detach(net, transfer);
        end_unsent(net, transfer, why);
    } else if (curl_multi_add_handle(net->multi, easy) != CURLM_OK) {
        BUG("curl_multi_add_handle refused a new handle");
    }
}

static void start_waiting(struct net *net)
{
    while (net->active.count < net->options.connections && net->waiting.count > 0) {
        transfer_start(net, queue_take(&net->waiting));
    }
}

void net_send(struct net *net, struct http_request *request, void *owner)
{
    struct transfer *transfer = MEM_NEW(struct transfer);
    transfer->result.owner = owner;
    http_request_move(&transfer->result.request, request);
    http_reply_init(&transfer->result.reply);
    const char *why = refusal(net, &transfer->result.request);
    if (why != NULL) {
        end_unsent(net, transfer, why);
    } else {
        queue_add(&net->waiting, transfer);
        start_waiting(net);
    }
}

/* Trying again cannot help.  CURLE_SSL_CONNECT_ERROR is also a connection that broke in the
 * handshake, which can: only OpenSSL's own complaints ("error:…:SSL routines::…") last. */
static bool is_hopeless(CURLcode code, const char *failure)
{
    static const CURLcode hopeless[] = {
        CURLE_PEER_FAILED_VERIFICATION,
        CURLE_SSL_CACERT_BADFILE,
        CURLE_SSL_CERTPROBLEM,
        CURLE_SSL_CIPHER,
        CURLE_SSL_ISSUER_ERROR,
        CURLE_UNSUPPORTED_PROTOCOL,
        CURLE_URL_MALFORMAT,
    };
    if (code == CURLE_SSL_CONNECT_ERROR) {
        return str_find(str_from(failure), STR("SSL routines")) != SIZE_MAX;
    }
    for (size_t i = 0; i < sizeof(hopeless) / sizeof(hopeless[0]); i++) {
        if (code == hopeless[i]) {
            return true;
        }
    }
    return false;
}

static const char *failure_of(const struct transfer *transfer, CURLcode code)
{
    if (transfer->is_too_large) {
        return "the answer is larger than is accepted";
    }
    if (transfer->failure[0] != 0) {
        return transfer->failure;
    }
    if (code != CURLE_OK) {
        return curl_easy_strerror(code);
    }
    return transfer->header_is_whole ? "the answer has two different lengths"
                                     : "the answer ended before its headers did";
}

/* True if curl counted no byte of the request, or only the CONNECT that a proxy refused. */
static bool never_left(const struct transfer *transfer)
{
    long sent = 0;
    long connect_status = 0;
    (void)curl_easy_getinfo(transfer->easy, CURLINFO_REQUEST_SIZE, &sent);
    (void)curl_easy_getinfo(transfer->easy, CURLINFO_HTTP_CONNECTCODE, &connect_status);
    return sent == 0 || connect_status >= 300;
}

/* NOT_SENT only where nothing of the request left; a header block without its empty line is
 * no answer, even where curl reports success (reliability findings 1 and 2). */
static void classify(struct transfer *transfer, CURLcode code)
{
    struct http_reply *reply = &transfer->result.reply;
    curl_off_t elapsed_us = 0;
    (void)curl_easy_getinfo(transfer->easy, CURLINFO_TOTAL_TIME_T, &elapsed_us);
    reply->elapsed_ms = (int64_t)(elapsed_us / 1000);
    reply->body_is_whole = code == CURLE_OK && transfer->header_is_whole &&
                           !headers_contradict(&reply->headers, "content-length");
    if (transfer->header_is_whole) {
        reply->outcome = HTTP_ANSWERED;
    } else {
        reply->outcome = code != CURLE_OK && never_left(transfer) ? HTTP_NOT_SENT : HTTP_LOST;
        reply->never_retry =
            reply->outcome == HTTP_NOT_SENT && is_hopeless(code, transfer->failure);
    }
    if (reply->outcome != HTTP_ANSWERED || !reply->body_is_whole) {
        AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
        (void)buf_append_printable(&text, str_from(failure_of(transfer, code)));
        reply->failure = buf_take(&text);
    }
}

static void collect(struct net *net)
{
    int left;
    for (CURLMsg *message; (message = curl_multi_info_read(net->multi, &left)) != NULL;) {
        if (message->msg != CURLMSG_DONE) {
            continue;
        }
        char *private = NULL;
        CURLcode code = message->data.result;
        (void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &private);
        struct transfer *transfer = (struct transfer *)(void *)private;
        classify(transfer, code);
        transfer_detach(net, transfer);
        queue_add(&net->ended, transfer);
    }
    start_waiting(net);
}

static void drain_wake(struct net *net)
{
    char bytes[64];
    while (read(net->wake[0], bytes, sizeof(bytes)) > 0) {
    }
}

void net_wait(struct net *net, int64_t timeout_ms)
{
    int running;
    (void)curl_multi_perform(net->multi, &running);
    collect(net);
    if (net->ended.count > 0) {
        timeout_ms = 0;
    }
    struct curl_waitfd wake = {.fd = net->wake[0], .events = CURL_WAIT_POLLIN};
    int limit = timeout_ms < 0 || timeout_ms > INT_MAX ? INT_MAX : (int)timeout_ms;
    CURLMcode code = curl_multi_poll(net->multi, &wake, 1, limit, NULL);
    if (code != CURLM_OK) {
        log_write(LOG_DEBUG, "curl_multi_poll: %s", curl_multi_strerror(code));
    }
    drain_wake(net);
    (void)curl_multi_perform(net->multi, &running);
    collect(net);
}

bool net_next(struct net *net, struct net_result *ret)
{
    struct transfer *transfer = queue_take(&net->ended);
    if (transfer == NULL) {
        return false;
    }
    *ret = transfer->result;
    mem_free(transfer);
    return true;
}
