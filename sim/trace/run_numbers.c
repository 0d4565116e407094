// SPDX-License-Identifier: Apache-2.0
#include "trace/run_numbers.h"

#include <math.h>

#include "trace/percentile.h"

/* What is looked at of a checkpoint; a negative one is not known. */
typedef int64_t (*part_fn)(const struct snap_statistics *, const struct snap_checkpoint_stats *);

typedef snap_ns (*subtask_fn)(const struct snap_subtask_part *);

static int64_t largest(const struct snap_statistics *statistics,
                       const struct snap_checkpoint_stats *checkpoint, subtask_fn part)
{
    int64_t most = SNAP_NOT_YET;

    for (uint32_t t = 0; t < statistics->job->task_count; t++)
        most = snap_ns_max(most, part(&checkpoint->parts[t]));
    return most;
}

static snap_ns start_delay_of(const struct snap_subtask_part *part)
{
    return part->start_delay_ns;
}

static snap_ns alignment_of(const struct snap_subtask_part *part)
{
    return part->alignment_ns;
}

static snap_ns async_of(const struct snap_subtask_part *part)
{
    return part->async_duration_ns;
}

static int64_t duration(const struct snap_statistics *statistics,
                        const struct snap_checkpoint_stats *checkpoint)
{
    (void)statistics;
    return checkpoint->duration_ns;
}

static int64_t start_delay(const struct snap_statistics *statistics,
                           const struct snap_checkpoint_stats *checkpoint)
{
    return largest(statistics, checkpoint, start_delay_of);
}

static int64_t alignment(const struct snap_statistics *statistics,
                         const struct snap_checkpoint_stats *checkpoint)
{
    return largest(statistics, checkpoint, alignment_of);
}

static int64_t async(const struct snap_statistics *statistics,
                     const struct snap_checkpoint_stats *checkpoint)
{
    return largest(statistics, checkpoint, async_of);
}

static int64_t processed(const struct snap_statistics *statistics,
                         const struct snap_checkpoint_stats *checkpoint)
{
    (void)statistics;
    return checkpoint->processed_bytes;
}

static int64_t persisted(const struct snap_statistics *statistics,
                         const struct snap_checkpoint_stats *checkpoint)
{
    (void)statistics;
    return checkpoint->persisted_bytes;
}

static int64_t in_flight(const struct snap_statistics *statistics,
                         const struct snap_checkpoint_stats *checkpoint)
{
    return statistics->buffers_seen ? checkpoint->in_flight_bytes : SNAP_NOT_YET;
}

/* Over the completed checkpoints for which it is known. */
static struct snap_distribution distribution_of(const struct snap_statistics *statistics,
                                                part_fn part, struct snap_arena *arena)
{
    int64_t *numbers = SNAP_ARENA_ARRAY(arena, int64_t, statistics->checkpoint_count + 1);
    uint32_t count = 0;

    for (uint32_t i = 0; i < statistics->checkpoint_count; i++) {
        const struct snap_checkpoint_stats *checkpoint = statistics->checkpoints[i];

        if (checkpoint->status == SNAP_CHECKPOINT_COMPLETED)
            numbers[count] = part(statistics, checkpoint);
        if (checkpoint->status == SNAP_CHECKPOINT_COMPLETED && numbers[count] >= 0)
            count++;
    }
    return snap_distribution_of(numbers, count);
}

static double median_of(const struct snap_statistics *statistics, part_fn part,
                        struct snap_arena *arena)
{
    return distribution_of(statistics, part, arena).percentiles[0];
}

/* Whatever became of the checkpoints. */
static double median_apart(const struct snap_statistics *statistics, struct snap_arena *arena)
{
    int64_t *numbers = SNAP_ARENA_ARRAY(arena, int64_t, statistics->checkpoint_count + 1);

    for (uint32_t i = 1; i < statistics->checkpoint_count; i++)
        numbers[i - 1] =
            statistics->checkpoints[i]->trigger_ns - statistics->checkpoints[i - 1]->trigger_ns;
    if (statistics->checkpoint_count < 2)
        return NAN;
    return snap_distribution_of(numbers, statistics->checkpoint_count - 1).percentiles[0];
}

static void count_kinds(const struct snap_statistics *statistics, double *values)
{
    uint32_t expired = 0;
    uint32_t unaligned = 0;

    for (uint32_t i = 0; i < statistics->checkpoint_count; i++) {
        const struct snap_checkpoint_stats *checkpoint = statistics->checkpoints[i];

        expired += checkpoint->status == SNAP_CHECKPOINT_FAILED &&
                   checkpoint->reason == SNAP_FAILURE_CHECKPOINT_EXPIRED;
        unaligned += checkpoint->status == SNAP_CHECKPOINT_COMPLETED && checkpoint->unaligned;
    }
    values[SNAP_NUMBER_COMPLETED] = statistics->completed_count;
    values[SNAP_NUMBER_FAILED] = statistics->failed_count;
    values[SNAP_NUMBER_RESTARTS] = statistics->restart_count;
    values[SNAP_NUMBER_RESTORED] =
        statistics->restored_count > 0 ? (double)statistics->restored_checkpoint : NAN;
    values[SNAP_NUMBER_SUBTASKS] = statistics->job->task_count;
    values[SNAP_NUMBER_EXPIRED] = expired;
    values[SNAP_NUMBER_UNALIGNED] = unaligned;
}

static double measured(double value, double unit)
{
    return isnan(value) ? SNAP_NUMBER_UNMEASURED : value * unit;
}

static void take_measures(const struct snap_measures *measures, double *values)
{
    double ms = (double)SNAP_MS;

    values[SNAP_NUMBER_LATENCY] = SNAP_NUMBER_UNMEASURED;
    values[SNAP_NUMBER_THROUGHPUT] = SNAP_NUMBER_UNMEASURED;
    values[SNAP_NUMBER_RESTORE] = SNAP_NUMBER_UNMEASURED;
    if (!measures)
        return;
    values[SNAP_NUMBER_LATENCY] = measured(measures->values[SNAP_MEASURE_LATENCY_P50], ms);
    values[SNAP_NUMBER_THROUGHPUT] = measured(measures->values[SNAP_MEASURE_THROUGHPUT], 1);
    values[SNAP_NUMBER_RESTORE] = measures->values[SNAP_MEASURE_RESTORE] * ms;
}

static double count_records(const struct snap_verdict *verdict)
{
    int64_t records = 0;

    if (!verdict || verdict->judgement_count == 0)
        return SNAP_NUMBER_UNMEASURED;
    for (uint32_t i = 0; i < verdict->judgement_count; i++)
        records += verdict->judgements[i].processed;
    return (double)records;
}

struct snap_run_numbers snap_numbers_of(const struct snap_statistics *statistics,
                                        const struct snap_measures *measures,
                                        const struct snap_verdict *verdict)
{
    struct snap_run_numbers numbers;
    double *values = numbers.values;
    struct snap_distribution durations;
    struct snap_arena arena;

    snap_arena_init(&arena);
    count_kinds(statistics, values);
    durations = distribution_of(statistics, duration, &arena);
    values[SNAP_NUMBER_END_TO_END] = durations.percentiles[0];
    values[SNAP_NUMBER_LONGEST] = statistics->completed_count > 0 ? (double)durations.max : NAN;
    values[SNAP_NUMBER_START_DELAY] = median_of(statistics, start_delay, &arena);
    values[SNAP_NUMBER_ALIGNMENT] = median_of(statistics, alignment, &arena);
    values[SNAP_NUMBER_ASYNC] = median_of(statistics, async, &arena);
    values[SNAP_NUMBER_PROCESSED] = median_of(statistics, processed, &arena);
    values[SNAP_NUMBER_PERSISTED] = median_of(statistics, persisted, &arena);
    values[SNAP_NUMBER_IN_FLIGHT] = median_of(statistics, in_flight, &arena);
    if (!statistics->buffers_seen)
        values[SNAP_NUMBER_IN_FLIGHT] = SNAP_NUMBER_UNMEASURED;
    values[SNAP_NUMBER_APART] = median_apart(statistics, &arena);
    take_measures(measures, values);
    values[SNAP_NUMBER_RECORDS] = count_records(verdict);
    values[SNAP_NUMBER_FORM] = SNAP_NUMBER_UNMEASURED;
    snap_arena_fini(&arena);
    return numbers;
}
