// SPDX-License-Identifier: Apache-2.0
#include "flink/operator_file.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/check.h"
#include "flink/snappy.h"

static int compare_offsets(const void *one, const void *other)
{
    int64_t a = *(const int64_t *)one, b = *(const int64_t *)other;

    return (a > b) - (a < b);
}

static void gather_starts(struct snap_operator_reader *reader, struct snap_arena *arena)
{
    const struct snap_operator_handle *handle = reader->handle;
    uint32_t count = 0;
    int64_t *starts;

    for (uint32_t i = 0; i < handle->list_count; i++)
        count += handle->lists[i].offset_count;
    starts = SNAP_ARENA_ARRAY(arena, int64_t, count);
    for (uint32_t i = 0; i < handle->list_count; i++) {
        const struct snap_list_place *list = &handle->lists[i];

        if (list->offset_count)
            memcpy(starts + reader->start_count, list->offsets,
                   list->offset_count * sizeof(*starts));
        reader->start_count += list->offset_count;
    }
    if (count)
        qsort(starts, count, sizeof(*starts), compare_offsets);
    reader->starts = starts;
}

/* Returns the least start behind the offset, or where the data ends. */
static uint64_t end_of(const struct snap_operator_reader *reader, int64_t offset)
{
    uint32_t from = 0, to = reader->start_count;

    while (from < to) {
        uint32_t middle = from + (to - from) / 2;

        if (reader->starts[middle] <= offset)
            from = middle + 1;
        else
            to = middle;
    }
    if (from < reader->start_count && (uint64_t)reader->starts[from] < reader->data.count)
        return (uint64_t)reader->starts[from];
    return reader->data.count;
}

bool snap_operator_reader_open(struct snap_operator_reader *reader, struct snap_bytes data,
                               const struct snap_operator_handle *handle, struct snap_arena *arena)
{
    struct snap_bytes head = data;
    struct snap_byte_reader bytes;

    SNAP_CHECK(reader->error);
    reader->data = data;
    reader->handle = handle;
    reader->start_count = 0;
    snap_byte_writer_init(&reader->plain, arena, NULL);
    gather_starts(reader, arena);
    head.count = (size_t)end_of(reader, 0);
    snap_byte_reader_init(&bytes, head, 0, reader->error);
    return snap_operator_head_read(&bytes, arena, &reader->head);
}

static const struct snap_state_meta *find(struct snap_state_metas metas, struct snap_bytes name)
{
    for (uint32_t i = 0; i < metas.count; i++)
        if (snap_bytes_equal(metas.items[i].name, name))
            return &metas.items[i];
    return NULL;
}

const struct snap_state_meta *snap_operator_reader_meta(const struct snap_operator_reader *reader,
                                                        const struct snap_list_place *list)
{
    const struct snap_state_meta *meta = find(reader->head.lists, list->name);

    return meta ? meta : find(reader->head.broadcasts, list->name);
}

bool snap_operator_reader_element(struct snap_operator_reader *reader, int64_t offset,
                                  struct snap_byte_reader *bytes)
{
    struct snap_bytes part = reader->data;

    if (offset < 0 || (uint64_t)offset > part.count)
        return snap_error_set(reader->error, SNAP_ERROR_SNAPSHOT,
                              "an element is said to lie at offset %" PRId64
                              ", the file has %zu bytes",
                              offset, part.count);
    part.at += offset;
    part.count = (size_t)end_of(reader, offset) - (size_t)offset;
    snap_byte_reader_init(bytes, part, (uint64_t)offset, reader->error);
    if (!reader->head.is_compressed)
        return true;
    snap_byte_writer_clear(&reader->plain);
    if (!snap_snappy_read(bytes, SNAP_SNAPPY_ALL, &reader->plain))
        return false;
    snap_byte_reader_init(bytes, snap_byte_writer_bytes(&reader->plain), 0, reader->error);
    return true;
}

/* The file may go on behind the last pair of a map: with the data of others. */
static bool read_broadcast(struct snap_byte_reader *bytes, const struct snap_state_meta *meta,
                           struct snap_arena *arena, struct snap_datum *datum)
{
    const struct snap_serializer *key = meta->key;
    const struct snap_serializer *value = meta->value;
    uint32_t count = snap_read_count(bytes, 2, "number of a map's entries");

    *datum = (struct snap_datum){.kind = SNAP_DATUM_MAP, .count = 2 * count};
    datum->items = SNAP_ARENA_ARRAY(arena, struct snap_datum, datum->count);
    for (uint32_t i = 0; i < datum->count && !bytes->failed; i += 2) {
        snap_datum_read(bytes, key, arena, &datum->items[i]);
        snap_datum_read(bytes, value, arena, &datum->items[i + 1]);
    }
    return !bytes->failed;
}

/* What was decompressed is used again by the next element: bytes that a tree points to are copied.
 */
bool snap_operator_reader_datum(struct snap_operator_reader *reader,
                                const struct snap_list_place *list, int64_t offset,
                                struct snap_arena *arena, struct snap_datum *datum)
{
    const struct snap_state_meta *meta = snap_operator_reader_meta(reader, list);
    const struct snap_serializer *value = meta ? meta->value : NULL;
    const struct snap_serializer *key = meta ? meta->key : NULL;
    bool is_map = meta && meta->kind == SNAP_STATE_BROADCAST;
    bool is_known = value && !snap_serializer_is_unknown(value) &&
                    (!is_map || (key && !snap_serializer_is_unknown(key)));
    struct snap_byte_reader bytes;

    *datum = (struct snap_datum){.kind = SNAP_DATUM_OPAQUE};
    if (!snap_operator_reader_element(reader, offset, &bytes))
        return false;
    if (!is_known)
        datum->bytes = snap_read_bytes(&bytes, snap_byte_reader_left(&bytes), "an element");
    else if (is_map)
        read_broadcast(&bytes, meta, arena, datum);
    else
        snap_datum_read(&bytes, value, arena, datum);
    if (!bytes.failed && reader->head.is_compressed)
        snap_datum_keep_bytes(datum, arena);
    return !bytes.failed;
}

const struct snap_list_place *snap_operator_file_write(struct snap_byte_writer *writer,
                                                       const struct snap_operator_content *content,
                                                       struct snap_arena *arena)
{
    struct snap_list_place *places =
        SNAP_ARENA_ARRAY(arena, struct snap_list_place, content->count);
    bool is_compressed = content->head->is_compressed;
    struct snap_byte_writer scratch;

    snap_byte_writer_init(&scratch, arena, NULL);
    snap_operator_head_write(writer, content->head);
    if (is_compressed)
        snap_snappy_write_start(writer);
    for (uint32_t i = 0; i < content->count; i++) {
        const struct snap_operator_list *list = &content->lists[i];
        int64_t *offsets = SNAP_ARENA_ARRAY(arena, int64_t, list->count);

        places[i] = (struct snap_list_place){list->name, list->mode, offsets, list->count};
        for (uint32_t j = 0; j < list->count; j++) {
            offsets[j] = (int64_t)snap_byte_writer_offset(writer);
            if (is_compressed)
                snap_snappy_write(writer, list->elements[j], &scratch);
            else
                snap_write_bytes(writer, list->elements[j]);
        }
    }
    return places;
}
