// SPDX-License-Identifier: Apache-2.0
/*
 * cost_draw.h: streams of drawn costs.
 *
 * - A stream gives the costs of one operator of one subtask, one a record, in the order in which
 *   the operator takes them. It is seeded from (seed, uid, subtask, attempt): no other stream is
 *   shifted by it. An attempt has draws of its own; they are no state of the job, so no snapshot
 *   holds them, and what is replayed may cost something else.
 * - How many are drawn at once changes no draw. The same bits on every machine.
 * - Owned by who draws; its thread only.
 */
#ifndef SNAP_MODEL_COST_DRAW_H
#define SNAP_MODEL_COST_DRAW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/real_table.h"
#include "base/rng.h"
#include "model/cost.h"
#include "model/record.h"

/* Most draws at once. */
enum { SNAP_COST_DRAWS_MAX = 512 };

struct snap_cost_stream {
    const struct snap_cost *cost;
    const struct snap_real_table *table; /* borrowed */
    bool by_string;                      /* the keys with a cost of their own are strings */
    struct snap_rng rng;
    bool has_spare; /* normal variates come in pairs */
    double spare;
};

/* Which subtask and attempt the stream or the pauses are of. */
struct snap_cost_owner {
    const struct snap_real_table *table; /* for streams; outlives them */
    const char *uid;
    uint64_t seed;
    uint32_t subtask;
    uint32_t attempt;
};

/* Returns the owner of random streams: by name, so that another operator shifts nothing. */
uint64_t snap_cost_owner_id(const struct snap_cost_owner *owner);

/* What streams are for. */
enum snap_cost_purpose { SNAP_COST_OF_RECORD = 0x636f7374, SNAP_COST_DELAY = 0x64656c61 };

/* Prepares the stream of an operator for a purpose; `cost` is borrowed. */
void snap_cost_stream_init(struct snap_cost_stream *stream, const struct snap_cost *cost,
                           const struct snap_cost_owner *owner, enum snap_cost_purpose purpose);

/* Returns the cost of the next record, which is `record` (looked at where the key decides). */
snap_ns snap_cost_stream_next(struct snap_cost_stream *stream, union snap_value key);

/* Adds the costs of the next `count` records to costs_ns, at most
 * SNAP_COST_DRAWS_MAX; `records` may be NULL if no key decides. */
void snap_cost_stream_add(struct snap_cost_stream *stream, const struct snap_pair *records,
                          snap_ns *costs_ns, uint32_t count);

#endif
