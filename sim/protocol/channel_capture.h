// SPDX-License-Identifier: Apache-2.0
/*
 * channel_capture.h: whether the data of one input channel belongs to a checkpoint's state.
 *
 * - Three states: nothing goes on; a capture has begun and the channel's barrier is missing; the
 *   barrier has come. Beside them the newest checkpoint that was begun, seen or ended here.
 * - Data that arrives while the barrier is missing belongs to the checkpoint of that id.
 * - Ids never fall: an older barrier, or the end of an older capture, changes nothing.
 * - No memory, no channel: the owner says what arrives and asks what it means.
 * Flink: ChannelStatePersister.
 */
#ifndef SNAP_PROTOCOL_CHANNEL_CAPTURE_H
#define SNAP_PROTOCOL_CHANNEL_CAPTURE_H

#include <stdbool.h>

#include "model/checkpoint.h"

enum snap_capture_state {
    SNAP_CAPTURE_COMPLETED,
    SNAP_CAPTURE_BARRIER_PENDING,
    SNAP_CAPTURE_BARRIER_RECEIVED,
};

struct snap_channel_capture {
    enum snap_capture_state state;
    snap_checkpoint_id last;
};

/* Makes a capture that has seen nothing. */
void snap_channel_capture_init(struct snap_channel_capture *capture);

/* Returns whether a capture for the checkpoint would start. */
bool snap_channel_capture_may_start(const struct snap_channel_capture *capture,
                                    snap_checkpoint_id checkpoint);

/*
 * Begins the checkpoint's capture. Returns false if the barrier of a newer one has come: this one
 * is subsumed. If the channel's barrier is here already, only what waits before it is captured.
 */
bool snap_channel_capture_start(struct snap_channel_capture *capture,
                                snap_checkpoint_id checkpoint);

/* Ends the checkpoint's capture, complete or not; nothing if a newer one has begun. */
void snap_channel_capture_stop(struct snap_channel_capture *capture, snap_checkpoint_id checkpoint);

/* A barrier of the checkpoint came over the channel. Returns whether it counts. */
bool snap_channel_capture_see(struct snap_channel_capture *capture, snap_checkpoint_id checkpoint);

/* Returns whether data that arrives now is captured, for the checkpoint `last`. */
static inline bool snap_channel_capture_is_pending(const struct snap_channel_capture *capture)
{
    return capture->state == SNAP_CAPTURE_BARRIER_PENDING;
}

#endif
