// SPDX-License-Identifier: Apache-2.0
/*
 * growth.c: the same job with ten times as much of one thing, again and again: how many times as
 * long it takes and how many times the memory at each step. Nothing may grow faster than its work.
 * Memory is asserted, time is not: what a job keeps does not grow with how long it runs.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bench/bench.h"

enum { STEPS = 3, TRIES = 3 };

struct growth {
    const char *name;
    double memory_times_max; /* a step may take so many times the memory of the one before */
    struct snap_bench_pipeline steps[STEPS];
};

static const struct growth growths[] = {
    {"growth-records",
     2,
     {{.parallelism = 1, .records = 400000, .cost = "1 us"},
      {.parallelism = 1, .records = 4000000, .cost = "1 us"},
      {.parallelism = 1, .records = 40000000, .cost = "1 us"}}},
    /* The records a subtask stay the same. */
    {"growth-parallelism",
     13,
     {{.parallelism = 25, .records = 100000, .cost = "20 us", .forward = true},
      {.parallelism = 250, .records = 1000000, .cost = "20 us", .forward = true},
      {.parallelism = 2500, .records = 10000000, .cost = "20 us", .forward = true}}},
    {"growth-checkpoints",
     2,
     {{.parallelism = 4, .records = 1000000, .cost = "400 us", .interval_ms = 1000},
      {.parallelism = 4, .records = 1000000, .cost = "400 us", .interval_ms = 100},
      {.parallelism = 4, .records = 1000000, .cost = "400 us", .interval_ms = 10}}},
    /* The records stay the same: each key is seen at least twice. */
    {"growth-state",
     13,
     {{.parallelism = 1, .records = 4000000, .cost = "1 us", .keys = 20000},
      {.parallelism = 1, .records = 4000000, .cost = "1 us", .keys = 200000},
      {.parallelism = 1, .records = 4000000, .cost = "1 us", .keys = 2000000}}},
};

enum { GROWTHS = sizeof(growths) / sizeof(growths[0]) };

bool snap_bench_is_growth(const char *name)
{
    for (int g = 0; g < GROWTHS; g++)
        if (strcmp(growths[g].name, name) == 0)
            return true;
    return false;
}

void snap_bench_list_growths(void)
{
    for (int g = 0; g < GROWTHS; g++)
        fprintf(stderr, " %s", growths[g].name);
}

/* The least time of some tries: what others do on the machine only adds to it. */
static struct snap_bench_value measure(const struct snap_bench_pipeline *pipeline)
{
    const struct snap_bench_figure figure = {.run = snap_bench_pipeline_seconds,
                                             .pipeline = *pipeline};
    struct snap_bench_value least = snap_bench_run_apart(&figure);

    for (int i = 1; i < TRIES; i++) {
        struct snap_bench_value value = snap_bench_run_apart(&figure);

        if (value.value < least.value)
            least = value;
    }
    return least;
}

/* Returns whether the memory is within its bound. */
static bool print(const struct growth *growth)
{
    struct snap_bench_value at[STEPS];
    double worst = 0;
    double most = 0;

    for (int i = 0; i < STEPS; i++)
        at[i] = measure(&growth->steps[i]);
    for (int i = 1; i < STEPS; i++) {
        worst = fmax(worst, at[i].value / at[i - 1].value);
        most = fmax(most, at[i].peak_mib / at[i - 1].peak_mib);
    }
    printf("{\"figure\": \"%s\", \"value\": %.3f, \"unit\": \"times as long, the worst step\", "
           "\"seconds\": [",
           growth->name, worst);
    for (int i = 0; i < STEPS; i++)
        printf("%s%.3f", i ? ", " : "", at[i].value);
    printf("], \"MiB\": [");
    for (int i = 0; i < STEPS; i++)
        printf("%s%.1f", i ? ", " : "", at[i].peak_mib);
    printf("], \"memory\": {\"at_most\": %g, \"reached\": %.3f}}\n", growth->memory_times_max,
           most);
    fflush(stdout);
    if (most > growth->memory_times_max)
        fprintf(stderr, "bench: %s: a step takes %.1f times the memory of the one before\n",
                growth->name, most);
    return most <= growth->memory_times_max;
}

bool snap_bench_print_growths(int count, char **names)
{
    bool good = true;

    for (int g = 0; g < GROWTHS; g++) {
        bool chosen = count == 0;

        for (int i = 0; i < count; i++)
            chosen = chosen || strcmp(names[i], growths[g].name) == 0;
        if (chosen)
            good = print(&growths[g]) && good;
    }
    return good;
}
