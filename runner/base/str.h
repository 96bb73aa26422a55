/* SPDX-License-Identifier: MIT */
/* str: a view of text: pointer and length, not ended by NUL, never owned.
 *
 * Not here: building text (base/buf).   Letters compare as ASCII; no locale anywhere. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str {
    const char *at;
    size_t len;
};

#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
#define STR_FMT "%.*s"
#define STR_ARG(view) (int)(view).len, (view).at

/* NULL gives an empty view. */
struct str str_from(const char *text);

bool str_equal(struct str a, struct str b);
bool str_equal_ignoring_case(struct str a, struct str b);
bool text_equal(const char *a, const char *b); /* NULL equals only NULL */
bool text_equal_ignoring_case(const char *a,
                              const char *b); /* the comparison for Azure ids and words */
int str_compare(struct str a, struct str b);

bool str_starts_with(struct str text, struct str start);
bool str_starts_with_ignoring_case(struct str text, struct str start);
bool str_ends_with(struct str text, struct str end);

/* Offset of the first find in text, or SIZE_MAX. */
size_t str_find(struct str text, struct str find);
size_t str_find_char(struct str text, char find);

/* Bytes from start to end (end beyond the text is cut). */
struct str str_slice(struct str text, size_t start, size_t end);

/* Without ASCII white space at both ends. */
struct str str_trim(struct str text);

/* Takes the part before the next separator off *rest; false when nothing is left.
 * "a,b" gives "a", "b"; "a," gives "a", "".  Start with a view of the whole text; an empty text is
 * one empty part. */
bool str_next(struct str *rest, char separator, struct str *ret_part);

/* The name nearest to word (at most a third of its letters differ, case ignored), or NULL: "did you
 * mean". */
const char *str_suggest(struct str word, const char *const *names, size_t count);

/* True if text is well-formed UTF-8; else *ret_at is the offset of the first bad byte. */
bool str_is_utf8(struct str text, size_t *ret_at);

/* Bytes of the first character, 0 if text is empty or begins ill-formed; *ret_code is its code
 * point. */
size_t str_utf8_next(struct str text, uint32_t *ret_code);

#endif
