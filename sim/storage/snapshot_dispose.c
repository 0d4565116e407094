// SPDX-License-Identifier: Apache-2.0
#include "storage/snapshot_dispose.h"

#include "flink/java_text.h"
#include "flink/metadata.h"
#include "storage/local_path.h"
#include "storage/snapshot_stream.h"

/* Files go one after another; one that many handles name is gone at the second. */
struct disposal {
    const struct snap_snapshot_reading *reading;
    uint32_t *outside;
    struct snap_error *error;
    bool failed;
};

static void take_stream(void *context, const struct snap_stream_handle *stream,
                        const struct snap_bytes *name, bool is_shared)
{
    struct disposal *disposal = context;
    struct snap_fs *fs = disposal->reading->fs;
    const char *path;

    (void)name;
    (void)is_shared;
    if (stream->type == SNAP_STREAM_FILE || stream->type == SNAP_STREAM_SEGMENT)
        (*disposal->outside)++;
    if (stream->type != SNAP_STREAM_RELATIVE)
        return;
    path = (const char *)snap_java_text(disposal->reading->arena, stream->path).at;
    if (snap_local_path_climbs(path))
        return;
    path = snap_arena_printf(disposal->reading->arena, "%s/%s", disposal->reading->directory, path);
    if (fs->is_file(fs, path) && !fs->remove(fs, path, disposal->error))
        disposal->failed = true;
}

static void take_subtask(struct disposal *disposal, const struct snap_metadata_subtask *subtask)
{
    const struct snap_stream_visitor visitor = {take_stream, disposal};

    snap_keyed_handle_walk(&subtask->managed_keyed, &visitor);
    snap_keyed_handle_walk(&subtask->raw_keyed, &visitor);
    take_stream(disposal, &subtask->managed_operator.stream, NULL, false);
    take_stream(disposal, &subtask->raw_operator.stream, NULL, false);
    for (uint32_t i = 0; i < subtask->input_count; i++)
        take_stream(disposal, &subtask->inputs[i].stream, NULL, false);
    for (uint32_t i = 0; i < subtask->result_count; i++)
        take_stream(disposal, &subtask->results[i].stream, NULL, false);
}

bool snap_snapshot_dispose(const struct snap_snapshot_reading *reading, uint32_t *outside,
                           struct snap_error *error)
{
    struct disposal disposal = {.reading = reading, .outside = outside, .error = error};
    struct snap_fs_names names = {.arena = reading->arena};
    struct snap_fs *fs = reading->fs;

    *outside = 0;
    if (!fs->remove(fs, reading->metadata_path, error))
        return false;
    for (uint32_t o = 0; o < reading->metadata->operator_count; o++)
        for (uint32_t i = 0; i < reading->metadata->operators[o].subtask_count; i++)
            take_subtask(&disposal, &reading->metadata->operators[o].subtasks[i]);
    return !disposal.failed && fs->list(fs, reading->directory, &names, error) &&
           (names.count > 0 || fs->remove_dir(fs, reading->directory, error));
}

/* ---- files beside it ---- */

struct listing {
    const struct snap_snapshot_reading *reading;
    struct snap_shared_file *files;
    uint32_t count;
    uint32_t capacity;
};

static void list_stream(void *context, const struct snap_stream_handle *stream,
                        const struct snap_bytes *name, bool is_shared)
{
    struct listing *listing = context;
    struct snap_arena *arena = listing->reading->arena;
    const char *path;

    if (stream->type != SNAP_STREAM_FILE || !name)
        return;
    path = snap_local_path(arena, (const char *)snap_java_text(arena, stream->path).at);
    path = snap_snapshot_find_shared(listing->reading, path);
    if (!path || !listing->reading->fs->is_file(listing->reading->fs, path))
        return;
    listing->files = snap_arena_grow(arena, listing->files, listing->count, &listing->capacity,
                                     sizeof(*listing->files));
    listing->files[listing->count++] = (struct snap_shared_file){path, true, !is_shared};
}

const struct snap_shared_file *
snap_snapshot_shared_files(const struct snap_snapshot_reading *reading, uint32_t *count)
{
    struct listing listing = {.reading = reading};
    const struct snap_stream_visitor visitor = {list_stream, &listing};

    for (uint32_t o = 0; o < reading->metadata->operator_count; o++)
        for (uint32_t i = 0; i < reading->metadata->operators[o].subtask_count; i++)
            snap_keyed_handle_walk(&reading->metadata->operators[o].subtasks[i].managed_keyed,
                                   &visitor);
    *count = listing.count;
    return listing.files;
}
