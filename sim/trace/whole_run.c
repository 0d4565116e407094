// SPDX-License-Identifier: Apache-2.0
#include "trace/whole_run.h"

#include <string.h>

#include "trace/whole_job.h"

/* One execution on its way into the whole. */
struct part {
    const struct snap_statistics *from;
    const uint32_t *vertices; /* by vertex of its job: which one of the whole */
    uint32_t *tasks;          /* by task of its job */
};

static void map_tasks(const struct snap_job *whole, struct part *part, struct snap_arena *arena)
{
    const struct snap_job *job = part->from->job;
    uint32_t *vertices = SNAP_ARENA_ARRAY(arena, uint32_t, job->vertex_count);

    snap_whole_job_map(whole, job, vertices);
    part->vertices = vertices;
    part->tasks = SNAP_ARENA_ARRAY(arena, uint32_t, job->task_count);
    for (uint32_t v = 0; v < job->vertex_count; v++)
        for (uint32_t i = 0; i < job->vertices[v].parallelism; i++)
            part->tasks[job->vertices[v].task_first + i] =
                whole->vertices[vertices[v]].task_first + i;
}

static uint32_t task_of(const struct part *part, uint32_t task)
{
    return task < part->from->job->task_count ? part->tasks[task] : SNAP_NO_TASK;
}

/* ---- lanes ---- */

static snap_ns begin_of(const struct snap_statistics *statistics)
{
    return statistics->resumed_ns == SNAP_NOT_YET ? 0 : statistics->resumed_ns;
}

/* Before its execution began a subtask was not down: it was not there. */
static void add_lanes(struct snap_statistics *all, const struct part *part)
{
    snap_ns begin_ns = begin_of(part->from);

    for (uint32_t task = 0; task < part->from->job->task_count; task++) {
        const struct snap_subtask_stats *from = &part->from->subtasks[task];
        struct snap_subtask_stats *to = &all->subtasks[part->tasks[task]];

        for (uint32_t i = 0; i < from->interval_count; i++) {
            struct snap_lane_interval interval = from->intervals[i];

            interval.from_ns = snap_ns_max(interval.from_ns, begin_ns);
            if (interval.from_ns >= interval.to_ns)
                continue;
            to->intervals = snap_arena_grow(&all->arena, to->intervals, to->interval_count,
                                            &to->interval_capacity, sizeof(to->intervals[0]));
            to->intervals[to->interval_count++] = interval;
        }
        to->status = from->status;
    }
}

/* ---- checkpoints ---- */

/* Subtasks that the execution did not have took no part. */
static struct snap_subtask_part *copy_parts(struct snap_statistics *all, const struct part *part,
                                            const struct snap_subtask_part *from)
{
    uint32_t count = all->job->task_count;
    struct snap_subtask_part *parts =
        SNAP_ARENA_ARRAY(&all->arena, struct snap_subtask_part, count);

    for (uint32_t task = 0; task < count; task++) {
        parts[task].first_barrier_ns = SNAP_NOT_YET;
        parts[task].last_barrier_ns = SNAP_NOT_YET;
        parts[task].last_from = SNAP_NO_TASK;
        parts[task].started_ns = SNAP_NOT_YET;
        parts[task].ack_ns = SNAP_NOT_YET;
    }
    for (uint32_t task = 0; task < part->from->job->task_count; task++) {
        parts[part->tasks[task]] = from[task];
        parts[part->tasks[task]].last_from = task_of(part, from[task].last_from);
    }
    return parts;
}

static void add_checkpoints(struct snap_statistics *all, const struct part *part)
{
    for (uint32_t i = 0; i < part->from->checkpoint_count; i++) {
        const struct snap_checkpoint_stats *from = part->from->checkpoints[i];
        struct snap_checkpoint_stats *to =
            snap_arena_copy(&all->arena, from, sizeof(struct snap_checkpoint_stats));

        to->parts = copy_parts(all, part, from->parts);
        to->last_task = task_of(part, from->last_task);
        to->declined_task = task_of(part, from->declined_task);
        all->checkpoints = snap_arena_grow(&all->arena, all->checkpoints, all->checkpoint_count,
                                           &all->checkpoint_capacity, sizeof(all->checkpoints[0]));
        all->checkpoints[all->checkpoint_count++] = to;
    }
    all->refused_count += part->from->refused_count;
    all->completed_count += part->from->completed_count;
    all->failed_count += part->from->failed_count;
}

static void add_failures(struct snap_statistics *all, const struct part *part)
{
    for (uint32_t i = 0; i < part->from->failure_count; i++) {
        struct snap_failure_stats failure = part->from->failures[i];

        failure.task = task_of(part, failure.task);
        all->failures = snap_arena_grow(&all->arena, all->failures, all->failure_count,
                                        &all->failure_capacity, sizeof(failure));
        all->failures[all->failure_count++] = failure;
    }
    all->restart_count += part->from->restart_count;
    all->restored_count += part->from->restored_count;
}

/* ---- the whole ---- */

static struct snap_statistics *
begin(struct snap_whole_run *run, const struct snap_statistics *const *executions, uint32_t count)
{
    struct snap_statistics *all = &run->statistics;
    const struct snap_job **jobs;

    memset(run, 0, sizeof(*run));
    snap_arena_init(&all->arena);
    jobs = SNAP_ARENA_ARRAY(&all->arena, const struct snap_job *, count);
    for (uint32_t i = 0; i < count; i++)
        jobs[i] = executions[i]->job;
    all->job = snap_whole_job_create(jobs, count, &all->arena);
    all->subtasks = SNAP_ARENA_ARRAY(&all->arena, struct snap_subtask_stats, all->job->task_count);
    all->resumed_ns = SNAP_NOT_YET;
    all->job_status = executions[count - 1]->job_status;
    all->end_ns = executions[count - 1]->end_ns;
    run->changes = SNAP_ARENA_ARRAY(&all->arena, struct snap_execution_change, count);
    snap_flow_init(&all->flow, all->job);
    snap_metrics_init(&all->metrics, all->job);
    return all;
}

/* What the execution began with was made by one before it, the newest if several have the id. */
static bool was_savepoint(const struct snap_statistics *const *executions, uint32_t execution)
{
    const struct snap_checkpoint_stats *found = NULL;

    for (uint32_t i = execution; i-- > 0 && !found;)
        found = snap_statistics_find(executions[i], executions[execution]->resumed_from);
    return found && snap_kind_is_savepoint(found->kind);
}

void snap_whole_run_init(struct snap_whole_run *run,
                         const struct snap_statistics *const *executions, uint32_t count)
{
    struct snap_statistics *all = begin(run, executions, count);
    struct snap_flow_part *flows = SNAP_ARENA_ARRAY(&all->arena, struct snap_flow_part, count);
    struct snap_metrics_part *metrics =
        SNAP_ARENA_ARRAY(&all->arena, struct snap_metrics_part, count);

    for (uint32_t i = 0; i < count; i++) {
        struct part part = {.from = executions[i]};

        if (i > 0)
            run->changes[run->change_count++] = (struct snap_execution_change){
                .ended_ns = executions[i - 1]->end_ns,
                .resumed_ns = executions[i]->resumed_ns,
                .status = executions[i - 1]->job_status,
                .checkpoint = executions[i]->resumed_from,
                .savepoint = was_savepoint(executions, i),
                .checkpoint_first = all->checkpoint_count,
            };
        map_tasks(all->job, &part, &all->arena);
        add_lanes(all, &part);
        add_checkpoints(all, &part);
        add_failures(all, &part);
        flows[i] = (struct snap_flow_part){&executions[i]->flow, part.vertices};
        metrics[i] = (struct snap_metrics_part){&executions[i]->metrics, part.vertices,
                                                i > 0 ? executions[i]->resumed_ns : 0};
    }
    snap_flow_join(&all->flow, flows, count);
    snap_metrics_join(&all->metrics, metrics, count);
}

void snap_whole_run_fini(struct snap_whole_run *run)
{
    if (!run->statistics.job)
        return;
    snap_statistics_fini(&run->statistics);
    memset(run, 0, sizeof(*run));
}
