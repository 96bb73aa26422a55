/* SPDX-License-Identifier: MIT */
#include "record/journal_lock.h"

#include <errno.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/file.h"
#include "base/limit.h"
#include "base/mem.h"
#include "base/number.h"

/* A reader that looks (journal_lock_is_held) has the lock for an instant; a writer is not put off
 * by that. */
#define TAKE_TRIES 1000

bool journal_lock_is_held(int fd)
{
    if (flock(fd, LOCK_SH | LOCK_NB) != 0) {
        return errno == EWOULDBLOCK;
    }
    flock(fd, LOCK_UN);
    return false;
}

struct error *journal_lock_take(int fd, const char *path)
{
    for (int i = 0; i < TAKE_TRIES; i++) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
            return NULL;
        }
        if (errno != EWOULDBLOCK && errno != EINTR) {
            return error_new(ERR_IO, "cannot lock '%s': %s", path, strerror(errno));
        }
    }
    return journal_lock_error(fd, path);
}

/* The process number in a line of /proc/locks as "1: FLOCK  ADVISORY  WRITE 708 08:01:1048588 0
 * EOF". */
static int64_t holder_in_line(struct str line, const char *inode)
{
    struct str part;
    struct str before = str_from(NULL);
    int64_t process = 0;
    while (str_next(&line, ' ', &part)) {
        if (str_equal(part, str_from(inode))) {
            number_parse(before, 1, INT64_MAX, &process);
            return process;
        }
        before = part;
    }
    return 0;
}

/* 0: not known. */
static int64_t holder_of(int fd)
{
    struct stat info;
    AUTO(buf) struct buf inode = BUF_INIT(64);
    AUTO(buf) struct buf locks = BUF_INIT(LIMIT_TEXT_BYTES);
    struct error *error = file_read("/proc/locks", LIMIT_TEXT_BYTES, &locks);
    if (error != NULL || fstat(fd, &info) != 0) {
        error_free(error);
        return 0;
    }
    buf_format(&inode, "%02x:%02x:%ju", major(info.st_dev), minor(info.st_dev),
               (uintmax_t)info.st_ino);
    struct str rest = buf_str(&locks);
    struct str line;
    while (str_next(&rest, '\n', &line)) {
        int64_t process = holder_in_line(line, buf_text(&inode));
        if (process != 0) {
            return process;
        }
    }
    return 0;
}

struct error *journal_lock_error(int fd, const char *path)
{
    AUTO(buf) struct buf file = BUF_INIT(64);
    AUTO(buf) struct buf name = BUF_INIT(256);
    AUTO(buf) struct buf holder = BUF_INIT(1024);
    int64_t process = holder_of(fd);
    if (process == 0) {
        buf_append_text(&holder, "another process");
    } else {
        buf_format(&file, "/proc/%lld/comm", (long long)process);
        error_free(file_read(buf_text(&file), 64, &name));
        buf_format(&holder, "process %lld", (long long)process);
    }
    if (name.len > 0) {
        buf_append_text(&holder, " (");
        buf_append_printable(&holder, str_trim(buf_str(&name)));
        buf_append_char(&holder, ')');
    }
    return error_hint(
        error_new(ERR_LOCKED, "the journal '%s' is held by %s", path, buf_text(&holder)),
        "wait for that run to end, or stop it with Ctrl-C there");
}
