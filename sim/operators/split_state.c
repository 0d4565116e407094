// SPDX-License-Identifier: Apache-2.0
#include "operators/split_state.h"

#include <inttypes.h>
#include <string.h>

#include "base/check.h"

enum { VERSION_PLAIN = 1, VERSION_WITH_POSITION = 2, FRAME_BYTES = 8, PLAIN_BYTES = 20 };

static void put(uint8_t *to, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        to[i] = (uint8_t)(value >> (8 * (bytes - 1 - i)));
}

static uint64_t get(const uint8_t *from, unsigned bytes)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < bytes; i++)
        value = value << 8 | from[i];
    return value;
}

uint64_t snap_split_end(const struct snap_operator *op, uint64_t index)
{
    const struct snap_source_settings *settings = op->settings;

    return settings->split_end ? settings->split_end(op, index) : INT64_MAX;
}

bool snap_split_is_used_up(const struct snap_operator *op, const struct snap_list_item *item)
{
    struct snap_split_item split;

    SNAP_CHECK(item->bytes == sizeof(split));
    memcpy(&split, item->data, sizeof(split));
    return split.next >= snap_split_end(op, split.split - op->split_first);
}

/* A source without ends of its own finds its place by the position. */
static bool has_position(const struct snap_operator *op)
{
    return ((const struct snap_source_settings *)op->settings)->split_end == NULL;
}

static uint32_t encode(const struct snap_operator *op, const struct snap_list_item *item,
                       struct snap_arena *arena, struct snap_element *elements)
{
    uint32_t bytes = has_position(op) ? PLAIN_BYTES + 8 : PLAIN_BYTES;
    uint8_t *data = snap_arena_alloc(arena, FRAME_BYTES + bytes);
    struct snap_split_item split;
    uint64_t index;

    SNAP_CHECK(item->bytes == sizeof(split));
    memcpy(&split, item->data, sizeof(split));
    index = split.split - op->split_first;
    if (snap_split_is_used_up(op, item))
        return 0;
    put(data, has_position(op) ? VERSION_WITH_POSITION : VERSION_PLAIN, 4);
    put(data + 4, bytes, 4);
    put(data + FRAME_BYTES, index, 4);
    put(data + FRAME_BYTES + 4, split.next, 8);
    put(data + FRAME_BYTES + 12, snap_split_end(op, index), 8);
    if (has_position(op))
        put(data + FRAME_BYTES + 20, split.position, 8);
    elements->type = SNAP_TYPE_BYTES;
    elements->bytes = (struct snap_bytes){data, FRAME_BYTES + bytes};
    return 1;
}

static bool refuse(const struct snap_operator *op, struct snap_error *error, const char *why)
{
    return snap_error_set(error, SNAP_ERROR_RESTORE, "a split of the source \"%s\" %s", op->uid,
                          why);
}

static bool decode(const struct snap_item_maker *maker, const struct snap_element *elements,
                   struct snap_list_item *item, struct snap_error *error)
{
    const struct snap_operator *op = maker->op;
    uint32_t count = op->split_count ? op->split_count : op->parallelism;
    uint32_t expected = has_position(op) ? PLAIN_BYTES + 8 : PLAIN_BYTES;
    const uint8_t *data = elements->bytes.at;
    struct snap_split_item *split = SNAP_ARENA_NEW(maker->arena, struct snap_split_item);

    if (elements->bytes.count != FRAME_BYTES + expected || get(data + 4, 4) != expected)
        return refuse(op, error, "has another form than this source's splits have");
    split->split = get(data + FRAME_BYTES, 4);
    if (split->split >= count)
        return snap_error_set(error, SNAP_ERROR_RESTORE,
                              "the snapshot has split %llu (counted from 0) of the source \"%s\", "
                              "which has %u %s in this job: give it as many splits as it had",
                              (unsigned long long)split->split, op->uid, count,
                              count == 1 ? "split" : "splits");
    split->next = get(data + FRAME_BYTES + 4, 8);
    if (split->next > snap_split_end(op, split->split))
        return snap_error_set(error, SNAP_ERROR_RESTORE,
                              "a split of the source \"%s\" goes on with record %" PRIu64
                              ", and has %" PRIu64 " in this job",
                              op->uid, split->next, snap_split_end(op, split->split));
    split->split += op->split_first;
    split->position = has_position(op) ? get(data + FRAME_BYTES + 20, 8) : 0;
    item->data = split;
    item->bytes = sizeof(*split);
    return true;
}

static const struct snap_state_spec states[] = {
    {.name = "SourceReaderState",
     .shape = SNAP_SHAPE_LIST,
     .element = SNAP_TYPE_BYTES,
     .encode = encode,
     .decode = decode},
};

const struct snap_state_specs snap_source_states = {states, 1, true};
