// SPDX-License-Identifier: Apache-2.0
#include "protocol/buffer.h"

#include <string.h>

#include "base/check.h"
#include "model/stream_mark.h"

/* Serialized events: a type, and what the event holds. A barrier: id, time, snapshot kind,
 * alignment, timeout; an announcement: a number and the announced barrier with its type. */
enum {
    EVENT_BYTES = 4,
    CANCEL_BYTES = 12,
    BARRIER_BYTES = 34,
    ANNOUNCEMENT_BYTES = 42,
};

static size_t header_bytes(void)
{
    return (sizeof(struct snap_buffer) + 15) & ~(size_t)15;
}

static size_t record_bytes(struct snap_columns columns)
{
    return sizeof(struct snap_pair) + (columns.stamps ? sizeof(struct snap_stamp) : 0) +
           (columns.lineage ? sizeof(uint64_t) : 0);
}

uint32_t snap_buffer_class(uint32_t capacity, struct snap_columns columns)
{
    return snap_block_class(header_bytes() + record_bytes(columns) * capacity);
}

struct snap_buffer *snap_buffer_get_of_class(struct snap_block_pool *pool, uint32_t block_class,
                                             struct snap_columns columns)
{
    struct snap_buffer *buffer = snap_block_pool_get(pool, block_class);
    size_t room = snap_block_bytes(block_class) - header_bytes();
    void *end;

    memset(buffer, 0, sizeof(*buffer));
    buffer->block_class = (uint8_t)block_class;
    /* A block may be larger than what it was asked for: use all of it. */
    buffer->capacity = (uint32_t)(room / record_bytes(columns));
    buffer->records = (struct snap_pair *)((char *)buffer + header_bytes());
    end = buffer->records + buffer->capacity;
    if (columns.stamps) {
        buffer->stamps = end;
        end = buffer->stamps + buffer->capacity;
    }
    if (columns.lineage)
        buffer->lineage = end;
    buffer->kind = SNAP_ITEM_DATA;
    return buffer;
}

struct snap_buffer *snap_buffer_get(struct snap_block_pool *pool, uint32_t capacity,
                                    struct snap_columns columns)
{
    return snap_buffer_get_of_class(pool, snap_buffer_class(capacity, columns), columns);
}

void snap_buffer_copy_rows(struct snap_buffer *to, uint32_t to_first,
                           const struct snap_buffer *from, uint32_t from_first, uint32_t count)
{
    memcpy(to->records + to_first, from->records + from_first, count * sizeof(struct snap_pair));
    if (from->stamps)
        memcpy(to->stamps + to_first, from->stamps + from_first, count * sizeof(struct snap_stamp));
    if (from->lineage)
        memcpy(to->lineage + to_first, from->lineage + from_first, count * sizeof(uint64_t));
}

uint32_t snap_item_wire_bytes(const struct snap_buffer *item)
{
    switch (item->kind) {
    case SNAP_ITEM_DATA:
        return item->bytes;
    case SNAP_ITEM_BARRIER:
        return BARRIER_BYTES;
    case SNAP_ITEM_ANNOUNCEMENT:
        return ANNOUNCEMENT_BYTES;
    case SNAP_ITEM_CANCEL:
        return CANCEL_BYTES;
    case SNAP_ITEM_END_OF_DATA:
    case SNAP_ITEM_END_OF_PARTITION:
    case SNAP_ITEM_END_OF_RECOVERY:
        return EVENT_BYTES;
    case SNAP_ITEM_TIMED_OUT:
    case SNAP_ITEM_BACKLOG:
        return 0;
    }
    SNAP_CHECK(false);
    return 0;
}

struct snap_buffer *snap_buffer_get_event(struct snap_block_pool *pool, enum snap_item_kind kind)
{
    struct snap_buffer *buffer = snap_buffer_get(pool, 0, (struct snap_columns){false, false});

    SNAP_CHECK(kind != SNAP_ITEM_DATA);
    buffer->kind = kind;
    return buffer;
}

struct snap_buffer *snap_buffer_grow(struct snap_block_pool *pool, struct snap_buffer *buffer,
                                     uint32_t block_class)
{
    struct snap_buffer *wider =
        snap_buffer_get_of_class(pool, block_class, snap_buffer_columns(buffer));

    SNAP_CHECK(wider->capacity >= buffer->count);
    snap_buffer_copy_rows(wider, 0, buffer, 0, buffer->count);
    wider->count = buffer->count;
    wider->bytes = buffer->bytes;
    wider->marks = buffer->marks;
    snap_buffer_put(pool, buffer);
    return wider;
}

void snap_buffer_find_mark(struct snap_buffer *buffer)
{
    uint32_t at = buffer->taken;

    while (at < buffer->count && !snap_stamp_is_mark(&buffer->stamps[at]))
        at++;
    buffer->next_mark = at;
}

struct snap_buffer *snap_buffer_share(struct snap_buffer *event)
{
    SNAP_CHECK(event->kind != SNAP_ITEM_DATA && !event->next);
    event->other_holders++;
    return event;
}

struct snap_buffer *snap_buffer_unshare(struct snap_block_pool *pool, struct snap_buffer *event)
{
    struct snap_buffer *own;

    if (event->other_holders == 0)
        return event;
    own = snap_buffer_get_event(pool, event->kind);
    own->barrier = event->barrier;
    own->sequence = event->sequence;
    own->backlog = event->backlog;
    event->other_holders--;
    return own;
}

bool snap_buffer_is_same_event(const struct snap_buffer *a, const struct snap_buffer *b)
{
    return a->kind == b->kind && a->sequence == b->sequence && a->backlog == b->backlog &&
           a->barrier.checkpoint == b->barrier.checkpoint &&
           a->barrier.created_ns == b->barrier.created_ns &&
           a->barrier.options.kind == b->barrier.options.kind &&
           a->barrier.options.alignment == b->barrier.options.alignment &&
           a->barrier.options.aligned_timeout_ns == b->barrier.options.aligned_timeout_ns;
}

void snap_buffer_put(struct snap_block_pool *pool, struct snap_buffer *buffer)
{
    if (!buffer)
        return;
    if (buffer->other_holders > 0)
        buffer->other_holders--;
    else
        snap_block_pool_put(pool, buffer->block_class, buffer);
}

void snap_buffer_queue_push(struct snap_buffer_queue *queue, struct snap_buffer *buffer)
{
    if (queue->tail) {
        buffer->next = queue->tail->next;
        queue->tail->next = buffer;
    } else {
        buffer->next = buffer;
    }
    queue->tail = buffer;
}

struct snap_buffer *snap_buffer_queue_pop(struct snap_buffer_queue *queue)
{
    struct snap_buffer *head = snap_buffer_queue_head(queue);

    if (!head)
        return NULL;
    if (head == queue->tail)
        queue->tail = NULL;
    else
        queue->tail->next = head->next;
    head->next = NULL;
    return head;
}

void snap_buffer_queue_push_priority(struct snap_buffer_queue *queue,
                                     struct snap_priority_part *part, struct snap_buffer *buffer)
{
    struct snap_buffer *tail = queue->tail;

    if (tail == part->tail) {
        snap_buffer_queue_push(queue, buffer);
    } else {
        /* Behind the priority part, or at the head: both are behind an item of the ring. */
        struct snap_buffer *before = part->tail ? part->tail : tail;

        buffer->next = before->next;
        before->next = buffer;
    }
    part->tail = buffer;
    part->count++;
}

struct snap_buffer *snap_buffer_queue_pop_first(struct snap_buffer_queue *queue,
                                                struct snap_priority_part *part)
{
    struct snap_buffer *buffer = snap_buffer_queue_pop(queue);

    if (part->count > 0 && --part->count == 0)
        part->tail = NULL;
    return buffer;
}

void snap_buffer_queue_remove(struct snap_buffer_queue *queue, struct snap_priority_part *part,
                              struct snap_buffer *buffer)
{
    struct snap_buffer *before = queue->tail;
    uint32_t index = 0;

    SNAP_CHECK(before);
    for (; before->next != buffer; before = before->next, index++)
        SNAP_CHECK(index == 0 || before != queue->tail);
    before->next = buffer->next;
    if (index < part->count && --part->count == 0)
        part->tail = NULL;
    else if (part->tail == buffer)
        part->tail = before;
    if (queue->tail == buffer)
        queue->tail = before == buffer ? NULL : before;
    buffer->next = NULL;
}

void snap_buffer_queue_prioritize(struct snap_buffer_queue *queue, struct snap_priority_part *part,
                                  struct snap_buffer *buffer)
{
    const struct snap_buffer *at = snap_buffer_queue_head(queue);

    for (uint32_t i = 0; i < part->count; i++, at = at->next)
        if (at == buffer)
            return;
    snap_buffer_queue_remove(queue, part, buffer);
    snap_buffer_queue_push_priority(queue, part, buffer);
}

void snap_buffer_queue_clear(struct snap_buffer_queue *queue, struct snap_block_pool *pool)
{
    struct snap_buffer *buffer;

    while ((buffer = snap_buffer_queue_pop(queue)))
        snap_buffer_put(pool, buffer);
}
