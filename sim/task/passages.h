// SPDX-License-Identifier: Apache-2.0
/*
 * passages.h: shows observers which records pass by on a channel: model/observer.h.
 *
 * - Every record is shown once as QUEUED, by its sender, and once as TAKEN, by its receiver, unless
 *   the attempt ends in between.
 * - Called in the task's thread. Nothing happens unless somebody wants to see it.
 */
#ifndef SNAP_TASK_PASSAGES_H
#define SNAP_TASK_PASSAGES_H

#include "task/task.h"

/* Which end of which channel, and what for. */
struct snap_passage_place {
    enum snap_passage_kind kind;
    uint32_t channel;
    bool output;
    snap_checkpoint_id checkpoint; /* CAPTURED, RECOVERED */
};

/* Shows the next `count` records of the buffer that are not taken. */
void snap_passage_show(struct snap_task *task, const struct snap_passage_place *place,
                       const struct snap_buffer *buffer, uint32_t count);

/* The task begins to work on the next `count` records of its current buffer. */
static inline void snap_passage_taken(struct snap_task *task, uint32_t count)
{
    const struct snap_passage_place place = {.kind = SNAP_PASSAGE_TAKEN,
                                             .channel = task->current_channel};

    if (task->actor.world->passages_wanted)
        snap_passage_show(task, &place, task->current, count);
}

#endif
