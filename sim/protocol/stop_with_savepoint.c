// SPDX-License-Identifier: Apache-2.0
#include "protocol/stop_with_savepoint.h"

#include "base/check.h"

void snap_stop_init(struct snap_stop_with_savepoint *stop, uint32_t tasks)
{
    *stop = (struct snap_stop_with_savepoint){.tasks_running = tasks, .all_finished = true};
}

static enum snap_stop_action end_if_all_ended(struct snap_stop_with_savepoint *stop)
{
    if (stop->phase != SNAP_STOP_WAITING_FOR_TASKS || stop->tasks_running > 0)
        return SNAP_STOP_WAIT;
    stop->phase = SNAP_STOP_ENDED;
    return stop->all_finished ? SNAP_STOP_SUCCEED : SNAP_STOP_GLOBAL_FAILOVER;
}

enum snap_stop_action snap_stop_savepoint_result(struct snap_stop_with_savepoint *stop,
                                                 bool completed)
{
    SNAP_CHECK(stop->phase == SNAP_STOP_WAITING_FOR_SAVEPOINT);
    if (!completed) {
        stop->phase = SNAP_STOP_ENDED;
        return SNAP_STOP_RESUME;
    }
    stop->phase = SNAP_STOP_WAITING_FOR_TASKS;
    return end_if_all_ended(stop);
}

enum snap_stop_action snap_stop_task_ended(struct snap_stop_with_savepoint *stop, bool finished)
{
    /* After the stop has failed the tasks' ends are no longer its business. */
    if (stop->phase == SNAP_STOP_ENDED)
        return SNAP_STOP_WAIT;
    SNAP_CHECK(stop->tasks_running > 0);
    stop->tasks_running--;
    stop->all_finished = stop->all_finished && finished;
    return end_if_all_ended(stop);
}
