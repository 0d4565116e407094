// SPDX-License-Identifier: Apache-2.0
/*
 * table.c: rows as Markdown: durations and records first, then queues, then the parts of an
 * alignment. "F" is Flink, "s" is snapsim; medians, or least/median/most.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "truth/truth.h"

static void print_range(struct truth_range range)
{
    int digits = range.median < 100 && range.median != floor(range.median) ? 1 : 0;

    printf(" %.*f/%.*f/%.*f |", digits, range.least, digits, range.median, digits, range.most);
}

static void print_pair(struct truth_range flink, struct truth_range ours, double unit)
{
    double difference = flink.median > 0 ? (ours.median / flink.median - 1) * 100 : 0;

    printf(" %.0f | %.0f | ", flink.median / unit, ours.median / unit);
    if (flink.median > 0)
        printf("%+.1f %% |", difference);
    else
        printf("- |");
}

static void print_durations(const struct truth_row *row)
{
    struct snap_text off = {0};

    printf("| %s | %s |", row->flink->name, row->flink->mode_text);
    if (!row->run) {
        printf(" not run | | | | | | | | |\n");
        return;
    }
    truth_compare(row, &off);
    print_pair(row->flink->figures.barrier_ms, row->figures.barrier_ms, 1);
    print_range(row->flink->figures.e2e_ms);
    print_range(row->figures.e2e_ms);
    print_pair(row->flink->figures.in_flight, row->figures.in_flight, 1);
    printf(" %s |\n", off.length > 0 ? snap_text_get(&off) : "yes");
    snap_text_fini(&off);
}

static void print_queue(struct truth_range flink, struct truth_range ours)
{
    if (flink.count > 0)
        printf(" %.1f / %.1f |", flink.median, ours.median);
    else
        printf(" - |");
}

static void print_queues(const struct truth_row *row)
{
    const struct truth_figures *flink = &row->flink->figures;
    const struct truth_figures *ours = &row->figures;

    printf("| %s |", row->flink->name);
    print_queue(flink->output_queue[TRUTH_SOURCE], ours->output_queue[TRUTH_SOURCE]);
    print_queue(flink->input_queue[TRUTH_MAP], ours->input_queue[TRUTH_MAP]);
    print_queue(flink->output_queue[TRUTH_MAP], ours->output_queue[TRUTH_MAP]);
    print_queue(flink->input_queue[TRUTH_SINK], ours->input_queue[TRUTH_SINK]);
    print_range(flink->start_delay_ms);
    print_range(ours->start_delay_ms);
    print_range(flink->alignment_ms);
    print_range(ours->alignment_ms);
    printf(" %.0f / %.0f |", flink->processed_bytes.median / 1000,
           ours->processed_bytes.median / 1000);
    printf(" %.0f / %.0f |\n", flink->persisted_bytes.median / 1000,
           ours->persisted_bytes.median / 1000);
}

void truth_print(const struct truth_row *rows, uint32_t count)
{
    printf("| run | mode | last barrier, Flink | snapsim | | end to end, Flink | snapsim |"
           " in flight, Flink | snapsim | | within |\n");
    printf("|---|---|---|---|---|---|---|---|---|---|---|\n");
    for (uint32_t i = 0; i < count; i++)
        print_durations(&rows[i]);
    printf("\n| run | output of source | input of map | output of map | input of sink |"
           " start delay, Flink | snapsim | alignment, Flink | snapsim |"
           " processed kB | persisted kB |\n");
    printf("|---|---|---|---|---|---|---|---|---|---|---|\n");
    for (uint32_t i = 0; i < count; i++)
        if (rows[i].run)
            print_queues(&rows[i]);
    truth_print_ratios(rows, count);
}
