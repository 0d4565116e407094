// SPDX-License-Identifier: Apache-2.0
#include "model/cost_draw.h"

#include <math.h>
#include <string.h>

#include "base/check.h"
#include "base/hash.h"
#include "model/string_pool.h"

/* No draw is longer than an hour. */
static const snap_ns COST_MAX_NS = SNAP_HOUR;

uint64_t snap_cost_owner_id(const struct snap_cost_owner *owner)
{
    return snap_hash_bytes(owner->uid, strlen(owner->uid)) + owner->subtask;
}

void snap_cost_stream_init(struct snap_cost_stream *stream, const struct snap_cost *cost,
                           const struct snap_cost_owner *owner, enum snap_cost_purpose purpose)
{
    memset(stream, 0, sizeof(*stream));
    stream->cost = cost;
    stream->table = owner->table;
    snap_rng_init(&stream->rng, owner->seed, snap_cost_owner_id(owner),
                  ((uint64_t)owner->attempt << 32) | purpose);
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
    double units[SNAP_COST_DRAWS_MAX];

    SNAP_CHECK(count <= SNAP_COST_DRAWS_MAX);
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

snap_ns snap_cost_stream_next(struct snap_cost_stream *stream, union snap_value key)
{
    const struct snap_cost *cost = stream->cost;

    for (uint32_t i = 0; i < cost->key_count; i++)
        if (is_key(stream, &cost->keys[i], key))
            return draw(stream, &cost->keys[i].law);
    return draw(stream, &cost->law);
}

void snap_cost_stream_add(struct snap_cost_stream *stream, const struct snap_pair *records,
                          snap_ns *costs_ns, uint32_t count)
{
    const struct snap_cost_law *law = &stream->cost->law;

    if (stream->cost->key_count > 0) {
        for (uint32_t i = 0; i < count; i++)
            costs_ns[i] += snap_cost_stream_next(stream, records[i].key);
    } else if (law->kind == SNAP_COST_EXPONENTIAL) {
        add_exponential(stream, costs_ns, count);
    } else {
        for (uint32_t i = 0; i < count; i++)
            costs_ns[i] += draw(stream, law);
    }
}
