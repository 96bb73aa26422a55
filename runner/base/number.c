/* SPDX-License-Identifier: MIT */
#include "base/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* The one place that reads a double: the grammar is checked before and nobody calls setlocale(). */
#undef strtod

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t count_digits(struct str text, size_t at)
{
    size_t end = at;
    while (end < text.len && is_digit(text.at[end])) {
        end++;
    }
    return end - at;
}

bool number_parse(struct str text, int64_t min, int64_t max, int64_t *ret)
{
    size_t at = text.len > 0 && text.at[0] == '-' ? 1 : 0;
    size_t digits = text.len - at;
    if (digits == 0 || count_digits(text, at) != digits || (text.at[at] == '0' && digits > 1)) {
        return false;
    }
    bool is_negative = at == 1;
    int64_t value = 0;
    for (; at < text.len; at++) {
        int64_t digit = text.at[at] - '0';
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, is_negative ? -digit : digit, &value)) {
            return false;
        }
    }
    if (value < min || value > max) {
        return false;
    }
    *ret = value;
    return true;
}

static bool is_json_number(struct str text)
{
    size_t at = text.len > 0 && text.at[0] == '-' ? 1 : 0;
    size_t digits = count_digits(text, at);
    if (digits == 0 || (digits > 1 && text.at[at] == '0')) {
        return false;
    }
    at += digits;
    if (at < text.len && text.at[at] == '.') {
        digits = count_digits(text, at + 1);
        if (digits == 0) {
            return false;
        }
        at += 1 + digits;
    }
    if (at < text.len && (text.at[at] == 'e' || text.at[at] == 'E')) {
        at++;
        if (at < text.len && (text.at[at] == '+' || text.at[at] == '-')) {
            at++;
        }
        digits = count_digits(text, at);
        if (digits == 0) {
            return false;
        }
        at += digits;
    }
    return at == text.len;
}

bool number_parse_decimal(struct str text, double *ret)
{
    char small[64];
    if (!is_json_number(text)) {
        return false;
    }
    AUTO(text) char *big = text.len < sizeof(small) ? NULL : mem_text_len(text.at, text.len);
    if (big == NULL) {
        memcpy(small, text.at, text.len);
        small[text.len] = '\0';
    }
    double value = strtod(big == NULL ? small : big, NULL);
    if (!isfinite(value)) {
        return false;
    }
    *ret = value;
    return true;
}

static int hex_digit(char c)
{
    if (is_digit(c)) {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool number_parse_hex(struct str text, uint64_t *ret)
{
    if (text.len == 0 || text.len > 16) {
        return false;
    }
    uint64_t value = 0;
    for (size_t i = 0; i < text.len; i++) {
        int digit = hex_digit(text.at[i]);
        if (digit < 0) {
            return false;
        }
        value = value << 4 | (uint64_t)digit;
    }
    *ret = value;
    return true;
}
