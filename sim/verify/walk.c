// SPDX-License-Identifier: Apache-2.0
#include "verify/walk.h"

#include <string.h>

#include "base/check.h"
#include "model/lineage.h"

/* Strings that replays made are given back once they take more than this. */
enum { STRINGS_BYTES_MAX = 1 << 22 };

struct step {
    uint32_t operator_index;
    unsigned known;
    uint32_t input; /* of the operator */
    bool held;      /* may have been held back on the way */
    bool optional;
};

/* Records in a row on the walk's stack, which moves when it grows. */
struct batch {
    uint32_t first;
    uint32_t count;
};

static void visit(struct snap_walk *walk, const struct step *step, struct batch batch);

struct snap_walk_aim snap_walk_aim_at(const struct snap_graph *graph, struct snap_arena *arena,
                                      const bool *wanted)
{
    uint32_t count = graph->job->operator_count;
    bool *reaching = SNAP_ARENA_ARRAY(arena, bool, count);

    for (uint32_t i = 0; i < count; i++) {
        const bool *to = wanted[i] ? snap_graph_reaching(graph, arena, i) : NULL;

        for (uint32_t k = 0; to && k < count; k++)
            reaching[k] |= to[k];
    }
    return (struct snap_walk_aim){.wanted = wanted, .reaching = reaching};
}

static void make_empty(struct snap_walk *walk, const struct snap_graph *graph)
{
    walk->graph = graph;
    snap_arena_init_filling(&walk->arena);
    snap_arena_init_filling(&walk->replay_arena);
    snap_string_pool_init(&walk->strings);
    walk->replay.arena = &walk->replay_arena;
    walk->replay.strings = &walk->strings;
    walk->changes_key = SNAP_ARENA_ARRAY(&walk->arena, bool, graph->job->operator_count);
}

void snap_walk_init(struct snap_walk *walk, const struct snap_graph *graph,
                    const struct snap_walk_aim *aim)
{
    make_empty(walk, graph);
    walk->aim = *aim;
}

void snap_walk_init_to(struct snap_walk *walk, const struct snap_graph *graph, uint32_t target)
{
    bool *wanted;

    make_empty(walk, graph);
    wanted = SNAP_ARENA_ARRAY(&walk->arena, bool, graph->job->operator_count);
    wanted[target] = true;
    walk->aim = snap_walk_aim_at(graph, &walk->arena, wanted);
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

static void add_copies(struct snap_walk *walk, const struct step *step, struct batch batch)
{
    const struct snap_record *records = walk->replay.records + batch.first;
    const uint64_t *lineages = walk->lineages + batch.first;
    struct snap_copy *copies;

    if (!walk->aim.wanted[step->operator_index])
        return;
    if (walk->prints) {
        struct snap_stretch stretch = {snap_record_view_of(records), lineages, batch.count};

        SNAP_CHECK(!step->optional);
        snap_fingerprint_add_stretch(&walk->prints[step->operator_index],
                                     &walk->forms[step->operator_index], &stretch);
        return;
    }
    while (walk->capacity - walk->count < batch.count)
        walk->copies = snap_arena_grow(&walk->arena, walk->copies, walk->capacity, &walk->capacity,
                                       sizeof(*walk->copies));
    copies = walk->copies + walk->count;
    for (uint32_t i = 0; i < batch.count; i++)
        copies[i] = (struct snap_copy){
            .record = records[i],
            .lineage = lineages[i],
            .operator_index = step->operator_index,
            .known = step->known,
            .optional = step->optional,
        };
    walk->count += batch.count;
}

/* Gives what was put on the stack since it had `first` records its lineages. */
static uint64_t *lineages_from(struct snap_walk *walk, uint32_t first)
{
    uint32_t capacity = walk->replay.capacity;

    if (walk->lineage_capacity < capacity) {
        uint64_t *wider = SNAP_ARENA_ARRAY(&walk->replay_arena, uint64_t, capacity);

        if (first)
            memcpy(wider, walk->lineages, first * sizeof(*wider));
        walk->lineages = wider;
        walk->lineage_capacity = capacity;
    }
    return walk->lineages + first;
}

/* Makes room on top of the stack; returns its records. */
static struct snap_record *push(struct snap_walk *walk, uint32_t count)
{
    struct snap_replay *stack = &walk->replay;
    uint32_t first = stack->count;

    while (stack->capacity - first < count)
        stack->records = snap_arena_grow(stack->arena, stack->records, stack->capacity,
                                         &stack->capacity, sizeof(*stack->records));
    stack->count += count;
    lineages_from(walk, first);
    return stack->records + first;
}

/* Puts a copy of the batch on top of the stack. */
static struct batch push_copy(struct snap_walk *walk, struct batch batch)
{
    struct batch copy = {walk->replay.count, batch.count};
    struct snap_record *records = push(walk, batch.count);

    memcpy(records, walk->replay.records + batch.first, batch.count * sizeof(*records));
    memcpy(walk->lineages + copy.first, walk->lineages + batch.first,
           batch.count * sizeof(*walk->lineages));
    return copy;
}

/* Each receiver gets a copy of its own. */
static void broadcast(struct snap_walk *walk, const struct step *to, struct batch batch)
{
    uint32_t receivers = walk->graph->job->operators[to->operator_index].parallelism;
    uint32_t least = receivers;
    struct step step = *to;

    if (to->held && walk->receivers_least) {
        least = walk->receivers_least[to->operator_index];
        receivers = walk->receivers_most[to->operator_index];
    }
    for (uint32_t r = 0; r < receivers; r++) {
        struct batch copy = push_copy(walk, batch);

        step.optional = to->optional || r >= least;

        for (uint32_t i = 0; i < copy.count; i++)
            walk->lineages[copy.first + i] = snap_lineage_copy(walk->lineages[copy.first + i], r);
        visit(walk, &step, copy);
        walk->replay.count = copy.first;
    }
}

/* Outputs of an operator go over one of its edges. */
static void cross(struct snap_walk *walk, const struct snap_edge *edge, const struct step *from,
                  struct batch batch)
{
    struct step step = *from;
    uint32_t top = walk->replay.count;

    step.operator_index = edge->consumer;
    step.input = edge->input;
    if (!walk->aim.reaching[edge->consumer])
        return;
    if (edge->way != 0) {
        batch = push_copy(walk, batch);
        for (uint32_t i = 0; i < batch.count; i++)
            walk->lineages[batch.first + i] =
                snap_lineage_way(walk->lineages[batch.first + i], edge->way);
    }
    if (edge->ship != SNAP_SHIP_BROADCAST)
        visit(walk, &step, batch);
    else
        broadcast(walk, &step, batch);
    walk->replay.count = top;
}

/* Whether a way leads from the operator to one that is wanted. */
static bool goes_on(const struct snap_walk *walk, const struct snap_operator *op)
{
    bool any = false;

    for (uint32_t i = 0; i < op->out_edge_count; i++)
        any |= walk->aim.reaching[walk->graph->job->edges[op->out_edges[i]].consumer];
    return any;
}

static void leave(struct snap_walk *walk, const struct step *step, struct batch batch)
{
    const struct snap_job *job = walk->graph->job;
    const struct snap_operator *op = &job->operators[step->operator_index];

    for (uint32_t i = 0; i < op->out_edge_count && batch.count; i++)
        cross(walk, &job->edges[op->out_edges[i]], step, batch);
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

/* Puts what the operator makes of one record on top of the stack. */
static void replay_one(struct snap_walk *walk, const struct step *step, uint32_t index)
{
    const struct snap_operator *op = &walk->graph->job->operators[step->operator_index];
    const struct snap_operator_rules *rules = walk->graph->rules[step->operator_index];
    struct snap_record in = walk->replay.records[index]; /* its place may move */
    uint64_t lineage = walk->lineages[index];
    uint32_t first = walk->replay.count;
    uint64_t *lineages;

    if (rules->replay)
        rules->replay(op, &in, &walk->replay);
    else
        *push(walk, 1) = in;
    lineages = lineages_from(walk, first);
    for (uint32_t i = first; i < walk->replay.count; i++) {
        walk->replay.records[i].origin = in.origin;
        if (!walk->changes_key[op->index])
            note_key(walk, op, &in, &walk->replay.records[i]);
        lineages[i - first] = rules->expands ? snap_lineage_child(lineage, i - first) : lineage;
    }
}

static void pass_pure(struct snap_walk *walk, const struct step *step, struct batch batch)
{
    const struct snap_operator_rules *rules = walk->graph->rules[step->operator_index];
    struct batch outputs = {walk->replay.count, 0};
    struct step after = *step;

    if (rules->number_of_outputs_from & ~step->known)
        return; /* not countable: nothing behind it is judged */
    after.known = snap_rules_known_after(rules, step->known);
    after.held |= rules->holds;
    if (!(after.known & SNAP_PART_KEY))
        walk->changes_key[step->operator_index] = true;
    if (!rules->replay && !rules->expands) {
        leave(walk, &after, batch);
        return;
    }
    walk->replay.input = step->input;
    for (uint32_t i = 0; i < batch.count; i++)
        replay_one(walk, step, batch.first + i);
    outputs.count = walk->replay.count - outputs.first;
    leave(walk, &after, outputs);
    walk->replay.count = outputs.first;
}

static void pass_fold(struct snap_walk *walk, const struct step *step, struct batch batch)
{
    const struct snap_operator *op = &walk->graph->job->operators[step->operator_index];
    const struct snap_operator_rules *rules = walk->graph->rules[step->operator_index];
    struct step after = *step;
    struct batch outputs;
    union snap_value unknown;

    if (snap_rules_has_input(rules->affecting_inputs, step->input))
        add_copies(walk, step, batch);
    if (!goes_on(walk, op))
        return;
    if (!snap_rules_has_input(rules->sending_inputs, step->input) ||
        (rules->number_of_outputs_from & ~step->known))
        return; /* nothing is sent, or it is not countable */
    after.known = snap_rules_known_after(rules, step->known);
    after.held |= rules->holds;
    if (rules->key_from & SNAP_PART_HISTORY)
        walk->changes_key[step->operator_index] = true;
    unknown = stand_in(walk, op->schema.value);
    outputs = push_copy(walk, batch);
    for (uint32_t i = outputs.first; i < walk->replay.count; i++) {
        if (!rules->keeps_value)
            walk->replay.records[i].value = unknown;
        if (rules->expands)
            walk->lineages[i] = snap_lineage_child(walk->lineages[i], 0);
    }
    leave(walk, &after, outputs);
    walk->replay.count = outputs.first;
}

static void visit(struct snap_walk *walk, const struct step *step, struct batch batch)
{
    switch (walk->graph->rules[step->operator_index]->kind) {
    case SNAP_RULE_SOURCE:
        leave(walk, step, batch);
        return;
    case SNAP_RULE_PURE:
        pass_pure(walk, step, batch);
        return;
    case SNAP_RULE_FOLD:
        pass_fold(walk, step, batch);
        return;
    case SNAP_RULE_WINDOW: /* its results have books of their own */
    case SNAP_RULE_SINK:
        add_copies(walk, step, batch);
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
        walk->lineages = NULL;
        walk->lineage_capacity = 0;
    }
    walk->replay.count = 0;
    walk->count = 0;
}

void snap_walk_from(struct snap_walk *walk, uint32_t source, const struct snap_record *records,
                    uint32_t count)
{
    const struct snap_record_view view = snap_record_view_of(records);

    snap_walk_from_view(walk, source, &view, count);
}

void snap_walk_from_view(struct snap_walk *walk, uint32_t source,
                         const struct snap_record_view *records, uint32_t count)
{
    struct batch batch = {0, count};

    tidy_up(walk);
    snap_record_view_copy(records, count, push(walk, count));
    memset(walk->lineages, 0, count * sizeof(*walk->lineages));
    visit(walk,
          &(struct step){.operator_index = source, .known = SNAP_KNOWN_ALL, .held = walk->all_held},
          batch);
}

void snap_walk_from_result(struct snap_walk *walk, uint32_t window,
                           const struct snap_record *result, uint64_t lineage)
{
    struct step step = {.operator_index = window, .known = SNAP_KNOWN_ALL, .held = walk->all_held};

    tidy_up(walk);
    *push(walk, 1) = *result;
    walk->lineages[0] = lineage;
    leave(walk, &step, (struct batch){0, 1});
}
