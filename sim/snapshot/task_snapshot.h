// SPDX-License-Identifier: Apache-2.0
/*
 * task_snapshot.h: what one task puts into a checkpoint, in memory.
 *
 * - It is an arena of its own, which passes on with the acknowledgement and is immutable from then
 *   on, but for what puts its keys in order.
 * - In virtual time it may share the keys of the attempt that took it until that ends.
 * Flink: TaskStateSnapshot.
 */
#ifndef SNAP_SNAPSHOT_TASK_SNAPSHOT_H
#define SNAP_SNAPSHOT_TASK_SNAPSHOT_H

#include "protocol/pending_checkpoint.h"
#include "snapshot/channel_state.h"
#include "state/operator_state.h"

struct snap_task_snapshot {
    struct snap_arena arena; /* everything below lies in it, this struct too */
    snap_checkpoint_id checkpoint;
    enum snap_snapshot_kind kind;
    uint32_t operator_count;
    struct snap_operator_state *operators; /* by place in the chain */
    struct snap_operator_state *restored;  /* as given back after a failure, or NULL: the same */
    bool lists_restored;                   /* nothing is to be added to `restored` any more */
    int64_t others_bytes;                  /* of it, what is in union lists of other subtasks */
    int64_t bytes;                         /* of all that follows */
    int64_t written_bytes;                 /* of these, what earlier checkpoints have not written */
    int64_t message_bytes;                 /* of those, what needs no storage */
    struct snap_channel_state inputs;
    struct snap_channel_state outputs;
    bool is_rescaled; /* dealt from tasks of other parallelisms: its channels are virtual ones */
    struct snap_virtual_channel *virtuals;
    uint32_t virtual_count;
    bool data_ended;          /* its operators had finished */
    bool finished_on_restore; /* the task was deployed as finished: of state there is nothing.
                               * Flink: TaskStateSnapshot.FINISHED_ON_RESTORE */
    uint64_t digest;          /* of its contents, if somebody wants to know */
    uint64_t request; /* still being written under this number when it was sent; 0: stored */
    enum snap_stored_damage damage; /* the JobManager's to know, not the task's */
    struct snap_machine machine;    /* on which it was taken */
    bool lies_there;                /* some of it is in files that only that machine has */
    /* Virtual time: it still has the keys of the attempt; a list of such snapshots. */
    struct snap_task_snapshot *unsettled_next;
    struct snap_task_snapshot **unsettled_link; /* what points at it; NULL: in no list */
};

/* Frees it, wherever it is on its way; NULL is none. */
void snap_task_snapshot_free(struct snap_task_snapshot *snapshot);

/* Takes it out of the list of those that have keys of their attempt, if it is in one. */
void snap_task_snapshot_unlink(struct snap_task_snapshot *snapshot);

/* Puts its keys into the order of files; to be called before they are read for the first time. NULL
 * is none. */
void snap_task_snapshot_order(struct snap_task_snapshot *snapshot);

#endif
