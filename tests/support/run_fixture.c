/* SPDX-License-Identifier: MIT */
#include "support/run_fixture.h"

#include "base/limit.h"
#include "base/number.h"
#include "plan/plan_load.h"

#define MOST_TURNS 200000

/* ------------------------------------------------------------------ kinds */

/* There is one run at a time, and kinds know nothing but their events. */
static struct run_fixture *current;

static bool is_answer(const struct event *in, int status)
{
    return in->reply->outcome == HTTP_ANSWERED && in->reply->status == status;
}

static struct error *no_answer(const struct http_reply *reply)
{
    if (reply->outcome != HTTP_ANSWERED) {
        return error_new(ERR_UNREACHABLE, "%s", reply->failure);
    }
    return error_new(reply->status == 401 ? ERR_AUTH : ERR_STEP, "answered %d", reply->status);
}

static void ask(struct effect *out, enum http_method method, const char *path, const char *name)
{
    AUTO(buf) struct buf url = BUF_INIT(LIMIT_URL_BYTES);
    buf_format(&url, FIXTURE_MANAGEMENT "%s%s", path, name);
    effect_send(out, method, buf_text(&url));
}

static void feed_sign_in(void *state, const struct event *in, struct effect *out)
{
    (void)state;
    if (in->type == EVENT_START) {
        effect_send(out, HTTP_POST, "https://login.test/token");
        out->request.flags = HTTP_NO_TOKEN | HTTP_SECRET;
    } else if (in->type == EVENT_REPLY && is_answer(in, 200)) {
        struct value *output = value_new(in->arena, VALUE_MAP);
        value_set_integer(in->arena, output, "lifetime_ms", current->lifetime_ms);
        effect_done(out, output);
        secret_set(&out->secret, buf_str(&in->reply->body));
    } else if (in->type == EVENT_REPLY) {
        effect_fail(out, error_new(ERR_AUTH, "sign-in was refused"));
    }
}

static const struct value *vault_output(const struct event *in)
{
    int64_t count = 0;
    struct value *output = value_new(in->arena, VALUE_MAP);
    struct value *items = value_new(in->arena, VALUE_LIST);
    (void)number_parse(buf_str(&in->reply->body), 0, 100000, &count);
    for (int i = 0; i < (int)count; i++) {
        struct value *item = value_new(in->arena, VALUE_MAP);
        value_set_text(in->arena, item, "vm", arena_format(in->arena, "vm%d", i));
        value_append(in->arena, items, item);
    }
    value_set_text(in->arena, output, "region", "westeurope");
    value_set(in->arena, output, "items", items);
    return output;
}

static void feed_vault(void *state, const struct event *in, struct effect *out)
{
    (void)state;
    if (in->type == EVENT_START) {
        ask(out, HTTP_GET, "/vault/", value_text(in->arguments, "vault.name"));
    } else if (in->type == EVENT_REPLY && is_answer(in, 200)) {
        effect_done(out, vault_output(in));
    } else if (in->type == EVENT_REPLY) {
        effect_fail(out, no_answer(in->reply));
    }
}

static const struct value *points_output(const struct event *in)
{
    struct value *output = value_new(in->arena, VALUE_MAP);
    struct value *points = value_new(in->arena, VALUE_LIST);
    struct value *point = value_new(in->arena, VALUE_MAP);
    struct value *tiers = value_new(in->arena, VALUE_LIST);
    struct value *tier = value_new(in->arena, VALUE_MAP);
    value_set_text(in->arena, tier, "tier", "vault");
    value_set_text(in->arena, tier, "status", "valid");
    value_append(in->arena, tiers, tier);
    value_set_text(in->arena, point, "id", "20982486783671");
    value_set_text(in->arena, point, "time", "2026-11-01T00:00:00Z");
    value_set_text(in->arena, point, "consistency", "application");
    value_set(in->arena, point, "tiers", tiers);
    if (!str_equal(buf_str(&in->reply->body), STR("none"))) {
        value_append(in->arena, points, point);
    }
    value_set(in->arena, output, "points", points);
    return output;
}

static void feed_points(void *state, const struct event *in, struct effect *out)
{
    (void)state;
    if (in->type == EVENT_START) {
        ask(out, HTTP_GET, "/points/", value_text(in->arguments, "item.vm"));
    } else if (in->type == EVENT_REPLY && is_answer(in, 200)) {
        effect_done(out, points_output(in));
    } else if (in->type == EVENT_REPLY) {
        effect_fail(out, no_answer(in->reply));
    }
}

enum step_at { AT_PRECHECK, AT_START, AT_JOB };
struct step {
    enum step_at at;
    const char *vm;
};

static void start_job(const struct event *in, const struct step *step, struct effect *out)
{
    struct value *keep = value_new(in->scratch, VALUE_MAP);
    ask(out, HTTP_POST, "/start/", step->vm);
    value_set_integer(in->scratch, keep, "attempt", 1);
    out->request.flags = HTTP_ONCE;
    out->keep = keep;
    out->state = STEP_TRIGGERING;
    buf_append_text(&out->request.body, "{\"restore\":true}");
}

static void job_began(const struct event *in, const struct step *step, struct effect *out)
{
    struct value *keep = value_new(in->scratch, VALUE_MAP);
    value_set_text(in->scratch, keep, "job", arena_format(in->scratch, "job-of-%s", step->vm));
    effect_wait(out, FIXTURE_POLL_MS);
    out->keep = keep;
    out->state = STEP_RUNNING;
}

static void job_seen(const struct event *in, struct effect *out)
{
    struct str body = buf_str(&in->reply->body);
    if (str_equal(body, STR("done"))) {
        effect_done(out, value_new(in->arena, VALUE_MAP));
    } else if (str_equal(body, STR("failed"))) {
        effect_fail(out, error_new(ERR_STEP, "the job failed"));
    } else if (str_starts_with(body, STR("go "))) {
        effect_send(out, HTTP_GET, arena_copy(in->scratch, str_slice(body, 3, body.len)));
    } else {
        effect_wait(out, FIXTURE_POLL_MS);
    }
}

static void step_reply(struct step *step, const struct event *in, struct effect *out)
{
    bool is_good = in->reply->outcome == HTTP_ANSWERED && in->reply->status < 300;
    if (!is_good) {
        effect_fail(out, no_answer(in->reply));
    } else if (step->at == AT_PRECHECK) {
        step->at = AT_START;
        start_job(in, step, out);
    } else if (step->at == AT_START) {
        step->at = AT_JOB;
        job_began(in, step, out);
    } else {
        job_seen(in, out);
    }
}

static void feed_step(void *memory, const struct event *in, struct effect *out)
{
    struct step *step = memory;
    switch (in->type) {
    case EVENT_START:
        step->vm = value_text(in->arguments, "item.vm");
        ask(out, HTTP_GET, "/precheck/", step->vm);
        break;
    case EVENT_REPLY:
        step_reply(step, in, out);
        break;
    case EVENT_TIMER:
        ask(out, HTTP_GET, "/job/", step->vm);
        break;
    case EVENT_LOST:
        effect_fail(out, error_new(ERR_PERSON, "nobody knows whether it was started"));
        break;
    case EVENT_CANCEL:
    case EVENT_TYPE_COUNT:
        break;
    }
}

static const struct kind sign_in_kind = {
    .name = "sign-in", .role = KIND_SIGN_IN, .feed = feed_sign_in};
static const struct kind vault_kind = {
    .name = "vault", .role = KIND_VAULT_READER, .feed = feed_vault};
static const struct kind points_kind = {
    .name = "points", .role = KIND_POINT_LISTER, .feed = feed_points};
static const struct kind step_kind = {.name = "restore-disks",
                                      .role = KIND_STEP,
                                      .flags = KIND_RESTORES,
                                      .state_size = sizeof(struct step),
                                      .feed = feed_step};
static const struct kind *const kinds[] = {&sign_in_kind, &vault_kind, &points_kind, &step_kind,
                                           NULL};

/* ------------------------------------------------------------------ the world around */

static int64_t seconds(const struct run_fixture *fixture)
{
    return clock_mono(&fixture->clock).ms / SECOND_MS;
}

static void usual_answer(struct run_fixture *fixture, struct str path, struct http_reply *ret)
{
    if (str_ends_with(path, STR("/token"))) {
        AUTO(buf) struct buf token = BUF_INIT(64);
        buf_format(&token, "token-%d", ++fixture->token_count);
        net_fake_status(ret, 200, buf_text(&token));
    } else if (str_starts_with(path, STR("/vault/"))) {
        AUTO(buf) struct buf count = BUF_INIT(64);
        buf_format(&count, "%zu", fixture->plan->items.count);
        net_fake_status(ret, 200, buf_text(&count));
    } else if (str_starts_with(path, STR("/start/"))) {
        net_fake_status(ret, 202, "");
    } else if (str_starts_with(path, STR("/job/"))) {
        net_fake_status(ret, 200, "done");
    }
}

static int answer(void *context, const struct http_request *request, struct http_reply *ret)
{
    struct run_fixture *fixture = context;
    struct str url = str_from(request->url);
    struct str own = STR(FIXTURE_MANAGEMENT);
    struct str path = str_starts_with(url, own) ? str_slice(url, own.len, url.len) : url;
    AUTO(buf) struct buf line = BUF_INIT(LIMIT_URL_BYTES);
    buf_format(&line, "%s " STR_FMT, http_method_names[request->method], STR_ARG(path));
    buf_format(&fixture->story, "send %s @%lld\n", buf_text(&line), (long long)seconds(fixture));
    int waits =
        fixture->answer == NULL ? 0 : fixture->answer(fixture, buf_text(&line), request, ret);
    if (waits == 0) {
        usual_answer(fixture, path, ret);
    }
    return waits == 0 ? 1 : waits;
}

static void read_record(void *context, const struct record *record)
{
    struct run_fixture *fixture = context;
    const char *step = value_text(record->body, "step");
    const char *state = value_text(record->body, "state");
    const char *outcome = value_text(record->body, "outcome");
    record_format(record, &fixture->log);
    buf_append_char(&fixture->log, '\n');
    buf_format(&fixture->story, "record %s %s %s%s @%lld\n", record_type_names[record->type],
               step == NULL ? "-" : step, state == NULL ? "" : state,
               outcome == NULL ? "" : outcome, (long long)seconds(fixture));
}

static void synced(void *context)
{
    struct run_fixture *fixture = context;
    buf_append_text(&fixture->story, "sync\n");
}

static enum run_wish wish(void *context)
{
    struct run_fixture *fixture = context;
    if (++fixture->turn_count > MOST_TURNS) {
        return RUN_LEAVE;
    }
    return fixture->wish == NULL ? RUN_GO_ON : fixture->wish(fixture);
}

static void tick(void *context, struct utc now)
{
    (void)context;
    (void)now;
}

static int64_t throttle_wait_ms(const struct http_reply *reply)
{
    (void)reply;
    return -1;
}

/* ------------------------------------------------------------------ use */

static struct plan *load(size_t item_count, const char *steps)
{
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_PLAN_BYTES);
    AUTO(problems) struct problems problems = {0};
    const struct plan_inputs inputs = {.kinds = kinds};
    buf_append_text(&text, "version: 1\nname: test\n"
                           "vaults: {main: {subscription: 11111111-2222-3333-4444-555555555555, "
                           "resource_group: backup, name: shop-vault}}\n"
                           "selection: {newest: {}}\n"
                           "targets: {lab: {resource_group: lab, storage_account: staging}}\n"
                           "items:\n");
    for (size_t i = 0; i < item_count; i++) {
        buf_format(&text, "  i%zu: {vault: main, vm: vm%zu}\n", i, i);
    }
    buf_append_text(&text, steps);
    struct plan *plan = plan_load("plan.yaml", buf_str(&text), &inputs, &problems);
    if (plan == NULL) {
        BUG("run_fixture: %d: %s", problems.items[0].error->line, problems.items[0].error->text);
    }
    return plan;
}

void run_fixture_open(struct run_fixture *fixture, size_t item_count, const char *steps)
{
    struct utc begin = {1793620800000}; /* 2026-11-02T12:00:00Z */
    const struct net_options net_options = {0};
    *fixture = (struct run_fixture){.lifetime_ms = HOUR_MS, .clock = clock_virtual(begin)};
    buf_init(&fixture->log, LIMIT_REPORT_BYTES);
    buf_init(&fixture->story, LIMIT_REPORT_BYTES);
    error_free(net_open(&net_options, &fixture->net));
    net_fake_answer_with(fixture->net, answer, fixture);
    fixture->journal = (struct journal){.on_sync = synced, .context = fixture};
    fixture->readers[0] = (struct recorder_reader){read_record, fixture};
    fixture->plan = load(item_count, steps);
    fixture->options = (struct run_options){
        .purpose = RUN_APPLY,
        .plan = fixture->plan,
        .run = "run-1",
        .management = FIXTURE_MANAGEMENT,
        .seed = 1,
        .net = fixture->net,
        .clock = &fixture->clock,
        .kinds = kinds,
        .throttle_wait_ms = throttle_wait_ms,
        .floor_ms = SECOND_MS,
        .quiet_ms = 10 * MINUTE_MS,
        .journal = &fixture->journal,
        .readers = fixture->readers,
        .wish = wish,
        .tick = tick,
        .context = fixture,
    };
}

void run_fixture_close(struct run_fixture *fixture)
{
    net_close(fixture->net);
    plan_free(fixture->plan);
    buf_release(&fixture->log);
    buf_release(&fixture->story);
}

int run_fixture_run(struct run_fixture *fixture)
{
    current = fixture;
    int exit_code = run_execute(&fixture->options);
    if (fixture->turn_count > MOST_TURNS) {
        BUG("run_fixture: the run does not end");
    }
    return exit_code;
}

/* How many lines have part in them; *ret_at: where the n-th of them begins. */
static size_t count_lines(const struct buf *text, const char *part, size_t n, size_t *ret_at)
{
    struct str rest = buf_str(text);
    struct str line;
    size_t count = 0;
    while (str_next(&rest, '\n', &line)) {
        if (str_find(line, str_from(part)) != SIZE_MAX && count++ == n) {
            *ret_at = (size_t)(line.at - text->data);
        }
    }
    return count;
}

size_t run_fixture_find(const struct run_fixture *fixture, const char *text, size_t n)
{
    size_t at = SIZE_MAX;
    (void)count_lines(&fixture->story, text, n, &at);
    return at;
}

size_t run_fixture_count(const struct run_fixture *fixture, const char *text)
{
    size_t at;
    return count_lines(&fixture->story, text, 0, &at);
}

size_t run_fixture_logged(const struct run_fixture *fixture, const char *text)
{
    size_t at;
    return count_lines(&fixture->log, text, 0, &at);
}
