// SPDX-License-Identifier: Apache-2.0
/*
 * The figure `checkpoints`: above, every checkpoint as its last subtask saw it; below, all subtasks
 * of the longest checkpoint and, beside it on the same scale, their medians.
 */
#include <stdio.h>

#include "base/arena.h"
#include "view/figure_subtasks.h"

enum { WIDTH = 1280, UPPER = 290, BARS_MAX = 240, LABELS_MAX = 40 };

/* Where the plots end, of the figure's width. */
#define RIGHT 0.985

struct drawing {
    const struct snap_figure_input *input;
    const struct snap_statistics *statistics;
    struct snap_arena arena;
    struct snap_figure figure;
    struct snap_axis_unit unit;
    struct snap_bars bars;
    struct snap_subtask_bars subtasks;
};

static void add_upper(struct drawing *drawing)
{
    struct snap_text *script = &drawing->figure.script;
    double height = drawing->figure.height;

    snap_text_printf(script,
                     "set tmargin at screen %.6g\nset bmargin at screen %.6g\n"
                     "set lmargin at screen 0.07\nset rmargin at screen %.6g\n"
                     "set yrange [0:%.7g]\nset ylabel 'end to end duration [%s]'\n",
                     1 - 72 / height, 1 - (UPPER - 30) / height, RIGHT,
                     drawing->bars.highest > 0 ? drawing->bars.highest * 1.05 : 1,
                     drawing->unit.name);
    snap_bars_axis(&drawing->bars, script, LABELS_MAX);
    snap_bars_plot(&drawing->bars, script);
}

static void add_lower_plot(struct drawing *drawing, enum snap_subtask_view view, const char *title)
{
    struct snap_text *script = &drawing->figure.script;

    snap_text_add_string(script, "set title ");
    snap_gnuplot_quote(script, title);
    snap_text_add_string(script, " font ',11' offset 0,-0.5\n");
    snap_subtasks_plot(&drawing->subtasks, view, script);
}

static void add_lower(struct drawing *drawing)
{
    const struct snap_subtask_bars *subtasks = &drawing->subtasks;
    struct snap_text *script = &drawing->figure.script;
    double height = drawing->figure.height;
    double margin = snap_lane_margin(drawing->statistics->job);
    double middle = (margin / WIDTH + RIGHT) / 2;
    snap_ns end_ns = snap_ns_max(subtasks->end_ns[SNAP_SUBTASKS_LONGEST],
                                 subtasks->end_ns[SNAP_SUBTASKS_MEDIAN]);
    char title[96];

    snprintf(title, sizeof(title), "checkpoint %lld (%s), per subtask",
             (long long)subtasks->longest->id, subtasks->longest_is);
    snap_text_printf(script,
                     "set tmargin at screen %.6g\nset bmargin at screen %.6g\n"
                     "set xrange [0:%.7g]\nset yrange [%.7g:-0.6]\n"
                     "set xtics auto nomirror scale 0.5\n"
                     "set grid xtics lc rgb '#DDDDDD' lt 1\n"
                     "set xlabel 'since the trigger [%s]' offset 0,0.4\nunset ylabel\n",
                     1 - (UPPER + 44) / height, 50 / height,
                     end_ns > 0 ? (double)end_ns / drawing->unit.ns * 1.04 : 1, subtasks->bottom,
                     drawing->unit.name);
    snap_lane_names(script, drawing->statistics->job, subtasks->lane_y);
    snap_text_printf(script, "set lmargin at screen %.6g\nset rmargin at screen %.6g\n",
                     margin / WIDTH, middle - 0.008);
    add_lower_plot(drawing, SNAP_SUBTASKS_LONGEST, title);
    snap_text_printf(script,
                     "unset ytics\nset lmargin at screen %.6g\nset rmargin at screen %.6g\n",
                     middle + 0.008, RIGHT);
    add_lower_plot(drawing, SNAP_SUBTASKS_MEDIAN,
                   drawing->statistics->completed_count > 0 ? "median of all completed checkpoints"
                                                            : "no checkpoint was completed");
}

/* Empty axes would look as if something were missing. */
static void add_nothing(struct drawing *drawing)
{
    drawing->figure.height = 100;
    snap_figure_begin(&drawing->figure);
    snap_figure_title(&drawing->figure, drawing->input, "checkpoints");
    snap_text_printf(&drawing->figure.script,
                     "set label 'no checkpoint was taken' at screen %.6g, screen 0.4 left "
                     "textcolor rgb '#777777'\n"
                     "unset border\nunset tics\nunset key\nplot [0:1] [0:1] NaN notitle\n",
                     12.0 / WIDTH);
}

static void add_checkpoints(struct drawing *drawing)
{
    const struct snap_statistics *statistics = drawing->statistics;
    uint32_t lanes = statistics->job->task_count;

    drawing->figure.height = UPPER + 108 + lanes * snap_lane_pixels(lanes) * 4 / 5;
    snap_figure_begin(&drawing->figure);
    snap_bars_add(&drawing->bars, &drawing->figure, BARS_MAX);
    for (int view = 0; view < SNAP_SUBTASK_VIEWS; view++)
        snap_subtasks_add(
            &drawing->subtasks,
            &(struct snap_subtask_block){(enum snap_subtask_view)view, drawing->unit.ns, ""},
            &drawing->figure);
    snap_text_add_string(&drawing->figure.script,
                         "set multiplot\nset style fill solid 1 noborder\n");
    snap_figure_title(&drawing->figure, drawing->input, "checkpoints");
    snap_bars_legend(&drawing->figure, &(struct snap_bars_legend){48, snap_bars_shown(statistics)});
    snap_text_add_string(&drawing->figure.script, "unset label\n");
    add_upper(drawing);
    add_lower(drawing);
    snap_text_add_string(&drawing->figure.script, "unset multiplot\n");
}

bool snap_figure_checkpoints(const struct snap_figure_input *input,
                             const struct snap_figure_target *target, struct snap_error *error)
{
    const struct snap_statistics *statistics = input->statistics;
    struct drawing drawing = {.input = input, .statistics = statistics};
    bool good;

    if (target->format == SNAP_FIGURE_TERMINAL)
        return snap_sketch_checkpoints(input, target, error);
    snap_arena_init(&drawing.arena);
    drawing.subtasks = snap_subtasks_of(statistics, &drawing.arena);
    drawing.unit = snap_axis_unit_for(snap_longest_taken(statistics));
    drawing.bars.input = input;
    drawing.bars.unit = drawing.unit;
    drawing.figure.name = "checkpoints";
    drawing.figure.width = WIDTH;
    if (statistics->checkpoint_count > 0)
        add_checkpoints(&drawing);
    else
        add_nothing(&drawing);
    good = snap_figure_draw(&drawing.figure, target, error);
    snap_figure_fini(&drawing.figure);
    snap_arena_fini(&drawing.arena);
    return good;
}
