// SPDX-License-Identifier: Apache-2.0
#include "operators/rate_plan.h"

#include <string.h>

#include "base/check.h"
#include "base/hash.h"

enum { RNG_ARRIVALS = 0x61727276 };

static const uint64_t HOUR_NS = UINT64_C(3600) * 1000000000;

static void init_pieces(struct snap_rate_plan *plan, const struct snap_rate *rate,
                        struct snap_arena *arena)
{
    struct snap_rate_piece *pieces =
        SNAP_ARENA_ARRAY(arena, struct snap_rate_piece, rate->step_count);
    snap_flow flow = 0;

    for (uint32_t i = 0; i < rate->step_count; i++) {
        const struct snap_rate_step *step = &rate->steps[i];
        snap_ns end = i + 1 < rate->step_count ? rate->steps[i + 1].from_ns : rate->period_ns;

        pieces[i] = (struct snap_rate_piece){
            .from_ns = step->from_ns,
            .records_per_hour = (uint64_t)step->records_per_hour,
            .before = flow,
        };
        if (end > step->from_ns)
            flow += (snap_flow)(uint64_t)step->records_per_hour * (uint64_t)(end - step->from_ns);
    }
    plan->pieces = pieces;
    plan->piece_count = rate->step_count;
    plan->period_ns = rate->period_ns;
    plan->period_flow = rate->period_ns ? flow : 0;
    SNAP_CHECK(rate->period_ns ? flow > 0 : pieces[rate->step_count - 1].records_per_hour > 0);
}

static void init_arrivals(struct snap_rate_plan *plan, int64_t records_per_hour,
                          const struct snap_rate_owner *owner, struct snap_arena *arena)
{
    struct snap_arrivals *arrivals = SNAP_ARENA_NEW(arena, struct snap_arrivals);
    struct snap_arrivals_mark first = {.at_ns = 0};

    arrivals->arena = arena;
    arrivals->mean_gap_ns = (double)HOUR_NS / (double)records_per_hour;
    arrivals->block = UINT64_MAX;
    snap_real_table_init(&arrivals->table);
    snap_rng_init(&first.rng, owner->seed, snap_hash_bytes(owner->uid, strlen(owner->uid)),
                  RNG_ARRIVALS);
    arrivals->marks = snap_arena_grow(arena, NULL, 0, &arrivals->mark_capacity, sizeof(first));
    arrivals->marks[arrivals->mark_count++] = first;
    plan->arrivals = arrivals;
}

void snap_rate_plan_init(struct snap_rate_plan *plan, const struct snap_rate *rate,
                         int64_t records_per_hour, const struct snap_rate_owner *owner,
                         struct snap_arena *arena)
{
    memset(plan, 0, sizeof(*plan));
    if (!rate)
        plan->records_per_hour = records_per_hour;
    else if (rate->arrivals_records_per_hour)
        init_arrivals(plan, rate->arrivals_records_per_hour, owner, arena);
    else
        init_pieces(plan, rate, arena);
}

static snap_ns draw_gap(struct snap_arrivals *arrivals, struct snap_rng *rng)
{
    double log = snap_real_table_log(&arrivals->table, 1 - snap_rng_unit(rng));

    return log < 0 ? (snap_ns)(-arrivals->mean_gap_ns * log + 0.5) : 0;
}

/* Draws the gaps of the last block that is marked, and marks the next one. */
static void draw_block(struct snap_arrivals *arrivals)
{
    struct snap_arrivals_mark mark = arrivals->marks[arrivals->mark_count - 1];

    for (uint32_t i = 0; i < SNAP_ARRIVALS_BLOCK; i++) {
        mark.at_ns = snap_ns_add(mark.at_ns, draw_gap(arrivals, &mark.rng));
        arrivals->due_ns[i] = mark.at_ns;
    }
    arrivals->block = arrivals->mark_count - 1;
    arrivals->marks = snap_arena_grow(arrivals->arena, arrivals->marks, arrivals->mark_count,
                                      &arrivals->mark_capacity, sizeof(mark));
    arrivals->marks[arrivals->mark_count++] = mark;
}

/* Makes the block the one that is there: those before it have to be drawn once. */
static void load_block(struct snap_arrivals *arrivals, uint64_t block)
{
    uint32_t marks = arrivals->mark_count;

    if (arrivals->block == block)
        return;
    if (block < marks - 1) {
        /* One that was drawn before: draw it again from its mark. */
        arrivals->mark_count = (uint32_t)block + 1;
        draw_block(arrivals);
        arrivals->mark_count = marks;
        return;
    }
    while (arrivals->mark_count <= block + 1)
        draw_block(arrivals);
}

/* The last piece before which less than `flow` > 0 has flowed: it reaches it. */
static const struct snap_rate_piece *piece_of(const struct snap_rate_plan *plan, snap_flow flow)
{
    uint32_t low = 0;
    uint32_t high = plan->piece_count - 1;

    while (low < high) {
        uint32_t middle = low + (high - low + 1) / 2;

        if (plan->pieces[middle].before < flow)
            low = middle;
        else
            high = middle - 1;
    }
    return &plan->pieces[low];
}

/* Where a record is due: in the piece, after `flow` of it, in the period from `period_ns` on. */
struct spot {
    const struct snap_rate_piece *piece;
    snap_flow flow;
    snap_flow left; /* until the piece ends */
    uint64_t period_ns;
};

static struct spot find_spot(const struct snap_rate_plan *plan, uint64_t index)
{
    snap_flow flow = (snap_flow)index * HOUR_NS;
    struct spot spot = {.left = ~(snap_flow)0};
    const struct snap_rate_piece *last = &plan->pieces[plan->piece_count - 1];

    /* The first record is due when anything begins to flow. */
    if (index == 0) {
        spot.piece = plan->pieces;
        while (spot.piece->records_per_hour == 0)
            spot.piece++;
    } else {
        if (plan->period_flow) {
            spot.period_ns = (uint64_t)((flow - 1) / plan->period_flow) * (uint64_t)plan->period_ns;
            flow = (flow - 1) % plan->period_flow + 1;
        }
        spot.piece = piece_of(plan, flow);
        spot.flow = flow - spot.piece->before;
    }
    if (spot.piece < last)
        spot.left = spot.piece[1].before - flow;
    else if (plan->period_flow)
        spot.left = plan->period_flow - flow;
    return spot;
}

static snap_ns due_of_piece(const struct snap_rate_plan *plan, uint64_t index)
{
    struct spot spot = find_spot(plan, index);
    snap_flow rate = spot.piece->records_per_hour;
    snap_flow due =
        spot.period_ns + (snap_flow)(uint64_t)spot.piece->from_ns + (spot.flow + rate - 1) / rate;

    return due < SNAP_NEVER ? (snap_ns)due : SNAP_NEVER - 1;
}

snap_ns snap_rate_plan_due(const struct snap_rate_plan *plan, uint64_t index)
{
    if (plan->pieces)
        return due_of_piece(plan, index);
    if (!plan->arrivals)
        return snap_rate_due(plan->records_per_hour, index);
    load_block(plan->arrivals, index / SNAP_ARRIVALS_BLOCK);
    return plan->arrivals->due_ns[index % SNAP_ARRIVALS_BLOCK];
}

static uint64_t due_by_of_pieces(const struct snap_rate_plan *plan, snap_ns now_ns)
{
    uint64_t periods = plan->period_ns ? (uint64_t)(now_ns / plan->period_ns) : 0;
    snap_ns in_period = plan->period_ns ? now_ns % plan->period_ns : now_ns;
    const struct snap_rate_piece *piece = &plan->pieces[plan->piece_count - 1];
    snap_flow flow = plan->period_flow * periods;

    if (now_ns < due_of_piece(plan, 0))
        return 0;
    while (piece->from_ns > in_period)
        piece--;
    flow +=
        piece->before + (snap_flow)piece->records_per_hour * (uint64_t)(in_period - piece->from_ns);
    flow /= HOUR_NS;
    return flow < UINT64_MAX ? (uint64_t)flow + 1 : UINT64_MAX;
}

static uint64_t due_by_of_arrivals(struct snap_arrivals *arrivals, snap_ns now_ns, uint64_t index)
{
    uint64_t first = index / SNAP_ARRIVALS_BLOCK * SNAP_ARRIVALS_BLOCK;
    uint32_t low = 0;
    uint32_t high = SNAP_ARRIVALS_BLOCK;

    load_block(arrivals, index / SNAP_ARRIVALS_BLOCK);
    while (low < high) {
        uint32_t middle = (low + high) / 2;

        if (arrivals->due_ns[middle] <= now_ns)
            low = middle + 1;
        else
            high = middle;
    }
    return first + low;
}

uint64_t snap_rate_plan_due_by(const struct snap_rate_plan *plan, snap_ns now_ns, uint64_t index)
{
    if (now_ns == SNAP_NEVER)
        return UINT64_MAX;
    if (plan->pieces)
        return due_by_of_pieces(plan, now_ns);
    if (plan->arrivals)
        return due_by_of_arrivals(plan->arrivals, now_ns, index);
    return snap_rate_due_by(plan->records_per_hour, now_ns);
}

struct snap_due_run snap_rate_plan_run(const struct snap_rate_plan *plan, uint64_t index,
                                       uint64_t stride)
{
    struct snap_due_run run = {.count = UINT64_MAX};
    struct spot spot;
    snap_flow step = (snap_flow)stride * HOUR_NS;
    snap_flow count;

    SNAP_CHECK(!plan->arrivals);
    if (!plan->pieces) {
        run.clock = snap_due_clock_at(plan->records_per_hour, index, stride);
        return run;
    }
    spot = find_spot(plan, index);
    run.clock.rate = spot.piece->records_per_hour;
    run.clock.whole_ns =
        spot.period_ns + (uint64_t)spot.piece->from_ns + (uint64_t)(spot.flow / run.clock.rate);
    run.clock.rest = (uint64_t)(spot.flow % run.clock.rate);
    run.clock.step_ns = (uint64_t)(step / run.clock.rate);
    run.clock.step_rest = (uint64_t)(step % run.clock.rate);
    count = spot.left / step + 1;
    run.count = count < UINT64_MAX ? (uint64_t)count : UINT64_MAX;
    return run;
}
