// SPDX-License-Identifier: Apache-2.0
/*
 * commit.h: the book-keeping of a sink with two-phase commit: which output may become visible when.
 *
 * - At most one part is open at a time; a snapshot closes it and makes it pending under its
 *   checkpoint. A checkpoint without output has no part.
 * - Confirming checkpoint n gives out all that is pending up to n, oldest first, once. An aborted
 *   checkpoint needs no event: its parts wait for the next confirmation.
 * - After a restore all that the snapshot had pending is given out again: making it visible must
 *   be idempotent, because it may have happened before the crash.
 * - Checkpoint ids of prepare ascend within an attempt.
 * - Owned by one sink instance; memory of its attempt's arena. It performs nothing itself.
 * Flink: TwoPhaseCommitSinkFunction, CommitterOperator, CheckpointCommittableManagerImpl.
 */
#ifndef SNAP_PROTOCOL_COMMIT_H
#define SNAP_PROTOCOL_COMMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/checkpoint.h"

/* The output of one transaction; subtask, attempt and number name it. */
struct snap_commit_part {
    uint32_t subtask;
    uint32_t attempt;
    uint64_t number;
    uint64_t records;
    snap_checkpoint_id checkpoint; /* that prepared it; SNAP_NO_CHECKPOINT while it is open */
    const char
        *directory;    /* where it lies, in full; NULL: in memory only. World's, or snapshot's */
    bool is_elsewhere; /* another run made it: it is none of this run's parts */
};

struct snap_commit {
    struct snap_arena *arena; /* borrowed */
    bool open;
    struct snap_commit_part current; /* if open */
    struct snap_commit_part *parts;  /* pending: [first, count), by checkpoint */
    uint32_t first;
    uint32_t count;
    uint32_t capacity;
};

/* Parts that an event gives out; borrowed until the next event. */
struct snap_commit_parts {
    const struct snap_commit_part *parts;
    uint32_t count;
};

/* Nothing open, nothing pending. */
void snap_commit_init(struct snap_commit *commit, struct snap_arena *arena);

/* A new part was begun for the next records; none may be open. */
void snap_commit_begin(struct snap_commit *commit, const struct snap_commit_part *part);

/* The open part took `records` more. */
void snap_commit_write(struct snap_commit *commit, uint64_t records);

/* A snapshot is taken. Gives out the part that was open: flush and close it; it is pending now. */
struct snap_commit_parts snap_commit_prepare(struct snap_commit *commit,
                                             snap_checkpoint_id checkpoint);

/* All that is pending, which is what the snapshot keeps. */
struct snap_commit_parts snap_commit_pending(const struct snap_commit *commit);

/* The checkpoint is complete. Gives out what is to be made visible. */
struct snap_commit_parts snap_commit_confirm(struct snap_commit *commit,
                                             snap_checkpoint_id checkpoint);

/* Input ended and no checkpoint will ever confirm: closes the open part, gives out everything. */
struct snap_commit_parts snap_commit_finish(struct snap_commit *commit);

/* Puts a part of the restored snapshot back. */
void snap_commit_restore(struct snap_commit *commit, const struct snap_commit_part *part);

/* All parts of the snapshot are back. Gives out what is to be made visible (again). */
struct snap_commit_parts snap_commit_recover(struct snap_commit *commit);

#endif
