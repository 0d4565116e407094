// SPDX-License-Identifier: Apache-2.0
/*
 * The harnesses `channel`, one remote channel with its gate's order but without a poll of the gate,
 * and `credit`, buffers and credit of remote channels.
 */
#include <string.h>

#include "barrier_small.h"
#include "base/check.h"
#include "protocol/gate_internal.h"
#include "protocol/gate_priority.h"

enum { MANY_BUFFERS = 64, TAKEN_MAX = 256 };

struct remote_play {
    struct small_play small;
    struct snap_input input;
    int32_t next_sequence; /* what the sender numbers its items with */
    json_t *captured;      /* owned; ids, of the current step */
    snap_checkpoint_id capturing;
    /* Of `credit`: buffers that are in use, by id. */
    struct snap_buffer *taken[TAKEN_MAX];
    uint32_t taken_channel[TAKEN_MAX];
};

static void never_told(void *context, uint32_t channel, uint32_t credits, uint32_t segments)
{
    (void)context;
    (void)channel;
    (void)credits;
    (void)segments;
    SNAP_CHECK(false);
}

static void captured(void *context, uint32_t channel, snap_checkpoint_id checkpoint,
                     const struct snap_buffer *buffer)
{
    struct remote_play *play = context;

    SNAP_CHECK(channel == 0);
    play->capturing = checkpoint;
    json_array_append_new(play->captured, json_integer(small_id(buffer)));
}

static void never_taken(void *context, uint32_t channel, snap_checkpoint_id checkpoint)
{
    (void)context;
    (void)channel;
    (void)checkpoint;
    SNAP_CHECK(false);
}

static void never_overtaken(void *context, uint32_t channel)
{
    (void)context;
    (void)channel;
    SNAP_CHECK(false);
}

static void remote_init(struct remote_play *play, const struct conform_case *at,
                        const struct snap_network_config *network)
{
    struct snap_input_port port = {.task = play, .credit = never_told};
    uint32_t channels = (uint32_t)conform_integer(at->json, "channels");

    memset(play, 0, sizeof(*play));
    small_init(&play->small, at);
    port.blocks = &play->small.blocks;
    snap_input_init(&play->input, &play->small.arena, &port, 1, channels);
    snap_input_set_gate(&play->input, 0, 1, network);
    for (uint32_t i = 0; i < channels; i++) {
        struct snap_input_channel description = {.gate = 0};

        snap_input_set_channel(&play->input, i, &description);
    }
}

static void remote_fini(struct remote_play *play)
{
    snap_input_fini(&play->input);
    small_fini(&play->small);
}

static void channel_arrive(struct remote_play *play, const json_t *step)
{
    struct snap_buffer *item = small_item(&play->small, step);

    item->sequence = (int32_t)conform_integer_or(step, "seq", play->next_sequence);
    play->next_sequence = (int32_t)((uint32_t)play->next_sequence + 1);
    snap_input_arrive(&play->input, 0, item);
}

static void channel_take(struct remote_play *play)
{
    const struct snap_priority_part *part = &play->input.priority->channels[0].part;
    bool has_priority = part->count > 0;
    struct snap_buffer *item = snap_channel_take(&play->input, 0);
    json_t *out = small_out(item);

    if (!item && play->input.priority->channels[0].broken) {
        json_decref(out);
        small_fail(&play->small, "BufferReorderingException");
        return;
    }
    small_output(&play->small, out);
    if (!item)
        return;
    if (item->kind != SNAP_ITEM_DATA)
        json_object_set_new(out, "type", json_string(small_type(item, has_priority)));
    json_object_set_new(out, "more", json_boolean(play->input.channels[0].queue.tail != NULL));
    json_object_set_new(out, "more_priority", json_boolean(part->count > 0));
    if (item->kind == SNAP_ITEM_DATA)
        snap_input_recycle(&play->input, 0, item);
    else
        snap_buffer_put(&play->small.blocks, item);
}

static void add_id(void *ids, const struct snap_buffer *buffer)
{
    json_array_append_new(ids, json_integer(small_id(buffer)));
}

static void channel_inflight(struct remote_play *play, const json_t *step)
{
    json_t *ids = json_array();
    struct snap_inflight_visitor visitor = {ids, add_id};

    snap_input_visit_inflight(&play->input, 0, &visitor);
    small_output(&play->small, json_pack("{s:s, s:I, s:o}", "a", "inflight", "cp",
                                         (json_int_t)conform_integer(step, "cp"), "ids", ids));
}

static void channel_state(struct remote_play *play)
{
    const struct snap_buffer_queue *queue = &play->input.channels[0].queue;
    const struct snap_buffer *at = snap_buffer_queue_head(queue);
    json_int_t queued = 0;

    for (; at; at = snap_buffer_queue_next(queue, at))
        queued++;
    small_output(&play->small,
                 json_pack("{s:s, s:I, s:I, s:b}", "a", "state", "queued", queued, "bytes",
                           (json_int_t)snap_input_queued_bytes(&play->input, 0), "gate_priority",
                           snap_input_has_priority(&play->input)));
}

static void channel_step(struct small_play *small, const json_t *step)
{
    struct remote_play *play = (struct remote_play *)small;
    const char *op = conform_string(step, "op");
    struct snap_barrier barrier = {.checkpoint = conform_integer_or(step, "cp", 0)};

    play->captured = json_array();
    if (!strcmp(op, "take"))
        channel_take(play);
    else if (!strcmp(op, "inflight"))
        channel_inflight(play, step);
    else if (!strcmp(op, "prioritize"))
        SNAP_CHECK(snap_input_prioritize(&play->input, 0, (int32_t)conform_integer(step, "seq")));
    else if (!strcmp(op, "stop"))
        snap_input_stop_capture(&play->input, barrier.checkpoint);
    else if (strcmp(op, "start"))
        channel_arrive(play, step);
    else if (!snap_input_start_capture(&play->input, &barrier))
        small_fail(small, "CheckpointException");
    if (json_array_size(play->captured) > 0)
        small_output(small, json_pack("{s:s, s:I, s:i, s:O}", "a", "capture", "cp",
                                      (json_int_t)play->capturing, "ch", 0, "ids", play->captured));
    json_decref(play->captured);
    if (!small->failed)
        channel_state(play);
}

enum conform_result conform_channel_case(const struct conform_case *at, struct snap_text *why)
{
    struct remote_play play;
    struct snap_network_config network = {.exclusive_per_channel = MANY_BUFFERS};
    struct snap_capture_port port = {captured, never_taken, never_overtaken};
    const json_t *first = json_object_get(at->json, "first_seq");

    remote_init(&play, at, &network);
    snap_input_allow_priority(&play.input, &play.small.arena, &port);
    play.next_sequence = (int32_t)json_integer_value(json_array_get(first, 0));
    play.input.priority->channels[0].sequence_expected = play.next_sequence;
    small_play_steps(&play.small, channel_step, why);
    remote_fini(&play);
    return conform_verdict(why);
}

static void credit_take(struct remote_play *play, const json_t *step)
{
    uint32_t channel = (uint32_t)conform_integer(step, "ch");
    size_t id = (size_t)conform_integer(step, "id");
    struct snap_buffer *data =
        snap_buffer_get(&play->small.blocks, 0, (struct snap_columns){.stamps = true});

    SNAP_CHECK(id < TAKEN_MAX && !play->taken[id]);
    snap_channel_take_place(&play->input.channels[channel], data);
    play->taken[id] = data;
    play->taken_channel[id] = channel;
    small_output(&play->small, json_pack("{s:s, s:s}", "a", "taken", "kind",
                                         data->floating ? "floating" : "exclusive"));
}

static void credit_recycle(struct remote_play *play, const json_t *step)
{
    size_t id = (size_t)conform_integer(step, "id");

    SNAP_CHECK(id < TAKEN_MAX && play->taken[id]);
    snap_input_recycle(&play->input, play->taken_channel[id], play->taken[id]);
    play->taken[id] = NULL;
}

static void credit_announce(struct remote_play *play, uint32_t channel)
{
    uint32_t credits = snap_channel_take_untold(&play->input.channels[channel]);

    small_output(&play->small, json_pack("{s:s, s:I, s:I}", "a", "credit", "ch",
                                         (json_int_t)channel, "n", (json_int_t)credits));
}

static void credit_barrier(struct remote_play *play, uint32_t channel, const json_t *step)
{
    struct snap_buffer *barrier = snap_buffer_get_event(&play->small.blocks, SNAP_ITEM_BARRIER);

    barrier->barrier.checkpoint = conform_integer(step, "cp");
    barrier->barrier.options.alignment = SNAP_ALIGN_ALIGNED;
    snap_input_arrive(&play->input, channel, barrier);
}

static void credit_step(struct small_play *small, const json_t *step)
{
    struct remote_play *play = (struct remote_play *)small;
    const char *op = conform_string(step, "op");
    uint32_t channel = (uint32_t)conform_integer_or(step, "ch", 0);

    if (!strcmp(op, "take"))
        credit_take(play, step);
    else if (!strcmp(op, "recycle"))
        credit_recycle(play, step);
    else if (!strcmp(op, "announce"))
        credit_announce(play, channel);
    else if (!strcmp(op, "aligned_barrier"))
        credit_barrier(play, channel, step);
    else if (!strcmp(op, "resume"))
        snap_input_resume(&play->input, channel);
    else
        snap_channel_take_backlog(&play->input, channel, (uint32_t)conform_integer(step, "n"));
    for (uint32_t i = 0; i < play->input.channel_count; i++) {
        const struct snap_input_channel *at = &play->input.channels[i];

        small_output(
            small, json_pack("{s:s, s:I, s:I, s:i, s:I, s:I}", "a", "state", "ch", (json_int_t)i,
                             "available", (json_int_t)(at->exclusive_free + at->floating_free),
                             "required", at->required, "unannounced", (json_int_t)at->untold_count,
                             "floating", (json_int_t)at->floating_free));
    }
}

enum conform_result conform_credit_case(const struct conform_case *at, struct snap_text *why)
{
    struct remote_play play;
    struct snap_network_config network = {
        .exclusive_per_channel = (uint32_t)conform_integer(at->json, "exclusive"),
        .floating_per_gate = (uint32_t)conform_integer(at->json, "floating"),
    };

    remote_init(&play, at, &network);
    small_play_steps(&play.small, credit_step, why);
    for (size_t id = 0; id < TAKEN_MAX; id++)
        snap_buffer_put(&play.small.blocks, play.taken[id]);
    remote_fini(&play);
    return conform_verdict(why);
}
