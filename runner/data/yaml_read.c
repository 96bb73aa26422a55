/* SPDX-License-Identifier: MIT */
#include "data/yaml_read.h"

#include <string.h>

#include <yaml.h>

#include "base/buf.h"
#include "base/limit.h"
#include "base/mem.h"
#include "data/yaml_explain.h"
#include "data/yaml_text.h"

struct anchor {
    const struct value *value;
    struct position at;
    size_t nodes;  /* with all that it holds, aliases expanded */
    size_t height; /* 0 for a scalar */
    bool is_open;  /* its end has not been read: an alias here is a cycle */
};

/* A list or map that is being read. */
struct frame {
    struct value *value;
    bool is_map;
    size_t nodes;
    size_t height;
    size_t anchor; /* its number from 1, or 0 */
    /* Of a map: */
    bool has_name; /* a key was read, its value comes next */
    bool is_repeated;
    bool is_merge;
    struct value_member member;
    const struct value *merge; /* of its `<<`, or NULL */
    struct position merge_at;
};

/* Members of an open map, while they are few: the arena gets them in one piece at its end. */
struct few_members {
    struct value_member items[16];
};

struct reader {
    struct arena *arena;
    const char *file;
    struct problems *problems;
    struct str rest;      /* what libyaml has not asked for */
    size_t ahead_bytes;   /* what it has asked for since its last event */
    bool is_cut;          /* it was told that the file ends there */
    struct position last; /* the event before */
    const struct value *root;
    bool is_broken; /* something is missing in the tree */
    struct frame frames[LIMIT_PLAN_DEPTH];
    struct few_members *few; /* for each frame */
    size_t depth;
    size_t nodes;
    size_t alias_count;
    size_t alias_nodes;
    struct value *anchor_numbers; /* map from name to number */
    struct {
        VEC(struct anchor);
    } anchors;
};

static struct position position_of(const struct reader *reader, yaml_mark_t mark)
{
    return (struct position){reader->file, (int)mark.line + 1, (int)mark.column + 1};
}

static struct position start_of(const struct reader *reader, const yaml_event_t *event)
{
    return position_of(reader, event->start_mark);
}

static void report(struct reader *reader, struct position at, struct error *error)
{
    problems_add(reader->problems, error_at(error, at));
}

/* Reading ends here; always false. */
static bool stop(struct reader *reader, struct position at, struct error *error)
{
    report(reader, at, error);
    reader->is_broken = true;
    return false;
}

static struct str text_of(const yaml_char_t *text)
{
    return str_from((const char *)text);
}

static void check_tag(struct reader *reader, const yaml_char_t *tag, struct position at)
{
    if (tag == NULL) {
        return;
    }
    struct str name = text_of(tag);
    struct str standard = STR("tag:yaml.org,2002:");
    bool is_standard = str_starts_with(name, standard);
    struct str shown = is_standard ? str_slice(name, standard.len, name.len) : name;
    report(reader, at,
           error_hint(error_new(ERR_PLAN, "tags are not supported: '%s" STR_FMT "'",
                                is_standard ? "!!" : "", STR_ARG(shown)),
                      "remove the tag; text that could be a number or a word goes in quotes"));
}

static struct anchor *find_anchor(const struct reader *reader, struct str name)
{
    const struct value_member *member = value_find_member(reader->anchor_numbers, name);
    size_t number = member == NULL ? 0 : (size_t)member->value->integer;
    return number == 0 || number > reader->anchors.count ? NULL
                                                         : &reader->anchors.items[number - 1];
}

/* Remembers a named node; 0 if it has no name. */
static size_t add_anchor(struct reader *reader, const yaml_char_t *name, struct anchor anchor)
{
    if (name == NULL) {
        return 0;
    }
    const struct anchor *first = find_anchor(reader, text_of(name));
    if (first != NULL) {
        report(reader, anchor.at,
               error_new(ERR_PLAN, "anchor '%s' stands twice, first at %d:%d", (const char *)name,
                         first->at.line, first->at.column));
    }
    if (reader->anchors.count == LIMIT_PLAN_ANCHORS) {
        stop(reader, anchor.at, error_new(ERR_PLAN, "more than %u anchors", LIMIT_PLAN_ANCHORS));
        return 0;
    }
    vec_push(&reader->anchors, anchor);
    value_set_integer(reader->arena, reader->anchor_numbers, (const char *)name,
                      (int64_t)reader->anchors.count);
    return reader->anchors.count;
}

static bool count_node(struct reader *reader, struct position at)
{
    reader->nodes++;
    if (reader->nodes + reader->alias_nodes > LIMIT_PLAN_NODES) {
        return stop(reader, at, error_new(ERR_PLAN, "more than %u values", LIMIT_PLAN_NODES));
    }
    return true;
}

static void repeated_key(struct reader *reader, struct str name, struct position at,
                         struct position first)
{
    AUTO(buf) struct buf shown = BUF_INIT(LIMIT_TEXT_BYTES);
    buf_append_printable(&shown, name);
    report(reader, at,
           error_new(ERR_PLAN, "duplicate key '%s', first at %d:%d", buf_text(&shown), first.line,
                     first.column));
}

static bool put_name(struct reader *reader, struct frame *frame, const struct value *key,
                     struct position at)
{
    if (key->type != VALUE_TEXT || (key->plain && key->text.len == 0)) {
        return stop(
            reader, at,
            error_hint(error_new(ERR_PLAN, "a key must be text, not %s",
                                 key->type == VALUE_TEXT ? "empty" : value_type_name(key->type)),
                       "a value that begins with { or [ goes in quotes"));
    }
    frame->has_name = true;
    frame->member = (struct value_member){.name = key->text, .name_at = at};
    frame->is_merge = key->plain && str_equal(key->text, STR("<<"));
    const struct value_member *first = value_find_member(frame->value, key->text);
    frame->is_repeated = frame->is_merge ? frame->merge != NULL : first != NULL;
    if (frame->is_repeated) {
        repeated_key(reader, key->text, at, frame->is_merge ? frame->merge_at : first->name_at);
    }
    return true;
}

static void put_member(struct reader *reader, struct frame *frame, const struct value *value)
{
    frame->has_name = false;
    if (frame->is_repeated) {
        return;
    }
    if (frame->is_merge) {
        frame->merge = value;
        frame->merge_at = frame->member.name_at;
        return;
    }
    frame->member.value = value;
    value_add(reader->arena, frame->value, frame->member);
}

/* Puts a node where it belongs; at is where it stands, which for an alias is not where its value
 * does. */
static bool put(struct reader *reader, const struct value *value, struct position at)
{
    if (reader->depth == 0) {
        reader->root = value;
        return true;
    }
    struct frame *frame = &reader->frames[reader->depth - 1];
    if (!frame->is_map) {
        value_append(reader->arena, frame->value, value);
        return true;
    }
    if (!frame->has_name) {
        return put_name(reader, frame, value, at);
    }
    put_member(reader, frame, value);
    return true;
}

/* What a finished node adds to the one around it. */
static void add_weight(struct reader *reader, size_t nodes, size_t height)
{
    if (reader->depth == 0) {
        return;
    }
    struct frame *frame = &reader->frames[reader->depth - 1];
    frame->nodes += nodes;
    if (frame->height < height + 1) {
        frame->height = height + 1;
    }
}

/* Escapes can make characters that the file itself may not hold. */
static void check_scalar(struct reader *reader, struct str text, struct position at)
{
    for (size_t i = 0; i < text.len;) {
        if (text.at[i] >= ' ' && text.at[i] < 0x7f) {
            i++;
            continue;
        }
        uint32_t code = 0;
        i += str_utf8_next(str_slice(text, i, text.len), &code);
        bool is_control = code < ' ' && code != '\t' && code != '\n' && code != '\r';
        if (is_control || (code >= 0x7f && code < 0xa0)) {
            report(reader, at,
                   error_hint(error_new(ERR_PLAN, "the text holds the control character U+%04X",
                                        (unsigned)code),
                              "remove the escape"));
            return;
        }
    }
}

/* The next node is a key. */
static bool expects_name(const struct reader *reader)
{
    const struct frame *frame = reader->depth == 0 ? NULL : &reader->frames[reader->depth - 1];
    return frame != NULL && frame->is_map && !frame->has_name;
}

static bool read_scalar(struct reader *reader, const yaml_event_t *event)
{
    struct position at = start_of(reader, event);
    struct str text = {(const char *)event->data.scalar.value, event->data.scalar.length};
    check_tag(reader, event->data.scalar.tag, at);
    if (text.len > LIMIT_SCALAR_BYTES) {
        return stop(reader, at,
                    error_new(ERR_PLAN, "a text of more than %u bytes", LIMIT_SCALAR_BYTES));
    }
    check_scalar(reader, text, at);
    struct value scalar = {
        .type = VALUE_TEXT,
        .at = at,
        .plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE,
        .text = {arena_copy(reader->arena, text), text.len},
    };
    if (expects_name(reader) && event->data.scalar.anchor == NULL) {
        return put(reader, &scalar, at); /* of a key only the text is kept */
    }
    struct value *value = value_new(reader->arena, VALUE_TEXT);
    *value = scalar;
    add_anchor(reader, event->data.scalar.anchor,
               (struct anchor){.value = value, .at = at, .nodes = 1});
    add_weight(reader, 1, 0);
    return count_node(reader, at) && put(reader, value, at);
}

static bool unknown_alias(struct reader *reader, const char *name, struct position at)
{
    return stop(
        reader, at,
        error_hint(error_new(ERR_PLAN, "unknown alias '*%s'", name),
                   "define it before with '&%s', or put text that begins with '*' in quotes",
                   name));
}

static bool count_alias(struct reader *reader, const struct anchor *anchor, struct position at)
{
    reader->alias_count++;
    reader->alias_nodes += anchor->nodes;
    if (reader->alias_count > LIMIT_PLAN_ALIASES) {
        return stop(reader, at, error_new(ERR_PLAN, "more than %u aliases", LIMIT_PLAN_ALIASES));
    }
    if (reader->alias_nodes > LIMIT_PLAN_ALIAS_NODES) {
        return stop(reader, at,
                    error_new(ERR_PLAN, "aliases add more than %u values", LIMIT_PLAN_ALIAS_NODES));
    }
    if (reader->depth + anchor->height > LIMIT_PLAN_DEPTH) {
        return stop(reader, at,
                    error_new(ERR_PLAN, "nested deeper than %u levels", LIMIT_PLAN_DEPTH));
    }
    return count_node(reader, at);
}

static bool read_alias(struct reader *reader, const yaml_event_t *event)
{
    struct position at = start_of(reader, event);
    const char *name = (const char *)event->data.alias.anchor;
    const struct anchor *anchor = find_anchor(reader, str_from(name));
    if (anchor == NULL) {
        return unknown_alias(reader, name, at);
    }
    if (anchor->is_open) {
        return stop(reader, at,
                    error_new(ERR_PLAN, "alias '*%s' stands inside its own anchor at %d:%d", name,
                              anchor->at.line, anchor->at.column));
    }
    if (!count_alias(reader, anchor, at)) {
        return false;
    }
    add_weight(reader, anchor->nodes, anchor->height);
    return put(reader, anchor->value, at);
}

static bool begin(struct reader *reader, const yaml_event_t *event, enum value_type type)
{
    struct position at = start_of(reader, event);
    bool is_map = type == VALUE_MAP;
    const yaml_char_t *name =
        is_map ? event->data.mapping_start.anchor : event->data.sequence_start.anchor;
    check_tag(reader, is_map ? event->data.mapping_start.tag : event->data.sequence_start.tag, at);
    if (reader->depth == LIMIT_PLAN_DEPTH) {
        return stop(reader, at,
                    error_new(ERR_PLAN, "nested deeper than %u levels", LIMIT_PLAN_DEPTH));
    }
    struct value *value = value_new(reader->arena, type);
    value->at = at;
    if (!count_node(reader, at) || !put(reader, value, at)) {
        return false;
    }
    size_t anchor =
        add_anchor(reader, name, (struct anchor){.value = value, .at = at, .is_open = true});
    if (is_map) {
        struct few_members *few = &reader->few[reader->depth];
        value->members = few->items;
        value->capacity = sizeof(few->items) / sizeof(few->items[0]);
    }
    reader->frames[reader->depth++] =
        (struct frame){.value = value, .is_map = is_map, .nodes = 1, .height = 1, .anchor = anchor};
    return true;
}

static void merge_map(struct reader *reader, const struct frame *frame, const struct value *from)
{
    if (from->type != VALUE_MAP) {
        report(reader, frame->merge_at,
               error_new(ERR_PLAN, "'<<' must be a map or a list of maps, not %s",
                         value_type_name(from->type)));
        return;
    }
    for (size_t i = 0; i < from->count; i++) {
        if (value_find_member(frame->value, from->members[i].name) == NULL) {
            value_add(reader->arena, frame->value, from->members[i]);
        }
    }
}

/* The map's own keys are all there by now and win; of merged ones the first. */
static void merge(struct reader *reader, const struct frame *frame)
{
    if (frame->merge == NULL) {
        return;
    }
    if (frame->merge->type != VALUE_LIST) {
        merge_map(reader, frame, frame->merge);
        return;
    }
    for (size_t i = 0; i < frame->merge->count; i++) {
        merge_map(reader, frame, frame->merge->items[i]);
    }
}

/* To the arena with members that are still among the few. */
static void keep_members(struct reader *reader, struct value *map)
{
    if (map->members != reader->few[reader->depth].items) {
        return;
    }
    map->capacity = map->count;
    map->members = NULL;
    if (map->count > 0) {
        map->members = ARENA_ARRAY(reader->arena, struct value_member, map->count);
        memcpy(map->members, reader->few[reader->depth].items,
               map->count * sizeof(map->members[0]));
    }
}

static bool end(struct reader *reader)
{
    const struct frame *frame = &reader->frames[--reader->depth];
    merge(reader, frame);
    if (frame->is_map) {
        keep_members(reader, frame->value);
    }
    if (frame->anchor > 0) {
        struct anchor *anchor = &reader->anchors.items[frame->anchor - 1];
        anchor->is_open = false;
        anchor->nodes = frame->nodes;
        anchor->height = frame->height;
    }
    add_weight(reader, frame->nodes, frame->height);
    return true;
}

/* libyaml reads a text to its end before it shows any of it, so it is given a part of the file only
 * and takes that for the whole. */
static int give(void *context, unsigned char *buffer, size_t size, size_t *ret_len)
{
    struct reader *reader = context;
    reader->is_cut =
        reader->is_cut || (reader->ahead_bytes >= LIMIT_SOURCE_BYTES && reader->rest.len > 0);
    struct str given = str_slice(reader->rest, 0, reader->is_cut ? 0 : size);
    if (given.len > 0) {
        memcpy(buffer, given.at, given.len);
    }
    reader->rest = str_slice(reader->rest, given.len, reader->rest.len);
    reader->ahead_bytes += given.len;
    *ret_len = given.len;
    return 1;
}

static void refuse_cut(struct reader *reader, struct position at)
{
    stop(reader, at,
         error_new(ERR_PLAN, "a text or comment that takes more than %u bytes of the file",
                   LIMIT_SOURCE_BYTES));
}

/* False: stop reading. */
static bool take(struct reader *reader, const yaml_event_t *event)
{
    if (event->type == YAML_STREAM_END_EVENT && reader->is_cut) {
        refuse_cut(reader, reader->last);
    }
    reader->last = start_of(reader, event);
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return read_scalar(reader, event);
    case YAML_ALIAS_EVENT:
        return read_alias(reader, event);
    case YAML_SEQUENCE_START_EVENT:
        return begin(reader, event, VALUE_LIST);
    case YAML_MAPPING_START_EVENT:
        return begin(reader, event, VALUE_MAP);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return end(reader);
    case YAML_STREAM_END_EVENT:
        return false;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_DOCUMENT_START_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        return true;
    }
    BUG("YAML event %d", (int)event->type);
}

static void explain(struct reader *reader, const yaml_parser_t *parser, struct str text)
{
    if (reader->is_cut) {
        bool has_context = parser->context != NULL;
        refuse_cut(reader,
                   position_of(reader, has_context ? parser->context_mark : parser->problem_mark));
        return;
    }
    struct yaml_complaint complaint = {
        .problem = parser->problem == NULL ? "" : parser->problem,
        .context = parser->context == NULL ? "" : parser->context,
        .at = position_of(reader, parser->problem_mark),
        .context_at = position_of(reader, parser->context_mark),
    };
    problems_add(reader->problems, yaml_explain(&complaint, text));
    reader->is_broken = true;
}

static void read_events(struct reader *reader, struct str text)
{
    yaml_parser_t parser;
    if (yaml_parser_initialize(&parser) == 0) {
        BUG("libyaml has no memory");
    }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input(&parser, give, reader);
    reader->rest = text;
    for (bool is_more = true; is_more;) {
        yaml_event_t event;
        if (yaml_parser_parse(&parser, &event) == 0) {
            explain(reader, &parser, text);
            break;
        }
        reader->ahead_bytes = 0;
        is_more = take(reader, &event) && !reader->is_broken;
        yaml_event_delete(&event);
        if (reader->problems->error_count >= LIMIT_PLAN_PROBLEMS) {
            reader->is_broken = true; /* hopeless: nobody reads more problems than that */
            is_more = false;
        }
    }
    yaml_parser_delete(&parser);
}

bool yaml_read(struct arena *arena, const char *file, struct str text, struct problems *problems,
               const struct value **ret)
{
    struct few_members few[LIMIT_PLAN_DEPTH];
    struct reader reader = {
        .arena = arena,
        .few = few,
        .file = arena_text(arena, file),
        .problems = problems,
        .anchor_numbers = value_new(arena, VALUE_MAP),
    };
    struct str body;
    struct error *error = yaml_text_check(reader.file, text, &body);
    if (error != NULL) {
        problems_add(problems, error);
        return false;
    }
    read_events(&reader, body);
    vec_release(&reader.anchors);
    if (reader.is_broken || reader.root == NULL) {
        return false;
    }
    *ret = reader.root;
    return true;
}
