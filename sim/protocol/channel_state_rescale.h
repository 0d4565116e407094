// SPDX-License-Identifier: Apache-2.0
/*
 * channel_state_rescale.h: who reads the data in flight of an unaligned checkpoint after a restore.
 *
 * - Input data lie by (old consumer subtask, old channel), output data by (old producer subtask,
 *   old subpartition); channels are numbered by producers, subpartitions by consumers.
 * - An edge whose consumer and producer hold none is left alone, whatever its partitioner.
 * - A subtask that is told of old ones reads each new channel as virtual channels, one for each
 *   pair of an old subtask and an old channel: records of one must not break into another's, and
 *   watermarks are the least of them.
 * - Where several new subtasks read one old one, each keeps only the records that the partitioner
 *   would send to it.
 * - No memory: plans are filled in place, all else is computed when asked for.
 * Flink: TaskStateAssignment, StateAssignmentOperation, InflightDataRescalingDescriptor.
 */
#ifndef SNAP_PROTOCOL_CHANNEL_STATE_RESCALE_H
#define SNAP_PROTOCOL_CHANNEL_STATE_RESCALE_H

#include "base/error.h"
#include "protocol/partitioner.h"

struct snap_rescaled_vertex {
    const char *name; /* for messages */
    uint32_t old_parallelism;
    uint32_t new_parallelism;
};

/* An exchange, all to all where it holds data. */
struct snap_rescaled_edge {
    uint32_t producer; /* vertex */
    uint32_t consumer;
    const struct snap_partitioner *partitioner;
    bool has_input_state;  /* some old subtask of the consumer holds input data of it */
    bool has_output_state; /* some old subtask of the producer holds output data of it */
};

/* Who restores output data. Flink 2.3: unaligned.recover-output-on-downstream.enabled. */
enum snap_output_recovery { SNAP_OUTPUT_AT_PRODUCER, SNAP_OUTPUT_AT_CONSUMER };

struct snap_channel_state_rescale {
    const struct snap_rescaled_vertex *vertices; /* borrowed */
    uint32_t vertex_count;
    const struct snap_rescaled_edge *edges; /* in the order of gates and of partitions; borrowed */
    uint32_t edge_count;
    enum snap_output_recovery recovery;
};

/* What happens on one edge. */
struct snap_channel_plan {
    struct snap_subtask_mapping consumers;
    struct snap_subtask_mapping producers;
    bool in_flight;        /* there are data at either end */
    bool identity;         /* both mappings are */
    bool inputs_move;      /* input data follow `consumers`, else each subtask keeps its own */
    bool outputs_move;     /* the same for output data and `producers` */
    bool input_described;  /* the consumer may be told of old subtasks */
    bool output_described; /* so may the producer */
};

/*
 * Fills one plan an edge. Errors: SNAP_ERROR_RESTORE where data in flight would have to move over
 * an edge whose partitioner does not allow it.
 */
bool snap_channel_state_rescale(const struct snap_channel_state_rescale *in,
                                struct snap_channel_plan *plans, struct snap_error *error);

/*
 * Whether the new subtask of a consuming vertex reads virtual channels; then this holds for all its
 * gates. False: its channels stay as they are.
 */
bool snap_channel_input_rescales(const struct snap_channel_state_rescale *in,
                                 const struct snap_channel_plan *plans, uint32_t vertex,
                                 uint32_t new_subtask);

/* The same for a producing vertex: whether it sends restored output data to mapped subpartitions.
 * For who looks from outside: conformance asks it. */
bool snap_channel_output_rescales(const struct snap_channel_state_rescale *in,
                                  const struct snap_channel_plan *plans, uint32_t vertex,
                                  uint32_t new_subtask);

/* The old consumers whose virtual channels a new one reads, if it reads such at all. */
struct snap_subtask_run snap_channel_old_consumers(const struct snap_channel_plan *plan,
                                                   uint32_t new_subtask);

/* The same on the side of producers. */
struct snap_subtask_run snap_channel_old_producers(const struct snap_channel_plan *plan,
                                                   uint32_t new_subtask);

/* The old channels that a new channel is made of; that of its number where none hold data. */
struct snap_subtask_run snap_channel_old_channels(const struct snap_channel_plan *plan,
                                                  uint32_t new_channel);

/* The new channels into which data of an old channel are read. */
struct snap_subtask_run snap_channel_new_channels(const struct snap_channel_plan *plan,
                                                  uint32_t old_channel);

/* The new subpartitions to which restored data of an old subpartition are sent, never none. */
struct snap_subtask_run snap_channel_new_subpartitions(const struct snap_channel_plan *plan,
                                                       uint32_t old_subpartition);

/* Whether records on virtual channels of this old consumer are filtered.
 * Flink: DemultiplexingRecordDeserializer, PartitionerRecordFilter. */
bool snap_channel_is_filtered(const struct snap_channel_plan *plan, uint32_t old_consumer);

/* The old consumers whose input data, all channels of them, a new subtask restores. */
struct snap_subtask_run snap_channel_input_sources(const struct snap_channel_plan *plan,
                                                   uint32_t new_subtask);

/* The old producers whose output data, all subpartitions of them, a new producer restores; with
 * SNAP_OUTPUT_AT_CONSUMER they are handed on to consumers. */
struct snap_subtask_run snap_channel_output_sources(const struct snap_channel_plan *plan,
                                                    uint32_t new_subtask);

#endif
