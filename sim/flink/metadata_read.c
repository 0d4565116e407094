// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>

#include "flink/metadata.h"

enum { MAGIC = 0x4960672D, MASTER_MAGIC = (int32_t)0xC96B1696u };

struct parse {
    struct snap_byte_reader reader;
    struct snap_arena *arena;
    int32_t version;
};

static bool read_master(struct parse *parse, struct snap_master_state *master)
{
    struct snap_byte_reader *reader = &parse->reader;
    struct snap_byte_reader block;

    if (snap_read_i4(reader, "mark of a master state") != MASTER_MAGIC && !reader->failed)
        return snap_byte_reader_fail(reader, "a master state begins with c96b1696");
    block = snap_byte_reader_of_part(reader, snap_read_blob(reader, "a master state"));
    master->version = snap_read_i4(&block, "version of a master state");
    master->name = snap_read_utf(&block, "name of a master state");
    master->data = snap_read_blob(&block, "data of a master state");
    if (!snap_byte_reader_end(&block, "a master state"))
        return snap_byte_reader_fail(reader, "a master state cannot be read");
    return !reader->failed;
}

static bool read_masters(struct parse *parse, struct snap_metadata *metadata)
{
    uint32_t count = snap_read_count(&parse->reader, 18, "number of master states");
    struct snap_master_state *masters =
        SNAP_ARENA_ARRAY(parse->arena, struct snap_master_state, count);

    metadata->masters = masters;
    metadata->master_count = count;
    for (uint32_t i = 0; i < count && !parse->reader.failed; i++)
        read_master(parse, &masters[i]);
    return !parse->reader.failed;
}

static void read_channels(struct parse *parse, enum snap_channel_side side,
                          const struct snap_channel_handle **channels, uint32_t *channel_count)
{
    enum snap_channel_form form =
        parse->version >= 6 ? SNAP_CHANNEL_FORM_TYPED : SNAP_CHANNEL_FORM_OLD;
    uint32_t count = snap_read_count(&parse->reader, 18, "number of channel handles");
    struct snap_channel_handle *items =
        SNAP_ARENA_ARRAY(parse->arena, struct snap_channel_handle, count);

    *channels = items;
    *channel_count = count;
    for (uint32_t i = 0; i < count && !parse->reader.failed; i++) {
        items[i].side = side;
        snap_channel_handle_read(&parse->reader, parse->arena, form, &items[i]);
    }
}

/* Operator state, managed or raw: at most one handle. */
static void read_operator_handles(struct parse *parse, struct snap_operator_handle *handle)
{
    uint32_t count = (uint32_t)snap_read_i4(&parse->reader, "number of operator state handles");

    if (count > 1)
        snap_byte_reader_fail(&parse->reader, "a subtask has %" PRIu32 " operator state handles",
                              count);
    if (count)
        snap_operator_handle_read(&parse->reader, parse->arena, handle);
}

/* Version 2 still has room for state of Flink 1.1, which must be empty. */
static void read_legacy(struct parse *parse)
{
    snap_read_i8(&parse->reader, "duration");
    if (snap_read_i4(&parse->reader, "number of legacy states") > 0)
        snap_byte_reader_fail(&parse->reader, "legacy state is not known any more");
}

static bool read_subtask(struct parse *parse, struct snap_metadata_subtask *subtask)
{
    struct snap_byte_reader *reader = &parse->reader;
    int32_t index;

    subtask->offset = snap_byte_reader_offset(reader);
    index = snap_read_i4(reader, "index of a subtask");
    subtask->is_finished = index < 0;
    subtask->index = index < 0 ? -(index + 1) : index;
    if (reader->failed || subtask->is_finished) {
        return (parse->version >= 3 || !subtask->is_finished) && !reader->failed
                   ? true
                   : snap_byte_reader_fail(reader, "a subtask has the index %" PRId32, index);
    }
    if (parse->version == 2)
        read_legacy(parse);
    read_operator_handles(parse, &subtask->managed_operator);
    read_operator_handles(parse, &subtask->raw_operator);
    snap_keyed_handle_read(reader, parse->arena, &subtask->managed_keyed);
    snap_keyed_handle_read(reader, parse->arena, &subtask->raw_keyed);
    if (parse->version >= 3) {
        read_channels(parse, SNAP_CHANNEL_INPUT, &subtask->inputs, &subtask->input_count);
        read_channels(parse, SNAP_CHANNEL_RESULT, &subtask->results, &subtask->result_count);
    }
    return !reader->failed;
}

/* A subtask takes four bytes but much more in memory: the array grows with what is read. */
static bool read_subtasks(struct parse *parse, struct snap_metadata_operator *of)
{
    struct snap_byte_reader *reader = &parse->reader;
    int32_t count = snap_read_i4(reader, "number of subtasks");
    struct snap_metadata_subtask *subtasks = NULL;
    uint32_t capacity = 0;

    of->is_finished = count < 0;
    if (of->is_finished)
        return !reader->failed;
    if ((uint64_t)count * 4 > snap_byte_reader_left(reader))
        return snap_byte_reader_fail(reader, "%" PRId32 " subtasks cannot lie in %zu bytes", count,
                                     snap_byte_reader_left(reader));
    for (uint32_t i = 0; i < (uint32_t)count; i++) {
        subtasks = snap_arena_grow(parse->arena, subtasks, i, &capacity, sizeof(*subtasks));
        if (!read_subtask(parse, &subtasks[i]))
            return false;
    }
    of->subtasks = subtasks;
    of->subtask_count = (uint32_t)count;
    return true;
}

static bool read_operator(struct parse *parse, struct snap_metadata_operator *of)
{
    struct snap_byte_reader *reader = &parse->reader;
    struct snap_bytes id;

    if (parse->version >= 5) {
        of->name = snap_read_utf(reader, "name of an operator");
        of->uid = snap_read_utf(reader, "uid of an operator");
    }
    id = snap_read_bytes(reader, SNAP_OPERATOR_ID_BYTES, "id of an operator");
    if (reader->failed)
        return false;
    memcpy(of->id.bytes, id.at, SNAP_OPERATOR_ID_BYTES);
    of->offset = snap_byte_reader_offset(reader);
    of->parallelism = snap_read_i4(reader, "parallelism of an operator");
    of->max_parallelism = snap_read_i4(reader, "max parallelism of an operator");
    if (!reader->failed &&
        (of->parallelism < 1 || of->max_parallelism < 1 || of->max_parallelism > 1 << 15))
        return snap_byte_reader_fail(
            reader, "an operator has the parallelism %" PRId32 " of at most %" PRId32,
            of->parallelism, of->max_parallelism);
    if (parse->version == 2)
        of->chain_length = snap_read_i4(reader, "length of a chain");
    else
        snap_stream_handle_read(reader, parse->arena, &of->coordinator);
    return read_subtasks(parse, of);
}

static bool read_operators(struct parse *parse, struct snap_metadata *metadata)
{
    uint32_t count = snap_read_count(&parse->reader, 29, "number of operators");
    struct snap_metadata_operator *operators =
        SNAP_ARENA_ARRAY(parse->arena, struct snap_metadata_operator, count);

    metadata->operators = operators;
    metadata->operator_count = count;
    for (uint32_t i = 0; i < count && !parse->reader.failed; i++)
        read_operator(parse, &operators[i]);
    return !parse->reader.failed;
}

static bool read_frame(struct parse *parse, struct snap_metadata *metadata)
{
    struct snap_byte_reader *reader = &parse->reader;
    int32_t magic;

    if (snap_byte_reader_left(reader) == 0)
        return snap_byte_reader_fail(reader, "the file is empty; expected a snapshot's metadata, "
                                             "which are written last: this one was not completed");
    magic = snap_read_i4(reader, "mark of a snapshot's metadata");
    if (!reader->failed && magic != MAGIC) {
        reader->at = reader->begin;
        return snap_byte_reader_fail(
            reader, "this is no snapshot's metadata: it begins with %08" PRIx32 ", not %08x",
            (uint32_t)magic, MAGIC);
    }
    metadata->version = snap_read_i4(reader, "version of the metadata");
    parse->version = metadata->version;
    if (!reader->failed && (metadata->version < SNAP_METADATA_VERSION_LEAST ||
                            metadata->version > SNAP_METADATA_VERSION_MOST)) {
        reader->at -= 4;
        return snap_byte_reader_fail(
            reader, "metadata of version %" PRId32 " is not known; versions %d to %d are",
            metadata->version, SNAP_METADATA_VERSION_LEAST, SNAP_METADATA_VERSION_MOST);
    }
    metadata->checkpoint_id = snap_read_i8(reader, "id of the checkpoint");
    return metadata->checkpoint_id >= 0 ||
           snap_byte_reader_fail(reader, "the checkpoint has the id %" PRId64,
                                 metadata->checkpoint_id);
}

bool snap_metadata_read(struct snap_bytes file, struct snap_arena *arena,
                        struct snap_metadata *metadata, struct snap_error *error)
{
    struct parse parse = {.arena = arena};

    *metadata = (struct snap_metadata){0};
    metadata->properties.is_null = true;
    snap_byte_reader_init(&parse.reader, file, 0, error);
    if (!read_frame(&parse, metadata) || !read_masters(&parse, metadata) ||
        !read_operators(&parse, metadata))
        return false;
    if (metadata->version >= 4 && !snap_properties_read(&parse.reader, &metadata->properties))
        return false;
    return snap_byte_reader_end(&parse.reader, "the metadata");
}
