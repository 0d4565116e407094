// SPDX-License-Identifier: Apache-2.0
#include "protocol/channel_capture.h"

void snap_channel_capture_init(struct snap_channel_capture *capture)
{
    capture->state = SNAP_CAPTURE_COMPLETED;
    capture->last = SNAP_NO_CHECKPOINT;
}

bool snap_channel_capture_may_start(const struct snap_channel_capture *capture,
                                    snap_checkpoint_id checkpoint)
{
    return capture->state != SNAP_CAPTURE_BARRIER_RECEIVED || capture->last <= checkpoint;
}

bool snap_channel_capture_start(struct snap_channel_capture *capture, snap_checkpoint_id checkpoint)
{
    if (!snap_channel_capture_may_start(capture, checkpoint))
        return false;
    /* The barrier that was received may be of an older checkpoint that the task never got to. */
    if (capture->last < checkpoint) {
        capture->state = SNAP_CAPTURE_BARRIER_PENDING;
        capture->last = checkpoint;
    }
    return true;
}

void snap_channel_capture_stop(struct snap_channel_capture *capture, snap_checkpoint_id checkpoint)
{
    if (checkpoint < capture->last)
        return;
    capture->state = SNAP_CAPTURE_COMPLETED;
    capture->last = checkpoint;
}

bool snap_channel_capture_see(struct snap_channel_capture *capture, snap_checkpoint_id checkpoint)
{
    /* After the end of a capture its own late barrier does not count any more. */
    if (checkpoint < capture->last ||
        (checkpoint == capture->last && capture->state == SNAP_CAPTURE_COMPLETED))
        return false;
    capture->state = SNAP_CAPTURE_BARRIER_RECEIVED;
    capture->last = checkpoint;
    return true;
}
