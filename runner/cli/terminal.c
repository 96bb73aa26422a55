/* SPDX-License-Identifier: MIT */
#include "cli/terminal.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "report/report.h"

bool terminal_is_live(int descriptor)
{
    const char *term = getenv("TERM");
    return isatty(descriptor) == 1 && term != NULL && !text_equal(term, "dumb");
}

static bool wants_color(const struct options *options, int descriptor)
{
    if (text_equal(options->color, "always")) {
        return true;
    }
    const char *no_color = getenv("NO_COLOR");
    const char *force = getenv("CLICOLOR_FORCE");
    bool is_forbidden =
        text_equal(options->color, "never") || (no_color != NULL && no_color[0] != '\0');
    bool is_forced = force != NULL && force[0] != '\0' && !text_equal(force, "0");
    return !is_forbidden && (is_forced || terminal_is_live(descriptor));
}

/* The first of LC_ALL, LC_CTYPE and LANG that is set decides; setlocale() would change more than
 * that. */
static bool is_utf8_locale(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && value[0] != '\0') {
            struct str locale = str_from(value);
            return str_find(locale, STR("UTF-8")) != SIZE_MAX ||
                   str_find(locale, STR("utf8")) != SIZE_MAX ||
                   str_find(locale, STR("utf-8")) != SIZE_MAX ||
                   str_find(locale, STR("UTF8")) != SIZE_MAX;
        }
    }
    return false;
}

unsigned terminal_flags(const struct options *options, int descriptor)
{
    unsigned flags = is_utf8_locale() ? 0 : REPORT_ASCII;
    return wants_color(options, descriptor) ? flags | REPORT_COLOR : flags;
}

void terminal_size(int descriptor, int *ret_columns, int *ret_rows)
{
    struct winsize size = {0};
    bool is_known = ioctl(descriptor, TIOCGWINSZ, &size) == 0;
    *ret_columns = is_known ? size.ws_col : 0;
    *ret_rows = is_known ? size.ws_row : 0;
}

bool terminal_write(int descriptor, struct str text)
{
    while (text.len > 0) {
        ssize_t written = write(descriptor, text.at, text.len);
        if (written < 0 && errno != EINTR) {
            return false;
        }
        text = str_slice(text, written < 0 ? 0 : (size_t)written, text.len);
    }
    return true;
}

struct error *terminal_result(const struct options *options, struct str text)
{
    if (options->output != NULL && !text_equal(options->output, "-")) {
        return file_write(options->output, 0600, text);
    }
    if (!terminal_write(STDOUT_FILENO, text)) {
        return error_new(ERR_IO, "the result cannot be written to stdout: %s", strerror(errno));
    }
    return NULL;
}

/* A sanitizer's leak check traces its own process, so builds with one stay traceable. */
#if defined(__SANITIZE_ADDRESS__)
#define IS_TRACEABLE 1
#else
#define IS_TRACEABLE 0
#endif

void terminal_harden(void)
{
    struct rlimit none = {0, 0};
    (void)umask(077);
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, IS_TRACEABLE, 0, 0, 0);
}
