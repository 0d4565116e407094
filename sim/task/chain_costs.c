// SPDX-License-Identifier: Apache-2.0
/*
 * What records cost a chain, where it is not one constant, and the pauses of its operators.
 */
#include "base/check.h"
#include "task/chain.h"
#include "task/task.h"

static struct snap_cost_owner owner_of(const struct snap_chain *chain)
{
    return (struct snap_cost_owner){.seed = chain->task->actor.world->sim->seed,
                                    .subtask = chain->task->subtask,
                                    .attempt = chain->task->attempt};
}

/* The kind of the keys of what the operator takes; a source of what it sends. */
static enum snap_value_kind key_kind(const struct snap_operator *op)
{
    return op->input_count ? op->input_schemas[0].key : op->schema.key;
}

/* Whether the costs can be drawn before the records run: all of them are for each input record,
 * and keys that decide are those of the input. */
static bool may_draw_ahead(const struct snap_chain *chain)
{
    if (!chain->cost_is_constant)
        return false;
    for (uint32_t i = 0; i < chain->count; i++) {
        const struct snap_chain_operator *at = &chain->operators[i];

        if (at->op->cost && at->op->cost->key_count > 0 && (i > 0 || at->class->produce))
            return false;
    }
    return true;
}

void snap_chain_init_costs(struct snap_chain *chain)
{
    struct snap_arena *arena = &chain->task->arena;
    struct snap_cost_stream **streams =
        SNAP_ARENA_ARRAY(arena, struct snap_cost_stream *, chain->count);
    struct snap_cost_owner owner = owner_of(chain);
    struct snap_costs_ahead ahead = {.streams = streams, .floor_ns = chain->cost_floor_ns};
    struct snap_real_table *table = NULL;

    for (uint32_t i = 0; i < chain->count; i++) {
        struct snap_chain_operator *at = &chain->operators[i];

        if (!at->op->cost)
            continue;
        if (!table) {
            table = SNAP_ARENA_NEW(arena, struct snap_real_table);
            snap_real_table_init(table);
            owner.table = table;
        }
        at->cost_stream = SNAP_ARENA_NEW(arena, struct snap_cost_stream);
        owner.uid = at->op->uid;
        snap_cost_stream_init(at->cost_stream, at->op->cost, &owner, SNAP_COST_OF_RECORD);
        at->cost_stream->by_string = key_kind(at->op) == SNAP_VALUE_STRING;
        streams[ahead.stream_count++] = at->cost_stream;
        ahead.by_key |= at->op->cost->key_count > 0;
    }
    if (ahead.stream_count == 0)
        return;
    if (may_draw_ahead(chain)) {
        ahead.fixed_ns = chain->cost_ns;
        chain->costs_ahead = snap_arena_copy(arena, &ahead, sizeof(ahead));
        snap_costs_ahead_init(chain->costs_ahead, arena);
    }
    chain->cost_is_constant = false;
}

snap_ns snap_chain_cost_of(struct snap_chain_operator *at, const struct snap_batch *batch)
{
    snap_ns cost = 0;

    if (!at->cost_stream)
        return snap_ns_times(at->op->cost_ns, batch->count);
    for (uint32_t i = 0; i < batch->count; i++)
        cost = snap_ns_add(cost, snap_cost_stream_next(at->cost_stream, batch->records[i].key));
    return cost;
}

snap_ns snap_chain_take_cost(struct snap_chain *chain, uint32_t count)
{
    snap_ns cost = snap_chain_cost_of_next(chain, count);

    if (chain->costs_ahead)
        snap_costs_ahead_take(chain->costs_ahead, count);
    return cost;
}

void snap_chain_set_pauses(struct snap_chain *chain, snap_ns from_ns)
{
    struct snap_cost_owner owner = owner_of(chain);

    for (uint32_t i = 0; i < chain->count; i++) {
        struct snap_chain_operator *at = &chain->operators[i];

        at->pause_due_ns = SNAP_NEVER;
        owner.uid = at->op->uid;
        if (at->op->pauses.every_ns > 0)
            at->pause_due_ns = snap_pause_first(at->op, &owner, from_ns);
        chain->pause_due_ns = snap_ns_min(chain->pause_due_ns, at->pause_due_ns);
    }
}

snap_ns snap_chain_take_pauses(struct snap_chain *chain, snap_ns now_ns)
{
    snap_ns pause = 0;

    chain->pause_due_ns = SNAP_NEVER;
    for (uint32_t i = 0; i < chain->count; i++) {
        struct snap_chain_operator *at = &chain->operators[i];

        if (at->pause_due_ns <= now_ns) {
            snap_ns every = at->op->pauses.every_ns;

            pause = snap_ns_min(pause + at->op->pauses.for_ns, SNAP_DURATION_MAX);
            /* Those that were missed during a long record are not made up for. */
            at->pause_due_ns += ((now_ns - at->pause_due_ns) / every + 1) * every;
        }
        chain->pause_due_ns = snap_ns_min(chain->pause_due_ns, at->pause_due_ns);
    }
    return pause;
}

snap_ns snap_chain_at_pace(const struct snap_chain *chain, snap_ns cost_ns)
{
    snap_ns at_pace_ns = snap_ns_scale(cost_ns, chain->pace_permille);

    return snap_ns_max(snap_ns_min(at_pace_ns, SNAP_DURATION_MAX), chain->cost_floor_ns);
}

void snap_chain_set_pace(struct snap_chain *chain, int64_t permille)
{
    SNAP_CHECK(permille > 0);
    chain->pace_permille = permille;
    chain->cost_ns = snap_chain_at_pace(chain, chain->cost_base_ns);
    if (chain->costs_ahead)
        snap_costs_ahead_set_pace(chain->costs_ahead, permille);
}
