/* SPDX-License-Identifier: MIT */
/* html: the parts every page is made of: frame, style, escaped text, tables.
 *
 * What is not a literal goes through html_text() or html_str(), which escape it and make it
 * printable. */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include "base/buf.h"

/* All up to and with <main>; title is escaped. */
void html_begin(struct buf *page, const char *title);
void html_end(struct buf *page);

void html_text(struct buf *page, const char *text); /* NULL is nothing */
void html_str(struct buf *page, struct str text);

/* <tag class="name">text</tag>; name may be NULL; nothing where there is no text. */
void html_element(struct buf *page, const char *tag, const char *name, const char *text);

/* A table that becomes a list of cards on a narrow screen; heads are ended by NULL. */
void html_table_begin(struct buf *page, const char *caption, const char *const *heads);
void html_table_end(struct buf *page);
void html_row_begin(struct buf *page, const char *name); /* name: class, or NULL */
void html_row_end(struct buf *page);
/* The first cell of a row is its head.  Between begin and end comes the cell's content. */
void html_cell_begin(struct buf *page, const char *head, bool is_first);
void html_cell_end(struct buf *page, bool is_first);
/* A whole cell of text ("-" if NULL or empty); never the first. */
void html_cell(struct buf *page, const char *head, const char *text);

/* <dt>name</dt><dd>text</dd>; nothing where there is no text. */
void html_fact(struct buf *page, const char *name, const char *text);

#endif
