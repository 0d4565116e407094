// SPDX-License-Identifier: Apache-2.0
/*
 * chain.h: the operators of one vertex as one subtask runs them.
 *
 * - A chain is a tree: what the head makes goes through the chained edges depth first and into the
 *   partitions of the edges that leave the vertex.
 * - Two ways to run: a span of records that fills no buffer (snap_chain_run with direct output),
 *   or one record whose outputs are staged, to be put at the instant at which it is complete.
 * - The cost of a record is constant if nothing with a cost stands behind an operator that may
 *   drop or multiply records, and none is drawn. Drawn costs are known ahead if the same holds and
 *   no key but that of the input decides. Else the cost is known only after the record was run.
 * - Memory: the attempt's. Thread: the task's.
 * Flink: OperatorChain.
 */
#ifndef SNAP_TASK_CHAIN_H
#define SNAP_TASK_CHAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "operators/operator.h"
#include "protocol/partition.h"
#include "task/costs.h"

struct snap_task;
struct snap_chain;

/* Arrays that records are copied to where an output forks. */
struct snap_scratch {
    struct snap_pair *records;
    struct snap_stamp *stamps;
    uint64_t *lineage;
    uint32_t *input_index;
    uint32_t capacity;
};

struct snap_chain_output {
    bool chained;
    uint32_t target; /* place in the chain, or partition index */
    uint64_t way;    /* of a chained one: its edge's */
    struct snap_scratch scratch;
};

struct snap_chain_operator {
    const struct snap_operator *op;
    const struct snap_operator_class *class;
    struct snap_operator_context context;
    void *self;
    uint64_t taken; /* records */
    bool opened;
    struct snap_chain *chain;
    struct snap_chain_output *outputs;
    uint32_t output_count;
    struct snap_emitter emitter;
    struct snap_scratch index_scratch;
    uint32_t input;                       /* position in the span of the record that `expand` has */
    struct snap_cost_stream *cost_stream; /* NULL: the cost is constant */
    snap_ns pause_due_ns;                 /* SNAP_NEVER: no pauses */
};

/* Outputs of one record for one partition that are not put yet. */
struct snap_staged {
    struct snap_record *records; /* whole ones: they are put one by one */
    uint64_t *lineage;
    uint32_t count;
    uint32_t done;
    uint32_t capacity;
};

/* How the outputs of a span get into the partitions; all but the first need a chain that is one to
 * one. */
enum snap_span_outputs {
    SNAP_SPAN_FILLS_NONE, /* at most snap_output_room of them */
    SNAP_SPAN_FILLS_LAST, /* at most snap_output_filling_room; the last one may finish a buffer */
    SNAP_SPAN_TIMED,      /* at most snap_output_timed_room */
};

/*
 * Which record to come is the next one that finishes a buffer. Records are counted by the task, of
 * its input or of its source: `looked` of them are looked at, `left` is what channels take after
 * those.
 */
struct snap_foresight {
    bool possible;    /* by keys */
    bool in_turns;    /* nothing has to be looked at: the rest is unused */
    bool found;       /* record number `looked` finishes one */
    uint64_t changes; /* of the output, for which this holds */
    uint64_t looked;
    uint32_t *left; /* by channel */
};

struct snap_chain {
    struct snap_task *task;
    struct snap_chain_operator *operators;
    uint32_t count;
    struct snap_staged *staged; /* by partition */
    uint32_t partition_count;
    struct snap_scratch input;   /* sources produce into it */
    struct snap_scratch numbers; /* index column of a span, while instants of records are wanted */
    uint32_t head_input;         /* the head's, that records come from; SNAP_NO_INDEX: none yet */
    bool may_fill;               /* an operator may have no room */
    uint32_t fanout_max;         /* most records for any one partition from one input */
    bool cost_is_constant;
    struct snap_costs_ahead *costs_ahead; /* NULL: constant, or not known ahead */
    snap_ns pause_due_ns;                 /* the next one of any operator; SNAP_NEVER: none */
    bool is_one_to_one;                   /* each input gives one record for the only partition */
    bool is_single;                       /* one to one, by one operator */
    bool keeps_key;                       /* each record goes out with the key it came with */
    struct snap_foresight foresight;
    bool staging;
    enum snap_span_outputs outputs; /* of the span that runs */
    bool arms_timers;               /* see struct snap_time_needs */
    bool has_timers;                /* of processing time */
    bool firing;                    /* what runs is no record of an input: a mark, a timer */
    snap_ns cost_ns;       /* of one input record if constant, else the least; at least the floor */
    snap_ns cost_floor_ns; /* 1 in virtual time */
    snap_ns cost_base_ns;  /* cost_ns at the pace of 1000 */
    int64_t pace_permille; /* costs are this many thousandths of what they are */
    snap_ns cost_of_run_ns; /* not constant: of the record run last */
    snap_ns span_start_ns;
    snap_ns timer_due_ns;      /* next timer of an operator; SNAP_NEVER: none */
    struct snap_event *events; /* record events of the span that runs; actor is not filled in */
    uint32_t event_count;
    uint32_t event_told;
    uint32_t event_capacity;
};

/* Most records of one span. */
enum { SNAP_SPAN_RECORDS_MAX = 1024 };

/* Builds the chain of the task's vertex; operators are not opened. */
void snap_chain_init(struct snap_chain *chain, struct snap_task *task, snap_ns cost_floor_ns);

/* From the next record on costs are so many thousandths of what the operators say. */
void snap_chain_set_pace(struct snap_chain *chain, int64_t permille);

/* Returns a cost at the pace of now; rounded down, so that the least cost stays below every
 * record's. */
snap_ns snap_chain_at_pace(const struct snap_chain *chain, snap_ns cost_ns);

/* Opens all operators, with their states if `restored` is given (by place in the chain). */
bool snap_chain_open(struct snap_chain *chain, const struct snap_operator_state *restored,
                     snap_checkpoint_id restored_checkpoint, struct snap_error *error);

/* chain_costs.c: sets up streams for the costs that are drawn; cost_ns, cost_is_constant and
 * cost_floor_ns are set. */
void snap_chain_init_costs(struct snap_chain *chain);

/* Returns what the records of the batch cost the operator, where that is not known ahead. */
snap_ns snap_chain_cost_of(struct snap_chain_operator *at, const struct snap_batch *batch);

/* Sets when the pauses come: the first ones at or after the instant. */
void snap_chain_set_pauses(struct snap_chain *chain, snap_ns from_ns);

/* Returns how long the pauses are that are due by now, and sets when the next ones come. */
snap_ns snap_chain_take_pauses(struct snap_chain *chain, snap_ns now_ns);

/* Records and marks come from this input of the head from now on. */
static inline void snap_chain_set_input(struct snap_chain *chain, uint32_t input)
{
    struct snap_chain_operator *head = &chain->operators[0];

    if (chain->head_input == input)
        return;
    chain->head_input = input;
    if (head->class->set_input && head->opened)
        head->class->set_input(head->self, input);
}

/* Returns whether all operators can take a record now. */
bool snap_chain_has_room(const struct snap_chain *chain);

/* Returns whether an operator still has outputs to come. */
bool snap_chain_has_results(const struct snap_chain *chain);

/* Closes all operators that were opened. */
void snap_chain_close(struct snap_chain *chain);

/* Runs the records through the chain; outputs go directly into the partitions. */
void snap_chain_run(struct snap_chain *chain, struct snap_batch *batch, snap_ns start_ns,
                    enum snap_span_outputs outputs);

/* Runs one record; its outputs are staged. Returns the record's cost. */
snap_ns snap_chain_run_one(struct snap_chain *chain, struct snap_batch *batch, snap_ns start_ns);

/* Returns what the next `count` records cost together; constant or known ahead. */
static inline snap_ns snap_chain_cost_of_next(const struct snap_chain *chain, uint32_t count)
{
    if (chain->costs_ahead)
        return snap_costs_ahead_sum(chain->costs_ahead, count);
    return chain->cost_ns * (snap_ns)count;
}

/* Returns what the `count` records that were just run as a span cost; constant or known ahead. */
snap_ns snap_chain_take_cost(struct snap_chain *chain, uint32_t count);

/* chain_marks.c: the head takes a mark; what comes of it is staged. Returns what it cost. */
snap_ns snap_chain_take_mark(struct snap_chain *chain, const struct snap_record *mark,
                             snap_ns start_ns);

/* Operators may have armed timers: sets timer_due_ns. */
void snap_chain_find_timer(struct snap_chain *chain);

/* Fires the timers that are due; what they put out is staged. Returns what it cost. */
snap_ns snap_chain_fire(struct snap_chain *chain, snap_ns now_ns);

/* Stages a mark for every partition: a task that had finished passes marks on unseen. */
void snap_chain_stage_mark(struct snap_chain *chain, const struct snap_record *mark);

/* For the contexts of operators: what windows tell of themselves, and when the work in hand began.
 */
void snap_chain_window_note(void *context, enum snap_span_kind kind,
                            const struct snap_window_note *note, const struct snap_batch *record);
snap_ns snap_chain_start_of_work(void *context);

/* For chain_marks.c: hands a batch to all outputs of the operator, or stages it for one. */
void snap_chain_fork(struct snap_chain *chain, struct snap_chain_operator *at,
                     struct snap_batch *batch);
void snap_chain_stage(struct snap_chain *chain, uint32_t partition, const struct snap_batch *batch);

/* Puts staged outputs at the instant; returns false while some are left. */
bool snap_chain_drain(struct snap_chain *chain, snap_ns now_ns);

/* Sources: produces up to `max` records, in the open buffer itself if `in_place` (which a span that
 * is one to one and fills at most its last buffer may) and where there is just one. */
struct snap_batch snap_chain_produce(struct snap_chain *chain, uint32_t max, bool in_place);

#endif
