// SPDX-License-Identifier: Apache-2.0
#include "barrier_play.h"

#include <string.h>

#include "base/check.h"

static bool kind_is_local(const struct barrier_play *play, uint32_t channel)
{
    const json_t *kinds = json_object_get(play->at->json, "kinds");
    const char *kind = json_string_value(json_array_get(kinds, channel));

    return kind && !strcmp(kind, "local");
}

void barrier_channels_init(struct barrier_play *play)
{
    snap_gate_order_init(&play->order, &play->arena, play->channel_count);
    play->channels = SNAP_ARENA_ARRAY(&play->arena, struct barrier_channel, play->channel_count);
    for (uint32_t i = 0; i < play->channel_count; i++) {
        play->channels[i].items = json_array();
        play->channels[i].local = kind_is_local(play, i);
    }
}

void barrier_channels_fini(struct barrier_play *play)
{
    for (uint32_t i = 0; i < play->channel_count; i++)
        json_decref(play->channels[i].items);
}

static void offer(struct barrier_play *play, uint32_t channel)
{
    const struct barrier_channel *from = &play->channels[channel];

    if (json_array_size(from->items) && !from->stopped)
        snap_gate_order_add(&play->order, channel);
}

void barrier_channels_push(struct barrier_play *play, json_t *step)
{
    uint32_t channel = (uint32_t)conform_integer(step, "ch");

    SNAP_CHECK(channel < play->channel_count);
    json_array_append(play->channels[channel].items, step);
    offer(play, channel);
}

static void add_event(struct barrier_play *play, const json_t *step)
{
    const char *item = conform_string(step, "op");
    json_t *event = json_pack("{s:s, s:I, s:s}", "a", "event", "ch",
                              (json_int_t)conform_integer(step, "ch"), "item", item);

    if (json_object_get(step, "cp"))
        json_object_set(event, "cp", json_object_get(step, "cp"));
    if (json_object_get(step, "align"))
        json_object_set(event, "align", json_object_get(step, "align"));
    json_array_append_new(play->outputs, event);
}

bool barrier_channels_poll(struct barrier_play *play)
{
    uint32_t channel = snap_gate_order_take(&play->order);
    struct barrier_channel *from;
    json_t *step;

    if (channel == SNAP_NO_CHANNEL)
        return false;
    from = &play->channels[channel];
    step = json_incref(json_array_get(from->items, 0));
    json_array_remove(from->items, 0);
    if (from->local && barrier_stops_sender(step))
        from->stopped = true;
    offer(play, channel);
    if (strcmp(conform_string(step, "op"), "buffer"))
        add_event(play, step);
    barrier_play_item(play, step);
    json_decref(step);
    return true;
}

void barrier_channels_resume(struct barrier_play *play, uint32_t channel)
{
    if (!play->channels[channel].local)
        return;
    play->channels[channel].stopped = false;
    offer(play, channel);
}
