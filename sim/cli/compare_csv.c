// SPDX-License-Identifier: Apache-2.0
#include "cli/compare_csv.h"

#include <inttypes.h>
#include <math.h>

#include "model/names.h"
#include "view/total_text.h"

static void add_counter(struct snap_text *text, int64_t value)
{
    if (value == SNAP_UNJUDGED)
        snap_text_add_string(text, ",");
    else
        snap_text_printf(text, ",%" PRId64, value);
}

/* All but the failed checkpoints, which have their column among the counters. */
static void add_measures(struct snap_text *text, const struct snap_measures *measures)
{
    snap_text_printf(text, ",%.3f", (double)measures->warm_up_ns / (double)SNAP_MS);
    for (unsigned m = 0; m < SNAP_MEASURE_NUMBER; m++)
        if (m != SNAP_MEASURE_CHECKPOINTS_FAILED)
            snap_text_printf(text, isnan(measures->values[m]) ? "," : ",%.9g", measures->values[m]);
}

/* A field in quotes; quotes inside are doubled. */
static void add_quoted(struct snap_text *text, const char *field)
{
    snap_text_add_string(text, "\"");
    for (; *field; field++)
        snap_text_printf(text, *field == '"' ? "\"%c" : "%c", *field);
    snap_text_add_string(text, "\"");
}

/* From the status to what is a least, with the empty error before it. */
static void add_results(struct snap_text *text, const struct snap_summary *run)
{
    const struct snap_statistics *statistics = run->statistics;

    snap_text_printf(text, ",%s,%" PRId64, snap_job_status_name(statistics->job_status),
                     statistics->end_ns / SNAP_MS);
    for (unsigned c = 0; c < SNAP_COUNTER_COUNT; c++)
        add_counter(text, run->verdict->counters[c]);
    snap_text_printf(text, ",%s,%u,%u,%u",
                     run->interrupted       ? ""
                     : run->expectation_met ? "true"
                                            : "false",
                     statistics->restart_count, statistics->completed_count,
                     statistics->failed_count);
    add_measures(text, run->measures);
    snap_text_add_string(text, ",,");
    snap_total_add_least(text, run->verdict);
}

/* The same columns where nothing is known but that it is not as expected. */
static void add_failure(struct snap_text *text, const char *failure)
{
    const unsigned before = 2 + SNAP_COUNTER_COUNT;          /* status, time, counters */
    const unsigned behind = 3 + 1 + SNAP_MEASURE_NUMBER - 1; /* counts, warm-up, measures */

    for (unsigned i = 0; i < before; i++)
        snap_text_add_string(text, ",");
    snap_text_add_string(text, ",false");
    for (unsigned i = 0; i < behind; i++)
        snap_text_add_string(text, ",");
    snap_text_add_string(text, ",");
    add_quoted(text, failure);
    snap_text_add_string(text, ",");
}

void snap_compare_csv(struct snap_text *text, const struct snap_summary *runs, uint32_t count)
{
    snap_text_add_string(text, "variant,runtime,seed,job_status,elapsed_ms");
    for (unsigned c = 0; c < SNAP_COUNTER_COUNT; c++)
        snap_text_printf(text, ",%s", snap_counter_name((enum snap_counter)c));
    snap_text_add_string(text, ",expectation_met,restarts,checkpoints_completed,checkpoints_failed,"
                               "warm_up_ms");
    for (unsigned m = 0; m < SNAP_MEASURE_NUMBER; m++)
        if (m != SNAP_MEASURE_CHECKPOINTS_FAILED)
            snap_text_printf(text, ",%s", snap_measure_info_get((enum snap_measure)m)->key);
    snap_text_add_string(text, ",error,at_least\n");
    for (uint32_t i = 0; i < count; i++) {
        const struct snap_summary *run = &runs[i];

        add_quoted(text, run->simulation->variant ? run->simulation->variant : "");
        snap_text_printf(text, ",%s,%" PRIu64, snap_runtime_kind_name(run->runtime),
                         run->simulation->seed);
        if (run->failure)
            add_failure(text, run->failure);
        else
            add_results(text, run);
        snap_text_add_string(text, "\n");
    }
}
