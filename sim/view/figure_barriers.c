// SPDX-License-Identifier: Apache-2.0
#include "view/figure_barriers.h"

/* The upper edge of the lanes, and half of the line through a lane that stands alone. */
#define TOP (-0.5)
#define TICK 0.3

/* One checkpoint, and the line in the making. */
struct lines {
    const struct snap_barrier_lanes *lanes;
    const struct snap_checkpoint_stats *checkpoint;
    struct snap_text *data;
    uint32_t points; /* of the line, 0: none has begun */
    snap_ns at_ns;   /* of the last one */
    double y;
};

static void add_point(struct lines *lines, snap_ns at_ns, double y)
{
    snap_text_printf(lines->data, "%.7g %.7g\n", (double)at_ns / lines->lanes->unit_ns, y);
    lines->points++;
    lines->at_ns = at_ns;
    lines->y = y;
}

/* Two blank lines would begin a new block of data. */
static void end_line(struct lines *lines)
{
    double y = lines->y;

    if (lines->points == 1) {
        add_point(lines, lines->at_ns, y - TICK);
        add_point(lines, lines->at_ns, y + TICK);
    }
    if (lines->points > 0)
        snap_text_add_string(lines->data, "\n");
    lines->points = 0;
}

static snap_ns first_barrier(const struct lines *lines, uint32_t task)
{
    return lines->checkpoint->parts[task].first_barrier_ns;
}

/* The subtask of the vertex that had a barrier first, or SNAP_NO_TASK. */
static uint32_t earliest_of(const struct lines *lines, uint32_t vertex)
{
    const struct snap_vertex *at = &lines->lanes->job->vertices[vertex];
    uint32_t earliest = SNAP_NO_TASK;

    for (uint32_t task = at->task_first; task < at->task_first + at->parallelism; task++)
        if (first_barrier(lines, task) != SNAP_NOT_YET &&
            (earliest == SNAP_NO_TASK ||
             first_barrier(lines, task) < first_barrier(lines, earliest)))
            earliest = task;
    return earliest;
}

/* The vertex that an edge brings barriers from, SNAP_NO_INDEX if it does not end at this one. Jobs
 * that were read back from a trace have edges, but no lists of them. */
static uint32_t input_of(const struct snap_job *job, const struct snap_vertex *vertex,
                         const struct snap_edge *edge)
{
    if (edge->chained || job->operators[edge->consumer].vertex != vertex->index)
        return SNAP_NO_INDEX;
    return job->operators[edge->producer].vertex;
}

/* Whether the vertex reads the wanted one; SNAP_NO_INDEX: any. */
static bool reads(const struct snap_job *job, const struct snap_vertex *vertex, uint32_t wanted)
{
    for (uint32_t e = 0; e < job->edge_count; e++) {
        uint32_t input = input_of(job, vertex, &job->edges[e]);

        if (input != SNAP_NO_INDEX && (wanted == SNAP_NO_INDEX || input == wanted))
            return true;
    }
    return false;
}

/* Whether the front of the vertex above goes on into this one; above the first is the trigger. */
static bool goes_on(const struct lines *lines, const struct snap_vertex *vertex)
{
    const struct snap_job *job = lines->lanes->job;
    snap_ns first_ns = first_barrier(lines, vertex->task_first);
    snap_ns above_ns;

    if (first_ns == SNAP_NOT_YET)
        return false;
    if (vertex->index == 0)
        return !reads(job, vertex, SNAP_NO_INDEX);
    above_ns = first_barrier(lines, vertex->task_first - 1);
    return reads(job, vertex, vertex->index - 1) && above_ns != SNAP_NOT_YET &&
           above_ns <= first_ns;
}

void snap_barrier_fronts_add(struct snap_text *data, const struct snap_barrier_lanes *lanes,
                             const struct snap_checkpoint_stats *checkpoint)
{
    struct lines lines = {.lanes = lanes, .checkpoint = checkpoint, .data = data};

    for (uint32_t v = 0; v < lanes->job->vertex_count; v++) {
        const struct snap_vertex *vertex = &lanes->job->vertices[v];
        bool on = goes_on(&lines, vertex);

        if (!on)
            end_line(&lines);
        else if (v == 0)
            add_point(&lines, checkpoint->trigger_ns, TOP);
        for (uint32_t task = vertex->task_first; task < vertex->task_first + vertex->parallelism;
             task++) {
            if (first_barrier(&lines, task) != SNAP_NOT_YET)
                add_point(&lines, first_barrier(&lines, task), lanes->lane_y[task]);
            else
                end_line(&lines);
        }
    }
    end_line(&lines);
}

/* A way to the first barrier of the vertex. If another input was earlier, to the last one if that
 * came from this input; of those in between nobody knows when they came. */
static void add_way(struct lines *lines, uint32_t from, uint32_t to)
{
    const struct snap_barrier_lanes *lanes = lines->lanes;
    const struct snap_subtask_part *part = &lines->checkpoint->parts[to];
    snap_ns sent_ns = first_barrier(lines, from);
    snap_ns came_ns = part->first_barrier_ns;

    if (came_ns < sent_ns && part->last_from != SNAP_NO_TASK &&
        snap_job_task_vertex(lanes->job, part->last_from) == snap_job_task_vertex(lanes->job, from))
        came_ns = part->last_barrier_ns;
    if (came_ns < sent_ns)
        return;
    add_point(lines, sent_ns, lanes->lane_y[from]);
    add_point(lines, came_ns, lanes->lane_y[to]);
    end_line(lines);
}

/* From each input that has barriers; returns whether there is one. */
static bool add_ways(struct lines *lines, const struct snap_vertex *vertex, uint32_t to, bool on)
{
    const struct snap_job *job = lines->lanes->job;
    bool any = false;

    for (uint32_t e = 0; e < job->edge_count; e++) {
        uint32_t input = input_of(job, vertex, &job->edges[e]);
        uint32_t from = input == SNAP_NO_INDEX ? SNAP_NO_TASK : earliest_of(lines, input);

        any = any || from != SNAP_NO_TASK;
        if (from == SNAP_NO_TASK || (on && input + 1 == vertex->index))
            continue;
        add_way(lines, from, to);
    }
    return any;
}

void snap_barrier_ways_add(struct snap_text *data, const struct snap_barrier_lanes *lanes,
                           const struct snap_checkpoint_stats *checkpoint)
{
    struct lines lines = {.lanes = lanes, .checkpoint = checkpoint, .data = data};

    for (uint32_t v = 0; v < lanes->job->vertex_count; v++) {
        const struct snap_vertex *vertex = &lanes->job->vertices[v];
        uint32_t to = earliest_of(&lines, v);
        bool on = goes_on(&lines, vertex);

        if (to == SNAP_NO_TASK || add_ways(&lines, vertex, to, on) || on)
            continue;
        /* Subtasks that have finished send none: the next ones hear of the trigger. */
        add_point(&lines, checkpoint->trigger_ns, TOP);
        add_point(&lines, first_barrier(&lines, to), lanes->lane_y[to]);
        end_line(&lines);
    }
}
