/* SPDX-License-Identifier: MIT */
#include "data/yaml_text.h"

#include "base/limit.h"

/* How far the file has come, at the start of a line. */
struct lines {
    struct position at;
    size_t mark_count;
    size_t most_marks;
    bool has_comment;
    bool has_marker; /* "---" */
    bool has_content;
    bool has_end; /* "..." */
};

static struct error *refuse(struct position at, const char *text, const char *hint)
{
    return error_at(error_hint(error_new(ERR_PLAN, "%s", text), "%s", hint), at);
}

static struct error *refuse_byte(struct position at, unsigned byte)
{
    struct error *error = error_new(ERR_PLAN, "not UTF-8: byte 0x%02x", byte);
    return error_at(error_hint(error, "save the file as UTF-8"), at);
}

/* Why a character may not stand in the file, or NULL. */
static const char *hint_against(uint32_t code)
{
    if (code == '\r') {
        return "end lines with LF or CR LF, not with CR alone";
    }
    if (code == 0x85 || code == 0x2028 || code == 0x2029) {
        return "remove it: only some programs see a line end there";
    }
    if (code == 0xfeff) {
        return "remove it: a byte order mark belongs at the start of a file";
    }
    if ((code < ' ' && code != '\t') || (code >= 0x7f && code < 0xa0) || code == 0xfffe ||
        code == 0xffff) {
        return "remove it: control characters are not allowed";
    }
    return NULL;
}

/* What a byte may be, so that most need no second look. */
enum byte {
    BYTE_PLAIN,
    BYTE_MARK,
    BYTE_SPECIAL, /* of a longer character, or a control character */
};

static enum byte byte_of(char c)
{
    static const char marks[128] = {[','] = 1, [':'] = 1, ['['] = 1, ['-'] = 1, ['?'] = 1};
    unsigned char code = (unsigned char)c;
    if (code < ' ' || code >= 0x7f) {
        return BYTE_SPECIAL;
    }
    return marks[code] != 0 ? BYTE_MARK : BYTE_PLAIN;
}

static bool is_blank_or_end(struct str line, size_t at)
{
    return at >= line.len || line.at[at] == ' ' || line.at[at] == '\t';
}

/* A value follows, or would if this is not inside a text or a comment. */
static bool begins_value(struct str line, size_t at)
{
    switch (line.at[at]) {
    case ',':
    case '[':
        return true;
    case ':':
        return is_blank_or_end(line, at + 1) || (at > 0 && line.at[at - 1] == '"');
    }
    return is_blank_or_end(line, at + 1) && (at == 0 || line.at[at - 1] == ' ');
}

/* Nobody's plan has a value every few bytes, and libyaml needs 100 ms for 1 MiB of them. */
static struct error *count_mark(struct lines *lines, struct str line, size_t at, int column)
{
    if (!begins_value(line, at) || ++lines->mark_count <= lines->most_marks) {
        return NULL;
    }
    struct error *error =
        error_new(ERR_PLAN, "too many values for a file of this size, more than %zu of , : [ - ?",
                  lines->most_marks);
    return error_at(error, (struct position){lines->at.file, lines->at.line, column});
}

static struct error *check_special(struct position at, struct str rest, size_t *ret_len)
{
    uint32_t code;
    *ret_len = str_utf8_next(rest, &code);
    if (*ret_len == 0) {
        return refuse_byte(at, (unsigned char)rest.at[0]);
    }
    const char *hint = hint_against(code);
    if (hint != NULL) {
        struct error *error = error_new(ERR_PLAN, "the character U+%04X", (unsigned)code);
        return error_at(error_hint(error, "%s", hint), at);
    }
    return NULL;
}

static struct error *check_characters(struct lines *lines, struct str line)
{
    struct position at = lines->at;
    for (size_t i = 0; i < line.len; at.column++) {
        enum byte byte = byte_of(line.at[i]);
        size_t len = 1;
        if (byte == BYTE_MARK) {
            TRY(count_mark(lines, line, i, at.column));
        } else if (byte == BYTE_SPECIAL) {
            TRY(check_special(at, str_slice(line, i, line.len), &len));
        }
        i += len;
    }
    return NULL;
}

static bool is_marker(struct str line, struct str marker)
{
    return str_starts_with(line, marker) &&
           (line.len == marker.len || line.at[marker.len] == ' ' || line.at[marker.len] == '\t');
}

static struct error *second_document(struct position at)
{
    return refuse(at, "a second document begins here", "one file is one document");
}

static bool is_nothing(struct lines *lines, struct str content)
{
    bool is_comment = content.len > 0 && content.at[0] == '#';
    lines->has_comment = lines->has_comment || is_comment;
    return is_comment || content.len == 0;
}

/* Document marks stand in column 1 and nothing else may, so lines are all that has to be known. */
static struct error *check_document(struct lines *lines, struct str line)
{
    bool may_be_marker = line.len > 0 && (line.at[0] == '-' || line.at[0] == '.');
    if (!may_be_marker && lines->has_content && !lines->has_end) {
        return NULL;
    }
    struct str content = str_trim(line);
    if (is_nothing(lines, content)) {
        return NULL;
    }
    bool is_start = is_marker(line, STR("---"));
    if (is_start) {
        if (lines->has_marker || lines->has_content) {
            return second_document(lines->at);
        }
        lines->has_marker = true;
        content = str_trim(str_slice(line, 3, line.len));
    }
    if (is_marker(line, STR("...")) && (lines->has_marker || lines->has_content)) {
        lines->has_end = true;
        return NULL;
    }
    if (is_nothing(lines, content)) {
        return NULL;
    }
    if (lines->has_end) {
        return second_document(lines->at);
    }
    if (line.at[0] == '%' && !lines->has_marker && !lines->has_content) {
        return refuse(lines->at, "directives are not supported",
                      "remove the line, or quote a key that begins with '%'");
    }
    lines->has_content = true;
    return NULL;
}

static struct error *check_encoding(struct position at, struct str text)
{
    static const struct str marks[] = {
        {"\xff\xfe",     2},
        {"\xfe\xff",     2},
        {"\0\0\xfe\xff", 4}
    };
    bool is_other = str_find_char(str_slice(text, 0, 4), '\0') < 2;
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
        is_other = is_other || str_starts_with(text, marks[i]);
    }
    return is_other ? refuse(at, "not UTF-8, but perhaps UTF-16", "save the file as UTF-8") : NULL;
}

struct error *yaml_text_check(const char *file, struct str text, struct str *ret)
{
    struct lines lines = {
        .at = {file, 1, 1},
        .most_marks = LIMIT_PLAN_MARKS + text.len / LIMIT_MARK_BYTES,
    };
    if (text.len > LIMIT_PLAN_BYTES) {
        return error_at(error_new(ERR_PLAN, "larger than %u bytes", LIMIT_PLAN_BYTES),
                        (struct position){.file = file});
    }
    TRY(check_encoding(lines.at, text));
    struct str body = str_slice(text, str_starts_with(text, STR("\xef\xbb\xbf")) ? 3 : 0, text.len);
    struct str rest = body;
    struct str line;
    for (; str_next(&rest, '\n', &line); lines.at.line++) {
        bool has_cr = rest.at != NULL && line.len > 0 && line.at[line.len - 1] == '\r';
        line.len -= has_cr ? 1 : 0;
        TRY(check_characters(&lines, line));
        TRY(check_document(&lines, line));
    }
    if (!lines.has_content) {
        const char *why = lines.has_comment ? "there is nothing but comments" : "it is empty";
        return error_at(error_new(ERR_PLAN, "%s", why), (struct position){.file = file});
    }
    *ret = body;
    return NULL;
}

struct str yaml_text_line(struct str text, int line)
{
    struct str rest = text;
    struct str found = STR("");
    for (int i = 0; i < line; i++) {
        if (!str_next(&rest, '\n', &found)) {
            return STR("");
        }
    }
    return str_ends_with(found, STR("\r")) ? str_slice(found, 0, found.len - 1) : found;
}

struct str yaml_text_from(struct str text, int line, int column)
{
    struct str found = yaml_text_line(text, line);
    size_t at = 0;
    for (int i = 1; i < column && at < found.len; i++) {
        uint32_t code;
        at += str_utf8_next(str_slice(found, at, found.len), &code);
    }
    return (struct str){found.at + at, found.len - at};
}
