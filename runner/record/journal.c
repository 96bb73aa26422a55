/* SPDX-License-Identifier: MIT */
#include "record/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/falloc.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limit.h"
#include "base/log.h"
#include "base/mem.h"
#include "record/journal_line.h"
#include "record/journal_lock.h"
#include "record/journal_path.h"

#define RESERVE_BYTES (1024 * 1024)
#define RESERVE_STEP_BYTES 1024

/* glibc shows it under _GNU_SOURCE only, and posix_fallocate would change the file's size. */
int fallocate(int fd, int mode, off_t offset, off_t len);

struct journal {
    int fd;
    char *folder;
    char *path;
    struct journal_chain chain;
    int64_t count;
    bool is_dirty;
    char *failure; /* the first; nothing is appended after it */
    struct buf line;
};

static void fd_cleanup(const int *fd)
{
    if (*fd >= 0) {
        close(*fd);
    }
}

static struct error *io_error(const char *doing, const char *path)
{
    return error_new(ERR_IO, "cannot %s '%s': %s", doing, path, strerror(errno));
}

/* --- writing --- */

/* fsync on NFS and locks on it are too weak for what the journal promises. */
static struct error *check_file_system(int fd, const char *path)
{
    struct statfs info;
    if (fstatfs(fd, &info) != 0) {
        return io_error("look at", path);
    }
    if (info.f_type == NFS_SUPER_MAGIC) {
        return error_hint(
            error_new(ERR_IO, "the journal '%s' would be on NFS, where it is not safe", path),
            "choose a folder on a local disk with --state");
    }
    if (info.f_type == TMPFS_MAGIC) {
        log_write(LOG_WARN, "the journal '%s' is in memory (tmpfs): it will not survive a restart",
                  path);
    }
    return NULL;
}

/* So that a full disk still takes the records of what was already started.  KEEP_SIZE: no tail of
 * zeros. */
static struct error *reserve(const struct journal *journal, size_t step_count)
{
    off_t bytes = RESERVE_BYTES + (off_t)step_count * RESERVE_STEP_BYTES;
    while (fallocate(journal->fd, FALLOC_FL_KEEP_SIZE, 0, bytes) != 0) {
        if (errno == EOPNOTSUPP || errno == ENOSYS) {
            return NULL;
        }
        if (errno != EINTR) {
            return io_error("reserve space for", journal->path);
        }
    }
    return NULL;
}

static struct error *sync_folder(const char *path)
{
    AUTO(fd) int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || (fsync(fd) != 0 && errno != EINVAL)) { /* EINVAL: not on this file system */
        return io_error("sync the folder", path);
    }
    return NULL;
}

/* The run's folder and the two above it, any of which may be new. */
static struct error *sync_folders(const struct journal *journal, const char *runs,
                                  const char *state)
{
    TRY(sync_folder(journal->folder));
    TRY(sync_folder(runs));
    TRY(sync_folder(state));
    struct str above = file_folder_of(state);
    AUTO(text) char *parent = mem_text_len(above.at, above.len);
    return sync_folder(parent);
}

static struct error *open_new(struct journal *journal)
{
    int flags = O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC | O_NOFOLLOW;
    journal->fd = open(journal->path, flags, 0600);
    if (journal->fd >= 0) {
        return journal_lock_take(journal->fd, journal->path);
    }
    struct error *error = io_error("make the journal", journal->path);
    AUTO(fd) int there = open(journal->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (there >= 0 && journal_lock_is_held(there)) {
        error_free(error);
        return journal_lock_error(there, journal->path);
    }
    return error;
}

static struct error *make(struct journal *journal, const char *state_folder, size_t step_count)
{
    AUTO(text) char *runs = journal_path_join(state_folder, JOURNAL_RUNS_FOLDER);
    TRY(file_make_folder(runs, 0700));
    TRY(file_make_folder(journal->folder, 0700));
    TRY(open_new(journal));
    TRY(check_file_system(journal->fd, journal->path));
    TRY(reserve(journal, step_count));
    if (fsync(journal->fd) != 0) {
        return io_error("sync", journal->path);
    }
    return sync_folders(journal, runs, state_folder);
}

struct error *journal_create(const char *state_folder, const char *run, size_t step_count,
                             struct journal **ret)
{
    TRY(journal_path_check(run));
    AUTO(journal) struct journal *journal = MEM_NEW(struct journal);
    AUTO(text) char *runs = journal_path_join(state_folder, JOURNAL_RUNS_FOLDER);
    journal->fd = -1;
    journal->folder = journal_path_join(runs, run);
    journal->path = journal_path_join(journal->folder, JOURNAL_FILE_NAME);
    journal->chain = journal_chain_start();
    buf_init(&journal->line, LIMIT_RECORD_BYTES);
    TRY(make(journal, state_folder, step_count));
    *ret = STEAL(journal);
    return NULL;
}

void journal_close(struct journal *journal)
{
    if (journal == NULL) {
        return;
    }
    fd_cleanup(&journal->fd);
    mem_free(journal->folder);
    mem_free(journal->path);
    mem_free(journal->failure);
    buf_release(&journal->line);
    mem_free(journal);
}

void journal_cleanup(struct journal **journal)
{
    journal_close(*journal);
}

const char *journal_folder(const struct journal *journal)
{
    return journal->folder;
}

/* After a failure nobody knows what is on the disk, and a second try may claim success falsely: it
 * stays failed. */
static struct error *fail(struct journal *journal, struct error *error)
{
    journal->failure = mem_text(error->text);
    return error;
}

static struct error *check_failure(const struct journal *journal)
{
    if (journal->failure == NULL) {
        return NULL;
    }
    return error_new(ERR_IO, "the journal takes no more records since: %s", journal->failure);
}

static struct error *write_line(struct journal *journal)
{
    struct str left = buf_str(&journal->line);
    while (left.len > 0) {
        ssize_t count = write(journal->fd, left.at, left.len);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return io_error("write", journal->path);
        }
        left = str_slice(left, (size_t)count, left.len);
    }
    return NULL;
}

struct error *journal_append(struct journal *journal, const struct record *record)
{
    TRY(check_failure(journal));
    if (record->seq != journal->count + 1) {
        BUG("record %" PRId64 " after %" PRId64, record->seq, journal->count);
    }
    buf_clear(&journal->line);
    record_format(record, &journal->line);
    if (journal->line.full || !journal_line_seal(&journal->line, &journal->chain)) {
        return fail(journal,
                    error_new(ERR_IO, "a record of more than %u bytes", LIMIT_RECORD_BYTES));
    }
    struct error *error = write_line(journal);
    if (error != NULL) {
        return fail(journal, error);
    }
    journal->count++;
    journal->is_dirty = true;
    return NULL;
}

struct error *journal_sync(struct journal *journal)
{
    TRY(check_failure(journal));
    if (!journal->is_dirty) {
        return NULL;
    }
    if (fdatasync(journal->fd) != 0) {
        return fail(journal, io_error("sync", journal->path));
    }
    journal->is_dirty = false;
    return NULL;
}

/* --- reading --- */

static struct error *too_large(const char *path)
{
    return error_new(ERR_INPUT, "cannot read '%s': larger than %u bytes", path,
                     LIMIT_JOURNAL_BYTES);
}

/* Root may read anybody's; else a journal that another user put there is not ours to trust. */
static struct error *check_file(int fd, const char *path)
{
    struct stat info;
    if (fstat(fd, &info) != 0) {
        return error_new(ERR_INPUT, "cannot read '%s': %s", path, strerror(errno));
    }
    if (!S_ISREG(info.st_mode)) {
        return error_new(ERR_INPUT, "cannot read '%s': it is not a regular file", path);
    }
    if (info.st_uid != geteuid() && geteuid() != 0) {
        return error_new(ERR_INPUT, "cannot read '%s': it belongs to another user", path);
    }
    if ((uintmax_t)info.st_size > LIMIT_JOURNAL_BYTES) {
        return too_large(path);
    }
    return NULL;
}

static struct error *read_lines(int fd, struct journal_lines *lines)
{
    AUTO(text) char *block = mem_new(256 * 1024);
    size_t total = 0;
    for (;;) {
        ssize_t count = read(fd, block, 256 * 1024);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return error_new(ERR_INPUT, "cannot read '%s': %s", lines->source, strerror(errno));
        }
        total += (size_t)count;
        if (count == 0) {
            return NULL;
        }
        if (total > LIMIT_JOURNAL_BYTES) { /* it grew since check_file */
            return too_large(lines->source);
        }
        TRY(journal_lines_feed(lines, (struct str){block, (size_t)count}));
    }
}

struct error *journal_read(const char *path, record_reader_fn *reader, void *context,
                           struct journal_state *ret)
{
    AUTO(fd) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) {
        bool is_link = errno == ELOOP;
        return error_new(ERR_INPUT, "cannot read '%s': %s", path,
                         is_link ? "it is a symbolic link" : strerror(errno));
    }
    TRY(check_file(fd, path));
    /* Asked before reading: a writer that ends meanwhile leaves more records than were read, never
     * fewer. */
    bool is_held = journal_lock_is_held(fd);
    AUTO(journal_lines) struct journal_lines lines;
    journal_lines_init(&lines, path, reader, context);
    TRY(read_lines(fd, &lines));
    *ret = (struct journal_state){
        .count = lines.count, .torn_bytes = lines.torn_bytes, .is_held = is_held};
    return NULL;
}
