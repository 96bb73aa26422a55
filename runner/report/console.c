/* SPDX-License-Identifier: MIT */
#include "report/console.h"

#include "base/limit.h"
#include "base/mem.h"
#include "report/console_lines.h"
#include "report/report_facts.h"

#define HEARTBEAT_MS (5 * MINUTE_MS)
#define REDRAW_MS 100
#define COLUMNS_IF_UNKNOWN 80
#define ROWS_IF_UNKNOWN 24
#define ID_WIDTH_MAX 40

struct console {
    struct console_options options;
    const struct summary *summary;
    struct utc now;     /* of the stream */
    struct utc said;    /* when the newest line was written, for the heartbeat */
    size_t items_found; /* item.resolved records not spoken of yet */
    /* Terminal only. */
    struct buf lasting; /* lines that scroll away above the live ones, not written yet */
    size_t live_count;  /* live lines on the screen; the cursor is below them */
    struct mono drawn;
    bool was_drawn;
    bool is_over; /* no more live lines */
};

struct console *console_new(const struct console_options *options, const struct summary *summary)
{
    struct console *console = MEM_NEW(struct console);
    console->options = *options;
    console->summary = summary;
    buf_init(&console->lasting, LIMIT_REPORT_BYTES);
    console_resize(console, options->columns, options->rows);
    return console;
}

void console_resize(struct console *console, int columns, int rows)
{
    console->options.columns = columns > 0 ? columns : COLUMNS_IF_UNKNOWN;
    console->options.rows = rows > 0 ? rows : ROWS_IF_UNKNOWN;
}

static void write_out(struct console *console, struct buf *text)
{
    if (text->len == 0) {
        return;
    }
    if ((console->options.flags & REPORT_ASCII) != 0) {
        report_make_ascii(text, 0);
    }
    console->options.write(console->options.context, buf_str(text));
}

/* --- terminal --- */

/* One character less than fit: a full line leaves the cursor where terminals differ. */
static void cut_to_width(struct buf *frame, size_t start, int columns)
{
    int width = 0;
    for (size_t at = start; at < frame->len; at++) {
        bool begins_char = ((unsigned char)frame->data[at] & 0xc0) != 0x80;
        if (begins_char && ++width >= columns) {
            buf_cut(frame, at);
            return;
        }
    }
}

static void end_live_line(struct console *console, size_t start, struct buf *frame)
{
    cut_to_width(frame, start, console->options.columns);
    buf_append_text(frame, "\033[K\n");
    console->live_count++;
}

static size_t id_width(const struct summary *summary)
{
    size_t widest = 0;
    for (size_t i = 0; i < summary->steps.count; i++) {
        size_t width = report_width(str_from(summary->steps.items[i].id));
        if (console_lines_is_active(&summary->steps.items[i]) && width > widest) {
            widest = width;
        }
    }
    return widest < ID_WIDTH_MAX ? widest : ID_WIDTH_MAX;
}

/* The steps at work, as many as fit with the footer and the line of the cursor, then the footer. */
static void draw_live(struct console *console, struct buf *frame)
{
    const struct summary *summary = console->summary;
    size_t room = console->options.rows > 3 ? (size_t)console->options.rows - 3 : 0;
    size_t width = id_width(summary);
    size_t active = 0;
    for (size_t i = 0; i < summary->steps.count; i++) {
        const struct summary_step *step = &summary->steps.items[i];
        if (console_lines_is_active(step) && active++ < room) {
            size_t start = frame->len;
            console_lines_step(step, console->now, width, frame);
            end_live_line(console, start, frame);
        }
    }
    if (active > room && console->options.rows > 2) {
        size_t start = frame->len;
        buf_format(frame, "... and %zu more", active - room);
        end_live_line(console, start, frame);
    }
    if (console->options.rows > 1) {
        size_t start = frame->len;
        console_lines_footer(summary, console->now, frame);
        end_live_line(console, start, frame);
    }
}

/* Takes the live lines off the screen; the cursor is where the first of them was. */
static void erase_live(struct console *console, struct buf *frame)
{
    if (console->live_count == 0) {
        return;
    }
    buf_format(frame, "\r\033[%zuA", console->live_count);
    for (size_t i = 0; i < console->live_count; i++) {
        buf_append_text(frame, "\033[K\n");
    }
    buf_format(frame, "\033[%zuA", console->live_count);
    console->live_count = 0;
}

static void draw(struct console *console)
{
    AUTO(buf) struct buf frame = BUF_INIT(LIMIT_REPORT_BYTES);
    erase_live(console, &frame);
    buf_append_str(&frame, buf_str(&console->lasting));
    buf_clear(&console->lasting);
    if (!console->is_over && console->summary->run != NULL) {
        draw_live(console, &frame);
    }
    write_out(console, &frame);
    console->drawn = console->options.real_now(console->options.context);
    console->was_drawn = true;
}

static void draw_if_due(struct console *console)
{
    struct mono now = console->options.real_now(console->options.context);
    if (!console->was_drawn || now.ms - console->drawn.ms >= REDRAW_MS) {
        draw(console);
    }
}

/* --- both styles --- */

static void say(struct console *console, struct buf *text)
{
    char time[UTC_TEXT_SIZE];
    if (console->options.style == CONSOLE_TERMINAL) {
        buf_append_str(&console->lasting, buf_str(text));
        buf_append_text(&console->lasting, "\033[K\n");
        return;
    }
    AUTO(buf) struct buf line = BUF_INIT(LIMIT_TEXT_BYTES);
    buf_format(&line, "%s  %s\n", utc_format_seconds(console->now, time), buf_text(text));
    write_out(console, &line);
    console->said = console->now;
}

/* One line for all items that were found in a row. */
static void say_items(struct console *console)
{
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
    if (console->items_found > 0) {
        console_lines_items(console->items_found, &text);
        console->items_found = 0;
        say(console, &text);
    }
}

static void say_change(struct console *console, const struct record *record)
{
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
    bool is_shown =
        console->options.style == CONSOLE_PIPE || console_lines_is_lasting(record->type);
    if (record->type == RECORD_ITEM_RESOLVED) {
        console->items_found++;
    }
    if (is_shown) {
        console_lines_change(console->summary, record, console->options.flags, &text);
    }
    if (text.len > 0) {
        say_items(console);
        say(console, &text);
    }
}

/* So that nobody takes a quiet hour for a hung job and kills it. */
static void say_heartbeat(struct console *console)
{
    AUTO(buf) struct buf text = BUF_INIT(LIMIT_TEXT_BYTES);
    bool is_due = console->said.ms != 0 && console->now.ms - console->said.ms >= HEARTBEAT_MS;
    if (is_due && console_lines_heartbeat(console->summary, console->now, &text)) {
        say(console, &text);
    }
}

void console_read(void *context, const struct record *record)
{
    struct console *console = context;
    console->now = record->time;
    if (console->options.style == CONSOLE_QUIET) {
        return;
    }
    say_change(console, record);
    if (console->options.style == CONSOLE_PIPE) {
        say_heartbeat(console);
        return;
    }
    if (record->type == RECORD_RUN_FINISHED) {
        console->is_over = true;
        draw(console);
    } else {
        draw_if_due(console);
    }
}

void console_tick(struct console *console, struct utc now)
{
    console->now = now;
    if (console->options.style == CONSOLE_PIPE) {
        say_heartbeat(console);
    } else if (console->options.style == CONSOLE_TERMINAL) {
        draw_if_due(console);
    }
}

void console_free(struct console *console)
{
    if (console == NULL) {
        return;
    }
    if (console->lasting.len >
        0) { /* a run that stopped between two redraws: nothing said is lost */
        console->is_over = true;
        draw(console);
    }
    buf_release(&console->lasting);
    mem_free(console);
}
