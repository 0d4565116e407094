// SPDX-License-Identifier: Apache-2.0
#include "cli/execution.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/whole_file.h"
#include "cli/crash_report.h"
#include "cli/explained.h"
#include "cli/interrupt.h"
#include "cli/progress.h"
#include "cli/state_files.h"
#include "cli/unfired.h"
#include "cli/verbs.h"
#include "snapshot/checkpoint_files.h"
#include "trace/fired.h"
#include "trace/flow_file.h"
#include "trace/metrics_file.h"
#include "trace/run_numbers.h"

/* The writer of the run that goes on; the question whether to stop comes without a context. */
static const struct snap_trace_writer *current_writer;

/* A trace that cannot be written makes the rest of the run worthless too. */
static bool should_stop(void)
{
    snap_cli_progress();
    return snap_interrupted() || current_writer->error.code != SNAP_OK;
}

static void tell_note(void *to, const char *text)
{
    (void)to;
    snap_cli_progress_clear();
    snap_cli_tell("snapsim: note: %s\n", text);
}

static const struct snap_simulation *sim_of(const struct snap_execution *execution)
{
    return &execution->options.built->sim;
}

static bool open_trace(struct snap_execution *execution, struct snap_error *error)
{
    const struct snap_execution_options *options = &execution->options;
    struct snap_trace_run run = {
        .program_version = SNAP_VERSION,
        .simulation = sim_of(execution),
        .runtime = options->runtime,
        .level = options->level,
    };

    if (options->level == SNAP_TRACE_OFF)
        return true;
    return snap_trace_writer_open(
        &execution->writer,
        snap_arena_printf(&execution->arena, "%s/trace.jsonl", options->directory), &run, error);
}

/* What measures the job; the judges are no part of it. */
static void start_measuring(struct snap_execution *execution, const struct snap_job *job)
{
    snap_statistics_init(&execution->statistics, job);
    snap_flow_expect_stints(&execution->statistics.flow, snap_simulation_end_ns(sim_of(execution)));
    snap_latency_fini(&execution->latency);
    if (sim_of(execution)->ledger != SNAP_LEDGER_OFF)
        snap_latency_init(&execution->latency, job);
}

/* The job starts again: statistics of what was are put aside, observers hear of the new job. */
static void note_execution(void *context, const struct snap_execution_start *start)
{
    struct snap_execution *execution = context;
    struct snap_statistics *before = SNAP_ARENA_NEW(&execution->arena, struct snap_statistics);

    *before = execution->statistics;
    snap_statistics_finish(before, before->end_ns);
    snap_flow_drop_series(&before->flow);
    execution->dropped_behind =
        snap_arena_grow(&execution->arena, execution->dropped_behind, execution->earlier_count,
                        &execution->dropped_capacity, sizeof(const char *));
    execution->dropped_behind[execution->earlier_count] =
        start->dropped ? snap_arena_strdup(&execution->arena, start->dropped) : NULL;
    execution->earlier =
        snap_arena_grow(&execution->arena, execution->earlier, execution->earlier_count,
                        &execution->earlier_capacity, sizeof(struct snap_statistics *));
    execution->earlier[execution->earlier_count++] = before;
    execution->start_ns = start->at_ns;
    start_measuring(execution, start->job);
    snap_crash_report_job(start->job);
    if (execution->options.level != SNAP_TRACE_OFF)
        snap_trace_writer_execution(&execution->writer, start->number, start->job);
    snap_judges_resume(&execution->judges, start);
}

/* Of wide jobs the gauges would take more time and memory than all else that measures. */
static bool wants_metrics(const struct snap_execution *execution)
{
    return sim_of(execution)->job->task_count <= SNAP_METRICS_TASKS_MAX;
}

static uint32_t add_observers(struct snap_execution *execution, struct snap_observer *observers)
{
    enum snap_trace_level level = execution->options.level;
    uint32_t count = 0;

    observers[count++] = snap_crash_report_observer();
    observers[count++] = snap_fired_observer(execution->fired);
    observers[count++] = (struct snap_observer){.context = execution, .execution = note_execution};
    observers[count++] = (struct snap_observer){.context = &execution->hash,
                                                .merged = snap_trace_hash_event,
                                                .takes = snap_trace_hash_takes};
    observers[count++] = (struct snap_observer){.context = &execution->statistics,
                                                .merged = snap_statistics_event,
                                                .in_flight_wanted = true,
                                                .metrics_wanted = wants_metrics(execution)};
    observers[count++] =
        (struct snap_observer){.context = &execution->statistics.flow, .stint = snap_flow_stint};
    if (level != SNAP_TRACE_OFF)
        observers[count++] = (struct snap_observer){
            .context = &execution->writer,
            .merged = snap_trace_writer_event,
            .takes = snap_trace_writer_takes,
            .buffers_wanted = level >= SNAP_TRACE_BUFFERS,
            .records_wanted = level >= SNAP_TRACE_RECORDS,
        };
    /* Without a ledger nothing looks at single records: speed is wanted. */
    if (execution->judges.ledger)
        observers[count++] = (struct snap_observer){
            .context = &execution->latency, .span = snap_latency_span, .instants_wanted = true};
    return snap_judges_observe(&execution->judges, observers, count);
}

static void list_unfired(struct snap_execution *execution)
{
    const struct snap_timeline *timeline = &sim_of(execution)->timeline;
    struct snap_unfired *unfired =
        SNAP_ARENA_ARRAY(&execution->arena, struct snap_unfired, timeline->count);
    uint32_t count = 0;

    for (uint32_t i = 0; i < timeline->count; i++)
        if (!execution->fired[i])
            unfired[count++] =
                snap_unfired_of(&timeline->actions[i], &execution->summary, &execution->arena);
    execution->summary.unfired = unfired;
    execution->summary.unfired_count = count;
}

static void add_left(void *to, const struct snap_files_left *left)
{
    struct snap_execution *execution = to;
    struct snap_arena *arena = &execution->arena;
    bool has_name = left->name && !snap_savepoint_names_directory(left->name);
    const char *name = has_name ? snap_arena_printf(arena, " (%s)", left->name) : "";

    execution->left = snap_arena_grow(arena, execution->left, execution->summary.left_count,
                                      &execution->left_capacity, sizeof(*execution->left));
    execution->left[execution->summary.left_count++] =
        snap_arena_printf(arena, "%s %lld%s: %s", left->is_savepoint ? "savepoint" : "checkpoint",
                          (long long)left->id, name, left->directory);
    execution->summary.left = execution->left;
}

static bool write_text(struct snap_execution *execution, const char *name,
                       const struct snap_text *text, struct snap_error *error)
{
    const char *path =
        snap_arena_printf(&execution->arena, "%s/%s", execution->options.directory, name);

    return snap_whole_file_write(path, text, error);
}

static bool write_results(struct snap_execution *execution, struct snap_error *error)
{
    struct snap_text summary = {0};
    struct snap_text flow = {0};
    struct snap_text metrics = {0};
    bool written;

    snap_summary_text(&summary, &execution->summary);
    snap_flow_file_text(&flow, execution->summary.whole ? &execution->whole.statistics.flow
                                                        : &execution->statistics.flow);
    snap_metrics_file_text(&metrics, execution->summary.whole ? &execution->whole.statistics.metrics
                                                              : &execution->statistics.metrics);
    /* The summary last: where it is, everything is. */
    written = write_text(execution, "flow.tsv", &flow, error) &&
              write_text(execution, "metrics.tsv", &metrics, error) &&
              write_text(execution, "summary.json", &summary, error);
    snap_text_fini(&summary);
    snap_text_fini(&flow);
    snap_text_fini(&metrics);
    return written;
}

/* What the logs and series are for; comparisons keep many runs, so they go at once. */
static void measure(struct snap_execution *execution)
{
    struct snap_summary *summary = &execution->summary;
    struct snap_latency *latency = &execution->latency;
    snap_ns elapsed = execution->statistics.end_ns;
    snap_ns warm_up = execution->options.warm_up_ns;

    if (warm_up == SNAP_NEVER)
        warm_up = execution->start_ns + snap_warm_up_default(elapsed - execution->start_ns);
    warm_up = snap_ns_max(warm_up, execution->start_ns);
    if (latency->job)
        snap_latency_finish(latency);
    execution->measures =
        snap_measures_of(&execution->statistics, latency->job ? latency : NULL, warm_up);
    summary->measures = &execution->measures;
    summary->latencies = snap_arena_copy(&execution->arena, latency->sinks,
                                         latency->sink_count * sizeof(struct snap_latency_sink));
    summary->latency_count = latency->sink_count;
    summary->latency_one_in = UINT64_C(1) << latency->halvings;
    snap_latency_fini(latency);
    snap_flow_drop_series(&execution->statistics.flow);
}

/* What figures, flow.tsv and metrics.tsv show of a job that was started again. */
static void join_executions(struct snap_execution *execution)
{
    uint32_t count = execution->earlier_count;
    const struct snap_statistics **all =
        SNAP_ARENA_ARRAY(&execution->arena, const struct snap_statistics *, count + 1);

    if (count == 0)
        return;
    for (uint32_t i = 0; i < count; i++)
        all[i] = execution->earlier[i];
    all[count] = &execution->statistics;
    snap_whole_run_init(&execution->whole, all, count + 1);
    execution->summary.whole = &execution->whole;
}

/* What was to happen and did not is not as expected either. Of a run that was interrupted nobody
 * knows what would have come. */
static void judge(struct snap_execution *execution)
{
    struct snap_summary *summary = &execution->summary;

    summary->interrupted = execution->result.interrupted;
    summary->expectation_met = !summary->interrupted && !summary->halted &&
                               !snap_summary_has_missed(summary) &&
                               snap_expectation_met(&execution->expectation, &execution->verdict,
                                                    execution->result.status);
}

static void summarize(struct snap_execution *execution)
{
    const struct snap_execution_options *options = &execution->options;
    struct snap_summary *summary = &execution->summary;

    snap_statistics_finish(&execution->statistics, execution->result.elapsed_ns);
    summary->simulation = sim_of(execution);
    summary->runtime = options->runtime;
    summary->statistics = &execution->statistics;
    summary->hash = options->runtime == SNAP_RUNTIME_VIRTUAL ? &execution->hash : NULL;
    summary->verdict = &execution->verdict;
    if (options->restored) {
        summary->started_from = snap_restored_text(options->restored);
        summary->from_savepoint =
            snap_kind_is_savepoint(snap_restored_image(options->restored)->kind);
        summary->dropped = snap_restored_dropped(options->restored);
    }
    execution->expectation =
        snap_expectation_translate(&options->built->expectation, sim_of(execution)->job,
                                   execution->statistics.job, &execution->arena);
    summary->earlier = (const struct snap_statistics *const *)execution->earlier;
    summary->earlier_count = execution->earlier_count;
    summary->dropped_behind = execution->dropped_behind;
    summary->expectation = &execution->expectation;
    measure(execution);
    join_executions(execution);
    list_unfired(execution);
    execution->numbers =
        snap_numbers_of(&execution->statistics, &execution->measures, &execution->verdict);
    execution->verdict.numbers = &execution->numbers;
    judge(execution);
}

static bool write_summary(struct snap_execution *execution, struct snap_error *error)
{
    struct snap_text summary = {0};
    bool written;

    snap_summary_text(&summary, &execution->summary);
    written = write_text(execution, "summary.json", &summary, error);
    snap_text_fini(&summary);
    return written;
}

static bool asks_for_form(const struct snap_expectation *expectation)
{
    for (uint32_t i = 0; i < expectation->number_count; i++)
        if (expectation->numbers[i].number == SNAP_NUMBER_FORM)
            return true;
    return false;
}

/* The explanation needs the files, and the summary tells whether it is the one expected. */
static bool judge_explanation(struct snap_execution *execution, struct snap_error *error)
{
    const struct snap_expectation *expectation = &execution->expectation;
    bool cause = expectation->cause_given || expectation->cause_subtask;
    bool form = asks_for_form(expectation);

    if (!(cause || form) || execution->options.level == SNAP_TRACE_OFF)
        return true;
    if (cause)
        snap_explained_cause(&execution->verdict, execution->options.directory, &execution->arena);
    if (form)
        execution->numbers.values[SNAP_NUMBER_FORM] =
            snap_explained_forms(&execution->statistics, execution->options.directory).ratio;
    judge(execution);
    return write_summary(execution, error);
}

bool snap_execution_compare(struct snap_execution *execution,
                            const struct snap_variant_numbers *others, uint32_t count,
                            struct snap_error *error)
{
    bool met = execution->summary.expectation_met;

    execution->verdict.others = others;
    execution->verdict.other_count = count;
    judge(execution);
    return execution->summary.expectation_met == met || write_summary(execution, error);
}

static bool run_observed(struct snap_execution *execution, struct snap_fs *fs,
                         struct snap_error *error)
{
    struct snap_observer observers[SNAP_OBSERVERS_MAX];
    struct snap_run_options options = {
        .runtime = execution->options.runtime,
        .fs = fs,
        .observers = observers,
        .restored = execution->options.restored,
        .interrupted = should_stop,
        .tell = tell_note,
    };
    struct snap_run *run;
    bool good;

    snap_judges_create(&execution->judges, sim_of(execution), &execution->arena);
    if (options.restored)
        snap_judges_begin_at(&execution->judges, snap_restored_baseline(options.restored));
    options.observer_count = add_observers(execution, observers);
    run = snap_run_create(sim_of(execution), &options);
    snap_crash_report_begin(sim_of(execution), &execution->writer);
    snap_cli_progress_begin(&execution->statistics, execution->options.has_progress);
    execution->result = snap_run_execute(run);
    snap_cli_progress_clear();
    snap_crash_report_end();
    good =
        snap_judges_hear(&execution->judges, run, &execution->result, &execution->verdict, error) &&
        snap_state_files_write(run, execution->statistics.job, execution->options.directory, error);
    snap_run_each_snapshot(run, add_left, execution);
    snap_run_destroy(run);
    snap_judges_destroy(&execution->judges);
    /* What ran until a start that was refused is worth a report. */
    if (good && execution->result.error.code == SNAP_ERROR_RESTORE) {
        execution->summary.halted = execution->result.error.message;
    } else if (execution->result.error.code != SNAP_OK) {
        *error = execution->result.error;
        return false;
    }
    return good;
}

/* In virtual time sinks write to memory; what becomes visible is written out at that instant. */
static bool run_on_files(struct snap_execution *execution, struct snap_error *error)
{
    struct snap_fs *real = snap_fs_real_create(execution->options.directory);
    struct snap_fs *memory =
        execution->options.runtime == SNAP_RUNTIME_VIRTUAL ? snap_fs_memory_create(real) : NULL;
    bool good = run_observed(execution, memory ? memory : real, error);

    if (memory && good)
        good = snap_fs_memory_flush(memory, error);
    snap_fs_destroy(memory);
    snap_fs_destroy(real);
    return good;
}

bool snap_execution_perform(struct snap_execution *execution,
                            const struct snap_execution_options *options, struct snap_error *error)
{
    bool good;

    memset(execution, 0, sizeof(*execution));
    execution->options = *options;
    snap_arena_init(&execution->arena);
    execution->fired =
        SNAP_ARENA_ARRAY(&execution->arena, bool, sim_of(execution)->timeline.count + 1);
    start_measuring(execution, sim_of(execution)->job);
    if (!open_trace(execution, error))
        return false;
    current_writer = &execution->writer;
    good = run_on_files(execution, error);
    execution->events_written = execution->writer.events;
    if (options->level != SNAP_TRACE_OFF)
        good = snap_trace_writer_close(&execution->writer, error) && good;
    summarize(execution);
    if (!good || !write_results(execution, error) || !judge_explanation(execution, error))
        return false;
    if (execution->summary.halted)
        *error = execution->result.error;
    return !execution->summary.halted;
}

void snap_execution_fini(struct snap_execution *execution)
{
    if (!execution->options.built)
        return;
    snap_latency_fini(&execution->latency);
    snap_whole_run_fini(&execution->whole);
    snap_statistics_fini(&execution->statistics);
    for (uint32_t i = 0; i < execution->earlier_count; i++)
        snap_statistics_fini(execution->earlier[i]);
    snap_arena_fini(&execution->arena);
    memset(execution, 0, sizeof(*execution));
}

int snap_execution_exit_code(const struct snap_execution *execution)
{
    if (execution->result.interrupted)
        return SNAP_EXIT_INTERRUPTED;
    return execution->summary.expectation_met ? 0 : 1;
}

void snap_execution_tell_interruption(const struct snap_execution *execution)
{
    const char *directory = execution->options.directory;

    if (!execution->result.interrupted)
        return;
    snap_cli_tell("snapsim: interrupted at %.3f s: expectations were not judged",
                  (double)execution->result.elapsed_ns / 1e9);
    if (execution->options.level == SNAP_TRACE_OFF)
        snap_cli_tell("; %s has the results until then, without a trace\n", directory);
    else
        snap_cli_tell("; %s has the results until then and a trace of %" PRIu64 " %s: look at it "
                      "with `snapsim plot %s` or `snapsim replay %s`\n",
                      directory, execution->events_written,
                      snap_plural((int64_t)execution->events_written, "event", "events"), directory,
                      directory);
}
