// SPDX-License-Identifier: Apache-2.0
/* The figure `flow`: a row of three panels a vertex, over the time of the run. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/columns.h"
#include "view/figure.h"
#include "view/figure_parts.h"
#include "view/units.h"

enum {
    WIDTH = 1280,
    HEAD = 92,
    FOOT = 62,
    VERTICES_MAX = 24,
    PANELS = 3,
    PANEL_WIDTH = 330,
    PANEL_LEFT = 78,
    PANEL_STEP = 408,
    GAP = 30,        /* between rows */
    TITLE_MAX = 112, /* characters up to the last panel */
    TITLE_MIN = 49,  /* above a panel */
};

struct drawing {
    const struct snap_figure_input *input;
    const struct snap_flow *flow;
    const struct snap_job *job;
    struct snap_figure figure;
    struct snap_axis_unit unit;
    uint32_t rows;   /* vertices drawn */
    uint32_t height; /* of a panel, pixels */
};

/* ---- data ---- */

static void add_row(struct drawing *drawing, double at, const struct snap_flow_row *row)
{
    double busy = row->busy;
    double pressed = busy + row->backpressured;

    snap_text_printf(&drawing->figure.data, "%.7g %.6g %.5g %.5g %.5g %.6g\n", at,
                     row->records_per_s, busy * 100, pressed * 100, (pressed + row->idle) * 100,
                     row->backlog);
}

/* Steps: each row holds until the next one, and the last one is told again at the end. */
static void add_block(struct drawing *drawing, uint32_t vertex)
{
    const struct snap_flow *flow = drawing->flow;
    char what[160];

    snprintf(what, sizeof(what),
             "vertex %u (time, records/s, and percent: busy, + backpressured, + idle; backlog)",
             vertex);
    snap_figure_block(&drawing->figure, what, 6);
    for (uint32_t bin = 0; bin < flow->bin_count; bin++)
        add_row(drawing, (double)snap_flow_from(flow, bin) / drawing->unit.ns,
                snap_flow_at(flow, vertex, bin));
    add_row(drawing, (double)flow->end_ns / drawing->unit.ns,
            snap_flow_at(flow, vertex, flow->bin_count - 1));
}

static struct snap_usual_scale scale_of(const struct drawing *drawing, uint32_t vertex,
                                        bool backlog)
{
    const struct snap_flow *flow = drawing->flow;
    struct snap_usual_scale scale;
    struct snap_arena arena;
    double *values;

    snap_arena_init(&arena);
    values = SNAP_ARENA_ARRAY(&arena, double, flow->bin_count);
    for (uint32_t bin = 0; bin < flow->bin_count; bin++) {
        const struct snap_flow_row *row = snap_flow_at(flow, vertex, bin);

        values[bin] = backlog ? row->backlog : row->records_per_s;
    }
    scale = snap_usual_scale_of(values, flow->bin_count, 1.08);
    snap_arena_fini(&arena);
    return scale;
}

/* ---- panels ---- */

static void add_place(struct drawing *drawing, uint32_t row, uint32_t panel)
{
    double width = drawing->figure.width;
    double height = drawing->figure.height;
    double left = PANEL_LEFT + (double)panel * PANEL_STEP;
    double top = HEAD + (double)row * (drawing->height + GAP);

    snap_text_printf(&drawing->figure.script,
                     "set lmargin at screen %.6g\nset rmargin at screen %.6g\n"
                     "set tmargin at screen %.6g\nset bmargin at screen %.6g\n",
                     left / width, (left + PANEL_WIDTH) / width, 1 - top / height,
                     1 - (top + drawing->height) / height);
}

/* "counts -> out (4 subtasks)", of at most so many characters, above the first panel of the row. */
static void add_name(struct drawing *drawing, const struct snap_vertex *vertex, size_t most)
{
    struct snap_text *script = &drawing->figure.script;
    struct snap_text name = {0};
    struct snap_text subtasks = {0};
    struct snap_arena arena;

    snap_arena_init(&arena);
    snap_text_printf(&subtasks, " (%s%u %s)", drawing->input->change_count > 0 ? "up to " : "",
                     vertex->parallelism, vertex->parallelism == 1 ? "subtask" : "subtasks");
    snap_text_printf(&name, "%s%s",
                     snap_name_cut(vertex->name, (uint32_t)(most - subtasks.length), &arena),
                     snap_text_get(&subtasks));
    snap_text_fini(&subtasks);
    snap_arena_fini(&arena);
    snap_text_add_string(script, "set label 1 ");
    snap_gnuplot_quote(script, snap_text_get(&name));
    snap_text_add_string(script, " at graph 0, graph 1 left offset 0,0.55 font ',10'\n");
    snap_text_fini(&name);
}

/* The step between marks: 1, 2 or 5 times a power of ten, so that at most `count` fit. */
static double mark_step(double top, double count)
{
    double power = pow(10, floor(log10(top / count)));
    double times = top / count / power;

    return power * (times <= 1 ? 1 : times <= 2 ? 2 : times <= 5 ? 5 : 10);
}

static void add_scale(struct drawing *drawing, const struct snap_usual_scale *scale)
{
    struct snap_text *script = &drawing->figure.script;
    double top = scale->top > 0 ? scale->top : 1;
    double step = mark_step(top, drawing->height < 70 ? 2 : 4);
    double unit = step >= 1e6 ? 1e6 : step >= 1e3 || top >= 1e4 ? 1e3 : 1;

    snap_text_printf(script, "set yrange [0:%.7g]\nset ytics nomirror scale 0.4 font ',9' (", top);
    for (int i = 0; i * step <= top; i++)
        snap_text_printf(script, "%s'%g%s' %.7g", i == 0 ? "" : ", ", i * step / unit,
                         i == 0 || unit < 1e3 ? ""
                         : unit < 1e6         ? "k"
                                              : "M",
                         i * step);
    snap_text_add_string(script, ")\n");
}

/* What the scale cuts off, at the upper right corner; within the first panel, as the vertex's name
 * stands above it. */
static void add_cut(struct drawing *drawing, const struct snap_usual_scale *scale, bool within)
{
    struct snap_arena arena;

    if (!(scale->most > scale->top))
        return;
    snap_arena_init(&arena);
    snap_text_printf(&drawing->figure.script,
                     "set label 3 'up to %s' at graph 1, graph 1 right offset %s font ',9' "
                     "textcolor rgb '#777777' front\n",
                     snap_amount_name(scale->most, &arena), within ? "-0.5,-0.7" : "0,0.55");
    snap_arena_fini(&arena);
}

static void add_unknown(struct drawing *drawing, const char *why)
{
    snap_text_printf(&drawing->figure.script,
                     "set label 2 '%s' at graph 0, graph 1 left offset 0,0.55 font ',9' "
                     "textcolor rgb '#777777'\n"
                     "plot [] [0:1] NaN notitle\nunset label 2\n",
                     why);
}

/* One of the two panels that show a line. */
static void add_line(struct drawing *drawing, uint32_t vertex, bool backlog)
{
    struct snap_usual_scale scale = scale_of(drawing, vertex, backlog);
    int column = backlog ? 6 : 2;

    add_scale(drawing, &scale);
    add_cut(drawing, &scale, !backlog);
    if (isnan(scale.most)) {
        snap_text_add_string(&drawing->figure.script, "unset ytics\n");
        add_unknown(drawing, backlog && snap_job_vertex_is_source(drawing->job, vertex)
                                 ? "nothing waits in front of a source"
                                 : "not known");
        return;
    }
    /* A light colour, not a transparent one: steps side by side would show their seams. */
    snap_text_printf(&drawing->figure.script,
                     "plot data index %u using 1:%d with fillsteps fs solid 1 lc rgb '%s' "
                     "notitle, data index %u using 1:%d with steps lw 1.3 lc rgb '%s' notitle\n",
                     vertex, column, backlog ? "#F6E6EF" : "#D3E6F2", vertex, column,
                     backlog ? SNAP_COLOUR_PURPLE : SNAP_COLOUR_BLUE);
    snap_text_add_string(&drawing->figure.script, "unset label 3\n");
}

static const struct {
    const char *title;
    const char *colour;
    int column;
} uses[] = {
    {"busy", SNAP_COLOUR_VERMILION, 3},
    {"backpressured", "#333333", 4},
    {"idle", "#BFE1F6", 5},
};

enum { USES = sizeof(uses) / sizeof(uses[0]) };

/* What stands above hides what stands below: the sum of all first. */
static void add_shares(struct drawing *drawing, uint32_t vertex)
{
    struct snap_text *script = &drawing->figure.script;

    snap_text_add_string(script, "set yrange [0:100]\nset format y '%g'\n"
                                 "set ytics (0, 50, 100) nomirror scale 0.4 font ',9'\n");
    if (isnan(snap_flow_at(drawing->flow, vertex, 0)->busy)) {
        add_unknown(drawing, "not known");
        return;
    }
    for (uint32_t i = USES; i > 0; i--)
        snap_text_printf(
            script, "%s data index %u using 1:%d with fillsteps fs solid 1 lc rgb '%s' notitle",
            i == USES ? "plot" : ",", vertex, uses[i - 1].column, uses[i - 1].colour);
    snap_text_add_string(script, "\n");
}

static void add_panels(struct drawing *drawing, uint32_t vertex)
{
    struct snap_text *script = &drawing->figure.script;
    /* Above the second panel there is something only if it is empty. */
    bool has_shares = !isnan(snap_flow_at(drawing->flow, vertex, 0)->busy);
    bool last = vertex + 1 == drawing->rows;

    snap_text_printf(script, "set format x '%s'\n", last ? "%g" : "");
    if (last)
        snap_text_printf(script, "set xlabel 'time since the job started [%s]' offset 0,0.4\n",
                         drawing->unit.name);
    add_place(drawing, vertex, 0);
    add_name(drawing, &drawing->job->vertices[vertex], has_shares ? TITLE_MAX : TITLE_MIN);
    add_line(drawing, vertex, false);
    snap_text_add_string(script, "unset label 1\n");
    add_place(drawing, vertex, 1);
    add_shares(drawing, vertex);
    add_place(drawing, vertex, 2);
    add_line(drawing, vertex, true);
}

/* ---- frame ---- */

static void add_legend(struct drawing *drawing)
{
    static const char *const titles[PANELS] = {"records a second", NULL,
                                               "records waiting in front"};
    struct snap_text *script = &drawing->figure.script;
    double width = drawing->figure.width;
    double y = 1 - 52.0 / drawing->figure.height;
    double x = PANEL_LEFT + PANEL_STEP;

    for (uint32_t panel = 0; panel < PANELS; panel++)
        if (titles[panel])
            snap_text_printf(script, "set label '%s' at screen %.6g, screen %.6g left font ',11'\n",
                             titles[panel], (PANEL_LEFT + (double)panel * PANEL_STEP) / width, y);
    snap_text_printf(script,
                     "set label '%% of time:' at screen %.6g, screen %.6g left font ',11'\n",
                     x / width, y);
    x += 88;
    for (uint32_t i = 0; i < USES; i++) {
        snap_text_printf(script,
                         "set object rectangle from screen %.6g, screen %.6g to screen %.6g, "
                         "screen %.6g fillcolor rgb '%s' fillstyle solid 1 noborder\n"
                         "set label '%s' at screen %.6g, screen %.6g left font ',11'\n",
                         x / width, y - 5.0 / drawing->figure.height, (x + 12) / width,
                         y + 6.0 / drawing->figure.height, uses[i].colour, uses[i].title,
                         (x + 17) / width, y);
        x += 30 + 8 * (double)strlen(uses[i].title);
    }
}

static void add_frame(struct drawing *drawing)
{
    struct snap_text *script = &drawing->figure.script;
    struct snap_text what = {0};

    snap_text_add_string(&what, "flow");
    if (drawing->rows < drawing->job->vertex_count)
        snap_text_printf(&what, " (the first %u of %u vertices)", drawing->rows,
                         drawing->job->vertex_count);
    snap_text_add_string(script, "set multiplot\n");
    snap_figure_title(&drawing->figure, drawing->input, snap_text_get(&what));
    snap_failures_legend(&drawing->figure, drawing->input, 22);
    add_legend(drawing);
    /* A plot of nothing shows labels and rectangles once, not in each panel. */
    snap_text_printf(script,
                     "unset border\nunset tics\nunset key\n"
                     "set lmargin at screen 0\nset rmargin at screen 1\n"
                     "set tmargin at screen 1\nset bmargin at screen 0\n"
                     "plot [0:1] [0:1] NaN notitle\n"
                     "unset label\nunset object\n"
                     "set border 3 lc rgb '#555555'\nset xrange [0:%.7g]\n"
                     "set xtics nomirror out scale 0.4 textcolor rgb '#222222' font ',9'\n",
                     (double)drawing->flow->end_ns / drawing->unit.ns);
    snap_failures_add(&drawing->figure.script, drawing->input, drawing->unit.ns);
    snap_changes_add(script, drawing->input, drawing->unit.ns);
    snap_text_fini(&what);
}

bool snap_figure_flow(const struct snap_figure_input *input,
                      const struct snap_figure_target *target, struct snap_error *error)
{
    const struct snap_flow *flow = &input->statistics->flow;
    struct drawing drawing = {.input = input, .flow = flow, .job = input->statistics->job};
    bool good;

    if (target->format == SNAP_FIGURE_TERMINAL)
        return snap_sketch_flow(input, target, error);
    drawing.unit = snap_axis_unit_for(flow->end_ns);
    drawing.rows =
        drawing.job->vertex_count < VERTICES_MAX ? drawing.job->vertex_count : VERTICES_MAX;
    drawing.height = drawing.rows <= 4 ? 130 : drawing.rows <= 8 ? 92 : 56;
    drawing.figure.name = "flow";
    drawing.figure.width = WIDTH;
    drawing.figure.height = HEAD + drawing.rows * (drawing.height + GAP) - GAP + FOOT;
    snap_figure_begin(&drawing.figure);
    for (uint32_t v = 0; v < drawing.rows; v++)
        add_block(&drawing, v);
    add_frame(&drawing);
    for (uint32_t v = 0; v < drawing.rows; v++)
        add_panels(&drawing, v);
    snap_text_add_string(&drawing.figure.script, "unset multiplot\n");
    good = snap_figure_draw(&drawing.figure, target, error);
    snap_figure_fini(&drawing.figure);
    return good;
}
