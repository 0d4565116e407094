// SPDX-License-Identifier: Apache-2.0
/*
 * verify_lab.h: small jobs made by hand and scripts of what happens in them, for tests of the
 * ledger.
 *
 * - Every operator is a vertex of its own; keys and values are numbers; a record of offset n has
 *   key n % 2 and value n, unless a step says otherwise.
 * - A script is an array of steps played into the ledger's observer in order; times are in ms.
 * - Expected counters stand in the order lost, duplicated, out_of_order, wrong_state, uncommitted,
 *   pending; U is "unjudged".
 */
#ifndef SNAP_TEST_VERIFY_LAB_H
#define SNAP_TEST_VERIFY_LAB_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "model/job_plan.h"
#include "model/lineage.h"
#include "verify/ledger.h"

enum { U = -1, LAB_OPERATORS_MAX = 8, LAB_EDGES_MAX = 10, LAB_SPLITS = 2, LINES_MAX = 64 };

struct lab {
    struct snap_arena arena;
    struct snap_operator operators[LAB_OPERATORS_MAX];
    struct snap_edge edges[LAB_EDGES_MAX];
    uint32_t in[LAB_OPERATORS_MAX][LAB_EDGES_MAX];
    uint32_t out[LAB_OPERATORS_MAX][LAB_EDGES_MAX];
    struct snap_vertex vertices[LAB_OPERATORS_MAX];
    uint32_t self[LAB_OPERATORS_MAX];
    const struct snap_operator_rules *rules[LAB_OPERATORS_MAX];
    struct snap_job job;
    struct snap_simulation simulation;
    struct snap_ledger *ledger;
    struct snap_observer observer;
};

/* ---- rules ------------------------------------------------------------------------------- */

static inline void lab_put(struct snap_replay *out, struct snap_record record)
{
    out->records = snap_arena_grow(out->arena, out->records, out->count, &out->capacity,
                                   sizeof(*out->records));
    out->records[out->count++] = record;
}

static inline void lab_replay_even(const struct snap_operator *op, const struct snap_record *in,
                                   struct snap_replay *out)
{
    (void)op;
    if (in->value.number % 2 == 0)
        lab_put(out, *in);
}

static inline void lab_replay_twice(const struct snap_operator *op, const struct snap_record *in,
                                    struct snap_replay *out)
{
    (void)op;
    lab_put(out, *in);
    lab_put(out, *in);
}

static inline void lab_replay_rekey(const struct snap_operator *op, const struct snap_record *in,
                                    struct snap_replay *out)
{
    struct snap_record record = *in;

    (void)op;
    record.key.number = in->key.number + 7;
    lab_put(out, record);
}

static inline void lab_fold_sum(const struct snap_operator *op, const struct snap_record *in,
                                struct snap_string_pool *strings, union snap_value *state,
                                bool *present)
{
    (void)op;
    (void)strings;
    state->number = (*present ? state->number : 0) + in->value.number;
    *present = true;
}

#define BOTH (SNAP_PART_KEY | SNAP_PART_VALUE)

static const struct snap_operator_rules lab_source = {.kind = SNAP_RULE_SOURCE};
static const struct snap_operator_rules lab_same = {
    .kind = SNAP_RULE_PURE, .key_from = SNAP_PART_KEY, .value_from = SNAP_PART_VALUE};
static const struct snap_operator_rules lab_rekey = {.kind = SNAP_RULE_PURE,
                                                     .key_from = SNAP_PART_KEY,
                                                     .value_from = SNAP_PART_VALUE,
                                                     .replay = lab_replay_rekey};
static const struct snap_operator_rules lab_even = {.kind = SNAP_RULE_PURE,
                                                    .number_of_outputs_from = SNAP_PART_VALUE,
                                                    .key_from = SNAP_PART_KEY,
                                                    .value_from = SNAP_PART_VALUE,
                                                    .replay = lab_replay_even};
static const struct snap_operator_rules lab_twice = {.kind = SNAP_RULE_PURE,
                                                     .expands = true,
                                                     .key_from = SNAP_PART_KEY,
                                                     .value_from = SNAP_PART_VALUE,
                                                     .replay = lab_replay_twice};
static const struct snap_operator_rules lab_sum = {.kind = SNAP_RULE_FOLD, .fold = lab_fold_sum};
static const struct snap_operator_rules lab_sink = {.kind = SNAP_RULE_SINK};
static const struct snap_operator_rules lab_discard = {.kind = SNAP_RULE_SINK, .reads_none = true};

/* ---- jobs -------------------------------------------------------------------------------- */

static inline uint32_t lab_operator(struct lab *lab, const char *uid,
                                    const struct snap_operator_rules *rules, uint32_t parallelism)
{
    static const struct snap_schema numbers[1] = {{SNAP_VALUE_LONG, SNAP_VALUE_LONG}};
    uint32_t index = lab->job.operator_count++;
    struct snap_operator *op = &lab->operators[index];

    op->index = index;
    op->uid = uid;
    op->schema = numbers[0];
    op->input_schemas = numbers;
    op->input_count = rules->kind == SNAP_RULE_SOURCE ? 0 : 1;
    op->parallelism = parallelism;
    op->vertex = index;
    op->in_edges = lab->in[index];
    op->out_edges = lab->out[index];
    if (rules->kind == SNAP_RULE_SOURCE) {
        op->split_first = lab->job.split_count;
        op->split_count = LAB_SPLITS;
        lab->job.split_count += LAB_SPLITS;
    }
    lab->rules[index] = rules;
    lab->self[index] = index;
    lab->vertices[index] = (struct snap_vertex){
        .index = index,
        .parallelism = parallelism,
        .task_first = lab->job.task_count,
        .operators = &lab->self[index],
        .operator_count = 1,
    };
    lab->job.vertex_count++;
    lab->job.task_count += parallelism;
    return index;
}

static inline void lab_edge(struct lab *lab, uint32_t from, uint32_t to, enum snap_ship ship)
{
    uint32_t index = lab->job.edge_count++;
    struct snap_operator *producer = &lab->operators[from];
    struct snap_operator *consumer = &lab->operators[to];

    lab->edges[index] = (struct snap_edge){
        .index = index,
        .producer = from,
        .consumer = to,
        .output = producer->out_edge_count,
        .ship = ship,
    };
    lab->out[from][producer->out_edge_count++] = index;
    lab->in[to][consumer->in_edge_count++] = index;
}

/* Source options of a type that cannot replay. */
static inline void lab_cannot_replay(struct lab *lab, uint32_t source)
{
    static const struct snap_option_type names[1] = {{.name = "replayable"}};
    static const struct snap_option no[1] = {{.set = true, .number = 0}};
    static const struct snap_operator_type type = {.options = names, .option_count = 1};

    lab->operators[source].type = &type;
    lab->operators[source].options = no;
}

static inline void lab_start(struct lab *lab, enum snap_ledger_mode mode)
{
    lab->job.operators = lab->operators;
    lab->job.edges = lab->edges;
    lab->job.vertices = lab->vertices;
    snap_job_connect(&lab->job, &lab->arena);
    lab->simulation.job = &lab->job;
    lab->simulation.ledger = mode;
    lab->ledger = snap_ledger_create(&lab->simulation, lab->rules);
    lab->observer = snap_ledger_observer(lab->ledger);
}

static inline void lab_stop(struct lab *lab)
{
    snap_ledger_destroy(lab->ledger);
    snap_arena_fini(&lab->arena);
}

/* ---- scripts ----------------------------------------------------------------------------- */

enum step_kind {
    EMIT,     /* at, op, subtask, split, offset */
    AFFECT,   /* at, op, subtask, split, offset, lineage */
    WRITE,    /* ... and the part */
    SNAPSHOT, /* at, op, subtask, checkpoint */
    RESTORE,  /* at, op, subtask, checkpoint */
    STATUS,   /* at, op, subtask, task status as `checkpoint` */
    COMPLETE, /* at, checkpoint */
    CRASH,    /* at, op, subtask */
    PART,     /* op, subtask, part, phase, lines from `text`, separated by '|' */
    STATE,    /* op, subtask, key, value */
};

struct step {
    enum step_kind kind;
    int64_t at_ms;
    uint32_t op;
    uint32_t subtask;
    uint32_t split;
    uint64_t offset;
    uint64_t lineage;
    uint64_t part;
    int64_t checkpoint;
    enum snap_part_phase phase;
    const char *text;
    int64_t key;   /* EMIT, AFFECT, WRITE: added to offset % 2 */
    int64_t value; /* ...: added to the offset; STATE: the value */
};

static inline void lab_span(struct lab *lab, const struct step *step, enum snap_span_kind kind)
{
    struct snap_record record = {
        .key.number = (int64_t)(step->offset % 2) + step->key,
        .value.number = (int64_t)step->offset + step->value,
        .origin = snap_origin_make(step->split, step->offset),
    };

    lab->observer.span(lab->observer.context, &(struct snap_span){
                                                  .kind = kind,
                                                  .operator_index = step->op,
                                                  .subtask = step->subtask,
                                                  .at_ns = step->at_ms * SNAP_MS,
                                                  .start_ns = step->at_ms * SNAP_MS,
                                                  .records = snap_record_view_of(&record),
                                                  .lineage = &step->lineage,
                                                  .count = 1,
                                                  .part = step->part,
                                              });
}

static inline void lab_event(struct lab *lab, const struct step *step, enum snap_event_type type)
{
    uint32_t task = lab->vertices[step->op].task_first + step->subtask;
    struct snap_event event = {.at_ns = step->at_ms * SNAP_MS, .actor = task, .type = type};

    event.args[type == SNAP_EVENT_RESTORED || type == SNAP_EVENT_TASK_STATUS] = step->checkpoint;
    if (type == SNAP_EVENT_CHECKPOINT_COMPLETED || type == SNAP_EVENT_FAILOVER)
        event.actor = lab->job.task_count;
    if (type == SNAP_EVENT_FAILOVER) {
        event.args[0] = task;
        event.args[1] = SNAP_CAUSE_CRASH;
    }
    lab->observer.local(lab->observer.context, &event);
}

static inline void lab_part(struct lab *lab, const struct step *step)
{
    const char *lines[LINES_MAX];
    uint64_t count = 0;
    char *rest = snap_arena_strdup(&lab->arena, step->text);

    for (char *line = strtok_r(rest, "|", &rest); line; line = strtok_r(NULL, "|", &rest))
        lines[count++] = line;
    snap_ledger_take_part(lab->ledger, &(struct snap_sink_part){
                                           .operator_index = step->op,
                                           .subtask = step->subtask,
                                           .part = step->part,
                                           .phase = step->phase,
                                           .lines = lines,
                                           .line_count = count,
                                       });
}

static inline void lab_step(struct lab *lab, const struct step *step)
{
    switch (step->kind) {
    case EMIT:
        lab_span(lab, step, SNAP_SPAN_EMITTED);
        return;
    case AFFECT:
        lab_span(lab, step, SNAP_SPAN_AFFECTED);
        return;
    case WRITE:
        lab_span(lab, step, SNAP_SPAN_WRITTEN);
        return;
    case SNAPSHOT:
        lab_event(lab, step, SNAP_EVENT_SNAPSHOT_STARTED);
        return;
    case RESTORE:
        lab_event(lab, step, SNAP_EVENT_RESTORED);
        return;
    case STATUS:
        lab_event(lab, step, SNAP_EVENT_TASK_STATUS);
        return;
    case COMPLETE:
        lab_event(lab, step, SNAP_EVENT_CHECKPOINT_COMPLETED);
        return;
    case CRASH:
        lab_event(lab, step, SNAP_EVENT_FAILOVER);
        return;
    case PART:
        lab_part(lab, step);
        return;
    case STATE:
        snap_ledger_take_state(lab->ledger, &(struct snap_state_entry){
                                                .operator_index = step->op,
                                                .subtask = step->subtask,
                                                .key.number = step->key,
                                                .value.number = step->value,
                                            });
        return;
    }
}

static inline void lab_play(struct lab *lab, const struct step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++)
        lab_step(lab, &steps[i]);
}

#define LAB_PLAY(lab, ...)                                                                         \
    lab_play(lab, (const struct step[]){__VA_ARGS__},                                              \
             sizeof((const struct step[]){__VA_ARGS__}) / sizeof(struct step))

/* What an operator's judgement has to be. */
struct expected {
    uint32_t op;
    int64_t counters[SNAP_COUNTER_COUNT];
};

static inline void lab_expect_one(const struct lab *lab, const char *name,
                                  const struct snap_verdict *verdict,
                                  const struct expected *expected)
{
    for (uint32_t i = 0; i < verdict->judgement_count; i++) {
        const struct snap_judgement *judgement = &verdict->judgements[i];

        if (judgement->operator_index != expected->op)
            continue;
        for (unsigned c = 0; c < SNAP_COUNTER_COUNT; c++)
            if (judgement->counters[c] != expected->counters[c])
                fail_msg("%s: %s of %s is %" PRId64 ", expected %" PRId64, name,
                         snap_counter_name((enum snap_counter)c), lab->operators[expected->op].uid,
                         judgement->counters[c], expected->counters[c]);
        return;
    }
    fail_msg("%s: no judgement of operator %u", name, expected->op);
}

/* Judges and compares; `count` expectations. Returns the verdict in the lab's arena. */
static inline const struct snap_verdict *lab_judge(struct lab *lab, const char *name,
                                                   enum snap_job_status status,
                                                   const struct expected *expected, size_t count)
{
    struct snap_verdict *verdict = SNAP_ARENA_NEW(&lab->arena, struct snap_verdict);

    snap_ledger_judge(lab->ledger, status, &lab->arena, verdict);
    for (size_t i = 0; i < count; i++)
        lab_expect_one(lab, name, verdict, &expected[i]);
    return verdict;
}

#define LAB_EXPECT(lab, status, ...)                                                               \
    lab_judge(lab, __func__, status, (const struct expected[]){__VA_ARGS__},                       \
              sizeof((const struct expected[]){__VA_ARGS__}) / sizeof(struct expected))

#endif
