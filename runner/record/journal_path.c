/* SPDX-License-Identifier: MIT */
#include "record/journal_path.h"

#include <dirent.h>

#include "base/file.h"
#include "base/limit.h"
#include "base/mem.h"
#include "record/journal.h"

#define RUNS_NAMED 10 /* in a message */

/* A run's name comes from a person and becomes part of a path. */
struct error *journal_path_check(const char *run)
{
    if (run[0] == '\0' || run[0] == '.' || strchr(run, '/') != NULL) {
        return error_hint(error_new(ERR_INPUT, "'%s' is not the name of a run", run),
                          "give its name or the beginning of it, not a path");
    }
    return NULL;
}

char *journal_path_join(const char *a, const char *b)
{
    AUTO(buf) struct buf path = BUF_INIT(LIMIT_TEXT_BYTES);
    buf_format(&path, "%s/%s", a, b);
    return buf_take(&path);
}

struct names {
    VEC(char *);
};

static void names_cleanup(struct names *names)
{
    for (size_t i = 0; i < names->count; i++) {
        mem_free(names->items[i]);
    }
    vec_release(names);
}

static int compare_newest_first(const void *a, const void *b)
{
    const char *const *left = a;
    const char *const *right = b;
    return strcmp(*right, *left);
}

static void dir_cleanup(DIR **dir)
{
    if (*dir != NULL) {
        closedir(*dir);
    }
}

/* Run names begin with their time: the order of names is the order of runs. */
static void list_runs(const char *runs, struct names *ret)
{
    AUTO(dir) DIR *dir = opendir(runs);
    struct dirent *entry;
    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] == '.') {
            continue;
        }
        AUTO(text) char *folder = journal_path_join(runs, entry->d_name);
        AUTO(text) char *path = journal_path_join(folder, JOURNAL_FILE_NAME);
        if (file_exists(path)) {
            vec_push(ret, mem_text(entry->d_name));
        }
    }
    if (ret->count > 0) {
        qsort(ret->items, ret->count, sizeof(ret->items[0]), compare_newest_first);
    }
}

static struct error *hint_runs(struct error *error, const struct names *names)
{
    AUTO(buf) struct buf list = BUF_INIT(LIMIT_TEXT_BYTES);
    for (size_t i = 0; i < names->count && i < RUNS_NAMED; i++) {
        buf_format(&list, "%s%s", i == 0 ? "" : ", ", names->items[i]);
    }
    if (names->count > RUNS_NAMED) {
        buf_format(&list, " and %zu older", names->count - RUNS_NAMED);
    }
    return error_hint(error, "runs there are, newest first: %s", buf_text(&list));
}

/* The whole name, or a beginning that fits one run only. */
static struct error *choose_run(const struct names *names, const char *run, const char **ret)
{
    struct names found = {0};
    for (size_t i = 0; i < names->count; i++) {
        if (text_equal(names->items[i], run)) {
            *ret = names->items[i];
            vec_release(&found);
            return NULL;
        }
        if (str_starts_with(str_from(names->items[i]), str_from(run))) {
            vec_push(&found, names->items[i]);
        }
    }
    struct error *error = NULL;
    if (found.count == 1) {
        *ret = found.items[0];
    } else if (found.count > 1) {
        error = hint_runs(
            error_new(ERR_INPUT, "'%s' begins the names of %zu runs", run, found.count), &found);
    } else {
        error = hint_runs(error_new(ERR_INPUT, "there is no run '%s'", run), names);
    }
    vec_release(&found);
    return error;
}

struct error *journal_find(const char *state_folder, const char *run, struct buf *ret_path)
{
    if (run != NULL) {
        TRY(journal_path_check(run));
    }
    AUTO(text) char *runs = journal_path_join(state_folder, JOURNAL_RUNS_FOLDER);
    AUTO(names) struct names names = {0};
    list_runs(runs, &names);
    if (names.count == 0) {
        return error_hint(
            error_new(ERR_INPUT, "there are no runs in '%s'", state_folder),
            "the state folder is .restorectl beside the plan; name another one with --state");
    }
    const char *chosen = names.items[0];
    if (run != NULL) {
        TRY(choose_run(&names, run, &chosen));
    }
    buf_format(ret_path, "%s/%s/%s", runs, chosen, JOURNAL_FILE_NAME);
    return NULL;
}
