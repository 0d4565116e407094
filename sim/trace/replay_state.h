// SPDX-License-Identifier: Apache-2.0
/*
 * replay_state.h: where everything is at one instant of a recorded run.
 *
 * - Made of the events of a trace, one after another; it can only go forwards. To go back, begin
 *   again: a trace is short beside what it cost to make it.
 * - A channel is a pair of subtasks; several edges between the same two are one. It holds buffers
 *   that were queued and are not used up, and barriers that were sent and not yet received, in
 *   their order: an unaligned barrier goes ahead of buffers when it is sent, or when it times out.
 *   Buffers need a trace of level `buffers`.
 * - A subtask that fails or is cancelled takes what is in its channels with it.
 */
#ifndef SNAP_TRACE_REPLAY_STATE_H
#define SNAP_TRACE_REPLAY_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/checkpoint.h"
#include "model/event.h"
#include "model/job.h"

struct snap_replay_item {
    snap_checkpoint_id barrier; /* SNAP_NO_CHECKPOINT: a buffer */
    int64_t records;
    int64_t bytes;
};

struct snap_replay_channel {
    uint32_t from;
    uint32_t to;
    snap_checkpoint_id blocked_for; /* or SNAP_NO_CHECKPOINT */
    struct snap_replay_item *items; /* the first is the next to be taken; arena */
    uint32_t count;
    uint32_t capacity;
};

struct snap_replay_task {
    enum snap_task_status status;
    uint32_t attempt;      /* from 0 */
    uint32_t blocked;      /* channels */
    bool snapshotting;     /* its snapshot is being written */
    bool overtakes;        /* its last snapshot was unaligned: the barrier goes ahead of data */
    int64_t records_moved; /* sent by a source, or taken by a sink; level `records` */
};

struct snap_replay_checkpoint {
    snap_checkpoint_id id; /* SNAP_NO_CHECKPOINT: none */
    snap_ns at_ns;
    uint32_t acknowledged;
    bool *missing; /* by task; arena */
};

struct snap_replay_state {
    struct snap_arena arena;
    const struct snap_job *job; /* borrowed */
    enum snap_job_status status;
    struct snap_replay_task *tasks;
    struct snap_replay_channel *channels;  /* by receiver, then sender */
    uint32_t *channel_first;               /* by receiver; one more entry behind the last */
    struct snap_replay_checkpoint pending; /* the latest one under way */
    snap_checkpoint_id completed;          /* the latest complete one */
    snap_ns completed_ns;
    uint32_t failures;
};

/* Makes the state before the first event; the job is borrowed until fini. */
void snap_replay_state_init(struct snap_replay_state *state, const struct snap_job *job);
void snap_replay_state_fini(struct snap_replay_state *state);

/* Takes the next event. */
void snap_replay_state_take(struct snap_replay_state *state, const struct snap_event *event);

#endif
