// SPDX-License-Identifier: Apache-2.0
#include "operators/packed_record.h"

#include <string.h>

#include "model/string_pool.h"

enum { NUMBER_BYTES = 8, LENGTH_BYTES = 4, HEAD_BYTES = 3 * NUMBER_BYTES };

/* ---- writing ---- */

static size_t value_bytes(enum snap_value_kind kind, union snap_value value)
{
    return kind == SNAP_VALUE_LONG ? (size_t)NUMBER_BYTES : LENGTH_BYTES + value.string->length;
}

static uint8_t *put_number(uint8_t *to, uint64_t number, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        to[i] = (uint8_t)(number >> 8 * i);
    return to + bytes;
}

static uint8_t *put_value(uint8_t *to, enum snap_value_kind kind, union snap_value value)
{
    if (kind == SNAP_VALUE_LONG)
        return put_number(to, (uint64_t)value.number, NUMBER_BYTES);
    to = put_number(to, value.string->length, LENGTH_BYTES);
    memcpy(to, value.string->bytes, value.string->length);
    return to + value.string->length;
}

void snap_packed_record_write(struct snap_schema schema, const struct snap_packed_record *packed,
                              struct snap_arena *arena, struct snap_element *element)
{
    const struct snap_record *record = &packed->record;
    size_t count = HEAD_BYTES + value_bytes(schema.key, record->key) +
                   value_bytes(schema.value, record->value);
    uint8_t *bytes = SNAP_ARENA_ARRAY(arena, uint8_t, count);
    uint8_t *at = put_number(bytes, packed->tag, NUMBER_BYTES);

    at = put_number(at, (uint64_t)record->timestamp_ms, NUMBER_BYTES);
    at = put_number(at, record->origin, NUMBER_BYTES);
    at = put_value(at, schema.key, record->key);
    put_value(at, schema.value, record->value);
    *element = (struct snap_element){.type = SNAP_TYPE_BYTES, .bytes = {bytes, count}};
}

/* ---- reading ---- */

struct reading {
    const uint8_t *at;
    size_t left;
    bool failed;
};

static uint64_t take_number(struct reading *reading, unsigned bytes)
{
    uint64_t number = 0;

    if (reading->left < bytes) {
        reading->failed = true;
        return 0;
    }
    for (unsigned i = 0; i < bytes; i++)
        number |= (uint64_t)reading->at[i] << 8 * i;
    reading->at += bytes;
    reading->left -= bytes;
    return number;
}

static union snap_value take_value(struct reading *reading, enum snap_value_kind kind,
                                   struct snap_arena *arena)
{
    union snap_value value = {.number = 0};
    size_t length;

    if (kind == SNAP_VALUE_LONG) {
        value.number = (int64_t)take_number(reading, NUMBER_BYTES);
        return value;
    }
    length = (size_t)take_number(reading, LENGTH_BYTES);
    if (length > reading->left) {
        reading->failed = true;
        return value;
    }
    value.string = snap_string_make(arena, (const char *)reading->at, length);
    reading->at += length;
    reading->left -= length;
    return value;
}

bool snap_packed_record_read(struct snap_schema schema, const struct snap_item_maker *maker,
                             const struct snap_element *element, struct snap_packed_record *packed,
                             struct snap_error *error)
{
    struct reading reading = {element->bytes.at, element->bytes.count, false};

    packed->tag = take_number(&reading, NUMBER_BYTES);
    packed->record.timestamp_ms = (int64_t)take_number(&reading, NUMBER_BYTES);
    packed->record.origin = take_number(&reading, NUMBER_BYTES);
    packed->record.key = take_value(&reading, schema.key, maker->arena);
    packed->record.value = take_value(&reading, schema.value, maker->arena);
    if (!reading.failed && reading.left == 0)
        return true;
    return snap_error_set(error, SNAP_ERROR_RESTORE,
                          "operator \"%s\": an element of a list, of %zu bytes, is no record of "
                          "this job",
                          maker->op->uid, element->bytes.count);
}
