// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "flink/metadata.h"

static void write_master(struct snap_byte_writer *writer, const struct snap_master_state *master)
{
    SNAP_CHECK(master->data.count <= INT32_MAX - (1 << 20));
    snap_write_u4(writer, 0xC96B1696u);
    snap_write_u4(writer, (uint32_t)(4 + 2 + master->name.count + 4 + master->data.count));
    snap_write_i4(writer, master->version);
    snap_write_utf(writer, master->name);
    snap_write_blob(writer, master->data);
}

static void write_operator_handle(struct snap_byte_writer *writer,
                                  const struct snap_operator_handle *handle)
{
    bool is_there = handle->type != SNAP_OPERATOR_HANDLE_NONE;

    snap_write_i4(writer, is_there);
    if (is_there)
        snap_operator_handle_write(writer, handle);
}

static void write_channels(struct snap_byte_writer *writer, int32_t version,
                           const struct snap_channel_handle *channels, uint32_t count)
{
    snap_write_u4(writer, count);
    for (uint32_t i = 0; i < count; i++)
        snap_channel_handle_write(
            writer, version >= 6 ? SNAP_CHANNEL_FORM_TYPED : SNAP_CHANNEL_FORM_OLD, &channels[i]);
}

static void write_subtask(struct snap_byte_writer *writer, int32_t version,
                          const struct snap_metadata_subtask *subtask)
{
    SNAP_CHECK(version >= 3 ||
               (!subtask->is_finished && subtask->input_count == 0 && subtask->result_count == 0));
    snap_write_i4(writer, subtask->is_finished ? -subtask->index - 1 : subtask->index);
    if (subtask->is_finished)
        return;
    if (version == 2) {
        snap_write_i8(writer, -1);
        snap_write_i4(writer, 0);
    }
    write_operator_handle(writer, &subtask->managed_operator);
    write_operator_handle(writer, &subtask->raw_operator);
    snap_keyed_handle_write(writer, &subtask->managed_keyed);
    snap_keyed_handle_write(writer, &subtask->raw_keyed);
    if (version >= 3) {
        write_channels(writer, version, subtask->inputs, subtask->input_count);
        write_channels(writer, version, subtask->results, subtask->result_count);
    }
}

static void write_operator(struct snap_byte_writer *writer, int32_t version,
                           const struct snap_metadata_operator *of)
{
    if (version >= 5) {
        snap_write_utf(writer, of->name);
        snap_write_utf(writer, of->uid);
    }
    snap_write_bytes(writer, (struct snap_bytes){of->id.bytes, SNAP_OPERATOR_ID_BYTES});
    snap_write_i4(writer, of->parallelism);
    snap_write_i4(writer, of->max_parallelism);
    if (version == 2)
        snap_write_i4(writer, of->chain_length ? of->chain_length : 1);
    else
        snap_stream_handle_write(writer, &of->coordinator);
    if (of->is_finished) {
        snap_write_i4(writer, -1);
        return;
    }
    snap_write_u4(writer, of->subtask_count);
    for (uint32_t i = 0; i < of->subtask_count; i++)
        write_subtask(writer, version, &of->subtasks[i]);
}

void snap_metadata_write(struct snap_byte_writer *writer, const struct snap_metadata *metadata)
{
    int32_t version = metadata->version;

    SNAP_CHECK(version >= SNAP_METADATA_VERSION_LEAST && version <= SNAP_METADATA_VERSION_MOST);
    snap_write_u4(writer, 0x4960672Du);
    snap_write_i4(writer, version);
    snap_write_i8(writer, metadata->checkpoint_id);
    snap_write_u4(writer, metadata->master_count);
    for (uint32_t i = 0; i < metadata->master_count; i++)
        write_master(writer, &metadata->masters[i]);
    snap_write_u4(writer, metadata->operator_count);
    for (uint32_t i = 0; i < metadata->operator_count; i++)
        write_operator(writer, version, &metadata->operators[i]);
    if (version >= 4)
        snap_properties_write(writer, &metadata->properties);
}
