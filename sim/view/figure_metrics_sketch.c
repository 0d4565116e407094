// SPDX-License-Identifier: Apache-2.0
/* The figure `metrics` for terminals: the mean and the largest value of each gauge, by vertex. */
#include <math.h>

#include "base/columns.h"
#include "view/figure_parts.h"

enum { VERTICES_MAX = 24, NAME_MAX = 60 };

/* Of all lines and bins of the vertex in which the gauge is known. */
static void add_gauge(struct snap_text *text, const struct snap_metrics *metrics, uint32_t vertex,
                      uint32_t metric)
{
    double sum = 0;
    double largest = NAN;
    double times = metric >= SNAP_METRIC_START_DELAY ? 1e-6 : 1;
    uint32_t count = 0;

    for (uint32_t line = 0; line < metrics->line_count; line++) {
        if (metrics->lines[line].vertex != vertex)
            continue;
        for (uint32_t bin = 0; bin < metrics->bin_count; bin++) {
            double value = snap_metrics_at(metrics, line, bin)[metric];

            if (isnan(value))
                continue;
            largest = fmax(largest, value);
            sum += value;
            count++;
        }
    }
    if (count > 0)
        snap_text_printf(text, "    %-31s mean %10.4g  max %10.4g%s\n",
                         snap_metric_name((enum snap_metric)metric), sum / count * times,
                         largest * times, metric >= SNAP_METRIC_START_DELAY ? " ms" : "");
}

bool snap_sketch_metrics(const struct snap_figure_input *input,
                         const struct snap_figure_target *target, struct snap_error *error)
{
    const struct snap_metrics *metrics = input->metrics;
    const struct snap_job *job = metrics->job;

    (void)error;
    for (uint32_t v = 0; v < job->vertex_count && v < VERTICES_MAX; v++) {
        const char *name = job->vertices[v].name;

        snap_text_printf(target->terminal, "  %.*s (%s%u %s)\n",
                         (int)snap_columns_fit(name, strlen(name), NAME_MAX), name,
                         input->change_count > 0 ? "up to " : "", job->vertices[v].parallelism,
                         job->vertices[v].parallelism == 1 ? "subtask" : "subtasks");
        for (uint32_t m = 0; m < SNAP_METRIC_COUNT; m++)
            add_gauge(target->terminal, metrics, v, m);
    }
    if (job->vertex_count > VERTICES_MAX)
        snap_text_printf(target->terminal, "  ... %u more vertices\n",
                         job->vertex_count - VERTICES_MAX);
    return true;
}
