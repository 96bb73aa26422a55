/* SPDX-License-Identifier: MIT */
#include "http/url.h"

#include "base/limit.h"
#include "base/number.h"

static bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

static bool is_printable_ascii(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] <= 0x20 || text.at[i] >= 0x7f) {
            return false;
        }
    }
    return true;
}

/* Splits "host:port"; the port is optional. */
static bool parse_authority(struct str authority, struct url *url)
{
    size_t at = str_find_char(authority, '@');
    if (at != SIZE_MAX) {
        url->has_user = true;
        authority = str_slice(authority, at + 1, authority.len);
    }
    size_t end = authority.len > 0 && authority.at[0] == '[' ? str_find_char(authority, ']') : 0;
    if (end == SIZE_MAX) {
        return false;
    }
    struct str rest = str_slice(authority, end, authority.len);
    size_t colon = str_find_char(rest, ':');
    url->host = colon == SIZE_MAX ? authority : str_slice(authority, 0, end + colon);
    if (colon != SIZE_MAX) {
        int64_t port;
        if (!number_parse(str_slice(rest, colon + 1, rest.len), 1, 65535, &port)) {
            return false;
        }
        url->port = (int)port;
    }
    return url->host.len > 0 && str_find_char(url->host, '\\') == SIZE_MAX;
}

bool url_parse(struct str text, struct url *ret)
{
    struct url url = {0};
    size_t colon = str_find(text, STR("://"));
    if (text.len > LIMIT_URL_BYTES || !is_printable_ascii(text) || colon == SIZE_MAX) {
        return false;
    }
    url.scheme = str_slice(text, 0, colon);
    if (str_equal_ignoring_case(url.scheme, STR("https"))) {
        url.port = 443;
    } else if (str_equal_ignoring_case(url.scheme, STR("http"))) {
        url.port = 80;
    } else {
        return false;
    }
    struct str rest = str_slice(text, colon + 3, text.len);
    size_t end = 0;
    while (end < rest.len && rest.at[end] != '/' && rest.at[end] != '?' && rest.at[end] != '#') {
        end++;
    }
    if (!parse_authority(str_slice(rest, 0, end), &url)) {
        return false;
    }
    rest = str_slice(rest, end, rest.len);
    size_t question = str_find_char(rest, '?');
    url.path = question == SIZE_MAX ? rest : str_slice(rest, 0, question);
    url.query = question == SIZE_MAX ? str_from("") : str_slice(rest, question + 1, rest.len);
    *ret = url;
    return true;
}

static void append_encoded(struct buf *buf, struct str text, bool blank_is_plus)
{
    for (size_t i = 0; i < text.len; i++) {
        if (is_unreserved(text.at[i])) {
            buf_append_char(buf, text.at[i]);
        } else if (blank_is_plus && text.at[i] == ' ') {
            buf_append_char(buf, '+');
        } else {
            buf_format(buf, "%%%02X", (unsigned)(unsigned char)text.at[i]);
        }
    }
}

bool url_is_segment(struct str text)
{
    return text.len > 0 && text.len <= URL_SEGMENT_BYTES && !str_equal(text, STR(".")) &&
           !str_equal(text, STR(".."));
}

bool url_append_segment(struct buf *buf, struct str segment)
{
    if (!url_is_segment(segment)) {
        return false;
    }
    append_encoded(buf, segment, false);
    return true;
}

void url_append_query(struct buf *buf, struct str value)
{
    append_encoded(buf, value, false);
}

void url_append_form(struct buf *buf, struct str value)
{
    append_encoded(buf, value, true);
}

bool url_decode(struct str text, struct buf *ret)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] != '%') {
            buf_append_char(ret, text.at[i]);
            continue;
        }
        uint64_t byte;
        if (i + 2 >= text.len || !number_parse_hex(str_slice(text, i + 1, i + 3), &byte) ||
            byte == 0) {
            return false;
        }
        buf_append_char(ret, (char)(unsigned char)byte);
        i += 2;
    }
    return true;
}

const char *url_resolve(struct arena *arena, const char *base, const char *text)
{
    struct url parsed;
    char *whole = NULL;
    struct str candidate = str_trim(str_from(text));
    if (url_parse(candidate, &parsed)) {
        whole = arena_copy(arena, candidate);
    } else if (candidate.len > 1 && candidate.at[0] == '/' && candidate.at[1] != '/' &&
               url_parse(str_from(base), &parsed)) {
        const char *end = parsed.host.at + parsed.host.len;
        const char *slash = end;
        while (*slash != '\0' && *slash != '/' && *slash != '?') {
            slash++;
        }
        whole = arena_format(arena, STR_FMT STR_FMT, (int)(slash - base), base, STR_ARG(candidate));
        if (!url_parse(str_from(whole), &parsed)) {
            return NULL;
        }
    }
    if (whole == NULL || parsed.query.len > 0) {
        return whole;
    }
    size_t separator = str_find_char(str_from(whole), '&');
    if (separator != SIZE_MAX && str_find_char(str_from(whole), '?') == SIZE_MAX) {
        whole[separator] = '?';
    }
    return whole;
}

/* True if host is base, or base with exactly one label before it. */
static bool is_host_or_region_of(struct str host, struct str base)
{
    if (str_equal_ignoring_case(host, base)) {
        return true;
    }
    if (host.len <= base.len + 1) {
        return false;
    }
    struct str label = str_slice(host, 0, host.len - base.len - 1);
    struct str tail = str_slice(host, host.len - base.len, host.len);
    for (size_t i = 0; i < label.len; i++) {
        if (!is_unreserved(label.at[i]) || label.at[i] == '.') {
            return false;
        }
    }
    return host.at[label.len] == '.' && str_equal_ignoring_case(tail, base);
}

/* "10.0.0.1" has no regional hosts: a label before an address is another host. */
static bool is_address(struct str host)
{
    for (size_t i = 0; i < host.len; i++) {
        char c = host.at[i];
        if (c != '.' && c != ':' && c != '[' && c != ']' && (c < '0' || c > '9')) {
            return false;
        }
    }
    return true;
}

const char *url_foreign(const char *management, const char *candidate)
{
    struct url ours;
    struct url theirs;
    if (!url_parse(str_from(management), &ours)) {
        return "the management endpoint is not a URL";
    }
    if (candidate == NULL || !url_parse(str_from(candidate), &theirs)) {
        return "it is not an absolute http or https URL of plain ASCII";
    }
    if (theirs.has_user) {
        return "it names a user";
    }
    if (!str_equal_ignoring_case(ours.scheme, theirs.scheme)) {
        return "its scheme differs";
    }
    if (ours.port != theirs.port) {
        return "its port differs";
    }
    bool is_same = is_address(ours.host) ? str_equal_ignoring_case(ours.host, theirs.host)
                                         : is_host_or_region_of(theirs.host, ours.host);
    return is_same ? NULL : "its host is another one";
}

bool url_is_loopback(const char *text)
{
    struct url url;
    if (!url_parse(str_from(text), &url)) {
        return false;
    }
    if (str_equal_ignoring_case(url.host, STR("localhost")) || str_equal(url.host, STR("[::1]"))) {
        return true;
    }
    return str_starts_with(url.host, STR("127.")) && is_address(url.host) &&
           !str_ends_with(url.host, STR(".")); /* a name, whoever may answer for it */
}

struct error *url_check_endpoint(const char *text)
{
    struct url url;
    if (!url_parse(str_from(text), &url) || url.has_user ||
        str_find_char(str_from(text), '?') != SIZE_MAX ||
        (url.path.len > 0 && !str_equal(url.path, STR("/")))) {
        return error_hint(error_new(ERR_USAGE, "'%s' is not an endpoint", text),
                          "write scheme, host and port only, such as https://management.azure.com");
    }
    if (str_equal_ignoring_case(url.scheme, STR("http")) && !url_is_loopback(text)) {
        return error_hint(
            error_new(ERR_USAGE, "plain http to '" STR_FMT "' is refused", STR_ARG(url.host)),
            "use https; http is for a simulator on this machine (127.0.0.1)");
    }
    return NULL;
}

static bool is_shown_whole(struct str name)
{
    static const char *const shown[] = {"api-version", "$filter", "%24filter", "$expand",
                                        "monitor"};
    for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
        if (str_equal_ignoring_case(name, str_from(shown[i]))) {
            return true;
        }
    }
    return false;
}

/* Azure leaves out the '?' at times (F 2): what follows '&' is a query all the same. */
static void append_shown_path(struct buf *buf, struct str path)
{
    size_t separator = str_find_char(path, '&');
    buf_append_printable(buf, path.len > 0 ? str_slice(path, 0, separator) : STR("/"));
    if (separator != SIZE_MAX) {
        buf_append_text(buf, "&...");
    }
}

void url_append_shown(struct buf *buf, const char *text)
{
    struct str whole = str_from(text);
    struct url url;
    if (!url_parse(str_slice(whole, 0, str_find_char(whole, '#')), &url)) {
        buf_append_text(buf, "(not a URL)");
        return;
    }
    append_shown_path(buf, url.path);
    struct str rest = url.query;
    struct str part;
    for (char separator = '?'; url.query.len > 0 && str_next(&rest, '&', &part); separator = '&') {
        size_t equals = str_find_char(part, '=');
        struct str name = str_slice(part, 0, equals);
        buf_append_char(buf, separator);
        if (is_shown_whole(name)) {
            buf_append_printable(buf, part);
        } else if (equals != SIZE_MAX) {
            buf_append_printable(buf, name);
            buf_append_text(buf, "=...");
        } else {
            buf_append_text(buf, "..."); /* without a name, all of it is the value */
        }
    }
}
