// SPDX-License-Identifier: Apache-2.0
/*
 * explain_trace.h: the facts of one checkpoint out of a run's trace.
 *
 * - The trace is read twice: first into statistics, which say which checkpoint is asked for; then
 *   its events come here, in the same order. Events of a job's other executions do not.
 * - With events of the level `buffers` it is known what lay before each barrier; without them the
 *   flow over time says how many records waited before a vertex, if it is known.
 * - All memory is in the facts' arena. One thread.
 */
#ifndef SNAP_EXPLAIN_EXPLAIN_TRACE_H
#define SNAP_EXPLAIN_EXPLAIN_TRACE_H

#include "model/event.h"
#include "explain/explain_facts.h"
#include "trace/statistics.h"

/* What lies in the channels between two subtasks. */
struct snap_explain_channel {
    uint32_t from;
    uint32_t to;
    uint32_t hop;  /* in the facts, or SNAP_NO_FACT */
    uint32_t next; /* of the same sender, or SNAP_NO_FACT */
    struct snap_fact_amount queued;
    int64_t restored_bytes; /* of it, up to the last that a restore put back */
};

/* What a restore put back for a subtask, until a checkpoint completes. */
struct snap_explain_recovery {
    int64_t input_bytes;
    int64_t output_bytes;
    int64_t outputs_left; /* buffers of its outputs that are still to be queued */
    snap_ns recovered_ns; /* the last of what lay before it was used up */
};

/* What a subtask had used up by the last times that it was done with a buffer. */
enum { SNAP_TAKES_KEPT = 16 };

struct snap_explain_takes {
    snap_ns at_ns[SNAP_TAKES_KEPT]; /* a ring */
    struct snap_fact_amount taken[SNAP_TAKES_KEPT];
    uint32_t count;                       /* since it runs, until the trigger */
    snap_ns last_ns;                      /* of all, those behind the trigger as well */
    snap_ns first_behind_ns;              /* of the first behind the trigger, ... */
    struct snap_fact_amount first_behind; /* ... and with it; no buffers: there was none */
};

struct snap_explain_trace {
    struct snap_facts *facts;                       /* borrowed */
    const struct snap_statistics *statistics;       /* borrowed; finished */
    const struct snap_checkpoint_stats *checkpoint; /* borrowed */
    snap_ns rate_from_ns;                           /* since when rates are measured */
    bool rate_begun;
    bool triggered;
    struct snap_fact_amount *queued; /* by task: before it, now */
    struct snap_fact_amount *taken;  /* by task: used up so far */
    struct snap_fact_amount *taken_at_begin;
    struct snap_fact_amount *taken_at_trigger;
    struct snap_fact_amount *taken_at_send; /* by hop, of the receiver */
    uint32_t taken_capacity;
    struct snap_explain_takes *takes;         /* by task */
    struct snap_explain_recovery *recoveries; /* by task */
    struct snap_explain_channel *channels;
    uint32_t channel_count;
    uint32_t channel_capacity;
    uint32_t *first_of; /* by sender: its first channel, or SNAP_NO_FACT */
    uint32_t *table;    /* open addressing by (from, to): channel + 1, 0 is free */
    uint32_t table_size;
};

/*
 * Returns the checkpoint that is worth explaining if nobody names one: the one that expired or
 * failed otherwise by itself and took longest (the newest of equals), else the slowest of those
 * that completed or have been under way for longer than all of these, else the slowest of those
 * that ended with the job, its failure or its start; NULL if there are none. Of those that were
 * triggered when a subtask had run for less than `startup_ns` one is returned only if there are no
 * others.
 */
const struct snap_checkpoint_stats *snap_explain_choose(const struct snap_statistics *statistics,
                                                        snap_ns startup_ns);

/* How the checkpoint was given up. */
enum snap_facts_end snap_explain_end(const struct snap_checkpoint_stats *checkpoint);

/* Begins: the facts are empty. All borrowed until the end. */
void snap_explain_trace_begin(struct snap_explain_trace *trace, struct snap_facts *facts,
                              const struct snap_statistics *statistics,
                              const struct snap_checkpoint_stats *checkpoint);

/* Takes the next event of the second reading. */
void snap_explain_trace_event(struct snap_explain_trace *trace, const struct snap_event *event);

/* Completes the facts. */
void snap_explain_trace_end(struct snap_explain_trace *trace);

#endif
