// SPDX-License-Identifier: Apache-2.0
/* The figure `flow` for terminals: three lines of characters a vertex, without gnuplot. */
#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/columns.h"
#include "view/figure_parts.h"
#include "view/units.h"

enum { COLUMNS = 50, VERTICES_MAX = 24, NAME_MAX = 60 };

/* The mean of the bins in a column of characters. */
struct column {
    double records_per_s;
    double busy;
    double backpressured;
    double idle;
    double backlog;
};

/* Bins [first, last) stand in the column; at least one. */
static struct column column_of(const struct snap_flow *flow, uint32_t vertex, uint32_t place)
{
    uint32_t first = (uint32_t)((uint64_t)place * flow->bin_count / COLUMNS);
    uint32_t last = (uint32_t)((uint64_t)(place + 1) * flow->bin_count / COLUMNS);
    struct column sum = {0};
    double time = 0;

    last = last > first ? last : first + 1;
    for (uint32_t bin = first; bin < last; bin++) {
        const struct snap_flow_row *row = snap_flow_at(flow, vertex, bin);
        double length = (double)(snap_flow_until(flow, bin) - snap_flow_from(flow, bin));

        sum.records_per_s += row->records_per_s * length;
        sum.busy += row->busy * length;
        sum.backpressured += row->backpressured * length;
        sum.idle += row->idle * length;
        sum.backlog += row->backlog * length;
        time += length;
    }
    return (struct column){sum.records_per_s / time, sum.busy / time, sum.backpressured / time,
                           sum.idle / time, sum.backlog / time};
}

/* What most of the time went to. */
static char use_of(const struct column *column)
{
    double down = 1 - column->busy - column->backpressured - column->idle;

    if (isnan(down))
        return '?';
    if (column->busy >= fmax(column->backpressured, fmax(column->idle, down)))
        return 'b';
    if (column->backpressured >= fmax(column->idle, down))
        return 'P';
    return column->idle >= down ? '.' : ' ';
}

static char height_of(double value, double most)
{
    static const char heights[] = " .:-=+*#";
    size_t steps = sizeof(heights) - 2;

    if (!(value > 0) || !(most > 0))
        return heights[0];
    return heights[(size_t)ceil(value / most * (double)steps)];
}

static void add_values(struct snap_text *text, const char *title, const double *values)
{
    char line[COLUMNS + 1] = {0};
    struct snap_arena arena;
    double most = NAN;

    for (uint32_t i = 0; i < COLUMNS; i++)
        most = fmax(most, values[i]);
    if (isnan(most))
        return;
    for (uint32_t i = 0; i < COLUMNS; i++)
        line[i] = height_of(values[i], most);
    snap_arena_init(&arena);
    snap_text_printf(text, "    %-10s|%s| max %s\n", title, line, snap_amount_name(most, &arena));
    snap_arena_fini(&arena);
}

static void add_vertex(struct snap_text *text, const struct snap_figure_input *input,
                       uint32_t vertex)
{
    const struct snap_flow *flow = &input->statistics->flow;
    const struct snap_vertex *shown = &flow->job->vertices[vertex];
    char line[COLUMNS + 1] = {0};
    double rates[COLUMNS];
    double backlogs[COLUMNS];

    for (uint32_t i = 0; i < COLUMNS; i++) {
        struct column column = column_of(flow, vertex, i);

        line[i] = use_of(&column);
        rates[i] = column.records_per_s;
        backlogs[i] = column.backlog;
    }
    snap_sketch_changes(input, line, COLUMNS);
    snap_text_printf(text, "  %.*s (%s%u %s)\n",
                     (int)snap_columns_fit(shown->name, strlen(shown->name), NAME_MAX), shown->name,
                     input->change_count > 0 ? "up to " : "", shown->parallelism,
                     shown->parallelism == 1 ? "subtask" : "subtasks");
    add_values(text, "records/s", rates);
    snap_text_printf(text, "    %-10s|%s|\n", "time", line);
    add_values(text, "waiting", backlogs);
}

bool snap_sketch_flow(const struct snap_figure_input *input,
                      const struct snap_figure_target *target, struct snap_error *error)
{
    const struct snap_flow *flow = &input->statistics->flow;
    uint32_t vertices = flow->job->vertex_count;
    struct snap_arena arena;

    (void)error;
    for (uint32_t v = 0; v < vertices && v < VERTICES_MAX; v++)
        add_vertex(target->terminal, input, v);
    if (vertices > VERTICES_MAX)
        snap_text_printf(target->terminal, "  ... %u more vertices\n", vertices - VERTICES_MAX);
    snap_arena_init(&arena);
    snap_text_printf(target->terminal, "%*s0%*s\n", 15, "", COLUMNS - 1,
                     snap_duration_name(flow->end_ns, &arena));
    snap_text_add_string(target->terminal,
                         "  time: b mostly busy   P mostly backpressured   . mostly idle   "
                         "blank: down\n");
    if (input->change_count > 0)
        snap_text_add_string(target->terminal, "        | job ended, or was resumed\n");
    snap_arena_fini(&arena);
    return true;
}
