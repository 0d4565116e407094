// SPDX-License-Identifier: Apache-2.0
/*
 * bench.c: `bench [NAME...]`: one JSON line a figure on standard output, nothing else there.
 */
#include "bench/bench.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { RUNS = 5 };

static const struct snap_figure_of_speed figures[] = {
    {"fused-loop", "M records/s", snap_bench_fused_loop},
    {"virtual-p1", "M records/s", snap_bench_virtual_p1},
    {"virtual-p4", "M records/s", snap_bench_virtual_p4},
    {"virtual-p1-every-record", "M records/s", snap_bench_virtual_p1_every_record},
    {"threads-p1", "M records/s", snap_bench_threads_p1},
    {"threads-p4", "M records/s", snap_bench_threads_p4},
};

enum { FIGURES = sizeof(figures) / sizeof(figures[0]) };

double snap_bench_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

static void print(const struct snap_figure_of_speed *figure, const double *runs)
{
    double sorted[RUNS];

    memcpy(sorted, runs, sizeof(sorted));
    qsort(sorted, RUNS, sizeof(sorted[0]), compare);
    printf("{\"figure\": \"%s\", \"value\": %.3f, \"unit\": \"%s\", \"runs\": [", figure->name,
           sorted[RUNS / 2], figure->unit);
    for (int i = 0; i < RUNS; i++)
        printf("%s%.3f", i ? ", " : "", runs[i]);
    printf("]}\n");
}

static bool is_chosen(const char *name, int count, char **names)
{
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return count == 0;
}

static bool is_known(const char *name)
{
    for (int f = 0; f < FIGURES; f++)
        if (strcmp(figures[f].name, name) == 0)
            return true;
    return false;
}

int main(int argc, char **argv)
{
    double runs[FIGURES][RUNS];

    for (int i = 1; i < argc; i++) {
        if (is_known(argv[i]))
            continue;
        fprintf(stderr, "bench: there is no figure \"%s\"; there are:", argv[i]);
        for (int f = 0; f < FIGURES; f++)
            fprintf(stderr, " %s", figures[f].name);
        fprintf(stderr, "\n");
        return 2;
    }
    for (int r = 0; r < RUNS; r++)
        for (int f = 0; f < FIGURES; f++)
            if (is_chosen(figures[f].name, argc - 1, argv + 1))
                runs[f][r] = figures[f].run();
    for (int f = 0; f < FIGURES; f++)
        if (is_chosen(figures[f].name, argc - 1, argv + 1))
            print(&figures[f], runs[f]);
    return 0;
}
