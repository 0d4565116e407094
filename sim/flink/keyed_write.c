// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "flink/keyed_file.h"
#include "flink/snappy.h"

enum { NO_MORE_STATES = 0xffff, LAST_OF_STATE = 0x80, LENGTH_BYTES = 4 };

static bool is_native(const struct snap_keyed_writer *writer)
{
    return writer->options.layout == SNAP_LAYOUT_NATIVE;
}

/* What is compressed in one go is gathered first. */
static struct snap_byte_writer *target(struct snap_keyed_writer *writer)
{
    return writer->options.head->is_compressed ? &writer->part : writer->out;
}

void snap_keyed_writer_init(struct snap_keyed_writer *writer, struct snap_byte_writer *out,
                            struct snap_arena *arena,
                            const struct snap_keyed_write_options *options)
{
    SNAP_CHECK(options->group_first + options->group_count <= options->max_parallelism);
    *writer = (struct snap_keyed_writer){.options = *options, .out = out};
    writer->offsets = SNAP_ARENA_ARRAY(arena, int64_t, options->group_count);
    writer->states_written = SNAP_ARENA_ARRAY(arena, bool, options->head->states.count);
    snap_byte_writer_init(&writer->part, arena, NULL);
    snap_byte_writer_init(&writer->pending, arena, NULL);
    snap_byte_writer_init(&writer->scratch, arena, NULL);
    snap_keyed_head_write(out, options->head);
}

static void compress_part(struct snap_keyed_writer *writer)
{
    if (!writer->options.head->is_compressed)
        return;
    snap_snappy_write_start(writer->out);
    snap_snappy_write(writer->out, snap_byte_writer_bytes(&writer->part), &writer->scratch);
    snap_byte_writer_clear(&writer->part);
}

static void begin_native_state(struct snap_keyed_writer *writer, uint32_t state, uint32_t count)
{
    snap_write_unsigned(target(writer), state, 2);
    snap_write_u4(target(writer), count);
    writer->states_written[state] = true;
    writer->entries_left = count;
    if (count == 0)
        compress_part(writer);
}

/* The last entry of a state says so in its key's first byte. */
static void end_canonical_state(struct snap_keyed_writer *writer, unsigned next_state)
{
    writer->pending.data[LENGTH_BYTES] |= LAST_OF_STATE;
    snap_write_bytes(target(writer), snap_byte_writer_bytes(&writer->pending));
    snap_byte_writer_clear(&writer->pending);
    snap_write_unsigned(target(writer), next_state, 2);
}

/* A native key group has all states, empty ones too. */
static void end_group(struct snap_keyed_writer *writer)
{
    const struct snap_state_metas *states = &writer->options.head->states;

    if (writer->groups_begun == 0)
        return;
    SNAP_CHECK(writer->entries_left == 0);
    if (!is_native(writer)) {
        if (writer->has_state) {
            end_canonical_state(writer, NO_MORE_STATES);
            compress_part(writer);
        }
        writer->has_state = false;
        return;
    }
    for (uint32_t i = 0; i < states->count; i++) {
        if (!writer->states_written[i])
            begin_native_state(writer, i, 0);
        writer->states_written[i] = false;
    }
}

static void begin_group(struct snap_keyed_writer *writer)
{
    uint32_t key_group = writer->options.group_first + writer->groups_begun;

    if (is_native(writer)) {
        writer->offsets[writer->groups_begun] = (int64_t)snap_byte_writer_offset(writer->out);
        snap_write_u4(writer->out, key_group);
    }
    writer->groups_begun++;
}

void snap_keyed_writer_group(struct snap_keyed_writer *writer, uint32_t key_group)
{
    uint32_t index = key_group - writer->options.group_first;

    SNAP_CHECK(index >= writer->groups_begun && index < writer->options.group_count);
    while (writer->groups_begun <= index) {
        end_group(writer);
        begin_group(writer);
    }
}

/* Canonical: the number stands in front of the first entry, or behind the last of the state before.
 */
static void begin_canonical_state(struct snap_keyed_writer *writer)
{
    if (writer->has_state) {
        end_canonical_state(writer, writer->state);
    } else {
        writer->offsets[writer->groups_begun - 1] = (int64_t)snap_byte_writer_offset(writer->out);
        snap_write_unsigned(target(writer), writer->state, 2);
    }
    writer->has_state = true;
}

void snap_keyed_writer_state(struct snap_keyed_writer *writer, uint32_t state, uint32_t count)
{
    SNAP_CHECK(writer->groups_begun > 0 && writer->entries_left == 0);
    SNAP_CHECK(state < writer->options.head->states.count && !writer->states_written[state]);
    writer->state = state;
    if (is_native(writer)) {
        begin_native_state(writer, state, count);
        return;
    }
    writer->entries_left = count;
    if (count > 0)
        begin_canonical_state(writer);
}

static void write_native(struct snap_keyed_writer *writer, const struct snap_keyed_item *item)
{
    const struct snap_state_meta *meta = &writer->options.head->states.items[writer->state];
    struct snap_byte_writer *to = target(writer);

    if (meta->kind != SNAP_STATE_PRIORITY_QUEUE) {
        snap_write_bytes(to, item->name_space);
        snap_write_bytes(to, item->key);
    }
    snap_write_bytes(to, item->value);
    if (writer->entries_left == 0)
        compress_part(writer);
}

static void write_key(struct snap_keyed_writer *writer, const struct snap_keyed_item *item,
                      const struct snap_state_meta *meta)
{
    uint32_t max = writer->options.max_parallelism;
    struct snap_composite_key form;
    struct snap_keyed_item placed = *item;

    placed.key_group = writer->options.group_first + writer->groups_begun - 1;
    if (meta->kind == SNAP_STATE_PRIORITY_QUEUE) {
        snap_write_unsigned(&writer->scratch, placed.key_group, snap_key_group_bytes(max));
        snap_write_bytes(&writer->scratch, item->value);
        return;
    }
    form = snap_composite_key_of(writer->options.head, writer->state, max);
    snap_composite_key_write(&writer->scratch, &form, &placed);
}

static void write_canonical(struct snap_keyed_writer *writer, const struct snap_keyed_item *item)
{
    const struct snap_state_meta *meta = &writer->options.head->states.items[writer->state];
    struct snap_byte_writer *pending = &writer->pending;

    snap_byte_writer_clear(&writer->scratch);
    write_key(writer, item, meta);
    snap_write_bytes(target(writer), snap_byte_writer_bytes(pending));
    snap_byte_writer_clear(pending);
    snap_write_blob(pending, snap_byte_writer_bytes(&writer->scratch));
    if (meta->kind == SNAP_STATE_PRIORITY_QUEUE) {
        snap_write_u4(pending, 0);
    } else if (meta->keyed_type == SNAP_KEYED_MAP) {
        snap_write_u4(pending, (uint32_t)(item->is_null ? 1 : 1 + item->value.count));
        snap_write_bool(pending, item->is_null);
        if (!item->is_null)
            snap_write_bytes(pending, item->value);
    } else {
        snap_write_blob(pending, item->value);
    }
}

void snap_keyed_writer_entry(struct snap_keyed_writer *writer, const struct snap_keyed_item *item)
{
    SNAP_CHECK(writer->entries_left > 0);
    writer->entries_left--;
    if (is_native(writer))
        write_native(writer, item);
    else
        write_canonical(writer, item);
}

const int64_t *snap_keyed_writer_end(struct snap_keyed_writer *writer)
{
    if (writer->options.group_count > 0 && writer->groups_begun < writer->options.group_count)
        snap_keyed_writer_group(writer,
                                writer->options.group_first + writer->options.group_count - 1);
    end_group(writer);
    return writer->offsets;
}
