// SPDX-License-Identifier: Apache-2.0
#include "operators/pack.h"

#include <string.h>

#include "model/job.h"
#include "model/string_pool.h"

size_t snap_packed_bytes(enum snap_value_kind kind, union snap_value value)
{
    return SNAP_PACKED_NUMBER + (kind == SNAP_VALUE_STRING ? value.string->length : 0);
}

struct snap_packer snap_pack_begin(struct snap_element *element, size_t bytes,
                                   struct snap_arena *arena)
{
    struct snap_packer packer = {snap_arena_alloc(arena, bytes)};

    *element = (struct snap_element){.type = SNAP_TYPE_BYTES, .bytes = {packer.at, bytes}};
    return packer;
}

void snap_pack_number(struct snap_packer *packer, uint64_t number)
{
    for (unsigned i = 0; i < SNAP_PACKED_NUMBER; i++)
        *packer->at++ = (uint8_t)(number >> (8 * (SNAP_PACKED_NUMBER - 1 - i)));
}

void snap_pack_value(struct snap_packer *packer, enum snap_value_kind kind, union snap_value value)
{
    if (kind == SNAP_VALUE_LONG) {
        snap_pack_number(packer, (uint64_t)value.number);
        return;
    }
    snap_pack_number(packer, value.string->length);
    memcpy(packer->at, value.string->bytes, value.string->length);
    packer->at += value.string->length;
}

static const uint8_t *take(struct snap_unpacker *unpacker, uint64_t count)
{
    const uint8_t *at = unpacker->rest.at;

    if (unpacker->failed || count > unpacker->rest.count) {
        unpacker->failed = true;
        return NULL;
    }
    unpacker->rest.at += count;
    unpacker->rest.count -= (size_t)count;
    return at;
}

uint64_t snap_unpack_number(struct snap_unpacker *unpacker)
{
    const uint8_t *at = take(unpacker, SNAP_PACKED_NUMBER);
    uint64_t number = 0;

    for (unsigned i = 0; at && i < SNAP_PACKED_NUMBER; i++)
        number = number << 8 | at[i];
    return number;
}

union snap_value snap_unpack_value(struct snap_unpacker *unpacker, enum snap_value_kind kind,
                                   struct snap_arena *arena)
{
    union snap_value value = {.number = (int64_t)snap_unpack_number(unpacker)};
    const uint8_t *text;

    if (kind == SNAP_VALUE_LONG)
        return value;
    text = take(unpacker, (uint64_t)value.number);
    value.string =
        snap_string_make(arena, text ? (const char *)text : "", text ? (size_t)value.number : 0);
    return value;
}

bool snap_unpack_end(const struct snap_unpacker *unpacker, const struct snap_operator *op,
                     struct snap_error *error)
{
    if (!unpacker->failed && unpacker->rest.count == 0)
        return true;
    return snap_error_set(error, SNAP_ERROR_RESTORE,
                          "a list of operator \"%s\" has an item of another form than this "
                          "operator's",
                          op->uid);
}
