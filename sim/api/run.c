// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>

#include "api/event.h"
#include "api/job.h"
#include "api/result.h"
#include "base/check.h"
#include "operators/operator.h"
#include "trace/writer.h"
#include "verify/oracles.h"

static const struct snap_simulation *sim_of(const struct snapsim_result *result)
{
    return &result->built.sim;
}

/* Who judges a run. */
struct judges {
    struct snap_ledger *ledger; /* NULL: off */
    struct snap_oracles *oracles;
};

/* The operators' rules for those who judge. */
static const struct snap_operator_rules *const *rules_of(struct snapsim_result *result,
                                                         const struct snap_job *job)
{
    struct snap_arena *arena = &result->built.arena;
    struct snap_operator_rules *all =
        SNAP_ARENA_ARRAY(arena, struct snap_operator_rules, job->operator_count);
    const struct snap_operator_rules **rules =
        SNAP_ARENA_ARRAY(arena, const struct snap_operator_rules *, job->operator_count);

    for (uint32_t i = 0; i < job->operator_count; i++) {
        all[i] = snap_operator_rules_of(&job->operators[i]);
        rules[i] = &all[i];
    }
    return rules;
}

static void create_judges(struct snapsim_result *result, struct judges *judges)
{
    const struct snap_operator_rules *const *rules = rules_of(result, sim_of(result)->job);

    judges->oracles = snap_oracles_create(sim_of(result), rules);
    judges->ledger = NULL;
    if (sim_of(result)->ledger != SNAP_LEDGER_OFF)
        judges->ledger = snap_ledger_create(sim_of(result), rules);
}

static void hear_oracles(struct snapsim_result *result, struct snap_oracles *oracles)
{
    const struct snap_oracle_end end = {
        .status = result->ended.status,
        .elapsed_ns = result->ended.elapsed_ns,
        .interrupted = result->ended.interrupted,
    };

    snap_oracles_end(oracles, &end, result->verdict.oracles);
}

static void note_fired(void *context, const struct snap_event *event)
{
    struct snapsim_result *result = context;

    if (event->type == SNAP_EVENT_ACTION_FIRED)
        result->fired[event->args[0]] = true;
}

/* Who watches a run besides the ledger and what every run has. */
struct watchers {
    struct snapsim_result *result;
    struct judges judges;
    struct snap_api_events events;
    struct snap_trace_writer writer;
    enum snap_trace_level level;
};

/* The job starts again. */
static void note_execution(void *context, const struct snap_execution_start *start)
{
    struct watchers *watchers = context;
    const struct snap_operator_rules *const *rules = rules_of(watchers->result, start->job);

    watchers->result->job = start->job;
    watchers->events.job = start->job;
    if (watchers->writer.file)
        snap_trace_writer_execution(&watchers->writer, start->number, start->job);
    snap_oracles_resume(watchers->judges.oracles, start, rules);
    if (watchers->judges.ledger)
        snap_ledger_resume(watchers->judges.ledger, start, rules);
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
    const struct judges *judges = &watchers->judges;
    const struct snap_observer events = {.context = &watchers->events,
                                         .merged = snap_api_events_take};
    const struct snap_observer writer = {.context = &watchers->writer,
                                         .merged = snap_trace_writer_event};
    uint32_t count = 0;

    observers[count++] = (struct snap_observer){.context = result, .merged = note_fired};
    observers[count++] = (struct snap_observer){.context = watchers, .execution = note_execution};
    observers[count++] =
        (struct snap_observer){.context = &result->hash, .merged = snap_trace_hash_event};
    if (watchers->events.on_event)
        count = add_watcher(observers, count, watchers->level, &events);
    if (watchers->writer.file)
        count = add_watcher(observers, count, watchers->level, &writer);
    observers[count++] = snap_oracles_observer(judges->oracles);
    if (judges->ledger)
        observers[count++] = snap_ledger_observer(judges->ledger);
    return count;
}

/* Sinks that write files on threads need a directory: the files in memory have one thread. */
static bool check_directory(const struct snapsim_result *result,
                            const struct snapsim_run_options *options, struct snap_error *error)
{
    const struct snap_job *job = sim_of(result)->job;

    if (options->directory || options->runtime == SNAPSIM_VIRTUAL)
        return true;
    for (uint32_t i = 0; i < job->operator_count; i++)
        for (uint32_t o = 0; o < job->operators[i].type->option_count; o++)
            if (job->operators[i].type->options[o].kind == SNAP_OPTION_PATH_OUT &&
                job->operators[i].options[o].set)
                return snap_error_set(error, SNAP_ERROR_USAGE,
                                      "\"%s\" writes files: on threads a run needs a directory",
                                      job->operators[i].uid);
    return true;
}

static void open_files(struct snapsim_result *result, const struct snapsim_run_options *options)
{
    if (options->directory)
        result->real = snap_fs_real_create(options->directory);
    if (options->runtime == SNAPSIM_VIRTUAL)
        result->memory = snap_fs_memory_create(result->real);
}

static bool judge(struct snapsim_result *result, struct snap_ledger *ledger,
                  struct snap_error *error)
{
    for (unsigned c = 0; c < SNAP_COUNTER_COUNT; c++)
        result->verdict.counters[c] = SNAP_UNJUDGED;
    if (!ledger)
        return true;
    snap_run_each_state_entry(result->run, snap_ledger_take_state, ledger);
    if (!snap_run_each_part(result->run, snap_ledger_take_part, ledger, error))
        return false;
    snap_ledger_judge(ledger, result->ended.status, &result->built.arena, &result->verdict);
    return true;
}

/* What was to happen and did not is not as expected either. */
static void compare(struct snapsim_result *result)
{
    const struct snap_timeline *timeline = &sim_of(result)->timeline;
    struct snap_expectation expectation = snap_expectation_translate(
        &result->built.expectation, sim_of(result)->job, result->job, &result->built.arena);

    result->met = snap_expectation_met(&expectation, &result->verdict, result->ended.status);
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

static bool execute(struct snapsim_result *result, const struct snapsim_run_options *options,
                    struct watchers *watchers, struct snap_error *error)
{
    struct snap_observer observers[SNAP_OBSERVERS_MAX];
    struct snap_run_options run = {
        .runtime = result->runtime,
        .fs = result->memory ? result->memory : result->real,
        .observers = observers,
        .interrupted = options->interrupted,
    };
    struct judges *judges = &watchers->judges;
    bool good;

    result->job = sim_of(result)->job;
    watchers->result = result;
    create_judges(result, judges);
    run.observer_count = add_observers(result, watchers, observers);
    result->run = snap_run_create(sim_of(result), &run);
    result->ended = snap_run_execute(result->run);
    good = result->ended.error.code == SNAP_OK;
    if (!good)
        *error = result->ended.error;
    good = good && judge(result, judges->ledger, error) &&
           (!result->memory || !result->real || snap_fs_memory_flush(result->memory, error));
    hear_oracles(result, judges->oracles);
    compare(result);
    snap_ledger_destroy(judges->ledger);
    snap_oracles_destroy(judges->oracles);
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
    return good;
}

struct snapsim_result *snapsim_job_run(struct snapsim_job *job,
                                       const struct snapsim_run_options *options,
                                       struct snapsim_error *error)
{
    static const struct snapsim_run_options plain;
    struct snapsim_result *result = calloc(1, sizeof(*result));
    struct snap_error found = {.code = SNAP_OK};
    bool good;

    SNAP_CHECK(result);
    options = options ? options : &plain;
    result->runtime =
        options->runtime == SNAPSIM_THREADS ? SNAP_RUNTIME_THREADS : SNAP_RUNTIME_VIRTUAL;
    good = snap_api_job_build(job, options, &result->built, &found) &&
           check_directory(result, options, &found);
    if (good) {
        result->fired =
            SNAP_ARENA_ARRAY(&result->built.arena, bool, sim_of(result)->timeline.count + 1);
        open_files(result, options);
        good = perform(result, options, &found);
    }
    if (good)
        return result;
    snap_api_error_out(job, &found, error);
    snapsim_result_destroy(result);
    return NULL;
}
