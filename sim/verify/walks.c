// SPDX-License-Identifier: Apache-2.0
#include "verify/walks.h"

/* How many receivers each operator of the execution had from then on, least and most. */
static void count_receivers(struct snap_walk *walk, const struct snap_ledger *newest,
                            const struct snap_ledger *of, struct snap_arena *arena)
{
    uint32_t count = of->job->operator_count;

    walk->receivers_least = SNAP_ARENA_ARRAY(arena, uint32_t, count);
    walk->receivers_most = SNAP_ARENA_ARRAY(arena, uint32_t, count);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t least = of->job->operators[i].parallelism;
        uint32_t most = least;

        for (const struct snap_ledger *at = newest; at != of; at = at->before) {
            const struct snap_operator *same =
                snap_job_find_operator(at->job, of->job->operators[i].uid);
            uint32_t receivers = same ? same->parallelism : 0;

            least = receivers < least ? receivers : least;
            most = receivers > most ? receivers : most;
        }
        walk->receivers_least[i] = least;
        walk->receivers_most[i] = most;
    }
}

void snap_walks_init(struct snap_walks *walks, const struct snap_ledger *newest,
                     uint32_t operator_index, struct snap_arena *arena)
{
    const struct snap_operator *op = &newest->job->operators[operator_index];

    walks->newest = newest;
    walks->items = SNAP_ARENA_ARRAY(arena, struct snap_walk, (size_t)newest->execution + 1);
    for (const struct snap_ledger *at = newest; at; at = at->before) {
        const struct snap_operator *same = snap_job_find_operator(at->job, op->uid);
        struct snap_walk *walk = &walks->items[at->execution];

        if (!same || same->type != op->type)
            continue;
        snap_walk_init(walk, &at->graph, same->index);
        count_receivers(walk, newest, at, arena);
    }
    for (uint32_t i = 0; i < newest->job->operator_count; i++)
        walks->may_be_held |=
            walks->items[newest->execution].reaching[i] && newest->rules[i]->holds;
}

void snap_walks_fini(struct snap_walks *walks)
{
    for (uint32_t e = 0; e <= walks->newest->execution; e++)
        if (walks->items[e].graph)
            snap_walk_fini(&walks->items[e]);
}

bool snap_walks_reach(const struct snap_walks *walks, uint32_t split)
{
    for (const struct snap_ledger *at = walks->newest; at; at = at->before) {
        const struct snap_walk *walk = &walks->items[at->execution];

        if (split < at->job->split_count && at->split_operator[split] != SNAP_NO_INDEX &&
            walk->graph && walk->reaching[at->split_operator[split]])
            return true;
    }
    return false;
}

static bool may_have_been_held(const struct snap_graph *graph, uint32_t index)
{
    const struct snap_operator *op = &graph->job->operators[index];

    if (graph->rules[index]->holds)
        return true;
    for (uint32_t i = 0; i < op->in_edge_count; i++)
        if (may_have_been_held(graph, graph->job->edges[op->in_edges[i]].producer))
            return true;
    return false;
}

/* A copy for the operator, or for one before it, is optional. */
static bool has_optional(const struct snap_walk *walk, uint32_t index)
{
    const struct snap_job *job = walk->graph->job;
    const struct snap_operator *op = &job->operators[index];
    bool changed = walk->receivers_least[index] != walk->receivers_most[index];

    for (uint32_t i = 0; i < op->in_edge_count; i++) {
        const struct snap_edge *edge = &job->edges[op->in_edges[i]];

        if (changed && edge->ship == SNAP_SHIP_BROADCAST &&
            may_have_been_held(walk->graph, edge->producer))
            return true;
        if (has_optional(walk, edge->producer))
            return true;
    }
    return false;
}

bool snap_walks_know_all(const struct snap_walks *walks)
{
    for (uint32_t e = 0; e <= walks->newest->execution; e++)
        if (walks->items[e].graph && has_optional(&walks->items[e], walks->items[e].target))
            return false;
    return true;
}

/* The last execution that sent the record, or would have. */
static const struct snap_ledger *ledger_of(const struct snap_walks *walks, uint64_t origin)
{
    const struct snap_ledger *at = walks->newest;
    uint32_t split = snap_origin_split(origin);

    while (at->before &&
           (at->split_operator[split] == SNAP_NO_INDEX || origin < at->base_origin[split]) &&
           split < at->before->job->split_count)
        at = at->before;
    return at;
}

const struct snap_walk *snap_walks_from(struct snap_walks *walks, const struct snap_record *record)
{
    const struct snap_ledger *at = ledger_of(walks, record->origin);
    struct snap_walk *walk = &walks->items[at->execution];

    walk->count = 0;
    if (walk->graph)
        snap_walk_from(walk, at->split_operator[snap_origin_split(record->origin)], record);
    return walk;
}

const struct snap_walk *snap_walks_from_result(struct snap_walks *walks, uint32_t window,
                                               const struct snap_window_line *line)
{
    const struct snap_ledger *at = walks->newest;
    const struct snap_operator *op = &at->job->operators[window];
    struct snap_walk *walk = &walks->items[line->execution];

    while (at->execution != line->execution)
        at = at->before;
    op = snap_job_find_operator(at->job, op->uid);
    walk->count = 0;
    if (walk->graph && op)
        snap_walk_from_result(walk, op->index, &line->record, line->lineage);
    return walk;
}
