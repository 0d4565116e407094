// SPDX-License-Identifier: Apache-2.0
#include "verify/walk.h"

#include "base/check.h"
#include "model/lineage.h"

/* Strings that replays made are given back once they take more than this. */
enum { STRINGS_BYTES_MAX = 1 << 22 };

struct step {
    uint32_t operator_index;
    unsigned known;
    uint64_t lineage;
    uint32_t input; /* of the operator */
    bool held;      /* may have been held back on the way */
    bool optional;
};

static void visit(struct snap_walk *walk, const struct step *step,
                  const struct snap_record *record);

void snap_walk_init(struct snap_walk *walk, const struct snap_graph *graph, uint32_t target)
{
    walk->graph = graph;
    walk->target = target;
    snap_arena_init(&walk->arena);
    snap_arena_init(&walk->replay_arena);
    snap_string_pool_init(&walk->strings);
    walk->replay.arena = &walk->replay_arena;
    walk->replay.strings = &walk->strings;
    walk->changes_key = SNAP_ARENA_ARRAY(&walk->arena, bool, graph->job->operator_count);
    if (target != SNAP_WALK_ALL)
        walk->reaching = snap_graph_reaching(graph, &walk->arena, target);
}

void snap_walk_fini(struct snap_walk *walk)
{
    snap_string_pool_fini(&walk->strings);
    snap_arena_fini(&walk->replay_arena);
    snap_arena_fini(&walk->arena);
}

bool snap_value_same(enum snap_value_kind kind, union snap_value a, union snap_value b)
{
    if (kind == SNAP_VALUE_LONG)
        return a.number == b.number;
    return snap_string_equal(a.string, b.string);
}

static void add_copy(struct snap_walk *walk, const struct step *step,
                     const struct snap_record *record)
{
    if (walk->target != SNAP_WALK_ALL && walk->target != step->operator_index)
        return;
    walk->copies = snap_arena_grow(&walk->arena, walk->copies, walk->count, &walk->capacity,
                                   sizeof(*walk->copies));
    walk->copies[walk->count++] = (struct snap_copy){
        .record = *record,
        .lineage = step->lineage,
        .operator_index = step->operator_index,
        .known = step->known,
        .optional = step->optional,
    };
}

/* Each receiver of a broadcast gets a copy. */
static void broadcast(struct snap_walk *walk, const struct step *at,
                      const struct snap_record *record)
{
    uint32_t receivers = walk->graph->job->operators[at->operator_index].parallelism;
    uint32_t least = receivers;
    struct step step = *at;

    if (at->held && walk->receivers_least) {
        least = walk->receivers_least[at->operator_index];
        receivers = walk->receivers_most[at->operator_index];
    }
    for (uint32_t i = 0; i < receivers; i++) {
        step.lineage = snap_lineage_copy(at->lineage, i);
        step.optional = at->optional || i >= least;
        visit(walk, &step, record);
    }
}

/* One output of an operator goes over one of its edges. */
static void cross(struct snap_walk *walk, const struct snap_edge *edge, const struct step *from,
                  const struct snap_record *record)
{
    const struct snap_job *job = walk->graph->job;
    struct step step = *from;

    step.operator_index = edge->consumer;
    step.input = edge->input;
    if (walk->reaching && !walk->reaching[edge->consumer])
        return;
    if (job->operators[edge->producer].out_edge_count > 1)
        step.lineage = snap_lineage_edge(step.lineage, edge->output);
    if (edge->ship == SNAP_SHIP_BROADCAST)
        broadcast(walk, &step, record);
    else
        visit(walk, &step, record);
}

static void leave(struct snap_walk *walk, const struct step *step, const struct snap_record *record)
{
    const struct snap_job *job = walk->graph->job;
    const struct snap_operator *op = &job->operators[step->operator_index];

    for (uint32_t i = 0; i < op->out_edge_count; i++)
        cross(walk, &job->edges[op->out_edges[i]], step, record);
}

/* An unknown string still has to be one for the functions that look at it. */
static union snap_value stand_in(struct snap_walk *walk, enum snap_value_kind kind)
{
    if (kind == SNAP_VALUE_LONG)
        return (union snap_value){.number = 0};
    return (union snap_value){.string = snap_string_pool_intern(&walk->strings, "", 0)};
}

static void note_key(struct snap_walk *walk, const struct snap_operator *op,
                     const struct snap_record *in, const struct snap_record *out)
{
    enum snap_value_kind before = op->input_schemas[0].key;

    if (before != op->schema.key || !snap_value_same(before, in->key, out->key))
        walk->changes_key[op->index] = true;
}

static void pass_pure(struct snap_walk *walk, const struct step *step,
                      const struct snap_record *record)
{
    const struct snap_operator *op = &walk->graph->job->operators[step->operator_index];
    const struct snap_operator_rules *rules = walk->graph->rules[step->operator_index];
    struct step after = *step;
    uint32_t first = walk->replay.count;
    uint32_t end;

    if (rules->number_of_outputs_from & ~step->known)
        return; /* not countable: nothing behind it is judged */
    walk->replay.input = step->input;
    rules->replay(op, record, &walk->replay);
    end = walk->replay.count;
    after.known = snap_rules_known_after(rules, step->known);
    after.held |= rules->holds;
    if (!(after.known & SNAP_PART_KEY))
        walk->changes_key[op->index] = true;
    for (uint32_t i = first; i < end; i++) {
        struct snap_record out = walk->replay.records[i]; /* the array may move further down */

        out.origin = record->origin;
        if (!walk->changes_key[op->index])
            note_key(walk, op, record, &out);
        if (rules->expands)
            after.lineage = snap_lineage_child(step->lineage, i - first);
        leave(walk, &after, &out);
    }
}

static void pass_fold(struct snap_walk *walk, const struct step *step,
                      const struct snap_record *record)
{
    const struct snap_operator *op = &walk->graph->job->operators[step->operator_index];
    const struct snap_operator_rules *rules = walk->graph->rules[step->operator_index];
    struct snap_record out = *record;
    struct step after = *step;

    if (snap_rules_has_input(rules->affecting_inputs, step->input))
        add_copy(walk, step, record);
    if (walk->target == step->operator_index)
        return; /* no way leads back to it */
    if (!snap_rules_has_input(rules->sending_inputs, step->input) ||
        (rules->number_of_outputs_from & ~step->known))
        return; /* nothing is sent, or it is not countable */
    after.known = snap_rules_known_after(rules, step->known);
    out.value = stand_in(walk, op->schema.value);
    if (rules->expands)
        after.lineage = snap_lineage_child(step->lineage, 0);
    leave(walk, &after, &out);
}

static void visit(struct snap_walk *walk, const struct step *step, const struct snap_record *record)
{
    switch (walk->graph->rules[step->operator_index]->kind) {
    case SNAP_RULE_SOURCE:
        leave(walk, step, record);
        return;
    case SNAP_RULE_PURE:
        pass_pure(walk, step, record);
        return;
    case SNAP_RULE_FOLD:
        pass_fold(walk, step, record);
        return;
    case SNAP_RULE_WINDOW: /* its results have books of their own */
    case SNAP_RULE_SINK:
        add_copy(walk, step, record);
        return;
    }
    SNAP_CHECK(false);
}

static void tidy_up(struct snap_walk *walk)
{
    if (walk->strings.arena.bytes_total > STRINGS_BYTES_MAX) {
        snap_string_pool_fini(&walk->strings);
        snap_string_pool_init(&walk->strings);
    }
    if (walk->replay_arena.bytes_total > STRINGS_BYTES_MAX) {
        snap_arena_reset(&walk->replay_arena);
        walk->replay.records = NULL;
        walk->replay.capacity = 0;
    }
    walk->replay.count = 0;
    walk->count = 0;
}

void snap_walk_from(struct snap_walk *walk, uint32_t source, const struct snap_record *record)
{
    tidy_up(walk);
    visit(walk, &(struct step){.operator_index = source, .known = SNAP_KNOWN_ALL}, record);
}

void snap_walk_from_result(struct snap_walk *walk, uint32_t window,
                           const struct snap_record *result, uint64_t lineage)
{
    struct step step = {.operator_index = window, .known = SNAP_KNOWN_ALL, .lineage = lineage};

    tidy_up(walk);
    leave(walk, &step, result);
}
