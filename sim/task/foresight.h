// SPDX-License-Identifier: Apache-2.0
/*
 * foresight.h: how many records a task can handle before one of them makes it send a buffer.
 *
 * - Where records keep their keys, and keys alone say which channel they take, the records of the
 *   buffer in work, or those that the source is about to send, say it exactly: a promise can then
 *   reach much further than the room of the fullest buffer.
 * - Each record is looked at once, unless the output changes otherwise than by records.
 * - Thread: the task's.
 */
#ifndef SNAP_TASK_FORESIGHT_H
#define SNAP_TASK_FORESIGHT_H

#include "task/task.h"

/* The task's chain and output are built. */
void snap_foresight_init(struct snap_task *task);

/*
 * Returns how many of the next records, of which there are `available` (of an input: in the buffer
 * in work), pass until one of them sends something: the last one counted may finish a buffer, or
 * use up the one that it lies in.
 */
uint32_t snap_foresight_quiet_records(struct snap_task *task, uint32_t available);

/*
 * Returns how many of the next `count` records, of the buffer in work if keys say it, find room in
 * the open buffers, with the first one that does not: see snap_output_room_of.
 */
uint32_t snap_foresight_room(struct snap_task *task, uint32_t count);

#endif
