// SPDX-License-Identifier: Apache-2.0
/*
 * figure_barriers.h: the lines of barriers through the lanes of the figure `timeline`; the inside
 * of figure.h.
 *
 * - A front goes through the lanes of a vertex, to each one's first barrier, and on into the vertex
 *   below if that gets its barriers from this one, and not earlier.
 * - A way leads to any other vertex: from where an input has its first barrier, or from the
 *   trigger, to the vertex's first barrier; if that came earlier, from another input, to the last
 *   one if this input sent it. So no line goes back in time but within a vertex.
 */
#ifndef SNAP_VIEW_FIGURE_BARRIERS_H
#define SNAP_VIEW_FIGURE_BARRIERS_H

#include "base/text.h"
#include "trace/statistics.h"

struct snap_barrier_lanes {
    const struct snap_job *job; /* borrowed, as the next one */
    const double *lane_y;       /* by task */
    double unit_ns;             /* of the time axis */
};

/* Append the rows (time, lane) of a checkpoint, with a blank line behind each line. */
void snap_barrier_fronts_add(struct snap_text *data, const struct snap_barrier_lanes *lanes,
                             const struct snap_checkpoint_stats *checkpoint);
void snap_barrier_ways_add(struct snap_text *data, const struct snap_barrier_lanes *lanes,
                           const struct snap_checkpoint_stats *checkpoint);

#endif
