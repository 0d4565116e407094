// SPDX-License-Identifier: Apache-2.0
#include "protocol/failure_manager.h"

#include <string.h>

#include "base/check.h"

void snap_failure_manager_init(struct snap_failure_manager *manager, struct snap_arena *arena,
                               uint32_t tolerable)
{
    memset(manager, 0, sizeof(*manager));
    manager->arena = arena;
    manager->tolerable = tolerable;
    manager->last_success = INT64_MIN;
}

static void clear(struct snap_failure_manager *manager)
{
    manager->counter = 0;
    manager->counted_count = 0;
}

/* Remembers the id; false if it has counted before. */
static bool remember(struct snap_failure_manager *manager, snap_checkpoint_id checkpoint)
{
    for (uint32_t i = 0; i < manager->counted_count; i++)
        if (manager->counted[i] == checkpoint)
            return false;
    manager->counted = snap_arena_grow(manager->arena, manager->counted, manager->counted_count,
                                       &manager->counted_capacity, sizeof(*manager->counted));
    manager->counted[manager->counted_count++] = checkpoint;
    return true;
}

static bool exceeds_tolerable(struct snap_failure_manager *manager,
                              const struct snap_checkpoint_failure *failure)
{
    bool has_id = failure->checkpoint != SNAP_NO_CHECKPOINT;

    if (manager->tolerable == SNAP_TOLERABLE_UNLIMITED ||
        !snap_failure_reason_counted(failure->reason))
        return false;
    /* What is older than a success says nothing about the job as it is now. */
    if (has_id && failure->checkpoint <= manager->last_success)
        return false;
    if (!has_id || remember(manager, failure->checkpoint))
        manager->counter++;
    if (manager->counter <= manager->tolerable)
        return false;
    clear(manager);
    return true;
}

enum snap_failure_verdict
snap_failure_manager_failure(struct snap_failure_manager *manager,
                             const struct snap_checkpoint_failure *failure)
{
    bool job_side = snap_failure_reason_pre_flight(failure->reason) || !failure->reported_by_task;

    /* A task can only report about a checkpoint that has an id. */
    SNAP_CHECK(job_side || failure->checkpoint != SNAP_NO_CHECKPOINT);
    /* A user's savepoint that the job side could not take is the user's to repeat. */
    if (job_side && snap_kind_is_savepoint(failure->kind))
        return SNAP_VERDICT_GO_ON;
    /* Tasks wait for the end of a stop savepoint: without failing the job they would for ever. */
    if (!job_side && snap_kind_is_stop(failure->kind))
        return SNAP_VERDICT_FAIL_JOB;
    if (!exceeds_tolerable(manager, failure))
        return SNAP_VERDICT_GO_ON;
    return job_side ? SNAP_VERDICT_FAIL_JOB : SNAP_VERDICT_FAIL_TASK;
}

void snap_failure_manager_success(struct snap_failure_manager *manager,
                                  snap_checkpoint_id checkpoint)
{
    if (checkpoint <= manager->last_success)
        return;
    manager->last_success = checkpoint;
    clear(manager);
}

void snap_failure_manager_forget(struct snap_failure_manager *manager)
{
    clear(manager);
    manager->last_success = INT64_MIN;
}
