// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/fs.h"
#include "base/hash.h"
#include "base/memory.h"

enum { BUCKETS = 1024, CHUNK_BYTES_FIRST = 1024, CHUNK_BYTES_MAX = 1 << 16 };

struct chunk {
    struct chunk *next;
    uint32_t used;
    uint32_t capacity;
    char bytes[];
};

/* A file; it stays in the arena after its removal, for those who have it open. */
struct entry {
    struct entry *next; /* in the bucket of its path */
    const char *path;
    struct chunk *first;
    struct chunk *last;
    uint64_t bytes;
    uint64_t bytes_safe;     /* survive a crash */
    uint64_t bytes_mirrored; /* are in the mirror */
    bool name_safe;
    bool in_mirror;
    bool removed;
};

struct memory_fs {
    struct snap_fs fs; /* must stay first */
    struct snap_fs *mirror;
    struct snap_arena arena;
    struct entry *buckets[BUCKETS];
    struct entry **entries; /* in the order of creation */
    uint32_t count;
    uint32_t capacity;
    uint64_t writes_left;
    bool shows_hidden;
};

struct memory_file {
    struct snap_file file; /* must stay first */
    struct entry *entry;
};

static struct memory_fs *memory_of(struct snap_fs *fs)
{
    return (struct memory_fs *)fs;
}

static struct entry *entry_of(struct snap_file *file)
{
    return ((struct memory_file *)file)->entry;
}

static struct entry **bucket_of(struct memory_fs *memory, const char *path)
{
    return &memory->buckets[snap_hash_bytes(path, strlen(path)) % BUCKETS];
}

static struct entry *find(struct memory_fs *memory, const char *path)
{
    struct entry *entry = *bucket_of(memory, path);

    while (entry && strcmp(entry->path, path) != 0)
        entry = entry->next;
    return entry;
}

static void link_entry(struct memory_fs *memory, struct entry *entry, const char *path)
{
    struct entry **bucket = bucket_of(memory, path);

    entry->path = snap_arena_strdup(&memory->arena, path);
    entry->next = *bucket;
    *bucket = entry;
}

static void unlink_entry(struct memory_fs *memory, struct entry *entry)
{
    struct entry **at = bucket_of(memory, entry->path);

    while (*at != entry)
        at = &(*at)->next;
    *at = entry->next;
}

static bool missing(const char *what, const char *path, struct snap_error *error)
{
    return snap_error_set(error, SNAP_ERROR_IO, "cannot %s %s: no such file in memory", what, path);
}

static struct entry *create(struct memory_fs *memory, const char *path)
{
    struct entry *entry = SNAP_ARENA_NEW(&memory->arena, struct entry);

    link_entry(memory, entry, path);
    memory->entries = snap_arena_grow(&memory->arena, memory->entries, memory->count,
                                      &memory->capacity, sizeof(struct entry *));
    memory->entries[memory->count++] = entry;
    return entry;
}

static struct snap_file *memory_open(struct snap_fs *fs, const char *path, enum snap_fs_mode mode,
                                     struct snap_error *error)
{
    struct entry *entry = find(memory_of(fs), path);
    struct memory_file *file;

    (void)error;
    if (!entry)
        entry = create(memory_of(fs), path);
    if (mode == SNAP_FS_WRITE) {
        entry->first = entry->last = NULL;
        entry->bytes = entry->bytes_safe = entry->bytes_mirrored = 0;
        entry->in_mirror = false;
    }
    file = snap_memory_take_zeroed(sizeof(*file));
    file->file.fs = fs;
    file->entry = entry;
    return &file->file;
}

static struct chunk *add_chunk(struct memory_fs *memory, struct entry *entry)
{
    uint32_t capacity = entry->last ? entry->last->capacity * 2 : CHUNK_BYTES_FIRST;
    struct chunk *chunk;

    if (capacity > CHUNK_BYTES_MAX)
        capacity = CHUNK_BYTES_MAX;
    chunk = snap_arena_alloc(&memory->arena, sizeof(*chunk) + capacity);
    chunk->capacity = capacity;
    if (entry->last)
        entry->last->next = chunk;
    else
        entry->first = chunk;
    entry->last = chunk;
    return chunk;
}

static bool memory_write(struct snap_file *file, const void *data, size_t bytes,
                         struct snap_error *error)
{
    struct memory_fs *memory = memory_of(file->fs);
    struct entry *entry = entry_of(file);
    const char *at = data;

    if (memory->writes_left == 0)
        return snap_error_set(error, SNAP_ERROR_IO, "cannot write %s: no space left", entry->path);
    memory->writes_left--;
    while (bytes > 0) {
        struct chunk *chunk = entry->last;
        size_t part;

        if (!chunk || chunk->used == chunk->capacity)
            chunk = add_chunk(memory, entry);
        part = chunk->capacity - chunk->used < bytes ? chunk->capacity - chunk->used : bytes;
        memcpy(chunk->bytes + chunk->used, at, part);
        chunk->used += (uint32_t)part;
        entry->bytes += part;
        at += part;
        bytes -= part;
    }
    return true;
}

/* Writes the bytes from `from` on to an open file of another file system. */
static bool copy_from(const struct entry *entry, uint64_t from, struct snap_file *to,
                      struct snap_error *error)
{
    uint64_t start = 0;

    for (const struct chunk *chunk = entry->first; chunk; chunk = chunk->next) {
        uint64_t skip = from > start ? from - start : 0;

        if (skip < chunk->used &&
            !to->fs->write(to, chunk->bytes + skip, chunk->used - skip, error))
            return false;
        start += chunk->used;
    }
    return true;
}

/* Brings the file of the mirror up to date under the given name and makes it safe. */
static bool write_mirror(struct memory_fs *memory, struct entry *entry, const char *path,
                         struct snap_error *error)
{
    struct snap_fs *mirror = memory->mirror;
    enum snap_fs_mode mode = entry->in_mirror ? SNAP_FS_APPEND : SNAP_FS_WRITE;
    struct snap_file *file = mirror->open(mirror, path, mode, error);
    bool done;

    if (!file)
        return false;
    done = copy_from(entry, entry->bytes_mirrored, file, error) && mirror->sync(file, error);
    done = mirror->close(file, error) && done;
    if (done) {
        entry->bytes_mirrored = entry->bytes;
        entry->in_mirror = true;
    }
    return done;
}

static bool show_as_it_is(struct memory_fs *memory, struct entry *entry, struct snap_error *error)
{
    if (!memory->mirror || entry->removed ||
        (entry->in_mirror && entry->bytes_mirrored == entry->bytes))
        return true;
    return write_mirror(memory, entry, entry->path, error);
}

static bool show(struct memory_fs *memory, struct entry *entry, struct snap_error *error)
{
    return snap_fs_is_hidden(entry->path) || show_as_it_is(memory, entry, error);
}

static bool memory_sync(struct snap_file *file, struct snap_error *error)
{
    struct entry *entry = entry_of(file);

    entry->bytes_safe = entry->bytes;
    entry->name_safe = true;
    if (memory_of(file->fs)->shows_hidden && snap_fs_is_hidden(entry->path))
        return show_as_it_is(memory_of(file->fs), entry, error);
    return show(memory_of(file->fs), entry, error);
}

static bool memory_close(struct snap_file *file, struct snap_error *error)
{
    bool shown = show(memory_of(file->fs), entry_of(file), error);

    snap_memory_give_back(file);
    return shown;
}

/* In the mirror, too, the visible name appears at once with all of the contents. */
static bool rename_in_mirror(struct memory_fs *memory, struct entry *entry, const char *to,
                             struct snap_error *error)
{
    if (!memory->mirror || (snap_fs_is_hidden(to) && !entry->in_mirror))
        return true;
    return show_as_it_is(memory, entry, error) &&
           memory->mirror->rename(memory->mirror, entry->path, to, error);
}

static void forget(struct memory_fs *memory, struct entry *entry)
{
    unlink_entry(memory, entry);
    entry->removed = true;
}

static bool memory_rename(struct snap_fs *fs, const char *from, const char *to,
                          struct snap_error *error)
{
    struct memory_fs *memory = memory_of(fs);
    struct entry *entry = find(memory, from);
    struct entry *replaced = find(memory, to);

    if (!entry)
        return missing("rename", from, error);
    if (!rename_in_mirror(memory, entry, to, error))
        return false;
    if (replaced && replaced != entry)
        forget(memory, replaced);
    unlink_entry(memory, entry);
    link_entry(memory, entry, to);
    entry->bytes_safe = entry->bytes;
    entry->name_safe = true;
    return true;
}

static bool memory_remove(struct snap_fs *fs, const char *path, struct snap_error *error)
{
    struct memory_fs *memory = memory_of(fs);
    struct entry *entry = find(memory, path);

    if (!entry)
        return missing("remove", path, error);
    if (entry->in_mirror && !memory->mirror->remove(memory->mirror, path, error))
        return false;
    forget(memory, entry);
    return true;
}

static bool memory_remove_dir(struct snap_fs *fs, const char *path, struct snap_error *error)
{
    struct snap_fs *mirror = memory_of(fs)->mirror;

    return !mirror || mirror->remove_dir(mirror, path, error);
}

/* Directories are part of the paths here; the mirror's must be there before the first file. */
static bool memory_make_dirs(struct snap_fs *fs, const char *path, struct snap_error *error)
{
    struct snap_fs *mirror = memory_of(fs)->mirror;

    return !mirror || mirror->make_dirs(mirror, path, error);
}

static bool memory_list(struct snap_fs *fs, const char *path, struct snap_fs_names *names,
                        struct snap_error *error)
{
    struct memory_fs *memory = memory_of(fs);
    size_t length = strlen(path);

    (void)error;
    for (uint32_t i = 0; i < memory->count; i++) {
        const struct entry *entry = memory->entries[i];

        if (entry->removed || strncmp(entry->path, path, length) != 0 ||
            entry->path[length] != '/' || strchr(entry->path + length + 1, '/'))
            continue;
        snap_fs_names_add(names, entry->path + length + 1);
    }
    snap_fs_names_sort(names);
    return true;
}

static bool memory_read(struct snap_fs *fs, const char *path, struct snap_text *to,
                        struct snap_error *error)
{
    const struct entry *entry = find(memory_of(fs), path);

    if (!entry)
        return missing("read", path, error);
    for (const struct chunk *chunk = entry->first; chunk; chunk = chunk->next)
        snap_text_add(to, chunk->bytes, chunk->used);
    return true;
}

static bool memory_exists(struct snap_fs *fs, const char *path)
{
    return find(memory_of(fs), path) != NULL;
}

static bool memory_reach(struct snap_fs *fs, const char *path, struct snap_error *error)
{
    (void)fs;
    (void)path;
    (void)error;
    return true;
}

static const char *memory_directory(const struct snap_fs *fs)
{
    const struct snap_fs *mirror = ((const struct memory_fs *)fs)->mirror;

    return mirror ? mirror->directory(mirror) : NULL;
}

static void memory_destroy(struct snap_fs *fs)
{
    snap_arena_fini(&memory_of(fs)->arena);
    snap_memory_give_back(fs);
}

struct snap_fs *snap_fs_memory_create(struct snap_fs *mirror)
{
    struct memory_fs *memory = snap_memory_take_zeroed(sizeof(*memory));

    memory->mirror = mirror;
    memory->writes_left = UINT64_MAX;
    snap_arena_init(&memory->arena);
    memory->fs = (struct snap_fs){
        .open = memory_open,
        .write = memory_write,
        .sync = memory_sync,
        .close = memory_close,
        .rename = memory_rename,
        .remove = memory_remove,
        .remove_dir = memory_remove_dir,
        .make_dirs = memory_make_dirs,
        .list = memory_list,
        .read = memory_read,
        .exists = memory_exists,
        .reach = memory_reach,
        .is_file = memory_exists,
        .directory = memory_directory,
        .destroy = memory_destroy,
    };
    return &memory->fs;
}

void snap_fs_memory_show_hidden(struct snap_fs *fs)
{
    if (fs->open == memory_open)
        memory_of(fs)->shows_hidden = true;
}

struct snap_fs *snap_fs_mirror(struct snap_fs *fs)
{
    bool is_memory = fs->open == memory_open;

    return is_memory && memory_of(fs)->mirror ? memory_of(fs)->mirror : fs;
}

static void cut(struct entry *entry, uint64_t bytes)
{
    uint64_t left = bytes;

    for (struct chunk *chunk = entry->first; chunk; chunk = chunk->next) {
        chunk->used = left < chunk->used ? (uint32_t)left : chunk->used;
        left -= chunk->used;
    }
    entry->bytes = entry->bytes_safe = bytes;
}

void snap_fs_memory_crash(struct snap_fs *fs, struct snap_rng *rng)
{
    struct memory_fs *memory = memory_of(fs);

    for (uint32_t i = 0; i < memory->count; i++) {
        struct entry *entry = memory->entries[i];

        if (entry->removed)
            continue;
        if (entry->name_safe)
            cut(entry,
                entry->bytes_safe + snap_rng_below(rng, entry->bytes - entry->bytes_safe + 1));
        else
            forget(memory, entry);
    }
}

bool snap_fs_memory_flush(struct snap_fs *fs, struct snap_error *error)
{
    struct memory_fs *memory = memory_of(fs);
    bool done = true;

    for (uint32_t i = 0; i < memory->count; i++)
        done = show(memory, memory->entries[i], error) && done;
    return done;
}

void snap_fs_memory_fill(struct snap_fs *fs, uint64_t count)
{
    memory_of(fs)->writes_left = count;
}
