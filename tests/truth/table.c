// SPDX-License-Identifier: Apache-2.0
/*
 * table.c: rows as Markdown: durations and records first, then queues, then the parts of an
 * alignment. "F" is Flink, "s" is snapsim; medians, or least/median/most.
 */
#include <math.h>

#include "truth/truth.h"

static void add_range(struct snap_text *text, struct truth_range range)
{
    int digits = range.median < 100 && range.median != floor(range.median) ? 1 : 0;

    snap_text_printf(text, " %.*f/%.*f/%.*f |", digits, range.least, digits, range.median, digits,
                     range.most);
}

static void add_pair(struct snap_text *text, struct truth_range flink, struct truth_range ours,
                     double unit)
{
    double difference = flink.median > 0 ? (ours.median / flink.median - 1) * 100 : 0;

    snap_text_printf(text, " %.0f | %.0f | ", flink.median / unit, ours.median / unit);
    if (flink.median > 0)
        snap_text_printf(text, "%+.1f %% |", difference);
    else
        snap_text_printf(text, "- |");
}

static void add_durations(struct snap_text *text, const struct truth_row *row)
{
    struct snap_text off = {0};

    snap_text_printf(text, "| %s | %s |", row->flink->name, row->flink->mode_text);
    if (!row->run) {
        snap_text_printf(text, " not run | | | | | | | | |\n");
        return;
    }
    truth_compare(row, &off);
    add_pair(text, row->flink->figures.barrier_ms, row->figures.barrier_ms, 1);
    add_range(text, row->flink->figures.e2e_ms);
    add_range(text, row->figures.e2e_ms);
    add_pair(text, row->flink->figures.in_flight, row->figures.in_flight, 1);
    snap_text_printf(text, " %s |\n", off.length > 0 ? snap_text_get(&off) : "yes");
    snap_text_fini(&off);
}

static void add_queue(struct snap_text *text, struct truth_range flink, struct truth_range ours)
{
    if (flink.count > 0)
        snap_text_printf(text, " %.1f / %.1f |", flink.median, ours.median);
    else
        snap_text_printf(text, " - |");
}

static void add_queues(struct snap_text *text, const struct truth_row *row)
{
    const struct truth_figures *flink = &row->flink->figures;
    const struct truth_figures *ours = &row->figures;

    snap_text_printf(text, "| %s |", row->flink->name);
    add_queue(text, flink->output_queue[TRUTH_SOURCE], ours->output_queue[TRUTH_SOURCE]);
    add_queue(text, flink->input_queue[TRUTH_MAP], ours->input_queue[TRUTH_MAP]);
    add_queue(text, flink->output_queue[TRUTH_MAP], ours->output_queue[TRUTH_MAP]);
    add_queue(text, flink->input_queue[TRUTH_SINK], ours->input_queue[TRUTH_SINK]);
    add_range(text, flink->start_delay_ms);
    add_range(text, ours->start_delay_ms);
    add_range(text, flink->alignment_ms);
    add_range(text, ours->alignment_ms);
    snap_text_printf(text, " %.0f / %.0f |", flink->processed_bytes.median / 1000,
                     ours->processed_bytes.median / 1000);
    snap_text_printf(text, " %.0f / %.0f |\n", flink->persisted_bytes.median / 1000,
                     ours->persisted_bytes.median / 1000);
}

void truth_tables(struct snap_text *text, const struct truth_row *rows, uint32_t count)
{
    snap_text_printf(
        text, "| run | mode | last barrier, Flink | snapsim | | end to end, Flink | snapsim |"
              " in flight, Flink | snapsim | | within |\n");
    snap_text_printf(text, "|---|---|---|---|---|---|---|---|---|---|---|\n");
    for (uint32_t i = 0; i < count; i++)
        add_durations(text, &rows[i]);
    snap_text_printf(text,
                     "\n| run | output of source | input of map | output of map | input of sink |"
                     " start delay, Flink | snapsim | alignment, Flink | snapsim |"
                     " processed kB | persisted kB |\n");
    snap_text_printf(text, "|---|---|---|---|---|---|---|---|---|---|---|\n");
    for (uint32_t i = 0; i < count; i++)
        if (rows[i].run)
            add_queues(text, &rows[i]);
    truth_add_ratios(text, rows, count);
}
