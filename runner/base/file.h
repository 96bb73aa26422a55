/* SPDX-License-Identifier: MIT */
/* file: whole files and folders; descriptors are always close-on-exec.
 *
 * Not here: the journal's own writing (record/journal). */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"

/* Reads a regular file (or stdin for "-") of at most max bytes and appends it to ret.
 * Directories, devices and larger files are refused: ERR_INPUT, naming the path and why. */
struct error *file_read(const char *path, size_t max, struct buf *ret) MUST_USE;

/* Writes all or nothing: beside it, synced, renamed over it, folder synced.  mode as for open(2).
 * ERR_IO. */
struct error *file_write(const char *path, unsigned mode, struct str bytes) MUST_USE;

/* Makes the folder and the ones above it; mode for those it makes.  ERR_IO. */
struct error *file_make_folder(const char *path, unsigned mode) MUST_USE;

bool file_exists(const char *path);

/* "a/b/c.yaml" gives "a/b", "c.yaml" gives ".". */
struct str file_folder_of(const char *path);
/* "a/b/c.yaml" gives "c.yaml". */
const char *file_name_of(const char *path);

#endif
