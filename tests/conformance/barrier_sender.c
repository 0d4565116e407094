// SPDX-License-Identifier: Apache-2.0
/*
 * The harness `subpartition`: one sender's queue, whose reader takes items when the case says so.
 *
 * - The channel is not connected, so nothing leaves by itself.
 * - The table's `notify_*` say when Flink wakes the reader. Here a wake-up does nothing where there
 *   is nothing to take, so the channel is woken at each change; when Flink would do so is read off
 *   the queue.
 */
#include <string.h>

#include "barrier_small.h"
#include "base/check.h"
#include "protocol/partition_internal.h"
#include "protocol/partition_priority.h"

struct sender_play {
    struct small_play small;
    struct snap_output output;
    json_t *captured; /* owned; ids that no output has told of yet */
    snap_checkpoint_id capturing;
};

static void never_sent(void *context, uint32_t channel, struct snap_buffer *item, snap_ns depart_ns,
                       snap_ns transmit_ns)
{
    (void)context;
    (void)channel;
    (void)item;
    (void)depart_ns;
    (void)transmit_ns;
    SNAP_CHECK(false);
}

static void captured(void *context, uint32_t channel, snap_checkpoint_id checkpoint,
                     const struct snap_buffer *buffer)
{
    struct sender_play *play = context;

    SNAP_CHECK(channel == 0);
    play->capturing = checkpoint;
    json_array_append_new(play->captured, json_integer(small_id(buffer)));
}

static void tell_captured(struct sender_play *play, snap_checkpoint_id checkpoint)
{
    small_output(&play->small, json_pack("{s:s, s:I, s:o}", "a", "capture_out", "cp",
                                         (json_int_t)checkpoint, "ids", play->captured));
    play->captured = json_array();
}

static void promised(void *context, uint32_t channel, snap_checkpoint_id checkpoint,
                     enum snap_output_promise what)
{
    struct sender_play *play = context;

    SNAP_CHECK(channel == 0);
    if (what == SNAP_PROMISE_KEPT)
        tell_captured(play, checkpoint);
    else
        small_output(&play->small, json_pack("{s:s, s:I}", "a",
                                             what == SNAP_PROMISE_OPENED ? "capture_out_open"
                                                                         : "capture_out_failed",
                                             "cp", (json_int_t)checkpoint));
}

static struct snap_subpartition *sub_of(struct sender_play *play)
{
    return &play->output.channels[0];
}

static uint32_t queued(struct sender_play *play)
{
    const struct snap_buffer_queue *queue = &sub_of(play)->queue;
    const struct snap_buffer *at = snap_buffer_queue_head(queue);
    uint32_t count = 0;

    for (; at; at = snap_buffer_queue_next(queue, at))
        count++;
    return count;
}

static void sender_add(struct sender_play *play, const json_t *step)
{
    struct snap_subpartition *sub = sub_of(play);
    struct snap_buffer *item = small_item(&play->small, step);

    if (item->kind == SNAP_ITEM_DATA) {
        snap_sub_add(&play->output, sub, item);
    } else {
        snap_output_broadcast(&play->output, item, 0);
        snap_buffer_put(&play->small.blocks, item);
    }
}

static void sender_poll(struct sender_play *play)
{
    struct snap_subpartition *sub = sub_of(play);
    bool has_priority = snap_sub_has_priority(&play->output, sub);
    struct snap_buffer *item = snap_sub_take(&play->output, sub);
    const struct snap_buffer *next = snap_buffer_queue_head(&sub->queue);
    json_t *out;

    if (item)
        snap_sub_number(&play->output, sub, item);
    out = small_out(item);
    small_output(&play->small, out);
    if (!item)
        return;
    if (!snap_sub_is_ready(&play->output, sub, true))
        next = NULL;
    if (item->kind != SNAP_ITEM_DATA)
        json_object_set_new(out, "type", json_string(small_type(item, has_priority)));
    json_object_set_new(out, "backlog", json_integer(item->backlog));
    has_priority = snap_sub_has_priority(&play->output, sub);
    json_object_set_new(out, "next", json_string(next ? small_type(next, has_priority) : "none"));
    snap_buffer_put(&play->small.blocks, item);
}

/* When Flink wakes the reader: at the first priority event, the end, the first finished buffer. */
static void add_notices(struct sender_play *play, uint32_t queued_before, uint32_t priority_before)
{
    const struct snap_subpartition *sub = sub_of(play);
    const struct snap_sub_priority *priority = play->output.priority->channels;
    uint32_t now = queued(play);

    if (priority->part.count == 1 && priority_before == 0)
        small_output(&play->small,
                     json_pack("{s:s, s:i}", "a", "notify_priority", "seq", priority->sequence));
    if (now > queued_before && (sub->ended || (!sub->blocked && now <= 2)))
        small_output(&play->small, json_pack("{s:s}", "a", "notify_data"));
}

static void sender_state(struct sender_play *play)
{
    const struct snap_output *output = &play->output;
    const struct snap_subpartition *sub = sub_of(play);

    small_output(&play->small,
                 json_pack("{s:s, s:b, s:b, s:b, s:I, s:I}", "a", "state", "ready_with_credit",
                           snap_sub_is_ready(output, sub, true), "ready_without_credit",
                           snap_sub_is_ready(output, sub, false), "blocked", sub->blocked, "queued",
                           (json_int_t)queued(play), "backlog", (json_int_t)snap_sub_backlog(sub)));
}

static void sender_step(struct small_play *small, const json_t *step)
{
    struct sender_play *play = (struct sender_play *)small;
    const char *op = conform_string(step, "op");
    snap_checkpoint_id checkpoint = conform_integer_or(step, "cp", 0);
    uint32_t queued_before = queued(play);
    uint32_t priority_before = play->output.priority->channels[0].part.count;

    if (!strcmp(op, "poll"))
        sender_poll(play);
    else if (!strcmp(op, "resume"))
        snap_output_resume(&play->output, 0, 0);
    else if (!strcmp(op, "output_timeout"))
        snap_output_time_out(&play->output, checkpoint, 0);
    else if (!strcmp(op, "output_abort"))
        snap_output_abort(&play->output, checkpoint);
    else
        sender_add(play, step);
    if (json_array_size(play->captured) > 0)
        tell_captured(play, play->capturing);
    add_notices(play, queued_before, priority_before);
    sender_state(play);
}

enum conform_result conform_subpartition_case(const struct conform_case *at, struct snap_text *why)
{
    struct sender_play play = {.captured = json_array()};
    const struct snap_edge edge = {.overtaken = true};
    struct snap_network_config network = {.segment_bytes = 32768};
    struct snap_output_port port = {.task = &play, .send = never_sent};
    struct snap_output_capture_port capture_port = {captured, promised};

    small_init(&play.small, at);
    port.blocks = &play.small.blocks;
    snap_output_init(&play.output, &network, &port, 0);
    snap_output_reserve(&play.output, &play.small.arena, 1, 1);
    play.output.partitions[0].edge = &edge;
    play.output.partition_count = 1;
    play.output.channel_count = 1;
    snap_output_allow_priority(&play.output, &play.small.arena, &capture_port);
    small_play_steps(&play.small, sender_step, why);
    json_decref(play.captured);
    snap_output_fini(&play.output);
    small_fini(&play.small);
    return conform_verdict(why);
}
