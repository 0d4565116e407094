// SPDX-License-Identifier: Apache-2.0
/*
 * flink.c: reads the recorded runs. Of each run the figures of its quiet checkpoints count, those
 * during which the machine was not busy with something else.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "truth/truth.h"

/* The names in the rows are its own. */
static json_t *file;

static const json_t *member(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);

    if (!value) {
        fprintf(stderr, "truth: the recorded runs have no \"%s\"\n", name);
        exit(3);
    }
    return value;
}

static double number_or(const json_t *object, const char *name, double otherwise)
{
    const json_t *value = json_object_get(object, name);

    return json_is_number(value) ? json_number_value(value) : otherwise;
}

/* What is 0 throughout has been left out of the file. */
static struct truth_range range_of(const json_t *object, const char *name)
{
    const json_t *range = json_object_get(object, name);
    struct truth_range result = {.count = 1};

    if (!range)
        return result;
    result.least = number_or(range, "min", 0);
    result.median = number_or(range, "median", 0);
    result.most = number_or(range, "max", 0);
    return result;
}

static enum truth_mode mode_of(const char *text)
{
    if (strstr(text, "unaligned"))
        return TRUTH_UNALIGNED;
    if (strcmp(text, "timeout") == 0)
        return TRUTH_TIMEOUT;
    if (strcmp(text, "at-least-once") == 0)
        return TRUTH_AT_LEAST_ONCE;
    SNAP_CHECK(strncmp(text, "aligned", strlen("aligned")) == 0);
    return TRUTH_ALIGNED;
}

/* Records in flight of one checkpoint; what a fan-out still makes many of counts as many. */
static double in_flight_of(const json_t *checkpoint, double fan_out)
{
    json_t *hops = json_object_get(checkpoint, "in_flight_records_at_trigger");
    const char *hop;
    json_t *value;
    double sum = 0;
    bool first = true;

    json_object_foreach(hops, hop, value)
    {
        sum += json_number_value(value) * (first ? fan_out : 1);
        first = false;
    }
    return sum;
}

static struct truth_range in_flight_range(const json_t *run, double fan_out)
{
    struct truth_values values = {0};
    struct truth_range range;
    const json_t *checkpoints = member(run, "checkpoints");

    for (size_t i = 0; i < json_array_size(checkpoints); i++)
        if (json_is_true(member(json_array_get(checkpoints, i), "quiet")))
            truth_values_add(&values, in_flight_of(json_array_get(checkpoints, i), fan_out));
    range = truth_range_of(&values);
    truth_values_fini(&values);
    return range;
}

/* The mean over the checkpoints of a gauge at the trigger, of one subtask. */
static struct truth_range queue_of(const json_t *run, const char *vertex, const char *gauge,
                                   double unit)
{
    const json_t *checkpoints = member(run, "checkpoints");
    double count = (double)json_array_size(checkpoints) * number_or(run, "parallelism", 1);
    struct truth_range range = {0};
    char name[64];

    snprintf(name, sizeof(name), "%s.%s", vertex, gauge);
    for (size_t i = 0; i < json_array_size(checkpoints); i++)
        range.median +=
            number_or(member(json_array_get(checkpoints, i), "gauges_at_trigger_sum_over_subtasks"),
                      name, 0) /
            unit / count;
    if (!json_object_get(member(member(run, "steady"), "per_subtask"), name))
        return range;
    range.least = range.median;
    range.most = range.median;
    range.count = 1;
    return range;
}

static bool has_vertex(const json_t *run, const char *name)
{
    return json_object_get(member(member(run, "summary_quiet"), "vertices"), name);
}

static void read_queues(const json_t *run, struct truth_flink *flink)
{
    double segment_bytes = number_or(member(run, "buffers"), "segment_bytes_max", 1);
    bool two = has_vertex(run, "SB");
    /* Flink 1.20 counts all buffers twice in these gauges. */
    double times = strncmp(json_string_value(member(run, "flink")), "1.", 2) == 0 ? 2 : 1;
    const char *const vertices[TRUTH_ROLES] = {two ? "SB" : "S", "M", "K"};

    for (unsigned role = 0; role < TRUTH_ROLES; role++) {
        flink->figures.input_queue[role] = queue_of(run, vertices[role], "inputQueueLength", times);
        flink->figures.output_queue[role] =
            queue_of(run, vertices[role], "outputQueueSize", segment_bytes * times);
        flink->channels_in[role] = flink->parallelism;
    }
    if (two)
        flink->channels_in[TRUTH_SINK] *= 2;
}

static void read_figures(const json_t *run, struct truth_flink *flink)
{
    const json_t *quiet = member(run, "summary_quiet");
    const json_t *sinks = member(member(quiet, "vertices"), "K");
    struct truth_figures *figures = &flink->figures;

    figures->e2e_ms = range_of(quiet, "e2e_ms");
    figures->barrier_ms = range_of(quiet, "sink_barrier_last_mean_ms");
    figures->barrier_max_ms = range_of(quiet, "sink_barrier_last_max_ms");
    figures->processed_bytes = range_of(quiet, "processed_bytes");
    figures->persisted_bytes = range_of(quiet, "persisted_bytes");
    figures->start_delay_ms = range_of(sinks, "start_delay_ms");
    figures->alignment_ms = range_of(sinks, "alignment_ms");
    figures->in_flight = in_flight_range(run, flink->fan_out);
}

/* Figures drift from one checkpoint to the next: the same ones are compared. */
static void read_quiet(const json_t *run, struct truth_flink *flink)
{
    const json_t *checkpoints = member(run, "checkpoints");

    flink->checkpoint_count = (uint32_t)json_array_size(checkpoints);
    SNAP_CHECK(flink->checkpoint_count <= TRUTH_CHECKPOINTS_MAX);
    for (uint32_t i = 0; i < flink->checkpoint_count; i++)
        flink->quiet[i] = json_is_true(member(json_array_get(checkpoints, i), "quiet"));
}

static void read_run(const json_t *run, struct truth_flink *flink)
{
    read_quiet(run, flink);
    flink->name = json_string_value(member(run, "name"));
    flink->mode_text = json_string_value(member(run, "mode"));
    flink->mode = mode_of(flink->mode_text);
    flink->skewed = json_is_true(json_object_get(run, "skewed"));
    flink->phase_dependent = json_is_true(json_object_get(run, "phase_dependent"));
    flink->fan_out = number_or(run, "fanout", 1);
    flink->parallelism = (uint32_t)number_or(run, "parallelism", 0);
    flink->refined_ms = number_or(member(run, "closed_form_drain_ms"), "refined", 0);
    read_figures(run, flink);
    read_queues(run, flink);
}

struct truth_flink *truth_flink_read(const char *path, uint32_t *count)
{
    json_error_t error;
    const json_t *runs;
    struct truth_flink *flink;

    file = json_load_file(path, 0, &error);
    if (!file) {
        fprintf(stderr, "truth: %s:%d: %s\n", path, error.line, error.text);
        exit(3);
    }
    runs = member(file, "scenarios");
    *count = (uint32_t)json_array_size(runs);
    flink = calloc(*count, sizeof(*flink));
    SNAP_CHECK(flink);
    for (uint32_t i = 0; i < *count; i++)
        read_run(json_array_get(runs, i), &flink[i]);
    return flink;
}

void truth_flink_free(struct truth_flink *flink)
{
    free(flink);
    json_decref(file);
}
