// SPDX-License-Identifier: Apache-2.0
#include "model/timeline.h"

#include "base/check.h"
#include "base/rng.h"

/* The stream of chances; occasions are counted behind it. */
enum { RNG_TIMELINE = 0x544c };

static uint32_t first_task_of(const struct snap_job *job, uint32_t task_manager)
{
    uint32_t task = 0;

    while (task < job->task_count && job->task_manager[task] != task_manager)
        task++;
    SNAP_CHECK(task < job->task_count);
    return task;
}

uint32_t snap_action_actor(const struct snap_action *action, const struct snap_job *job)
{
    switch (action->kind) {
    case SNAP_ACTION_CRASH:
    case SNAP_ACTION_DECLINE:
    case SNAP_ACTION_PAUSE:
    case SNAP_ACTION_SPEED:
    case SNAP_ACTION_SPEED_LINK:
        return job->vertices[job->operators[action->operator_index].vertex].task_first +
               action->subtask;
    case SNAP_ACTION_CRASH_TASK_MANAGER:
        return first_task_of(job, action->task_manager);
    case SNAP_ACTION_CRASH_JOB_MANAGER:
    case SNAP_ACTION_LOSE:
    case SNAP_ACTION_DELAY:
    case SNAP_ACTION_DUPLICATE:
    case SNAP_ACTION_FAIL_STORAGE:
    case SNAP_ACTION_SLOW_STORAGE:
    case SNAP_ACTION_STALL_STORAGE:
    case SNAP_ACTION_FILL_STORAGE:
    case SNAP_ACTION_CORRUPT:
    case SNAP_ACTION_CHECKPOINT:
        return snap_job_manager_actor(job);
    }
    SNAP_CHECK(false);
    return 0;
}

bool snap_action_concerns(const struct snap_action *action, const struct snap_job *job,
                          uint32_t actor)
{
    if (action->kind == SNAP_ACTION_CRASH_TASK_MANAGER)
        return actor < job->task_count && job->task_manager[actor] == action->task_manager;
    return snap_action_actor(action, job) == actor;
}

bool snap_action_is_drawn(const struct snap_action *action, uint64_t seed, uint32_t index,
                          uint64_t occasion)
{
    struct snap_rng rng;

    if (action->probability == SNAP_PROBABILITY_ONE)
        return true;
    snap_rng_init(&rng, seed, index, ((uint64_t)RNG_TIMELINE << 40) + occasion);
    return snap_rng_below(&rng, SNAP_PROBABILITY_ONE) < action->probability;
}
