// SPDX-License-Identifier: Apache-2.0
/*
 * channel_books.h: what oracle_channels.c writes down, for channel_judge.c.
 *
 * - The book of a task is its own thread's while the job runs; all are read at the end, by one.
 * - Memory: a book's own arena, the rest the oracle's.
 */
#ifndef SNAP_VERIFY_CHANNEL_BOOKS_H
#define SNAP_VERIFY_CHANNEL_BOOKS_H

#include "verify/channel_flow.h"
#include "verify/oracle.h"

/* A subtask at its snapshot, or at the begin or the end of an attempt (checkpoint 0). */
struct snap_channel_moment {
    snap_checkpoint_id checkpoint;
    snap_ns at_ns;
    bool is_whole;                  /* the snapshot was taken, or the attempt has finished */
    struct snap_channel_flow *left; /* by edge of the subtask: queued or recovered, less taken */
    struct snap_channel_flow *captured; /* likewise */
};

/* The subtask did not recover what it had captured, or what it had recovered before. */
struct snap_channel_mistake {
    struct snap_event event; /* sequence 0: there was none */
    snap_checkpoint_id checkpoint;
    int64_t captured;
    int64_t recovered;
    bool of_earlier; /* the checkpoint is of an earlier execution, or was given to the run */
};

/* What a subtask recovered once. */
struct snap_channel_recovery {
    snap_checkpoint_id checkpoint;
    struct snap_event event;
    struct snap_channel_flow *recovered; /* by edge of the subtask */
};

struct snap_channel_task {
    struct snap_arena arena;
    const struct snap_vertex *vertex;
    uint32_t edge_count;            /* incoming ones, then outgoing ones */
    struct snap_channel_flow *left; /* of this attempt so far */
    struct snap_channel_flow *recovered;
    snap_checkpoint_id recovers;              /* while it does */
    struct snap_channel_recovery *recoveries; /* where receivers restore what senders captured */
    uint32_t recovery_count;
    uint32_t recovery_capacity;
    snap_checkpoint_id restarted_from;   /* of an earlier execution, or given; 0: none yet */
    struct snap_channel_flow *restarted; /* what it first recovered of it, by edge of the subtask */
    struct snap_event restarted_at;
    struct snap_channel_moment *moments;
    uint32_t moment_count;
    uint32_t moment_capacity;
    struct snap_channel_mistake mistake; /* the first one */
    uint64_t mistakes;
    uint32_t next;                          /* the judge has gone past the moments before */
    const struct snap_channel_moment *last; /* begin or end of an attempt among those */
};

struct snap_channel_completion {
    snap_checkpoint_id checkpoint;
    struct snap_event event;
    bool is_known;                      /* what it holds is */
    struct snap_channel_flow *captured; /* by edge of the job */
};

/* The start from a checkpoint of an earlier execution. Vertices that channels connect are judged
 * together, others apart: they restart apart, so one may have recovered all when another failed. */
struct snap_channel_restart {
    snap_checkpoint_id checkpoint; /* 0: none, or it cannot be judged */
    uint32_t *connected;           /* by vertex: one of those it is connected with, or itself */
    struct snap_channel_flow *captured; /* by vertex; all of it at the one that stands for itself */
    const struct snap_channel_flow **same; /* by edge: captured by that edge, if both its ends have
                                            * as many subtasks as before; else NULL */
};

struct snap_channel_books {
    const struct snap_job *job;
    struct snap_channel_task *tasks;
    struct snap_channel_restart restart;
    struct snap_channel_completion *completed;
    uint32_t completed_count;
    uint32_t completed_capacity;
};

/* Returns the vertex that stands for all that the vertex is connected with. */
static inline uint32_t snap_channel_restart_part(const struct snap_channel_restart *restart,
                                                 uint32_t vertex)
{
    while (restart->connected[vertex] != vertex)
        vertex = restart->connected[vertex];
    return vertex;
}

/* The settings say that its data in flight is not to be put back. */
static inline bool snap_channels_are_ignored(const struct snap_oracle_case *at,
                                             snap_checkpoint_id checkpoint)
{
    return checkpoint == at->sim->config.checkpoint.unaligned.ignored_checkpoint;
}

/* Receivers restore what senders had captured. */
static inline bool snap_channels_hand_on_output(const struct snap_oracle_case *at)
{
    return at->sim->config.checkpoint.unaligned.output_at_consumer;
}

/* Objects to what is wrong; to be called once, at the end. */
void snap_channels_judge(struct snap_oracle_case *at, const struct snap_oracle_end *end);

#endif
