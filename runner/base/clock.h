/* SPDX-License-Identifier: MIT */
/* clock: instants, durations, and the one source of time: a real clock or a virtual one that is
 * advanced by hand.
 *
 * Two kinds of instant that do not mix: struct mono for timers and deadlines (CLOCK_BOOTTIME: a
 * suspended machine counts), struct utc for what people and Azure see.  All in ms. Not here:
 * waiting (net_wait).   Errors: parsers return false and leave the result untouched. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct mono {
    int64_t ms;
};
struct utc {
    int64_t ms; /* since 1970-01-01T00:00:00Z */
};

struct clock {
    bool is_virtual;
    struct utc virtual_utc;
    struct mono virtual_mono;
};

struct clock clock_real(void);
struct clock clock_virtual(struct utc start);
struct mono clock_mono(const struct clock *clock);
struct utc clock_utc(const struct clock *clock);

/* Virtual clocks only (a BUG otherwise). */
void clock_advance(struct clock *clock, int64_t ms);

#define SECOND_MS INT64_C(1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)

/* RFC 3339, 0 to 9 digits of fraction; zone Z or +hh:mm.  With UTC_ZONE_OPTIONAL a missing zone
 * means UTC, as some of Azure's times have none (azure-surface F 17). */
enum utc_flags {
    UTC_ZONE_OPTIONAL = 1 << 0,
};
bool utc_parse(struct str text, unsigned flags, struct utc *ret);

#define UTC_TEXT_SIZE 32
/* "2026-11-01T02:00:00.123Z"; returns text. */
const char *utc_format(struct utc time, char text[UTC_TEXT_SIZE]);
/* "2026-11-01T02:00:00Z" */
const char *utc_format_seconds(struct utc time, char text[UTC_TEXT_SIZE]);

/* Broken down, for other formats (HTTP dates, job filters). */
struct utc_parts {
    int year, month, day; /* month 1..12, day 1..31 */
    int hour, minute, second, ms;
    int weekday; /* 0 Sunday .. 6 Saturday */
};
struct utc_parts utc_split(struct utc time);
/* False if a part is out of range. */
bool utc_join(const struct utc_parts *parts, struct utc *ret);

/* "250ms" "90s" "15m" "4h" "3d", sums of them from large to small ("1h30m"), or ISO 8601 "PT4H",
 * "P1DT2.5S" (no years and months). */
bool duration_parse(struct str text, int64_t *ret_ms);

#define DURATION_TEXT_SIZE 32
/* For people: "0.4s" "45s" "3m 05s" "1h 05m" "3d 4h"; returns text. */
const char *duration_format(int64_t ms, char text[DURATION_TEXT_SIZE]);

#endif
