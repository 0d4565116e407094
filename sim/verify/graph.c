// SPDX-License-Identifier: Apache-2.0
#include "verify/graph.h"

/* How records of one split stand when they reach an operator. */
enum togetherness {
    APART,        /* two records of one key may be in different subtasks */
    KEY_TOGETHER, /* those of one key are in one subtask, in order */
    ALL_TOGETHER, /* all are in one subtask, in order */
};

unsigned snap_rules_known_after(const struct snap_operator_rules *rules, unsigned known)
{
    unsigned after = SNAP_PART_NOTHING;

    switch (rules->kind) {
    case SNAP_RULE_SOURCE:
        return SNAP_KNOWN_ALL;
    case SNAP_RULE_PURE:
        if (!(rules->key_from & ~known))
            after |= SNAP_PART_KEY;
        if (!(rules->value_from & ~known))
            after |= SNAP_PART_VALUE;
        return after;
    case SNAP_RULE_FOLD:
        if (rules->key_from & ~known)
            return SNAP_PART_NOTHING;
        return rules->keeps_value ? known : known & SNAP_PART_KEY;
    case SNAP_RULE_WINDOW:
        return SNAP_KNOWN_ALL;
    case SNAP_RULE_SINK:
        return known;
    }
    return after;
}

/* Takes over what the producers say; returns whether anything changed. */
static bool refine(struct snap_graph *graph, const struct snap_operator *op)
{
    unsigned known = SNAP_KNOWN_ALL;
    bool countable = true;
    bool behind = false;
    bool changed;

    for (uint32_t i = 0; i < op->in_edge_count; i++) {
        uint32_t producer = graph->job->edges[op->in_edges[i]].producer;
        const struct snap_operator_rules *rules = graph->rules[producer];

        known &= snap_rules_known_after(rules, graph->known[producer]);
        if (rules->number_of_outputs_from & ~graph->known[producer])
            countable = false;
        if (!graph->countable[producer] && rules->kind != SNAP_RULE_WINDOW)
            countable = false;
        if (graph->behind_window[producer] || rules->kind == SNAP_RULE_WINDOW)
            behind = true;
    }
    changed = known != graph->known[op->index] || countable != graph->countable[op->index] ||
              behind != graph->behind_window[op->index];
    graph->behind_window[op->index] = behind;
    graph->known[op->index] = known;
    graph->countable[op->index] = countable;
    return changed;
}

void snap_graph_init(struct snap_graph *graph, struct snap_arena *arena, const struct snap_job *job,
                     const struct snap_operator_rules *const *rules)
{
    bool changed = true;

    graph->job = job;
    graph->rules = rules;
    graph->known = SNAP_ARENA_ARRAY(arena, unsigned, job->operator_count);
    graph->countable = SNAP_ARENA_ARRAY(arena, bool, job->operator_count);
    graph->behind_window = SNAP_ARENA_ARRAY(arena, bool, job->operator_count);
    for (uint32_t i = 0; i < job->operator_count; i++) {
        graph->known[i] = SNAP_KNOWN_ALL;
        graph->countable[i] = true;
    }
    /* Operators need not stand in the order of the flow: repeat until nothing changes. */
    while (changed) {
        changed = false;
        for (uint32_t i = 0; i < job->operator_count; i++)
            changed |= refine(graph, &job->operators[i]);
    }
}

bool *snap_graph_reaching(const struct snap_graph *graph, struct snap_arena *arena, uint32_t target)
{
    const struct snap_job *job = graph->job;
    bool *reaching = SNAP_ARENA_ARRAY(arena, bool, job->operator_count);
    uint32_t *open = SNAP_ARENA_ARRAY(arena, uint32_t, job->operator_count);
    uint32_t open_count = 0;

    reaching[target] = true;
    open[open_count++] = target;
    while (open_count) {
        const struct snap_operator *op = &job->operators[open[--open_count]];

        for (uint32_t i = 0; i < op->in_edge_count; i++) {
            uint32_t producer = job->edges[op->in_edges[i]].producer;

            if (reaching[producer])
                continue;
            reaching[producer] = true;
            open[open_count++] = producer;
        }
    }
    return reaching;
}

/* What becomes of records that are not apart and go over the edge. */
static enum togetherness after_edge(const struct snap_job *job, const struct snap_edge *edge,
                                    enum togetherness before)
{
    uint32_t from = job->operators[edge->producer].parallelism;
    uint32_t to = job->operators[edge->consumer].parallelism;

    if (to == 1 || edge->chained)
        return before;
    switch (edge->ship) {
    case SNAP_SHIP_FORWARD:
    case SNAP_SHIP_GLOBAL:
        return before;
    case SNAP_SHIP_HASH:
    case SNAP_SHIP_CUSTOM:
        return KEY_TOGETHER;
    case SNAP_SHIP_RESCALE:
        /* With at least as many producers each of them feeds one consumer. */
        return from >= to ? before : APART;
    case SNAP_SHIP_REBALANCE:
    case SNAP_SHIP_BROADCAST:
    case SNAP_SHIP_SHUFFLE:
        return APART;
    }
    return APART;
}

/* Goes from an operator up to the sources; false as soon as two paths or an APART one show up. */
static bool keeps_order_before(const struct snap_graph *graph, const bool *changes_key,
                               uint32_t index, enum togetherness *stand)
{
    const struct snap_operator *op = &graph->job->operators[index];
    enum togetherness least = ALL_TOGETHER;

    for (uint32_t i = 0; i < op->in_edge_count; i++) {
        const struct snap_edge *edge = &graph->job->edges[op->in_edges[i]];
        enum togetherness before;

        if (!keeps_order_before(graph, changes_key, edge->producer, &before))
            return false;
        if (graph->rules[edge->producer]->reorders)
            return false;
        if (changes_key[edge->producer] && before == KEY_TOGETHER)
            return false;
        before = after_edge(graph->job, edge, before);
        if (before < least)
            least = before;
    }
    *stand = least;
    return least != APART;
}

/* Whether no operator is met twice on the ways up: then each split has one path. */
static bool one_path_each(const struct snap_graph *graph, uint32_t index, bool *met)
{
    const struct snap_operator *op = &graph->job->operators[index];

    if (met[index])
        return false;
    met[index] = true;
    for (uint32_t i = 0; i < op->in_edge_count; i++)
        if (!one_path_each(graph, graph->job->edges[op->in_edges[i]].producer, met))
            return false;
    return true;
}

bool snap_graph_keeps_order(const struct snap_graph *graph, const bool *changes_key, uint32_t sink)
{
    struct snap_arena scratch;
    enum togetherness stand;
    bool kept;

    snap_arena_init(&scratch);
    kept =
        one_path_each(graph, sink, SNAP_ARENA_ARRAY(&scratch, bool, graph->job->operator_count)) &&
        keeps_order_before(graph, changes_key, sink, &stand);
    snap_arena_fini(&scratch);
    return kept;
}
