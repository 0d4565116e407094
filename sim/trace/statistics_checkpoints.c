// SPDX-License-Identifier: Apache-2.0
#include "trace/statistics_checkpoints.h"

/* The subtask's part of the checkpoint the event names first; NULL if one of them is not known. */
static struct snap_subtask_part *part_of(struct snap_statistics *statistics,
                                         const struct snap_event *event, uint32_t task)
{
    struct snap_checkpoint_stats *checkpoint = snap_statistics_find(statistics, event->args[0]);

    if (!checkpoint || task >= statistics->job->task_count)
        return NULL;
    return &checkpoint->parts[task];
}

/* ---- the coordinator's view ---- */

/* Flink counts a finished subtask as acknowledged at the trigger. */
static void init_parts(struct snap_statistics *statistics, struct snap_checkpoint_stats *checkpoint)
{
    for (uint32_t task = 0; task < statistics->job->task_count; task++) {
        struct snap_subtask_part *part = &checkpoint->parts[task];

        part->first_barrier_ns = SNAP_NOT_YET;
        part->last_barrier_ns = SNAP_NOT_YET;
        part->started_ns = SNAP_NOT_YET;
        part->ack_ns = SNAP_NOT_YET;
        part->last_from = SNAP_NO_TASK;
        if (statistics->subtasks[task].status != SNAP_TASK_FINISHED)
            continue;
        part->finished = true;
        part->acknowledged = true;
        part->ack_ns = checkpoint->trigger_ns;
        checkpoint->latest_ack_ns = checkpoint->trigger_ns;
        checkpoint->acknowledged_count++;
    }
}

static snap_ns ran_from(const struct snap_statistics *statistics)
{
    snap_ns latest_ns = 0;

    for (uint32_t task = 0; task < statistics->job->task_count; task++)
        if (statistics->subtasks[task].status == SNAP_TASK_RUNNING)
            latest_ns = snap_ns_max(latest_ns, statistics->subtasks[task].status_since_ns);
    return latest_ns;
}

static int64_t in_flight_before(const struct snap_statistics *statistics, snap_ns at_ns)
{
    return statistics->in_flight_at < at_ns ? statistics->in_flight_bytes
                                            : statistics->in_flight_before;
}

void snap_statistics_triggered(struct snap_statistics *statistics, const struct snap_event *event)
{
    struct snap_arena *arena = &statistics->arena;
    uint32_t count = statistics->checkpoint_count;
    struct snap_checkpoint_stats *checkpoint;

    if (count > 0 && statistics->checkpoints[count - 1]->id >= event->args[0])
        return;
    checkpoint = SNAP_ARENA_NEW(arena, struct snap_checkpoint_stats);
    checkpoint->id = event->args[0];
    checkpoint->kind = (enum snap_snapshot_kind)event->args[1];
    checkpoint->alignment = (enum snap_alignment)event->args[2];
    checkpoint->trigger_ns = event->at_ns;
    checkpoint->ran_from_ns = ran_from(statistics);
    checkpoint->latest_ack_ns = SNAP_NOT_YET;
    checkpoint->end_ns = SNAP_NOT_YET;
    checkpoint->duration_ns = SNAP_NOT_YET;
    checkpoint->last_task = SNAP_NO_TASK;
    checkpoint->declined_task = SNAP_NO_TASK;
    checkpoint->too_large.task = SNAP_NO_TASK;
    checkpoint->in_flight_bytes = in_flight_before(statistics, event->at_ns);
    checkpoint->parts =
        SNAP_ARENA_ARRAY(arena, struct snap_subtask_part, statistics->job->task_count);
    init_parts(statistics, checkpoint);
    statistics->checkpoints =
        snap_arena_grow(arena, statistics->checkpoints, count, &statistics->checkpoint_capacity,
                        sizeof(statistics->checkpoints[0]));
    statistics->checkpoints[statistics->checkpoint_count++] = checkpoint;
}

void snap_statistics_ack(struct snap_statistics *statistics, const struct snap_event *event)
{
    struct snap_checkpoint_stats *checkpoint = snap_statistics_find(statistics, event->args[0]);
    uint32_t task = (uint32_t)event->args[1];
    struct snap_subtask_part *part = part_of(statistics, event, task);

    if (!part || part->acknowledged || checkpoint->status != SNAP_CHECKPOINT_IN_PROGRESS)
        return;
    part->acknowledged = true;
    part->ack_ns = event->at_ns;
    part->state_bytes = event->args[2];
    part->written_bytes = event->args[3];
    checkpoint->acknowledged_count++;
    checkpoint->latest_ack_ns = event->at_ns;
    checkpoint->duration_ns = event->at_ns - checkpoint->trigger_ns;
    checkpoint->last_task = task;
    checkpoint->state_bytes += part->state_bytes;
    checkpoint->written_bytes += part->written_bytes;
    checkpoint->processed_bytes += part->processed_bytes;
    checkpoint->persisted_bytes += part->persisted_bytes;
    checkpoint->unaligned |= part->unaligned;
}

snap_ns snap_checkpoint_stats_taken(const struct snap_statistics *statistics,
                                    const struct snap_checkpoint_stats *checkpoint)
{
    return checkpoint->status == SNAP_CHECKPOINT_IN_PROGRESS
               ? statistics->end_ns - checkpoint->trigger_ns
               : checkpoint->duration_ns;
}

void snap_statistics_completed(struct snap_statistics *statistics, const struct snap_event *event)
{
    struct snap_checkpoint_stats *checkpoint = snap_statistics_find(statistics, event->args[0]);

    if (!checkpoint || checkpoint->status != SNAP_CHECKPOINT_IN_PROGRESS)
        return;
    checkpoint->status = SNAP_CHECKPOINT_COMPLETED;
    checkpoint->end_ns = event->at_ns;
    /* Nothing was acknowledged where every subtask had finished before. */
    if (checkpoint->duration_ns == SNAP_NOT_YET)
        checkpoint->duration_ns = 0;
    statistics->completed_count++;
}

/* Flink: a failed one's end-to-end duration runs to the failure, not to the last acknowledgement.*/
void snap_statistics_aborted(struct snap_statistics *statistics, const struct snap_event *event)
{
    struct snap_checkpoint_stats *checkpoint = snap_statistics_find(statistics, event->args[0]);

    if (!checkpoint || checkpoint->status != SNAP_CHECKPOINT_IN_PROGRESS)
        return;
    checkpoint->status = SNAP_CHECKPOINT_FAILED;
    checkpoint->reason = (enum snap_failure_reason)event->args[1];
    checkpoint->end_ns = event->at_ns;
    checkpoint->duration_ns = event->at_ns - checkpoint->trigger_ns;
    statistics->failed_count++;
}

/* Who is triggered, or declines, had finished when the coordinator did not know that yet. */
static void take_back_finished(struct snap_checkpoint_stats *checkpoint,
                               struct snap_subtask_part *part)
{
    if (!part->finished)
        return;
    part->finished = false;
    part->acknowledged = false;
    part->ack_ns = SNAP_NOT_YET;
    if (--checkpoint->acknowledged_count == 0)
        checkpoint->latest_ack_ns = SNAP_NOT_YET;
}

static bool has_running_sender(const struct snap_statistics *statistics,
                               const struct snap_checkpoint_stats *checkpoint,
                               const struct snap_edge *edge, uint32_t subtask)
{
    const struct snap_job *job = statistics->job;
    uint32_t sender = job->vertices[job->operators[edge->producer].vertex].task_first;
    uint32_t first;
    uint32_t count;

    if (edge->chained)
        return false;
    snap_job_edge_upstream(job, edge, subtask, &first, &count);
    for (uint32_t i = first; i < first + count; i++)
        if (!checkpoint->parts[sender + i].finished)
            return true;
    return false;
}

/* To the coordinator nobody has finished before its senders have. Edges stand in topological
 * order. */
static void take_back_behind(const struct snap_statistics *statistics,
                             struct snap_checkpoint_stats *checkpoint)
{
    const struct snap_job *job = statistics->job;

    for (uint32_t e = 0; e < job->edge_count; e++) {
        const struct snap_edge *edge = &job->edges[e];
        const struct snap_vertex *to = &job->vertices[job->operators[edge->consumer].vertex];

        for (uint32_t i = 0; i < to->parallelism; i++)
            if (has_running_sender(statistics, checkpoint, edge, i))
                take_back_finished(checkpoint, &checkpoint->parts[to->task_first + i]);
    }
}

void snap_statistics_declined(struct snap_statistics *statistics, const struct snap_event *event)
{
    struct snap_checkpoint_stats *checkpoint = snap_statistics_find(statistics, event->args[0]);
    struct snap_subtask_part *part = part_of(statistics, event, (uint32_t)event->args[1]);

    /* Subtasks decline late what has expired: that did not end it. */
    if (!part || checkpoint->status != SNAP_CHECKPOINT_IN_PROGRESS)
        return;
    take_back_finished(checkpoint, part);
    if (checkpoint->declined_task == SNAP_NO_TASK)
        checkpoint->declined_task = (uint32_t)event->args[1];
}

void snap_statistics_too_large(struct snap_statistics *statistics, const struct snap_event *event)
{
    struct snap_checkpoint_stats *checkpoint = snap_statistics_find(statistics, event->args[1]);

    if (checkpoint && checkpoint->too_large.task == SNAP_NO_TASK)
        checkpoint->too_large = (struct snap_large_state){event->actor, (uint32_t)event->args[0],
                                                          event->args[2], event->args[3]};
}

void snap_statistics_subsumed(struct snap_statistics *statistics, const struct snap_event *event)
{
    struct snap_checkpoint_stats *checkpoint = snap_statistics_find(statistics, event->args[0]);

    if (checkpoint)
        checkpoint->discarded = true;
}

/* ---- a subtask's view ---- */

void snap_statistics_barrier(struct snap_statistics *statistics, const struct snap_event *event)
{
    struct snap_subtask_part *part = part_of(statistics, event, event->actor);

    if (!part)
        return;
    if (part->first_barrier_ns == SNAP_NOT_YET)
        part->first_barrier_ns = event->at_ns;
    part->last_barrier_ns = event->at_ns;
    part->last_from = (uint32_t)event->args[1];
    part->last_channel = (uint32_t)event->args[2];
}

void snap_statistics_task_triggered(struct snap_statistics *statistics,
                                    const struct snap_event *event)
{
    struct snap_subtask_part *part = part_of(statistics, event, event->actor);
    struct snap_checkpoint_stats *checkpoint;

    if (part && part->first_barrier_ns == SNAP_NOT_YET)
        part->first_barrier_ns = event->at_ns;
    if (!part || !part->finished)
        return;
    checkpoint = snap_statistics_find(statistics, event->args[0]);
    take_back_finished(checkpoint, part);
    take_back_behind(statistics, checkpoint);
}

void snap_statistics_snapshot_started(struct snap_statistics *statistics,
                                      const struct snap_event *event)
{
    struct snap_subtask_part *part = part_of(statistics, event, event->actor);

    if (!part)
        return;
    part->started_ns = event->at_ns;
    part->start_delay_ns = event->args[1];
    part->alignment_ns = event->args[2];
    part->processed_bytes = event->args[3];
    part->unaligned = event->args[4] == SNAP_ALIGN_UNALIGNED;
}

void snap_statistics_measured(struct snap_statistics *statistics, const struct snap_event *event)
{
    struct snap_subtask_part *part = part_of(statistics, event, event->actor);

    if (!part)
        return;
    part->alignment_ns = event->args[1];
    part->processed_bytes = event->args[2];
}

void snap_statistics_channels_saved(struct snap_statistics *statistics,
                                    const struct snap_event *event)
{
    struct snap_subtask_part *part = part_of(statistics, event, event->actor);

    if (part)
        part->persisted_bytes = event->args[1] + event->args[3];
}

void snap_statistics_sync(struct snap_statistics *statistics, const struct snap_event *event)
{
    struct snap_subtask_part *part = part_of(statistics, event, event->actor);

    if (part)
        part->sync_duration_ns = event->args[1];
}

void snap_statistics_async(struct snap_statistics *statistics, const struct snap_event *event)
{
    struct snap_subtask_part *part = part_of(statistics, event, event->actor);

    if (part)
        part->async_duration_ns = event->args[1];
}

void snap_statistics_part_aborted(struct snap_statistics *statistics,
                                  const struct snap_event *event)
{
    struct snap_subtask_part *part = part_of(statistics, event, event->actor);

    if (part)
        part->aborted = true;
}
