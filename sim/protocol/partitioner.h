// SPDX-License-Identifier: Apache-2.0
/*
 * partitioner.h: what a way of spreading records allows checkpoints to do with data in flight.
 *
 * - Unaligned checkpoints need an exchange that is neither pointwise nor a broadcast, and whose
 *   partitioner is not the user's own.
 * - The consumer's mapper tells which old consumers' data a new one reads, the producer's the same
 *   for producers, that is for channels.
 * Flink: StreamPartitioner and its subclasses.
 */
#ifndef SNAP_PROTOCOL_PARTITIONER_H
#define SNAP_PROTOCOL_PARTITIONER_H

#include <stdbool.h>

#include "model/job.h"
#include "protocol/subtask_mapping.h"

struct snap_partitioner {
    const char *name; /* Flink's, as in plans, in small letters */
    enum snap_subtask_mapper consumer_mapper;
    enum snap_subtask_mapper producer_mapper;
    bool pointwise;
    bool broadcast;
    bool supports_unaligned;
};

/* Returns the partitioner of an edge of this kind. */
const struct snap_partitioner *snap_partitioner_of(enum snap_ship ship);

/* Returns which of the receivers a user's own function chooses: by the key, or its hash code. */
uint32_t snap_custom_target(enum snap_value_kind kind, union snap_value key, uint32_t receivers);

#endif
