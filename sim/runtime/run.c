// SPDX-License-Identifier: Apache-2.0
#include "runtime/run.h"

#include <stdlib.h>

#include "base/memory.h"
#include "runtime/job_manager.h"
#include "runtime/task.h"
#include "runtime/threads.h"
#include "runtime/virtual.h"
#include "runtime/world.h"

struct snap_run {
    struct snap_world world;
    struct snap_run_options options;
};

static bool is_virtual(const struct snap_run *run)
{
    return run->options.runtime == SNAP_RUNTIME_VIRTUAL;
}

struct snap_run *snap_run_create(const struct snap_simulation *sim,
                                 const struct snap_run_options *options)
{
    struct snap_run *run = snap_memory_zeroed(1, sizeof(*run));
    struct snap_world_options world_options = {options->fs, options->observers,
                                               options->observer_count};

    run->options = *options;
    snap_world_init(&run->world, sim, &world_options);
    if (is_virtual(run))
        snap_virtual_init(&run->world);
    else
        snap_threads_init(&run->world);
    return run;
}

void snap_run_destroy(struct snap_run *run)
{
    if (!run)
        return;
    snap_world_fini(&run->world);
    if (is_virtual(run))
        snap_virtual_fini(&run->world);
    else
        snap_threads_fini(&run->world);
    free(run);
}

struct snap_run_result snap_run_execute(struct snap_run *run)
{
    struct snap_run_result result = {.status = SNAP_JOB_CREATED};
    struct snap_world *world = &run->world;
    const struct snap_simulation *sim = world->sim;

    snap_world_start(world);
    if (is_virtual(run))
        result.elapsed_ns = snap_virtual_run(
            world, run->options.every_record ? SNAP_PACE_EVERY_RECORD : SNAP_PACE_RUN_AHEAD,
            run->options.interrupted);
    else
        result.elapsed_ns = snap_threads_run(world, run->options.interrupted, &result.error);
    result.status = snap_world_job_status(world);
    result.cause = world->job_manager->cause;
    if (result.error.code == SNAP_OK)
        result.error = world->job_manager->error;
    result.interrupted = !snap_world_is_over(world) && result.elapsed_ns < sim->until_ns;
    return result;
}

static bool has_state(const struct snap_task *task)
{
    return task->has_attempt && !task->deployed_finished &&
           (task->status == SNAP_TASK_RUNNING || task->status == SNAP_TASK_FINISHED);
}

void snap_run_each_state_entry(struct snap_run *run,
                               void (*entry)(void *to, const struct snap_state_entry *), void *to)
{
    for (uint32_t t = 0; t < run->world.job->task_count; t++) {
        struct snap_task *task = &run->world.tasks[t];

        for (uint32_t i = 0; has_state(task) && i < task->chain.count; i++) {
            struct snap_chain_operator *at = &task->chain.operators[i];

            if (at->class->each_state_entry)
                at->class->each_state_entry(at->self, entry, to);
        }
    }
}

/* What a sink's reader needs of the context: world memory, strings and files. */
static bool task_parts(struct snap_task *task, void (*part)(void *, const struct snap_sink_part *),
                       void *to, struct snap_error *error)
{
    const struct snap_world *world = task->actor.world;

    for (uint32_t i = 0; i < task->vertex->operator_count; i++) {
        const struct snap_operator *op = &world->job->operators[task->vertex->operators[i]];
        const struct snap_operator_class *class = snap_operator_class_of(op);
        struct snap_operator_context context = {
            .job = world->job,
            .op = op,
            .subtask = task->subtask,
            .attempt = task->attempt,
            .checkpointing = world->sim->config.checkpoint.interval_ns > 0,
            .strings = &task->slots[i].strings,
            .world = task->slots[i].world,
            .fs = world->fs,
        };
        struct snap_arena arena;
        bool read = true;

        if (!class->each_part)
            continue;
        snap_arena_init(&arena);
        context.arena = &arena;
        read = class->each_part(&context, part, to, error);
        snap_arena_fini(&arena);
        if (!read)
            return false;
    }
    return true;
}

bool snap_run_each_part(struct snap_run *run, void (*part)(void *to, const struct snap_sink_part *),
                        void *to, struct snap_error *error)
{
    for (uint32_t t = 0; t < run->world.job->task_count; t++)
        if (!task_parts(&run->world.tasks[t], part, to, error))
            return false;
    return true;
}
