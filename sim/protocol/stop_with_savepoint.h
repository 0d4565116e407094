// SPDX-License-Identifier: Apache-2.0
/*
 * stop_with_savepoint.h: what becomes of a job that is stopped with a savepoint.
 *
 * - Two things are awaited: the savepoint's result and the end of every task.
 * - The savepoint failed: the job goes on, periodic checkpoints start again.
 * - It completed and every task FINISHED: the job has stopped, the path is the answer.
 * - It completed but some task did not finish: everything restarts; the savepoint stays.
 * - Ends of tasks that come first are remembered until the savepoint's result is there.
 * Owned by the job's scheduler side; its thread only.
 * Flink: StopWithSavepointTerminationHandlerImpl.
 */
#ifndef SNAP_PROTOCOL_STOP_WITH_SAVEPOINT_H
#define SNAP_PROTOCOL_STOP_WITH_SAVEPOINT_H

#include <stdbool.h>
#include <stdint.h>

enum snap_stop_phase {
    SNAP_STOP_WAITING_FOR_SAVEPOINT,
    SNAP_STOP_WAITING_FOR_TASKS,
    SNAP_STOP_ENDED,
};

/* What the runtime is to do; each comes at most once. */
enum snap_stop_action {
    SNAP_STOP_WAIT,
    SNAP_STOP_SUCCEED,         /* answer with the savepoint's path */
    SNAP_STOP_RESUME,          /* start the checkpoint scheduler; the stop failed */
    SNAP_STOP_GLOBAL_FAILOVER, /* restart everything; the stop failed */
};

struct snap_stop_with_savepoint {
    enum snap_stop_phase phase;
    uint32_t tasks_running;
    bool all_finished; /* of those that ended */
};

/* Begins a stop of a job with `tasks` tasks. */
void snap_stop_init(struct snap_stop_with_savepoint *stop, uint32_t tasks);

/* The savepoint completed or (`completed` false) failed. */
enum snap_stop_action snap_stop_savepoint_result(struct snap_stop_with_savepoint *stop,
                                                 bool completed);

/* A task ended, FINISHED or (`finished` false) failed or cancelled. */
enum snap_stop_action snap_stop_task_ended(struct snap_stop_with_savepoint *stop, bool finished);

#endif
