// SPDX-License-Identifier: Apache-2.0
/*
 * explain_walk.h: the way back from a checkpoint's last acknowledgement to its source, and what of
 * it made the checkpoint slow.
 *
 * - The steps stand in the order of time and follow one another without a gap: together they are
 *   the checkpoint's end-to-end time. What happened beside them did not make it longer.
 * - A subtask's barrier is caused by the last barrier that it had taken before it sent its own:
 *   aligned that is its last one, unaligned its first.
 * - Turn and queue of a hop follow one another: the turn comes first, or last where the barrier had
 *   waited for the timeout of aligned checkpoints before.
 * - Of a checkpoint that was given up, the walk starts at the subtask nearest to the sources that
 *   had not acknowledged; its last step is open: it lasted until the end.
 * - Everything is in the arena of the facts, which are borrowed.
 */
#ifndef SNAP_EXPLAIN_EXPLAIN_WALK_H
#define SNAP_EXPLAIN_EXPLAIN_WALK_H

#include "model/slow.h"
#include "explain/explain_facts.h"

enum snap_explain_step_kind {
    SNAP_EXPLAIN_TRIGGER, /* until the source began */
    SNAP_EXPLAIN_HELD,    /* a subtask had the barrier, and sent its own later */
    SNAP_EXPLAIN_TURN,    /* a barrier that overtakes waited for its sender's turn on the cores */
    SNAP_EXPLAIN_QUEUE,   /* from a barrier's sending until it was taken, but for the turn */
    SNAP_EXPLAIN_SYNC,
    SNAP_EXPLAIN_ASYNC,
    SNAP_EXPLAIN_ACK, /* until the JobManager had the acknowledgement */
    SNAP_EXPLAIN_STEP_COUNT,
};

struct snap_explain_step {
    enum snap_explain_step_kind kind;
    uint32_t task;                   /* who; TURN, QUEUE: the receiver */
    const struct snap_fact_hop *hop; /* TURN, QUEUE */
    snap_ns from_ns;
    snap_ns to_ns;
    bool open; /* it had not ended when the checkpoint was given up */
};

/* Who stood still in pauses, longest of those that the walk waited for. */
struct snap_explain_stood {
    uint32_t task;      /* or SNAP_NO_FACT */
    snap_ns stood_ns;   /* of the steps that waited for it */
    snap_ns longest_ns; /* of that, in one pause ... */
    snap_ns pause_ns;   /* ... which was so long in all */
    uint32_t count;     /* of pauses */
};

struct snap_explain_walk {
    const struct snap_facts *facts;
    uint32_t target; /* where the walk starts, or SNAP_NO_FACT */
    struct snap_explain_step *steps;
    uint32_t step_count;
    uint32_t step_capacity;
    snap_ns total_ns[SNAP_EXPLAIN_STEP_COUNT];
    bool complete;    /* it reached a source */
    uint32_t longest; /* the longest step of the kind that took longest (CHANNEL: the late input's
                         step), or SNAP_NO_FACT */
    enum snap_slow slow;
    bool expired;
    uint32_t culprit; /* the subtask that it is about, or SNAP_NO_FACT */
    uint32_t waiting; /* one that lags without being busy: it waits for others; or SNAP_NO_FACT */
    struct snap_explain_stood stood;
    snap_ns heard_late_ns; /* of the asynchronous part, beyond what the storage can have needed */
    /* SUBTASK: how the culprit compares with the mean of the others of its vertex. */
    double behind_factor;    /* time until its last barrier */
    double queued_factor;    /* what lay before it; NaN: not known */
    double rate_factor;      /* records a second; NaN */
    double records_factor;   /* records over the whole run; NaN */
    snap_ns others_ready_ns; /* mean over the others, or SNAP_UNKNOWN */
};

/* Walks. */
void snap_explain_walk_back(struct snap_explain_walk *walk, struct snap_facts *facts);

#endif
