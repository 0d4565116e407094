// SPDX-License-Identifier: Apache-2.0
/*
 * pending_checkpoint.h: one snapshot from its start until it is deleted.
 *
 * - Pending while parts are missing; complete when all tasks, all operator coordinators and all
 *   master hooks have acknowledged; disposed when aborted. It never goes back.
 * - State handles are opaque and borrowed: whoever made them frees them when told to.
 * - Its lists are made once for the job's size; init uses them again for the next snapshot.
 * - A task acknowledges as the attempt that ran when the snapshot started.
 * Owned by the coordinator (or its completed store); its thread only. Flink: PendingCheckpoint.
 */
#ifndef SNAP_PROTOCOL_PENDING_CHECKPOINT_H
#define SNAP_PROTOCOL_PENDING_CHECKPOINT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/time.h"
#include "model/checkpoint.h"
#include "protocol/checkpoint_plan.h"

enum snap_ack_result {
    SNAP_ACK_SUCCESS,
    SNAP_ACK_DUPLICATE,
    SNAP_ACK_UNKNOWN,   /* not part of it */
    SNAP_ACK_DISCARDED, /* aborted before */
};

/* Where one part of a snapshot is. */
enum snap_part {
    SNAP_PART_NONE, /* takes no part */
    SNAP_PART_MISSING,
    SNAP_PART_ACKNOWLEDGED,
    SNAP_PART_ACKNOWLEDGED_EMPTY,
};

/* How many parts a snapshot can have. */
struct snap_checkpoint_shape {
    uint32_t tasks;
    uint32_t coordinators;
    uint32_t hooks;
};

struct snap_checkpoint_record {
    snap_checkpoint_id id;
    enum snap_snapshot_kind kind;  /* as asked for */
    enum snap_snapshot_kind taken; /* as told to the tasks */
    snap_ns created_ns;
    uint64_t request; /* or SNAP_NO_REQUEST */
    bool unclaimed;   /* restored, and not ours to delete */
    bool disposed;

    struct snap_checkpoint_shape shape;
    struct snap_checkpoint_plan plan;
    uint32_t *attempts;                /* per task: the attempt that takes part */
    enum snap_part *task_parts;        /* per task */
    void **task_states;                /* per task; handles borrowed */
    bool *unions;                      /* per task: it reported union list state */
    bool *ended;                       /* per task: its operators had finished */
    enum snap_part *coordinator_parts; /* per operator coordinator */
    void **coordinator_states;
    enum snap_part *hook_parts;
    uint32_t tasks_acknowledged;
    uint32_t tasks_missing;
    uint32_t coordinators_missing;
    uint32_t hooks_missing;

    snap_ns timeout_due_ns;              /* when it expires */
    uint64_t timeout_order;              /* among timers due at the same time */
    struct snap_checkpoint_record *next; /* in the list that holds it; coordinator's */
};

struct snap_task_ack {
    uint32_t task;
    uint32_t attempt;
    void *state;              /* or NULL */
    bool has_union;           /* the state holds union list state */
    bool operators_ended;     /* its operators have finished: no data comes any more */
    bool finished_on_restore; /* it was deployed as one that had finished, and has no state */
};

/* Makes the lists for a job of this size in the arena, once. The plan's lists are not made here. */
void snap_checkpoint_record_init(struct snap_checkpoint_record *record, struct snap_arena *arena,
                                 const struct snap_checkpoint_shape *shape);

/*
 * Starts a snapshot: the tasks that record->plan waits for, all coordinators and all hooks are
 * missing. `attempts`, one per task, is copied.
 */
void snap_checkpoint_record_start(struct snap_checkpoint_record *record, const uint32_t *attempts);

/* Takes a task's acknowledgement. */
enum snap_ack_result snap_checkpoint_record_ack_task(struct snap_checkpoint_record *record,
                                                     const struct snap_task_ack *ack);

/* Takes an operator coordinator's acknowledgement, with its state or NULL. */
enum snap_ack_result snap_checkpoint_record_ack_coordinator(struct snap_checkpoint_record *record,
                                                            uint32_t coordinator, void *state);

/* Takes a master hook's acknowledgement. */
void snap_checkpoint_record_ack_hook(struct snap_checkpoint_record *record, uint32_t hook);

/* Returns whether nothing is missing. */
bool snap_checkpoint_record_complete(const struct snap_checkpoint_record *record);

/*
 * Returns whether union list state stands in the way of storing the complete snapshot: the list is
 * that of all subtasks of a vertex, so part of them may not be gone.
 * Flink: DefaultCheckpointPlan, PartialFinishingNotSupportedByStateException.
 */
bool snap_checkpoint_record_splits_union(const struct snap_checkpoint_record *record,
                                         const struct snap_plan_graph *graph);

/* Ends it as aborted: later acknowledgements find it discarded. */
void snap_checkpoint_record_dispose(struct snap_checkpoint_record *record);

#endif
