/* SPDX-License-Identifier: MIT */
#include "simulator/sim_route.h"

#include "base/limit.h"
#include "base/mem.h"
#include "http/url.h"
#include "simulator/answer_job.h"
#include "simulator/answer_restore.h"
#include "simulator/answer_token.h"
#include "simulator/answer_vault.h"

enum route_needs {
    NEEDS_NOTHING, /* sign-in: no token, no api-version */
    NEEDS_VAULT,
    NEEDS_ITEM,
    NEEDS_POINT,
};

#define VAULT "/subscriptions/*/resourceGroups/*/providers/Microsoft.RecoveryServices/vaults/*"
#define ITEM VAULT "/backupFabrics/Azure/protectionContainers/*/protectedItems/*"
#define POINT ITEM "/recoveryPoints/*"

static const struct route {
    const char *method;
    const char *pattern; /* * is one segment */
    enum route_needs needs;
    void (*answer)(struct sim_call *call);
} routes[] = {
    {"POST", "/*/oauth2/v2.0/token",              NEEDS_NOTHING, answer_token_issue     },
    {"POST", "/*/oauth2/token",                   NEEDS_NOTHING, answer_token_issue     },
    {"GET",  VAULT,                               NEEDS_VAULT,   answer_vault_show      },
    {"GET",  VAULT "/backupProtectedItems",       NEEDS_VAULT,   answer_vault_items     },
    {"GET",  VAULT "/backupProtectionContainers", NEEDS_VAULT,   answer_vault_containers},
    {"GET",  VAULT "/backupOperations/*",         NEEDS_VAULT,   answer_restore_status  },
    {"GET",  VAULT "/backupOperationResults/*",   NEEDS_VAULT,   answer_restore_result  },
    {"GET",  VAULT "/backupJobs",                 NEEDS_VAULT,   answer_job_list        },
    {"GET",  VAULT "/backupJobs/*",               NEEDS_VAULT,   answer_job_show        },
    {"GET",  ITEM,                                NEEDS_ITEM,    answer_vault_item      },
    {"GET",  ITEM "/recoveryPoints",              NEEDS_ITEM,    answer_vault_points    },
    {"GET",  ITEM "/operationsStatus/*",          NEEDS_ITEM,    answer_restore_status  },
    {"GET",  ITEM "/operationResults/*",          NEEDS_ITEM,    answer_restore_result  },
    {"GET",  POINT,                               NEEDS_POINT,   answer_vault_point     },
    {"POST", POINT "/restore",                    NEEDS_POINT,   answer_restore_trigger },
};

static struct str path_of(const struct sim_request *request)
{
    struct str target = str_from(request->target);
    return str_slice(target, 0, str_find_char(target, '?'));
}

/* One segment of the request, decoded, against one of the pattern; false if they differ. */
static bool segment_fits(struct arena *arena, struct str pattern, struct str segment,
                         const char **ret_part)
{
    AUTO(buf) struct buf plain = BUF_INIT(LIMIT_URL_BYTES);
    *ret_part = NULL;
    if (segment.len == 0 || !url_decode(segment, &plain)) {
        return pattern.len == 0 && segment.len == 0;
    }
    if (str_equal(pattern, STR("*"))) {
        *ret_part = arena_copy(arena, buf_str(&plain));
        return true;
    }
    return str_equal_ignoring_case(pattern, buf_str(&plain));
}

static bool path_fits(struct sim_call *call, const char *pattern, struct str path)
{
    struct str wanted = str_from(pattern);
    struct str want;
    struct str have;
    if (path.len > 1 && str_ends_with(path, STR("/"))) {
        path.len--;
    }
    call->part_count = 0;
    for (;;) {
        bool has_wanted = str_next(&wanted, '/', &want);
        bool has_more = str_next(&path, '/', &have);
        if (!has_wanted || !has_more) {
            return has_wanted == has_more;
        }
        const char *part;
        if (!segment_fits(call->arena, want, have, &part)) {
            return false;
        }
        if (part != NULL) {
            call->parts[call->part_count++] = part;
        }
    }
}

/* The route of the method, or NULL; then *ret_path_known says if another method has it. */
static const struct route *find_route(struct sim_call *call, bool *ret_path_known)
{
    *ret_path_known = false;
    for (size_t i = 0; i < sizeof(routes) / sizeof(*routes); i++) {
        if (path_fits(call, routes[i].pattern, path_of(call->request))) {
            if (text_equal(routes[i].method, call->request->method)) {
                return &routes[i];
            }
            *ret_path_known = true;
        }
    }
    return NULL;
}

static void not_found(struct sim_call *call)
{
    sim_call_header(call, "x-ms-failure-cause", "gateway");
    sim_call_error(call, 404, "ResourceNotFound",
                   "The Resource '%s' was not found. For more details please go to "
                   "https://aka.ms/ARMResourceNotFoundFix",
                   call->path);
}

/* Finds what the path names; false: it is not there and the call has been answered. */
static bool find_resources(struct sim_call *call, enum route_needs needs)
{
    bool is_there = true;
    if (needs >= NEEDS_VAULT) {
        call->vault = world_find_vault(call->world, call->parts[0], call->parts[1], call->parts[2]);
        is_there = call->vault != NULL;
    }
    if (is_there && needs >= NEEDS_ITEM) {
        call->item = world_find_item(call->vault, call->parts[3], call->parts[4]);
        is_there = call->item != NULL;
    }
    if (is_there && needs >= NEEDS_POINT) {
        call->point = world_point_find(call->world, call->item, call->parts[5], call->request->now);
        is_there = call->point != NULL;
    }
    if (!is_there) {
        not_found(call);
    }
    return is_there;
}

static bool is_version(struct str text)
{
    static const char form[] = "dddd-dd-dd";
    for (size_t i = 0; i < sizeof(form) - 1; i++) {
        bool is_digit = i < text.len && text.at[i] >= '0' && text.at[i] <= '9';
        if (form[i] == 'd' ? !is_digit : i >= text.len || text.at[i] != form[i]) {
            return false;
        }
    }
    struct str rest = str_slice(text, sizeof(form) - 1, text.len);
    return rest.len == 0 || str_equal_ignoring_case(rest, STR("-preview"));
}

/* False: the call has been answered. */
static bool check_version(struct sim_call *call)
{
    const struct sim_param *version = sim_call_param(&call->params, "api-version");
    if (version == NULL || *version->value == '\0') {
        sim_call_error(
            call, 400, "MissingApiVersionParameter",
            "The api-version query parameter (?api-version=) is required for all requests.");
        return false;
    }
    if (!is_version(str_from(version->value))) {
        sim_call_error(call, 400, "InvalidApiVersionParameter", "The api-version '%s' is invalid.",
                       version->value);
        return false;
    }
    call->version = version->value;
    return true;
}

static void dispatch(struct sim_call *call, const struct route *route, bool is_path_known)
{
    bool is_sign_in = route != NULL && route->needs == NEEDS_NOTHING;
    if (!is_sign_in && (!answer_token_check(call) || !check_version(call))) {
        return;
    }
    if (route != NULL) {
        if (find_resources(call, route->needs)) {
            route->answer(call);
        }
    } else if (is_path_known) {
        sim_call_error(call, 405, "MethodNotAllowed",
                       "The requested resource does not support http method '%s'.",
                       call->request->method);
    } else {
        not_found(call);
    }
}

static void answer_fault(struct sim_call *call, const struct sim_fault *fault)
{
    call->reply->fault = fault->spec;
    headers_release(&call->reply->headers);
    int64_t seconds = fault->retry_after_s;
    if (fault->status == 429) {
        seconds = seconds < 0 ? 60 : seconds;
        sim_call_error(call, 429, sim_fault_code(429),
                       "The request for this subscription is being throttled. Please try again "
                       "after '%lld' seconds.",
                       (long long)seconds);
    } else {
        sim_call_error(call, (int)fault->status, sim_fault_code(fault->status),
                       "The request could not be served.");
    }
    sim_call_header(call, "x-ms-failure-cause", "gateway");
    if (seconds >= 0) {
        sim_call_header(call, "Retry-After", "%lld", (long long)seconds);
    }
}

/* Faults that shape the reply to work that was done. */
static void spoil(struct sim_call *call)
{
    const struct sim_fault *const *hits = call->hits.of;
    struct sim_reply *reply = call->reply;
    for (int kind = SIM_FAULT_LATE_JOB; kind < SIM_FAULT_KIND_COUNT; kind++) {
        if (hits[kind] != NULL && reply->status == 202) {
            reply->fault = hits[kind]->spec;
        }
    }
    if (hits[SIM_FAULT_STATUS] != NULL) {
        answer_fault(call, hits[SIM_FAULT_STATUS]);
    }
    if (hits[SIM_FAULT_TRUNCATE] != NULL && reply->body.len > 1) {
        reply->is_cut = true;
        reply->fault = hits[SIM_FAULT_TRUNCATE]->spec;
    }
    if (hits[SIM_FAULT_LOST] != NULL) {
        reply->is_dropped = true;
        reply->fault = hits[SIM_FAULT_LOST]->spec;
    }
}

static void answer(struct sim_call *call, struct sim_faults *faults)
{
    bool is_path_known;
    const struct route *route = find_route(call, &is_path_known);
    bool is_restore = route != NULL && route->answer == answer_restore_trigger;
    sim_fault_decide(faults, call->request->method, call->path, is_restore, &call->hits);
    const struct sim_fault *const *hits = call->hits.of;
    if (hits[SIM_FAULT_RESET] != NULL) {
        call->reply->is_dropped = true;
        call->reply->fault = hits[SIM_FAULT_RESET]->spec;
    } else if (hits[SIM_FAULT_STATUS] != NULL && !hits[SIM_FAULT_STATUS]->is_after) {
        answer_fault(call, hits[SIM_FAULT_STATUS]);
    } else {
        dispatch(call, route, is_path_known);
        spoil(call);
    }
}

void sim_route_answer(struct world *world, struct sim_faults *faults,
                      const struct sim_request *request, struct sim_reply *ret)
{
    AUTO(arena) struct arena *arena = arena_new();
    AUTO(buf) struct buf path = BUF_INIT(LIMIT_URL_BYTES);
    struct sim_call call = {
        .arena = arena, .world = world, .request = request, .version = "", .reply = ret};
    struct str target = str_from(request->target);
    struct str query = str_slice(target, path_of(request).len + 1, target.len);
    bool is_readable =
        url_decode(path_of(request), &path) && sim_call_params(arena, query, &call.params);
    call.path = buf_text(&path);
    if (is_readable) {
        answer(&call, faults);
    } else {
        sim_call_error(&call, 400, "BadRequest", "The URL is malformed.");
    }
    sim_call_finish(&call);
    vec_release(&call.params);
}

bool sim_route_is_restore(const struct sim_request *request)
{
    return text_equal(request->method, "POST") && str_ends_with(path_of(request), STR("/restore"));
}
