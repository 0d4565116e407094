// SPDX-License-Identifier: Apache-2.0
/*
 * coordinator_action.h: what the checkpoint coordinator asks its runtime to do.
 *
 * - Actions are performed in their order; all of one event come at the event's time.
 * - A list lives until the coordinator's next event, so it is read to its end before that; the
 *   records that actions point to live as long.
 * - Which members an action uses stands beside its name; the others say "none".
 * - Words that begin with OPERATOR are for operator coordinators, the others for tasks.
 */
#ifndef SNAP_PROTOCOL_COORDINATOR_ACTION_H
#define SNAP_PROTOCOL_COORDINATOR_ACTION_H

#include <stdint.h>

#include "model/checkpoint.h"
#include "model/failure_reason.h"
#include "model/job.h"
#include "protocol/failure_manager.h"
#include "protocol/pending_checkpoint.h"

enum snap_coordinator_action_type {
    /* For the trace and for storage. */
    SNAP_COORDINATOR_CHECKPOINT_STARTED,   /* checkpoint, barrier, record */
    SNAP_COORDINATOR_CHECKPOINT_COMPLETED, /* checkpoint, record: read its states; a savepoint's
                                              states are the runtime's from now on */
    SNAP_COORDINATOR_CHECKPOINT_ABORTED,   /* checkpoint, reason, index = reporting task */
    SNAP_COORDINATOR_CHECKPOINT_RELEASED,  /* checkpoint, record: not retained, not deleted */
    SNAP_COORDINATOR_REQUEST_DONE,         /* request; checkpoint, or NO_CHECKPOINT and reason */
    SNAP_COORDINATOR_FAIL_JOB,             /* verdict, checkpoint, reason, kind of the barrier,
                                              index = task; has effect with FAIL_TASK only while
                                              that attempt runs */
    /* State handles to free; nobody else will name them again. */
    SNAP_COORDINATOR_DISCARD_STATE,          /* checkpoint, index = task, state */
    SNAP_COORDINATOR_DISCARD_OPERATOR_STATE, /* checkpoint, index = coordinator, state */
    /* Messages. */
    SNAP_COORDINATOR_TRIGGER_TASK,             /* index = task, checkpoint, barrier */
    SNAP_COORDINATOR_NOTIFY_COMPLETE,          /* index = task, checkpoint, other = last subsumed */
    SNAP_COORDINATOR_NOTIFY_ABORTED,           /* index = task, checkpoint, other = last completed,
                                                  0 if none */
    SNAP_COORDINATOR_OPERATOR_SNAPSHOT,        /* index, checkpoint: answer with operator_done */
    SNAP_COORDINATOR_OPERATOR_NOTIFY_COMPLETE, /* index, checkpoint */
    SNAP_COORDINATOR_OPERATOR_NOTIFY_ABORTED,  /* index, checkpoint */
    SNAP_COORDINATOR_OPERATOR_ABORT_TRIGGERING, /* index */
    SNAP_COORDINATOR_OPERATOR_RESET,            /* index, checkpoint or NO_CHECKPOINT, state */
};

struct snap_coordinator_action {
    enum snap_coordinator_action_type type;
    uint32_t index; /* task or operator coordinator */
    snap_checkpoint_id checkpoint;
    snap_checkpoint_id other;
    uint64_t request;
    void *state; /* the runtime's handle */
    enum snap_failure_reason reason;
    enum snap_failure_verdict verdict;
    struct snap_barrier barrier;
    const struct snap_checkpoint_record *record; /* borrowed until the next event */
};

#endif
