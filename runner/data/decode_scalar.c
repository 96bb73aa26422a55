/* SPDX-License-Identifier: MIT */
#include "data/decode_scalar.h"

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/limit.h"
#include "base/mem.h"
#include "base/number.h"

#define SHOWN_BYTES 60 /* of a bad text in a message */

static bool is_one_of(struct str text, const char *const *words)
{
    for (size_t i = 0; words[i] != NULL; i++) {
        if (str_equal(text, str_from(words[i]))) {
            return true;
        }
    }
    return false;
}

bool decode_is_null(const struct value *value)
{
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};
    return value->type == VALUE_NULL ||
           (value->type == VALUE_TEXT && value->plain && is_one_of(value->text, nulls));
}

/* What was found, for a message. */
static void show(struct buf *buf, const struct value *value)
{
    if (decode_is_null(value)) {
        buf_append_text(buf, "nothing");
        return;
    }
    if (value->type != VALUE_TEXT) {
        buf_append_text(buf, value_type_name(value->type));
        return;
    }
    size_t end = value->text.len;
    if (end > SHOWN_BYTES) {
        end = SHOWN_BYTES;
        while (end > 0 && ((unsigned char)value->text.at[end] & 0xc0) == 0x80) {
            end--; /* not in the middle of a character */
        }
    }
    buf_append_char(buf, '"');
    buf_append_printable(buf, str_slice(value->text, 0, end));
    buf_append_text(buf, end < value->text.len ? "…\"" : "\"");
}

bool decode_complain(struct decoding *decoding, const struct decode_field *field,
                     const struct value *value, const char *accepted, const char *hint)
{
    AUTO(buf) struct buf found = BUF_INIT(LIMIT_TEXT_BYTES);
    show(&found, value);
    struct error *error =
        error_new(ERR_PLAN, "%s'%s' must be %s, not %s", decoding->in_list ? "each of " : "",
                  field->name, accepted, buf_text(&found));
    error_at(error, value->at);
    if (hint != NULL) {
        error_hint(error, "%s", hint);
    }
    problems_add(decoding->problems, error);
    return false;
}

bool decode_complain_empty(struct decoding *decoding, const struct decode_field *field,
                           const struct value *value)
{
    problems_add(decoding->problems,
                 error_at(error_new(ERR_PLAN, "'%s' must not be empty", field->name), value->at));
    return false;
}

/* Text that may stand for something else: YAML without quotes; in replies any, as some services
 * quote numbers. */
static bool may_be_read(const struct decoding *decoding, const struct value *value)
{
    return value->type == VALUE_TEXT &&
           (value->plain || (decoding->flags & DECODE_SKIP_UNKNOWN) != 0);
}

static bool has_range(const struct decode_field *field)
{
    return field->min < 0 || field->min > 0 || field->max < 0 || field->max > 0;
}

static bool is_in_range(const struct decode_field *field, double number)
{
    return !has_range(field) || (number >= field->min && number <= field->max);
}

bool decode_text(struct decoding *decoding, const struct decode_field *field,
                 const struct value *value, void *slot)
{
    const char **text = slot;
    if (value->type != VALUE_TEXT || decode_is_null(value)) {
        return decode_complain(decoding, field, value, "text", NULL);
    }
    if ((field->flags & DECODE_NOT_EMPTY) != 0 && value->text.len == 0) {
        return decode_complain_empty(decoding, field, value);
    }
    *text = value->text.at;
    return true;
}

bool decode_bool(struct decoding *decoding, const struct decode_field *field,
                 const struct value *value, void *slot)
{
    static const char *const other_words[] = {
        "yes", "Yes",  "YES",  "no",    "No",    "NO", "on", "On", "ON", "off", "Off",
        "OFF", "True", "TRUE", "False", "FALSE", "y",  "Y",  "n",  "N",  NULL,
    };
    bool *boolean = slot;
    const char *hint = NULL;
    if (value->type == VALUE_BOOL) {
        *boolean = value->boolean;
        return true;
    }
    if (value->type == VALUE_TEXT) {
        bool is_true = str_equal(value->text, STR("true"));
        bool is_word = is_true || str_equal(value->text, STR("false"));
        if (is_word && value->plain) {
            *boolean = is_true;
            return true;
        }
        hint = is_word ? "remove the quotes" : hint;
        hint = is_one_of(value->text, other_words) ? "write true or false" : hint;
    }
    return decode_complain(decoding, field, value, "true or false", hint);
}

/* min..max as they can be compared with an int64_t. */
static int64_t bound(double limit)
{
    if (limit >= 0x1p63) {
        return INT64_MAX;
    }
    return limit <= -0x1p63 ? INT64_MIN : (int64_t)limit;
}

static bool complain_number(struct decoding *decoding, const struct decode_field *field,
                            const struct value *value, const char *accepted, const char *hint)
{
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
    buf_append_text(&text, accepted);
    if (has_range(field)) {
        buf_format(&text, " from %.15g to %.15g", field->min, field->max);
    }
    double ignored;
    if (value->type == VALUE_TEXT && !value->plain && number_parse_decimal(value->text, &ignored)) {
        hint = "remove the quotes";
    }
    return decode_complain(decoding, field, value, buf_text(&text), hint);
}

bool decode_integer(struct decoding *decoding, const struct decode_field *field,
                    const struct value *value, void *slot)
{
    int64_t *integer = slot;
    int64_t found = value->type == VALUE_INTEGER ? value->integer : 0;
    bool is_read =
        may_be_read(decoding, value) && number_parse(value->text, INT64_MIN, INT64_MAX, &found);
    bool is_integer = value->type == VALUE_INTEGER || is_read;
    if (is_integer &&
        (!has_range(field) || (found >= bound(field->min) && found <= bound(field->max)))) {
        *integer = found;
        return true;
    }
    const char *hint = NULL;
    if (value->type == VALUE_TEXT && !is_integer && value->text.len > 0 &&
        str_find_char(STR("+-.0123456789"), value->text.at[0]) != SIZE_MAX) {
        hint = "at most 18 digits such as 17: no leading zero, 0x, '_', ':', '.' or exponent";
    }
    return complain_number(decoding, field, value, "a whole number", hint);
}

bool decode_decimal(struct decoding *decoding, const struct decode_field *field,
                    const struct value *value, void *slot)
{
    double *decimal = slot;
    double found = value->type == VALUE_INTEGER ? (double)value->integer : value->decimal;
    bool is_number = value->type == VALUE_INTEGER || value->type == VALUE_DECIMAL ||
                     (may_be_read(decoding, value) && number_parse_decimal(value->text, &found));
    if (is_number && is_in_range(field, found)) {
        *decimal = found;
        return true;
    }
    return complain_number(decoding, field, value, "a number", NULL);
}

bool decode_duration(struct decoding *decoding, const struct decode_field *field,
                     const struct value *value, void *slot)
{
    int64_t *ms = slot;
    int64_t found;
    char from[DURATION_TEXT_SIZE];
    char to[DURATION_TEXT_SIZE];
    if (value->type != VALUE_TEXT || !duration_parse(value->text, &found)) {
        return decode_complain(decoding, field, value, "a duration such as 90s, 15m, 4h or 3d",
                               NULL);
    }
    if (!is_in_range(field, (double)found)) {
        AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
        buf_format(&text, "a duration from %s to %s", duration_format(bound(field->min), from),
                   duration_format(bound(field->max), to));
        return decode_complain(decoding, field, value, buf_text(&text), NULL);
    }
    *ms = found;
    return true;
}

bool decode_time(struct decoding *decoding, const struct decode_field *field,
                 const struct value *value, void *slot)
{
    struct utc *time = slot;
    struct utc found;
    bool is_reply = (decoding->flags & DECODE_SKIP_UNKNOWN) != 0;
    if (value->type == VALUE_TEXT &&
        utc_parse(value->text, is_reply ? UTC_ZONE_OPTIONAL : 0, &found)) {
        *time = found;
        return true;
    }
    const char *hint = NULL;
    if (value->type == VALUE_TEXT && utc_parse(value->text, UTC_ZONE_OPTIONAL, &found)) {
        hint = "add the zone: Z for UTC, or an offset such as +01:00";
    }
    return decode_complain(decoding, field, value, "a time such as 2026-11-01T02:00:00Z", hint);
}

static bool complain_word(struct decoding *decoding, const struct decode_field *field,
                          const struct value *value)
{
    AUTO(buf) struct buf accepted = BUF_INIT(LIMIT_TEXT_BYTES);
    AUTO(buf) struct buf hint = BUF_INIT(LIMIT_TEXT_BYTES);
    size_t count = 0;
    for (; field->words[count] != NULL; count++) {
        const char *before = field->words[count + 1] == NULL ? " or " : ", ";
        buf_format(&accepted, "%s%s", count == 0 ? "" : before, field->words[count]);
    }
    const char *near =
        value->type == VALUE_TEXT ? str_suggest(value->text, field->words, count) : NULL;
    if (near != NULL) {
        buf_format(&hint, "did you mean '%s'?", near);
    }
    return decode_complain(decoding, field, value, buf_text(&accepted),
                           near == NULL ? NULL : buf_text(&hint));
}

bool decode_word(struct decoding *decoding, const struct decode_field *field,
                 const struct value *value, void *slot)
{
    int *word = slot;
    bool ignoring_case = (field->flags & DECODE_IGNORING_CASE) != 0;
    for (int i = 0; value->type == VALUE_TEXT && field->words[i] != NULL; i++) {
        struct str name = str_from(field->words[i]);
        if (ignoring_case ? str_equal_ignoring_case(value->text, name)
                          : str_equal(value->text, name)) {
            *word = i;
            return true;
        }
    }
    if (value->type == VALUE_TEXT && (field->flags & DECODE_OPEN_WORDS) != 0) {
        *word = -1;
        return true;
    }
    return complain_word(decoding, field, value);
}
