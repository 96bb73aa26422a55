/* SPDX-License-Identifier: MIT */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limit.h"
#include "base/mem.h"
#include "base/random.h"

static void fd_cleanup(const int *fd)
{
    if (*fd >= 0) {
        close(*fd);
    }
}

static struct error *too_large(const char *path, size_t max)
{
    return error_new(ERR_INPUT, "cannot read '%s': larger than %zu bytes", path, max);
}

/* Reads to the end; one byte beyond max is enough to know. */
static struct error *read_all(int fd, const char *path, size_t max, struct buf *ret)
{
    char block[64 * 1024];
    size_t total = 0;
    for (;;) {
        ssize_t count = read(fd, block, sizeof(block));
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return error_new(ERR_INPUT, "cannot read '%s': %s", path, error_errno_text(errno));
        }
        if (count == 0) {
            return NULL;
        }
        total += (size_t)count;
        if (total > max || !buf_append(ret, block, (size_t)count)) {
            return too_large(path, max);
        }
    }
}

static const char *what_it_is(mode_t mode)
{
    if (S_ISDIR(mode)) {
        return "it is a folder";
    }
    return S_ISFIFO(mode) ? "it is a pipe" : "it is not a regular file";
}

struct error *file_read(const char *path, size_t max, struct buf *ret)
{
    struct stat info;
    size_t before = ret->len;
    if (text_equal(path, "-")) {
        return read_all(STDIN_FILENO, "standard input", max, ret);
    }
    /* O_NONBLOCK: opening a pipe that nobody writes to must not wait. */
    AUTO(fd) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 || fstat(fd, &info) != 0) {
        return error_new(ERR_INPUT, "cannot read '%s': %s", path, error_errno_text(errno));
    }
    if (!S_ISREG(info.st_mode)) {
        return error_new(ERR_INPUT, "cannot read '%s': %s", path, what_it_is(info.st_mode));
    }
    if (info.st_size > 0 && (uintmax_t)info.st_size > max) {
        return too_large(path, max);
    }
    struct error *error = read_all(fd, path, max, ret);
    if (error != NULL) {
        buf_cut(ret, before);
    }
    return error;
}

static struct error *write_failed(const char *path)
{
    return error_new(ERR_IO, "cannot write '%s': %s", path, error_errno_text(errno));
}

static bool write_all(int fd, struct str bytes)
{
    while (bytes.len > 0) {
        ssize_t count = write(fd, bytes.at, bytes.len);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return false;
        }
        bytes = str_slice(bytes, (size_t)count, bytes.len);
    }
    return true;
}

static bool sync_folder_of(const char *path)
{
    struct str folder = file_folder_of(path);
    AUTO(text) char *name = mem_text_len(folder.at, folder.len);
    AUTO(fd) int fd = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    /* EINVAL: some file systems cannot sync a folder. */
    return fd >= 0 && (fsync(fd) == 0 || errno == EINVAL);
}

/* The new file under its temporary name. */
static bool write_new(const char *path, unsigned mode, struct str bytes)
{
    AUTO(fd) int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    return fd >= 0 && write_all(fd, bytes) && fsync(fd) == 0;
}

struct error *file_write(const char *path, unsigned mode, struct str bytes)
{
    AUTO(buf) struct buf temporary = BUF_INIT(LIMIT_TEXT_BYTES);
    buf_format(&temporary, "%s.%016llx.tmp", path, (unsigned long long)random_system_seed());
    const char *name = buf_text(&temporary);
    if (!write_new(name, mode, bytes) || rename(name, path) != 0) {
        struct error *error = write_failed(path);
        unlink(name);
        return error;
    }
    return sync_folder_of(path) ? NULL : write_failed(path);
}

static bool is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static struct error *make_one(const char *path, unsigned mode)
{
    if (is_folder(path) || mkdir(path, mode) == 0) {
        return NULL;
    }
    struct error *error =
        error_new(ERR_IO, "cannot make the folder '%s': %s", path, error_errno_text(errno));
    if (is_folder(path)) { /* made by another process meanwhile */
        error_cleanup(&error);
    }
    return error;
}

struct error *file_make_folder(const char *path, unsigned mode)
{
    AUTO(text) char *part = mem_text(path);
    for (char *slash = strchr(part + (part[0] == '/' ? 1 : 0), '/'); slash != NULL;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        TRY(make_one(part, mode));
        *slash = '/';
    }
    return make_one(part, mode);
}

bool file_exists(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0;
}

struct str file_folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL) {
        return STR(".");
    }
    return slash == path ? STR("/") : (struct str){path, (size_t)(slash - path)};
}

const char *file_name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}
