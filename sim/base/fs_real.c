// SPDX-License-Identifier: Apache-2.0
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/heap.h"

enum { READ_BYTES = 1 << 16 };

struct real_fs {
    struct snap_fs fs; /* must stay first */
    char *root;        /* NULL: paths as they stand */
};

struct real_file {
    struct snap_file file; /* must stay first */
    int descriptor;
    char *path; /* as the user knows it, for messages */
};

static bool failed(struct snap_error *error, const char *what, const char *path)
{
    return snap_error_set(error, SNAP_ERROR_IO, "cannot %s %s: %s", what, path, strerror(errno));
}

/* The path below the root; heap, owned by the caller. */
static char *full_path(const struct snap_fs *fs, const char *path)
{
    const char *root = ((const struct real_fs *)fs)->root;
    struct snap_text full = {0};

    if (root)
        snap_text_printf(&full, "%s/%s", root, path[0] == '/' ? path + 1 : path);
    else
        snap_text_add_string(&full, path);
    return full.data;
}

static struct snap_file *real_open(struct snap_fs *fs, const char *path, enum snap_fs_mode mode,
                                   struct snap_error *error)
{
    int flags = O_WRONLY | O_CREAT | O_CLOEXEC | (mode == SNAP_FS_WRITE ? O_TRUNC : O_APPEND);
    char *full = full_path(fs, path);
    int descriptor = open(full, flags, 0666);
    struct real_file *file;

    if (descriptor < 0) {
        failed(error, "open", full);
        free(full);
        return NULL;
    }
    file = snap_heap_zeroed(1, sizeof(*file));
    file->file.fs = fs;
    file->descriptor = descriptor;
    file->path = full;
    return &file->file;
}

static bool real_write(struct snap_file *file, const void *data, size_t bytes,
                       struct snap_error *error)
{
    struct real_file *real = (struct real_file *)file;
    const char *at = data;

    while (bytes > 0) {
        ssize_t written = write(real->descriptor, at, bytes);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return failed(error, "write", real->path);
        at += written;
        bytes -= (size_t)written;
    }
    return true;
}

static bool real_sync(struct snap_file *file, struct snap_error *error)
{
    struct real_file *real = (struct real_file *)file;

    if (fsync(real->descriptor) != 0)
        return failed(error, "sync", real->path);
    return true;
}

static bool real_close(struct snap_file *file, struct snap_error *error)
{
    struct real_file *real = (struct real_file *)file;
    bool closed = close(real->descriptor) == 0 || failed(error, "close", real->path);

    free(real->path);
    free(real);
    return closed;
}

/* Makes what lies at the path safe: a file's bytes, or a directory's names. */
static bool sync_path(const char *path, int flags, struct snap_error *error)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | flags);
    bool synced;

    if (descriptor < 0)
        return failed(error, "open", path);
    synced = fsync(descriptor) == 0 || failed(error, "sync", path);
    close(descriptor);
    return synced;
}

static bool sync_parent(char *path, struct snap_error *error)
{
    char *slash = strrchr(path, '/');
    bool synced;

    if (!slash || slash == path)
        return sync_path(slash ? "/" : ".", O_DIRECTORY, error);
    *slash = '\0';
    synced = sync_path(path, O_DIRECTORY, error);
    *slash = '/';
    return synced;
}

static bool real_rename(struct snap_fs *fs, const char *from, const char *to,
                        struct snap_error *error)
{
    char *full_from = full_path(fs, from);
    char *full_to = full_path(fs, to);
    bool done = sync_path(full_from, 0, error) &&
                (rename(full_from, full_to) == 0 || failed(error, "rename to", full_to)) &&
                sync_parent(full_to, error);

    free(full_from);
    free(full_to);
    return done;
}

static bool real_remove(struct snap_fs *fs, const char *path, struct snap_error *error)
{
    char *full = full_path(fs, path);
    bool removed = unlink(full) == 0 || failed(error, "remove", full);

    free(full);
    return removed;
}

static bool real_remove_dir(struct snap_fs *fs, const char *path, struct snap_error *error)
{
    char *full = full_path(fs, path);
    bool removed = rmdir(full) == 0 || errno == ENOENT || failed(error, "remove", full);

    free(full);
    return removed;
}

static bool make_dir(char *path, struct snap_error *error)
{
    struct stat status;

    if (mkdir(path, 0777) == 0)
        return sync_parent(path, error);
    if (errno != EEXIST)
        return failed(error, "make the directory", path);
    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
        return true;
    errno = ENOTDIR;
    return failed(error, "make the directory", path);
}

static bool real_make_dirs(struct snap_fs *fs, const char *path, struct snap_error *error)
{
    char *full = full_path(fs, path);
    bool made = true;

    for (char *at = full + 1; made && *at; at++) {
        if (*at != '/')
            continue;
        *at = '\0';
        made = make_dir(full, error);
        *at = '/';
    }
    made = made && make_dir(full, error);
    free(full);
    return made;
}

static bool real_list(struct snap_fs *fs, const char *path, struct snap_fs_names *names,
                      struct snap_error *error)
{
    char *full = full_path(fs, path);
    DIR *directory = opendir(full);
    bool listed = directory || errno == ENOENT || failed(error, "list", full);
    struct dirent *entry;

    free(full);
    while (directory && (entry = readdir(directory))) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            snap_fs_names_add(names, entry->d_name);
    }
    if (directory)
        closedir(directory);
    snap_fs_names_sort(names);
    return listed;
}

static bool read_all(int descriptor, struct snap_text *to)
{
    char *buffer = snap_heap_take(READ_BYTES);
    ssize_t got = 0;

    do {
        got = read(descriptor, buffer, READ_BYTES);
        if (got > 0)
            snap_text_add(to, buffer, (size_t)got);
    } while (got > 0 || (got < 0 && errno == EINTR));
    free(buffer);
    return got == 0;
}

static bool real_read(struct snap_fs *fs, const char *path, struct snap_text *to,
                      struct snap_error *error)
{
    char *full = full_path(fs, path);
    int descriptor = open(full, O_RDONLY | O_CLOEXEC);
    bool done = (descriptor >= 0 && read_all(descriptor, to)) || failed(error, "read", full);

    if (descriptor >= 0)
        close(descriptor);
    free(full);
    return done;
}

static bool real_exists(struct snap_fs *fs, const char *path)
{
    char *full = full_path(fs, path);
    bool exists = access(full, F_OK) == 0;

    free(full);
    return exists;
}

static bool real_reach(struct snap_fs *fs, const char *path, struct snap_error *error)
{
    char *full = full_path(fs, path);
    struct stat status;
    bool is_told = stat(full, &status) == 0 || errno == ENOENT || errno == ENOTDIR ||
                   failed(error, "look at", full);

    free(full);
    return is_told;
}

static bool real_is_file(struct snap_fs *fs, const char *path)
{
    char *full = full_path(fs, path);
    struct stat status;
    bool is_file = stat(full, &status) == 0 && S_ISREG(status.st_mode);

    free(full);
    return is_file;
}

static const char *real_directory(const struct snap_fs *fs)
{
    const char *root = ((const struct real_fs *)fs)->root;

    return root ? root : ".";
}

static void real_destroy(struct snap_fs *fs)
{
    free(((struct real_fs *)fs)->root);
    free(fs);
}

struct snap_fs *snap_fs_real_create(const char *root)
{
    struct real_fs *real = snap_heap_zeroed(1, sizeof(*real));

    if (root) {
        real->root = snap_heap_take(strlen(root) + 1);
        memcpy(real->root, root, strlen(root) + 1);
    }
    real->fs = (struct snap_fs){
        .open = real_open,
        .write = real_write,
        .sync = real_sync,
        .close = real_close,
        .rename = real_rename,
        .remove = real_remove,
        .remove_dir = real_remove_dir,
        .make_dirs = real_make_dirs,
        .list = real_list,
        .read = real_read,
        .exists = real_exists,
        .reach = real_reach,
        .is_file = real_is_file,
        .directory = real_directory,
        .destroy = real_destroy,
    };
    return &real->fs;
}
