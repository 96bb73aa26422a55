/* SPDX-License-Identifier: MIT */
#include "simulator/sim_list.h"

#include "base/clock.h"
#include "base/number.h"

static size_t clause_index(const char *const *names, struct str name)
{
    for (size_t i = 0; names[i] != NULL; i++) {
        if (str_equal(name, str_from(names[i]))) {
            return i;
        }
    }
    return SIM_LIST_CLAUSES;
}

/* Takes "name eq 'value'" off the text; false if it does not begin so. */
static bool next_clause(struct str *rest, struct str *ret_name, struct str *ret_value)
{
    size_t eq = str_find(*rest, STR(" eq '"));
    if (eq == SIZE_MAX) {
        return false;
    }
    struct str value = str_slice(*rest, eq + STR(" eq '").len, rest->len);
    size_t end = str_find_char(value, '\'');
    if (end == SIZE_MAX) {
        return false;
    }
    *ret_name = str_slice(*rest, 0, eq);
    *ret_value = str_slice(value, 0, end);
    *rest = str_slice(value, end + 1, value.len);
    return true;
}

static bool read_clauses(struct sim_call *call, struct str text, struct sim_filter *filter)
{
    struct str name;
    struct str value;
    do {
        if (!next_clause(&text, &name, &value)) {
            sim_call_refuse(call, "The filter is not of the form name eq 'value' at: " STR_FMT,
                            STR_ARG(text));
            return false;
        }
        size_t i = clause_index(filter->names, name);
        if (i == SIM_LIST_CLAUSES || filter->values[i] != NULL) {
            sim_call_refuse(call, "The filter has an unknown or repeated clause: " STR_FMT,
                            STR_ARG(name));
            return false;
        }
        filter->values[i] = arena_copy(call->arena, value);
        if (str_starts_with(text, STR(" and "))) {
            text = str_slice(text, STR(" and ").len, text.len);
        } else if (text.len > 0) {
            sim_call_refuse(call, "The filter's clauses are not joined by and: " STR_FMT,
                            STR_ARG(text));
            return false;
        }
    } while (text.len > 0);
    return true;
}

bool sim_list_filter(struct sim_call *call, const char *const *names, struct sim_filter *ret)
{
    *ret = (struct sim_filter){.names = names};
    const struct sim_param *param = sim_call_param(&call->params, "$filter");
    struct str text = str_trim(str_from(param != NULL ? param->value : ""));
    return text.len == 0 || read_clauses(call, text, ret);
}

const char *sim_list_asked(const struct sim_filter *filter, const char *name)
{
    size_t i = clause_index(filter->names, str_from(name));
    if (i == SIM_LIST_CLAUSES) {
        BUG("list has no clause '%s'", name);
    }
    return filter->values[i];
}

bool sim_list_fits(const struct sim_filter *filter, const char *name, const char *text)
{
    const char *asked = sim_list_asked(filter, name);
    return asked == NULL || text_equal_ignoring_case(asked, text);
}

static bool number_of(struct str text, int64_t max, int *ret)
{
    /* Leading zeros are usual in dates, and number_parse() refuses them. */
    if (text.len == 2 && text.at[0] == '0') {
        text = str_slice(text, 1, 2);
    }
    int64_t number;
    if (!number_parse(text, 0, max, &number)) {
        return false;
    }
    *ret = (int)number;
    return true;
}

/* The service takes hour 00 as well as 12 (A.10). */
static bool parse_filter_time(struct str text, struct utc *ret)
{
    static const char form[] = "dddd-dd-dd dd:dd:dd AM";
    if (text.len != sizeof(form) - 1) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        bool is_digit = text.at[i] >= '0' && text.at[i] <= '9';
        bool is_half = form[i] == 'A' && text.at[i] == 'P';
        if (form[i] == 'd' ? !is_digit : text.at[i] != form[i] && !is_half) {
            return false;
        }
    }
    struct utc_parts parts = {0};
    if (!number_of(str_slice(text, 0, 4), 9999, &parts.year) ||
        !number_of(str_slice(text, 5, 7), 12, &parts.month) ||
        !number_of(str_slice(text, 8, 10), 31, &parts.day) ||
        !number_of(str_slice(text, 11, 13), 12, &parts.hour) ||
        !number_of(str_slice(text, 14, 16), 59, &parts.minute) ||
        !number_of(str_slice(text, 17, 19), 59, &parts.second)) {
        return false;
    }
    parts.hour = parts.hour % 12 + (text.at[20] == 'P' ? 12 : 0);
    return utc_join(&parts, ret);
}

bool sim_list_time(struct sim_call *call, const struct sim_filter *filter, const char *name,
                   struct utc *ret)
{
    const char *asked = sim_list_asked(filter, name);
    if (asked != NULL && !parse_filter_time(str_from(asked), ret)) {
        sim_call_refuse(call, "%s is not a date of the form yyyy-MM-dd hh:mm:ss tt: %s", name,
                        asked);
        return false;
    }
    return true;
}

/* The token's one reserved character travels escaped in small letters: who decodes and encodes
 * again, or encodes twice, is found out. */
#define TOKEN_SENT "Page%%3b%zu"

bool sim_list_begin(struct sim_call *call, size_t *ret)
{
    *ret = 0;
    const struct sim_param *param = sim_call_param(&call->params, "$skiptoken");
    if (param == NULL) {
        return true;
    }
    int64_t start;
    if (!str_starts_with(param->raw, STR("Page%3b")) ||
        !number_parse(str_slice(param->raw, STR("Page%3b").len, param->raw.len), 0, INT32_MAX,
                      &start)) {
        sim_call_refuse(call, "The continuation token is not one of ours.");
        return false;
    }
    *ret = (size_t)start;
    return true;
}

void sim_list_next(struct sim_call *call, struct json_writer *json, const char *path, size_t next)
{
    const struct sim_param *filter = sim_call_param(&call->params, "$filter");
    struct str raw = filter != NULL ? filter->raw : (struct str){"", 0};
    json_member_text(json, "nextLink",
                     arena_format(call->arena,
                                  "%s%s?api-version=%s%s" STR_FMT "&%%24skiptoken=" TOKEN_SENT,
                                  sim_call_origin(call), path, call->version,
                                  raw.len > 0 ? "&$filter=" : "", STR_ARG(raw), next));
}
