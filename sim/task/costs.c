// SPDX-License-Identifier: Apache-2.0
#include "task/costs.h"

#include "base/check.h"

enum { RNG_PAUSE = 0x70617573 };

/* Sums go no further: the run has ended long before. */
static const snap_ns SUM_MAX_NS = 4 * SNAP_DURATION_MAX;

void snap_costs_ahead_init(struct snap_costs_ahead *ahead, struct snap_arena *arena)
{
    ahead->until_ns = SNAP_ARENA_ARRAY(arena, snap_ns, (size_t)2 * SNAP_COSTS_AHEAD_MAX);
    ahead->drawn_ns = SNAP_ARENA_ARRAY(arena, snap_ns, (size_t)2 * SNAP_COSTS_AHEAD_MAX);
    ahead->permille = 1000;
    ahead->next = 0;
    ahead->count = 0;
    ahead->long_at = UINT32_MAX;
}

/* Adds up what the records from `first` on cost at the pace of now. */
static void add_up(struct snap_costs_ahead *ahead, uint32_t first)
{
    snap_ns before = first ? ahead->until_ns[first - 1] : 0;

    if (ahead->long_at >= first)
        ahead->long_at = UINT32_MAX;
    for (uint32_t i = first; i < ahead->count; i++) {
        snap_ns cost = ahead->permille == 1000 ? ahead->drawn_ns[i]
                                               : snap_ns_scale(ahead->drawn_ns[i], ahead->permille);

        cost = snap_ns_min(snap_ns_max(cost, ahead->floor_ns), SNAP_DURATION_MAX);
        if (cost >= SNAP_LONG_RECORD_NS && ahead->long_at == UINT32_MAX)
            ahead->long_at = i;
        before = snap_ns_min(before + cost, SUM_MAX_NS);
        ahead->until_ns[i] = before;
    }
}

void snap_costs_ahead_set_pace(struct snap_costs_ahead *ahead, int64_t permille)
{
    ahead->permille = permille;
    add_up(ahead, ahead->next);
}

/* Moves what is known to the front; the sums start anew. */
static void compact(struct snap_costs_ahead *ahead)
{
    snap_ns base = snap_costs_ahead_base(ahead);
    uint32_t known = ahead->count - ahead->next;

    for (uint32_t i = 0; i < known; i++) {
        ahead->until_ns[i] = ahead->until_ns[ahead->next + i] - base;
        ahead->drawn_ns[i] = ahead->drawn_ns[ahead->next + i];
    }
    if (ahead->long_at != UINT32_MAX)
        ahead->long_at -= ahead->next;
    ahead->next = 0;
    ahead->count = known;
}

/* Draws costs of `count` more records, operator by operator, then adds them up. */
static void extend(struct snap_costs_ahead *ahead, const struct snap_pair *records, uint32_t count)
{
    snap_ns *costs = ahead->drawn_ns + ahead->count;

    for (uint32_t i = 0; i < count; i++)
        costs[i] = ahead->fixed_ns;
    for (uint32_t s = 0; s < ahead->stream_count; s++)
        snap_cost_stream_add(ahead->streams[s], records, costs, count);
    ahead->count += count;
    add_up(ahead, ahead->count - count);
}

uint32_t snap_costs_ahead_draw(struct snap_costs_ahead *ahead, const struct snap_pair *records,
                               uint32_t count)
{
    uint32_t known = ahead->count - ahead->next;
    uint32_t target;

    if (count > SNAP_COSTS_AHEAD_MAX)
        count = SNAP_COSTS_AHEAD_MAX;
    if (known >= count)
        return count;
    SNAP_CHECK(records || !ahead->by_key);
    /* Without keys there are always records to come: draw many at once. */
    target = ahead->by_key ? count : SNAP_COSTS_AHEAD_MAX;
    if (ahead->next + target > 2 * SNAP_COSTS_AHEAD_MAX)
        compact(ahead);
    extend(ahead, ahead->by_key ? records + known : NULL, target - known);
    return count;
}

uint32_t snap_costs_ahead_fit(const struct snap_costs_ahead *ahead, uint32_t count, snap_ns span_ns)
{
    const snap_ns *sums = snap_costs_ahead_sums(ahead);
    snap_ns base = snap_costs_ahead_base(ahead);
    uint32_t low = 1; /* so many surely start in time */
    uint32_t high = count;

    SNAP_CHECK(count > 0 && span_ns > 0);
    if (count == 1 || sums[count - 2] - base < span_ns)
        return count;
    while (low < high) {
        uint32_t middle = low + (high - low + 1) / 2;

        if (sums[middle - 2] - base < span_ns)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

void snap_costs_ahead_take(struct snap_costs_ahead *ahead, uint32_t count)
{
    ahead->next += count;
    if (ahead->long_at >= ahead->next)
        return;
    ahead->long_at = UINT32_MAX;
    for (uint32_t i = ahead->next; i < ahead->count && ahead->long_at == UINT32_MAX; i++)
        if (ahead->until_ns[i] - ahead->until_ns[i - 1] >= SNAP_LONG_RECORD_NS)
            ahead->long_at = i;
}

snap_ns snap_pause_first(const struct snap_operator *op, const struct snap_cost_owner *owner,
                         snap_ns from_ns)
{
    snap_ns every = op->pauses.every_ns;
    struct snap_rng rng;
    snap_ns first;

    SNAP_CHECK(every > 0);
    /* Every subtask has a rhythm of its own, the same in all attempts. */
    snap_rng_init(&rng, owner->seed, snap_cost_owner_id(owner), RNG_PAUSE);
    first = (snap_ns)snap_rng_below(&rng, (uint64_t)every);
    if (first >= from_ns)
        return first;
    return snap_ns_add(first, (from_ns - first + every - 1) / every * every);
}
