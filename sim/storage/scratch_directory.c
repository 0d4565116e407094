// SPDX-License-Identifier: Apache-2.0
#include "storage/scratch_directory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOCK_NAME "lock"

enum { OPEN_DIRECTORIES_MAX = 8 };

static const char *parent_of_all(void)
{
    const char *parent = getenv("TMPDIR");

    return parent && *parent ? parent : "/tmp";
}

static bool join(char path[SNAP_SCRATCH_PATH_BYTES], const char *directory, const char *name)
{
    int length = snprintf(path, SNAP_SCRATCH_PATH_BYTES, "%s/%s", directory, name);

    return length > 0 && length < SNAP_SCRATCH_PATH_BYTES;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status;
    (void)type;
    (void)place;
    return remove(path);
}

/* Whatever cannot be removed stays; the system clears its own directory some day. */
static void remove_tree(const char *path)
{
    nftw(path, remove_entry, OPEN_DIRECTORIES_MAX, FTW_DEPTH | FTW_PHYS);
}

/* ---- those that are left ---- */

static bool is_own(const char *path)
{
    struct stat status;

    return lstat(path, &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == geteuid();
}

static void remove_if_left(const char *path)
{
    char lock_path[SNAP_SCRATCH_PATH_BYTES];
    int lock;

    if (!is_own(path) || !join(lock_path, path, LOCK_NAME))
        return;
    lock = open(lock_path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    if (lock < 0)
        return;
    /* The lock of a process goes with it. */
    if (flock(lock, LOCK_EX | LOCK_NB) == 0)
        remove_tree(path);
    close(lock);
}

static void remove_left(const char *prefix)
{
    DIR *parent = opendir(parent_of_all());
    char path[SNAP_SCRATCH_PATH_BYTES];

    for (struct dirent *entry = parent ? readdir(parent) : NULL; entry; entry = readdir(parent))
        if (strncmp(entry->d_name, prefix, strlen(prefix)) == 0 &&
            join(path, parent_of_all(), entry->d_name))
            remove_if_left(path);
    if (parent)
        closedir(parent);
}

/* ---- a new one ---- */

/* Somebody who clears up may have been between the making of the file and its locking: then the
 * directory is gone. */
static bool take_lock(struct snap_scratch_directory *directory)
{
    char path[SNAP_SCRATCH_PATH_BYTES];
    struct stat status;

    if (!join(path, directory->path, LOCK_NAME))
        return false;
    directory->lock = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (directory->lock < 0)
        return false;
    if (flock(directory->lock, LOCK_EX) == 0 && fstat(directory->lock, &status) == 0 &&
        status.st_nlink > 0)
        return true;
    close(directory->lock);
    return false;
}

static bool make(struct snap_scratch_directory *directory, const char *prefix)
{
    int length =
        snprintf(directory->path, sizeof(directory->path), "%s/%sXXXXXX", parent_of_all(), prefix);

    if (length < 0 || length >= (int)sizeof(directory->path))
        errno = ENAMETOOLONG;
    else if (mkdtemp(directory->path))
        return take_lock(directory);
    directory->path[0] = '\0';
    return false;
}

bool snap_scratch_directory_make(struct snap_scratch_directory *directory, const char *prefix,
                                 struct snap_error *error)
{
    remove_left(prefix);
    for (int tries = 0; tries < 3; tries++)
        if (make(directory, prefix))
            return true;
    directory->path[0] = '\0';
    return snap_error_set(error, SNAP_ERROR_IO, "no directory can be made in %s: %s",
                          parent_of_all(), strerror(errno));
}

void snap_scratch_directory_remove(struct snap_scratch_directory *directory)
{
    if (!directory->path[0])
        return;
    remove_tree(directory->path);
    close(directory->lock);
    directory->path[0] = '\0';
}
