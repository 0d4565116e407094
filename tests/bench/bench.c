// SPDX-License-Identifier: Apache-2.0
/*
 * bench.c: `bench [NAME...]`: one JSON line a figure on standard output, nothing else there.
 * `bench --write-text FILE` writes the text of the word counts instead.
 */
#include "bench/bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/check.h"

enum { RUNS = 5 };

#define MILLION UINT64_C(1000000)
#define RATE "M records/s"
#define JOB(PARALLELISM, RECORDS, COST, ...)                                                       \
    {                                                                                              \
        .parallelism = (PARALLELISM), .records = (RECORDS)*MILLION, .cost = (COST), __VA_ARGS__    \
    }
#define PIPELINE(NAME, ...)                                                                        \
    {                                                                                              \
        NAME, RATE, snap_bench_pipeline, __VA_ARGS__                                               \
    }
#define STATE(NAME, RUN)                                                                           \
    {                                                                                              \
        NAME, "MB/s", RUN, {0}, AT_LEAST(200, NULL)                                                \
    }
/* In percent of a checkpoint that has everything. */
#define INCREMENTAL(NAME, RUN, PERCENT, TARGET)                                                    \
    {                                                                                              \
        NAME, "%", RUN, {.keys = (PERCENT)}, 3, TARGET                                             \
    }
#define THREADS .runtime = SNAP_RUNTIME_THREADS
/* The last members of a figure: how many runs, and its target. */
#define NO_TARGET                                                                                  \
    {                                                                                              \
        .at_least = 0                                                                              \
    }
#define AT_LEAST(SHARE, OF)                                                                        \
    0,                                                                                             \
    {                                                                                              \
        .at_least = (SHARE), .of = (OF)                                                            \
    }
#define AT_MOST(VALUE)                                                                             \
    {                                                                                              \
        .at_most = (VALUE)                                                                         \
    }

#define MINUTE(NAME, ...)                                                                          \
    {                                                                                              \
        NAME, "s", snap_bench_backpressured_minute, {.parallelism = 4, __VA_ARGS__}, 0,            \
            AT_MOST(0.2)                                                                           \
    }

static const struct snap_bench_figure figures[] = {
    {"fused-loop", RATE, snap_bench_fused_loop, {0}, 0, NO_TARGET},
    PIPELINE("virtual-p1", JOB(1, 40, "1 us", ), AT_LEAST(0.4, "fused-loop")),
    PIPELINE("virtual-p4", JOB(4, 40, "1 us", ), AT_LEAST(0.4, "fused-loop")),
    PIPELINE("virtual-p1-20us", JOB(1, 40, "20 us", ), AT_LEAST(0.4, "fused-loop")),
    PIPELINE("virtual-p4-20us", JOB(4, 40, "20 us", ), AT_LEAST(0.4, "fused-loop")),
    PIPELINE("virtual-p1-200us", JOB(1, 20, "200 us", ), AT_LEAST(0.3, "fused-loop")),
    PIPELINE("virtual-p4-200us", JOB(4, 20, "200 us", ), AT_LEAST(0.3, "fused-loop")),
    PIPELINE("virtual-p1-every-record", JOB(1, 2, "1 us", .every_record = true), 0,
             {.at_most = 0.125, .of = "virtual-p1"}),
    PIPELINE("virtual-p1-ledger", JOB(1, 8, "1 us", .ledger = true), AT_LEAST(0.25, "virtual-p1")),
    PIPELINE("virtual-p4-ledger", JOB(4, 8, "1 us", .ledger = true), AT_LEAST(0.25, "virtual-p4")),
    PIPELINE("threads-p1", JOB(1, 60, "0 us", THREADS), AT_LEAST(0.25, "fused-loop")),
    PIPELINE("threads-p4", JOB(4, 60, "0 us", THREADS), AT_LEAST(0.25, "fused-loop")),
    PIPELINE("threads-p1-ledger", JOB(1, 8, "0 us", THREADS, .ledger = true),
             AT_LEAST(0.25, "threads-p1")),
    PIPELINE("threads-p4-ledger", JOB(4, 8, "0 us", THREADS, .ledger = true),
             AT_LEAST(0.25, "threads-p4")),
    PIPELINE("virtual-p4-unaligned", JOB(4, 40, "1 us", .unaligned = true),
             AT_LEAST(0.7, "virtual-p4")),
    PIPELINE("threads-p4-unaligned", JOB(4, 60, "0 us", THREADS, .unaligned = true),
             AT_LEAST(0.7, "threads-p4")),
    PIPELINE("chained", JOB(1, 40, "1 us", .chained = true), AT_LEAST(1, "unchained")),
    PIPELINE("unchained", JOB(1, 40, "1 us", ), 0, NO_TARGET),
    {"all-to-all-100x100", RATE, snap_bench_all_to_all, JOB(100, 20, "20 us", .full_buffers = true),
     AT_LEAST(10, NULL)},
    PIPELINE("chains-10000", JOB(2500, 10, "20 us", .forward = true), AT_LEAST(5.8, NULL)),
    PIPELINE("chains-10000-one-busy", JOB(2500, 10, "20 us", .forward = true, .splits = 1),
             AT_LEAST(4.9, NULL)),
    {"channels-1000x1000",
     "s",
     snap_bench_channels_seconds,
     {.parallelism = 1000},
     3,
     AT_MOST(1.02)},
    {"channels-1000x1000-memory",
     "MiB",
     snap_bench_channels_mib,
     {.parallelism = 1000},
     1,
     AT_MOST(186)},
    MINUTE("backpressured-minute", .cost = "1 ms", .segment_kb = 32),
    MINUTE("backpressured-minute-unaligned", .cost = "1 ms", .segment_kb = 32, .unaligned = true),
    MINUTE("backpressured-minute-200us-32kb", .cost = "200 us", .segment_kb = 32),
    MINUTE("backpressured-minute-200us", .cost = "200 us", .segment_kb = 8),
    {"word-count-100mb",
     "MB/s",
     snap_bench_word_count,
     {.parallelism = 1, .cost = "1 us"},
     3,
     NO_TARGET},
    {"word-count-100mb-shell", "MB/s", snap_bench_word_count_shell, {0}, 3, NO_TARGET},
    STATE("state-write-canonical", snap_bench_state_write_canonical),
    STATE("state-read-canonical", snap_bench_state_read_canonical),
    STATE("state-write-native", snap_bench_state_write_native),
    STATE("state-read-native", snap_bench_state_read_native),
    {"state-copy", "MB/s", snap_bench_state_copy, {0}, 0, NO_TARGET},
    {"snapshot-sync-1m", "ms", snap_bench_snapshot_sync, {0}, 0, AT_MOST(5)},
    {"snapshot-sync-windows-1m", "ms", snap_bench_snapshot_sync_windows, {0}, 0, AT_MOST(5)},
    {"snapshot-sync-lists-1m", "ms", snap_bench_snapshot_sync_lists, {0}, 0, AT_MOST(5)},
    {"snapshot-finish-1m", "ms", snap_bench_snapshot_finish, {0}, 0, NO_TARGET},
    {"snapshot-order-1m", "ms", snap_bench_snapshot_order, {0}, 0, NO_TARGET},
    {"snapshot-change-1m", "ns", snap_bench_snapshot_change, {0}, 0, NO_TARGET},
    INCREMENTAL("incremental-cost-1", snap_bench_incremental_time, 1, NO_TARGET),
    INCREMENTAL("incremental-cost-10", snap_bench_incremental_time, 10, NO_TARGET),
    INCREMENTAL("incremental-cost-100", snap_bench_incremental_time, 100, NO_TARGET),
    INCREMENTAL("incremental-bytes-1", snap_bench_incremental_bytes, 1, AT_MOST(2)),
    INCREMENTAL("incremental-bytes-10", snap_bench_incremental_bytes, 10, AT_MOST(15)),
    INCREMENTAL("incremental-bytes-100", snap_bench_incremental_bytes, 100, AT_MOST(110)),
};

enum { FIGURES = sizeof(figures) / sizeof(figures[0]) };

double snap_bench_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

struct snap_bench_value snap_bench_run_apart(const struct snap_bench_figure *figure)
{
    struct snap_bench_value result = {0};
    struct rusage usage;
    int status;
    int ends[2];
    pid_t child;

    fflush(stdout);
    SNAP_CHECK(pipe(ends) == 0);
    child = fork();
    SNAP_CHECK(child >= 0);
    if (child == 0) {
        double value = figure->run(&figure->pipeline);

        SNAP_CHECK(write(ends[1], &value, sizeof(value)) == sizeof(value));
        exit(0); /* and not _exit: counts of a profile are written then */
    }
    close(ends[1]);
    if (read(ends[0], &result.value, sizeof(result.value)) != sizeof(result.value))
        exit(3); /* the run has said why */
    close(ends[0]);
    SNAP_CHECK(wait4(child, &status, 0, &usage) == child);
    SNAP_CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    result.peak_mib = (double)usage.ru_maxrss / 1024;
    return result;
}

static int runs_of(const struct snap_bench_figure *figure)
{
    return figure->runs ? figure->runs : RUNS;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(const double *runs, int count)
{
    double sorted[RUNS];

    memcpy(sorted, runs, sizeof(sorted));
    qsort(sorted, (size_t)count, sizeof(sorted[0]), compare);
    return sorted[count / 2];
}

/* The number of the figure; FIGURES if there is none. */
static int find_figure(const char *name)
{
    int f = 0;

    while (f < FIGURES && strcmp(figures[f].name, name) != 0)
        f++;
    return f;
}

/* Beside the target stands what was reached: null if the other figure was not measured. */
static void print_target(const struct snap_bench_target *target, double value, double (*runs)[RUNS])
{
    int of = target->of ? find_figure(target->of) : FIGURES;

    if (target->at_least == 0 && target->at_most == 0)
        return;
    printf(", \"target\": {\"%s\": %g", target->at_least > 0 ? "at_least" : "at_most",
           target->at_least > 0 ? target->at_least : target->at_most);
    if (target->of)
        printf(", \"of\": \"%s\"", target->of);
    if (of < FIGURES)
        value /= median(runs[of], runs_of(&figures[of]));
    if (isfinite(value))
        printf(", \"reached\": %.3f}", value);
    else
        printf(", \"reached\": null}");
}

static void print(const struct snap_bench_figure *figure, double (*runs)[RUNS])
{
    const double *own = runs[figure - figures];
    int count = runs_of(figure);
    double value = median(own, count);

    printf("{\"figure\": \"%s\", \"value\": %.3f, \"unit\": \"%s\", \"runs\": [", figure->name,
           value, figure->unit);
    for (int i = 0; i < count; i++)
        printf("%s%.3f", i ? ", " : "", own[i]);
    printf("]");
    print_target(&figure->target, value, runs);
    printf("}\n");
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
    return find_figure(name) < FIGURES || snap_bench_is_growth(name);
}

static bool all_known(int count, char **names)
{
    for (int i = 0; i < count; i++) {
        if (is_known(names[i]))
            continue;
        fprintf(stderr, "bench: there is no figure \"%s\"; there are:", names[i]);
        for (int f = 0; f < FIGURES; f++)
            fprintf(stderr, " %s", figures[f].name);
        snap_bench_list_growths();
        fprintf(stderr, "\n");
        return false;
    }
    return true;
}

static bool needs_text(int count, char **names)
{
    return is_chosen("word-count-100mb", count, names) ||
           is_chosen("word-count-100mb-shell", count, names);
}

int main(int argc, char **argv)
{
    double runs[FIGURES][RUNS] = {{0}};
    int count = argc - 1;
    char **names = argv + 1;

    if (argc == 3 && strcmp(argv[1], "--write-text") == 0) {
        snap_bench_write_text(argv[2]);
        return 0;
    }
    if (!all_known(count, names))
        return 2;
    if (needs_text(count, names))
        snap_bench_make_text();
    for (int r = 0; r < RUNS; r++)
        for (int f = 0; f < FIGURES; f++)
            if (r < runs_of(&figures[f]) && is_chosen(figures[f].name, count, names))
                runs[f][r] = snap_bench_run_apart(&figures[f]).value;
    snap_bench_remove_text();
    for (int f = 0; f < FIGURES; f++)
        if (is_chosen(figures[f].name, count, names))
            print(&figures[f], runs);
    return snap_bench_print_growths(count, names) ? 0 : 1;
}
