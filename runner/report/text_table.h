/* SPDX-License-Identifier: MIT */
/* text_table: cells in aligned columns, for people.
 *
 * Use: AUTO(text_table) struct text_table table = {.columns = 3};  text_table_cell() for each cell,
 * row by row; text_table_write().   Ownership: the table owns its cells. */
#ifndef REPORT_TEXT_TABLE_H
#define REPORT_TEXT_TABLE_H

#include "base/buf.h"
#include "base/vec.h"

struct text_table {
    size_t columns;
    struct {
        VEC(char *);
    } cells;
};

/* NULL or empty text is shown as "-"; what is not printable is made so. */
void text_table_cell(struct text_table *table, const char *text);

/* Each row as a line that begins with indent; no blanks at line ends. */
void text_table_write(const struct text_table *table, const char *indent, struct buf *ret);

void text_table_cleanup(struct text_table *table);

#endif
