// SPDX-License-Identifier: Apache-2.0
/*
 * checkpoint.h: what a checkpoint barrier carries and what kinds of snapshots there are.
 *
 * - Checkpoint ids count from 1 and are never reused; SNAP_NO_CHECKPOINT (-1) is "none".
 * - A savepoint is never unaligned and never times out.
 * - Only aligned options may have a timeout; SNAP_NEVER or 0 is "none".
 * Flink: CheckpointOptions, SnapshotType, CheckpointBarrier.
 */
#ifndef SNAP_MODEL_CHECKPOINT_H
#define SNAP_MODEL_CHECKPOINT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"

typedef int64_t snap_checkpoint_id;

#define SNAP_NO_CHECKPOINT ((snap_checkpoint_id)-1)

/* execution.checkpointing.mode. Flink: CheckpointingMode. */
enum snap_checkpointing_mode { SNAP_MODE_EXACTLY_ONCE, SNAP_MODE_AT_LEAST_ONCE };

/* Flink: CheckpointOptions.AlignmentType. */
enum snap_alignment {
    SNAP_ALIGN_AT_LEAST_ONCE,
    SNAP_ALIGN_ALIGNED,
    SNAP_ALIGN_UNALIGNED,
    SNAP_ALIGN_FORCED_ALIGNED,
};

/* What is taken. Flink: CheckpointType, SavepointType. */
enum snap_snapshot_kind {
    SNAP_KIND_CHECKPOINT,
    SNAP_KIND_FULL_CHECKPOINT,
    SNAP_KIND_SAVEPOINT,
    SNAP_KIND_SAVEPOINT_SUSPEND,   /* stop with savepoint */
    SNAP_KIND_SAVEPOINT_TERMINATE, /* stop with savepoint and drain */
};

/* What has happened to that which is stored of a task's snapshot. */
enum snap_stored_damage {
    SNAP_STORED_WHOLE,
    SNAP_STORED_FLIPPED, /* some bits are not what they were */
    SNAP_STORED_TORN,    /* its file ends too early */
    SNAP_STORED_MISSING, /* there is no such file where it is looked for */
};

/* A machine with a TaskManager: the first one in its place, or one that came for those lost. */
struct snap_machine {
    uint32_t task_manager;
    uint32_t losses; /* so many were in its place before */
};

/* Options that travel with a barrier. */
struct snap_checkpoint_options {
    enum snap_snapshot_kind kind;
    enum snap_alignment alignment;
    snap_ns aligned_timeout_ns; /* 0 or SNAP_NEVER: none */
};

/* Whether a time to wait for alignment is one. */
static inline bool snap_is_alignment_timeout(snap_ns timeout_ns)
{
    return timeout_ns > 0 && timeout_ns != SNAP_NEVER;
}

/* Whether a barrier with the options begins aligned and may come to overtake. Flink:
 * CheckpointOptions.isTimeoutable. */
static inline bool snap_options_may_time_out(const struct snap_checkpoint_options *options)
{
    return options->alignment == SNAP_ALIGN_ALIGNED &&
           snap_is_alignment_timeout(options->aligned_timeout_ns);
}

/* A checkpoint barrier. */
struct snap_barrier {
    snap_checkpoint_id checkpoint;
    snap_ns created_ns; /* when the coordinator triggered it */
    struct snap_checkpoint_options options;
};

static inline bool snap_kind_is_savepoint(enum snap_snapshot_kind kind)
{
    return kind >= SNAP_KIND_SAVEPOINT;
}

/* A stop savepoint ends the job. Flink: SnapshotType.isSavepoint, SavepointType.isSynchronous. */
static inline bool snap_kind_is_stop(enum snap_snapshot_kind kind)
{
    return kind == SNAP_KIND_SAVEPOINT_SUSPEND || kind == SNAP_KIND_SAVEPOINT_TERMINATE;
}

#endif
