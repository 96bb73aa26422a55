/* SPDX-License-Identifier: MIT */
#include "support/hostile_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/number.h"

#define MOST_CONNECTIONS 256
#define MOST_REQUEST_BYTES (1024 * 1024)

struct connection {
    int fd;
    struct buf in;
    const struct hostile_row *held; /* the row it waits to be answered by */
    bool is_silent;
};

struct hostile_server {
    const struct hostile_row *script;
    size_t row_count;
    int listener;
    int stop[2];
    char origin[64];
    pthread_t thread;
    struct connection open[MOST_CONNECTIONS];
    size_t open_count;
    struct hostile_counts counts;
};

static bool send_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t sent = send(fd, bytes, len, MSG_NOSIGNAL);
        if (sent <= 0) {
            return false;
        }
        bytes += sent;
        len -= (size_t)sent;
    }
    return true;
}

static void hang_up(struct hostile_server *server, size_t at, bool is_reset)
{
    struct connection *connection = &server->open[at];
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    if (is_reset) {
        (void)setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    }
    close(connection->fd);
    buf_release(&connection->in);
    *connection = server->open[--server->open_count];
}

/* False: the connection is gone. */
static bool answer(struct hostile_server *server, size_t at, const struct hostile_row *row)
{
    struct connection *connection = &server->open[at];
    size_t len = row->len > 0 ? row->len : str_from(row->bytes).len;
    bool is_there = send_all(connection->fd, row->head, str_from(row->head).len);
    connection->held = NULL;
    for (size_t i = 0; i < (row->repeat == 0 ? 1 : row->repeat) && is_there; i++) {
        is_there = send_all(connection->fd, row->bytes, len);
    }
    if (!is_there || row->end == HOSTILE_CLOSE || row->end == HOSTILE_RESET) {
        hang_up(server, at, row->end == HOSTILE_RESET);
        return false;
    }
    connection->is_silent = row->end == HOSTILE_SILENT;
    return true;
}

/* The bytes of the first whole request in text; 0: not whole yet. */
static size_t request_len(struct str text)
{
    size_t end = str_find(text, STR("\r\n\r\n"));
    if (end == SIZE_MAX) {
        return 0;
    }
    int64_t body = 0;
    struct str head = str_slice(text, 0, end);
    size_t at = str_find(head, STR("Content-Length: "));
    if (at != SIZE_MAX) {
        struct str value = str_slice(head, at + 16, end);
        (void)number_parse(str_slice(value, 0, str_find_char(value, '\r')), 0, INT64_MAX, &body);
    }
    size_t len = end + 4 + (size_t)body;
    return len <= text.len ? len : 0;
}

/* False: the connection is gone. */
static bool take_request(struct hostile_server *server, size_t at)
{
    struct connection *connection = &server->open[at];
    size_t next = server->counts.requests;
    const struct hostile_row *row =
        &server->script[next < server->row_count ? next : server->row_count - 1];
    size_t len = row->is_at_once ? connection->in.len : request_len(buf_str(&connection->in));
    if (len == 0 || connection->held != NULL || connection->is_silent) {
        return true;
    }
    struct str request = str_slice(buf_str(&connection->in), 0, len);
    server->counts.requests++;
    server->counts.posts += str_starts_with(request, STR("POST ")) ? 1 : 0;
    server->counts.has_token |= str_find(request, STR("Authorization:")) != SIZE_MAX;
    buf_clear(&connection->in);
    connection->held = row;
    return true;
}

/* False: the connection is gone. */
static bool receive(struct hostile_server *server, size_t at)
{
    char bytes[16384];
    struct connection *connection = &server->open[at];
    ssize_t count = recv(connection->fd, bytes, sizeof(bytes), 0);
    if (count <= 0) {
        hang_up(server, at, false);
        return false;
    }
    (void)buf_append(&connection->in, bytes, (size_t)count);
    return take_request(server, at);
}

static void answer_held(struct hostile_server *server)
{
    for (size_t i = 0; i < server->open_count;) {
        const struct hostile_row *row = server->open[i].held;
        bool is_due = row != NULL && server->counts.requests >= row->hold;
        i += is_due && !answer(server, i, row) ? 0 : 1;
    }
}

static void greet(struct hostile_server *server)
{
    int fd = accept(server->listener, NULL, NULL);
    struct timeval limit = {.tv_sec = 10};
    if (fd < 0 || server->open_count == MOST_CONNECTIONS) {
        BUG("hostile_server: no room for a connection");
    }
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
    struct connection *connection = &server->open[server->open_count++];
    *connection = (struct connection){.fd = fd};
    buf_init(&connection->in, MOST_REQUEST_BYTES);
    server->counts.connections++;
    if (server->open_count > server->counts.most_open) {
        server->counts.most_open = server->open_count;
    }
}

static void *serve(void *context)
{
    struct hostile_server *server = context;
    for (;;) {
        struct pollfd watched[MOST_CONNECTIONS + 2] = {
            {server->stop[0],  POLLIN, 0},
            {server->listener, POLLIN, 0}
        };
        for (size_t i = 0; i < server->open_count; i++) {
            watched[i + 2] = (struct pollfd){server->open[i].fd, POLLIN, 0};
        }
        if (poll(watched, server->open_count + 2, 30 * 1000) <= 0 || watched[0].revents != 0) {
            break;
        }
        for (size_t i = server->open_count; i > 0; i--) { /* from the end: one may go */
            if (watched[i + 1].revents != 0) {
                (void)receive(server, i - 1);
            }
        }
        answer_held(server);
        if (watched[1].revents != 0) {
            greet(server);
        }
    }
    return NULL;
}

struct hostile_server *hostile_server_start(const struct hostile_row *script, size_t row_count)
{
    struct hostile_server *server = MEM_NEW(struct hostile_server);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t len = sizeof(address);
    struct sockaddr *any = (struct sockaddr *)(void *)&address;
    server->script = script;
    server->row_count = row_count;
    server->listener = socket(AF_INET, SOCK_STREAM, 0);
    if (pipe(server->stop) != 0 || bind(server->listener, any, len) != 0 ||
        listen(server->listener, MOST_CONNECTIONS) != 0 ||
        getsockname(server->listener, any, &len) != 0 ||
        pthread_create(&server->thread, NULL, serve, server) != 0) {
        BUG("hostile_server: cannot be started");
    }
    (void)snprintf(server->origin, sizeof(server->origin), "http://127.0.0.1:%d",
                   (int)ntohs(address.sin_port));
    return server;
}

const char *hostile_server_origin(const struct hostile_server *server)
{
    return server->origin;
}

struct hostile_counts hostile_server_stop(struct hostile_server *server)
{
    if (write(server->stop[1], "", 1) != 1) {
        BUG("hostile_server: cannot be stopped");
    }
    (void)pthread_join(server->thread, NULL);
    struct hostile_counts counts = server->counts;
    while (server->open_count > 0) {
        hang_up(server, 0, false);
    }
    close(server->listener);
    close(server->stop[0]);
    close(server->stop[1]);
    mem_free(server);
    return counts;
}
