/* SPDX-License-Identifier: MIT */
#include "simulator/simulator.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <microhttpd.h>

#include "base/limit.h"
#include "base/mem.h"
#include "base/number.h"
#include "simulator/sim_route.h"
#include "simulator/world_job.h"

struct simulator {
    struct world *world;
    struct sim_faults faults;
    struct MHD_Daemon *daemon;
    FILE *log;
    pthread_mutex_t lock; /* the world, between its thread and simulator_truth() */
    int64_t offset_ms;    /* real clock to the world's */
    int64_t request_count;
    char origin[64];
};

/* One request while MHD reads it and sends the reply. */
struct exchange {
    char *target;
    struct buf body;
    struct sim_reply reply;
    bool has_begun;
};

static void *exchange_open(void *context, const char *target, struct MHD_Connection *connection)
{
    (void)context;
    (void)connection;
    struct exchange *exchange = MEM_NEW(struct exchange);
    exchange->target = mem_text(target);
    buf_init(&exchange->body, LIMIT_BODY_BYTES);
    sim_call_reply_init(&exchange->reply);
    return exchange;
}

static void exchange_close(void *context, struct MHD_Connection *connection, void **state,
                           enum MHD_RequestTerminationCode why)
{
    (void)context;
    (void)connection;
    (void)why;
    struct exchange *exchange = *state;
    if (exchange != NULL) {
        mem_free(exchange->target);
        buf_release(&exchange->body);
        sim_call_reply_release(&exchange->reply);
        mem_free(exchange);
        *state = NULL;
    }
}

static const char *header_of(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static struct utc now_of(const struct simulator *simulator, struct MHD_Connection *connection)
{
    if (!simulator->world->is_virtual) {
        struct clock clock = clock_real();
        return (struct utc){clock_utc(&clock).ms + simulator->offset_ms};
    }
    struct utc now = simulator->world->begin;
    const char *said = header_of(connection, "x-restorectl-now");
    int64_t ms;
    /* Years beyond 9999 have no date. */
    if (said != NULL && number_parse(str_from(said), 0, INT64_C(253402300799999), &ms)) {
        now.ms = ms;
    }
    return now;
}

static void log_request(struct simulator *simulator, const struct sim_request *request,
                        const struct sim_reply *reply)
{
    AUTO(buf) struct buf line = BUF_INIT(LIMIT_TEXT_BYTES);
    char text[UTC_TEXT_SIZE];
    struct str target = str_from(request->target);
    size_t mark = str_find_char(target, '?');
    struct json_writer json = json_writer(&line, JSON_COMPACT);
    json_begin_map(&json);
    json_member_integer(&json, "seq", simulator->request_count);
    json_member_text(&json, "time", utc_format(request->now, text));
    json_member_text(&json, "method", request->method);
    json_member_str(&json, "path", str_slice(target, 0, mark));
    json_member_str(&json, "query",
                    mark == SIZE_MAX ? STR("") : str_slice(target, mark + 1, target.len));
    json_member_integer(&json, "status", reply->is_dropped ? 0 : reply->status);
    json_member_text(&json, "client_request_id", request->client_request_id);
    if (sim_route_is_restore(request)) {
        json_member_str(&json, "body", request->body);
    }
    json_member_text(&json, "fault", reply->fault);
    json_end(&json);
    buf_append_char(&line, '\n');
    fwrite(buf_text(&line), 1, line.len, simulator->log);
}

static void answer(struct simulator *simulator, struct MHD_Connection *connection,
                   const char *method, struct exchange *exchange)
{
    const char *echo = header_of(connection, "x-ms-return-client-request-id");
    struct sim_request request = {
        .method = method,
        .target = exchange->target,
        .host = header_of(connection, "Host"),
        .authorization = header_of(connection, "Authorization"),
        .content_type = header_of(connection, "Content-Type"),
        .client_request_id = header_of(connection, "x-ms-client-request-id"),
        .wants_echo = echo != NULL && text_equal_ignoring_case(echo, "true"),
        .body = buf_str(&exchange->body),
        .now = now_of(simulator, connection),
    };
    pthread_mutex_lock(&simulator->lock);
    simulator->request_count++;
    sim_route_answer(simulator->world, &simulator->faults, &request, &exchange->reply);
    if (simulator->log != NULL) {
        log_request(simulator, &request, &exchange->reply);
    }
    pthread_mutex_unlock(&simulator->lock);
}

/* Sends half of the body, then the connection breaks. */
static ssize_t send_half(void *context, uint64_t position, char *bytes, size_t room)
{
    const struct exchange *exchange = context;
    size_t half = exchange->reply.body.len / 2;
    if (position >= half) {
        return MHD_CONTENT_READER_END_WITH_ERROR;
    }
    size_t left = half - (size_t)position;
    size_t count = left < room ? left : room;
    memcpy(bytes, exchange->reply.body.data + position, count);
    return (ssize_t)count;
}

static enum MHD_Result send_reply(struct MHD_Connection *connection, struct exchange *exchange)
{
    struct sim_reply *reply = &exchange->reply;
    if (reply->is_dropped) {
        return MHD_NO; /* closes the connection */
    }
    struct MHD_Response *response =
        reply->is_cut
            ? MHD_create_response_from_callback(reply->body.len, 4096, send_half, exchange, NULL)
            : MHD_create_response_from_buffer(reply->body.len, reply->body.data,
                                              MHD_RESPMEM_PERSISTENT);
    if (response == NULL) {
        return MHD_NO;
    }
    for (size_t i = 0; i < reply->headers.count; i++) {
        MHD_add_response_header(response, reply->headers.items[i].name,
                                reply->headers.items[i].value);
    }
    enum MHD_Result result = MHD_queue_response(connection, (unsigned)reply->status, response);
    MHD_destroy_response(response);
    return result;
}

/* MHD calls once when the headers are there, once for each piece of a body, and once at the end. */
/* Its parameters are MHD's. */
/* NOLINTNEXTLINE(readability-function-size) */
static enum MHD_Result on_access(void *context, struct MHD_Connection *connection, const char *url,
                                 const char *method, const char *version, const char *upload,
                                 size_t *upload_size, void **state)
{
    (void)url;
    (void)version;
    struct exchange *exchange = *state;
    if (!exchange->has_begun) {
        exchange->has_begun = true;
        return MHD_YES;
    }
    if (*upload_size > 0) {
        bool has_room = buf_append(&exchange->body, upload, *upload_size);
        *upload_size = 0;
        return has_room ? MHD_YES : MHD_NO;
    }
    answer(context, connection, method, exchange);
    return send_reply(connection, exchange);
}

static struct error *read_address(const struct simulator_options *options, struct sockaddr_in *ret)
{
    const char *address = options->address != NULL ? options->address : "127.0.0.1";
    *ret = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)options->port)};
    if (text_equal(address, "localhost")) {
        address = "127.0.0.1";
    }
    if (inet_pton(AF_INET, address, &ret->sin_addr) != 1 ||
        ntohl(ret->sin_addr.s_addr) >> 24 != 127 || options->port < 0 || options->port > 65535) {
        return error_hint(
            error_new(ERR_USAGE, "the simulator cannot listen on '%s:%d'", address, options->port),
            "it listens on loopback addresses only, as 127.0.0.1:8080");
    }
    return NULL;
}

static struct error *open_log(struct simulator *simulator, const char *path)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    simulator->log = file < 0 ? NULL : fdopen(file, "w");
    if (simulator->log == NULL) {
        if (file >= 0) {
            close(file);
        }
        return error_new(ERR_IO, "the request log '%s' cannot be written: %s", path,
                         error_errno_text(errno));
    }
    setvbuf(simulator->log, NULL, _IOLBF, 0);
    return NULL;
}

static struct error *add_faults(struct simulator *simulator, const char *const *specs)
{
    const struct texts *own = &simulator->world->faults;
    sim_fault_init(&simulator->faults, simulator->world->is_virtual);
    for (size_t i = 0; i < own->count; i++) {
        struct error *error = sim_fault_add(&simulator->faults, own->items[i]);
        if (error != NULL) {
            return error_at(error, texts_at(own, i));
        }
    }
    for (; specs != NULL && *specs != NULL; specs++) {
        TRY(sim_fault_add(&simulator->faults, *specs));
    }
    return NULL;
}

static struct error *listen_on(struct simulator *simulator, const struct sockaddr_in *address)
{
    /* Signals are for the main thread: the server's thread is born with all of them blocked. */
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    simulator->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_USE_SUPPRESS_DATE_NO_CLOCK, 0, NULL, NULL,
        on_access, simulator, MHD_OPTION_SOCK_ADDR, (const struct sockaddr *)(const void *)address,
        MHD_OPTION_URI_LOG_CALLBACK, exchange_open, NULL, MHD_OPTION_NOTIFY_COMPLETED,
        exchange_close, NULL, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)2 * LIMIT_HEADER_BYTES,
        MHD_OPTION_END);
    int why = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    char text[INET_ADDRSTRLEN] = "";
    inet_ntop(AF_INET, &address->sin_addr, text, sizeof(text));
    if (simulator->daemon == NULL) {
        return error_new(ERR_IO, "the simulator cannot listen on %s:%d: %s", text,
                         ntohs(address->sin_port), error_errno_text(why));
    }
    const union MHD_DaemonInfo *port =
        MHD_get_daemon_info(simulator->daemon, MHD_DAEMON_INFO_BIND_PORT);
    snprintf(simulator->origin, sizeof(simulator->origin), "http://%s:%u", text,
             port != NULL ? port->port : 0u);
    return NULL;
}

static struct error *start(struct simulator *simulator, const struct simulator_options *options)
{
    struct sockaddr_in address;
    TRY(add_faults(simulator, options->faults));
    TRY(read_address(options, &address));
    if (options->request_log != NULL) {
        TRY(open_log(simulator, options->request_log));
    }
    return listen_on(simulator, &address);
}

struct error *simulator_start(const struct simulator_options *options, struct problems *problems,
                              struct simulator **ret)
{
    struct clock clock = clock_real();
    struct utc real = clock_utc(&clock);
    struct world *world = world_new(options->world, real, problems);
    if (world == NULL) {
        return error_new(ERR_PLAN, "the world is invalid");
    }
    world->is_virtual = options->is_virtual;
    struct simulator *simulator = MEM_NEW(struct simulator);
    simulator->world = world;
    simulator->offset_ms = world->begin.ms - real.ms;
    pthread_mutex_init(&simulator->lock, NULL);
    struct error *error = start(simulator, options);
    if (error != NULL) {
        simulator_stop(simulator);
        return error;
    }
    *ret = simulator;
    return NULL;
}

const char *simulator_origin(const struct simulator *simulator)
{
    return simulator->origin;
}

struct utc simulator_begin(const struct simulator *simulator)
{
    return simulator->world->begin;
}

void simulator_stop(struct simulator *simulator)
{
    if (simulator == NULL) {
        return;
    }
    if (simulator->daemon != NULL) {
        MHD_stop_daemon(simulator->daemon);
    }
    if (simulator->log != NULL) {
        fclose(simulator->log);
    }
    sim_fault_release(&simulator->faults);
    pthread_mutex_destroy(&simulator->lock);
    world_free(simulator->world);
    mem_free(simulator);
}

static int by_item_and_point(const void *a, const void *b)
{
    const struct world_trigger *left = &(*(const struct world_job *const *)a)->trigger;
    const struct world_trigger *right = &(*(const struct world_job *const *)b)->trigger;
    int order = str_compare(str_from(left->item->id), str_from(right->item->id));
    return order != 0 ? order : str_compare(str_from(left->point->id), str_from(right->point->id));
}

/* jobs are sorted: those alike stand together. */
static void write_restores(struct json_writer *json, struct world_job **jobs, size_t count)
{
    for (size_t i = 0, next; i < count; i = next) {
        next = i + 1;
        while (next < count && by_item_and_point(&jobs[i], &jobs[next]) == 0) {
            next++;
        }
        json_begin_map(json);
        json_member_text(json, "item", jobs[i]->trigger.item->id);
        json_member_text(json, "vm", jobs[i]->trigger.item->vm);
        json_member_text(json, "point", jobs[i]->trigger.point->id);
        json_member_integer(json, "count", (int64_t)(next - i));
        json_end(json);
    }
}

void simulator_truth(struct simulator *simulator, struct buf *ret)
{
    struct {
        VEC(struct world_job *);
    } jobs = {0};
    pthread_mutex_lock(&simulator->lock);
    for (size_t i = 0; i < simulator->world->vault_rows.count; i++) {
        const struct world_vault *vault = &world_vaults(simulator->world)[i];
        for (size_t k = 0; k < vault->jobs.count; k++) {
            vec_push(&jobs, vault->jobs.items[k]);
        }
    }
    if (jobs.count > 0) {
        qsort(jobs.items, jobs.count, sizeof(*jobs.items), by_item_and_point);
    }
    struct json_writer json = json_writer(ret, JSON_COMPACT);
    json_begin_map(&json);
    json_name(&json, "restores");
    json_begin_list(&json);
    write_restores(&json, jobs.items, jobs.count);
    json_end(&json);
    json_member_integer(&json, "requests", simulator->request_count);
    json_end(&json);
    pthread_mutex_unlock(&simulator->lock);
    vec_release(&jobs);
}
