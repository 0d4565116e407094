// SPDX-License-Identifier: Apache-2.0
#include "runtime/run.h"

#include "base/check.h"
#include "base/memory.h"
#include "snapshot/checkpoint_files.h"
#include "jobmanager/job_manager.h"
#include "snapshot/large_states.h"
#include "snapshot/restore.h"
#include "snapshot/storage_notes.h"
#include "task/task.h"
#include "runtime/resume.h"
#include "runtime/threads.h"
#include "runtime/virtual.h"
#include "runtime/world_life.h"

/* The caller is asked whether to go on after so many passes. */
enum { PASSES_A_QUESTION = 32 };

/* The worlds of all executions; the last one is where the run stands. */
struct snap_run {
    const struct snap_simulation *sim;
    struct snap_run_options options;
    struct snap_savepoints savepoints;
    struct snap_checkpoint_files *files; /* NULL: none are written */
    struct snap_large_states large_states;
    struct snap_world **worlds;
    uint32_t world_count;
};

static bool is_virtual(const struct snap_run *run)
{
    return run->options.runtime == SNAP_RUNTIME_VIRTUAL;
}

static struct snap_world *last_world(const struct snap_run *run)
{
    return run->worlds[run->world_count - 1];
}

/* Makes the world of an execution; NULL: the first one. */
static void add_world(struct snap_run *run, const struct snap_resume *resume)
{
    struct snap_world *world = snap_memory_take_zeroed(sizeof(*world));
    struct snap_world_options options = {.fs = run->options.fs,
                                         .observers = run->options.observers,
                                         .observer_count = run->options.observer_count,
                                         .savepoints = &run->savepoints,
                                         .files = run->files,
                                         .large_states = &run->large_states,
                                         .resume = resume};

    run->worlds =
        snap_memory_resize(run->worlds, (run->world_count + 1) * sizeof(struct snap_world *));
    run->worlds[run->world_count++] = world;
    snap_world_init(world, run->sim, &options);
    snap_checkpoint_files_begin(run->files, world->job);
    if (is_virtual(run))
        snap_virtual_init(world);
    else
        snap_threads_init(world);
}

/* The directory of the snapshot that the run starts from, if it is the job's from now on. */
static const char *claimed_directory(const struct snap_restored *restored)
{
    return restored && snap_restored_resume(restored)->claim == SNAP_CLAIM
               ? snap_restored_directory(restored)
               : NULL;
}

static void begin_with_restored(struct snap_run *run)
{
    struct snap_restored *restored = run->options.restored;

    if (!restored)
        return;
    snap_restored_hand_over(restored);
    snap_checkpoint_files_restored(
        run->files, &(struct snap_files_origin){snap_restored_resume(restored)->claim,
                                                snap_restored_tables(restored)});
}

struct snap_run *snap_run_create(const struct snap_simulation *sim,
                                 const struct snap_run_options *options)
{
    struct snap_run *run = snap_memory_take_zeroed(sizeof(*run));

    run->sim = sim;
    run->options = *options;
    snap_savepoints_init(&run->savepoints);
    run->large_states = (struct snap_large_states){options->tell, options->tell_to, false};
    run->files = snap_checkpoint_files_create(
        sim, options->fs, &(struct snap_storage_notes){options->tell, options->tell_to, 0},
        claimed_directory(options->restored));
    /* Whoever restores a snapshot counts on what its sinks had prepared. */
    if (run->files)
        snap_fs_memory_show_hidden(options->fs);
    add_world(run, options->restored ? snap_restored_resume(options->restored) : NULL);
    begin_with_restored(run);
    return run;
}

void snap_run_destroy(struct snap_run *run)
{
    if (!run)
        return;
    /* The newest first: a world borrows from the one before it. */
    for (uint32_t i = run->world_count; i > 0; i--) {
        struct snap_world *world = run->worlds[i - 1];

        snap_world_fini(world);
        if (is_virtual(run))
            snap_virtual_fini(world);
        else
            snap_threads_fini(world);
        snap_memory_give_back(world);
    }
    snap_savepoints_fini(&run->savepoints);
    snap_checkpoint_files_destroy(run->files);
    snap_memory_give_back(run->worlds);
    snap_memory_give_back(run);
}

static void start_world(struct snap_run *run)
{
    snap_world_start(last_world(run));
    if (is_virtual(run))
        snap_virtual_start(last_world(run));
}

/* Virtual time: goes on until the world has come to its end, or the caller wants it to end. */
static void pass_through_world(struct snap_run *run)
{
    while (is_virtual(run) && snap_run_advance(run, PASSES_A_QUESTION))
        if (run->options.interrupted && run->options.interrupted())
            return;
}

static void end_world(struct snap_run *run, struct snap_run_result *result)
{
    struct snap_world *world = last_world(run);

    if (is_virtual(run))
        result->elapsed_ns = snap_virtual_end(world);
    else
        result->elapsed_ns = snap_threads_run(world, run->options.interrupted, &result->error);
    result->status = snap_world_job_status(world);
    result->cause = world->job_manager->cause;
    if (result->error.code == SNAP_OK)
        result->error = world->job_manager->error;
    snap_checkpoint_files_end(run->files, result->status, result->elapsed_ns);
    result->interrupted =
        !snap_world_is_over(world) && result->elapsed_ns < snap_simulation_end_ns(run->sim);
}

static void tell_execution(const struct snap_run *run, const struct snap_resume *resume)
{
    struct snap_execution_start start = {
        .number = run->world_count,
        .job = resume->job,
        .at_ns = resume->start_ns,
        .savepoint = resume->savepoint->id,
        .taken_in = resume->savepoint->execution,
        .in_flight = resume->assigned.in_flight,
        .restored = resume->assigned.restored,
        .dropped = resume->assigned.dropped,
    };

    for (uint32_t i = 0; i < run->options.observer_count; i++)
        if (run->options.observers[i].execution)
            run->options.observers[i].execution(run->options.observers[i].context, &start);
}

/* Begins the execution that follows the one that has ended; false if there is none. */
static bool go_on(struct snap_run *run, struct snap_run_result *result)
{
    struct snap_world *ended = last_world(run);
    struct snap_resume *resume;
    uint32_t action;
    snap_ns start_ns;

    if (!snap_world_is_over(ended) || result->error.code != SNAP_OK ||
        !snap_resume_find(ended, &action, &start_ns))
        return false;
    resume = snap_resume_prepare(ended, action, start_ns, &result->error);
    if (!resume)
        return false;
    if (resume->assigned.dropped && run->options.tell)
        run->options.tell(run->options.tell_to, resume->assigned.dropped);
    tell_execution(run, resume);
    add_world(run, resume);
    return true;
}

void snap_run_start(struct snap_run *run)
{
    start_world(run);
}

bool snap_run_advance(struct snap_run *run, uint64_t passes)
{
    SNAP_CHECK(is_virtual(run));
    return snap_virtual_advance(
        last_world(run), run->options.every_record ? SNAP_PACE_EVERY_RECORD : SNAP_PACE_RUN_AHEAD,
        passes);
}

bool snap_run_end(struct snap_run *run, struct snap_run_result *result)
{
    *result = (struct snap_run_result){.status = SNAP_JOB_CREATED};
    end_world(run, result);
    if (!go_on(run, result)) {
        snap_checkpoint_files_over(run->files);
        return false;
    }
    start_world(run);
    return true;
}

struct snap_run_result snap_run_execute(struct snap_run *run)
{
    struct snap_run_result result;

    snap_run_start(run);
    do {
        pass_through_world(run);
    } while (snap_run_end(run, &result));
    return result;
}

void snap_run_each_snapshot(struct snap_run *run,
                            void (*left)(void *to, const struct snap_files_left *), void *to)
{
    snap_checkpoint_files_each_left(run->files, left, to);
}

static bool has_state(const struct snap_task *task)
{
    return task->has_attempt && !task->deployed_finished &&
           (task->status == SNAP_TASK_RUNNING || task->status == SNAP_TASK_FINISHED ||
            task->recovering);
}

void snap_run_each_state_entry(struct snap_run *run,
                               void (*entry)(void *to, const struct snap_state_entry *), void *to)
{
    struct snap_world *world = last_world(run);

    for (uint32_t t = 0; t < world->job->task_count; t++) {
        struct snap_task *task = &world->tasks[t];

        for (uint32_t i = 0; has_state(task) && i < task->chain.count; i++) {
            struct snap_chain_operator *at = &task->chain.operators[i];

            if (at->class->each_state_entry)
                at->class->each_state_entry(at->self, entry, to);
        }
    }
}

void snap_run_each_named_entry(struct snap_run *run,
                               void (*entry)(void *to, const struct snap_named_entry *), void *to)
{
    struct snap_world *world = last_world(run);

    for (uint32_t t = 0; t < world->job->task_count; t++) {
        struct snap_task *task = &world->tasks[t];

        for (uint32_t i = 0; has_state(task) && i < task->chain.count; i++) {
            struct snap_chain_operator *at = &task->chain.operators[i];

            if (at->class->each_named_entry)
                at->class->each_named_entry(at->self, entry, to);
        }
    }
}

void snap_run_show_states(struct snap_run *run, uint32_t operator_index,
                          const struct snap_state_lines *to)
{
    struct snap_world *world = last_world(run);

    for (uint32_t t = 0; t < world->job->task_count; t++) {
        struct snap_task *task = &world->tasks[t];

        for (uint32_t i = 0; has_state(task) && i < task->chain.count; i++) {
            struct snap_chain_operator *at = &task->chain.operators[i];

            if (at->class->show_states && at->context.op->index == operator_index)
                at->class->show_states(at->self, to);
        }
    }
}

/* Who reads parts: of sinks that the last job has, or of the others. */
struct part_reading {
    const struct snap_run *run;
    void (*part)(void *, const struct snap_sink_part *);
    void (*removed)(void *, uint32_t, const struct snap_sink_part *); /* or NULL */
    void *to;
    uint32_t execution; /* whose job has the sink */
    struct snap_error *error;
};

static void pass_removed(void *context, const struct snap_sink_part *part)
{
    const struct part_reading *reading = context;

    reading->removed(reading->to, reading->execution, part);
}

/* The operator in the last execution that has it. */
static const struct snap_operator *last_of(struct part_reading *reading,
                                           const struct snap_operator *op)
{
    const struct snap_operator *last = NULL;

    for (uint32_t w = reading->run->world_count; w > 0 && !last; w--) {
        last = snap_job_find_operator(reading->run->worlds[w - 1]->job, op->uid);
        if (last && last->type != op->type)
            last = NULL;
        reading->execution = w - 1;
    }
    return last;
}

/* What a sink's reader needs of the context: world memory, strings and files. */
static bool slot_parts(struct part_reading *reading, const struct snap_task *task, uint32_t place)
{
    const struct snap_world *world = task->actor.world;
    const struct snap_operator *op =
        last_of(reading, &world->job->operators[task->vertex->operators[place]]);
    bool is_removed = reading->execution + 1 < reading->run->world_count;
    struct snap_operator_context context = {
        .job = reading->run->worlds[reading->execution]->job,
        .op = op,
        .subtask = task->subtask,
        .attempt = task->attempt,
        .checkpointing = world->sim->config.checkpoint.interval_ns > 0,
        .strings = &task->slots[place].strings,
        .world = task->slots[place].world,
        .fs = world->fs,
    };
    struct snap_arena arena;
    bool read;

    if (task->slots[place].moved || !snap_operator_class_of(op)->each_part ||
        is_removed != (reading->removed != NULL))
        return true;
    snap_arena_init(&arena);
    context.arena = &arena;
    read =
        snap_operator_class_of(op)->each_part(&context, is_removed ? pass_removed : reading->part,
                                              is_removed ? reading : reading->to, reading->error);
    snap_arena_fini(&arena);
    return read;
}

static bool read_parts(struct part_reading *reading)
{
    const struct snap_run *run = reading->run;

    for (uint32_t w = 0; w < run->world_count; w++)
        for (uint32_t t = 0; t < run->worlds[w]->job->task_count; t++) {
            const struct snap_task *task = &run->worlds[w]->tasks[t];

            for (uint32_t i = 0; i < task->vertex->operator_count; i++)
                if (!slot_parts(reading, task, i))
                    return false;
        }
    return true;
}

bool snap_run_each_part(struct snap_run *run, void (*part)(void *to, const struct snap_sink_part *),
                        void *to, struct snap_error *error)
{
    struct part_reading reading = {.run = run, .part = part, .to = to, .error = error};

    return read_parts(&reading);
}

bool snap_run_each_removed_part(struct snap_run *run,
                                void (*part)(void *to, uint32_t execution,
                                             const struct snap_sink_part *),
                                void *to, struct snap_error *error)
{
    struct part_reading reading = {.run = run, .removed = part, .to = to, .error = error};

    return read_parts(&reading);
}
