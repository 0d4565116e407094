// SPDX-License-Identifier: Apache-2.0
#include "barrier_play.h"

#include <string.h>

#include "base/check.h"

/* More buffers than any case has waiting: credit is not what these cases are about. */
enum { MANY_BUFFERS = 256 };

static bool kind_is_local(const struct barrier_play *play, uint32_t channel)
{
    const json_t *kinds = json_object_get(play->small.at->json, "kinds");
    const char *kind = json_string_value(json_array_get(kinds, channel));

    return kind && !strcmp(kind, "local");
}

static void never_told(void *context, uint32_t channel, uint32_t credits, uint32_t segments)
{
    (void)context;
    (void)channel;
    (void)credits;
    (void)segments;
    SNAP_CHECK(false);
}

static void tell_captured(struct barrier_play *play)
{
    if (json_array_size(play->captured) == 0)
        return;
    small_output(&play->small,
                 json_pack("{s:s, s:I, s:I, s:o}", "a", "capture", "cp",
                           (json_int_t)play->capturing, "ch", (json_int_t)play->captured_channel,
                           "ids", play->captured));
    play->captured = json_array();
}

void barrier_channels_capture(struct barrier_play *play, uint32_t channel,
                              snap_checkpoint_id checkpoint, const struct snap_buffer *buffer)
{
    if (channel != play->captured_channel || checkpoint != play->capturing)
        tell_captured(play);
    play->captured_channel = channel;
    play->capturing = checkpoint;
    json_array_append_new(play->captured, json_integer(small_id(buffer)));
}

static void captured(void *context, uint32_t channel, snap_checkpoint_id checkpoint,
                     const struct snap_buffer *buffer)
{
    barrier_channels_capture(context, channel, checkpoint, buffer);
}

/* What the real input asks of local channels whose data waits in it: none does here. */
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

static void channel_init(struct barrier_play *play, uint32_t channel)
{
    struct barrier_sender *sender = &play->senders[channel];
    struct snap_input_channel description = {.local = kind_is_local(play, channel)};

    sender->play = play;
    sender->channel = channel;
    sender->local = description.local;
    snap_input_set_channel(&play->input, channel, &description);
    if (sender->local)
        barrier_local_init(sender);
}

void barrier_channels_init(struct barrier_play *play)
{
    const struct snap_input_port port = {
        .task = play, .blocks = &play->small.blocks, .credit = never_told};
    const struct snap_network_config network = {.exclusive_per_channel = MANY_BUFFERS};
    const struct snap_capture_port capture_port = {captured, never_taken, never_overtaken};
    struct snap_arena *arena = &play->small.arena;

    play->captured = json_array();
    snap_input_init(&play->input, arena, &port, 1, play->channel_count);
    snap_input_set_gate(&play->input, 0, 1, &network);
    play->senders = SNAP_ARENA_ARRAY(arena, struct barrier_sender, play->channel_count);
    for (uint32_t i = 0; i < play->channel_count; i++)
        channel_init(play, i);
    if (play->may_overtake)
        snap_input_allow_priority(&play->input, arena, &capture_port);
}

void barrier_channels_fini(struct barrier_play *play)
{
    for (uint32_t i = 0; i < play->channel_count; i++)
        if (play->senders[i].local)
            barrier_local_fini(&play->senders[i]);
    snap_input_fini(&play->input);
    json_decref(play->captured);
}

void barrier_channels_step(struct barrier_play *play, const json_t *step)
{
    uint32_t channel = (uint32_t)conform_integer(step, "ch");
    struct barrier_sender *sender = &play->senders[channel];
    struct snap_buffer *item;

    SNAP_CHECK(channel < play->channel_count);
    if (sender->local) {
        barrier_local_step(sender, step);
        return;
    }
    item = small_item(&play->small, step);
    if (play->may_overtake)
        item->sequence = sender->next_sequence++;
    snap_input_arrive(&play->input, channel, item);
    tell_captured(play);
}

static void used_up(struct barrier_play *play, uint32_t channel, struct snap_buffer *item)
{
    if (item->kind == SNAP_ITEM_DATA && !play->senders[channel].local)
        snap_input_recycle(&play->input, channel, item);
    else
        snap_buffer_put(&play->small.blocks, item);
}

bool barrier_channels_poll(struct barrier_play *play)
{
    uint32_t channel;

    while ((channel = snap_gate_order_first(&play->input.order)) != SNAP_NO_CHANNEL) {
        struct snap_buffer *item;

        if (play->senders[channel].local) {
            snap_gate_order_take(&play->input.order);
            item = barrier_local_poll(&play->senders[channel]);
            tell_captured(play);
            /* Its sender has stopped. */
            if (!item)
                continue;
        } else {
            item = snap_input_poll(&play->input, &channel);
            SNAP_CHECK(item);
        }
        barrier_play_taken(play, channel, item);
        used_up(play, channel, item);
        return true;
    }
    return false;
}

/* What the handler was told before is what happens. */
static void start_capture(struct barrier_play *play, snap_checkpoint_id checkpoint)
{
    const struct snap_barrier barrier = {.checkpoint = checkpoint};
    bool may_start = snap_input_may_capture(&play->input, checkpoint);

    SNAP_CHECK(snap_input_start_capture(&play->input, &barrier) == may_start);
}

void barrier_channels_perform(struct barrier_play *play, const struct snap_barrier_action *action)
{
    if (action->type == SNAP_BARRIER_CAPTURE)
        start_capture(play, action->checkpoint);
    else if (action->type == SNAP_BARRIER_CAPTURE_STOP)
        snap_input_stop_capture(&play->input, action->checkpoint);
    else if (action->type == SNAP_BARRIER_PRIORITIZE)
        SNAP_CHECK(snap_input_prioritize(&play->input, action->channel, action->sequence));
    tell_captured(play);
}

void barrier_channels_resume(struct barrier_play *play, uint32_t channel)
{
    if (play->senders[channel].local)
        barrier_local_resume(&play->senders[channel]);
    else
        snap_input_resume(&play->input, channel);
}
