// SPDX-License-Identifier: Apache-2.0
/*
 * partition_size.h: outputs whose receivers say how large buffers shall be.
 *
 * - Exists only for an output that was allowed it; subpartitions of others do not grow.
 * - A size holds from the next buffer that is opened: one that holds something keeps its own.
 * - A buffer takes what is written to it first as a whole, if a segment does: no record lies in
 * more than two buffers because they are small.
 * - Where the pool has no further buffer, one that would be full is stretched, up to its segment:
 *   rather a larger buffer than a record that cannot end.
 * - A broadcast writes one buffer for all channels, which has the least of their sizes.
 * - Owner and thread: the task's, as for partition.h.
 * Flink: PipelinedSubpartition.bufferSize, BufferWritingResultPartition, BufferBuilder.trim.
 */
#ifndef SNAP_PROTOCOL_PARTITION_SIZE_H
#define SNAP_PROTOCOL_PARTITION_SIZE_H

#include "protocol/partition.h"

struct snap_sub_size {
    uint32_t asked; /* by the receiver */
    uint32_t next;  /* of the next buffer: the same, but for broadcasts */
    uint32_t open;  /* bytes that the open buffer takes */
};

struct snap_output_sizes {
    struct snap_sub_size *channels; /* one a channel of the output */
    uint32_t least;                 /* see snap_output_least_size; 0: not known */
};

/* Lets receivers change sizes, which begin with `start_bytes`; memory of the arena. To be called
 * when all partitions were added and nothing was written. */
void snap_output_allow_sizes(struct snap_output *output, struct snap_arena *arena,
                             uint32_t start_bytes);

/* The receiver wants buffers of so many bytes. Flink: notifyNewBufferSize. */
void snap_output_set_size(struct snap_output *output, uint32_t channel, uint32_t bytes);

#endif
