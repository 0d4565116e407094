// SPDX-License-Identifier: Apache-2.0
/*
 * partition.h: the sending side of one task: result partitions, their subpartitions, the link.
 *
 * - A partition is one outgoing edge of the vertex; it has a pool of segments. It is available
 *   while the pool has a free one and no subpartition holds its maximum; a record that was begun
 *   may take overdraft segments, and waits until the partition is available when there are none.
 *   The channels of a broadcast share their segments.
 * - A subpartition is one channel: a buffer being filled, a queue of finished ones, a credit.
 *   Remote: a data buffer leaves for one credit and over the link, one after another; its segment
 *   is free when it has left. Local: it leaves at once, its segment is free when the receiver has
 *   used it up.
 * - A receiver without exclusive buffers gives no first credit: it has to be told of what waits.
 * - Events leave in their place in the queue without credit. After an aligned barrier nothing
 *   leaves until the receiver resumes the channel. What overtakes: partition_priority.h.
 * - Used bytes of an open segment = base_bytes + count * record_bytes: nothing is added up for each
 *   record.
 * - Room: snap_output_room says how many records can be written without finishing any buffer.
 *   That many go the fast way, snap_partition_write; the next one goes by snap_partition_put, at
 *   the instant at which it is complete.
 * - Receivers may ask for smaller buffers than a segment: partition_size.h.
 * - Plain functions on the hot path; they know a port, no task. Owner and thread: the task.
 * Flink: ResultPartition, PipelinedSubpartition, LocalBufferPool, RecordWriter,
 * PartitionRequestQueue.
 */
#ifndef SNAP_PROTOCOL_PARTITION_H
#define SNAP_PROTOCOL_PARTITION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/rng.h"
#include "base/time.h"
#include "model/config.h"
#include "model/job.h"
#include "protocol/buffer.h"

/* What the sending side needs of its task. */
struct snap_output_port {
    void *task;
    struct snap_block_pool *blocks;
    struct snap_columns columns;
    /* The item leaves over the channel at `depart_ns` and is `transmit_ns` on the link. */
    void (*send)(void *task, uint32_t channel, struct snap_buffer *item, snap_ns depart_ns,
                 snap_ns transmit_ns);
    /* A data buffer was finished and queued, or a piece of one was cut off; for the trace. */
    void (*queued)(void *task, uint32_t channel, const struct snap_buffer *item, snap_ns at_ns);
};

/* One of many: as long as a line of the cache. */
struct snap_subpartition {
    /* Of the open buffer, here for the fast path; written back when it is finished or cut. */
    struct snap_pair *records;
    uint64_t *lineage;
    uint32_t count;
    uint32_t count_max; /* records it takes without being finished or growing */

    struct snap_buffer *open;       /* being filled; NULL: no segment */
    struct snap_buffer_queue queue; /* finished buffers and events */
    uint32_t base_bytes;            /* of the open segment that were used before records[0] */
    uint32_t segments;              /* held: open, queued, local ones at the receiver */
    uint32_t backlog;               /* data buffers in the queue */
    uint32_t credit;
    uint32_t ready_next;
    uint16_t partition;
    uint8_t block_class : 6; /* of the next open buffer: what the last ones needed */
    bool recovering : 1;     /* the end of restored data has left, which blocks it, no resume yet */
    bool has_begged : 1; /* its receiver knows what waits, as far as it has given no credit since */
    bool in_ready : 1;
    bool connected : 1; /* the receiver has asked for it */
    bool blocked : 1;   /* an aligned barrier has left, no resume yet */
    bool ended : 1;     /* its end of partition is queued */
    bool flush_requested : 1;
    bool local : 1;
    bool begs : 1; /* the receiver has no buffers of its own for it: no first credit */
};

struct snap_partition {
    const struct snap_edge *edge;
    uint32_t channel_first; /* its subpartitions: channels [first, first + count) */
    uint32_t channel_count;
    uint32_t receiver_first; /* subtask index of the first receiver */
    uint32_t record_bytes;
    uint32_t segments_used; /* of a broadcast: as many as the channel has that has most */
    uint32_t most_count;    /* of a broadcast: channels that have so many */
    uint32_t segments_max;
    uint32_t open_count; /* of segments_used, those of open buffers */
    uint32_t overdraft_max;
    uint32_t maxed_count; /* subpartitions that hold per_subpartition_max segments or more */
    uint32_t cursor;      /* REBALANCE, RESCALE: the subpartition written last */
    uint32_t put_target;  /* of the record being put; SNAP_NO_INDEX: none */
    uint32_t put_bytes;   /* of it that are written to the target's earlier segments */
    bool refused;         /* it has found no segment: it waits until the pool is available */
    uint32_t key_groups;
    const uint8_t *key_lane;      /* HASH: the subpartition's lane by small key; may be NULL */
    uint32_t lane_shift;          /* a lane is its number shifted left by so many bits */
    const uint32_t *group_target; /* HASH: subpartition by key group */
    enum snap_value_kind key_kind;
    struct snap_rng rng; /* SHUFFLE */
};

struct snap_output {
    struct snap_partition *partitions;
    uint32_t partition_count;
    uint32_t unavailable_count; /* partitions that take no further record now */
    uint64_t changes; /* counts what open buffers go through besides taking records the fast way */
    struct snap_subpartition *channels; /* of all partitions */
    uint32_t channel_count;
    uint32_t segment_bytes;
    uint32_t per_subpartition_max;
    int64_t link_bytes_per_second; /* 0: no limit */
    snap_ns link_free_ns;
    snap_ns flush_interval_ns; /* 0: after each record; SNAP_NEVER: never */
    snap_ns flush_due_ns;      /* next flush; SNAP_NEVER: not armed */
    snap_ns flush_origin_ns;   /* flushes fall on this plus multiples of the interval */
    uint32_t ready_head;       /* remote channels that have something and may send */
    uint32_t ready_tail;
    struct snap_output_priority *priority; /* NULL: no barrier overtakes */
    struct snap_output_sizes *sizes;       /* NULL: all buffers may fill their segments */
    /* The buffer whose records the only channel's open one is being written over, as long as some
     * of them are not read; NULL: none. Points to where its reader keeps it. */
    struct snap_buffer **reader;
    struct snap_output_port port;
};

/* Sets up what does not depend on edges; memory of partitions is added by snap_output_add. */
void snap_output_init(struct snap_output *output, const struct snap_network_config *network,
                      const struct snap_output_port *port, snap_ns now_ns);

/* What one partition is made of. */
struct snap_partition_options {
    const struct snap_job *job;
    const struct snap_edge *edge;
    uint32_t subtask; /* of the producer */
    const struct snap_network_config *network;
    const uint8_t *key_lane;      /* HASH: snap_partition_key_lanes of the edge; may be NULL */
    const uint32_t *group_target; /* HASH: snap_partition_group_targets of the edge */
    uint64_t seed;
};

/* Returns the subpartition of every key group for HASH edges to the consumer. */
const uint32_t *snap_partition_group_targets(struct snap_arena *arena,
                                             const struct snap_operator *consumer);

/* Keys that are so small longs have a table of their own. */
enum { SNAP_SMALL_KEYS = 16384 };

/*
 * Returns the lane (protocol/lanes.h) of the subpartition of each small key for HASH edges between
 * the two: one look-up instead of a hash and two. NULL if keys are strings, or subpartitions too
 * many for a byte.
 */
const uint8_t *snap_partition_key_lanes(struct snap_arena *arena,
                                        const struct snap_operator *producer,
                                        const struct snap_operator *consumer);

/* Reserves arrays for the task's partitions and channels in the arena. */
void snap_output_reserve(struct snap_output *output, struct snap_arena *arena,
                         uint32_t partition_count, uint32_t channel_count);

/* Adds the next partition and its channels, all remote and not connected. */
struct snap_partition *snap_output_add(struct snap_output *output,
                                       const struct snap_partition_options *options);

/* Gives back all buffers; the memory of arrays is the arena's. */
void snap_output_fini(struct snap_output *output);

/* Returns whether a further record may be begun. Flink: RecordWriter.isAvailable. */
static inline bool snap_output_is_available(const struct snap_output *output)
{
    return output->unavailable_count == 0;
}

/* Returns whether the next record makes buffers leave, or has to arm the flush that does. */
static inline bool snap_output_arms_flush(const struct snap_output *output)
{
    return output->flush_interval_ns == 0 ||
           (output->flush_due_ns == SNAP_NEVER && output->flush_interval_ns != SNAP_NEVER);
}

/*
 * Returns how many outputs can be written, wherever they go, without finishing a buffer; 0 where
 * the next one has to be put. UINT32_MAX without partitions.
 */
uint32_t snap_output_room(const struct snap_output *output);

/*
 * Returns how many outputs finish no buffer, wherever they go: also those for which a segment is
 * yet to be had, which takes no less time. 0 where `tasks` tasks with as many channels are so many
 * that some buffer is full nearly all the time, and looking for the fullest one is not worth it.
 */
uint32_t snap_output_sure_room(const struct snap_output *output, uint32_t tasks);

/*
 * Returns whether so many records finish no buffer, wherever they go. Looks no further than it has
 * to: false as well if `tasks` tasks have very many channels, as for snap_output_sure_room.
 */
bool snap_output_finishes_none(const struct snap_output *output, uint32_t records, uint32_t tasks);

/* What says beforehand which records finish a buffer. */
enum snap_output_foresight {
    SNAP_FORESEES_NOTHING,
    SNAP_FORESEES_BY_KEYS, /* the keys of records */
    SNAP_FORESEES_TURNS,   /* nothing of the records: they go to the channels in turn */
};

/* Returns what of that holds for the output, as long as it exists. */
enum snap_output_foresight snap_output_foresight(const struct snap_output *output);

/* Returns how many records can be written before one finishes a buffer, of an output that foresees
 * turns; 0 if `tasks` tasks have very many channels, as for snap_output_sure_room. */
uint32_t snap_output_turns(const struct snap_output *output, uint32_t tasks);

/* Sets how many records each channel takes before one finishes its buffer; an output that foresees
 * by keys. Holds until `changes` does. */
void snap_output_measure_left(const struct snap_output *output, uint32_t *left);

/* Returns whether the open buffers have room for all that their channels take before one finishes
 * its buffer: then that is their room as well. */
bool snap_output_takes_what_is_left(const struct snap_output *output);

/* Returns how many of the records can be written before one finishes a buffer, `count` if none of
 * them does, and takes them off what is left. */
uint32_t snap_output_foresee(const struct snap_output *output, uint32_t *left,
                             const struct snap_pair *records, uint32_t count);

/*
 * Returns how many of the records, of an output that foresees and is available, find room in the
 * open buffers, with the first one that does not: snap_partition_write_filling takes so many. Where
 * it foresees turns, `records` is not looked at.
 */
uint32_t snap_output_room_of(const struct snap_output *output, const struct snap_pair *records,
                             uint32_t count);

/*
 * Where each record read gives one for the only channel, the open buffer and the one being read can
 * be the same memory: nothing is copied then.
 */

/*
 * The next record goes to the only channel there is: opens a segment for it now, if that changes
 * nothing for anybody, or gives the open one memory for more. Afterwards there may be room where
 * there was none.
 */
void snap_output_open_only(struct snap_output *output);

/*
 * Returns snap_output_room, plus 1 if the record after them finishes the only channel's buffer
 * exactly. snap_partition_write_filling takes so many.
 */
uint32_t snap_output_filling_room(const struct snap_output *output);

/* Returns the batch's place behind what the only channel's open buffer holds: records that are
 * written there need no copying. At most snap_output_filling_room of them. */
struct snap_batch snap_output_place(const struct snap_output *output);

/*
 * The only channel's open buffer is empty, and a fresh buffer *reader is about to be read: its
 * memory becomes that of the open one, *reader its view. Does nothing where it cannot be. The
 * caller tells snap_output_read_up when *reader is used up, and moves the pointer's target never.
 */
void snap_output_write_over(struct snap_output *output, struct snap_buffer **reader);

/* Nothing is read any more of the buffer given to snap_output_write_over. */
void snap_output_read_up(struct snap_output *output);

/* Writes all records of the batch; at most snap_output_room of them. */
void snap_partition_write(struct snap_output *output, struct snap_partition *partition,
                          const struct snap_batch *batch);

/* When the records of a span are complete: the i-th (from 0) at start_ns + (i + 1) * cost_ns; with
 * sums, where each record has a cost of its own, at start_ns + sums_ns[i] (cost_ns is 0). */
struct snap_span_time {
    snap_ns start_ns;
    snap_ns cost_ns;
    const snap_ns *sums_ns; /* or NULL */
};

/* Returns when record `index` of the span is complete. */
static inline snap_ns snap_span_time_of(const struct snap_span_time *time, uint32_t index)
{
    return time->start_ns + (time->sums_ns ? time->sums_ns[index] : (index + 1) * time->cost_ns);
}

/* Most records of one timed span. */
enum { SNAP_TIMED_RECORDS_MAX = 1024 };

/*
 * Returns how many records can be written by snap_partition_write_timed, whatever their targets:
 * so few that the output stays available; 0 if there is not just one partition with several
 * channels, or a flush has to be armed.
 */
uint32_t snap_output_timed_room(const struct snap_output *output);

/* Returns whether no buffer leaves earlier because the channel's receiver gives something back: the
 * channel has credit left, or is local, where only segments come back, and there are some. */
bool snap_output_leaves_no_earlier(const struct snap_output *output, uint32_t channel);

/* Returns whether the records of a span are written the same if what the channel's receiver gives
 * back meanwhile counts only behind them. */
bool snap_output_writes_the_same(const struct snap_output *output, uint32_t channel);

/* Writes all records of the batch; the last one is complete at `at_ns` and may finish a buffer. At
 * most snap_output_filling_room, or snap_output_room_of, of them. */
void snap_partition_write_filling(struct snap_output *output, struct snap_partition *partition,
                                  const struct snap_batch *batch, snap_ns at_ns);

/* Writes the records of a span, one output for each; buffers that fill leave at their instants. */
void snap_partition_write_timed(struct snap_output *output, struct snap_partition *partition,
                                const struct snap_batch *batch, const struct snap_span_time *time);

/*
 * Puts one record at the instant `now_ns`. Returns false if no segment can be had: call again with
 * the same record once the output has changed; what was written of it is kept.
 */
bool snap_partition_put(struct snap_output *output, struct snap_partition *partition,
                        const struct snap_record *record, uint64_t lineage, snap_ns now_ns);

/* Queues an event on every channel; open buffers are finished first. */
void snap_output_broadcast(struct snap_output *output, const struct snap_buffer *event,
                           snap_ns now_ns);

/* Makes what was written so far leave as soon as it may. Flink: RecordWriter.flushAll. */
void snap_output_flush(struct snap_output *output, snap_ns now_ns);

/* Sends what may leave over the link by now; to be called when link_due comes. */
void snap_output_pump(struct snap_output *output, snap_ns now_ns);

/* Returns when the link is free for what waits for it; SNAP_NEVER if nothing waits. */
static inline snap_ns snap_output_link_due(const struct snap_output *output)
{
    return output->ready_head == SNAP_NO_INDEX ? SNAP_NEVER : output->link_free_ns;
}

/* The receiver asked for the channel: it may send, with this first credit. */
void snap_output_connect(struct snap_output *output, uint32_t channel, uint32_t credit,
                         snap_ns now_ns);

/* The receiver has `credits` more free buffers; `segments` local ones are used up. */
void snap_output_credit(struct snap_output *output, uint32_t channel, uint32_t credits,
                        uint32_t segments, snap_ns now_ns);

/* The receiver lets the channel go on after an aligned barrier. */
void snap_output_resume(struct snap_output *output, uint32_t channel, snap_ns now_ns);

/* For partition_write.c: which subpartition (from channel_first) takes a record
 * with this key. */
uint32_t snap_partition_target(struct snap_partition *partition, union snap_value key);

#endif
