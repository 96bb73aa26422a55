/* SPDX-License-Identifier: MIT */
#include "plan/names.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/limit.h"
#include "base/mem.h"

enum {
    NAME_BYTES = 64,
    HINT_NAMES = 5,
    SHOWN_BYTES = 100,
    SEARCHES = 100000, /* names looked at for suggestions */
};

struct name_entry {
    const char *name;
    size_t at;
};

static int compare(const void *a, const void *b)
{
    const struct name_entry *left = a;
    const struct name_entry *right = b;
    int order = str_compare(str_from(left->name), str_from(right->name));
    if (order != 0) {
        return order;
    }
    return left->at < right->at ? -1 : left->at > right->at;
}

const struct decoded *names_record(const struct names *names, size_t i)
{
    const char *bytes = names->from->items;
    const void *record = bytes + i * names->record_bytes;
    return record;
}

struct names names_init(struct arena *arena, const char *what, const char *section,
                        const struct records *from, size_t record_bytes)
{
    struct names names = {.what = what,
                          .section = section,
                          .from = from,
                          .record_bytes = record_bytes,
                          .searches_left = SEARCHES,
                          .list = ARENA_ARRAY(arena, const char *, from->count),
                          .sorted = ARENA_ARRAY(arena, struct name_entry, from->count),
                          .used = ARENA_ARRAY(arena, bool, from->count)};
    for (size_t i = 0; i < from->count; i++) {
        names.list[i] = names_record(&names, i)->name;
        names.sorted[i] = (struct name_entry){names.list[i], i};
    }
    if (from->count > 1) {
        qsort(names.sorted, from->count, sizeof(names.sorted[0]), compare);
    }
    return names;
}

size_t names_find(const struct names *names, const char *name)
{
    size_t low = 0;
    size_t high = names->from->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (str_compare(str_from(names->sorted[middle].name), str_from(name)) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    bool is_found = low < names->from->count && text_equal(names->sorted[low].name, name);
    return is_found ? names->sorted[low].at : SIZE_MAX;
}

/* Each search goes through all names, and each error of a plan may ask for one. */
static const char *nearest(struct names *names, const char *name)
{
    size_t count = names->from->count;
    if (name[0] == '\0' || count > names->searches_left) {
        return NULL;
    }
    names->searches_left -= count;
    return str_suggest(str_from(name), names->list, count);
}

struct error *names_hint(struct names *names, const char *name, struct error *error)
{
    size_t count = names->from->count;
    const char *near = nearest(names, name);
    if (near != NULL) {
        /* One slip, one message: what was probably meant is not called unused as well. */
        names->used[names_find(names, near)] = true;
        return error_hint(error, "did you mean '%s'?", near);
    }
    if (count == 0) {
        return error_hint(error, "define it under '%s:'", names->section);
    }
    AUTO(buf) struct buf list = BUF_INIT(LIMIT_TEXT_BYTES);
    for (size_t i = 0; i < count && i < HINT_NAMES; i++) {
        buf_append_text(&list, i == 0 ? "'" : ", '");
        names_shown(&list, str_from(names->list[i]));
        buf_append_char(&list, '\'');
    }
    if (count > HINT_NAMES) {
        buf_format(&list, " and %zu more", count - HINT_NAMES);
    }
    return error_hint(error, "'%s:' has %s", names->section, buf_text(&list));
}

void names_use_all(struct names *names)
{
    memset(names->used, true, names->from->count * sizeof(names->used[0]));
}

const char *names_shown(struct buf *shown, struct str text)
{
    size_t len = 0;
    uint32_t code = 0;
    while (len < text.len && len < SHOWN_BYTES) {
        size_t character = str_utf8_next(str_slice(text, len, text.len), &code);
        len += character == 0 ? 1 : character;
    }
    buf_append_printable(shown, str_slice(text, 0, len));
    buf_append_text(shown, len < text.len ? "…" : "");
    return buf_text(shown);
}

bool problems_are_many(const struct problems *problems)
{
    return problems->error_count >= LIMIT_PLAN_PROBLEMS;
}

size_t names_refer(struct names *names, const char *name, struct position at,
                   struct problems *problems)
{
    size_t found = names_find(names, name);
    if (found != SIZE_MAX) {
        names->used[found] = true;
        return found;
    }
    if (names->is_unknown) {
        return SIZE_MAX;
    }
    AUTO(buf) struct buf shown = BUF_INIT(LIMIT_TEXT_BYTES);
    struct error *error = error_at(error_new(ERR_PLAN, "there is no %s '%s'", names->what,
                                             names_shown(&shown, str_from(name))),
                                   at);
    if (!problems_are_many(problems)) {
        error = names_hint(names, name, error);
    }
    problems_add(problems, error);
    return SIZE_MAX;
}

static bool fits(const char *name)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    size_t len = strlen(name);
    return len > 0 && len <= NAME_BYTES && strspn(name, allowed) == len;
}

void names_check_form(const struct names *names, struct problems *problems)
{
    for (size_t i = 0; i < names->from->count; i++) {
        if (fits(names->list[i])) {
            continue;
        }
        AUTO(buf) struct buf shown = BUF_INIT(LIMIT_TEXT_BYTES);
        names_shown(&shown, str_from(names->list[i]));
        problems_add(problems,
                     error_hint(error_at(error_new(ERR_PLAN, "'%s' is not a valid %s name",
                                                   buf_text(&shown), names->what),
                                         names_record(names, i)->name_at),
                                "names are 1 to %d letters (a-z, A-Z), digits, '.', '_' or '-'",
                                NAME_BYTES));
    }
}

void names_warn_unused(const struct names *names, struct problems *problems)
{
    for (size_t i = 0; i < names->from->count; i++) {
        if (!names->used[i]) {
            problems_add_warning(problems,
                                 error_hint(error_at(error_new(ERR_PLAN, "%s '%s' is not used",
                                                               names->what, names->list[i]),
                                                     names_record(names, i)->name_at),
                                            "take it out, or use it"));
        }
    }
}
