/* SPDX-License-Identifier: MIT */
#include "base/str.h"

#include <stdint.h>
#include <string.h>

#define SUGGEST_LETTERS 64 /* longer words get no suggestion */

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

struct str str_from(const char *text)
{
    return text == NULL ? STR("") : (struct str){text, strlen(text)};
}

bool str_equal(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

bool str_equal_ignoring_case(struct str a, struct str b)
{
    if (a.len != b.len) {
        return false;
    }
    for (size_t i = 0; i < a.len; i++) {
        if (lower(a.at[i]) != lower(b.at[i])) {
            return false;
        }
    }
    return true;
}

bool text_equal(const char *a, const char *b)
{
    if (a == NULL || b == NULL) {
        return a == b;
    }
    return strcmp(a, b) == 0;
}

bool text_equal_ignoring_case(const char *a, const char *b)
{
    if (a == NULL || b == NULL) {
        return a == b;
    }
    return str_equal_ignoring_case(str_from(a), str_from(b));
}

int str_compare(struct str a, struct str b)
{
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len == 0 ? 0 : memcmp(a.at, b.at, len);
    if (order != 0) {
        return order;
    }
    return (a.len > b.len) - (a.len < b.len);
}

bool str_starts_with(struct str text, struct str start)
{
    return text.len >= start.len && str_equal(str_slice(text, 0, start.len), start);
}

bool str_starts_with_ignoring_case(struct str text, struct str start)
{
    return text.len >= start.len && str_equal_ignoring_case(str_slice(text, 0, start.len), start);
}

bool str_ends_with(struct str text, struct str end)
{
    return text.len >= end.len && str_equal(str_slice(text, text.len - end.len, text.len), end);
}

size_t str_find(struct str text, struct str find)
{
    if (find.len == 0) {
        return 0;
    }
    for (size_t start = 0; start + find.len <= text.len;) {
        size_t found = str_find_char(str_slice(text, start, text.len - find.len + 1), find.at[0]);
        if (found == SIZE_MAX) {
            return SIZE_MAX;
        }
        start += found;
        if (memcmp(text.at + start, find.at, find.len) == 0) {
            return start;
        }
        start++;
    }
    return SIZE_MAX;
}

size_t str_find_char(struct str text, char find)
{
    const char *found = text.len == 0 ? NULL : memchr(text.at, find, text.len);
    return found == NULL ? SIZE_MAX : (size_t)(found - text.at);
}

struct str str_slice(struct str text, size_t start, size_t end)
{
    if (end > text.len) {
        end = text.len;
    }
    if (start >= end) {
        return STR("");
    }
    return (struct str){text.at + start, end - start};
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_trim(struct str text)
{
    size_t start = 0;
    size_t end = text.len;
    while (start < end && is_blank(text.at[start])) {
        start++;
    }
    while (end > start && is_blank(text.at[end - 1])) {
        end--;
    }
    return str_slice(text, start, end);
}

bool str_next(struct str *rest, char separator, struct str *ret_part)
{
    /* No pointer means done, as an empty rest after a separator is still one part. */
    if (rest->at == NULL) {
        return false;
    }
    size_t end = str_find_char(*rest, separator);
    if (end == SIZE_MAX) {
        *ret_part = *rest;
        *rest = (struct str){NULL, 0};
        return true;
    }
    *ret_part = (struct str){rest->at, end};
    *rest = (struct str){rest->at + end + 1, rest->len - end - 1};
    return true;
}

static size_t smallest(size_t a, size_t b, size_t c)
{
    size_t least = a < b ? a : b;
    return least < c ? least : c;
}

/* Damerau-Levenshtein with adjacent swaps; three rows of the table are enough. */
static size_t distance(struct str a, struct str b)
{
    size_t rows[3][SUGGEST_LETTERS + 1];
    for (size_t j = 0; j <= b.len; j++) {
        rows[0][j] = j;
    }
    for (size_t i = 1; i <= a.len; i++) {
        size_t *now = rows[i % 3];
        const size_t *above = rows[(i + 2) % 3];
        const size_t *above2 = rows[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            char x = lower(a.at[i - 1]);
            char y = lower(b.at[j - 1]);
            now[j] = smallest(above[j] + 1, now[j - 1] + 1, above[j - 1] + (x == y ? 0 : 1));
            bool is_swap = i > 1 && j > 1 && x == lower(b.at[j - 2]) && lower(a.at[i - 2]) == y;
            if (is_swap && above2[j - 2] + 1 < now[j]) {
                now[j] = above2[j - 2] + 1;
            }
        }
    }
    return rows[a.len % 3][b.len];
}

const char *str_suggest(struct str word, const char *const *names, size_t count)
{
    if (word.len == 0 || word.len > SUGGEST_LETTERS) {
        return NULL;
    }
    const char *best = NULL;
    size_t best_distance = word.len / 3 > 1 ? word.len / 3 : 1;
    for (size_t i = 0; i < count; i++) {
        struct str name = str_from(names[i]);
        if (name.len == 0 || name.len > SUGGEST_LETTERS) {
            continue;
        }
        size_t found = distance(word, name);
        if (found < best_distance || (found == best_distance && best == NULL)) {
            best = names[i];
            best_distance = found;
        }
    }
    return best;
}

static size_t utf8_len(unsigned char first)
{
    if (first < 0x80) {
        return 1;
    }
    if (first >= 0xc2 && first <= 0xdf) {
        return 2;
    }
    if (first >= 0xe0 && first <= 0xef) {
        return 3;
    }
    return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}

size_t str_utf8_next(struct str text, uint32_t *ret_code)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    static const unsigned char mask[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    size_t len = text.len == 0 ? 0 : utf8_len((unsigned char)text.at[0]);
    if (len == 0 || len > text.len) {
        return 0;
    }
    uint32_t code = (unsigned char)text.at[0] & mask[len];
    for (size_t i = 1; i < len; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        if ((byte & 0xc0) != 0x80) {
            return 0;
        }
        code = code << 6 | (byte & 0x3f);
    }
    if (code < least[len] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
        return 0;
    }
    *ret_code = code;
    return len;
}

bool str_is_utf8(struct str text, size_t *ret_at)
{
    for (size_t at = 0; at < text.len;) {
        uint32_t code;
        size_t len = str_utf8_next(str_slice(text, at, text.len), &code);
        if (len == 0) {
            *ret_at = at;
            return false;
        }
        at += len;
    }
    return true;
}
