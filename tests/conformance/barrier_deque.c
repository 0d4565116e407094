// SPDX-License-Identifier: Apache-2.0
/*
 * The harnesses `deque`, a queue with a priority part, and `persister`, the capture state of a
 * channel.
 */
#include <string.h>

#include "barrier_small.h"
#include "base/check.h"
#include "protocol/channel_capture.h"

struct deque_play {
    struct small_play small;
    struct snap_buffer_queue queue;
    struct snap_priority_part part;
};

static struct snap_buffer *deque_item(struct deque_play *play, const json_t *step)
{
    struct snap_buffer *item =
        snap_buffer_get(&play->small.blocks, 1, (struct snap_columns){.stamps = true});

    item->records[0].key.number = conform_integer(step, "v");
    item->count = 1;
    return item;
}

/* The first item with the step's value. */
static struct snap_buffer *deque_find(const struct deque_play *play, const json_t *step)
{
    struct snap_buffer *at = snap_buffer_queue_head(&play->queue);

    while (at && small_id(at) != conform_integer(step, "v"))
        at = snap_buffer_queue_next(&play->queue, at);
    SNAP_CHECK(at);
    return at;
}

/* The item was taken out. */
static void deque_out(struct deque_play *play, struct snap_buffer *item)
{
    small_output(&play->small, json_pack("{s:s, s:I}", "a", "out", "v", small_id(item)));
    snap_buffer_put(&play->small.blocks, item);
}

static json_t *deque_state(const struct deque_play *play)
{
    json_t *items = json_array();
    const struct snap_buffer *at = snap_buffer_queue_head(&play->queue);

    for (; at; at = snap_buffer_queue_next(&play->queue, at))
        json_array_append_new(items, json_integer(small_id(at)));
    return json_pack("{s:s, s:I, s:o}", "a", "state", "priority", (json_int_t)play->part.count,
                     "items", items);
}

static void deque_step(struct small_play *small, const json_t *step)
{
    struct deque_play *play = (struct deque_play *)small;
    const char *op = conform_string(step, "op");

    if (!strcmp(op, "add")) {
        snap_buffer_queue_push(&play->queue, deque_item(play, step));
    } else if (!strcmp(op, "add_priority")) {
        snap_buffer_queue_push_priority(&play->queue, &play->part, deque_item(play, step));
    } else if (!strcmp(op, "prioritize")) {
        snap_buffer_queue_prioritize(&play->queue, &play->part, deque_find(play, step));
    } else if (!strcmp(op, "poll")) {
        deque_out(play, snap_buffer_queue_pop_first(&play->queue, &play->part));
    } else {
        struct snap_buffer *item = deque_find(play, step);

        SNAP_CHECK(!strcmp(op, "remove"));
        snap_buffer_queue_remove(&play->queue, &play->part, item);
        deque_out(play, item);
    }
    small_output(small, deque_state(play));
}

enum conform_result conform_deque_case(const struct conform_case *at, struct snap_text *why)
{
    struct deque_play play = {.part.count = 0};

    small_init(&play.small, at);
    small_play_steps(&play.small, deque_step, why);
    snap_buffer_queue_clear(&play.queue, &play.small.blocks);
    small_fini(&play.small);
    return conform_verdict(why);
}

struct persister_play {
    struct small_play small;
    struct snap_channel_capture capture;
};

static void persister_captured(struct persister_play *play, json_int_t checkpoint, json_t *ids)
{
    small_output(&play->small, json_pack("{s:s, s:I, s:i, s:O}", "a", "capture", "cp", checkpoint,
                                         "ch", 0, "ids", ids));
}

static void persister_start(struct persister_play *play, const json_t *step)
{
    json_t *known = conform_array(step, "known");
    json_int_t checkpoint = conform_integer(step, "cp");

    if (!snap_channel_capture_start(&play->capture, checkpoint))
        small_fail(&play->small, "CheckpointException");
    else if (json_array_size(known) > 0)
        persister_captured(play, checkpoint, known);
}

static void persister_step(struct small_play *small, const json_t *step)
{
    struct persister_play *play = (struct persister_play *)small;
    const char *op = conform_string(step, "op");

    if (!strcmp(op, "start")) {
        persister_start(play, step);
    } else if (!strcmp(op, "stop")) {
        snap_channel_capture_stop(&play->capture, conform_integer(step, "cp"));
    } else if (!strcmp(op, "barrier")) {
        snap_checkpoint_id checkpoint = conform_integer(step, "cp");
        bool found = snap_channel_capture_see(&play->capture, checkpoint);

        small_output(small, json_pack("{s:s, s:o}", "a", "check", "found",
                                      found ? json_integer(checkpoint) : json_null()));
    } else {
        json_t *ids = json_pack("[I]", (json_int_t)conform_integer(step, "id"));

        SNAP_CHECK(!strcmp(op, "buffer"));
        if (snap_channel_capture_is_pending(&play->capture))
            persister_captured(play, play->capture.last, ids);
        json_decref(ids);
    }
    if (!small->failed)
        small_output(small, json_pack("{s:s, s:b}", "a", "state", "barrier_received",
                                      play->capture.state == SNAP_CAPTURE_BARRIER_RECEIVED));
}

enum conform_result conform_persister_case(const struct conform_case *at, struct snap_text *why)
{
    struct persister_play play;

    small_init(&play.small, at);
    snap_channel_capture_init(&play.capture);
    small_play_steps(&play.small, persister_step, why);
    small_fini(&play.small);
    return conform_verdict(why);
}
