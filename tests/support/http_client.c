/* SPDX-License-Identifier: MIT */
#include "support/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/number.h"

static int connect_to(const char *origin)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const char *colon = strrchr(origin, ':');
    int64_t port;
    if (colon == NULL || !number_parse(str_from(colon + 1), 1, 65535, &port)) {
        return -1;
    }
    address.sin_port = htons((uint16_t)port);
    int peer = socket(AF_INET, SOCK_STREAM, 0);
    if (peer >= 0 &&
        connect(peer, (const struct sockaddr *)(const void *)&address, sizeof(address)) != 0) {
        close(peer);
        peer = -1;
    }
    return peer;
}

bool http_client_exchange(const char *origin, const char *text, struct buf *ret)
{
    int peer = connect_to(origin);
    if (peer < 0) {
        return false;
    }
    struct str rest = str_from(text);
    while (rest.len > 0) {
        ssize_t sent = send(peer, rest.at, rest.len, MSG_NOSIGNAL);
        if (sent <= 0) {
            break;
        }
        rest = str_slice(rest, (size_t)sent, rest.len);
    }
    char bytes[4096];
    ssize_t count;
    while ((count = recv(peer, bytes, sizeof(bytes), 0)) > 0) {
        buf_append(ret, bytes, (size_t)count);
    }
    close(peer);
    return true;
}
