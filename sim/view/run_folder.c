// SPDX-License-Identifier: Apache-2.0
#include "view/run_folder.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "model/verdict.h"
#include "trace/flow_file.h"
#include "trace/metrics_file.h"
#include "view/figure_parts.h"
#include "view/reasons.h"

static void join(char *path, size_t size, const char *folder, const char *name)
{
    snprintf(path, size, "%s/%s", folder, name);
}

bool snap_run_folder_is_one(const char *path)
{
    char trace[4096];

    join(trace, sizeof(trace), path, "trace.jsonl");
    return access(trace, R_OK) == 0;
}

/* The statistics of the execution whose header was read last. */
static struct snap_statistics *begin_execution(struct snap_run_folder *folder)
{
    struct snap_arena *arena = &folder->reader.arena;
    struct snap_statistics *statistics = SNAP_ARENA_NEW(arena, struct snap_statistics);

    folder->executions =
        snap_arena_grow(arena, folder->executions, folder->execution_count,
                        &folder->execution_capacity, sizeof(folder->executions[0]));
    folder->executions[folder->execution_count++] = statistics;
    snap_statistics_init(statistics, folder->reader.job);
    return statistics;
}

static void show_executions(struct snap_run_folder *folder)
{
    folder->shown = folder->executions[0];
    if (folder->execution_count > 1) {
        snap_whole_run_init(&folder->whole,
                            (const struct snap_statistics *const *)folder->executions,
                            folder->execution_count);
        folder->shown = &folder->whole.statistics;
    }
    folder->input.statistics = folder->shown;
    folder->input.changes = folder->whole.changes;
    folder->input.change_count = folder->whole.change_count;
}

static bool read_events(struct snap_run_folder *folder, struct snap_error *error)
{
    struct snap_statistics *current = begin_execution(folder);
    struct snap_event event;
    enum snap_trace_read read;

    while ((read = snap_trace_reader_next(&folder->reader, &event, error)) ==
           SNAP_TRACE_READ_EVENT) {
        if (current->job != folder->reader.job) {
            snap_statistics_finish(current, 0);
            current = begin_execution(folder);
        }
        snap_statistics_event(current, &event);
    }
    snap_statistics_finish(current, 0);
    if (read != SNAP_TRACE_READ_END)
        return false;
    show_executions(folder);
    return true;
}

/* What the trace alone tells of the flow gives way to the file of the run, if it is there. */
static bool read_flow(struct snap_run_folder *folder, const char *path, struct snap_error *error)
{
    struct snap_flow *known = &folder->shown->flow;
    char flow[4096];

    join(flow, sizeof(flow), path, "flow.tsv");
    if (access(flow, R_OK) != 0)
        return true;
    snap_flow_fini(known);
    snap_flow_init(known, folder->shown->job);
    return snap_flow_file_read(known, flow, error);
}

/* Likewise the metrics. */
static bool read_metrics(struct snap_run_folder *folder, const char *path, struct snap_error *error)
{
    struct snap_metrics *known = &folder->shown->metrics;
    char metrics[4096];

    folder->input.metrics = known;
    join(metrics, sizeof(metrics), path, "metrics.tsv");
    if (access(metrics, R_OK) != 0)
        return true;
    snap_metrics_fini(known);
    snap_metrics_init(known, folder->shown->job);
    return snap_metrics_file_read(known, metrics, error);
}

static int64_t counter_of(const json_t *entry, enum snap_counter counter)
{
    const json_t *value = json_object_get(entry, snap_counter_name(counter));

    return json_is_integer(value) ? json_integer_value(value) : SNAP_UNJUDGED;
}

/* As much of it as sums ask for. */
static struct snap_judgement judgement_of(const json_t *entry)
{
    static const struct {
        const char *word;
        enum snap_doubt doubt;
    } doubts[] = {{"at-least-once", SNAP_DOUBT_AT_LEAST_ONCE}, {"differs", SNAP_DOUBT_DIFFERS}};
    const char *kind = json_string_value(json_object_get(entry, "kind"));
    const char *began_with = json_string_value(json_object_get(entry, "began_with"));
    struct snap_judgement judgement = {
        .kind = kind && strcmp(kind, "state") == 0 ? SNAP_JUDGED_STATE : SNAP_JUDGED_SINK,
        .is_unread = json_is_true(json_object_get(entry, "unread")),
        .is_half_restarted = json_is_true(json_object_get(entry, "half_restarted")),
    };

    for (unsigned c = 0; c < SNAP_COUNTER_COUNT; c++)
        judgement.counters[c] = counter_of(entry, (enum snap_counter)c);
    for (size_t i = 0; began_with && i < sizeof(doubts) / sizeof(doubts[0]); i++)
        if (strcmp(doubts[i].word, began_with) == 0)
            judgement.doubt = doubts[i].doubt;
    return judgement;
}

static void read_losses(struct snap_figure_input *input, const json_t *by)
{
    for (size_t i = 0; i < json_array_size(by); i++) {
        const json_t *entry = json_array_get(by, i);
        struct snap_judgement judgement = judgement_of(entry);

        snap_figure_add_losses(input, &judgement);
    }
}

/* What the summary says lay in flight when the checkpoint was triggered; a trace without events of
 * buffers does not tell. Executions may use a number twice. */
static bool read_in_flight(struct snap_checkpoint_stats *checkpoint, const json_t *history)
{
    for (size_t i = 0; i < json_array_size(history); i++) {
        const json_t *entry = json_array_get(history, i);
        const json_t *bytes = json_object_get(entry, "in_flight_bytes_at_trigger");

        if (json_is_integer(bytes) &&
            json_integer_value(json_object_get(entry, "id")) == checkpoint->id &&
            json_integer_value(json_object_get(entry, "trigger_timestamp_ns")) ==
                checkpoint->trigger_ns) {
            checkpoint->in_flight_bytes = json_integer_value(bytes);
            return true;
        }
    }
    return false;
}

/* They count as seen if they are known of all checkpoints. */
static void read_buffers(struct snap_statistics *statistics, const json_t *history)
{
    bool all = true;

    if (statistics->buffers_seen)
        return;
    for (uint32_t i = 0; i < statistics->checkpoint_count; i++)
        all = read_in_flight(statistics->checkpoints[i], history) && all;
    statistics->buffers_seen = all;
}

static bool is_halted(const json_t *reasons)
{
    const char *first = json_string_value(json_array_get(reasons, 0));

    return first && snap_reason_is_halt(first);
}

/* A run without a summary (it was interrupted) is not judged, nor is one that could not go on. */
static bool read_verdict(struct snap_run_folder *folder, const char *path, struct snap_error *error)
{
    struct snap_figure_input *input = &folder->input;
    json_error_t problem;
    char summary[4096];
    json_t *root;

    join(summary, sizeof(summary), path, "summary.json");
    if (access(summary, R_OK) != 0)
        return true;
    root = json_load_file(summary, 0, &problem);
    if (!root) {
        snap_error_set(error, SNAP_ERROR_IO, "not JSON: %s", problem.text);
        snap_error_place(error, summary, (uint32_t)(problem.line > 0 ? problem.line : 0), 0);
        return false;
    }
    read_buffers(folder->shown, json_object_get(json_object_get(root, "checkpoints"), "history"));
    input->halted = is_halted(json_object_get(root, "reasons"));
    input->judged = !input->halted;
    if (input->judged)
        read_losses(input, json_object_get(json_object_get(root, "verdict"), "by"));
    json_decref(root);
    return true;
}

bool snap_run_folder_open(struct snap_run_folder *folder, const char *path,
                          struct snap_error *error)
{
    char trace[4096];

    memset(folder, 0, sizeof(*folder));
    join(trace, sizeof(trace), path, "trace.jsonl");
    if (!snap_trace_reader_open(&folder->reader, trace, error))
        return false;
    folder->input = (struct snap_figure_input){
        .scenario = folder->reader.header.scenario,
        .variant = folder->reader.header.variant,
        .runtime = folder->reader.header.runtime,
        .seed = folder->reader.header.seed,
        .all = SNAP_FIGURE_UNJUDGED,
        .by_kind = {SNAP_FIGURE_UNJUDGED, SNAP_FIGURE_UNJUDGED},
    };
    if (read_events(folder, error) && read_flow(folder, path, error) &&
        read_metrics(folder, path, error) && read_verdict(folder, path, error))
        return true;
    snap_run_folder_close(folder);
    return false;
}

void snap_run_folder_close(struct snap_run_folder *folder)
{
    snap_whole_run_fini(&folder->whole);
    for (uint32_t i = 0; i < folder->execution_count; i++)
        snap_statistics_fini(folder->executions[i]);
    snap_trace_reader_close(&folder->reader);
    memset(folder, 0, sizeof(*folder));
}

static bool is_entry(const json_t *entry, const struct snap_figure_input *input)
{
    const char *variant = json_string_value(json_object_get(entry, "variant"));
    const char *runtime = json_string_value(json_object_get(entry, "runtime"));
    bool same_variant = variant && input->variant ? strcmp(variant, input->variant) == 0
                                                  : variant == input->variant;

    return same_variant && runtime && input->runtime && strcmp(runtime, input->runtime) == 0;
}

/* Moves the input at `from` to the place `to` before it; those between move up by one. */
static void move_up(struct snap_figure_input *inputs, uint32_t from, uint32_t to)
{
    struct snap_figure_input moved = inputs[from];

    memmove(&inputs[to + 1], &inputs[to], (from - to) * sizeof(inputs[0]));
    inputs[to] = moved;
}

void snap_comparison_sort(const char *directory, struct snap_figure_input *inputs, uint32_t count)
{
    char path[4096];
    json_t *root;
    json_t *entries;
    uint32_t sorted = 0;

    join(path, sizeof(path), directory, "compare.json");
    root = json_load_file(path, 0, NULL);
    entries = json_object_get(root, "variants");
    for (size_t e = 0; e < json_array_size(entries); e++)
        for (uint32_t i = sorted; i < count; i++)
            if (is_entry(json_array_get(entries, e), &inputs[i]))
                move_up(inputs, i, sorted++);
    json_decref(root);
}
