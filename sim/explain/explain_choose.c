// SPDX-License-Identifier: Apache-2.0
/* Which checkpoint of a run is worth explaining, and how those that failed did. */
#include "explain/explain_trace.h"

/* Flink's reasons that are nobody's fault but the job's end or restart. */
enum snap_facts_end snap_explain_end(const struct snap_checkpoint_stats *checkpoint)
{
    if (checkpoint->status != SNAP_CHECKPOINT_FAILED)
        return SNAP_END_NONE;
    switch (checkpoint->reason) {
    case SNAP_FAILURE_CHECKPOINT_EXPIRED:
        return SNAP_END_EXPIRED;
    case SNAP_FAILURE_CHECKPOINT_ASYNC_EXCEPTION:
    case SNAP_FAILURE_CHANNEL_STATE_SHARED_STREAM_EXCEPTION:
    case SNAP_FAILURE_IO_EXCEPTION:
    case SNAP_FAILURE_FINALIZE_CHECKPOINT_FAILURE:
        return SNAP_END_STORAGE;
    case SNAP_FAILURE_CHECKPOINT_DECLINED:
    case SNAP_FAILURE_CHECKPOINT_DECLINED_TASK_NOT_READY:
    case SNAP_FAILURE_CHECKPOINT_DECLINED_TASK_CLOSING:
    case SNAP_FAILURE_CHECKPOINT_DECLINED_SUBSUMED:
    case SNAP_FAILURE_CHECKPOINT_DECLINED_ON_CANCELLATION_BARRIER:
    case SNAP_FAILURE_CHECKPOINT_DECLINED_INPUT_END_OF_STREAM:
        return SNAP_END_DECLINED;
    case SNAP_FAILURE_CHECKPOINT_COORDINATOR_SHUTDOWN:
    case SNAP_FAILURE_CHECKPOINT_COORDINATOR_SUSPEND:
        return SNAP_END_STOOD_STILL;
    case SNAP_FAILURE_JOB_FAILOVER_REGION:
    case SNAP_FAILURE_TASK_FAILURE:
        return SNAP_END_FAILOVER;
    case SNAP_FAILURE_PERIODIC_SCHEDULER_SHUTDOWN:
    case SNAP_FAILURE_TOO_MANY_CHECKPOINT_REQUESTS:
    case SNAP_FAILURE_MINIMUM_TIME_BETWEEN_CHECKPOINTS:
    case SNAP_FAILURE_NOT_ALL_REQUIRED_TASKS_RUNNING:
    case SNAP_FAILURE_BLOCKING_OUTPUT_EXIST:
    case SNAP_FAILURE_CHECKPOINT_SUBSUMED:
    case SNAP_FAILURE_TASK_CHECKPOINT_FAILURE:
    case SNAP_FAILURE_UNKNOWN_TASK_CHECKPOINT_NOTIFICATION_FAILURE:
    case SNAP_FAILURE_TRIGGER_CHECKPOINT_FAILURE:
        break;
    }
    return SNAP_END_OTHER;
}

/* Subtasks decline so because the job begins or ends. */
static bool is_of_job(enum snap_failure_reason reason)
{
    return reason == SNAP_FAILURE_CHECKPOINT_DECLINED_TASK_NOT_READY ||
           reason == SNAP_FAILURE_CHECKPOINT_DECLINED_TASK_CLOSING ||
           reason == SNAP_FAILURE_CHECKPOINT_DECLINED_INPUT_END_OF_STREAM;
}

/* Its failure tells something about the checkpoint, not about the job around it. */
static bool is_own_failure(const struct snap_checkpoint_stats *checkpoint)
{
    enum snap_facts_end end = snap_explain_end(checkpoint);

    return end == SNAP_END_EXPIRED || end == SNAP_END_STORAGE ||
           (end == SNAP_END_DECLINED && !is_of_job(checkpoint->reason));
}

/* Slower than all that completed: it is not known by how much. */
static bool is_slowest(const struct snap_statistics *statistics,
                       const struct snap_checkpoint_stats *checkpoint)
{
    for (uint32_t i = 0; i < statistics->checkpoint_count; i++) {
        const struct snap_checkpoint_stats *other = statistics->checkpoints[i];

        if (other->status == SNAP_CHECKPOINT_COMPLETED &&
            other->duration_ns >= snap_checkpoint_stats_taken(statistics, checkpoint))
            return false;
    }
    return true;
}

/* The higher the sooner it is chosen. One that is under way, and not slow yet, says little. */
static int rank_of(const struct snap_statistics *statistics,
                   const struct snap_checkpoint_stats *checkpoint)
{
    if (is_own_failure(checkpoint))
        return 3;
    if (checkpoint->status == SNAP_CHECKPOINT_IN_PROGRESS && is_slowest(statistics, checkpoint))
        return 2;
    return checkpoint->status == SNAP_CHECKPOINT_COMPLETED ? 2 : 1;
}

/* Subtasks may not have begun their work: how long it took says nothing about others. */
static bool is_starting(const struct snap_checkpoint_stats *checkpoint, snap_ns startup_ns)
{
    return startup_ns > 0 && checkpoint->trigger_ns < checkpoint->ran_from_ns + startup_ns;
}

static bool is_better(const struct snap_statistics *statistics,
                      const struct snap_checkpoint_stats *one,
                      const struct snap_checkpoint_stats *other, snap_ns startup_ns)
{
    int rank = rank_of(statistics, one);
    int other_rank = rank_of(statistics, other);

    if (rank != other_rank)
        return rank > other_rank;
    if (is_starting(one, startup_ns) != is_starting(other, startup_ns))
        return is_starting(other, startup_ns);
    return snap_checkpoint_stats_taken(statistics, one) >=
           snap_checkpoint_stats_taken(statistics, other);
}

const struct snap_checkpoint_stats *snap_explain_choose(const struct snap_statistics *statistics,
                                                        snap_ns startup_ns)
{
    const struct snap_checkpoint_stats *chosen = NULL;

    for (uint32_t i = 0; i < statistics->checkpoint_count; i++)
        if (!chosen || is_better(statistics, statistics->checkpoints[i], chosen, startup_ns))
            chosen = statistics->checkpoints[i];
    return chosen;
}
