// SPDX-License-Identifier: Apache-2.0
/*
 * task_recovery.h: from the restore of a checkpoint in which data may be in flight until all of
 * that has been taken.
 *
 * - Each sender says at which place of a channel its restored data ends, and stops there. When all
 *   channels of an input have said so, their senders go on together: nothing new comes before what
 *   is old, whoever has to send it now.
 * - With other parallelisms the channels are made of virtual ones until then, and a checkpoint that
 *   would save what waits in the inputs is declined.
 * - Exists only where a checkpoint is restored, and barriers may overtake or have overtaken in it.
 * Memory of the attempt. Flink: UpstreamRecoveryTracker, EndOfOutputChannelStateEvent,
 * RescalingStreamTaskNetworkInput.
 */
#ifndef SNAP_TASK_TASK_RECOVERY_H
#define SNAP_TASK_TASK_RECOVERY_H

#include "protocol/demultiplexer.h"
#include "task/task.h"

struct snap_task_recovery {
    const uint32_t *input_of_gate; /* a union of gates is one input */
    uint32_t *awaited;             /* by input: channels that have not said so */
    uint32_t inputs_open;          /* inputs with such channels */
    bool is_rescaled;
    struct snap_demultiplexer demultiplexer; /* if so */
};

/* Begins it, if there is one: to be called when the attempt's inputs and outputs are made. `from`
 * may be NULL. */
void snap_task_begin_recovery(struct snap_task *task, const struct snap_task_snapshot *from);

/* All restored data of the outputs is in their queues: tells the receivers so. */
void snap_task_end_output_recovery(struct snap_task *task);

/* The channel's restored data has been taken. */
void snap_task_channel_recovered(struct snap_task *task, uint32_t channel);

/* Whether data waits in the inputs that cannot be saved once more. */
bool snap_task_is_rescaling(const struct snap_task *task);

/* A mark of the current buffer. Returns false if it is held back, else changes it into what the
 * channel as a whole says. */
bool snap_task_demultiplex(struct snap_task *task, struct snap_record *mark);

#endif
