// SPDX-License-Identifier: Apache-2.0
/* The figure `metrics`: a panel a gauge of Flink's, over the time of the run. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/columns.h"
#include "view/figure.h"
#include "view/figure_parts.h"
#include "view/lane_gaps.h"

enum {
    WIDTH = 1280,
    HEAD = 92, /* with a legend of one line */
    LEGEND_STEP = 20,
    FOOT = 58,
    COLUMNS = 3,
    ROWS = (SNAP_METRIC_COUNT + COLUMNS - 1) / COLUMNS,
    PANEL_WIDTH = 350,
    PANEL_HEIGHT = 150,
    PANEL_LEFT = 62,
    PANEL_STEP = 412,
    GAP = 44,
    COLOURS = 7,
    MARKERS = 7,   /* of further vertices, which have the same colours */
    MARKS = 8,     /* on a line */
    NAME_MIN = 12, /* characters that a name has at least, where it is cut */
    NAME_MAX = 80,
    DASH = 32, /* some 7 pixels of a thin line */
};

/* Lines that are nearer to each other, by a share of the scale, hide each other. */
#define NEAR_SHARE 0.015

static const char *const colours[COLOURS] = {
    SNAP_COLOUR_BLUE,   SNAP_COLOUR_VERMILION, SNAP_COLOUR_GREEN, SNAP_COLOUR_PURPLE,
    SNAP_COLOUR_ORANGE, SNAP_COLOUR_SKY,       SNAP_COLOUR_GREY,
};

/* Where colours come again lines have marks: of gnuplot's types those that look least alike. */
static const int markers[MARKERS] = {7, 9, 4, 13, 6, 11, 8};

/* The type of a vertex's marks, 0: it has none. */
static int marker_of(uint32_t vertex)
{
    return vertex < COLOURS ? 0 : markers[(vertex / COLOURS - 1) % MARKERS];
}

/* What a panel shows of its values: `times` them, in a larger unit where they are large. */
static const struct {
    const char *unit;
    double times;
    double large; /* from this one on, 0: never */
    const char *large_unit;
    double large_times;
    double top; /* the scale's end; 0: a little above the largest value */
} scales[SNAP_METRIC_COUNT] = {
    [SNAP_METRIC_BUSY] = {"ms/s", 1, 0, NULL, 0, 1060},
    [SNAP_METRIC_BACKPRESSURED] = {"ms/s", 1, 0, NULL, 0, 1060},
    [SNAP_METRIC_IDLE] = {"ms/s", 1, 0, NULL, 0, 1060},
    [SNAP_METRIC_IN_POOL] = {"%", 100, 0, NULL, 0, 0},
    [SNAP_METRIC_OUT_POOL] = {"%", 100, 0, NULL, 0, 0},
    [SNAP_METRIC_BUFFER_SIZE] = {"bytes", 1, 10240, "KiB", 1 / 1024.0, 0},
    [SNAP_METRIC_TO_CONSUME] = {"ms", 1, 10000, "s", 1e-3, 0},
    [SNAP_METRIC_START_DELAY] = {"ms", 1e-6, 10e9, "s", 1e-9, 0},
    [SNAP_METRIC_ALIGNMENT] = {"ms", 1e-6, 10e9, "s", 1e-9, 0},
};

struct drawing {
    const struct snap_figure_input *input;
    const struct snap_metrics *metrics;
    struct snap_figure figure;
    struct snap_axis_unit unit;
    uint32_t name_max; /* columns of a name in the legend */
    uint32_t head;     /* above the panels */
};

/* ---- data ---- */

/* What a line shows over a time. */
struct bin {
    snap_ns from_ns;
    snap_ns to_ns;
    const double *values;
};

static void add_row(struct drawing *drawing, double at, const double *values)
{
    struct snap_text *data = &drawing->figure.data;

    snap_text_printf(data, "%.7g", at);
    for (uint32_t m = 0; m < SNAP_METRIC_COUNT; m++)
        snap_text_printf(data, " %.6g", values[m]);
    snap_text_add_string(data, "\n");
}

/* A bin, but for the time in which nobody was there to have a gauge. */
static void add_bin(struct drawing *drawing, const struct bin *bin, struct snap_lane_gaps *gaps)
{
    static const double nothing[] = {NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    double unit_ns = drawing->unit.ns;
    snap_ns at_ns = bin->from_ns;

    _Static_assert(sizeof(nothing) == SNAP_METRIC_COUNT * sizeof(double), "of each gauge");
    while (at_ns < bin->to_ns) {
        snap_ns up_ns = snap_ns_min(snap_lane_gaps_end(gaps, at_ns), bin->to_ns);

        if (up_ns > at_ns) {
            add_row(drawing, (double)at_ns / unit_ns, nothing);
        } else {
            up_ns = snap_ns_min(snap_lane_gaps_next(gaps), bin->to_ns);
            add_row(drawing, (double)at_ns / unit_ns, bin->values);
            add_row(drawing, (double)up_ns / unit_ns, bin->values);
        }
        at_ns = up_ns;
    }
}

/* The subtasks of a line. */
static struct snap_lane_gaps gaps_of(const struct drawing *drawing, uint32_t line,
                                     struct snap_arena *arena)
{
    const struct snap_metrics_line *at = &drawing->metrics->lines[line];
    const struct snap_vertex *vertex = &drawing->metrics->job->vertices[at->vertex];
    bool one = at->kind == SNAP_METRICS_SUBTASK;

    return snap_lane_gaps_of(drawing->input->statistics, vertex->task_first + at->subtask,
                             one ? 1 : vertex->parallelism, arena);
}

/* Each bin from its begin to its end, so that lines are stairs: dashes go on from bin to bin, which
 * they would not in gnuplot's steps. */
static void add_block(struct drawing *drawing, uint32_t line)
{
    const struct snap_metrics *metrics = drawing->metrics;
    struct snap_lane_gaps gaps;
    struct snap_arena arena;
    char what[80];

    snprintf(what, sizeof(what), "vertex %u, line %u (time, gauges)", metrics->lines[line].vertex,
             line);
    snap_figure_block(&drawing->figure, what, 1 + SNAP_METRIC_COUNT);
    snap_arena_init(&arena);
    gaps = gaps_of(drawing, line, &arena);
    for (uint32_t b = 0; b < metrics->bin_count; b++) {
        struct bin bin = {snap_metrics_from(metrics, b), snap_metrics_until(metrics, b),
                          snap_metrics_at(metrics, line, b)};

        add_bin(drawing, &bin, &gaps);
    }
    snap_arena_fini(&arena);
}

static struct snap_usual_scale scale_of(const struct snap_metrics *metrics, uint32_t metric)
{
    struct snap_usual_scale scale;
    struct snap_arena arena;
    double *values;
    uint32_t count = 0;

    snap_arena_init(&arena);
    values = SNAP_ARENA_ARRAY(&arena, double, (size_t)metrics->line_count * metrics->bin_count);
    for (uint32_t line = 0; line < metrics->line_count; line++)
        for (uint32_t bin = 0; bin < metrics->bin_count; bin++)
            values[count++] = snap_metrics_at(metrics, line, bin)[metric];
    scale = snap_usual_scale_of(values, count, 1.1);
    snap_arena_fini(&arena);
    return scale;
}

/* ---- panels ---- */

static void add_place(struct drawing *drawing, uint32_t panel)
{
    double width = drawing->figure.width;
    double height = drawing->figure.height;
    double left = PANEL_LEFT + (double)(panel % COLUMNS) * PANEL_STEP;
    double top = drawing->head + (double)(panel / COLUMNS) * (PANEL_HEIGHT + GAP);

    snap_text_printf(&drawing->figure.script,
                     "set lmargin at screen %.6g\nset rmargin at screen %.6g\n"
                     "set tmargin at screen %.6g\nset bmargin at screen %.6g\n",
                     left / width, (left + PANEL_WIDTH) / width, 1 - top / height,
                     1 - (top + PANEL_HEIGHT) / height);
}

/* The least and the largest are thin, the median is thick, subtasks are in between. */
static double width_of(const struct snap_metrics_line *line)
{
    switch (line->kind) {
    case SNAP_METRICS_SUBTASK:
        return 1.2;
    case SNAP_METRICS_MEDIAN:
        return 2.2;
    case SNAP_METRICS_LEAST:
    case SNAP_METRICS_LARGEST:
        break;
    }
    return 0.7;
}

/* Gauges of debloating come only where gates are debloated, the others in any run. */
static const char *why_empty(const struct snap_metrics *metrics, uint32_t metric)
{
    bool debloats = metric == SNAP_METRIC_BUFFER_SIZE || metric == SNAP_METRIC_TO_CONSUME;

    return debloats && !isnan(scale_of(metrics, SNAP_METRIC_BUSY).most)
               ? "off: no gate was debloated"
               : "not known";
}

static void add_marks(struct drawing *drawing)
{
    snap_changes_add(&drawing->figure.script, drawing->input, drawing->unit.ns);
    snap_failures_add(&drawing->figure.script, drawing->input, drawing->unit.ns);
}

/* Words alone: lines of a restart would cross them. */
static void add_why_empty(struct drawing *drawing, uint32_t metric)
{
    struct snap_text *script = &drawing->figure.script;

    snap_text_printf(script,
                     "unset ytics\nunset arrow\nunset object\n"
                     "set label 2 '%s' at graph 0.02, graph 0.9 left textcolor rgb '#777777'\n"
                     "plot [] [0:1] NaN notitle\nunset label 2\n"
                     "set ytics nomirror scale 0.4 font ',9'\n",
                     why_empty(drawing->metrics, metric));
    add_marks(drawing);
}

/* One line of a panel, and the end of its scale. */
struct spot {
    uint32_t metric;
    uint32_t line;
    double top;
};

/* Whether the other line hides this one, or is hidden by it, in half of the time or more. */
static bool coincides(const struct snap_metrics *metrics, struct spot spot, uint32_t other)
{
    uint32_t known = 0;
    uint32_t near = 0;

    for (uint32_t bin = 0; bin < metrics->bin_count; bin++) {
        double one = snap_metrics_at(metrics, spot.line, bin)[spot.metric];
        double two = snap_metrics_at(metrics, other, bin)[spot.metric];

        known += isnan(one) ? 0 : 1;
        near += fabs(one - two) <= NEAR_SHARE * spot.top ? 1 : 0; /* not if one is NaN */
    }
    return known > 0 && 2 * near >= known;
}

/* Lines of several vertices that coincide are seen in turn: the first is whole, and each one that
 * is drawn over it leaves a larger gap. Lines are in the order of their vertices. */
static void add_dashes(struct snap_text *script, const struct snap_metrics *metrics,
                       struct spot spot)
{
    uint32_t own = metrics->lines[spot.line].vertex;
    uint32_t counted = own;
    uint32_t before = 0;
    uint32_t sharing = 1;

    for (uint32_t other = 0; other < metrics->line_count; other++) {
        uint32_t vertex = metrics->lines[other].vertex;

        if (vertex == own || vertex == counted || !coincides(metrics, spot, other))
            continue;
        counted = vertex;
        before += vertex < own ? 1 : 0;
        sharing++;
    }
    if (before > 0)
        snap_text_printf(script, " dt (%u,%u)", DASH * (sharing - before), DASH * before);
}

static void add_panel(struct drawing *drawing, uint32_t metric)
{
    struct snap_text *script = &drawing->figure.script;
    const struct snap_metrics *metrics = drawing->metrics;
    struct snap_usual_scale scale = scale_of(metrics, metric);
    bool large = scales[metric].large > 0 && scale.top >= scales[metric].large;
    double times = large ? scales[metric].large_times : scales[metric].times;
    double top = scales[metric].top > 0 ? scales[metric].top : scale.top * times;
    bool last = metric + COLUMNS >= SNAP_METRIC_COUNT;

    add_place(drawing, metric);
    snap_text_printf(script, "set label 1 '%s [%s]' at graph 0, graph 1 left offset 0,0.6\n",
                     snap_metric_name((enum snap_metric)metric),
                     large ? scales[metric].large_unit : scales[metric].unit);
    snap_text_printf(script, "set format x '%s'\n%s", last ? "%g" : "",
                     last ? "" : "unset xlabel\n");
    if (last)
        snap_text_printf(script, "set xlabel 'time since the job started [%s]' offset 0,0.4\n",
                         drawing->unit.name);
    if (isnan(scale.most)) {
        add_why_empty(drawing, metric);
        return;
    }
    if (scale.most > scale.top)
        snap_text_printf(script,
                         "set label 3 'up to %.5g' at graph 0.99, graph 0.93 right "
                         "font ',9' textcolor rgb '#777777'\n",
                         scale.most * times);
    snap_text_printf(script, "set yrange [0:%.7g]\n", top > 0 ? top : 1);
    for (uint32_t line = 0; line < metrics->line_count; line++) {
        uint32_t vertex = metrics->lines[line].vertex;

        snap_text_printf(script, "%s data index %u using 1:($%u*%.9g) with %s lw %.3g lc rgb '%s'",
                         line == 0 ? "plot" : ", \\\n    ", line, metric + 2, times,
                         marker_of(vertex) ? "linespoints" : "lines",
                         width_of(&metrics->lines[line]), colours[vertex % COLOURS]);
        if (marker_of(vertex))
            snap_text_printf(script, " pt %d ps 0.7 pi %u", marker_of(vertex),
                             2 * metrics->bin_count / MARKS + 1);
        add_dashes(script, metrics, (struct spot){metric, line, scale.top});
        snap_text_add_string(script, " notitle");
    }
    snap_text_add_string(script, "\nunset label 3\n");
}

/* ---- frame ---- */

/* "counts -> out: Writer (2)", with a name of so many characters at most (arena). */
static const char *vertex_title(const struct drawing *drawing, uint32_t vertex, uint32_t name_max,
                                struct snap_arena *arena)
{
    const struct snap_vertex *at = &drawing->metrics->job->vertices[vertex];

    return snap_arena_printf(arena, "%s (%s%u)", snap_name_cut(at->name, name_max, arena),
                             drawing->input->change_count > 0 ? "up to " : "", at->parallelism);
}

/* From the square of one vertex to that of the next. */
static double title_pixels(const char *title)
{
    return 40 + 7.5 * snap_columns_of(title, strlen(title));
}

/* The lines of the legend, if names are so long. */
static uint32_t legend_rows(const struct drawing *drawing, uint32_t name_max)
{
    struct snap_arena arena;
    uint32_t rows = 1;
    double pixels = PANEL_LEFT;

    snap_arena_init(&arena);
    for (uint32_t v = 0; v < drawing->metrics->job->vertex_count; v++) {
        double width = title_pixels(vertex_title(drawing, v, name_max, &arena));

        if (pixels + width > WIDTH && pixels > PANEL_LEFT) {
            pixels = PANEL_LEFT;
            rows++;
        }
        pixels += width;
    }
    snap_arena_fini(&arena);
    return rows;
}

/* Names are as long as a line for so many colours allows. */
static void measure_legend(struct drawing *drawing)
{
    uint32_t rows = (drawing->metrics->job->vertex_count + COLOURS - 1) / COLOURS;

    drawing->name_max = NAME_MAX;
    while (drawing->name_max > NAME_MIN && legend_rows(drawing, drawing->name_max) > rows)
        drawing->name_max--;
    drawing->head = HEAD + (legend_rows(drawing, drawing->name_max) - 1) * LEGEND_STEP;
}

/* A square in the vertex's colour, or the mark on its lines. */
static void add_sign(struct drawing *drawing, uint32_t vertex, double x, double y)
{
    struct snap_text *script = &drawing->figure.script;
    double width = drawing->figure.width;
    double height = drawing->figure.height;

    if (marker_of(vertex))
        snap_text_printf(script,
                         "set label '' at screen %.6g, screen %.6g point pt %d ps 1.2 "
                         "lc rgb '%s'\n",
                         (x + 6) / width, y, marker_of(vertex), colours[vertex % COLOURS]);
    else
        snap_text_printf(script,
                         "set object rectangle from screen %.6g, screen %.6g to screen %.6g, "
                         "screen %.6g fillcolor rgb '%s' fillstyle solid 1 noborder\n",
                         x / width, y - 5.0 / height, (x + 12) / width, y + 6.0 / height,
                         colours[vertex]);
}

/* What tells the vertices' lines from each other. */
static void add_legend(struct drawing *drawing)
{
    struct snap_text *script = &drawing->figure.script;
    double width = drawing->figure.width;
    double y = 50;
    double x = PANEL_LEFT;
    struct snap_arena arena;

    snap_arena_init(&arena);
    for (uint32_t v = 0; v < drawing->metrics->job->vertex_count; v++) {
        const char *title = vertex_title(drawing, v, drawing->name_max, &arena);
        double at;

        if (x + title_pixels(title) > WIDTH && x > PANEL_LEFT) {
            x = PANEL_LEFT;
            y += LEGEND_STEP;
        }
        at = 1 - y / drawing->figure.height;
        add_sign(drawing, v, x, at);
        snap_text_add_string(script, "set label ");
        snap_gnuplot_quote(script, title);
        snap_text_printf(script, " at screen %.6g, screen %.6g left font ',11'\n", (x + 17) / width,
                         at);
        x += title_pixels(title);
    }
    snap_arena_fini(&arena);
}

static bool has_ranks(const struct snap_metrics *metrics)
{
    for (uint32_t line = 0; line < metrics->line_count; line++)
        if (metrics->lines[line].kind == SNAP_METRICS_MEDIAN)
            return true;
    return false;
}

static void add_frame(struct drawing *drawing)
{
    struct snap_text *script = &drawing->figure.script;

    snap_text_add_string(script, "set multiplot\n");
    snap_figure_title(&drawing->figure, drawing->input,
                      has_ranks(drawing->metrics)
                          ? "metrics of subtasks (of more than 16: min, median, max)"
                          : "metrics of subtasks");
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
                     "set xtics nomirror out scale 0.4 textcolor rgb '#222222' font ',9'\n"
                     "set ytics nomirror scale 0.4 font ',9'\n",
                     (double)drawing->metrics->end_ns / drawing->unit.ns);
    add_marks(drawing);
}

bool snap_figure_metrics(const struct snap_figure_input *input,
                         const struct snap_figure_target *target, struct snap_error *error)
{
    struct drawing drawing = {.input = input, .metrics = input->metrics};
    bool good;

    if (target->format == SNAP_FIGURE_TERMINAL)
        return snap_sketch_metrics(input, target, error);
    drawing.unit = snap_axis_unit_for(drawing.metrics->end_ns);
    drawing.figure.name = "metrics";
    drawing.figure.width = WIDTH;
    measure_legend(&drawing);
    drawing.figure.height = drawing.head + ROWS * (PANEL_HEIGHT + GAP) - GAP + FOOT;
    snap_figure_begin(&drawing.figure);
    for (uint32_t line = 0; line < drawing.metrics->line_count; line++)
        add_block(&drawing, line);
    add_frame(&drawing);
    for (uint32_t metric = 0; metric < SNAP_METRIC_COUNT; metric++)
        add_panel(&drawing, metric);
    snap_text_add_string(&drawing.figure.script, "unset multiplot\n");
    good = snap_figure_draw(&drawing.figure, target, error);
    snap_figure_fini(&drawing.figure);
    return good;
}
