/* SPDX-License-Identifier: MIT */
#include "azure/vault_reader.h"

#include "azure/arm.h"
#include "base/mem.h"
#include "http/url.h"

struct vault_reader {
    const struct arm_arguments *arguments;
    const char *what; /* "cannot read vault 'x'", for errors */
    struct arm_pages pages;
    struct value *output, *items;
    struct value *seen; /* a map by id in lower case: pages may overlap */
    bool has_region;
};

/* The segment of an id after the one called name, decoded; NULL if there is none that a URL of ours
 * could have.  Names compare without case. */
static const char *id_segment(struct arena *arena, const char *id, const char *name)
{
    struct str rest = str_from(id);
    struct str part;
    AUTO(buf) struct buf segment = BUF_INIT(URL_SEGMENT_BYTES);
    while (str_next(&rest, '/', &part)) {
        if (str_equal_ignoring_case(part, str_from(name))) {
            bool is_good = str_next(&rest, '/', &part) && url_decode(part, &segment) &&
                           !segment.full && url_is_segment(buf_str(&segment));
            return is_good ? arena_copy(arena, buf_str(&segment)) : NULL;
        }
    }
    return NULL;
}

/* The same id on two pages, in whatever case, is one item. */
static bool is_new(struct vault_reader *state, struct arena *arena, const char *id)
{
    char *lower = arena_text(arena, id);
    for (char *c = lower; *c != '\0'; c++) {
        *c = *c >= 'A' && *c <= 'Z' ? (char)(*c + 'a' - 'A') : *c;
    }
    if (value_find(state->seen, lower) != NULL) {
        return false;
    }
    value_set_bool(arena, state->seen, lower, true);
    return true;
}

static const char *first_text(const struct value *properties, const char *one, const char *other)
{
    const char *text = value_text(properties, one);
    return text != NULL && text[0] != '\0' ? text : value_text(properties, other);
}

/* An entry of the list in the words of plan/resolve.h; NULL if it has no usable id. */
static const struct value *read_item(struct arena *arena, const struct value *entry)
{
    const struct value *properties = value_find(entry, "properties");
    const char *id = value_text(entry, "id");
    const char *container = id_segment(arena, id, "protectionContainers");
    const char *name = id_segment(arena, id, "protectedItems");
    if (container == NULL || name == NULL) {
        return NULL;
    }
    const char *source = first_text(properties, "sourceResourceId", "virtualMachineId");
    const char *vm = id_segment(arena, source, "virtualMachines");
    struct value *item = value_new(arena, VALUE_MAP);
    value_set_text(arena, item, "id", id);
    value_set_text(arena, item, "name", name);
    value_set_text(arena, item, "container", container);
    value_set_text(arena, item, "vm", vm != NULL ? vm : value_text(properties, "friendlyName"));
    value_set_text(arena, item, "resource_group", id_segment(arena, source, "resourceGroups"));
    value_set_text(arena, item, "source", source);
    value_set_text(arena, item, "state", value_text(properties, "protectionState"));
    value_set_text(arena, item, "health", value_text(properties, "healthStatus"));
    value_set_text(arena, item, "workload", value_text(properties, "workloadType"));
    value_set_text(arena, item, "policy",
                   id_segment(arena, value_text(properties, "policyId"), "backupPolicies"));
    value_set_bool(arena, item, "is_soft_deleted",
                   value_bool(properties, "isScheduledForDeferredDelete", false));
    return item;
}

static void send_list(struct vault_reader *state, const struct event *in, struct effect *out)
{
    struct arm_query query = {arm_vault_path(in->arena, state->arguments->vault),
                              "/backupProtectedItems", ARM_BACKUP_VERSION,
                              "backupManagementType eq 'AzureIaasVM' and itemType eq 'VM'"};
    effect_send(out, HTTP_GET, arm_url(in->arena, state->arguments->management, &query));
}

static void start(struct vault_reader *state, const struct event *in, struct effect *out)
{
    state->arguments = arm_arguments_read(in->arena, in->arguments);
    state->what = arena_format(in->arena, "cannot read vault '%s'", state->arguments->vault->name);
    state->output = value_new(in->arena, VALUE_MAP);
    state->items = value_new(in->arena, VALUE_LIST);
    state->seen = value_new(in->arena, VALUE_MAP);
    value_set(in->arena, state->output, "items", state->items);
    struct arm_query query = {arm_vault_path(in->arena, state->arguments->vault), NULL,
                              ARM_VAULT_VERSION, NULL};
    effect_send(out, HTTP_GET, arm_url(in->arena, state->arguments->management, &query));
}

static void read_page(struct vault_reader *state, const struct event *in, const struct value *page,
                      struct effect *out)
{
    const struct value *list = value_find(page, "value");
    for (size_t i = 0; list != NULL && list->type == VALUE_LIST && i < list->count; i++) {
        const struct value *item = read_item(in->scratch, list->items[i]);
        if (item != NULL && is_new(state, in->arena, value_text(item, "id"))) {
            value_append(in->arena, state->items, value_copy(in->arena, item));
        }
    }
    const char *next = NULL;
    struct error *error =
        arm_pages_next(in->arena, &state->pages, state->arguments->management, page, &next);
    if (error != NULL) {
        effect_fail(out, error_wrap(error, ERR_UNREACHABLE, "%s", state->what));
    } else if (next != NULL) {
        effect_send(out, HTTP_GET, next);
    } else {
        effect_done(out, state->output);
    }
}

static void read_region(struct vault_reader *state, const struct event *in, const char *region,
                        struct effect *out)
{
    if (region == NULL || region[0] == '\0') {
        effect_fail(out, error_wrap(error_new(ERR_UNREACHABLE, "the answer names no location"),
                                    ERR_UNREACHABLE, "%s", state->what));
        return;
    }
    state->has_region = true;
    value_set_text(in->arena, state->output, "region", region);
    send_list(state, in, out);
}

static void reply(struct vault_reader *state, const struct event *in, struct effect *out)
{
    const struct value *body = NULL;
    struct error *error = arm_read(in->scratch, in->reply, state->what, &body);
    if (error != NULL) {
        effect_fail(out, error);
    } else if (!state->has_region) {
        read_region(state, in, value_text(body, "location"), out);
    } else {
        read_page(state, in, body, out);
    }
}

static void feed(void *memory, const struct event *in, struct effect *out)
{
    struct vault_reader *state = memory;
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
        BUG("vault_reader was fed event %d", (int)in->type);
    }
}

const struct kind vault_reader = {
    .name = "read-vault",
    .doc = "reads a vault's region and lists its protected VMs",
    .role = KIND_VAULT_READER,
    .flags = KIND_REPEATABLE,
    .state_size = sizeof(struct vault_reader),
    .feed = feed,
};
