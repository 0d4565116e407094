// SPDX-License-Identifier: Apache-2.0
#include "view/figure_set.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "model/names.h"
#include "view/figure_parts.h"

#define FLOW "flow"
#define METRICS "metrics"

static const struct {
    const char *name;
    bool (*draw)(const struct snap_figure_input *input, const struct snap_figure_target *target,
                 struct snap_error *error);
} run_figures[] = {
    {"timeline", snap_figure_timeline},
    {"checkpoints", snap_figure_checkpoints},
    {FLOW, snap_figure_flow},
    {METRICS, snap_figure_metrics},
};

enum { RUN_FIGURES = sizeof(run_figures) / sizeof(run_figures[0]) };

bool snap_figure_known(const char *name)
{
    for (size_t i = 0; i < RUN_FIGURES; i++)
        if (strcmp(run_figures[i].name, name) == 0)
            return true;
    return strcmp(name, "compare") == 0;
}

struct snap_figure_input snap_figure_input_of(const struct snap_summary *summary)
{
    const struct snap_verdict *verdict = summary->halted ? NULL : summary->verdict;
    const struct snap_whole_run *whole = summary->whole;

    struct snap_figure_input input = {
        .statistics = whole ? &whole->statistics : summary->statistics,
        .changes = whole ? whole->changes : NULL,
        .change_count = whole ? whole->change_count : 0,
        .metrics = whole ? &whole->statistics.metrics : &summary->statistics->metrics,
        .scenario = summary->simulation->name,
        .variant = summary->simulation->variant,
        .runtime = snap_runtime_kind_name(summary->runtime),
        .seed = summary->simulation->seed,
        .halted = summary->halted != NULL,
        .judged = verdict != NULL,
        .all = SNAP_FIGURE_UNJUDGED,
        .by_kind = {SNAP_FIGURE_UNJUDGED, SNAP_FIGURE_UNJUDGED},
    };

    for (uint32_t i = 0; verdict && i < verdict->judgement_count; i++)
        snap_figure_add_losses(&input, &verdict->judgements[i]);
    return input;
}

static bool wanted(const struct snap_figure_order *order, const char *name)
{
    return !order->only || strcmp(order->only, name) == 0;
}

/* Whether the figure can be drawn: without stints and buffer events nothing is known of a flow, and
 * gauges may not have been looked at. */
static bool possible(const struct snap_figure_input *input, const char *name)
{
    if (strcmp(name, METRICS) == 0)
        return input->metrics && input->metrics->lines;
    return strcmp(name, FLOW) != 0 || input->statistics->flow.rows;
}

/* Makes the folder for files and writes its path. */
static bool make_folder(const struct snap_figure_order *order, char *path, size_t size,
                        struct snap_error *error)
{
    if (order->terminal)
        return true;
    snprintf(path, size, "%s/figures", order->directory);
    if (mkdir(path, 0777) != 0 && errno != EEXIST)
        return snap_error_set(error, SNAP_ERROR_IO, "cannot make %s: %s", path, strerror(errno));
    return true;
}

/* The targets of an order; returns how many. */
static uint32_t list_targets(const struct snap_figure_order *order, const char *folder,
                             struct snap_figure_target *targets)
{
    uint32_t count = 0;

    if (order->terminal) {
        targets[0] = (struct snap_figure_target){SNAP_FIGURE_TERMINAL, NULL, order->terminal};
        return 1;
    }
    if (order->png)
        targets[count++] = (struct snap_figure_target){SNAP_FIGURE_PNG, folder, NULL};
    if (order->svg)
        targets[count++] = (struct snap_figure_target){SNAP_FIGURE_SVG, folder, NULL};
    return count;
}

bool snap_figures_of_run(const struct snap_figure_input *input,
                         const struct snap_figure_order *order, struct snap_error *error)
{
    struct snap_figure_target targets[2];
    char folder[4096];
    uint32_t count;

    if (order->only && !possible(input, order->only))
        return snap_error_set(error, SNAP_ERROR_USAGE,
                              "--figure %s: nothing is known of it; there is no %s.tsv in %s",
                              order->only, order->only, order->directory);
    if (!make_folder(order, folder, sizeof(folder), error))
        return false;
    count = list_targets(order, folder, targets);
    for (size_t f = 0; f < RUN_FIGURES; f++)
        for (uint32_t t = 0; wanted(order, run_figures[f].name) &&
                             possible(input, run_figures[f].name) && t < count;
             t++)
            if (!run_figures[f].draw(input, &targets[t], error))
                return false;
    return true;
}

bool snap_figures_of_comparison(const struct snap_figure_runs *runs,
                                const struct snap_figure_order *order, struct snap_error *error)
{
    struct snap_figure_target targets[2];
    char folder[4096];
    uint32_t count;

    if (!wanted(order, "compare") || runs->count == 0)
        return true;
    if (!make_folder(order, folder, sizeof(folder), error))
        return false;
    count = list_targets(order, folder, targets);
    for (uint32_t t = 0; t < count; t++)
        if (!snap_figure_compare(runs, &targets[t], error))
            return false;
    return true;
}
