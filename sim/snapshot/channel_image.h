// SPDX-License-Identifier: Apache-2.0
/*
 * channel_image.h: records under way between the snapshots of tasks and the image that the storage
 * writes or has read.
 *
 * - Edges of an image are the exchanges of the job over which data may be overtaken. Gates are
 *   numbered by the inputs of the consumer's vertex, partitions by the outputs of the producer's.
 * - What was read has no origins: its records get one below the restored offsets, of which the
 *   ledger expects nothing.
 * Flink: InputChannelInfo, ResultSubpartitionInfo.
 */
#ifndef SNAP_SNAPSHOT_CHANNEL_IMAGE_H
#define SNAP_SNAPSHOT_CHANNEL_IMAGE_H

#include "protocol/pending_checkpoint.h"
#include "snapshot/savepoint.h"
#include "storage/image.h"

/* Sets the edges of an image whose operators are matched with the job's; memory of the arena. */
void snap_channel_image_edges(struct snap_image *image, const struct snap_job *job,
                              struct snap_arena *arena);

/* Adds what the tasks of the job had under way; records are borrowed. Edges are set. */
void snap_channel_image_pieces(struct snap_image *image, const struct snap_job *job,
                               const struct snap_checkpoint_record *record,
                               struct snap_arena *arena);

/* Puts what was read into the savepoint, whose job has an operator a vertex, and gives that job the
 * edges of the one that takes the states. */
void snap_channel_image_restore(const struct snap_image *image, const struct snap_job *taking,
                                struct snap_savepoint *savepoint, struct snap_arena *arena);

#endif
