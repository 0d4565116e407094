// SPDX-License-Identifier: Apache-2.0
/*
 * figure_set.h: which figures a run and a comparison have, and where they go.
 *
 * - Figures stand in the folder `figures` of the run's or comparison's own folder; it is made.
 * - A run has `timeline`, `checkpoints` and, if they are known, `flow` and `metrics`; a comparison
 *   has `compare`.
 */
#ifndef SNAP_VIEW_FIGURE_SET_H
#define SNAP_VIEW_FIGURE_SET_H

#include "view/figure.h"
#include "view/summary_json.h"

/* Which figures, and how. */
struct snap_figure_order {
    const char *directory; /* of the run or comparison */
    const char *only;      /* the name of one figure; NULL: all */
    bool png;
    bool svg;
    struct snap_text *terminal; /* appended to if not NULL: sketches instead of files */
};

/* Whether there is a figure of that name. */
bool snap_figure_known(const char *name);

/* A finished run as figures show it; borrows what the summary borrows. */
struct snap_figure_input snap_figure_input_of(const struct snap_summary *summary);

/* Draws the figures of one run. Errors: as snap_figure_draw, or the folder cannot be made. */
bool snap_figures_of_run(const struct snap_figure_input *input,
                         const struct snap_figure_order *order, struct snap_error *error);

/* Draws the figure of a comparison. Errors: as snap_figures_of_run. */
bool snap_figures_of_comparison(const struct snap_figure_runs *runs,
                                const struct snap_figure_order *order, struct snap_error *error);

#endif
