// SPDX-License-Identifier: Apache-2.0
#include "storage/snapshot_damage.h"

#include <string.h>

#include "flink/metadata.h"
#include "flink/rocksdb_state.h"
#include "storage/snapshot_stream.h"
#include "storage/state_stream.h"

/* So many bytes have their bits flipped. */
enum { FLIPPED_BYTES = 4 };

/* The stream to damage, as found so far: one in a file is better than one inside the metadata. */
struct search {
    const struct snap_snapshot_reading *reading;
    const struct snap_stream_handle *found;
    bool is_table; /* RocksDB's, whose marks stand at its end */
};

static bool is_file(const struct snap_stream_handle *stream)
{
    return stream->type == SNAP_STREAM_RELATIVE || stream->type == SNAP_STREAM_FILE;
}

static void look_at(void *context, const struct snap_stream_handle *stream,
                    const struct snap_bytes *name, bool is_shared)
{
    struct search *search = context;
    bool is_table = name && snap_rocksdb_is_table(*name);

    (void)is_shared;
    /* RocksDB's other files are nothing that is read here. */
    if ((name && !is_table) || (!is_file(stream) && stream->type != SNAP_STREAM_INLINE))
        return;
    if (search->found && (is_file(search->found) || !is_file(stream)))
        return;
    search->found = stream;
    search->is_table = is_table;
}

static void search_subtask(struct search *search, const struct snap_metadata_subtask *subtask)
{
    const struct snap_stream_visitor visitor = {look_at, search};

    snap_keyed_handle_walk(&subtask->managed_keyed, &visitor);
    look_at(search, &subtask->managed_operator.stream, NULL, false);
    for (uint32_t i = 0; i < subtask->input_count; i++)
        look_at(search, &subtask->inputs[i].stream, NULL, false);
    for (uint32_t i = 0; i < subtask->result_count; i++)
        look_at(search, &subtask->results[i].stream, NULL, false);
}

static void search_operator(struct search *search, const struct snap_operator_id *id,
                            uint32_t subtask)
{
    const struct snap_metadata *metadata = search->reading->metadata;

    for (uint32_t o = 0; o < metadata->operator_count; o++) {
        const struct snap_metadata_operator *of = &metadata->operators[o];

        if (memcmp(&of->id, id, sizeof(*id)) != 0)
            continue;
        for (uint32_t i = 0; i < of->subtask_count; i++)
            if ((uint32_t)of->subtasks[i].index == subtask)
                search_subtask(search, &of->subtasks[i]);
    }
}

static bool change_file(const struct snap_snapshot_reading *reading, const char *path,
                        struct snap_bytes bytes, struct snap_error *error)
{
    return snap_state_file_write(reading->fs, path, bytes, error);
}

static bool damage_file(const struct search *search, const char *path, enum snap_stored_damage how,
                        struct snap_error *error)
{
    const struct snap_snapshot_reading *reading = search->reading;
    struct snap_bytes file;
    size_t start = 0;
    size_t count;
    uint8_t *changed;

    if (how == SNAP_STORED_MISSING)
        return reading->fs->remove(reading->fs, path, error);
    if (!snap_snapshot_read_file(reading, path, &file, error))
        return false;
    count = file.count;
    if (!is_file(search->found)) {
        start = (size_t)(search->found->data.at - reading->metadata_bytes.at);
        count = search->found->data.count;
    }
    if (how == SNAP_STORED_TORN)
        return change_file(reading, path, (struct snap_bytes){file.at, start + count / 2}, error);
    changed = snap_arena_copy(reading->arena, file.at, file.count);
    if (search->is_table)
        start += count - FLIPPED_BYTES;
    for (size_t i = 0; i < FLIPPED_BYTES && i < count; i++)
        changed[start + i] ^= 0xff;
    return change_file(reading, path, (struct snap_bytes){changed, file.count}, error);
}

bool snap_snapshot_damage(const struct snap_snapshot_reading *reading,
                          const struct snap_damage_target *target, const char **path,
                          struct snap_error *error)
{
    struct search search = {.reading = reading};

    *path = reading->site.metadata;
    for (uint32_t i = 0; i < target->operator_count; i++)
        search_operator(&search, &target->operators[i], target->subtask);
    if (!search.found)
        return false;
    if (is_file(search.found)) {
        *path = snap_snapshot_stream_path(reading, search.found, error);
        if (!*path)
            return false;
    }
    return damage_file(&search, *path, target->damage, error);
}
