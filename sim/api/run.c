// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>

#include "api/event.h"
#include "api/job.h"
#include "api/judges.h"
#include "api/result.h"
#include "api/start.h"
#include "base/heap.h"
#include "base/check.h"
#include "snapshot/checkpoint_files.h"
#include "trace/fired.h"
#include "trace/run_numbers.h"
#include "trace/writer.h"

static const struct snap_simulation *sim_of(const struct snapsim_result *result)
{
    return &result->built.sim;
}

/* Who watches a run besides the ledger and what every run has. */
struct watchers {
    struct snapsim_result *result;
    struct snap_judges judges;
    struct snap_api_events events;
    struct snap_trace_writer writer;
    enum snap_trace_level level;
    struct snap_statistics statistics; /* if something is expected of them */
    struct snap_run_numbers numbers;
};

static bool wants_numbers(const struct snapsim_result *result)
{
    return result->built.expectation.number_count > 0;
}

/* They are those of the last execution. */
static void start_counting(struct watchers *watchers)
{
    if (!wants_numbers(watchers->result))
        return;
    snap_statistics_fini(&watchers->statistics);
    snap_statistics_init(&watchers->statistics, watchers->result->job);
}

/* The job starts again. */
static void note_execution(void *context, const struct snap_execution_start *start)
{
    struct watchers *watchers = context;

    watchers->result->job = start->job;
    watchers->events.job = start->job;
    start_counting(watchers);
    if (watchers->writer.is_open)
        snap_trace_writer_execution(&watchers->writer, start->number, start->job);
    snap_judges_resume(&watchers->judges, start);
}

static uint32_t add_watcher(struct snap_observer *observers, uint32_t count,
                            enum snap_trace_level level, const struct snap_observer *added)
{
    observers[count] = *added;
    observers[count].buffers_wanted = level >= SNAP_TRACE_BUFFERS;
    observers[count].records_wanted = level >= SNAP_TRACE_RECORDS;
    return count + 1;
}

static uint32_t add_observers(struct snapsim_result *result, struct watchers *watchers,
                              struct snap_observer *observers)
{
    const struct snap_observer events = {.context = &watchers->events,
                                         .merged = snap_api_events_take,
                                         .takes = snap_api_events_takes};
    const struct snap_observer writer = {.context = &watchers->writer,
                                         .merged = snap_trace_writer_event,
                                         .takes = snap_trace_writer_takes};
    uint32_t count = 0;

    observers[count++] = snap_fired_observer(result->fired);
    observers[count++] = (struct snap_observer){.context = watchers, .execution = note_execution};
    observers[count++] = (struct snap_observer){
        .context = &result->hash, .merged = snap_trace_hash_event, .takes = snap_trace_hash_takes};
    if (wants_numbers(result))
        observers[count++] = (struct snap_observer){.context = &watchers->statistics,
                                                    .merged = snap_statistics_event,
                                                    .in_flight_wanted = true};
    if (watchers->events.on_event)
        count = add_watcher(observers, count, watchers->level, &events);
    if (watchers->writer.is_open)
        count = add_watcher(observers, count, watchers->level, &writer);
    return snap_judges_observe(&watchers->judges, observers, count);
}

/* What writes files; NULL: nothing does. */
static const char *find_writer(struct snapsim_result *result)
{
    const struct snap_job *job = sim_of(result)->job;

    if (snap_checkpoint_files_wanted(sim_of(result)))
        return "it writes snapshots";
    if (result->restored && snap_restored_resume(result->restored)->claim == SNAP_CLAIM)
        return "it claims a snapshot";
    for (uint32_t i = 0; i < job->operator_count; i++)
        for (uint32_t o = 0; o < job->operators[i].type->option_count; o++)
            if (job->operators[i].type->options[o].kind == SNAP_OPTION_PATH_OUT &&
                job->operators[i].options[o].set)
                return snap_arena_printf(&result->built.arena, "\"%s\" writes files",
                                         job->operators[i].uid);
    return NULL;
}

/* Who writes files on threads needs a directory: the files in memory have one thread. */
static bool check_directory(struct snapsim_result *result,
                            const struct snapsim_run_options *options, struct snap_error *error)
{
    const char *writer;

    if (options->directory && !options->directory[0])
        return snap_error_set(error, SNAP_ERROR_USAGE, "the directory of the run is empty");
    if (options->directory || options->runtime == SNAPSIM_VIRTUAL)
        return true;
    writer = find_writer(result);
    return !writer || snap_error_set(error, SNAP_ERROR_USAGE,
                                     "%s: on threads a run needs a directory", writer);
}

static void open_files(struct snapsim_result *result, const struct snapsim_run_options *options)
{
    if (options->directory)
        result->real = snap_fs_real_create(options->directory);
    if (options->runtime == SNAPSIM_VIRTUAL)
        result->memory = snap_fs_memory_create(result->real);
}

/* What was to happen and did not is not as expected either. */
static void compare(struct snapsim_result *result, struct watchers *watchers)
{
    const struct snap_timeline *timeline = &sim_of(result)->timeline;
    struct snap_expectation expectation = snap_expectation_translate(
        &result->built.expectation, sim_of(result)->job, result->job, &result->built.arena);

    if (wants_numbers(result)) {
        snap_statistics_finish(&watchers->statistics, result->ended.elapsed_ns);
        watchers->numbers = snap_numbers_of(&watchers->statistics, NULL, &result->verdict);
        result->verdict.numbers = &watchers->numbers;
    }
    result->met = snap_expectation_met(&expectation, &result->verdict, result->ended.status);
    result->verdict.numbers = NULL;
    for (uint32_t i = 0; i < timeline->count; i++)
        result->met = result->met && (result->fired[i] || timeline->actions[i].optional);
}

static bool watch(struct snapsim_result *result, const struct snapsim_run_options *options,
                  struct watchers *watchers, struct snap_error *error)
{
    struct snap_trace_run run = {
        .program_version = SNAP_VERSION,
        .simulation = sim_of(result),
        .runtime = result->runtime,
    };

    watchers->level = (enum snap_trace_level)(SNAP_TRACE_CHECKPOINTS + (int)options->level);
    watchers->events.job = sim_of(result)->job;
    watchers->events.on_event = options->on_event;
    watchers->events.to = options->to;
    watchers->events.level = watchers->level;
    run.level = watchers->level;
    return !options->trace_path ||
           snap_trace_writer_open(&watchers->writer, options->trace_path, &run, error);
}

/* ---- what is told of the run ---- */

static void take_note(void *to, const char *text)
{
    struct snapsim_result *result = to;

    result->notes = snap_arena_grow(&result->told, result->notes, result->note_count,
                                    &result->note_capacity, sizeof(*result->notes));
    result->notes[result->note_count++] = snap_arena_strdup(&result->told, text);
}

static void take_snapshot(void *to, const struct snap_files_left *left)
{
    struct snapsim_result *result = to;

    result->snapshots = snap_arena_grow(&result->told, result->snapshots, result->snapshot_count,
                                        &result->snapshot_capacity, sizeof(*result->snapshots));
    result->snapshots[result->snapshot_count++] =
        (struct snapsim_snapshot){left->directory, left->id, left->is_savepoint, left->name};
}

static void note_start(struct snapsim_result *result)
{
    const char *dropped;

    if (!result->restored)
        return;
    dropped = snap_restored_dropped(result->restored);
    result->started_from =
        snap_arena_printf(&result->built.arena, "%s%s%s", snap_restored_text(result->restored),
                          *dropped ? "\n" : "", dropped);
}

static bool execute(struct snapsim_result *result, const struct snapsim_run_options *options,
                    struct watchers *watchers, struct snap_error *error)
{
    struct snap_observer observers[SNAP_OBSERVERS_MAX];
    struct snap_run_options run = {
        .runtime = result->runtime,
        .fs = result->memory ? result->memory : result->real,
        .observers = observers,
        .restored = result->restored,
        .interrupted = options->interrupted,
        .tell = take_note,
        .tell_to = result,
    };
    bool good;

    result->job = sim_of(result)->job;
    watchers->result = result;
    start_counting(watchers);
    snap_judges_create(&watchers->judges, sim_of(result), &result->built.arena);
    if (result->restored)
        snap_judges_begin_at(&watchers->judges, snap_restored_baseline(result->restored));
    run.observer_count = add_observers(result, watchers, observers);
    result->run = snap_run_create(sim_of(result), &run);
    result->ended = snap_run_execute(result->run);
    good =
        snap_judges_hear(&watchers->judges, result->run, &result->ended, &result->verdict, error) &&
        (!result->memory || !result->real || snap_fs_memory_flush(result->memory, error));
    if (result->ended.error.code != SNAP_OK) {
        *error = result->ended.error;
        good = false;
    }
    snap_run_each_snapshot(result->run, take_snapshot, result);
    compare(result, watchers);
    snap_judges_destroy(&watchers->judges);
    return good;
}

static bool perform(struct snapsim_result *result, const struct snapsim_run_options *options,
                    struct snap_error *error)
{
    struct watchers watchers = {.level = SNAP_TRACE_OFF};
    bool good =
        watch(result, options, &watchers, error) && execute(result, options, &watchers, error);

    good = snap_trace_writer_close(&watchers.writer, error) && good;
    snap_arena_fini(&watchers.events.scratch);
    snap_statistics_fini(&watchers.statistics);
    return good;
}

/* ---- runs ---- */

/* C lets any number be one of an enum. */
static bool check_choices(const struct snapsim_run_options *options, struct snap_error *error)
{
    if ((unsigned)options->runtime > SNAPSIM_THREADS)
        return snap_error_set(error, SNAP_ERROR_USAGE, "there is no runtime %d",
                              (int)options->runtime);
    return (unsigned)options->level <= SNAPSIM_EVENTS_RECORDS ||
           snap_error_set(error, SNAP_ERROR_USAGE, "there is no level of events %d",
                          (int)options->level);
}

/* A result that has all that can be checked before the run; the job and its errors are there. */
static bool prepare(struct snapsim_job *job, const struct snapsim_run_options *options,
                    struct snapsim_result *result, struct snap_error *error)
{
    static const struct snapsim_run_options plain;

    options = options ? options : &plain;
    if (!check_choices(options, error))
        return false;
    result->runtime =
        options->runtime == SNAPSIM_THREADS ? SNAP_RUNTIME_THREADS : SNAP_RUNTIME_VIRTUAL;
    return snap_api_job_build(job, options, &result->built, error) &&
           snap_api_start_open(options->start, sim_of(result), &result->built.arena,
                               &result->restored, error) &&
           check_directory(result, options, error);
}

bool snapsim_job_check_run(struct snapsim_job *job, const struct snapsim_run_options *options,
                           struct snapsim_error *error)
{
    struct snapsim_result *result = snap_heap_zeroed(1, sizeof(*result));
    struct snap_error found = {.code = SNAP_OK};
    bool good = prepare(job, options, result, &found);

    snapsim_result_destroy(result);
    if (!good)
        snap_api_error_out(job, &found, error);
    return good;
}

struct snapsim_result *snapsim_job_run(struct snapsim_job *job,
                                       const struct snapsim_run_options *options,
                                       struct snapsim_error *error)
{
    static const struct snapsim_run_options plain;
    struct snapsim_result *result = snap_heap_zeroed(1, sizeof(*result));
    struct snap_error found = {.code = SNAP_OK};

    if (prepare(job, options, result, &found)) {
        options = options ? options : &plain;
        note_start(result);
        result->fired =
            SNAP_ARENA_ARRAY(&result->built.arena, bool, sim_of(result)->timeline.count + 1);
        open_files(result, options);
        if (perform(result, options, &found))
            return result;
    }
    snap_api_error_out(job, &found, error);
    snapsim_result_destroy(result);
    return NULL;
}
