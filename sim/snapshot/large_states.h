// SPDX-License-Identifier: Apache-2.0
/*
 * large_states.h: a state that Flink's JobManager storage would not take, in a run that takes it.
 *
 * - Without a directory, and with no storage chosen, Flink keeps checkpoints with the JobManager,
 *   at most SNAP_MEMORY_STATE_BYTES_MAX of one state; here that storage stands for any and has room
 *   for all. The first state above the limit is told to the user, once a run.
 * - The JobManager's thread.
 * Flink: JobManagerCheckpointStorage.DEFAULT_MAX_STATE_SIZE, MemCheckpointStreamFactory.
 */
#ifndef SNAP_SNAPSHOT_LARGE_STATES_H
#define SNAP_SNAPSHOT_LARGE_STATES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"
#include "actor/world.h"

struct snap_task_snapshot;

struct snap_large_states {
    void (*tell)(void *to, const char *text); /* NULL: nobody listens */
    void *to;
    bool is_told;
};

/* Looks at what the task's acknowledgement brought: each operator's bytes in this subtask. */
void snap_large_states_look(const struct snap_world *world, snap_ns now_ns, uint32_t task,
                            const struct snap_task_snapshot *snapshot);

#endif
