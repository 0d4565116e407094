// SPDX-License-Identifier: Apache-2.0
#include "trace/statistics_lanes.h"

#include "base/check.h"

static void add(struct snap_statistics *statistics, struct snap_subtask_stats *subtask,
                const struct snap_lane_interval *interval)
{
    if (interval->from_ns >= interval->to_ns)
        return;
    subtask->intervals =
        snap_arena_grow(&statistics->arena, subtask->intervals, subtask->interval_count,
                        &subtask->interval_capacity, sizeof(subtask->intervals[0]));
    subtask->intervals[subtask->interval_count++] = *interval;
}

static enum snap_lane_kind lane_kind(enum snap_task_status status)
{
    switch (status) {
    case SNAP_TASK_INITIALIZING:
        return SNAP_LANE_INITIALIZING;
    case SNAP_TASK_RUNNING:
        return SNAP_LANE_RUNNING;
    case SNAP_TASK_FINISHED:
        return SNAP_LANE_FINISHED;
    case SNAP_TASK_CREATED:
    case SNAP_TASK_DEPLOYING:
    case SNAP_TASK_CANCELING:
    case SNAP_TASK_CANCELED:
    case SNAP_TASK_FAILED:
        return SNAP_LANE_DOWN;
    }
    SNAP_CHECK(false);
    return SNAP_LANE_DOWN;
}

static void close_status(struct snap_statistics *statistics, struct snap_subtask_stats *subtask,
                         snap_ns at_ns)
{
    struct snap_lane_interval interval = {subtask->status_since_ns, at_ns, SNAP_NO_CHECKPOINT,
                                          lane_kind(subtask->status)};

    add(statistics, subtask, &interval);
    subtask->status_since_ns = at_ns;
}

static void close_blocked(struct snap_statistics *statistics, struct snap_subtask_stats *subtask,
                          snap_ns at_ns)
{
    struct snap_lane_interval interval = {subtask->blocked_since, at_ns, subtask->blocked_for,
                                          SNAP_LANE_BLOCKED};

    if (subtask->blocked_count == 0)
        return;
    add(statistics, subtask, &interval);
    subtask->blocked_count = 0;
}

void snap_lanes_status(struct snap_statistics *statistics, const struct snap_event *event)
{
    struct snap_subtask_stats *subtask = &statistics->subtasks[event->actor];
    enum snap_task_status status = (enum snap_task_status)event->args[1];

    /* CREATED to DEPLOYING, FAILED to CREATED and the like look the same on a lane. */
    if (lane_kind(status) != lane_kind(subtask->status))
        close_status(statistics, subtask, event->at_ns);
    if (status != SNAP_TASK_RUNNING)
        close_blocked(statistics, subtask, event->at_ns);
    subtask->status = status;
}

void snap_lanes_blocked(struct snap_statistics *statistics, const struct snap_event *event)
{
    struct snap_subtask_stats *subtask;

    if (event->actor >= statistics->job->task_count)
        return;
    subtask = &statistics->subtasks[event->actor];
    if (subtask->blocked_count++ == 0) {
        subtask->blocked_since = event->at_ns;
        subtask->blocked_for = event->args[0];
    }
}

void snap_lanes_unblocked(struct snap_statistics *statistics, const struct snap_event *event)
{
    struct snap_subtask_stats *subtask;

    if (event->actor >= statistics->job->task_count)
        return;
    subtask = &statistics->subtasks[event->actor];
    if (subtask->blocked_count > 1)
        subtask->blocked_count--;
    else
        close_blocked(statistics, subtask, event->at_ns);
}

void snap_lanes_snapshot(struct snap_statistics *statistics, const struct snap_event *event,
                         enum snap_lane_kind kind)
{
    struct snap_lane_interval interval = {event->at_ns - event->args[1], event->at_ns,
                                          event->args[0], kind};

    if (event->actor < statistics->job->task_count)
        add(statistics, &statistics->subtasks[event->actor], &interval);
}

void snap_lanes_finish(struct snap_statistics *statistics)
{
    for (uint32_t task = 0; task < statistics->job->task_count; task++) {
        close_status(statistics, &statistics->subtasks[task], statistics->end_ns);
        close_blocked(statistics, &statistics->subtasks[task], statistics->end_ns);
    }
}
