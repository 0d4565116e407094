// SPDX-License-Identifier: Apache-2.0
/*
 * record.h: one element of a stream, a 32-byte value that hot loops move by copying.
 *
 * - The kinds of key and value are fixed per operator output (struct snap_schema), not per record.
 * - `origin` names the source record it comes from: 16 bits split of the whole job, 48 bits offset
 *   inside the split. What is derived from a source record keeps its origin.
 * - The side column `lineage` of a batch tells the copies and children of one origin apart. It
 *   exists only while a ledger is on and the job makes any; rules: model/lineage.h.
 * - The size on the wire is the model's (struct snap_operator.record_size_bytes), not this one's.
 */
#ifndef SNAP_MODEL_RECORD_H
#define SNAP_MODEL_RECORD_H

#include <stdint.h>

struct snap_string;

enum snap_value_kind { SNAP_VALUE_LONG, SNAP_VALUE_STRING };

/* A key or a value. A string lies in a pool that outlives every attempt: see string_pool.h. */
union snap_value {
    int64_t number;
    const struct snap_string *string;
};

struct snap_schema {
    enum snap_value_kind key;
    enum snap_value_kind value;
};

struct snap_record {
    int64_t timestamp_ms; /* event time */
    union snap_value key;
    union snap_value value;
    uint64_t origin;
};

/*
 * A run of records that moves through a chain.
 * - `lineage` is NULL while no ledger is on or all are 0, else it has `count` entries.
 * - `input_index[i]` is the position in the span of input records that record i comes from; NULL
 *   means i itself.
 */
struct snap_batch {
    struct snap_record *records;
    uint64_t *lineage;
    uint32_t *input_index;
    uint32_t count;
};

enum { SNAP_ORIGIN_OFFSET_BITS = 48, SNAP_SPLITS_MAX = 1 << 16 };

static inline uint64_t snap_origin_make(uint32_t split, uint64_t offset)
{
    return ((uint64_t)split << SNAP_ORIGIN_OFFSET_BITS) | offset;
}

static inline uint32_t snap_origin_split(uint64_t origin)
{
    return (uint32_t)(origin >> SNAP_ORIGIN_OFFSET_BITS);
}

static inline uint64_t snap_origin_offset(uint64_t origin)
{
    return origin & ((UINT64_C(1) << SNAP_ORIGIN_OFFSET_BITS) - 1);
}

#endif
