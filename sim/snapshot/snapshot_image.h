// SPDX-License-Identifier: Apache-2.0
/*
 * snapshot_image.h: a snapshot of a job's tasks as the storage writes it (storage/image.h), and one
 * that was read as the savepoint that a job starts from.
 *
 * - A vertex all of whose tasks have finished is finished as a whole; so are its operators.
 * - What was read belongs to a job of its own, made of what the file tells: one vertex an operator.
 * Flink: PendingCheckpoint, CheckpointPlan.fulfillFinishedTaskStatus.
 */
#ifndef SNAP_SNAPSHOT_SNAPSHOT_IMAGE_H
#define SNAP_SNAPSHOT_SNAPSHOT_IMAGE_H

#include "protocol/pending_checkpoint.h"
#include "snapshot/savepoint.h"
#include "storage/image.h"

/* Returns the image of a completed snapshot of the job; memory of the arena, states borrowed. */
struct snap_image snap_image_of_record(const struct snap_job *job,
                                       const struct snap_checkpoint_record *record,
                                       struct snap_arena *arena);

/* Lets each operator of the image whose id the job has be read as the job's. */
void snap_image_match(struct snap_image *image, const struct snap_job *job);

/* Lets the job, which was planned without it, have the key groups and splits of the snapshot where
 * the scenario leaves them open. Flink: a vertex adopts the max parallelism of its state. */
void snap_image_settle_job(const struct snap_image *image, struct snap_job *job);

/* Lets the jobs that the timeline starts later have the splits that the first one has now. */
void snap_image_settle_restarts(const struct snap_job *first, const struct snap_timeline *timeline);

/* Returns the savepoint that the image is, under the name; memory of the arena. */
struct snap_savepoint *snap_image_savepoint(const struct snap_image *image, const char *name,
                                            struct snap_arena *arena);

#endif
