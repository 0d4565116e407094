// SPDX-License-Identifier: Apache-2.0
/*
 * costs.h: what records cost where it is drawn, and when a subtask pauses.
 *
 * - Costs ahead: if each record that goes into the chain meets every operator with a cost once, and
 *   its key is known, the costs of the records to come are drawn before they run: as sums, so that
 *   a span can look up where it has to end. How far ahead changes no draw.
 * - Pauses lie at fixed instants of the run: the first is drawn, the others follow regularly.
 * - Memory: the attempt's arena. Thread: the task's.
 */
#ifndef SNAP_TASK_COSTS_H
#define SNAP_TASK_COSTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/cost_draw.h"
#include "model/job.h"

/* Most records whose costs are known ahead. */
enum { SNAP_COSTS_AHEAD_MAX = SNAP_COST_DRAWS_MAX };

/* In virtual time Flink's other threads, which send buffers and acknowledge snapshots, do not wait
 * for a record that takes so long; shorter ones are run as a whole. */
#define SNAP_LONG_RECORD_NS (2 * SNAP_MS)

struct snap_costs_ahead {
    struct snap_cost_stream **streams; /* one an operator with a drawn cost; borrowed */
    uint32_t stream_count;
    bool by_key;       /* the records themselves are needed */
    snap_ns fixed_ns;  /* what each record costs besides */
    snap_ns floor_ns;  /* the least cost of a record */
    int64_t permille;  /* the pace: costs are this many thousandths of what is drawn */
    snap_ns *drawn_ns; /* what the i-th costs at pace 1000 */
    snap_ns *until_ns; /* the sums: of all records up to and including the i-th */
    uint32_t next;     /* the first record that has not run */
    uint32_t count;
    uint32_t long_at; /* the next long record; UINT32_MAX: none is known */
};

/* Prepares the table; streams, by_key, fixed_ns and floor_ns are set. */
void snap_costs_ahead_init(struct snap_costs_ahead *ahead, struct snap_arena *arena);

/* From the next record on costs are `permille` thousandths of what is drawn. */
void snap_costs_ahead_set_pace(struct snap_costs_ahead *ahead, int64_t permille);

/* Draws until the costs of the next `count` records are known, at most SNAP_COSTS_AHEAD_MAX;
 * `records` are those records, and may be NULL if no key decides. Returns how many are known. */
uint32_t snap_costs_ahead_draw(struct snap_costs_ahead *ahead, const struct snap_pair *records,
                               uint32_t count);

/* Returns the instants, counted from the start of the next record, at which the next records are
 * complete, as sums with an offset: the i-th is returned[i] - snap_costs_ahead_base. */
static inline const snap_ns *snap_costs_ahead_sums(const struct snap_costs_ahead *ahead)
{
    return ahead->until_ns + ahead->next;
}

static inline snap_ns snap_costs_ahead_base(const struct snap_costs_ahead *ahead)
{
    return ahead->next ? ahead->until_ns[ahead->next - 1] : 0;
}

/* Returns what the next `count` records cost together; their costs must be known. */
static inline snap_ns snap_costs_ahead_sum(const struct snap_costs_ahead *ahead, uint32_t count)
{
    return count ? snap_costs_ahead_sums(ahead)[count - 1] - snap_costs_ahead_base(ahead) : 0;
}

/* Returns how many of the next `count` > 0 records, whose costs are known, start before `span_ns`
 * > 0 is over. */
uint32_t snap_costs_ahead_fit(const struct snap_costs_ahead *ahead, uint32_t count,
                              snap_ns span_ns);

/* Returns how many of the next `count` records, whose costs are known, come before a long one. */
static inline uint32_t snap_costs_ahead_before_long(const struct snap_costs_ahead *ahead,
                                                    uint32_t count)
{
    return ahead->long_at < ahead->next + count ? ahead->long_at - ahead->next : count;
}

/* The next `count` records have run. */
void snap_costs_ahead_take(struct snap_costs_ahead *ahead, uint32_t count);

/* Returns the instant of the first pause at or after `from_ns`; the operator must have pauses. */
snap_ns snap_pause_first(const struct snap_operator *op, const struct snap_cost_owner *owner,
                         snap_ns from_ns);

#endif
