/* SPDX-License-Identifier: MIT */
#include "base/clock.h"
#include "base/mem.h"
#include "report/console.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/number.h"
#include "report/report.h"
#include "unit/report/sample_run.h"

#define SCREEN_LINES 200
#define SCREEN_COLUMNS 400

/* A terminal that understands what the console may use, and nothing else. */
struct screen {
    char cells[SCREEN_LINES][SCREEN_COLUMNS];
    size_t line, column;
    size_t top; /* the highest line the cursor went back to since the last write began */
    size_t writes;
    int64_t real_ms, real_step_ms;
    struct buf raw;
};

static size_t read_escape(struct screen *screen, struct str text)
{
    int64_t number = 1;
    size_t end = 2;
    assert_true(text.len > 2 && text.at[1] == '[');
    while (end < text.len && text.at[end] >= '0' && text.at[end] <= '9') {
        end++;
    }
    if (end > 2) {
        assert_true(number_parse(str_slice(text, 2, end), 0, 1000, &number));
    }
    if (text.at[end] == 'K') {
        memset(screen->cells[screen->line] + screen->column, '\0', SCREEN_COLUMNS - screen->column);
    } else if (text.at[end] == 'A') {
        assert_true(screen->line >= (size_t)number);
        screen->line -= (size_t)number;
    } else {
        assert_int_equal(text.at[end], 'm');
    }
    return end + 1;
}

static void screen_write(void *context, struct str text)
{
    struct screen *screen = context;
    screen->writes++;
    buf_append_str(&screen->raw, text);
    for (size_t at = 0; at < text.len;) {
        if (text.at[at] == '\033') {
            at += read_escape(screen, str_slice(text, at, text.len));
            continue;
        }
        if (text.at[at] == '\r') {
            screen->column = 0;
        } else if (text.at[at] == '\n') {
            screen->line++;
            screen->column = 0;
        } else {
            screen->cells[screen->line][screen->column++] = text.at[at];
        }
        assert_true(screen->line < SCREEN_LINES && screen->column < SCREEN_COLUMNS);
        at++;
    }
}

static struct mono screen_real_now(void *context)
{
    struct screen *screen = context;
    screen->real_ms += screen->real_step_ms;
    return (struct mono){screen->real_ms};
}

struct watched {
    struct screen screen;
    struct summary *summary;
    struct console *console;
};

static struct watched *watch(enum console_style style, unsigned flags, int columns, int rows)
{
    struct watched *watched = MEM_NEW(struct watched);
    watched->screen.raw = (struct buf)BUF_INIT(LIMIT_TEXT_BYTES);
    watched->screen.real_step_ms = 1000;
    watched->summary = summary_new();
    struct console_options options = {.style = style,
                                      .flags = flags,
                                      .columns = columns,
                                      .rows = rows,
                                      .write = screen_write,
                                      .context = &watched->screen,
                                      .real_now = screen_real_now};
    watched->console = console_new(&options, watched->summary);
    return watched;
}

static void play(struct watched *watched, const char *run, size_t records_max)
{
    sample_run_read(run, records_max, summary_read, watched->summary, console_read,
                    watched->console);
}

static void end(struct watched *watched)
{
    console_free(watched->console);
    summary_free(watched->summary);
    buf_release(&watched->screen.raw);
    mem_free(watched);
}

static bool has(const struct watched *watched, const char *text)
{
    return strstr(buf_text(&watched->screen.raw), text) != NULL;
}

static void console__writes_a_line_for_each_change_to_a_pipe(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "2026-11-02T08:00:00Z  run 20261102-080000-a3f9 of payroll-disks: 4 steps, mode drill, "
        "REHEARSAL "
        "against the simulator, seed 7\n",
        "2026-11-02T08:00:00Z  vault main: 37 protected items in westeurope\n",
        "Z  4 items of the plan found\n",
        "2026-11-02T08:00:02Z  db-disks  point 2026-11-02T02:11:09Z: newest of 3 eligible points, "
        "5h 48m "
        "old\n",
        "2026-11-02T08:00:04Z  files-disks  try 1 failed (429), again in 30s\n",
        "2026-11-02T08:00:04Z  throttled by Azure: write requests wait 30s\n",
        "2026-11-02T08:00:05Z  db-disks  running  job 12bea6a4-59f3-4b5b-a7c2-8a1c6cf5a001\n",
        "2026-11-02T08:16:40Z  files-disks  warning UserWarningTargetRegion: Snapshot kept: The ",
        "2026-11-02T08:20:36Z  files-disks  succeeded with warnings in 20m 00s\n",
        "2026-11-02T09:11:21Z  rehearsal ended: 4 of 4 steps succeeded in 1h 11m, 1 of them with "
        "warnings; "
        "all steps succeeded\n",
    };
    struct watched *watched = watch(CONSOLE_PIPE, 0, 0, 0);
    play(watched, "rehearsed", SIZE_MAX);
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        if (!has(watched, lines[i])) {
            fail_msg("not there: %s in %s", lines[i], buf_text(&watched->screen.raw));
        }
    }
    assert_false(has(watched, "\033"));
    end(watched);
}

static void console__makes_server_texts_harmless(void **state)
{
    (void)state;
    for (int style = CONSOLE_PIPE; style <= CONSOLE_TERMINAL; style++) {
        struct watched *watched = watch((enum console_style)style, REPORT_ASCII, 300, 24);
        play(watched, "failed", SIZE_MAX);
        assert_true(has(watched, "\\x1b[31mred"));
        assert_false(has(watched, "\033[31m"));
        assert_false(has(watched, "\xe2\x80\xae"));
        end(watched);
    }
}

static void console__shows_a_sign_of_life_every_five_minutes(void **state)
{
    (void)state;
    struct watched *watched = watch(CONSOLE_PIPE, 0, 0, 0);
    play(watched, "killed", SIZE_MAX);
    struct utc last = watched->summary->last;
    size_t before = watched->screen.writes;
    console_tick(watched->console, (struct utc){last.ms + 5 * MINUTE_MS - 1});
    assert_int_equal(watched->screen.writes, before);
    console_tick(watched->console, (struct utc){last.ms + 5 * MINUTE_MS});
    assert_int_equal(watched->screen.writes, before + 1);
    assert_true(
        has(watched, "2026-11-02T08:41:40Z  3 steps at work, longest web-disks[web-01] 14m 30s\n"));
    console_tick(watched->console, (struct utc){last.ms + 6 * MINUTE_MS});
    assert_int_equal(watched->screen.writes, before + 1);
    end(watched);
}

static void console__draws_live_lines_below_the_lasting_ones(void **state)
{
    (void)state;
    struct watched *watched = watch(CONSOLE_TERMINAL, REPORT_COLOR, 100, 24);
    play(watched, "killed", SIZE_MAX);
    const struct screen *screen = &watched->screen;
    size_t line = screen->line;
    assert_int_equal(screen->column, 0);
    assert_string_equal(
        screen->cells[line - 4],
        "web-disks[web-01]  running     9m 30s   [###-------]  35%  about 30m 00s left");
    assert_string_equal(screen->cells[line - 2], "extra              triggering  8m 20s ");
    assert_string_equal(screen->cells[line - 1], "2 of 5 done, 36m 40s, 2 requests");
    assert_true(has(watched, "db-disks  \033[32msucceeded\033[0m in 27m 05s\033[K\n"));
    assert_false(has(watched, "triggering\033[K"));
    end(watched);
}

static void console__leaves_no_live_line_behind(void **state)
{
    (void)state;
    struct watched *watched = watch(CONSOLE_TERMINAL, 0, 100, 24);
    play(watched, "rehearsed", SIZE_MAX);
    const struct screen *screen = &watched->screen;
    assert_int_equal(screen->column, 0);
    assert_string_equal(
        screen->cells[screen->line - 1],
        "rehearsal ended: 4 of 4 steps succeeded in 1h 11m, 1 of them with warnings; all "
        "steps succeeded");
    for (size_t line = 0; line < screen->line; line++) {
        assert_null(strstr(screen->cells[line], "[###"));
        assert_null(strstr(screen->cells[line], " done, "));
        assert_int_not_equal(screen->cells[line][0], '\0');
    }
    for (size_t line = screen->line; line < SCREEN_LINES; line++) {
        assert_int_equal(screen->cells[line][0], '\0');
    }
    end(watched);
}

static void start_many(struct watched *watched, int count)
{
    for (int i = 0; i < count + 1; i++) {
        AUTO(arena) struct arena *arena = arena_new();
        struct value *body = value_new(arena, VALUE_MAP);
        value_set_text(arena, body, "step",
                       arena_format(arena,
                                    "w\xc3\xa9"
                                    "b-disks-of-a-long-name[%d]",
                                    i));
        value_set_text(arena, body, "state", "running");
        struct record record = {
            .time = {1000}, .type = i == 0 ? RECORD_RUN_STARTED : RECORD_STEP_STATE, .body = body};
        summary_read(watched->summary, &record);
        console_read(watched->console, &record);
    }
}

/* Beyond the last column or the first row the cursor would not come back to where it was. */
static void console__never_draws_beyond_the_terminal(void **state)
{
    (void)state;
    static const int sizes[][2] = {
        {80, 24},
        {30, 6 },
        {20, 3 },
        {10, 2 },
        {2,  1 },
        {0,  0 }
    };
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct watched *watched = watch(CONSOLE_TERMINAL, 0, sizes[i][0], sizes[i][1]);
        start_many(watched, 50);
        size_t rows = sizes[i][1] == 0 ? 24 : (size_t)sizes[i][1];
        size_t columns = sizes[i][0] == 0 ? 80 : (size_t)sizes[i][0];
        const struct screen *screen = &watched->screen;
        assert_true(screen->line - 1 <= rows - 1); /* one lasting line, of the start */
        for (size_t line = 1; line < screen->line; line++) {
            size_t width = 0;
            for (const char *c = screen->cells[line]; *c != '\0'; c++) {
                width += ((unsigned char)*c & 0xc0) != 0x80;
            }
            assert_true(width < columns);
        }
        if (rows == 24) {
            assert_string_equal(screen->cells[screen->line - 2], "... and 29 more");
        }
        end(watched);
    }
}

static void console__redraws_ten_times_a_second_at_most(void **state)
{
    (void)state;
    struct watched *watched = watch(CONSOLE_TERMINAL, 0, 80, 24);
    watched->screen.real_step_ms = 0;
    play(watched, "rehearsed", 40);
    size_t before = watched->screen.writes;
    assert_true(before <= 2);
    console_tick(watched->console, watched->summary->last);
    assert_int_equal(watched->screen.writes, before);
    watched->screen.real_ms += 100;
    console_tick(watched->console, watched->summary->last);
    assert_int_equal(watched->screen.writes, before + 1);
    end(watched);
}

static void console__always_draws_the_end(void **state)
{
    (void)state;
    struct watched *watched = watch(CONSOLE_TERMINAL, 0, 80, 24);
    watched->screen.real_step_ms = 0;
    play(watched, "failed", SIZE_MAX);
    assert_true(has(watched, "run ended: 2 of 4 steps succeeded"));
    assert_true(has(watched, "web-disks[web-01]  failed after 32m 50s"));
    end(watched);
}

static void console__is_quiet_on_request(void **state)
{
    (void)state;
    struct watched *watched = watch(CONSOLE_QUIET, 0, 80, 24);
    play(watched, "failed", SIZE_MAX);
    console_tick(watched->console, (struct utc){INT64_C(1) << 50});
    assert_int_equal(watched->screen.writes, 0);
    end(watched);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(console__writes_a_line_for_each_change_to_a_pipe),
        cmocka_unit_test(console__makes_server_texts_harmless),
        cmocka_unit_test(console__shows_a_sign_of_life_every_five_minutes),
        cmocka_unit_test(console__draws_live_lines_below_the_lasting_ones),
        cmocka_unit_test(console__leaves_no_live_line_behind),
        cmocka_unit_test(console__never_draws_beyond_the_terminal),
        cmocka_unit_test(console__redraws_ten_times_a_second_at_most),
        cmocka_unit_test(console__always_draws_the_end),
        cmocka_unit_test(console__is_quiet_on_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
