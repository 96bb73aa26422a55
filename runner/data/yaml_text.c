/* SPDX-License-Identifier: MIT */
#include "data/yaml_text.h"

#include "base/limit.h"

/* How far the file has come, at the start of a line. */
struct lines {
    struct position at;
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

static struct error *check_characters(struct position at, struct str line)
{
    for (size_t i = 0; i < line.len; at.column++) {
        uint32_t code;
        if (line.at[i] >= ' ' && line.at[i] < 0x7f) {
            i++;
            continue;
        }
        size_t len = str_utf8_next(str_slice(line, i, line.len), &code);
        if (len == 0) {
            return refuse_byte(at, (unsigned char)line.at[i]);
        }
        const char *hint = hint_against(code);
        if (hint != NULL) {
            struct error *error = error_new(ERR_PLAN, "the character U+%04X", (unsigned)code);
            return error_at(error_hint(error, "%s", hint), at);
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

/* Document marks stand in column 1 and nothing else may, so lines are all that has to be known. */
static struct error *check_document(struct lines *lines, struct str line)
{
    struct str content = str_trim(line);
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
    if (content.len == 0) {
        return NULL;
    }
    if (content.at[0] == '#') {
        lines->has_comment = true;
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
        .at = {file, 1, 1}
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
        bool has_cr = rest.at != NULL && str_ends_with(line, STR("\r"));
        line = str_slice(line, 0, line.len - (has_cr ? 1 : 0));
        TRY(check_characters(lines.at, line));
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
