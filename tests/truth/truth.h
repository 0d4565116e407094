// SPDX-License-Identifier: Apache-2.0
/*
 * truth.h: what Flink was measured to do, beside what snapsim does with the same description.
 *
 * - A figure is a range (least, median, most) over checkpoints. Flink's come from a file of
 *   recorded runs, snapsim's from runs of scenario files with several seeds; both are put into the
 *   same struct and compared by the same rules.
 * - Times are milliseconds, sizes bytes; counts are records.
 * - The scenario's variant has the name of the recorded run.
 * - One thread; what cannot be read ends the program.
 */
#ifndef SNAP_TRUTH_TRUTH_H
#define SNAP_TRUTH_TRUTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"
#include "scenario/scenario.h"

/* Over so many values; 0: there is none, and the figure is not compared. */
struct truth_range {
    double least;
    double median;
    double most;
    uint32_t count;
};

struct truth_values {
    double *at; /* owned */
    uint32_t count;
    uint32_t capacity;
};

void truth_values_add(struct truth_values *values, double value);
void truth_values_fini(struct truth_values *values);
struct truth_range truth_range_of(struct truth_values *values);

/* Vertices by what they are for: their queues are compared. */
enum truth_role { TRUTH_SOURCE, TRUTH_MAP, TRUTH_SINK, TRUTH_ROLES };

struct truth_figures {
    struct truth_range e2e_ms;
    struct truth_range barrier_ms;     /* last barrier at a sink, mean over the sinks */
    struct truth_range barrier_max_ms; /* ... of the slowest sink */
    struct truth_range in_flight;      /* records at the trigger, before a fan-out times that */
    struct truth_range start_delay_ms; /* of sinks */
    struct truth_range alignment_ms;
    struct truth_range processed_bytes; /* of a checkpoint */
    struct truth_range persisted_bytes;
    struct truth_range input_queue[TRUTH_ROLES];  /* buffers of a subtask */
    struct truth_range output_queue[TRUTH_ROLES]; /* its bytes, in segments */
};

enum truth_mode { TRUTH_ALIGNED, TRUTH_AT_LEAST_ONCE, TRUTH_UNALIGNED, TRUTH_TIMEOUT };

enum { TRUTH_CHECKPOINTS_MAX = 16 };

/* One recorded run. */
struct truth_flink {
    const char *name;
    const char *mode_text;
    enum truth_mode mode;
    bool skewed;          /* one input is slower than the other */
    bool phase_dependent; /* the figures depend on when the trigger falls: only ranges count */
    double fan_out;
    double refined_ms; /* closed form of the drain; 0: none */
    uint32_t parallelism;
    uint32_t channels_in[TRUTH_ROLES];
    uint32_t checkpoint_count;
    bool quiet[TRUTH_CHECKPOINTS_MAX]; /* nothing else kept the machine busy: it counts */
    struct truth_figures figures;
};

/* Reads the recorded runs, once; free with truth_flink_free. */
struct truth_flink *truth_flink_read(const char *path, uint32_t *count);
void truth_flink_free(struct truth_flink *flink);

/* What a row of the table is about: one recorded run and its counterpart. */
struct truth_row {
    const struct truth_flink *flink;
    bool run;
    char why_not[160]; /* "": it was, or no scenario has it */
    struct truth_figures figures;
};

/* Runs the variant with seeds 1 to `seeds`. Sets row->run, or why_not if this version cannot. */
void truth_run(struct truth_row *row, const struct snap_scenario *scenario, uint32_t seeds);

/* Ends the program unless all scenarios that were run have the same constants. */
void truth_check_constants(void);

/* Appends what is not within its tolerance, separated by commas; nothing if all is. */
void truth_compare(const struct truth_row *row, struct snap_text *off);

/* Compares the tables with those of the page; returns how many differences it printed: 0 or 1. */
uint32_t truth_check_page(const char *path, const struct snap_text *tables);

/* Prints how the shapes come out of which all rows were run; returns how many are not as Flink's.
 */
uint32_t truth_check_shapes(const struct truth_row *rows, uint32_t count);

/* Appends the rows as tables in Markdown. */
void truth_tables(struct snap_text *text, const struct truth_row *rows, uint32_t count);

/* Appends how many times as long an aligned checkpoint takes as an unaligned one of the same job.
 */
void truth_add_ratios(struct snap_text *text, const struct truth_row *rows, uint32_t count);

#endif
