// SPDX-License-Identifier: Apache-2.0
/*
 * captured_story.h: what an unaligned checkpoint saved of the data in flight, as a text.
 *
 * - By subtask, inputs before outputs, channel by channel; then each buffer with its size, and its
 *   records in their order.
 * - Made of a trace: of level `buffers` it has no single records, of `records` all of them.
 * - If several executions of a job have a checkpoint of the number, it is the last one's.
 */
#ifndef SNAP_VIEW_CAPTURED_STORY_H
#define SNAP_VIEW_CAPTURED_STORY_H

#include "base/error.h"
#include "base/text.h"
#include "model/checkpoint.h"

struct snap_captured_request {
    const char *directory;
    snap_checkpoint_id checkpoint;
    uint32_t width; /* of the text, in columns */
};

/* Appends the text. Errors: no trace, or one of a lower level; no such checkpoint. */
bool snap_captured_story(const struct snap_captured_request *request, struct snap_text *text,
                         struct snap_error *error);

#endif
