/* SPDX-License-Identifier: MIT */
#include "report/text_table.h"

#include "base/limit.h"
#include "base/mem.h"
#include "report/report_facts.h"

#define GAP 2 /* blanks between columns */

void text_table_cell(struct text_table *table, const char *text)
{
    struct buf cell = BUF_INIT(LIMIT_TEXT_BYTES);
    buf_append_printable(&cell, str_from(text == NULL || text[0] == '\0' ? "-" : text));
    vec_push(&table->cells, buf_take(&cell));
}

static size_t column_width(const struct text_table *table, size_t column)
{
    size_t widest = 0;
    for (size_t i = column; i < table->cells.count; i += table->columns) {
        size_t width = report_width(str_from(table->cells.items[i]));
        widest = width > widest ? width : widest;
    }
    return widest;
}

void text_table_write(const struct text_table *table, const char *indent, struct buf *ret)
{
    size_t *widths = mem_new(table->columns * sizeof(widths[0]));
    for (size_t column = 0; column < table->columns; column++) {
        widths[column] = column_width(table, column);
    }
    for (size_t i = 0; table->columns > 0 && i < table->cells.count; i++) {
        size_t column = i % table->columns;
        const char *cell = table->cells.items[i];
        buf_append_text(ret, column == 0 ? indent : "");
        buf_append_text(ret, cell);
        if (column + 1 == table->columns) {
            buf_append_char(ret, '\n');
            continue;
        }
        for (size_t width = report_width(str_from(cell)); width < widths[column] + GAP; width++) {
            buf_append_char(ret, ' ');
        }
    }
    mem_free(widths);
}

void text_table_cleanup(struct text_table *table)
{
    for (size_t i = 0; i < table->cells.count; i++) {
        mem_free(table->cells.items[i]);
    }
    vec_release(&table->cells);
}
