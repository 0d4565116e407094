// SPDX-License-Identifier: Apache-2.0
#include "cli/capability_files.h"

#include "flink/metadata.h"
#include "storage/snapshot_folder.h"
#include "view/snapshot_view.h"

/* ---- an earlier version ---- */

static const struct snap_channel_handle *
split_channels(struct snap_arena *arena, const struct snap_channel_handle *from, uint32_t *count)
{
    struct snap_channel_handle *handles;
    uint32_t made = 0;

    for (uint32_t i = 0; i < *count; i++)
        made += from[i].place_count;
    handles = SNAP_ARENA_ARRAY(arena, struct snap_channel_handle, made);
    made = 0;
    for (uint32_t i = 0; i < *count; i++)
        for (uint32_t p = 0; p < from[i].place_count; p++) {
            struct snap_channel_handle *handle = &handles[made++];

            *handle = from[i];
            handle->is_merged = false;
            handle->places = &from[i].places[p];
            handle->place_count = 1;
            handle->size = handle->places->size;
        }
    *count = made;
    return handles;
}

static void age(struct snap_metadata *metadata, struct snap_arena *arena)
{
    struct snap_metadata_operator *operators =
        snap_arena_copy(arena, metadata->operators, metadata->operator_count * sizeof(*operators));

    for (uint32_t o = 0; o < metadata->operator_count; o++) {
        struct snap_metadata_operator *of = &operators[o];
        struct snap_metadata_subtask *subtasks =
            snap_arena_copy(arena, of->subtasks, of->subtask_count * sizeof(*subtasks));

        for (uint32_t i = 0; i < of->subtask_count; i++) {
            subtasks[i].inputs =
                split_channels(arena, subtasks[i].inputs, &subtasks[i].input_count);
            subtasks[i].results =
                split_channels(arena, subtasks[i].results, &subtasks[i].result_count);
        }
        of->subtasks = subtasks;
    }
    metadata->operators = operators;
}

static bool write_file(struct snap_fs *fs, const char *path, const struct snap_byte_writer *writer,
                       struct snap_error *error)
{
    struct snap_file *file = fs->open(fs, path, SNAP_FS_WRITE, error);
    bool good = file && fs->write(file, writer->data, writer->used, error);

    return file && fs->close(file, error) && good;
}

bool snap_capability_age(struct snap_fs *fs, const char *directory, int32_t version,
                         struct snap_error *error)
{
    struct snap_arena arena;
    struct snap_text bytes = {0};
    struct snap_byte_writer writer;
    struct snap_metadata metadata;
    const char *path;
    bool good;

    snap_arena_init(&arena);
    path = snap_arena_printf(&arena, "%s/_metadata", directory);
    good = fs->read(fs, path, &bytes, error) &&
           snap_metadata_read(
               (struct snap_bytes){(const uint8_t *)snap_text_get(&bytes), bytes.length}, &arena,
               &metadata, error);
    if (good) {
        age(&metadata, &arena);
        metadata.version = version;
        snap_byte_writer_init(&writer, &arena, NULL);
        snap_metadata_write(&writer, &metadata);
        good = write_file(fs, path, &writer, error);
    }
    snap_text_fini(&bytes);
    snap_arena_fini(&arena);
    return good;
}

/* ---- values ---- */

/* A walk over the values of one state. */
struct counting {
    uint32_t entries;
    int64_t sum; /* of those that are numbers */
};

static bool count_item(void *context, const struct snap_snapshot_item *item)
{
    struct counting *counting = context;

    counting->entries++;
    if (item->value && item->value->kind == SNAP_DATUM_NUMBER)
        counting->sum += item->value->number;
    return true;
}

static bool walk(const struct snap_snapshot *snapshot, const struct snap_snapshot_choice *choice,
                 struct counting *counting, struct snap_error *error)
{
    const struct snap_item_visitor visitor = {count_item, counting};

    return snapshot->source.walk(snapshot->source.context, choice, &visitor, error);
}

static bool read_subtask(const struct snap_snapshot *snapshot,
                         const struct snap_snapshot_operator *of, uint32_t index,
                         struct snap_capability_values *values, struct snap_error *error)
{
    const struct snap_snapshot_subtask *subtask = &of->subtasks[index];
    struct counting keyed = {0};

    if (subtask->keyed.state_count > 0 &&
        !walk(snapshot,
              &(struct snap_snapshot_choice){.of = of,
                                             .subtask = subtask,
                                             .keyed = &subtask->keyed,
                                             .state = SNAP_SNAPSHOT_NONE},
              &keyed, error))
        return false;
    for (uint32_t l = 0; l < subtask->list_count; l++) {
        struct counting list = {0};

        if (!walk(snapshot,
                  &(struct snap_snapshot_choice){
                      .of = of, .subtask = subtask, .list = &subtask->lists[l]},
                  &list, error))
            return false;
    }
    for (uint32_t s = 0; s < subtask->split_count; s++)
        values->sent += subtask->splits[s].next;
    values->keys += keyed.entries;
    values->counted += keyed.sum;
    return true;
}

static bool read_all(const struct snap_snapshot *snapshot, struct snap_capability_values *values,
                     struct snap_error *error)
{
    *values = (struct snap_capability_values){0};
    for (uint32_t o = 0; o < snapshot->operator_count; o++)
        for (uint32_t i = 0; i < snapshot->operators[o].subtask_count; i++)
            if (!read_subtask(snapshot, &snapshot->operators[o], i, values, error))
                return false;
    for (uint32_t c = 0; c < snapshot->channel_count; c++) {
        struct counting records = {0};

        if (!walk(snapshot, &(struct snap_snapshot_choice){.channel = &snapshot->channels[c]},
                  &records, error))
            return false;
        values->in_flight += records.entries;
    }
    return snap_snapshot_verify(snapshot, error);
}

bool snap_capability_read(const char *directory, struct snap_capability_values *values,
                          struct snap_error *error)
{
    const struct snap_snapshot_place place = {.pointer = directory};
    struct snap_snapshot_folder *folder = snap_snapshot_folder_open(&place, error);
    struct snap_snapshot snapshot;
    struct snap_streams streams;
    struct snap_arena arena;
    bool good;

    if (!folder)
        return false;
    snap_arena_init(&arena);
    streams = snap_snapshot_folder_streams(folder);
    good = snap_snapshot_describe(snap_snapshot_folder_metadata(folder), &streams, &arena,
                                  &snapshot, error) &&
           read_all(&snapshot, values, error);
    snap_arena_fini(&arena);
    snap_snapshot_folder_close(folder);
    return good;
}
