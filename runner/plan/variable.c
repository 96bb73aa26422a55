/* SPDX-License-Identifier: MIT */
#include "plan/variable.h"

#include <regex.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/limit.h"
#include "base/mem.h"
#include "base/number.h"
#include "data/decode_scalar.h"
#include "data/yaml_read.h"
#include "plan/names.h"

enum {
    PATTERN_BYTES = 256,
    PATTERN_WEIGHT = 1000,   /* characters once repetitions are written out: regcomp() does that */
    PATTERNS_WEIGHT = 10000, /* of all patterns of a plan */
    PATTERN_BASE = 10,       /* what even a short one costs */
    MATCHED_BYTES = 4096, /* of a variable with a pattern: states of the matcher grow with them */
    SHOWN_WORDS = 6,
};

/* A definition and the value that is held against it. */
struct check {
    struct variable_reader *reader;
    struct arena *arena;
    const struct plan_variable *variable;
    struct problems *problems;
    regex_t regex; /* if has_pattern */
    size_t matched_bytes;
    bool has_pattern;
    const char *origin;
    struct position at;
    struct variable_value *value;
};

/* How a value of each type is written. */
static const struct form {
    const char *accepted, *hint;
} forms[] = {
    [PLAN_VARIABLE_TEXT] = {"a text",           "a list needs `type: list`"               },
    [PLAN_VARIABLE_INTEGER] = {"a whole number",   "digits only, such as 7 or -3"            },
    [PLAN_VARIABLE_BOOLEAN] = {"true or false",    "write true or false, in small letters"   },
    [PLAN_VARIABLE_DURATION] = {"a duration",       "such as 90s, 15m, 4h, 3d or PT4H"        },
    [PLAN_VARIABLE_TIME] = {"a time with zone", "such as 2026-11-01T02:00:00Z"            },
    [PLAN_VARIABLE_LIST] = {"a list of texts",
                            "write a,b or [a, b]; in a plan or variable file, a YAML list"},
};
_Static_assert(sizeof(forms) / sizeof(forms[0]) == PLAN_VARIABLE_TYPE_COUNT, "a form of each type");

const char *variable_origin(struct arena *arena, const struct plan_setting *setting)
{
    if (setting->name_at.file != NULL) {
        return arena_format(arena, "%s:%d", setting->name_at.file, setting->name_at.line);
    }
    return text_equal(setting->origin, "--var") ? arena_format(arena, "--var %s", setting->name)
                                                : arena_text(arena, setting->origin);
}

/* ------------------------------------------------------------------ patterns */

/* Sizes of the groups around the place that is looked at. */
struct weigher {
    struct str pattern;
    size_t at;
    size_t groups[PATTERN_BYTES + 1];
    size_t depth;
    size_t last;     /* of what a repetition would repeat */
    const char *why; /* it is refused; or NULL */
};

static void weigh(struct weigher *weigher, size_t weight)
{
    weigher->last = weight;
    weigher->groups[weigher->depth] += weight;
}

/* Repeats what was last, so that it is there `times` times. */
static void repeat(struct weigher *weigher, size_t times)
{
    size_t last = weigher->last;
    weigher->groups[weigher->depth] += times > 1 ? last * (times - 1) : 0;
    weigher->last = times > 1 ? last * times : last;
}

/* From '[' to before its ']', which may be the first character inside. */
static void skip_bracket(struct weigher *weigher)
{
    struct str pattern = weigher->pattern;
    size_t at = weigher->at + 1;
    at += at < pattern.len && pattern.at[at] == '^' ? 1 : 0;
    at += at < pattern.len && pattern.at[at] == ']' ? 1 : 0;
    while (at < pattern.len && pattern.at[at] != ']') {
        bool is_class = pattern.at[at] == '[' && at + 1 < pattern.len &&
                        strchr(":.=", pattern.at[at + 1]) != NULL;
        size_t end = str_find_char(str_slice(pattern, at, pattern.len), ']');
        at += is_class && end != SIZE_MAX ? end + 1 : 1;
    }
    weigher->at = at;
    weigh(weigher, 1);
}

/* "{3}", "{3,}", "{3,5}": the larger number counts, and one more where it is open. */
static void weigh_interval(struct weigher *weigher)
{
    struct str rest = str_slice(weigher->pattern, weigher->at + 1, weigher->pattern.len);
    size_t end = str_find_char(rest, '}');
    struct str part;
    int64_t most = 1;
    rest = str_slice(rest, 0, end);
    weigher->at += end == SIZE_MAX ? 0 : end + 1;
    for (struct str parts = rest; str_next(&parts, ',', &part);) {
        int64_t number = PATTERN_WEIGHT + 1;
        if (part.len == 0) {
            most++;
        } else if (!number_parse(part, 0, PATTERN_WEIGHT, &number) || number > most) {
            most = number;
        }
    }
    repeat(weigher, (size_t)most);
}

static void close_group(struct weigher *weigher)
{
    /* The C library takes it as a character: it would end the group around the whole. */
    if (weigher->depth == 0) {
        weigher->why = "')' without '('; for the character itself write [)]";
        return;
    }
    size_t weight = weigher->groups[weigher->depth--];
    weigh(weigher, weight + 1);
}

static void weigh_next(struct weigher *weigher)
{
    struct str rest = str_slice(weigher->pattern, weigher->at, weigher->pattern.len);
    switch (rest.at[0]) {
    case '\\':
        weigher->at++;
        if (rest.len > 1 && rest.at[1] >= '0' && rest.at[1] <= '9') {
            weigher->why = "back references are not supported";
        }
        weigh(weigher, 1);
        break;
    case '[':
        skip_bracket(weigher);
        break;
    case '(':
        weigher->groups[++weigher->depth] = 0;
        break;
    case ')':
        close_group(weigher);
        break;
    case '{':
        weigh_interval(weigher);
        break;
    case '+':
        repeat(weigher, 2); /* written out as x x* */
        break;
    case '*':
    case '?':
        break;
    default:
        weigh(weigher, 1);
        break;
    }
    weigher->at++;
}

/* NULL, or why a pattern is not given to the C library. */
static const char *too_hard(struct variable_reader *reader, struct str pattern)
{
    struct weigher weigher = {.pattern = pattern};
    if (pattern.len == 0 || pattern.len > PATTERN_BYTES) {
        return "it must have 1 to 256 bytes";
    }
    while (weigher.at < pattern.len && weigher.why == NULL) {
        weigh_next(&weigher);
        if (weigher.groups[weigher.depth] > PATTERN_WEIGHT) {
            weigher.why = "its repetitions come to more than 1000 characters";
        }
    }
    reader->pattern_weight += weigher.groups[0] + PATTERN_BASE;
    if (weigher.why == NULL && reader->pattern_weight > PATTERNS_WEIGHT) {
        weigher.why = "with the patterns before it, there are too many in this plan";
    }
    return weigher.why;
}

static void refuse_pattern(struct check *check, const char *why)
{
    AUTO(buf) struct buf shown = BUF_INIT(LIMIT_TEXT_BYTES);
    names_shown(&shown, str_from(check->variable->pattern));
    struct error *error =
        error_new(ERR_PLAN, "'%s' is not a usable pattern: %s", buf_text(&shown), why);
    check->value->has_failed = true;
    problems_add(check->problems,
                 error_hint(error_at(error, decoded_at(&check->variable->base, "pattern")),
                            "a POSIX extended regular expression, such as [a-z][a-z0-9-]{0,20}"));
}

static bool compile(struct check *check, const char *pattern)
{
    char why[128];
    int code = regcomp(&check->regex, pattern, REG_EXTENDED | REG_NOSUB);
    if (code != 0) {
        (void)regerror(code, &check->regex, why, sizeof(why));
        refuse_pattern(check, why);
    }
    return code == 0;
}

/* By itself first: what is put around it must not change what it means. */
static void open_pattern(struct check *check)
{
    const char *pattern = check->variable->pattern;
    const char *why = pattern == NULL ? NULL : too_hard(check->reader, str_from(pattern));
    if (why != NULL) {
        refuse_pattern(check, why);
    }
    if (pattern == NULL || why != NULL || !compile(check, pattern)) {
        return;
    }
    regfree(&check->regex);
    check->has_pattern = compile(check, arena_format(check->arena, "^(%s)$", pattern));
}

/* ------------------------------------------------------------------ one text */

static void complain(struct check *check, struct error *error, const char *hint)
{
    check->value->has_failed = true;
    error = hint == NULL ? error : error_hint(error, "%s", hint);
    problems_add(check->problems, error_at(error, check->at));
}

/* "variable 'webs'", or an item of it. */
static const char *subject(const struct check *check, size_t i)
{
    const char *name = check->variable->base.name;
    return check->value->is_list
               ? arena_format(check->arena, "item %zu of variable '%s'", i + 1, name)
               : arena_format(check->arena, "variable '%s'", name);
}

static const char *shown(const struct check *check, const char *text)
{
    AUTO(buf) struct buf printable = BUF_INIT(LIMIT_TEXT_BYTES);
    return arena_text(check->arena, names_shown(&printable, str_from(text)));
}

static bool is_of_type(const struct plan_variable *variable, const char *text)
{
    int64_t number = 0;
    struct utc time;
    struct str view = str_from(text);
    switch ((enum plan_variable_type)variable->type) {
    case PLAN_VARIABLE_INTEGER:
        return number_parse(view, INT64_MIN, INT64_MAX, &number);
    case PLAN_VARIABLE_BOOLEAN:
        return text_equal(text, "true") || text_equal(text, "false");
    case PLAN_VARIABLE_DURATION:
        return duration_parse(view, &number);
    case PLAN_VARIABLE_TIME:
        return utc_parse(view, 0, &time);
    case PLAN_VARIABLE_TEXT:
    case PLAN_VARIABLE_LIST:
    case PLAN_VARIABLE_TYPE_COUNT:
        break;
    }
    return true;
}

static bool is_allowed(const struct plan_variable *variable, const char *text)
{
    for (size_t i = 0; i < variable->allowed.count; i++) {
        if (text_equal(variable->allowed.items[i], text)) {
            return true;
        }
    }
    return !variable->allowed.is_set;
}

static void refuse_word(struct check *check, size_t i, const char *text)
{
    const struct texts *allowed = &check->variable->allowed;
    AUTO(buf) struct buf words = BUF_INIT(LIMIT_TEXT_BYTES);
    for (size_t j = 0; j < allowed->count && j < SHOWN_WORDS; j++) {
        buf_append_text(&words, j == 0 ? "'" : ", '");
        names_shown(&words, str_from(allowed->items[j]));
        buf_append_char(&words, '\'');
    }
    if (allowed->count > SHOWN_WORDS) {
        buf_format(&words, " and %zu more", allowed->count - SHOWN_WORDS);
    }
    const char *near = problems_are_many(check->problems)
                           ? NULL
                           : str_suggest(str_from(text), allowed->items, allowed->count);
    complain(check,
             error_new(ERR_PLAN, "%s may not be \"%s\" (%s)", subject(check, i), shown(check, text),
                       check->origin),
             near == NULL ? arena_format(check->arena, "allowed: %s", buf_text(&words))
                          : arena_format(check->arena, "did you mean '%s'?", near));
}

static void check_pattern(struct check *check, size_t i, const char *text)
{
    check->matched_bytes += strlen(text);
    if (check->matched_bytes > MATCHED_BYTES) {
        complain(check,
                 error_new(ERR_PLAN, "%s is too long for a pattern (%s)", subject(check, i),
                           check->origin),
                 "what a pattern is held against may have up to 4096 bytes in all");
    } else if (regexec(&check->regex, text, 0, NULL, 0) != 0) {
        const char *what = check->variable->description;
        complain(
            check,
            error_new(ERR_PLAN, "%s must match '%s', \"%s\" does not (%s)", subject(check, i),
                      shown(check, check->variable->pattern), shown(check, text), check->origin),
            what == NULL
                ? "the pattern must fit the whole value"
                : arena_format(check->arena, "the pattern must fit the whole value; '%s' is: %s",
                               check->variable->base.name, shown(check, what)));
    }
}

static void check_text(struct check *check, size_t i, const char *text)
{
    const struct form *form = &forms[check->variable->type];
    if (!is_of_type(check->variable, text)) {
        complain(check,
                 error_new(ERR_PLAN, "%s must be %s, not \"%s\" (%s)", subject(check, i),
                           form->accepted, shown(check, text), check->origin),
                 form->hint);
    } else if (!is_allowed(check->variable, text)) {
        refuse_word(check, i, text);
    } else if (check->has_pattern) {
        check_pattern(check, i, text);
    }
}

/* ------------------------------------------------------------------ the value */

static void refuse_form(struct check *check, const char *found)
{
    const struct form *form = &forms[check->variable->type];
    complain(check,
             error_new(ERR_PLAN, "variable '%s' must be %s, not %s (%s)",
                       check->variable->base.name, form->accepted, found, check->origin),
             form->hint);
}

static void take_list(struct check *check, const struct value *list)
{
    struct variable_value *value = check->value;
    value->texts = ARENA_ARRAY(check->arena, const char *, list->count);
    value->count = list->count;
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i]->type != VALUE_TEXT) {
            refuse_form(check, "one with other things in it");
            return;
        }
        value->texts[i] = arena_copy(check->arena, list->items[i]->text);
    }
}

/* "[a, b]", as YAML has it. */
static void take_flow(struct check *check, struct str text)
{
    AUTO(problems) struct problems problems = {0};
    const struct value *list = NULL;
    bool is_read = yaml_read(check->arena, check->origin, text, &problems, &list);
    if (!is_read || problems.error_count > 0 || list->type != VALUE_LIST) {
        refuse_form(check, arena_format(check->arena, "\"%s\"",
                                        shown(check, arena_copy(check->arena, text))));
        return;
    }
    take_list(check, list);
}

/* "a, b" */
static void take_parts(struct check *check, struct str text)
{
    struct value *list = value_new(check->arena, VALUE_LIST);
    struct str part;
    for (struct str rest = text; text.len > 0 && str_next(&rest, ',', &part);) {
        if (str_trim(part).len == 0) {
            complain(check,
                     error_new(ERR_PLAN, "item %zu of variable '%s' is empty (%s)", list->count + 1,
                               check->variable->base.name, check->origin),
                     "leave out the comma; for an empty text write [a, \"\"]");
            return;
        }
        value_append(check->arena, list, value_new_str(check->arena, str_trim(part)));
    }
    take_list(check, list);
}

static void take_text(struct check *check, const char *text)
{
    struct variable_value *value = check->value;
    value->texts = ARENA_ARRAY(check->arena, const char *, 1);
    value->texts[0] = arena_text(check->arena, text);
    value->count = 1;
}

static void take_given(struct check *check, const struct plan_setting *given)
{
    const struct value *list = given->list;
    bool wants_list = check->variable->type == PLAN_VARIABLE_LIST;
    struct str text = str_trim(str_from(given->value));
    check->origin = variable_origin(check->arena, given);
    check->at = check->variable->base.name_at;
    if (list != NULL && wants_list) {
        take_list(check, list);
    } else if (list != NULL) {
        refuse_form(check, "a list");
    } else if (wants_list && given->name_at.file == NULL) {
        (str_starts_with(text, STR("[")) ? take_flow : take_parts)(check, text);
    } else {
        take_text(check, given->value);
    }
}

static void check_items(struct check *check)
{
    struct variable_value *value = check->value;
    for (size_t i = 0; i < value->count && !value->has_failed; i++) {
        check_text(check, i, value->texts[i]);
    }
    value->is_set = true;
    value->origin = check->origin;
}

/* What the plan itself says: allowed values first, then the default. */
static void check_definition(struct check *check)
{
    const struct plan_variable *variable = check->variable;
    const struct texts *allowed = &variable->allowed;
    const struct texts *fallback = &variable->fallback;
    check->origin = "enum";
    for (size_t i = 0; i < allowed->count && !check->value->has_failed; i++) {
        check->at = texts_at(allowed, i);
        check_text(check, i, allowed->items[i]);
    }
    if (!fallback->is_set) {
        return;
    }
    check->origin = "default";
    check->at = decoded_at(&variable->base, "default");
    if (fallback->source->type == VALUE_LIST && !check->value->is_list) {
        refuse_form(check, "a list");
        return;
    }
    check->value->texts = fallback->items;
    check->value->count = fallback->count;
    if (!check->value->has_failed) {
        check_items(check);
    }
}

/* What decoding has refused in a definition was said; nothing can be held against it then. */
static bool is_understood(const struct plan_variable *variable)
{
    const struct value *source = variable->base.source;
    const struct value *type = value_find(source, "type");
    const struct value *fallback = value_find(source, "default");
    bool is_type = type == NULL || decode_is_null(type) ||
                   str_equal(type->text, str_from(plan_variable_type_names[variable->type]));
    bool is_default = fallback == NULL || variable->fallback.is_set ||
                      (fallback->type != VALUE_LIST && fallback->type != VALUE_MAP);
    return is_type && is_default;
}

void variable_read(struct variable_reader *reader, const struct plan_variable *variable,
                   const struct plan_setting *given, struct variable_value *ret)
{
    struct check check = {.reader = reader,
                          .arena = reader->arena,
                          .variable = variable,
                          .problems = reader->problems,
                          .value = ret};
    ret->is_list = variable->type == PLAN_VARIABLE_LIST;
    if (!is_understood(variable)) {
        ret->has_failed = true;
        return;
    }
    open_pattern(&check);
    check_definition(&check);
    if (given != NULL && !ret->has_failed) {
        take_given(&check, given);
    }
    if (given != NULL && !ret->has_failed) {
        check_items(&check);
    }
    if (check.has_pattern) {
        regfree(&check.regex);
    }
}
