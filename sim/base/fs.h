// SPDX-License-Identifier: Apache-2.0
/*
 * fs.h: a file system as a table of functions: real files, or files in memory that a crash can
 * lose.
 *
 * - Paths are relative to the root given at creation, with "/" between names.
 * - A name that begins with a dot is hidden: a reader of the output does not look at it.
 * - Bytes written to a file are safe from a crash of the machine after `sync` or `rename`; a crash
 *   of a task alone loses nothing that `write` took.
 * - `rename` replaces an existing file and makes contents and name safe before it returns; with it
 *   all names in that directory. `make_dirs` makes the names of the directories it makes safe.
 * - The real file system may be used by many threads at once (a file by one of them); the one in
 *   memory belongs to one thread.
 */
#ifndef SNAP_BASE_FS_H
#define SNAP_BASE_FS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/rng.h"
#include "base/text.h"

struct snap_fs;

/* An open file; fields of its own follow in the two file systems. */
struct snap_file {
    struct snap_fs *fs;
};

enum snap_fs_mode {
    SNAP_FS_WRITE,  /* empties an existing file */
    SNAP_FS_APPEND, /* keeps it and goes on at its end */
};

/* Names in a directory, sorted bytewise. Zeroed but for the arena. */
struct snap_fs_names {
    struct snap_arena *arena; /* borrowed; has the names */
    const char **names;
    uint32_t count;
    uint32_t capacity;
};

/* All functions that can fail set the error (SNAP_ERROR_IO) and return false or NULL. */
struct snap_fs {
    struct snap_file *(*open)(struct snap_fs *fs, const char *path, enum snap_fs_mode mode,
                              struct snap_error *error);
    bool (*write)(struct snap_file *file, const void *data, size_t bytes, struct snap_error *error);
    bool (*sync)(struct snap_file *file, struct snap_error *error);
    /* Frees the file, also when it fails. */
    bool (*close)(struct snap_file *file, struct snap_error *error);
    bool (*rename)(struct snap_fs *fs, const char *from, const char *to, struct snap_error *error);
    bool (*remove)(struct snap_fs *fs, const char *path, struct snap_error *error);
    /* Removes an empty directory; nothing happens if there is none. */
    bool (*remove_dir)(struct snap_fs *fs, const char *path, struct snap_error *error);
    bool (*make_dirs)(struct snap_fs *fs, const char *path, struct snap_error *error);
    /* Adds the names in the directory; a directory that does not exist has none. */
    bool (*list)(struct snap_fs *fs, const char *path, struct snap_fs_names *names,
                 struct snap_error *error);
    /* Appends all bytes of the file to the text. */
    bool (*read)(struct snap_fs *fs, const char *path, struct snap_text *to,
                 struct snap_error *error);
    bool (*exists)(struct snap_fs *fs, const char *path);
    /* Whether it can be told if something is there: else a directory above may not be searched. */
    bool (*reach)(struct snap_fs *fs, const char *path, struct snap_error *error);
    /* Whether a file, and no directory, is there. */
    bool (*is_file)(struct snap_fs *fs, const char *path);
    /* Returns the directory of the machine that the files lie in, or are written out to; NULL if
     * they are in memory only. */
    const char *(*directory)(const struct snap_fs *fs);
    void (*destroy)(struct snap_fs *fs);
};

/* Returns a file system over the directory `root` (copied), which need not exist yet; "" is that of
 * the machine; NULL: paths are as this process has them, relative ones below where it is. */
struct snap_fs *snap_fs_real_create(const char *root);

/*
 * Returns an empty file system in memory. What becomes visible in it is written to `mirror`
 * (borrowed, may be NULL) and made safe there at once: a file when it gets its visible name, what
 * is appended to a visible file at sync and close.
 */
struct snap_fs *snap_fs_memory_create(struct snap_fs *mirror);

/* From now on hidden files are written to the mirror, too, when they are made safe: somebody
 * outside of the process counts on them. Nothing happens to other file systems. */
void snap_fs_memory_show_hidden(struct snap_fs *fs);

/* Returns the full name on the machine of a path, memory of the arena; NULL: it is in memory only.
 * The root must exist. */
const char *snap_fs_full_name(const struct snap_fs *fs, const char *path, struct snap_arena *arena);

/* Returns the mirror of a file system in memory; any other one itself, and one without a mirror. */
struct snap_fs *snap_fs_mirror(struct snap_fs *fs);

/* Loses what was not made safe: files never synced vanish, of others a part of the tail that was
 * not synced, drawn from `rng`, may survive. Open files must not be used any more. */
void snap_fs_memory_crash(struct snap_fs *fs, struct snap_rng *rng);

/* Writes to the mirror what is visible and not there yet. Errors: the mirror's. */
bool snap_fs_memory_flush(struct snap_fs *fs, struct snap_error *error);

/* Lets the next `count` writes succeed and all later ones fail as on a full disk. */
void snap_fs_memory_fill(struct snap_fs *fs, uint64_t count);

/* Frees the file system; NULL is allowed. Files must be closed, or lost in a crash. */
void snap_fs_destroy(struct snap_fs *fs);

/* Returns whether the last name of the path is hidden. */
bool snap_fs_is_hidden(const char *path);

/* Appends a name (copied); call snap_fs_names_sort when all are there. */
void snap_fs_names_add(struct snap_fs_names *names, const char *name);
void snap_fs_names_sort(struct snap_fs_names *names);

#endif
