// SPDX-License-Identifier: Apache-2.0
#include "runtime/costs.h"

#include <math.h>
#include <string.h>

#include "base/check.h"
#include "base/hash.h"
#include "model/string_pool.h"

/* Purposes of random streams. */
enum { RNG_COST = 0x636f7374, RNG_PAUSE = 0x70617573 };

/* No draw is longer than an hour. */
static const snap_ns COST_MAX_NS = 3600 * SNAP_SECOND;

/* Owners of streams are subtasks of operators, by name: another operator shifts nothing. */
static uint64_t owner_of(const struct snap_operator *op, uint32_t subtask)
{
    return snap_hash_bytes(op->uid, strlen(op->uid)) + subtask;
}

void snap_cost_stream_init(struct snap_cost_stream *stream, const struct snap_operator *op,
                           const struct snap_cost_owner *owner)
{
    enum snap_value_kind kind = op->input_count ? op->input_schemas[0].key : op->schema.key;

    SNAP_CHECK(op->cost);
    memset(stream, 0, sizeof(*stream));
    stream->cost = op->cost;
    stream->table = owner->table;
    stream->by_string = kind == SNAP_VALUE_STRING;
    snap_rng_init(&stream->rng, owner->seed, owner_of(op, owner->subtask),
                  ((uint64_t)owner->attempt << 32) | RNG_COST);
}

/* A standard normal variate by Marsaglia's polar method: sqrt is exact on every machine. */
static double draw_normal(struct snap_cost_stream *stream)
{
    double x;
    double y;
    double square;
    double factor;

    if (stream->has_spare) {
        stream->has_spare = false;
        return stream->spare;
    }
    do {
        x = 2 * snap_rng_unit(&stream->rng) - 1;
        y = 2 * snap_rng_unit(&stream->rng) - 1;
        square = x * x + y * y;
    } while (square >= 1 || square < 0x1p-1000);
    factor = sqrt(-2 * snap_real_table_log(stream->table, square) / square);
    stream->spare = y * factor;
    stream->has_spare = true;
    return x * factor;
}

static inline snap_ns to_ns(double cost_ns)
{
    return cost_ns < (double)COST_MAX_NS ? (snap_ns)(cost_ns + 0.5) : COST_MAX_NS;
}

/* 1 - unit is in (0, 1]; its logarithm may be a rounding error above 0. */
static inline snap_ns exponential_of(const struct snap_cost_stream *stream, snap_ns mean_ns,
                                     double unit)
{
    double log = snap_real_table_log(stream->table, 1 - unit);

    return log < 0 ? to_ns(-(double)mean_ns * log) : 0;
}

/* First the random numbers, one after the other, then what becomes of each: that can overlap. */
static void add_exponential(struct snap_cost_stream *stream, snap_ns *costs_ns, uint32_t count)
{
    snap_ns mean_ns = stream->cost->law.typical_ns;
    struct snap_rng rng = stream->rng;
    double units[SNAP_COSTS_AHEAD_MAX];

    SNAP_CHECK(count <= SNAP_COSTS_AHEAD_MAX);
    for (uint32_t i = 0; i < count; i++)
        units[i] = snap_rng_unit(&rng);
    stream->rng = rng;
    for (uint32_t i = 0; i < count; i++)
        costs_ns[i] += exponential_of(stream, mean_ns, units[i]);
}

static snap_ns draw_log_normal(struct snap_cost_stream *stream, const struct snap_cost_law *law)
{
    double exponent = law->sigma * draw_normal(stream);

    return to_ns((double)law->typical_ns * snap_real_table_exp(stream->table, exponent));
}

static snap_ns draw(struct snap_cost_stream *stream, const struct snap_cost_law *law)
{
    switch (law->kind) {
    case SNAP_COST_FIXED:
        return law->typical_ns;
    case SNAP_COST_EXPONENTIAL:
        return exponential_of(stream, law->typical_ns, snap_rng_unit(&stream->rng));
    case SNAP_COST_LOG_NORMAL:
        return draw_log_normal(stream, law);
    }
    SNAP_CHECK(false);
    return 0;
}

static bool is_key(const struct snap_cost_stream *stream, const struct snap_cost_of_key *of_key,
                   union snap_value key)
{
    return stream->by_string ? strcmp(of_key->text, key.string->bytes) == 0
                             : of_key->number == key.number;
}

snap_ns snap_cost_stream_next(struct snap_cost_stream *stream, const struct snap_record *record)
{
    const struct snap_cost *cost = stream->cost;

    for (uint32_t i = 0; i < cost->key_count; i++)
        if (is_key(stream, &cost->keys[i], record->key))
            return draw(stream, &cost->keys[i].law);
    return draw(stream, &cost->law);
}

void snap_cost_stream_add(struct snap_cost_stream *stream, const struct snap_record *records,
                          snap_ns *costs_ns, uint32_t count)
{
    const struct snap_cost_law *law = &stream->cost->law;

    if (stream->cost->key_count > 0) {
        for (uint32_t i = 0; i < count; i++)
            costs_ns[i] += snap_cost_stream_next(stream, &records[i]);
    } else if (law->kind == SNAP_COST_EXPONENTIAL) {
        add_exponential(stream, costs_ns, count);
    } else {
        for (uint32_t i = 0; i < count; i++)
            costs_ns[i] += draw(stream, law);
    }
}

void snap_costs_ahead_init(struct snap_costs_ahead *ahead, struct snap_arena *arena)
{
    ahead->until_ns = SNAP_ARENA_ARRAY(arena, snap_ns, (size_t)2 * SNAP_COSTS_AHEAD_MAX);
    ahead->next = 0;
    ahead->count = 0;
}

/* Moves what is known to the front; the sums start anew. */
static void compact(struct snap_costs_ahead *ahead)
{
    snap_ns base = snap_costs_ahead_base(ahead);
    uint32_t known = ahead->count - ahead->next;

    for (uint32_t i = 0; i < known; i++)
        ahead->until_ns[i] = ahead->until_ns[ahead->next + i] - base;
    ahead->next = 0;
    ahead->count = known;
}

/* Draws costs of `count` more records, operator by operator, then adds them up. */
static void extend(struct snap_costs_ahead *ahead, const struct snap_record *records,
                   uint32_t count)
{
    snap_ns *costs = ahead->until_ns + ahead->count;
    snap_ns before = ahead->count ? ahead->until_ns[ahead->count - 1] : 0;

    for (uint32_t i = 0; i < count; i++)
        costs[i] = ahead->fixed_ns;
    for (uint32_t s = 0; s < ahead->stream_count; s++)
        snap_cost_stream_add(ahead->streams[s], records, costs, count);
    for (uint32_t i = 0; i < count; i++) {
        before += snap_ns_max(costs[i], ahead->floor_ns);
        costs[i] = before;
    }
    ahead->count += count;
}

uint32_t snap_costs_ahead_draw(struct snap_costs_ahead *ahead, const struct snap_record *records,
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

snap_ns snap_pause_first(const struct snap_operator *op, const struct snap_cost_owner *owner,
                         snap_ns from_ns)
{
    snap_ns every = op->pauses.every_ns;
    struct snap_rng rng;
    snap_ns first;

    SNAP_CHECK(every > 0);
    /* Every subtask has a rhythm of its own, the same in all attempts. */
    snap_rng_init(&rng, owner->seed, owner_of(op, owner->subtask), RNG_PAUSE);
    first = (snap_ns)snap_rng_below(&rng, (uint64_t)every);
    if (first >= from_ns)
        return first;
    return snap_ns_add(first, (from_ns - first + every - 1) / every * every);
}
