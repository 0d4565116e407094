// SPDX-License-Identifier: Apache-2.0
/* The gauges of several executions of a run on one axis of time. */
#include <math.h>
#include <stdlib.h>

#include "trace/metrics.h"

static int compare_values(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;

    return (left > right) - (left < right);
}

/* What the line is in the part's bin; where the part has a line a subtask, ranks are made of those.
 */
static double value_of(const struct snap_metrics_part *part, const struct snap_metrics_line *wanted,
                       uint32_t metric, uint32_t bin)
{
    const struct snap_metrics *metrics = part->metrics;
    double values[SNAP_METRICS_LINES_MAX];
    uint32_t count = 0;

    for (uint32_t i = 0; i < metrics->line_count; i++) {
        const struct snap_metrics_line *line = &metrics->lines[i];
        double value = snap_metrics_at(metrics, i, bin)[metric];

        if (part->vertices[line->vertex] != wanted->vertex)
            continue;
        if (line->kind == wanted->kind && line->subtask == wanted->subtask)
            return value;
        if (line->kind == SNAP_METRICS_SUBTASK && !isnan(value) && count < SNAP_METRICS_LINES_MAX)
            values[count++] = value;
    }
    if (count == 0 || wanted->kind == SNAP_METRICS_SUBTASK)
        return NAN;
    qsort(values, count, sizeof(values[0]), compare_values);
    if (wanted->kind == SNAP_METRICS_LEAST)
        return values[0];
    return wanted->kind == SNAP_METRICS_LARGEST ? values[count - 1] : values[count / 2];
}

/* A value over so much time. */
struct mean {
    double sum;
    double time;
};

/* Adds what the part knows of the span, whose bins are as wide as the part's or wider. */
static void add_part(struct mean *mean, const struct snap_metrics_part *part,
                     const struct snap_metrics_line *line, uint32_t metric, snap_ns from_ns,
                     snap_ns until_ns)
{
    const struct snap_metrics *metrics = part->metrics;

    for (uint32_t bin = (uint32_t)(from_ns / metrics->width_ns); bin < metrics->bin_count; bin++) {
        snap_ns from = snap_ns_max(snap_metrics_from(metrics, bin), part->from_ns);
        snap_ns until = snap_ns_min(snap_metrics_until(metrics, bin), until_ns);
        double time = (double)(until - from);
        double value;

        if (snap_metrics_from(metrics, bin) >= until_ns)
            return;
        value = value_of(part, line, metric, bin);
        if (isnan(value) || time <= 0)
            continue;
        mean->sum += value * time;
        mean->time += time;
    }
}

void snap_metrics_join(struct snap_metrics *metrics, const struct snap_metrics_part *parts,
                       uint32_t count)
{
    metrics->end_ns = parts[count - 1].metrics->end_ns;
    for (uint32_t i = 0; i < count; i++)
        if (parts[i].metrics->lines)
            metrics->width_ns = snap_ns_max(metrics->width_ns, parts[i].metrics->width_ns);
    if (metrics->width_ns == 0)
        return;
    snap_metrics_make_lines(
        metrics, (uint32_t)((metrics->end_ns + metrics->width_ns - 1) / metrics->width_ns));
    for (uint32_t line = 0; line < metrics->line_count; line++)
        for (uint32_t bin = 0; bin < metrics->bin_count; bin++)
            for (uint32_t m = 0; m < SNAP_METRIC_COUNT; m++) {
                snap_ns from_ns = snap_metrics_from(metrics, bin);
                snap_ns until_ns = snap_metrics_until(metrics, bin);
                struct mean mean = {0, 0};

                for (uint32_t i = 0; i < count; i++)
                    if (parts[i].metrics->lines)
                        add_part(&mean, &parts[i], &metrics->lines[line], m, from_ns, until_ns);
                snap_metrics_at(metrics, line, bin)[m] =
                    mean.time > 0 && mean.time >= (double)(until_ns - from_ns) / 2
                        ? mean.sum / mean.time
                        : NAN;
            }
}
