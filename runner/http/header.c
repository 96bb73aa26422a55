/* SPDX-License-Identifier: MIT */
#include "http/header.h"

#include "base/limit.h"
#include "base/mem.h"
#include "base/number.h"

void headers_add(struct headers *headers, struct str name, struct str value)
{
    struct header header = {mem_text_len(name.at, name.len), mem_text_len(value.at, value.len)};
    vec_push(headers, header);
}

const char *headers_find(const struct headers *headers, const char *name)
{
    for (size_t i = 0; i < headers->count; i++) {
        if (text_equal_ignoring_case(headers->items[i].name, name)) {
            return headers->items[i].value;
        }
    }
    return NULL;
}

bool headers_contradict(const struct headers *headers, const char *name)
{
    const char *first = headers_find(headers, name);
    for (size_t i = 0; first != NULL && i < headers->count; i++) {
        const struct header *header = &headers->items[i];
        if (text_equal_ignoring_case(header->name, name) && !text_equal(header->value, first)) {
            return true;
        }
    }
    return false;
}

void headers_release(struct headers *headers)
{
    for (size_t i = 0; i < headers->count; i++) {
        mem_free(headers->items[i].name);
        mem_free(headers->items[i].value);
    }
    vec_release(headers);
}

bool header_is_clean(struct str value)
{
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.at[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f) {
            return false;
        }
    }
    return true;
}

static const char *const weekdays[7] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
static const char *const months[12] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

static bool read_number(struct str text, size_t start, size_t digits, int *ret)
{
    int number = 0;
    for (size_t i = start; i < start + digits; i++) {
        if (i >= text.len || text.at[i] < '0' || text.at[i] > '9') {
            return false;
        }
        number = number * 10 + (text.at[i] - '0');
    }
    *ret = number;
    return true;
}

/* As RFC 9110 writes it, in fixed columns; '_' stands for what is read. */
static bool fits_columns(struct str text)
{
    static const char columns[] = "___, __ ___ ____ __:__:__ GMT";
    bool fits = text.len == sizeof(columns) - 1;
    for (size_t i = 0; fits && i < text.len; i++) {
        fits = columns[i] == '_' || columns[i] == text.at[i];
    }
    return fits;
}

bool header_date_parse(struct str text, struct utc *ret)
{
    struct utc_parts parts = {0};
    text = str_trim(text);
    if (!fits_columns(text)) {
        return false;
    }
    for (int month = 0; month < 12; month++) {
        if (str_equal_ignoring_case(str_slice(text, 8, 11), str_from(months[month]))) {
            parts.month = month + 1;
        }
    }
    return parts.month != 0 && read_number(text, 5, 2, &parts.day) &&
           read_number(text, 12, 4, &parts.year) && read_number(text, 17, 2, &parts.hour) &&
           read_number(text, 20, 2, &parts.minute) && read_number(text, 23, 2, &parts.second) &&
           utc_join(&parts, ret);
}

const char *header_date_format(struct utc time, char text[HEADER_DATE_SIZE])
{
    struct utc_parts parts = utc_split(time);
    (void)snprintf(text, HEADER_DATE_SIZE, "%s, %02d %s %04d %02d:%02d:%02d GMT",
                   weekdays[parts.weekday % 7], parts.day % 100, months[(parts.month - 1) % 12],
                   parts.year % 10000, parts.hour % 100, parts.minute % 100, parts.second % 100);
    return text;
}

static int64_t clamp_wait(double ms)
{
    if (!(ms >= 0)) {
        return -1;
    }
    return ms > LIMIT_RETRY_AFTER_MS ? LIMIT_RETRY_AFTER_MS : (int64_t)ms;
}

static int64_t parse_wait(const char *text, double unit_ms)
{
    double number;
    if (text == NULL || !number_parse_decimal(str_trim(str_from(text)), &number)) {
        return -1;
    }
    return clamp_wait(number * unit_ms);
}

int64_t headers_retry_after_ms(const struct headers *headers, struct utc now)
{
    static const char *const in_ms[] = {"retry-after-ms", "x-ms-retry-after-ms"};
    for (size_t i = 0; i < 2; i++) {
        int64_t wait = parse_wait(headers_find(headers, in_ms[i]), 1);
        if (wait >= 0) {
            return wait;
        }
    }
    const char *text = headers_find(headers, "retry-after");
    if (text == NULL) {
        return -1;
    }
    int64_t wait = parse_wait(text, 1000);
    struct utc until;
    struct utc date = now;
    if (wait < 0 && header_date_parse(str_from(text), &until)) {
        const char *own = headers_find(headers, "date");
        if (own != NULL) {
            (void)header_date_parse(str_from(own), &date);
        }
        wait = clamp_wait(until.ms > date.ms ? (double)(until.ms - date.ms) : 0);
    }
    return wait;
}

char *headers_request_id(const struct headers *headers)
{
    static const char *const names[] = {"x-ms-request-id", "x-ms-correlation-request-id"};
    for (size_t i = 0; i < 2; i++) {
        const char *value = headers_find(headers, names[i]);
        if (value == NULL) {
            continue;
        }
        struct str id = str_from(value);
        size_t end = str_find_char(id, ',');
        size_t other = str_find_char(id, ';');
        id = str_trim(str_slice(id, 0, end < other ? end : other));
        if (id.len > 0) {
            return mem_text_len(id.at, id.len);
        }
    }
    return NULL;
}
