// SPDX-License-Identifier: Apache-2.0
#include "protocol/buffer.h"

#include <string.h>

#include "base/check.h"
#include "model/stream_mark.h"

static size_t header_bytes(void)
{
    return (sizeof(struct snap_buffer) + 15) & ~(size_t)15;
}

static size_t record_bytes(bool with_lineage)
{
    return sizeof(struct snap_record) + (with_lineage ? sizeof(uint64_t) : 0);
}

uint32_t snap_buffer_class(uint32_t capacity, bool with_lineage)
{
    return snap_block_class(header_bytes() + record_bytes(with_lineage) * capacity);
}

struct snap_buffer *snap_buffer_get_of_class(struct snap_block_pool *pool, uint32_t block_class,
                                             bool with_lineage)
{
    struct snap_buffer *buffer = snap_block_pool_get(pool, block_class);
    size_t room = snap_block_bytes(block_class) - header_bytes();

    memset(buffer, 0, sizeof(*buffer));
    buffer->block_class = block_class;
    /* A block is a power of two: use all of it. */
    buffer->capacity = (uint32_t)(room / record_bytes(with_lineage));
    buffer->records = (struct snap_record *)((char *)buffer + header_bytes());
    if (with_lineage)
        buffer->lineage = (uint64_t *)(buffer->records + buffer->capacity);
    buffer->kind = SNAP_ITEM_DATA;
    return buffer;
}

struct snap_buffer *snap_buffer_get(struct snap_block_pool *pool, uint32_t capacity,
                                    bool with_lineage)
{
    return snap_buffer_get_of_class(pool, snap_buffer_class(capacity, with_lineage), with_lineage);
}

struct snap_buffer *snap_buffer_get_event(struct snap_block_pool *pool, enum snap_item_kind kind)
{
    struct snap_buffer *buffer = snap_buffer_get(pool, 0, false);

    SNAP_CHECK(kind != SNAP_ITEM_DATA);
    buffer->kind = kind;
    return buffer;
}

struct snap_buffer *snap_buffer_grow(struct snap_block_pool *pool, struct snap_buffer *buffer,
                                     uint32_t capacity)
{
    struct snap_buffer *wider = snap_buffer_get(pool, capacity, buffer->lineage != NULL);

    SNAP_CHECK(wider->capacity >= buffer->count);
    memcpy(wider->records, buffer->records, buffer->count * sizeof(struct snap_record));
    if (buffer->lineage)
        memcpy(wider->lineage, buffer->lineage, buffer->count * sizeof(uint64_t));
    wider->count = buffer->count;
    wider->bytes = buffer->bytes;
    wider->marks = buffer->marks;
    snap_buffer_put(pool, buffer);
    return wider;
}

void snap_buffer_find_mark(struct snap_buffer *buffer)
{
    uint32_t at = buffer->taken;

    while (at < buffer->count && !snap_record_is_mark(&buffer->records[at]))
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
    event->other_holders--;
    return own;
}

bool snap_buffer_is_same_event(const struct snap_buffer *a, const struct snap_buffer *b)
{
    return a->kind == b->kind && a->barrier.checkpoint == b->barrier.checkpoint &&
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

void snap_buffer_queue_clear(struct snap_buffer_queue *queue, struct snap_block_pool *pool)
{
    struct snap_buffer *buffer;

    while ((buffer = snap_buffer_queue_pop(queue)))
        snap_buffer_put(pool, buffer);
}
