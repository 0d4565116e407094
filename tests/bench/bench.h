// SPDX-License-Identifier: Apache-2.0
/*
 * bench.h: figures of speed, each measured several times, side by side.
 *
 * - A figure has a name, a unit and a function that makes one run and returns its value.
 * - Every run is a process of its own: none finds memory that another has used already, and what
 *   a run took at most is the process' own peak.
 * - Runs of all chosen figures are taken in turn, so that a machine that is busy for a while slows
 *   all of them: ratios count, absolute values do not.
 * - A target is told, never asserted: no machine is quiet enough. What memory a job takes is.
 */
#ifndef SNAP_BENCH_BENCH_H
#define SNAP_BENCH_BENCH_H

#include <stdbool.h>
#include <stdint.h>

#include "model/simulation.h"

/* A pipeline source -> map -> hash -> keyed sum -> sink; see pipelines.c. */
struct snap_bench_pipeline {
    uint32_t parallelism;
    uint64_t records;
    const char *cost; /* of a record in each of the four operators */
    enum snap_runtime_kind runtime;
    bool every_record;
    bool ledger;
    bool chained;
    bool unaligned;
    uint32_t interval_ms; /* of checkpoints; 0: 100 */
    uint32_t keys;        /* 0: 10,007 */
    bool forward;         /* a second map instead of the sum: chains that meet nowhere */
    bool full_buffers;    /* no buffer timeout: only full ones are sent */
    uint32_t splits;      /* of the source; 0: one a subtask */
    uint32_t segment_kb;  /* of the backpressured jobs */
};

/* What a figure is to reach: so much, or so much of another figure. */
struct snap_bench_target {
    double at_least; /* 0: none */
    double at_most;  /* 0: none */
    const char *of;  /* the other figure, or NULL */
};

struct snap_bench_figure {
    const char *name;
    const char *unit;
    double (*run)(const struct snap_bench_pipeline *pipeline);
    struct snap_bench_pipeline pipeline; /* what `run` is given */
    int runs;                            /* 0: five */
    struct snap_bench_target target;
};

/* How a job of a scenario's text was run. */
struct snap_bench_job {
    const char *yaml;
    enum snap_runtime_kind runtime;
    bool every_record;
    bool ledger;
    bool unwatched; /* no observers */
};

struct snap_bench_cost {
    double build_seconds; /* from the text to a run that can start */
    double run_seconds;
};

/* Seconds of a clock that only grows. */
double snap_bench_seconds(void);

/* What one run of the figure in a process of its own gave, and the most memory that took. */
struct snap_bench_value {
    double value;
    double peak_mib;
};
struct snap_bench_value snap_bench_run_apart(const struct snap_bench_figure *figure);

/* job.c: runs the text to its end; exits when it is no good scenario or the job fails. */
struct snap_bench_cost snap_bench_run_job(const struct snap_bench_job *job);

/* fused.c: source, map, keyed sum and sink as one loop. M records/s. */
double snap_bench_fused_loop(const struct snap_bench_pipeline *unused);

/* pipelines.c: M source records/s; seconds. */
double snap_bench_pipeline(const struct snap_bench_pipeline *pipeline);
double snap_bench_pipeline_seconds(const struct snap_bench_pipeline *pipeline);
double snap_bench_all_to_all(const struct snap_bench_pipeline *pipeline);

/* channels.c: as many channels as the square of the parallelism, seconds and MiB. */
double snap_bench_channels_seconds(const struct snap_bench_pipeline *pipeline);
double snap_bench_channels_mib(const struct snap_bench_pipeline *pipeline);

/* backpressure.c: seconds of processor time of a simulated minute; the cost is the sink's. */
double snap_bench_backpressured_minute(const struct snap_bench_pipeline *pipeline);

/* words.c: MB of text a second. */
double snap_bench_word_count(const struct snap_bench_pipeline *pipeline);
double snap_bench_word_count_shell(const struct snap_bench_pipeline *unused);
/* Writes the text of the word counts; makes it in a temporary folder, and removes that. */
void snap_bench_write_text(const char *path);
void snap_bench_make_text(void);
void snap_bench_remove_text(void);

/* state.c: MB of keyed state a second, as Flink's bytes. */
double snap_bench_state_write_canonical(const struct snap_bench_pipeline *unused);
double snap_bench_state_read_canonical(const struct snap_bench_pipeline *unused);
double snap_bench_state_write_native(const struct snap_bench_pipeline *unused);
double snap_bench_state_read_native(const struct snap_bench_pipeline *unused);
double snap_bench_state_copy(const struct snap_bench_pipeline *unused);

/* snapshots.c: milliseconds; percent of a full checkpoint, behind changes of `keys` percent. */
double snap_bench_snapshot_sync(const struct snap_bench_pipeline *unused);
double snap_bench_snapshot_sync_windows(const struct snap_bench_pipeline *unused);
double snap_bench_snapshot_sync_lists(const struct snap_bench_pipeline *unused);
double snap_bench_snapshot_finish(const struct snap_bench_pipeline *unused);
double snap_bench_snapshot_order(const struct snap_bench_pipeline *unused);
/* Nanoseconds that a change takes while its table is copied in passing. */
double snap_bench_snapshot_change(const struct snap_bench_pipeline *unused);
double snap_bench_incremental_time(const struct snap_bench_pipeline *pipeline);
double snap_bench_incremental_bytes(const struct snap_bench_pipeline *pipeline);

/* growth.c: whether the name is one of a growth. print measures and prints those that are chosen,
 * and returns whether memory grew in none of them faster than it may. */
bool snap_bench_is_growth(const char *name);
bool snap_bench_print_growths(int count, char **names);
void snap_bench_list_growths(void);

#endif
