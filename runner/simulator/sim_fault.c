/* SPDX-License-Identifier: MIT */
#include "simulator/sim_fault.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/number.h"
#include "base/random.h"

const char sim_fault_help[] =
    "KIND:option=value,… with KIND a status of 400 to 599, reset, truncate, or for restores lost, "
    "late-job, foreign, no-location, stuck-job, job-failed; options every= first= at= count= "
    "method= path=, for a status when=after and ra=SECONDS, for late-job after=DURATION, for "
    "job-failed code= title= and last text=";

/* One row for each kind; a status is none of these words. */
static const struct {
    const char *name;
    bool is_of_restores;
} kinds[SIM_FAULT_KIND_COUNT] = {
    [SIM_FAULT_STATUS] = {"status",      false},
      [SIM_FAULT_RESET] = {"reset",       false},
    [SIM_FAULT_TRUNCATE] = {"truncate",    false},
      [SIM_FAULT_LOST] = {"lost",        true },
    [SIM_FAULT_LATE_JOB] = {"late-job",    true },
      [SIM_FAULT_FOREIGN] = {"foreign",     true },
    [SIM_FAULT_NO_LOCATION] = {"no-location", true },
      [SIM_FAULT_STUCK_JOB] = {"stuck-job",   true },
    [SIM_FAULT_JOB_FAILED] = {"job-failed",  true },
};

static const struct {
    int64_t status;
    const char *code;
} codes[] = {
    {400, "BMSUserErrorInvalidInput"  },
    {401, "ExpiredAuthenticationToken"},
    {403, "AuthorizationFailed"       },
    {404, "ResourceNotFound"          },
    {408, "RequestTimeout"            },
    {409, "BMSUserErrorObjectLocked"  },
    {412, "PreconditionFailed"        },
    {429, "ResourceRequestsThrottled" },
    {500, "InternalServerError"       },
    {502, "InvalidGatewayHost"        },
    {503, "ServiceUnavailable"        },
    {504, "GatewayTimeout"            },
};

const char *sim_fault_code(int64_t status)
{
    for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++) {
        if (codes[i].status == status) {
            return codes[i].code;
        }
    }
    return status < 500 ? "BadRequest" : "InternalServerError";
}

void sim_fault_init(struct sim_faults *faults, bool counts_by_path)
{
    *faults = (struct sim_faults){.arena = arena_new(), .counts_by_path = counts_by_path};
}

void sim_fault_release(struct sim_faults *faults)
{
    for (size_t i = 0; i < faults->list.count; i++) {
        mem_free(faults->list.items[i].tallies);
    }
    vec_release(&faults->list);
    arena_free(faults->arena);
    faults->arena = NULL;
}

static struct error *bad(const char *spec, const char *why, struct str what)
{
    return error_hint(
        error_new(ERR_USAGE, "fault '%s': %s '" STR_FMT "'", spec, why, STR_ARG(what)),
        "a fault is %s", sim_fault_help);
}

static bool parse_kind(struct str word, struct sim_fault *fault)
{
    if (number_parse(word, 400, 599, &fault->status)) {
        fault->kind = SIM_FAULT_STATUS;
        return true;
    }
    for (int i = SIM_FAULT_STATUS + 1; i < SIM_FAULT_KIND_COUNT; i++) {
        if (str_equal(word, str_from(kinds[i].name))) {
            fault->kind = i;
            return true;
        }
    }
    return false;
}

/* Options that are whole numbers, with the kinds they are for (-1: all). */
static const struct {
    const char *name;
    size_t offset;
    int64_t min;
    int kind;
} numbers[] = {
    {"every", offsetof(struct sim_fault, every),              1, -1                  },
    {"first", offsetof(struct sim_fault, first),              1, -1                  },
    {"at",    offsetof(struct sim_fault, at),                 1, -1                  },
    {"count", offsetof(struct sim_fault, count),              1, -1                  },
    {"ra",    offsetof(struct sim_fault, retry_after_s),      0, SIM_FAULT_STATUS    },
    {"code",  offsetof(struct sim_fault, outcome.error_code), 0, SIM_FAULT_JOB_FAILED},
};

static bool parse_number(struct sim_fault *fault, struct str name, struct str value,
                         bool *ret_known)
{
    for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
        if (str_equal(name, str_from(numbers[i].name)) &&
            (numbers[i].kind < 0 || numbers[i].kind == fault->kind)) {
            int64_t *number = (int64_t *)(void *)((char *)fault + numbers[i].offset);
            *ret_known = true;
            return number_parse(value, numbers[i].min, INT32_MAX, number);
        }
    }
    *ret_known = false;
    return false;
}

static bool parse_word(struct arena *arena, struct sim_fault *fault, struct str name,
                       struct str value)
{
    if (str_equal(name, STR("method"))) {
        fault->method = arena_copy(arena, value);
    } else if (str_equal(name, STR("path"))) {
        fault->path = arena_copy(arena, value);
    } else if (str_equal(name, STR("when")) && fault->kind == SIM_FAULT_STATUS) {
        fault->is_after = str_equal(value, STR("after"));
        return fault->is_after || str_equal(value, STR("before"));
    } else if (str_equal(name, STR("after")) && fault->kind == SIM_FAULT_LATE_JOB) {
        return duration_parse(value, &fault->after_ms);
    } else if (str_equal(name, STR("title")) && fault->kind == SIM_FAULT_JOB_FAILED) {
        fault->outcome.error_title = arena_copy(arena, value);
    } else if (str_equal(name, STR("text")) && fault->kind == SIM_FAULT_JOB_FAILED) {
        fault->outcome.error_text = arena_copy(arena, value);
    } else {
        return false;
    }
    return value.len > 0;
}

static struct error *parse_options(struct arena *arena, struct str rest, struct sim_fault *fault)
{
    struct str option;
    while (rest.len > 0) {
        /* A text may hold commas, so it is the last option. */
        if (str_starts_with(rest, STR("text="))) {
            option = rest;
            rest.len = 0;
        } else if (!str_next(&rest, ',', &option)) {
            break;
        }
        size_t equals = str_find_char(option, '=');
        if (equals == SIZE_MAX) {
            return bad(fault->spec, "no value for option", option);
        }
        struct str name = str_slice(option, 0, equals);
        struct str value = str_slice(option, equals + 1, option.len);
        bool is_known;
        if (!parse_number(fault, name, value, &is_known) &&
            (is_known || !parse_word(arena, fault, name, value))) {
            return bad(fault->spec, "unknown or bad option", option);
        }
    }
    return NULL;
}

struct error *sim_fault_add(struct sim_faults *faults, const char *spec)
{
    struct sim_fault fault = {
        .spec = arena_text(faults->arena, spec),
        .retry_after_s = -1,
        .outcome = {.ending = WORLD_FAILED, .error_code = 130001},
    };
    struct str rest = str_from(fault.spec);
    struct str word;
    str_next(&rest, ':', &word);
    if (!parse_kind(word, &fault)) {
        return bad(spec, "unknown kind", word);
    }
    TRY(parse_options(faults->arena, rest, &fault));
    if (fault.kind == SIM_FAULT_LATE_JOB && fault.after_ms <= 0) {
        return bad(spec, "late-job needs", STR("after=DURATION"));
    }
    if (fault.kind == SIM_FAULT_STUCK_JOB) {
        fault.outcome.ending = WORLD_STUCK;
    }
    vec_push(&faults->list, fault);
    return NULL;
}

static void grow_tallies(struct sim_fault *fault);

static struct sim_fault_tally *tally_of(struct sim_fault *fault, uint64_t key)
{
    if (fault->tally_count * 2 >= fault->tally_size) {
        grow_tallies(fault);
    }
    size_t mask = fault->tally_size - 1;
    size_t at = (size_t)key & mask;
    while (fault->tallies[at].met > 0 && fault->tallies[at].key != key) {
        at = (at + 1) & mask;
    }
    if (fault->tallies[at].met == 0) {
        fault->tallies[at].key = key;
        fault->tally_count++;
    }
    return &fault->tallies[at];
}

static void grow_tallies(struct sim_fault *fault)
{
    struct sim_fault_tally *old = fault->tallies;
    size_t old_size = fault->tally_size;
    fault->tally_size = old_size == 0 ? 16 : old_size * 2;
    fault->tallies = mem_new(fault->tally_size * sizeof(*old));
    fault->tally_count = 0;
    for (size_t i = 0; i < old_size; i++) {
        if (old[i].met > 0) {
            *tally_of(fault, old[i].key) = old[i];
        }
    }
    mem_free(old);
}

static bool contains_ignoring_case(struct str text, struct str find)
{
    for (size_t i = 0; i + find.len <= text.len; i++) {
        if (str_starts_with_ignoring_case(str_slice(text, i, text.len), find)) {
            return true;
        }
    }
    return false;
}

static bool concerns(const struct sim_fault *fault, const char *method, const char *path,
                     bool is_restore)
{
    return (is_restore || !kinds[fault->kind].is_of_restores) &&
           (fault->method == NULL || text_equal_ignoring_case(fault->method, method)) &&
           (fault->path == NULL || contains_ignoring_case(str_from(path), str_from(fault->path)));
}

static bool hits(const struct sim_fault *fault, struct sim_fault_tally *tally)
{
    int64_t met = ++tally->met;
    /* at=K alone means that one; with count=N from there on. */
    int64_t most = fault->count > 0 ? fault->count : fault->at > 0 ? 1 : INT64_MAX;
    if ((fault->first > 0 && met > fault->first) || met < fault->at ||
        (fault->every > 0 && met % fault->every != 0) || tally->hit >= most) {
        return false;
    }
    tally->hit++;
    return true;
}

void sim_fault_decide(struct sim_faults *faults, const char *method, const char *path,
                      bool is_restore, struct sim_fault_hits *ret)
{
    *ret = (struct sim_fault_hits){0};
    uint64_t key = 0;
    if (faults->counts_by_path && faults->list.count > 0) {
        key = random_seed_of(str_from(path)) * 31 + random_seed_of(str_from(method));
    }
    for (size_t i = 0; i < faults->list.count; i++) {
        struct sim_fault *fault = &faults->list.items[i];
        if (concerns(fault, method, path, is_restore) && hits(fault, tally_of(fault, key)) &&
            ret->of[fault->kind] == NULL) {
            ret->of[fault->kind] = fault;
        }
    }
}
