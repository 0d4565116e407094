// SPDX-License-Identifier: Apache-2.0
#include "verify/sent.h"

/* How many receivers each operator of the execution had from then on, least and most; and whether
 * what it sent may have been in flight when it ended. */
static void count_receivers(struct snap_walk *walk, const struct snap_ledger *newest,
                            const struct snap_ledger *of, struct snap_arena *arena)
{
    uint32_t count = of->job->operator_count;

    walk->receivers_least = SNAP_ARENA_ARRAY(arena, uint32_t, count);
    walk->receivers_most = SNAP_ARENA_ARRAY(arena, uint32_t, count);
    for (const struct snap_ledger *at = newest; at != of; at = at->before)
        walk->all_held = walk->all_held || at->in_flight;
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

/* A walk for each execution whose job has the operator. */
static void init_walks(struct snap_sent *sent, uint32_t operator_index)
{
    const struct snap_ledger *newest = sent->ledger;
    const struct snap_operator *op = &newest->job->operators[operator_index];

    sent->walks = SNAP_ARENA_ARRAY(sent->arena, struct snap_walk, (size_t)newest->execution + 1);
    for (const struct snap_ledger *at = newest; at; at = at->before) {
        const struct snap_operator *same = snap_job_find_operator(at->job, op->uid);

        if (!same || same->type != op->type)
            continue;
        snap_walk_init_to(&sent->walks[at->execution], &at->graph, same->index);
        count_receivers(&sent->walks[at->execution], newest, at, sent->arena);
    }
}

/* Whether in some execution records of the split could reach the target. */
static bool reaches(const struct snap_sent *sent, uint32_t split)
{
    for (const struct snap_ledger *at = sent->ledger; at; at = at->before) {
        const struct snap_walk *walk = &sent->walks[at->execution];

        if (split < at->job->split_count && at->split_operator[split] != SNAP_NO_INDEX &&
            walk->graph && walk->aim.reaching[at->split_operator[split]])
            return true;
    }
    return false;
}

static void number_records(struct snap_sent *sent)
{
    const struct snap_ledger *ledger = sent->ledger;

    sent->base = SNAP_ARENA_ARRAY(sent->arena, uint64_t, ledger->job->split_count);
    for (uint32_t s = 0; s < ledger->job->split_count; s++) {
        sent->base[s] = SNAP_SENT_NONE;
        if (!reaches(sent, s))
            continue;
        sent->base[s] = sent->record_count;
        sent->record_count += ledger->splits[s].sent.count;
    }
}

void snap_sent_init(struct snap_sent *sent, const struct snap_ledger *ledger,
                    uint32_t operator_index, struct snap_arena *arena)
{
    *sent = (struct snap_sent){.ledger = ledger, .arena = arena};
    init_walks(sent, operator_index);
    number_records(sent);
}

void snap_sent_fini(struct snap_sent *sent)
{
    for (uint32_t e = 0; e <= sent->ledger->execution; e++)
        if (sent->walks[e].graph)
            snap_walk_fini(&sent->walks[e]);
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
            (walk->all_held || may_have_been_held(walk->graph, edge->producer)))
            return true;
        if (has_optional(walk, edge->producer))
            return true;
    }
    return false;
}

bool snap_sent_is_certain(const struct snap_sent *sent)
{
    for (const struct snap_ledger *at = sent->ledger; at; at = at->before) {
        const struct snap_walk *walk = &sent->walks[at->execution];

        for (uint32_t i = 0; walk->graph && i < at->job->operator_count; i++)
            if (walk->aim.wanted[i] && has_optional(walk, i))
                return false;
    }
    return true;
}

/* The last execution that sent the record, or would have. */
static const struct snap_ledger *ledger_of(const struct snap_sent *sent, uint64_t origin)
{
    const struct snap_ledger *at = sent->ledger;
    uint32_t split = snap_origin_split(origin);

    while (at->before &&
           (at->split_operator[split] == SNAP_NO_INDEX || origin < at->base_origin[split]) &&
           split < at->before->job->split_count)
        at = at->before;
    return at;
}

/* Leaves the first records, which belong to one execution: origins rise, as executions do. */
static void cut_at_execution(const struct snap_sent *sent, struct snap_log_entries *entries)
{
    const struct snap_ledger *at;

    if (!sent->ledger->before)
        return;
    at = ledger_of(sent, entries->records->origin);
    while (ledger_of(sent, entries->records[entries->count - 1].origin) != at)
        entries->count--;
}

static void each_of_split(const struct snap_sent *sent, uint32_t split, snap_sent_each_fn each,
                          void *to)
{
    const struct snap_log *log = &sent->ledger->splits[split].sent;
    struct snap_log_entries entries = {.count = 0};

    for (uint64_t at = 0; at < log->count;) {
        struct snap_slice slice = snap_log_slice(log, at, log->count);

        for (uint32_t i = 0; i < slice.count; i += entries.count) {
            snap_slice_read(&slice, i, &entries);
            cut_at_execution(sent, &entries);
            each(to, entries.records, entries.count);
        }
        at += slice.count;
    }
}

void snap_sent_each(const struct snap_sent *sent, snap_sent_each_fn each, void *to)
{
    for (uint32_t s = 0; s < sent->ledger->job->split_count; s++)
        if (sent->base[s] != SNAP_SENT_NONE)
            each_of_split(sent, s, each, to);
}

void snap_sent_walk(struct snap_sent *sent, const struct snap_record *records, uint32_t count)
{
    const struct snap_ledger *at = ledger_of(sent, records->origin);

    sent->walk = &sent->walks[at->execution];
    sent->walk->count = 0;
    if (sent->walk->graph)
        snap_walk_from(sent->walk, at->split_operator[snap_origin_split(records->origin)], records,
                       count);
}

void snap_sent_walk_result(struct snap_sent *sent, uint32_t window,
                           const struct snap_window_line *line)
{
    const struct snap_ledger *at = sent->ledger;
    const struct snap_operator *op = &at->job->operators[window];

    while (at->execution != line->execution)
        at = at->before;
    op = snap_job_find_operator(at->job, op->uid);
    sent->walk = &sent->walks[at->execution];
    sent->walk->count = 0;
    if (sent->walk->graph && op)
        snap_walk_from_result(sent->walk, op->index, &line->record, line->lineage);
}

bool snap_sent_may_be_held(const struct snap_sent *sent)
{
    const struct snap_ledger *ledger = sent->ledger;
    const bool *reaching = sent->walks[ledger->execution].aim.reaching;

    for (uint32_t i = 0; i < ledger->job->operator_count; i++)
        if (reaching[i] && ledger->rules[i]->holds)
            return true;
    return false;
}

uint64_t snap_sent_number(const struct snap_sent *sent, uint64_t origin)
{
    const struct snap_ledger *ledger = sent->ledger;
    uint32_t split = snap_origin_split(origin);
    uint64_t index;

    if (split >= ledger->job->split_count || sent->base[split] == SNAP_SENT_NONE ||
        !snap_split_book_find(&ledger->splits[split], origin, &index))
        return SNAP_SENT_NONE;
    return sent->base[split] + index;
}

/* What the walks of tasks saw while the job ran. */
static void note_changes_of_tasks(const struct snap_ledger *ledger, bool *changes)
{
    for (uint32_t t = 0; t < ledger->job->task_count; t++)
        for (uint32_t i = 0; ledger->tasks[t].walk && i < ledger->job->operator_count; i++)
            changes[i] |= ledger->tasks[t].walk->changes_key[i];
}

bool *snap_sent_key_changes(const struct snap_sent *sent)
{
    const struct snap_ledger *ledger = sent->ledger;
    uint32_t count = ledger->job->operator_count;
    bool *changes = SNAP_ARENA_ARRAY(sent->arena, bool, count);

    if (ledger->prints)
        note_changes_of_tasks(ledger, changes);
    for (const struct snap_ledger *at = ledger; at; at = at->before) {
        const struct snap_walk *walk = &sent->walks[at->execution];

        for (uint32_t i = 0; walk->graph && i < count; i++) {
            const struct snap_operator *same =
                snap_job_find_operator(at->job, ledger->job->operators[i].uid);

            changes[i] |= same && walk->changes_key[same->index];
        }
    }
    return changes;
}
