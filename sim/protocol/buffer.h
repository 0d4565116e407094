// SPDX-License-Identifier: Apache-2.0
/*
 * buffer.h: what travels over a channel: data buffers and events, and queues of them.
 *
 * - An item has one holder at a time; handing it over makes all it holds visible to the new one.
 * - A data buffer stands for one network segment or, after a flush, for a piece of one; only the
 *   piece with `segment_end` gives the segment back. `bytes` is the declared size on the wire; a
 *   record lies in the buffer in which its last byte lies.
 * - `records[taken .. count)` are still to be processed.
 * - Events have no records and need neither a segment nor a credit.
 * - A queue may have a priority part in front: first in, first out, before all others. Who wants
 *   one keeps a snap_priority_part beside the queue and takes items out with the functions that
 *   ask for it; a queue can be walked from head to tail, the first `count` have priority.
 * - Data out of a snapshot of other parallelisms says over which old channel it came (`is_old`).
 *   Records on it that belong to others are left out, but their bytes are in it.
 * - `sequence` counts the items of a channel in the order in which they left. It wraps around.
 * Flink: Buffer, BufferConsumer, CheckpointBarrier, CancelCheckpointMarker, EndOfData,
 * EndOfPartitionEvent, EventAnnouncement, EndOfOutputChannelStateEvent,
 * SubtaskConnectionDescriptor, PrioritizedDeque.
 */
#ifndef SNAP_PROTOCOL_BUFFER_H
#define SNAP_PROTOCOL_BUFFER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/block_pool.h"
#include "model/checkpoint.h"
#include "model/record.h"

enum snap_item_kind {
    SNAP_ITEM_DATA,
    SNAP_ITEM_BARRIER,
    SNAP_ITEM_CANCEL, /* cancellation marker of barrier.checkpoint */
    SNAP_ITEM_END_OF_DATA,
    SNAP_ITEM_END_OF_PARTITION,
    SNAP_ITEM_ANNOUNCEMENT, /* made by the receiver: `barrier` waits in the queue at `sequence` */
    SNAP_ITEM_TIMED_OUT,    /* local channels: the barrier of the checkpoint is to overtake now */
    SNAP_ITEM_BACKLOG, /* nothing but that `backlog` data buffers wait, and no credit is left */
    SNAP_ITEM_END_OF_RECOVERY, /* no more restored data comes; its sender stops behind it */
};

/* A channel of the job that took a snapshot, by the numbers of its subtasks. */
struct snap_old_channel {
    uint32_t consumer;
    uint32_t producer;
};

struct snap_buffer {
    struct snap_buffer *next; /* in a queue */
    /* In the buffer's block, not always at its beginning: see snap_output_write_over. Likewise the
     * other columns. */
    struct snap_pair *records;
    struct snap_stamp *stamps; /* NULL: see model/record.h */
    uint64_t *lineage;         /* NULL while no ledger is on */
    uint32_t count;
    uint32_t taken;
    uint32_t marks;     /* of `count`, those that are marks: see model/stream_mark.h */
    uint32_t next_mark; /* receiver: position of the first one not taken; count: none is left */
    uint32_t capacity;  /* of the columns */
    uint32_t bytes;     /* while it is being filled: those of its segment that have left before */
    uint32_t backlog;   /* data buffers that wait behind this one at the sender */
    int32_t sequence;   /* of a channel that may have priority events; else 0 */
    enum snap_item_kind kind : 8;
    uint8_t block_class;
    bool segment_end;       /* its segment is free once this piece has left */
    bool floating;          /* receiver: lies in a floating buffer, not in an exclusive one */
    bool recovered;         /* receiver: comes out of a snapshot, over no channel */
    bool is_old;            /* data: `old` says over which channel it came */
    uint32_t other_holders; /* of an event under way: see snap_buffer_share */
    uint32_t foreign_bytes; /* of records that ended here and were left out */
    union {
        struct snap_barrier barrier; /* events */
        struct snap_old_channel old;
    };
};

/* The items stand in a ring, so that an empty queue, of which there are many, takes a pointer. */
struct snap_buffer_queue {
    struct snap_buffer *tail; /* its next is the head; NULL: empty */
};

/* The front of a queue that is ahead of all others. */
struct snap_priority_part {
    struct snap_buffer *tail; /* the last item of it; NULL if it is empty */
    uint32_t count;
};

/* Returns whether the item goes ahead of data. Flink: Buffer.DataType.hasPriority. */
static inline bool snap_item_has_priority(const struct snap_buffer *item)
{
    return item->kind == SNAP_ITEM_ANNOUNCEMENT ||
           (item->kind == SNAP_ITEM_BARRIER &&
            item->barrier.options.alignment == SNAP_ALIGN_UNALIGNED);
}

/* Returns whether its channel's sender stops behind it. Flink: isBlockingUpstream. */
static inline bool snap_item_blocks(const struct snap_buffer *item)
{
    return item->kind == SNAP_ITEM_END_OF_RECOVERY ||
           (item->kind == SNAP_ITEM_BARRIER &&
            (item->barrier.options.alignment == SNAP_ALIGN_ALIGNED ||
             item->barrier.options.alignment == SNAP_ALIGN_FORCED_ALIGNED));
}

/* Returns whether it is a barrier that waits in its place but may overtake after a timeout. Flink:
 * TIMEOUTABLE_ALIGNED_CHECKPOINT_BARRIER, CheckpointOptions.isTimeoutable. */
static inline bool snap_item_may_time_out(const struct snap_buffer *item)
{
    return item->kind == SNAP_ITEM_BARRIER && snap_options_may_time_out(&item->barrier.options);
}

/* Makes a waiting barrier one that overtakes. Flink: CheckpointBarrier.asUnaligned. */
static inline void snap_item_make_unaligned(struct snap_buffer *barrier)
{
    barrier->barrier.options.alignment = SNAP_ALIGN_UNALIGNED;
    barrier->barrier.options.aligned_timeout_ns = 0;
}

/* A barrier whose channel cannot be overtaken: aligned, whatever its checkpoint is; the timeout
 * goes on to later outputs. Flink: CheckpointOptions.withUnalignedUnsupported. */
static inline void snap_item_force_aligned(struct snap_buffer *barrier)
{
    struct snap_checkpoint_options *options = &barrier->barrier.options;

    if (options->alignment == SNAP_ALIGN_UNALIGNED || snap_item_may_time_out(barrier))
        options->alignment = SNAP_ALIGN_FORCED_ALIGNED;
}

/* Returns the bytes that the item takes on the wire, events included. Flink: EventSerializer. */
uint32_t snap_item_wire_bytes(const struct snap_buffer *item);

/* Returns an empty data buffer with room for `capacity` records. */
struct snap_buffer *snap_buffer_get(struct snap_block_pool *pool, uint32_t capacity,
                                    struct snap_columns columns);

/* Returns the class of block that a buffer with room for `capacity` records lies in. */
uint32_t snap_buffer_class(uint32_t capacity, struct snap_columns columns);

/* Returns an empty data buffer in a block of the class, with room for what fits. */
struct snap_buffer *snap_buffer_get_of_class(struct snap_block_pool *pool, uint32_t block_class,
                                             struct snap_columns columns);

/* Returns an event of the kind; the barrier is zero. */
struct snap_buffer *snap_buffer_get_event(struct snap_block_pool *pool, enum snap_item_kind kind);

/* Returns the same buffer in a block of the class, which has room for all of it; the old one is put
 * back. */
struct snap_buffer *snap_buffer_grow(struct snap_block_pool *pool, struct snap_buffer *buffer,
                                     uint32_t block_class);

/* Returns which columns the data buffer has. */
static inline struct snap_columns snap_buffer_columns(const struct snap_buffer *buffer)
{
    return (struct snap_columns){buffer->stamps != NULL, buffer->lineage != NULL};
}

/* Returns its records from `first` on, as a batch. */
static inline struct snap_batch snap_buffer_batch(const struct snap_buffer *buffer, uint32_t first,
                                                  uint32_t count)
{
    return (struct snap_batch){
        .records = buffer->records + first,
        .stamps = buffer->stamps ? buffer->stamps + first : NULL,
        .lineage = buffer->lineage ? buffer->lineage + first : NULL,
        .count = count,
    };
}

/* Returns record, or mark, i of the buffer. */
static inline struct snap_record snap_buffer_record(const struct snap_buffer *buffer, uint32_t i)
{
    return snap_record_join(&buffer->records[i], buffer->stamps ? &buffer->stamps[i] : NULL);
}

static inline void snap_buffer_set(struct snap_buffer *buffer, uint32_t i,
                                   const struct snap_record *record)
{
    snap_record_split(record, &buffer->records[i], buffer->stamps ? &buffer->stamps[i] : NULL);
}

/* Copies `count` rows of all columns. */
void snap_buffer_copy_rows(struct snap_buffer *to, uint32_t to_first,
                           const struct snap_buffer *from, uint32_t from_first, uint32_t count);

/* Finds the first mark from `taken` on; to be called when the buffer has some. */
void snap_buffer_find_mark(struct snap_buffer *buffer);

/* Returns how many records the buffer was filled with, marks left out. */
static inline uint32_t snap_buffer_records(const struct snap_buffer *buffer)
{
    return buffer->count - buffer->marks;
}

/*
 * Events that go to many channels are the same but for the channel. The event has one more holder:
 * each puts it back, and nobody changes it or puts it into a queue. Returns the event. One thread.
 */
struct snap_buffer *snap_buffer_share(struct snap_buffer *event);

/* Returns the event as one of the caller's own, which was one of its holders. */
struct snap_buffer *snap_buffer_unshare(struct snap_block_pool *pool, struct snap_buffer *event);

/* Returns whether two events say the same. */
bool snap_buffer_is_same_event(const struct snap_buffer *a, const struct snap_buffer *b);

/* Gives the item back, or one of those who hold it does no more; NULL is fine. */
void snap_buffer_put(struct snap_block_pool *pool, struct snap_buffer *buffer);

/* Returns the first item; NULL if the queue is empty. */
static inline struct snap_buffer *snap_buffer_queue_head(const struct snap_buffer_queue *queue)
{
    return queue->tail ? queue->tail->next : NULL;
}

void snap_buffer_queue_push(struct snap_buffer_queue *queue, struct snap_buffer *buffer);

/* Takes the head out; NULL if the queue is empty. */
struct snap_buffer *snap_buffer_queue_pop(struct snap_buffer_queue *queue);

/* Puts the item at the end of the priority part. */
void snap_buffer_queue_push_priority(struct snap_buffer_queue *queue,
                                     struct snap_priority_part *part, struct snap_buffer *buffer);

/* Takes the head out of a queue with a priority part; NULL if the queue is empty. */
struct snap_buffer *snap_buffer_queue_pop_first(struct snap_buffer_queue *queue,
                                                struct snap_priority_part *part);

/* Takes the item out of the queue, wherever it stands; it has to be in there. */
void snap_buffer_queue_remove(struct snap_buffer_queue *queue, struct snap_priority_part *part,
                              struct snap_buffer *buffer);

/* Moves the item to the end of the priority part; one that stands in it stays where it is. */
void snap_buffer_queue_prioritize(struct snap_buffer_queue *queue, struct snap_priority_part *part,
                                  struct snap_buffer *buffer);

/* Returns the item behind this one; NULL if it is the last. */
static inline struct snap_buffer *snap_buffer_queue_next(const struct snap_buffer_queue *queue,
                                                         const struct snap_buffer *item)
{
    return item == queue->tail ? NULL : item->next;
}

/* Returns the first item behind the priority part; NULL if there is none. */
static inline struct snap_buffer *
snap_buffer_queue_behind_priority(const struct snap_buffer_queue *queue,
                                  const struct snap_priority_part *part)
{
    const struct snap_buffer *before = part->tail ? part->tail : queue->tail;

    return !before || part->tail == queue->tail ? NULL : before->next;
}

/* Gives back all items of the queue. */
void snap_buffer_queue_clear(struct snap_buffer_queue *queue, struct snap_block_pool *pool);

/* Returns how many records lie before the next mark of the buffer, or its end. */
static inline uint32_t snap_buffer_records_in_a_row(const struct snap_buffer *current)
{
    return (current->marks > 0 ? current->next_mark : current->count) - current->taken;
}

#endif
