/* SPDX-License-Identifier: MIT */
#include "azure/arm.h"

#include "base/limit.h"
#include "base/mem.h"
#include "base/number.h"
#include "http/url.h"

#define FIELD(record, member, kind, flag, text)                                                    \
    {                                                                                              \
        .name = #member, .type = (kind), .offset = offsetof(struct record, member),                \
        .flags = (flag), .doc = (text)                                                             \
    }
#define TABLE(record, rows)                                                                        \
    {                                                                                              \
        .name = #record, .doc = #record, .fields = (rows), .size = sizeof(struct record)           \
    }

static const struct decode_field vault_fields[] = {
    FIELD(arm_vault, subscription, DECODE_TEXT, DECODE_REQUIRED, "subscription id"),
    FIELD(arm_vault, resource_group, DECODE_TEXT, DECODE_REQUIRED, "group of the vault"),
    FIELD(arm_vault, name, DECODE_TEXT, DECODE_REQUIRED, "name of the vault"),
    FIELD(arm_vault, region, DECODE_TEXT, 0, "region, once it is read"),
    {0},
};
static const struct decode_table vault_table = TABLE(arm_vault, vault_fields);

static const struct decode_field item_fields[] = {
    FIELD(arm_item, name, DECODE_TEXT, 0, "name in the plan"),
    FIELD(arm_item, id, DECODE_TEXT, 0, "id of the protected item"),
    FIELD(arm_item, container, DECODE_TEXT, DECODE_REQUIRED, "container segment"),
    FIELD(arm_item, protected_item, DECODE_TEXT, DECODE_REQUIRED, "protected item segment"),
    FIELD(arm_item, vm, DECODE_TEXT, 0, "name of the VM"),
    FIELD(arm_item, source, DECODE_TEXT, DECODE_REQUIRED, "id of the VM"),
    {0},
};
static const struct decode_table item_table = TABLE(arm_item, item_fields);

static const struct decode_field point_fields[] = {
    FIELD(arm_point, id, DECODE_TEXT, DECODE_REQUIRED, "name of the point"),
    FIELD(arm_point, time, DECODE_TEXT, 0, "when its data was taken"),
    FIELD(arm_point, is_managed, DECODE_BOOL, 0, "the VM had managed disks"),
    {0},
};
static const struct decode_table point_table = TABLE(arm_point, point_fields);

static const struct decode_field target_fields[] = {
    FIELD(arm_target, subscription, DECODE_TEXT, 0, "subscription id"),
    FIELD(arm_target, region, DECODE_TEXT, 0, "region"),
    FIELD(arm_target, resource_group, DECODE_TEXT, 0, "group for managed disks"),
    FIELD(arm_target, storage_account, DECODE_TEXT, 0, "staging account: name or id"),
    FIELD(arm_target, storage_resource_group, DECODE_TEXT, 0, "its group"),
    {0},
};
static const struct decode_table target_table = TABLE(arm_target, target_fields);

static const struct decode_field poll_fields[] = {
    FIELD(arm_poll_settings, interval_ms, DECODE_INTEGER, DECODE_REQUIRED, "ms between looks"),
    FIELD(arm_poll_settings, floor_ms, DECODE_INTEGER, DECODE_REQUIRED, "never more often, ms"),
    {0},
};
static const struct decode_table poll_table = TABLE(arm_poll_settings, poll_fields);

static const struct decode_field trigger_fields[] = {
    FIELD(arm_trigger_settings, may_resend, DECODE_BOOL, DECODE_REQUIRED,
          "sent again when in doubt"),
    FIELD(arm_trigger_settings, quiet_ms, DECODE_INTEGER, DECODE_REQUIRED, "window of looking, ms"),
    FIELD(arm_trigger_settings, attempts, DECODE_INTEGER, DECODE_REQUIRED, "sends at most"),
    {0},
};
static const struct decode_table trigger_table = TABLE(arm_trigger_settings, trigger_fields);

#define PART(member, rows)                                                                         \
    {                                                                                              \
        .name = #member, .type = DECODE_RECORD, .offset = offsetof(struct arm_arguments, member),  \
        .doc = #member, .table = &(rows)                                                           \
    }
static const struct decode_field argument_fields[] = {
    FIELD(arm_arguments, management, DECODE_TEXT, DECODE_REQUIRED, "ARM endpoint"),
    PART(vault, vault_table),
    PART(item, item_table),
    PART(point, point_table),
    PART(target, target_table),
    PART(poll, poll_table),
    PART(trigger, trigger_table),
    FIELD(arm_arguments, fields, DECODE_ANY, 0, "the step in the plan"),
    {0},
};
static const struct decode_table argument_table = TABLE(arm_arguments, argument_fields);

const struct arm_arguments *arm_arguments_read(struct arena *arena, const struct value *arguments)
{
    AUTO(problems) struct problems problems = {0};
    struct arm_arguments *read = ARENA_NEW(arena, struct arm_arguments);
    if (!decode(arena, &argument_table, arguments, DECODE_SKIP_UNKNOWN, &problems, read)) {
        BUG("arguments of a kind: %s", problems.items[0].error->text);
    }
    return read;
}

static void append_segment(struct buf *path, const char *name)
{
    buf_append_char(path, '/');
    if (!url_append_segment(path, str_from(name))) {
        BUG("'%s' is not a path segment", name);
    }
}

static void append_vault_path(struct buf *path, const struct arm_vault *vault)
{
    buf_append_text(path, "/subscriptions");
    append_segment(path, vault->subscription);
    buf_append_text(path, "/resourceGroups");
    append_segment(path, vault->resource_group);
    buf_append_text(path, "/providers/Microsoft.RecoveryServices/vaults");
    append_segment(path, vault->name);
}

const char *arm_vault_path(struct arena *arena, const struct arm_vault *vault)
{
    AUTO(buf) struct buf path = BUF_INIT(LIMIT_URL_BYTES);
    append_vault_path(&path, vault);
    return arena_copy(arena, buf_str(&path));
}

const char *arm_item_path(struct arena *arena, const struct arm_arguments *arguments)
{
    AUTO(buf) struct buf path = BUF_INIT(LIMIT_URL_BYTES);
    append_vault_path(&path, arguments->vault);
    buf_append_text(&path, "/backupFabrics/Azure/protectionContainers");
    append_segment(&path, arguments->item->container);
    buf_append_text(&path, "/protectedItems");
    append_segment(&path, arguments->item->protected_item);
    return arena_copy(arena, buf_str(&path));
}

const char *arm_url(struct arena *arena, const char *management, const struct arm_query *query)
{
    AUTO(buf) struct buf url = BUF_INIT(LIMIT_URL_BYTES);
    struct str origin = str_from(management);
    while (str_ends_with(origin, STR("/"))) {
        origin.len--;
    }
    buf_append_str(&url, origin);
    buf_append_text(&url, query->path);
    buf_append_text(&url, query->suffix == NULL ? "" : query->suffix);
    buf_format(&url, "?api-version=%s", query->api_version);
    if (query->filter != NULL) {
        buf_append_text(&url, "&$filter=");
        url_append_query(&url, str_from(query->filter));
    }
    return arena_copy(arena, buf_str(&url));
}

const char *arm_filter_time(struct arena *arena, struct utc time)
{
    struct utc_parts parts = utc_split(time);
    int hour = parts.hour % 12;
    return arena_format(arena, "%04d-%02d-%02d %02d:%02d:%02d %s", parts.year, parts.month,
                        parts.day, hour == 0 ? 12 : hour, parts.minute, parts.second,
                        parts.hour < 12 ? "AM" : "PM");
}

bool arm_container_equal(const char *a, const char *b)
{
    struct str one = str_from(a);
    struct str other = str_from(b);
    struct str longer = one.len > other.len ? one : other;
    struct str shorter = one.len > other.len ? other : one;
    if (shorter.len == 0) {
        return false;
    }
    size_t start = longer.len - shorter.len;
    bool is_part = start == 0 || longer.at[start - 1] == ';';
    return is_part && str_equal_ignoring_case(str_slice(longer, start, longer.len), shorter);
}

static bool was_seen(const struct arm_pages *pages, const char *url)
{
    for (size_t i = 0; i < pages->seen.count; i++) {
        if (text_equal(pages->seen.items[i], url)) {
            return true;
        }
    }
    return false;
}

static void remember(struct arena *arena, struct arm_pages *pages, const char *url)
{
    if (pages->seen.count == pages->capacity) {
        size_t capacity = pages->capacity == 0 ? 8 : pages->capacity * 2;
        const char **items = ARENA_ARRAY(arena, const char *, capacity);
        for (size_t i = 0; i < pages->seen.count; i++) {
            items[i] = pages->seen.items[i];
        }
        pages->seen.items = items;
        pages->capacity = capacity;
    }
    pages->seen.items[pages->seen.count++] = url;
}

struct error *arm_pages_next(struct arena *arena, struct arm_pages *pages, const char *management,
                             const struct value *page, const char **ret_next)
{
    const char *link = value_text(page, "nextLink");
    const struct value *list = value_find(page, "value");
    if (list == NULL || list->type != VALUE_LIST) {
        return error_new(ERR_UNREACHABLE, "the answer is not a list");
    }
    if (link == NULL || link[0] == '\0') {
        *ret_next = NULL;
        return NULL;
    }
    const char *url = url_resolve(arena, management, link);
    if (url == NULL) {
        return error_new(ERR_UNREACHABLE, "the list's next page has no usable address");
    }
    if (was_seen(pages, url)) {
        return error_new(ERR_UNREACHABLE, "the list goes in circles: its page %zu was there before",
                         pages->seen.count + 1);
    }
    if (pages->seen.count + 1 >= LIMIT_PAGES) { /* the first page has no link */
        return error_new(ERR_UNREACHABLE, "the list has more than %u pages", LIMIT_PAGES);
    }
    remember(arena, pages, url);
    *ret_next = url;
    return NULL;
}

int64_t arm_throttle_wait_ms(const struct http_reply *reply)
{
    struct str body = buf_str(&reply->body);
    struct str marker = STR("try again after '");
    size_t start = str_find(body, marker);
    int64_t seconds;
    if (start == SIZE_MAX) {
        return -1;
    }
    struct str rest = str_slice(body, start + marker.len, body.len);
    size_t end = str_find_char(rest, '\'');
    if (end == SIZE_MAX ||
        !number_parse(str_slice(rest, 0, end), 0, LIMIT_RETRY_AFTER_MS / SECOND_MS, &seconds)) {
        return -1;
    }
    return seconds * SECOND_MS;
}
