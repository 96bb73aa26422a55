/* SPDX-License-Identifier: MIT */
#include "base/clock.h"

#include <stdio.h>
#include <time.h>

#include "base/error.h"
#include "base/number.h"

struct clock clock_real(void)
{
    return (struct clock){0};
}

struct clock clock_virtual(struct utc start)
{
    return (struct clock){.is_virtual = true, .virtual_utc = start};
}

static int64_t to_ms(struct timespec time)
{
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

struct mono clock_mono(const struct clock *clock)
{
    if (clock->is_virtual) {
        return clock->virtual_mono;
    }
    struct timespec now = {0};
    if (clock_gettime(CLOCK_BOOTTIME, &now) != 0 && clock_gettime(CLOCK_MONOTONIC, &now) != 0) {
        BUG("no monotonic clock");
    }
    return (struct mono){to_ms(now)};
}

struct utc clock_utc(const struct clock *clock)
{
    if (clock->is_virtual) {
        return clock->virtual_utc;
    }
    struct timespec now = {0};
    if (clock_gettime(CLOCK_REALTIME, &now) != 0) {
        BUG("no clock");
    }
    return (struct utc){to_ms(now)};
}

void clock_advance(struct clock *clock, int64_t ms)
{
    if (!clock->is_virtual || ms < 0) {
        BUG("a clock cannot be advanced by %lld ms", (long long)ms);
    }
    clock->virtual_utc.ms += ms;
    clock->virtual_mono.ms += ms;
}

/* Days since 1970-01-01 in the proleptic Gregorian calendar; a year begins in March here, so that
 * the leap day is its last, and 400 years are one era of 146097 days. */
static int64_t days_from_date(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static void date_from_days(int64_t days, struct utc_parts *parts)
{
    int64_t shifted = days + 719468;
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int64_t day_of_era = shifted - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    parts->day = (int)(day_of_year - (153 * month + 2) / 5 + 1);
    parts->month = (int)(month < 10 ? month + 3 : month - 9);
    parts->year = (int)(year_of_era + era * 400 + (parts->month <= 2 ? 1 : 0));
}

struct utc_parts utc_split(struct utc time)
{
    int64_t days = time.ms / DAY_MS;
    int64_t ms = time.ms % DAY_MS;
    if (ms < 0) {
        ms += DAY_MS;
        days--;
    }
    struct utc_parts parts = {0};
    date_from_days(days, &parts);
    parts.hour = (int)(ms / HOUR_MS);
    parts.minute = (int)(ms / MINUTE_MS % 60);
    parts.second = (int)(ms / SECOND_MS % 60);
    parts.ms = (int)(ms % SECOND_MS);
    parts.weekday = (int)(((days + 4) % 7 + 7) % 7); /* day 0 was a Thursday */
    return parts;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && is_leap ? 29 : days[month - 1];
}

static bool is_within(int value, int min, int max)
{
    return value >= min && value <= max;
}

bool utc_join(const struct utc_parts *parts, struct utc *ret)
{
    if (!is_within(parts->year, 1, 9999) || !is_within(parts->month, 1, 12) ||
        !is_within(parts->day, 1, days_in_month(parts->year, parts->month)) ||
        !is_within(parts->hour, 0, 23) || !is_within(parts->minute, 0, 59) ||
        !is_within(parts->second, 0, 59) || !is_within(parts->ms, 0, 999)) {
        return false;
    }
    int64_t days = days_from_date(parts->year, parts->month, parts->day);
    ret->ms = days * DAY_MS + parts->hour * HOUR_MS + parts->minute * MINUTE_MS +
              parts->second * SECOND_MS + parts->ms;
    return true;
}

/* Exactly that many digits off the front. */
static bool take_digits(struct str *rest, size_t digits, int *ret)
{
    int value = 0;
    if (rest->len < digits) {
        return false;
    }
    for (size_t i = 0; i < digits; i++) {
        if (rest->at[i] < '0' || rest->at[i] > '9') {
            return false;
        }
        value = value * 10 + (rest->at[i] - '0');
    }
    *rest = str_slice(*rest, digits, rest->len);
    *ret = value;
    return true;
}

static bool take_char(struct str *rest, char c)
{
    if (rest->len == 0 || rest->at[0] != c) {
        return false;
    }
    *rest = str_slice(*rest, 1, rest->len);
    return true;
}

/* "1234567": the digits beyond the third only have to be digits. */
static bool take_fraction(struct str *rest, int *ret_ms)
{
    int ms = 0;
    size_t count = 0;
    int digit;
    while (take_digits(rest, 1, &digit)) {
        static const int weight[] = {100, 10, 1};
        ms += count < 3 ? digit * weight[count] : 0;
        count++;
    }
    *ret_ms = ms;
    return count >= 1 && count <= 9;
}

static bool take_zone(struct str *rest, unsigned flags, int64_t *ret_ms)
{
    int hours;
    int minutes;
    *ret_ms = 0;
    if (rest->len == 0) {
        return (flags & UTC_ZONE_OPTIONAL) != 0;
    }
    if (take_char(rest, 'Z') || take_char(rest, 'z')) {
        return true;
    }
    bool is_west = take_char(rest, '-');
    if (!is_west && !take_char(rest, '+')) {
        return false;
    }
    if (!take_digits(rest, 2, &hours) || !take_char(rest, ':') || !take_digits(rest, 2, &minutes) ||
        hours > 23 || minutes > 59) {
        return false;
    }
    int64_t ms = hours * HOUR_MS + minutes * MINUTE_MS;
    *ret_ms = is_west ? -ms : ms;
    return true;
}

bool utc_parse(struct str text, unsigned flags, struct utc *ret)
{
    struct utc_parts parts = {0};
    struct utc local;
    int64_t zone_ms;
    struct str rest = text;
    bool is_date = take_digits(&rest, 4, &parts.year) && take_char(&rest, '-') &&
                   take_digits(&rest, 2, &parts.month) && take_char(&rest, '-') &&
                   take_digits(&rest, 2, &parts.day);
    if (!is_date || !(take_char(&rest, 'T') || take_char(&rest, 't'))) {
        return false;
    }
    bool is_time = take_digits(&rest, 2, &parts.hour) && take_char(&rest, ':') &&
                   take_digits(&rest, 2, &parts.minute) && take_char(&rest, ':') &&
                   take_digits(&rest, 2, &parts.second);
    if (!is_time || (take_char(&rest, '.') && !take_fraction(&rest, &parts.ms))) {
        return false;
    }
    if (!take_zone(&rest, flags, &zone_ms) || rest.len > 0 || !utc_join(&parts, &local)) {
        return false;
    }
    ret->ms = local.ms - zone_ms;
    return true;
}

const char *utc_format(struct utc time, char text[UTC_TEXT_SIZE])
{
    struct utc_parts parts = utc_split(time);
    snprintf(text, UTC_TEXT_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", parts.year, parts.month,
             parts.day, parts.hour, parts.minute, parts.second, parts.ms);
    return text;
}

const char *utc_format_seconds(struct utc time, char text[UTC_TEXT_SIZE])
{
    struct utc_parts parts = utc_split(time);
    snprintf(text, UTC_TEXT_SIZE, "%04d-%02d-%02dT%02d:%02d:%02dZ", parts.year, parts.month,
             parts.day, parts.hour, parts.minute, parts.second);
    return text;
}

struct unit {
    struct str name;
    int64_t ms;
};

/* From large to small; "ms" stands before "m" when names are compared, so the length decides. */
static const struct unit short_units[] = {
    {{"d", 1},  DAY_MS   },
    {{"h", 1},  HOUR_MS  },
    {{"m", 1},  MINUTE_MS},
    {{"s", 1},  SECOND_MS},
    {{"ms", 2}, 1        },
};
static const struct unit iso_units[] = {
    {{"D", 1}, DAY_MS   },
    {{"H", 1}, HOUR_MS  },
    {{"M", 1}, MINUTE_MS},
    {{"S", 1}, SECOND_MS},
};

/* Digits off the front; false if there are none or too many. */
static bool take_count(struct str *rest, int64_t *ret)
{
    size_t len = 0;
    while (len < rest->len && rest->at[len] >= '0' && rest->at[len] <= '9') {
        len++;
    }
    /* 007 counts as 7 here: PT08H is valid ISO 8601. */
    size_t zeros = 0;
    while (zeros + 1 < len && rest->at[zeros] == '0') {
        zeros++;
    }
    bool done = number_parse(str_slice(*rest, zeros, len), 0, INT64_MAX, ret);
    *rest = str_slice(*rest, len, rest->len);
    return done;
}

/* Adds count of the unit that comes next, which must be one after *from. */
static bool take_unit(struct str *rest, const struct unit *units, size_t unit_count, size_t *from,
                      int64_t *ret_unit_ms)
{
    size_t len = 0;
    while (len < rest->len && (rest->at[len] < '0' || rest->at[len] > '9') &&
           rest->at[len] != 'T') {
        len++;
    }
    for (size_t i = *from; i < unit_count; i++) {
        if (str_equal(str_slice(*rest, 0, len), units[i].name)) {
            *rest = str_slice(*rest, len, rest->len);
            *from = i + 1;
            *ret_unit_ms = units[i].ms;
            return true;
        }
    }
    return false;
}

static bool add_product(int64_t *sum, int64_t count, int64_t unit_ms)
{
    int64_t product;
    return !__builtin_mul_overflow(count, unit_ms, &product) &&
           !__builtin_add_overflow(*sum, product, sum);
}

static bool parse_short(struct str rest, int64_t *ret_ms)
{
    size_t from = 0;
    int64_t sum = 0;
    while (rest.len > 0) {
        int64_t count;
        int64_t unit_ms;
        if (!take_count(&rest, &count) ||
            !take_unit(&rest, short_units, sizeof(short_units) / sizeof(short_units[0]), &from,
                       &unit_ms) ||
            !add_product(&sum, count, unit_ms)) {
            return false;
        }
    }
    *ret_ms = sum;
    return true;
}

/* What follows the P. */
static bool parse_iso(struct str rest, int64_t *ret_ms)
{
    size_t from = 0;
    int64_t sum = 0;
    bool after_t = false;
    while (rest.len > 0) {
        int64_t count;
        int64_t unit_ms;
        int fraction_ms = 0;
        if (!after_t && take_char(&rest, 'T')) {
            after_t = true;
            from = from < 1 ? 1 : from; /* no days behind the T */
        }
        if (!take_count(&rest, &count)) {
            return false;
        }
        bool has_fraction = take_char(&rest, '.');
        if ((has_fraction && !take_fraction(&rest, &fraction_ms)) ||
            !take_unit(&rest, iso_units, sizeof(iso_units) / sizeof(iso_units[0]), &from,
                       &unit_ms) ||
            (has_fraction && unit_ms != SECOND_MS) || after_t != (unit_ms != DAY_MS) ||
            !add_product(&sum, count, unit_ms) || !add_product(&sum, fraction_ms, 1)) {
            return false;
        }
    }
    *ret_ms = sum;
    return true;
}

bool duration_parse(struct str text, int64_t *ret_ms)
{
    struct str rest = text;
    if (take_char(&rest, 'P')) {
        return rest.len > 0 && parse_iso(rest, ret_ms);
    }
    return rest.len > 0 && parse_short(rest, ret_ms);
}

const char *duration_format(int64_t ms, char text[DURATION_TEXT_SIZE])
{
    const char *sign = ms < 0 ? "-" : "";
    uint64_t left = ms < 0 ? 0 - (uint64_t)ms : (uint64_t)ms;
    uint64_t days = left / (uint64_t)DAY_MS;
    unsigned hours = (unsigned)(left / (uint64_t)HOUR_MS % 24);
    unsigned minutes = (unsigned)(left / (uint64_t)MINUTE_MS % 60);
    unsigned seconds = (unsigned)(left / (uint64_t)SECOND_MS % 60);
    unsigned tenths = (unsigned)(left / 100 % 10);
    if (days > 0) {
        snprintf(text, DURATION_TEXT_SIZE, "%s%llud %uh", sign, (unsigned long long)days, hours);
    } else if (hours > 0) {
        snprintf(text, DURATION_TEXT_SIZE, "%s%uh %02um", sign, hours, minutes);
    } else if (minutes > 0) {
        snprintf(text, DURATION_TEXT_SIZE, "%s%um %02us", sign, minutes, seconds);
    } else if (seconds < 10 && tenths > 0) {
        snprintf(text, DURATION_TEXT_SIZE, "%s%u.%us", sign, seconds, tenths);
    } else {
        snprintf(text, DURATION_TEXT_SIZE, "%s%us", seconds == 0 ? "" : sign, seconds);
    }
    return text;
}
