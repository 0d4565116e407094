// SPDX-License-Identifier: Apache-2.0
/*
 * failure_manager.h: how many failed checkpoints in a row the job survives.
 *
 * - Only some reasons count (model/failure_reason.h); the others change nothing.
 * - One checkpoint id counts once; a failure before there is an id counts each time.
 * - A success with a higher id than the last one starts the count again.
 * - The ids remembered are at most the tolerable number plus one.
 * Owned by the coordinator; its thread only. Flink: CheckpointFailureManager.
 */
#ifndef SNAP_PROTOCOL_FAILURE_MANAGER_H
#define SNAP_PROTOCOL_FAILURE_MANAGER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/checkpoint.h"
#include "model/failure_reason.h"

#define SNAP_TOLERABLE_UNLIMITED UINT32_MAX

enum snap_failure_verdict {
    SNAP_VERDICT_GO_ON,
    SNAP_VERDICT_FAIL_JOB,  /* the whole job fails */
    SNAP_VERDICT_FAIL_TASK, /* the job fails because of the reporting task, if it still runs */
};

struct snap_checkpoint_failure {
    snap_checkpoint_id checkpoint; /* SNAP_NO_CHECKPOINT: before there was an id */
    enum snap_snapshot_kind kind;
    enum snap_failure_reason reason;
    bool reported_by_task;
};

struct snap_failure_manager {
    struct snap_arena *arena; /* borrowed */
    uint32_t tolerable;       /* or SNAP_TOLERABLE_UNLIMITED */
    uint32_t counter;         /* failures in a row */
    snap_checkpoint_id last_success;
    snap_checkpoint_id *counted; /* ids that counted; arena */
    uint32_t counted_count;
    uint32_t counted_capacity;
};

/* Makes a manager that tolerates `tolerable` failures in a row; the arena is borrowed for life. */
void snap_failure_manager_init(struct snap_failure_manager *manager, struct snap_arena *arena,
                               uint32_t tolerable);

/* Takes note of a failure and says what becomes of the job. */
enum snap_failure_verdict
snap_failure_manager_failure(struct snap_failure_manager *manager,
                             const struct snap_checkpoint_failure *failure);

/* Takes note of a snapshot that completed. */
void snap_failure_manager_success(struct snap_failure_manager *manager,
                                  snap_checkpoint_id checkpoint);

/* Begins anew, as after the JobManager was replaced. */
void snap_failure_manager_forget(struct snap_failure_manager *manager);

#endif
