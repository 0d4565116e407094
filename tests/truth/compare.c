// SPDX-License-Identifier: Apache-2.0
/*
 * compare.c: how near snapsim has to come to Flink.
 *
 * - Aligned and at least once: the last barrier at the sinks, in the mean over them, and the
 *   records in flight, within 3 % (10 % at least once and where one input is slower); end to end
 *   inside the measured range or within 15 % of its median.
 * - Unaligned and with a timeout: the last barrier at the sinks, in the mean over them, and the
 *   end-to-end duration within a factor of 1.5 above 50 ms and of 2 below, what was persisted
 *   within 10 %.
 * - Buffers in queues within one a channel.
 * - Where it matters when the trigger falls: the ranges of the end-to-end duration overlap.
 */
#include <math.h>

#include "truth/truth.h"

static void note(struct snap_text *off, const char *what)
{
    if (off->length > 0)
        snap_text_add_string(off, ", ");
    snap_text_add_string(off, what);
}

static bool is_within(struct truth_range flink, struct truth_range ours, double share)
{
    return fabs(ours.median - flink.median) <= share * flink.median;
}

static bool overlap(struct truth_range a, struct truth_range b)
{
    return a.least <= b.most && b.least <= a.most;
}

static void compare_queues(const struct truth_row *row, struct snap_text *off)
{
    static const char *const outputs[] = {"output of the source", "output of the map", ""};
    static const char *const inputs[] = {"", "input of the map", "input of the sink"};

    for (unsigned role = 0; role < TRUTH_ROLES; role++) {
        const struct truth_figures *flink = &row->flink->figures;
        const struct truth_figures *ours = &row->figures;

        if (flink->output_queue[role].count > 0 && role != TRUTH_SINK &&
            fabs(ours->output_queue[role].median - flink->output_queue[role].median) >
                row->flink->parallelism)
            note(off, outputs[role]);
        if (flink->input_queue[role].count > 0 && role != TRUTH_SOURCE &&
            fabs(ours->input_queue[role].median - flink->input_queue[role].median) >
                row->flink->channels_in[role])
            note(off, inputs[role]);
    }
}

static void compare_aligned(const struct truth_row *row, struct snap_text *off)
{
    const struct truth_figures *flink = &row->flink->figures;
    const struct truth_figures *ours = &row->figures;
    bool wide = row->flink->skewed || row->flink->mode == TRUTH_AT_LEAST_ONCE;
    double share = wide ? 0.10 : 0.03;
    bool inside =
        ours->e2e_ms.median >= flink->e2e_ms.least && ours->e2e_ms.median <= flink->e2e_ms.most;

    if (!is_within(flink->barrier_ms, ours->barrier_ms, share))
        note(off, "last barrier");
    if (!is_within(flink->in_flight, ours->in_flight, share))
        note(off, "in flight");
    if (!inside && !is_within(flink->e2e_ms, ours->e2e_ms, 0.15))
        note(off, "end to end");
}

/* Short times are the machine's more than the protocol's. */
static bool is_near(struct truth_range flink_ms, struct truth_range ours_ms)
{
    double factor = flink_ms.median > 50 ? 1.5 : 2;

    return ours_ms.median <= flink_ms.median * factor && ours_ms.median >= flink_ms.median / factor;
}

static void compare_unaligned(const struct truth_row *row, struct snap_text *off)
{
    const struct truth_figures *flink = &row->flink->figures;
    const struct truth_figures *ours = &row->figures;

    if (!is_near(flink->barrier_ms, ours->barrier_ms))
        note(off, "last barrier");
    if (!is_near(flink->e2e_ms, ours->e2e_ms))
        note(off, "end to end");
    if (!is_within(flink->persisted_bytes, ours->persisted_bytes, 0.10))
        note(off, "persisted");
}

void truth_compare(const struct truth_row *row, struct snap_text *off)
{
    if (row->figures.e2e_ms.count == 0) {
        note(off, "no checkpoint");
        return;
    }
    if (row->flink->phase_dependent) {
        if (!overlap(row->flink->figures.e2e_ms, row->figures.e2e_ms))
            note(off, "end to end");
        return;
    }
    switch (row->flink->mode) {
    case TRUTH_ALIGNED:
    case TRUTH_AT_LEAST_ONCE:
        compare_aligned(row, off);
        break;
    case TRUTH_UNALIGNED:
    case TRUTH_TIMEOUT:
        compare_unaligned(row, off);
        break;
    }
    compare_queues(row, off);
}
