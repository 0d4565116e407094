// SPDX-License-Identifier: Apache-2.0
/*
 * bench.h: figures of speed, each measured several times in one process, side by side.
 *
 * - A figure has a name, a unit and a function that makes one run and returns its value.
 * - Runs of all chosen figures are taken in turn, so that a machine that is busy for a while slows
 *   all of them: ratios count, absolute values do not.
 */
#ifndef SNAP_BENCH_BENCH_H
#define SNAP_BENCH_BENCH_H

#include <stdint.h>

struct snap_figure_of_speed {
    const char *name;
    const char *unit;
    double (*run)(void);
};

/* Seconds of a clock that only grows. */
double snap_bench_seconds(void);

/* fused.c: source, map, keyed sum and sink as one loop. M records/s. */
double snap_bench_fused_loop(void);

/* pipelines.c: source -> map -> hash -> keyed sum -> sink, not chained. M source records/s. */
double snap_bench_virtual_p1(void);
double snap_bench_virtual_p4(void);
double snap_bench_virtual_p1_every_record(void);
double snap_bench_threads_p1(void);
double snap_bench_threads_p4(void);

#endif
