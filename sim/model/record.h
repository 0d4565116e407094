// SPDX-License-Identifier: Apache-2.0
/*
 * record.h: one element of a stream. Runs of them lie in columns: what operators work with in one,
 * what few jobs ask for in others.
 *
 * - A struct snap_record is one record by itself, with all there is to know of it. What moves
 * through chains and channels is a struct snap_pair of 16 bytes; timestamp and origin have a column
 *   `stamps` beside it, which exists where an operator of the job looks at them or somebody watches
 *   records (snap_world_columns). Where there is none, they are 0.
 * - The kinds of key and value are fixed per operator output (struct snap_schema), not per record.
 * - `origin` names the source record it comes from: 16 bits split of the whole job, 48 bits offset
 *   inside the split. What is derived from a source record keeps its origin.
 * - The side column `lineage` of a batch tells the copies and children of one origin apart. It
 *   exists only while a ledger is on and the job makes any; rules: model/lineage.h.
 * - The size on the wire is the model's (struct snap_operator.record_size_bytes), not this one's.
 */
#ifndef SNAP_MODEL_RECORD_H
#define SNAP_MODEL_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

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
    union snap_value key;
    union snap_value value;
    int64_t timestamp_ms; /* event time */
    uint64_t origin;
};

/* What a record says: all that hot loops read and copy. */
struct snap_pair {
    union snap_value key;
    union snap_value value;
};

/* What else there is to know of a record. */
struct snap_stamp {
    int64_t timestamp_ms;
    uint64_t origin;
};

/* Records in a row where they lie, to be read: in two columns, or whole, as pair and stamp in turn.
 * Borrowed. */
struct snap_record_view {
    const void *pairs;
    const void *stamps;
    uint32_t stride_bytes; /* from one to the next, of either */
};

/* Which side columns there are: the same everywhere in a job. */
struct snap_columns {
    bool stamps;
    bool lineage;
};

/*
 * A run of records that moves through a chain.
 * - `stamps` is NULL if the job has none, else it has `count` entries.
 * - `lineage` is NULL while no ledger is on or all are 0, else it has `count` entries.
 * - `input_index[i]` is the position in the span of input records that record i comes from; NULL
 *   means i itself.
 */
struct snap_batch {
    struct snap_pair *records;
    struct snap_stamp *stamps;
    uint64_t *lineage;
    uint32_t *input_index;
    uint32_t count;
};

/* Returns a record out of its columns; `stamp` may be NULL. */
static inline struct snap_record snap_record_join(const struct snap_pair *pair,
                                                  const struct snap_stamp *stamp)
{
    return (struct snap_record){
        .timestamp_ms = stamp ? stamp->timestamp_ms : 0,
        .key = pair->key,
        .value = pair->value,
        .origin = stamp ? stamp->origin : 0,
    };
}

_Static_assert(offsetof(struct snap_record, timestamp_ms) == sizeof(struct snap_pair) &&
                   sizeof(struct snap_record) ==
                       sizeof(struct snap_pair) + sizeof(struct snap_stamp) &&
                   sizeof(struct snap_pair) == sizeof(struct snap_stamp),
               "a record is a pair and a stamp");

/* Returns a view of whole records. */
static inline struct snap_record_view snap_record_view_of(const struct snap_record *records)
{
    return (struct snap_record_view){
        records, (const char *)records + offsetof(struct snap_record, timestamp_ms),
        sizeof(*records)};
}

/* Returns the view from record `first` on. */
static inline struct snap_record_view snap_record_view_from(const struct snap_record_view *view,
                                                            uint32_t first)
{
    size_t bytes = (size_t)first * view->stride_bytes;

    return (struct snap_record_view){(const char *)view->pairs + bytes,
                                     (const char *)view->stamps + bytes, view->stride_bytes};
}

/* Returns record i of the view. */
static inline struct snap_record snap_record_view_at(const struct snap_record_view *view,
                                                     uint32_t i)
{
    const struct snap_record_view at = snap_record_view_from(view, i);
    struct snap_pair pair;
    struct snap_stamp stamp;

    memcpy(&pair, at.pairs, sizeof(pair));
    memcpy(&stamp, at.stamps, sizeof(stamp));
    return snap_record_join(&pair, &stamp);
}

/* Copies `count` records of the view, whole. */
static inline void snap_record_view_copy(const struct snap_record_view *view, uint32_t count,
                                         struct snap_record *to)
{
    const char *pair = view->pairs;
    const char *stamp = view->stamps;

    /* By halves: whole records would be put together on the stack first, which takes ten times as
     * long. */
    for (uint32_t i = 0; i < count; i++) {
        memcpy(&to[i], pair, sizeof(struct snap_pair));
        memcpy((char *)&to[i] + sizeof(struct snap_pair), stamp, sizeof(struct snap_stamp));
        pair += view->stride_bytes;
        stamp += view->stride_bytes;
    }
}

/* Returns the origin of record i of the view. */
static inline uint64_t snap_record_view_origin(const struct snap_record_view *view, uint32_t i)
{
    return snap_record_view_at(view, i).origin;
}

/* Puts a record into its columns; `stamp` may be NULL. */
static inline void snap_record_split(const struct snap_record *record, struct snap_pair *pair,
                                     struct snap_stamp *stamp)
{
    *pair = (struct snap_pair){record->key, record->value};
    if (stamp)
        *stamp = (struct snap_stamp){record->timestamp_ms, record->origin};
}

/* Returns record i of the batch. */
static inline struct snap_record snap_batch_record(const struct snap_batch *batch, uint32_t i)
{
    return snap_record_join(&batch->records[i], batch->stamps ? &batch->stamps[i] : NULL);
}

/* Returns the records of the batch from `first` on, as a batch. */
static inline struct snap_batch snap_batch_from(const struct snap_batch *batch, uint32_t first)
{
    return (struct snap_batch){
        .records = batch->records + first,
        .stamps = batch->stamps ? batch->stamps + first : NULL,
        .lineage = batch->lineage ? batch->lineage + first : NULL,
        .input_index = batch->input_index ? batch->input_index + first : NULL,
        .count = batch->count - first,
    };
}

/* Puts a record into the place of record i. */
static inline void snap_batch_set(const struct snap_batch *batch, uint32_t i,
                                  const struct snap_record *record)
{
    snap_record_split(record, &batch->records[i], batch->stamps ? &batch->stamps[i] : NULL);
}

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
