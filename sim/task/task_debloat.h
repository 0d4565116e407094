// SPDX-License-Identifier: Apache-2.0
/*
 * task_debloat.h: how a task keeps what waits before its gates near a target time.
 *
 * - Exists only with debloating, and for tasks that have inputs; memory of the attempt.
 * - Once a period after the task runs, like a mail: between two records, and late while a record
 *   waits for room. Each gate's throughput and buffers in use give its senders' next buffer size.
 * - The throughput of a gate counts the time in which the task could take from it, also while the
 *   outputs have no room; not while it finds nothing there. Of several gates one that is empty when
 *   another one is taken from is paused at that instant.
 * - Owner and thread: the task's.
 * Flink: StreamTask.scheduleBufferDebloater, SingleInputGate.triggerDebloating.
 */
#ifndef SNAP_TASK_TASK_DEBLOAT_H
#define SNAP_TASK_TASK_DEBLOAT_H

#include "protocol/buffer_debloater.h"
#include "protocol/throughput.h"
#include "task/task.h"

struct snap_gate_debloat {
    struct snap_throughput throughput;
    struct snap_buffer_debloater debloater;
    uint32_t waiting; /* data buffers in the gate's queues */
};

struct snap_task_debloat {
    snap_ns due_ns; /* SNAP_NEVER: the task does not run, or all gates have ended */
    struct snap_gate_debloat *gates;
};

/* The task runs: the first period begins. */
void snap_task_start_debloating(struct snap_task *task);

/* Makes new sizes and announces them. */
void snap_task_debloat(struct snap_task *task);

/* Returns when that is due. */
static inline snap_ns snap_task_debloat_due(const struct snap_task *task)
{
    return task->debloat ? task->debloat->due_ns : SNAP_NEVER;
}

/* An item comes over the channel, or out of a snapshot. */
static inline void snap_task_count_arrival(struct snap_task *task, uint32_t channel,
                                           const struct snap_buffer *item)
{
    if (task->debloat && item->kind == SNAP_ITEM_DATA)
        task->debloat->gates[task->input.channels[channel].gate].waiting++;
}

/* The item was taken off the channel. */
void snap_task_measure_poll(struct snap_task *task, uint32_t channel,
                            const struct snap_buffer *item);

static inline void snap_task_count_poll(struct snap_task *task, uint32_t channel,
                                        const struct snap_buffer *item)
{
    if (task->debloat)
        snap_task_measure_poll(task, channel, item);
}

/* The task has looked for input and found none. */
void snap_task_measure_idle(struct snap_task *task);

#endif
