// SPDX-License-Identifier: Apache-2.0
/* snapshot_diff_files.c: which files two snapshots share, and which only one of them has. */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "view/snapshot_diff.h"

/* A file's name counts, wherever its snapshot is: "-" for what is in the metadata. */
static bool names_file(const struct snap_snapshot_file *file)
{
    return file->path && (file->place == SNAP_PLACE_EXCLUSIVE || file->place == SNAP_PLACE_SHARED ||
                          file->place == SNAP_PLACE_SEGMENT);
}

static const char *last_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

struct file_print {
    uint64_t name;
    int64_t bytes;
};

static int compare_files(const void *left, const void *right)
{
    uint64_t a = ((const struct file_print *)left)->name;
    uint64_t b = ((const struct file_print *)right)->name;

    return (a > b) - (a < b);
}

/* The files of a snapshot, each once, by rising name. */
static uint32_t list_files(const struct snap_snapshot *snapshot, struct snap_arena *arena,
                           struct file_print **files)
{
    uint32_t count = 0, capacity = 0, kept = 0;

    *files = NULL;
    for (uint32_t o = 0; o < snapshot->operator_count; o++)
        for (uint32_t s = 0; s < snapshot->operators[o].subtask_count; s++) {
            const struct snap_snapshot_subtask *subtask = &snapshot->operators[o].subtasks[s];

            for (uint32_t i = 0; i < subtask->file_count; i++) {
                const struct snap_snapshot_file *file = &subtask->files[i];
                const char *name = names_file(file) ? last_name(file->path) : NULL;

                if (!name)
                    continue;
                *files = snap_arena_grow(arena, *files, count, &capacity, sizeof(**files));
                (*files)[count++] = (struct file_print){snap_hash_bytes(name, strlen(name)),
                                                        file->bytes > 0 ? file->bytes : 0};
            }
        }
    if (count)
        qsort(*files, count, sizeof(**files), compare_files);
    for (uint32_t i = 0; i < count; i++) {
        if (kept > 0 && (*files)[kept - 1].name == (*files)[i].name)
            (*files)[kept - 1].bytes += (*files)[i].bytes;
        else
            (*files)[kept++] = (*files)[i];
    }
    return kept;
}

void snap_snapshot_compare_files(struct snap_snapshot_diff *diff, struct snap_arena *arena)
{
    struct snap_files_diff *to = &diff->files;
    struct file_print *files[2];
    uint32_t counts[2];
    uint32_t at[2] = {0, 0};

    for (int i = 0; i < 2; i++)
        counts[i] = list_files(diff->snapshots[i], arena, &files[i]);
    while (at[0] < counts[0] || at[1] < counts[1]) {
        const struct file_print *one = at[0] < counts[0] ? &files[0][at[0]] : NULL;
        const struct file_print *other = at[1] < counts[1] ? &files[1][at[1]] : NULL;

        if (!other || (one && one->name < other->name)) {
            to->gone++;
            to->gone_bytes += one->bytes;
            at[0]++;
        } else if (!one || other->name < one->name) {
            to->added++;
            to->added_bytes += other->bytes;
            at[1]++;
        } else {
            to->shared++;
            to->shared_bytes += other->bytes;
            at[0]++;
            at[1]++;
        }
    }
}
