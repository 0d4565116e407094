// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "flink/state_meta.h"
#include "flink/state_words.h"

enum { KEYED_VERSION = 6 };

static void write_serializer(struct snap_byte_writer *writer,
                             const struct snap_serializer *serializer)
{
    snap_write_i4(writer, SNAP_SERIALIZER_PROXY_VERSION);
    snap_serializer_write(writer, serializer);
}

static void write_meta(struct snap_byte_writer *writer, const struct snap_state_meta *meta)
{
    snap_write_utf(writer, meta->name);
    snap_write_i4(writer, (int32_t)meta->kind);
    snap_write_u4(writer, meta->option_count);
    for (uint32_t i = 0; i < meta->option_count; i++) {
        snap_write_utf(writer, meta->options[i].key);
        snap_write_utf(writer, meta->options[i].value);
    }
    snap_write_u4(writer, meta->serializer_count);
    for (uint32_t i = 0; i < meta->serializer_count; i++) {
        snap_write_utf(writer, meta->serializers[i].key);
        write_serializer(writer, &meta->serializers[i].serializer);
    }
}

static void write_metas(struct snap_byte_writer *writer, struct snap_state_metas metas)
{
    SNAP_CHECK(metas.count <= INT16_MAX);
    snap_write_i2(writer, (int32_t)metas.count);
    for (uint32_t i = 0; i < metas.count; i++)
        write_meta(writer, &metas.items[i]);
}

void snap_keyed_head_write(struct snap_byte_writer *writer, const struct snap_keyed_head *head)
{
    SNAP_CHECK(!head->is_cut);
    snap_write_i4(writer, KEYED_VERSION);
    snap_write_bool(writer, head->is_compressed);
    write_serializer(writer, &head->key);
    write_metas(writer, head->states);
}

void snap_operator_head_write(struct snap_byte_writer *writer,
                              const struct snap_operator_head *head)
{
    SNAP_CHECK(!head->is_cut && (head->version == 6 || !head->is_compressed));
    snap_write_i4(writer, head->version);
    if (head->version == 6)
        snap_write_bool(writer, head->is_compressed);
    write_metas(writer, head->lists);
    write_metas(writer, head->broadcasts);
}
