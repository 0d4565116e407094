// SPDX-License-Identifier: Apache-2.0
/*
 * observer.h: how those in the process watch a run (ledger, statistics, trace writer).
 *
 * - `span` is called in the task's own thread, once for a run of records that a task handled, in
 *   the order in which the task handled them. Different tasks may call at the same time; the same
 *   task never does. What the span points to is borrowed for the call.
 * - `local` is called in the actor's own thread for every event of level `checkpoints` as it
 *   happens, in the actor's order, and interleaved correctly with its spans. NULL: not wanted.
 * - `merged` is called by one thread at a time with the events in the order (time, actor,
 *   sequence); on real threads after the run. NULL: not wanted. `takes` is asked for each type of
 *   events, once an execution, whether `merged` is to be called for those that are told. NULL: for
 *   all of them, also for those that others want.
 * - `passage` is called in the task's own thread for records that pass by on a channel, in the
 *   task's order and interleaved correctly with its local events. NULL: not wanted.
 * - `stint` is called in the task's own thread for each piece of its time, in order and without
 *   gaps. NULL: not wanted.
 * - Events of level `checkpoints` always come. Those of level `buffers` come if some observer wants
 *   them (buffers_wanted); one that only adds up the bytes in flight wants BUFFER_QUEUED,
 *   BUFFER_RECOVERED and BUFFER_TAKEN (in_flight_wanted, virtual time only), one that draws gauges
 *   over time wants TASK_METRICS and GATE_DEBLOATED (metrics_wanted). Record events come if wanted
 *   (records_wanted), those that sum up the contents of states too, which are also to be had alone
 *   (digests_wanted).
 */
#ifndef SNAP_MODEL_OBSERVER_H
#define SNAP_MODEL_OBSERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "model/checkpoint.h"
#include "model/event.h"
#include "model/job.h"
#include "model/record.h"

enum snap_span_kind {
    SNAP_SPAN_EMITTED,  /* `operator_index` is the source, the records are what it sent */
    SNAP_SPAN_AFFECTED, /* ... is stateful; the records are its input, before it changes them */
    SNAP_SPAN_WRITTEN,  /* ... is a sink; the records are what it took, in order */
    SNAP_SPAN_FIRED,    /* ... has windows; the record is the result of `window` */
    SNAP_SPAN_LATE,     /* ... has windows; the record, told as AFFECTED just before, came too late
                         * for `window` and is not in it */
    SNAP_SPAN_CLEARED,  /* ... has windows; `window` holds nothing any more; no record */
};

/* A window as its operator tells of it. */
struct snap_window_note {
    union snap_value key;
    int64_t start_ms;
    int64_t end_ms;
    uint64_t count; /* FIRED: fingerprint of the records in it */
    uint64_t name_sum;
    uint64_t name_xor;
    bool dropped; /* LATE: the first of all its windows, each of which it came too late for */
};

struct snap_span {
    enum snap_span_kind kind;
    uint32_t operator_index;
    uint32_t subtask;
    snap_ns at_ns;    /* the instant of the call: the start of the run of records */
    snap_ns start_ns; /* see snap_span_record_instant */
    snap_ns cost_ns;
    const snap_ns *sums_ns;      /* costs of the inputs up to each, or NULL: all cost_ns */
    const uint32_t *input_index; /* NULL: record i comes from input i */
    struct snap_record_view records;
    const uint64_t *lineage; /* NULL: all 0, or there is no ledger */
    uint32_t count;
    const struct snap_window_note *window; /* FIRED, LATE, CLEARED; else NULL */
    uint64_t part; /* sinks: number of the part they went to, unique per operator and subtask;
                    * see struct snap_sink_part */
};

/* Returns when record i of the span was done: exact in virtual time if some observer has
 * instants_wanted. Where the cost is known only when the record is done it is the
 * instant at which its work began. */
static inline snap_ns snap_span_record_instant(const struct snap_span *span, uint32_t i)
{
    uint32_t input = span->input_index ? span->input_index[i] : i;

    return span->start_ns +
           (span->sums_ns ? span->sums_ns[input] : ((snap_ns)input + 1) * span->cost_ns);
}

/* What happens to records on a channel between two subtasks. */
enum snap_passage_kind {
    SNAP_PASSAGE_QUEUED,    /* the sender put them into its queue, or got them back into it */
    SNAP_PASSAGE_TAKEN,     /* the receiver begins to work on them */
    SNAP_PASSAGE_CAPTURED,  /* they belong to a checkpoint, as data in flight */
    SNAP_PASSAGE_RECOVERED, /* they are put back out of a checkpoint */
};

/* A run of records of one channel, marks included. */
struct snap_passage {
    enum snap_passage_kind kind;
    uint32_t edge;
    uint32_t task;                 /* who tells: the sender or the receiver */
    uint32_t peer;                 /* the task at the other end */
    bool output;                   /* the task that tells is the sender */
    snap_checkpoint_id checkpoint; /* CAPTURED, RECOVERED */
    const struct snap_record *records;
    const uint64_t *lineage; /* NULL without a ledger */
    uint32_t count;
};

/* What a task's time goes to. */
enum snap_time_use {
    SNAP_TIME_BUSY,
    SNAP_TIME_BACKPRESSURED,
    SNAP_TIME_IDLE,
    SNAP_TIME_INITIALIZING,
    SNAP_TIME_DOWN,
    SNAP_TIME_FINISHED,
    SNAP_TIME_USES,
};

/* A piece of a task's time that went to one use. The records were handled at its end if it is
 * empty, else evenly over it. */
struct snap_stint {
    uint32_t task;
    enum snap_time_use use;
    snap_ns from_ns;
    snap_ns until_ns;
    uint64_t records;     /* taken from the input; of a source, produced */
    uint64_t records_out; /* put into outputs */
};

/* A new execution of the job: from now on events and spans are its actors'. */
struct snap_execution_start {
    uint32_t number; /* of the run, from 1: the first one is there from the start */
    const struct snap_job *job;
    snap_ns at_ns;
    snap_checkpoint_id savepoint; /* that it starts from, which may be a retained checkpoint */
    uint32_t taken_in;            /* the execution that took it */
    bool in_flight;               /* records that were in flight come back */
    /* By operator of the job: what the savepoint had of it was restored. */
    const bool *restored;
    const char *dropped; /* a sentence: whose state nobody takes; NULL: nobody's */
};

/* Most observers of one run. */
enum { SNAP_OBSERVERS_MAX = 12 };

struct snap_observer {
    void *context;
    void (*span)(void *context, const struct snap_span *span);
    void (*local)(void *context, const struct snap_event *event);
    void (*merged)(void *context, const struct snap_event *event);
    bool (*takes)(const void *context, enum snap_event_type type);
    /* Called between executions, by one thread, when all of the last one has been told. */
    void (*execution)(void *context, const struct snap_execution_start *start);
    bool records_wanted;
    bool buffers_wanted;
    void (*stint)(void *context, const struct snap_stint *stint);
    void (*passage)(void *context, const struct snap_passage *passage);
    bool in_flight_wanted;
    bool instants_wanted; /* of the records in spans */
    bool digests_wanted;  /* STATE_TAKEN, STATE_STORED, STATE_RESTORED */
    bool metrics_wanted;  /* TASK_METRICS, GATE_DEBLOATED */
};

/*
 * What a reader of a sink sees at the end: one part (a file, a list), as it is really readable.
 * `lines` are the visible records as "key TAB value" texts in order (borrowed).
 */
enum snap_part_phase {
    SNAP_PART_VISIBLE,     /* any reader sees it */
    SNAP_PART_PREPARED,    /* complete, lies in a prepared transaction, no reader sees it */
    SNAP_PART_IN_PROGRESS, /* being written when the job ended, no reader sees it */
    SNAP_PART_GONE,        /* another run had prepared it, and it is not there any more */
};

struct snap_sink_part {
    uint32_t operator_index;
    uint32_t subtask;
    uint64_t part;
    enum snap_part_phase phase;
    const char *const *lines; /* NULL: `line_count` lines were kept without their text */
    uint64_t line_count;
    bool is_restored; /* another run had prepared it, `line_count` records; it has no number here */
};

/* One entry of keyed state as it stands at the end. */
struct snap_state_entry {
    uint32_t operator_index;
    uint32_t subtask;
    uint32_t key_group;
    union snap_value key;
    union snap_value value;
};

#endif
