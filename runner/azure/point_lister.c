/* SPDX-License-Identifier: MIT */
#include "azure/point_lister.h"

#include "azure/arm.h"
#include "base/clock.h"
#include "http/url.h"

struct point_lister {
    const struct arm_arguments *arguments;
    const char *what;
    struct arm_pages pages;
    struct value *output, *points;
};

/* Azure's word or number, and ours.  Words that are not here stay as they came, in lower case words
 * of Azure. */
struct word {
    int number; /* -1: has none */
    const char *azure, *ours;
};
static const struct word tiers[] = {
    {1, "InstantRP",  "snapshot"},
    {2, "HardenedRP", "vault"   },
    {3, "ArchivedRP", "archive" },
};
static const struct word statuses[] = {
    {0, "Invalid",    "invalid"   },
    {1, "Valid",      "valid"     },
    {2, "Disabled",   "disabled"  },
    {3, "Deleted",    "deleted"   },
    {4, "Rehydrated", "rehydrated"},
};
static const struct word consistencies[] = {
    {-1, "AppConsistent",         "application"},
    {-1, "ApplicationConsistent", "application"},
    {-1, "FileSystemConsistent",  "file-system"},
    {-1, "CrashConsistent",       "crash"      },
};
/* Of API versions after the one asked for by default; older ones say nothing. */
static const struct word threats[] = {
    {-1, "Healthy",      "none"     },
    {-1, "NotAvailable", "unknown"  },
    {-1, "Unknown",      "unknown"  },
    {-1, "Warning",      "warning"  },
    {-1, "UnHealthy",    "unhealthy"},
};
#define WORDS(table) (table), sizeof(table) / sizeof((table)[0])

static const struct value *translate(struct arena *arena, const struct value *value,
                                     const struct word *words, size_t count)
{
    if (value == NULL) {
        return value_new_text(arena, "unknown");
    }
    for (size_t i = 0; i < count; i++) {
        bool is_number = value->type == VALUE_INTEGER && value->integer == words[i].number;
        bool is_word = value->type == VALUE_TEXT &&
                       str_equal_ignoring_case(value->text, str_from(words[i].azure));
        if (is_number || is_word) {
            return value_new_text(arena, words[i].ours);
        }
    }
    return value_copy(arena, value);
}

static const struct value *read_tiers(struct arena *arena, const struct value *details)
{
    struct value *list = value_new(arena, VALUE_LIST);
    for (size_t i = 0; details != NULL && details->type == VALUE_LIST && i < details->count; i++) {
        const struct value *detail = details->items[i];
        struct value *tier = value_new(arena, VALUE_MAP);
        value_set(arena, tier, "tier", translate(arena, value_find(detail, "type"), WORDS(tiers)));
        value_set(arena, tier, "status",
                  translate(arena, value_find(detail, "status"), WORDS(statuses)));
        value_append(arena, list, tier);
    }
    return list;
}

/* The digits of a fraction beyond the ms: two points may be less than a ms apart. */
static struct str beyond_ms(const char *time)
{
    struct str text = str_from(time);
    size_t dot = str_find_char(text, '.');
    size_t start = dot == SIZE_MAX ? text.len : dot + 1;
    size_t end = start;
    while (end < text.len && text.at[end] >= '0' && text.at[end] <= '9') {
        end++;
    }
    return end - start > 3 ? str_slice(text, start + 3, end) : STR("");
}

/* RFC 3339 in UTC, at least to the ms; NULL where Azure gave no time (a database's log range). */
static const char *read_time(struct arena *arena, const struct value *properties)
{
    const char *text = value_text(properties, "recoveryPointTime");
    text = text != NULL ? text : value_text(properties, "recoveryPointTimeInUTC");
    struct utc time;
    char formatted[UTC_TEXT_SIZE];
    if (text == NULL || !utc_parse(str_from(text), UTC_ZONE_OPTIONAL, &time)) {
        return NULL;
    }
    struct str to_ms = str_from(utc_format(time, formatted));
    return arena_format(arena, STR_FMT STR_FMT "Z", STR_ARG(str_slice(to_ms, 0, to_ms.len - 1)),
                        STR_ARG(beyond_ms(text)));
}

static const struct value *read_point(struct arena *arena, const struct value *entry)
{
    const struct value *properties = value_find(entry, "properties");
    struct value *point = value_new(arena, VALUE_MAP);
    value_set_text(arena, point, "id", value_text(entry, "name"));
    const char *time = read_time(arena, properties);
    if (time != NULL) {
        value_set_text(arena, point, "time", time);
    }
    value_set(arena, point, "consistency",
              translate(arena, value_find(properties, "recoveryPointType"), WORDS(consistencies)));
    value_set(arena, point, "tiers",
              read_tiers(arena, value_find(properties, "recoveryPointTierDetails")));
    value_set_bool(arena, point, "is_managed",
                   value_bool(properties, "isManagedVirtualMachine", false));
    value_set_bool(arena, point, "is_encrypted",
                   value_bool(properties, "isSourceVMEncrypted", false));
    const struct value *threat = value_find(properties, "threatStatus");
    if (threat != NULL) {
        value_set(arena, point, "threat", translate(arena, threat, WORDS(threats)));
    }
    value_set_text(arena, point, "os", value_text(properties, "osType"));
    value_set_text(arena, point, "vm_size", value_text(properties, "virtualMachineSize"));
    return point;
}

static void start(struct point_lister *state, const struct event *in, struct effect *out)
{
    state->arguments = arm_arguments_read(in->arena, in->arguments);
    state->what = arena_format(in->arena, "cannot list recovery points of '%s'",
                               state->arguments->item->name);
    state->output = value_new(in->arena, VALUE_MAP);
    state->points = value_new(in->arena, VALUE_LIST);
    value_set(in->arena, state->output, "points", state->points);
    struct arm_query query = {arm_item_path(in->arena, state->arguments), "/recoveryPoints",
                              ARM_BACKUP_VERSION, NULL};
    effect_send(out, HTTP_GET, arm_url(in->arena, state->arguments->management, &query));
}

static void reply(struct point_lister *state, const struct event *in, struct effect *out)
{
    const struct value *page = NULL;
    const char *next = NULL;
    struct error *error = arm_read(in->scratch, in->reply, state->what, &page);
    if (error != NULL) {
        effect_fail(out, error);
        return;
    }
    const struct value *list = value_find(page, "value");
    for (size_t i = 0; list != NULL && list->type == VALUE_LIST && i < list->count; i++) {
        if (url_is_segment(str_from(value_text(list->items[i], "name")))) {
            value_append(in->arena, state->points,
                         value_copy(in->arena, read_point(in->scratch, list->items[i])));
        }
    }
    error = arm_pages_next(in->arena, &state->pages, state->arguments->management, page, &next);
    if (error != NULL) {
        effect_fail(out, error_wrap(error, ERR_UNREACHABLE, "%s", state->what));
    } else if (next != NULL) {
        effect_send(out, HTTP_GET, next);
    } else {
        effect_done(out, state->output);
    }
}

static void feed(void *memory, const struct event *in, struct effect *out)
{
    struct point_lister *state = memory;
    switch (in->type) {
    case EVENT_START:
        start(state, in, out);
        break;
    case EVENT_REPLY:
        reply(state, in, out);
        break;
    case EVENT_CANCEL:
        break;
    case EVENT_TIMER:
    case EVENT_LOST:
    case EVENT_TYPE_COUNT:
        BUG("point_lister was fed event %d", (int)in->type);
    }
}

const struct kind point_lister = {
    .name = "list-points",
    .doc = "lists the recovery points of a protected item",
    .role = KIND_POINT_LISTER,
    .flags = KIND_REPEATABLE,
    .state_size = sizeof(struct point_lister),
    .feed = feed,
};
