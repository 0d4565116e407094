// SPDX-License-Identifier: Apache-2.0
#include "storage/keyed_states.h"
#include "model/key_group.h"
#include "storage/keyed_tables.h"

struct writing {
    struct snap_keyed_tables tables;
    struct snap_keyed_encoder encoder;
    struct snap_keyed_writer file;
};

static void write_state(struct writing *writing, uint32_t state, uint32_t group)
{
    const struct snap_keyed_table *table = &writing->tables.items[state];
    struct snap_keyed_run rest = snap_keyed_table_group(table, group);
    struct snap_keyed_run at = rest;
    uint32_t items = 0;

    for (; at.first < at.end;
         at.first += snap_keyed_table_item_size(table, at, writing->encoder.layout))
        items++;
    if (items == 0)
        return;
    snap_keyed_writer_state(&writing->file, state, items);
    while (rest.first < rest.end) {
        struct snap_keyed_item item;

        at.first = rest.first;
        at.end = rest.first + snap_keyed_table_item_size(table, rest, writing->encoder.layout);
        item = snap_keyed_encoder_item(&writing->encoder, table, at);
        snap_keyed_writer_entry(&writing->file, &item);
        rest.first = at.end;
    }
}

bool snap_keyed_states_write(const struct snap_image_operator *of,
                             const struct snap_operator_state *state,
                             const struct snap_keyed_target *target,
                             struct snap_keyed_handle *handle, struct snap_error *error)
{
    struct snap_state_stream *stream = target->stream;
    struct snap_key_group_range range = snap_key_group_range(
        target->subtask, (struct snap_parallelism){of->parallelism, of->max_parallelism});
    struct writing writing;
    struct snap_keyed_write_options options = {.layout = target->layout,
                                               .max_parallelism = of->max_parallelism,
                                               .group_first = range.first,
                                               .group_count = range.last - range.first + 1,
                                               .head = &writing.tables.head};
    struct snap_byte_writer bytes;

    *handle = (struct snap_keyed_handle){.type = SNAP_KEYED_NONE};
    snap_keyed_tables_init(&writing.tables, stream->arena, of, state);
    if (writing.tables.count == 0)
        return true;
    writing.tables.head.is_compressed = stream->is_compressed;
    snap_byte_writer_init(&bytes, stream->arena, NULL);
    snap_keyed_encoder_init(&writing.encoder, stream->arena, target->layout);
    snap_keyed_writer_init(&writing.file, &bytes, stream->arena, &options);
    for (uint32_t g = range.first; g <= range.last; g++) {
        snap_keyed_writer_group(&writing.file, g);
        for (uint32_t s = 0; s < writing.tables.count; s++)
            write_state(&writing, s, g);
    }
    handle->offsets = snap_keyed_writer_end(&writing.file);
    handle->group_first = (int32_t)range.first;
    handle->group_count = (int32_t)options.group_count;
    handle->type = target->layout == SNAP_LAYOUT_NATIVE ? SNAP_KEYED_GROUPS : SNAP_KEYED_SAVEPOINT;
    if (target->layout == SNAP_LAYOUT_NATIVE)
        handle->id = snap_state_stream_name(stream);
    return snap_state_stream_put(stream, snap_byte_writer_bytes(&bytes), &handle->stream, error);
}
