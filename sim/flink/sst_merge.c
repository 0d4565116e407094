// SPDX-License-Identifier: Apache-2.0
#include "flink/sst_merge.h"

#include <inttypes.h>

enum { DELIMITER = ',', LENGTH_BYTES = 8 };

static void advance(struct snap_sst_merge *merge, uint32_t index)
{
    merge->has_entry[index] = snap_sst_cursor_next(&merge->cursors[index]);
    merge->failed = merge->failed || merge->cursors[index].failed;
}

void snap_sst_merge_open(struct snap_sst_merge *merge, struct snap_sst_cursor *cursors,
                         uint32_t count, struct snap_arena *arena)
{
    *merge = (struct snap_sst_merge){.cursors = cursors, .count = count};
    merge->has_entry = SNAP_ARENA_ARRAY(arena, bool, count);
    snap_byte_writer_init(&merge->key, arena, NULL);
    snap_byte_writer_init(&merge->value, arena, NULL);
    snap_byte_writer_init(&merge->operands, arena, NULL);
    for (uint32_t i = 0; i < count; i++)
        advance(merge, i);
}

static int compare_keys(struct snap_bytes one, struct snap_bytes other)
{
    size_t shorter = one.count < other.count ? one.count : other.count;
    int order = shorter ? memcmp(one.at, other.at, shorter) : 0;

    return order ? order : (one.count > other.count) - (one.count < other.count);
}

/* Returns the cursor with the least key, of equal keys the newest; `count` if there is none. */
static uint32_t find_first(const struct snap_sst_merge *merge)
{
    uint32_t first = merge->count;

    for (uint32_t i = 0; i < merge->count; i++) {
        const struct snap_sst_cursor *cursor = &merge->cursors[i];
        int order;

        if (!merge->has_entry[i])
            continue;
        order = first == merge->count
                    ? -1
                    : compare_keys(cursor->user_key, merge->cursors[first].user_key);
        if (order < 0 || (order == 0 && cursor->sequence > merge->cursors[first].sequence))
            first = i;
    }
    return first;
}

static void set_length(struct snap_byte_writer *writer, size_t length)
{
    snap_write_unsigned(writer, length, LENGTH_BYTES);
}

/* Operands were gathered from the newest on, each with its length behind it. */
static void join_operands(struct snap_sst_merge *merge)
{
    struct snap_bytes left = snap_byte_writer_bytes(&merge->operands);
    bool is_first = merge->value.used == 0;

    while (left.count > 0) {
        size_t length = 0;

        left.count -= LENGTH_BYTES;
        for (unsigned i = 0; i < LENGTH_BYTES; i++)
            length = length << 8 | left.at[left.count + i];
        left.count -= length;
        if (!is_first)
            snap_write_u1(&merge->value, DELIMITER);
        snap_write_bytes(&merge->value, (struct snap_bytes){left.at + left.count, length});
        is_first = false;
    }
}

/* What has been found out about a key. */
enum finding { OPEN, HAS_OPERANDS, IS_VALUE, IS_DELETED };

/* The kind stands in front of the number, both behind the key. */
static bool fail_kind(struct snap_sst_cursor *cursor)
{
    const uint64_t kind_to_end = 8 + cursor->value.count;

    cursor->failed = true;
    return snap_error_set(cursor->error, SNAP_ERROR_UNSUPPORTED,
                          "offset %" PRIu64
                          ": this table of RocksDB has an entry of kind %u, which "
                          "is not read here",
                          snap_byte_reader_offset(&cursor->data) - kind_to_end, cursor->kind);
}

static bool take_entry(struct snap_sst_merge *merge, struct snap_sst_cursor *cursor,
                       enum finding *finding)
{
    switch (cursor->kind) {
    case SNAP_SST_VALUE:
        snap_write_bytes(&merge->value, cursor->value);
        *finding = IS_VALUE;
        return true;
    case SNAP_SST_MERGE:
        snap_write_bytes(&merge->operands, cursor->value);
        set_length(&merge->operands, cursor->value.count);
        *finding = HAS_OPERANDS;
        return true;
    case SNAP_SST_DELETION:
    case SNAP_SST_SINGLE_DELETION:
        *finding = *finding == HAS_OPERANDS ? IS_VALUE : IS_DELETED;
        return true;
    default:
        merge->failed = true;
        return fail_kind(cursor);
    }
}

/* Takes all entries of the least key; older ones than a value or deletion do not count. */
static bool take_key(struct snap_sst_merge *merge, uint32_t first, enum finding *finding)
{
    snap_byte_writer_clear(&merge->key);
    snap_byte_writer_clear(&merge->value);
    snap_byte_writer_clear(&merge->operands);
    snap_write_bytes(&merge->key, merge->cursors[first].user_key);
    *finding = OPEN;
    while (!merge->failed && first < merge->count &&
           snap_bytes_equal(merge->cursors[first].user_key, snap_byte_writer_bytes(&merge->key))) {
        if ((*finding == OPEN || *finding == HAS_OPERANDS) &&
            !take_entry(merge, &merge->cursors[first], finding))
            return false;
        advance(merge, first);
        first = find_first(merge);
    }
    return !merge->failed;
}

bool snap_sst_merge_next(struct snap_sst_merge *merge, struct snap_bytes *key,
                         struct snap_bytes *value)
{
    enum finding finding = IS_DELETED;

    while (finding == IS_DELETED) {
        uint32_t first = merge->failed ? merge->count : find_first(merge);

        if (first == merge->count || !take_key(merge, first, &finding))
            return false;
    }
    join_operands(merge);
    *key = snap_byte_writer_bytes(&merge->key);
    *value = snap_byte_writer_bytes(&merge->value);
    return true;
}
