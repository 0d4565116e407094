// SPDX-License-Identifier: Apache-2.0
/*
 * The figure `checkpoints`: above, every checkpoint as its last subtask saw it; below, all subtasks
 * of the longest checkpoint and, beside it on the same scale, their medians.
 */
#include <stdio.h>

#include "base/arena.h"
#include "model/names.h"
#include "trace/percentile.h"
#include "view/figure_bars.h"

enum { WIDTH = 1280, UPPER = 290, BARS_MAX = 240, LABELS_MAX = 40 };

/* Where the plots end, of the figure's width. */
#define RIGHT 0.985

struct drawing {
    const struct snap_figure_input *input;
    const struct snap_statistics *statistics;
    const struct snap_checkpoint_stats *longest; /* or NULL */
    struct snap_arena arena;
    struct snap_figure figure;
    struct snap_axis_unit unit;
    double *lane_y;
    double bottom;
    struct snap_bars bars;
    double subtasks_end;     /* of the lower panels' scale */
    uint32_t subtasks_block; /* of the longest checkpoint; the next has the medians */
};

/* ---- data ---- */

static void add_longest(struct drawing *drawing)
{
    drawing->subtasks_block = snap_figure_block(
        &drawing->figure, "longest checkpoint: lane, then where each part of the subtask ends", 7);
    for (uint32_t task = 0; drawing->longest && task < drawing->statistics->job->task_count;
         task++) {
        const struct snap_subtask_part *part = &drawing->longest->parts[task];
        snap_ns parts[SNAP_PART_KIND_COUNT];
        double end;

        if (!part->acknowledged || part->finished)
            continue;
        snap_part_split(drawing->longest, part, parts);
        snap_text_printf(&drawing->figure.data, "%.7g", drawing->lane_y[task]);
        end = snap_part_stack(&drawing->figure.data, parts, drawing->unit.ns);
        if (end > drawing->subtasks_end)
            drawing->subtasks_end = end;
    }
}

/* Sets *median to the medians of the subtask's parts; false if it never took part. */
static bool median_parts(struct drawing *drawing, uint32_t task, snap_ns *median)
{
    const struct snap_statistics *statistics = drawing->statistics;
    uint32_t capacity = statistics->checkpoint_count;
    int64_t *numbers =
        SNAP_ARENA_ARRAY(&drawing->arena, int64_t, (capacity + 1) * SNAP_PART_KIND_COUNT);
    uint32_t count = 0;

    for (uint32_t i = 0; i < statistics->checkpoint_count; i++) {
        const struct snap_checkpoint_stats *checkpoint = statistics->checkpoints[i];
        const struct snap_subtask_part *part = &checkpoint->parts[task];
        snap_ns parts[SNAP_PART_KIND_COUNT];

        if (checkpoint->status != SNAP_CHECKPOINT_COMPLETED || !part->acknowledged ||
            part->finished)
            continue;
        snap_part_split(checkpoint, part, parts);
        for (uint32_t p = 0; p < SNAP_PART_KIND_COUNT; p++)
            numbers[p * capacity + count] = parts[p];
        count++;
    }
    for (uint32_t p = 0; count > 0 && p < SNAP_PART_KIND_COUNT; p++)
        median[p] = (snap_ns)snap_distribution_of(numbers + p * capacity, count).percentiles[0];
    return count > 0;
}

static void add_medians(struct drawing *drawing)
{
    snap_figure_block(&drawing->figure, "medians: lane, then where each part of the subtask ends",
                      7);
    for (uint32_t task = 0; task < drawing->statistics->job->task_count; task++) {
        snap_ns median[SNAP_PART_KIND_COUNT];
        double end;

        if (!median_parts(drawing, task, median))
            continue;
        snap_text_printf(&drawing->figure.data, "%.7g", drawing->lane_y[task]);
        end = snap_part_stack(&drawing->figure.data, median, drawing->unit.ns);
        if (end > drawing->subtasks_end)
            drawing->subtasks_end = end;
    }
}

/* ---- script ---- */

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

static void add_lower_plot(struct drawing *drawing, uint32_t block, const char *title)
{
    struct snap_text *script = &drawing->figure.script;

    snap_text_add_string(script, "set title ");
    snap_gnuplot_quote(script, title);
    snap_text_add_string(script, " font ',11' offset 0,-0.5\nplot \\\n");
    for (int i = 0; i < SNAP_PART_KIND_COUNT; i++)
        snap_text_printf(script,
                         "  data index %u using %d:1:%d:%d:($1-0.4):($1+0.4) with boxxyerror lw 0 "
                         "lc rgb '%s' notitle%s\n",
                         block, i + 2, i + 2, i + 3, snap_part_styles[i].colour,
                         i + 1 < SNAP_PART_KIND_COUNT ? ", \\" : "");
}

/* What the checkpoint of the lower panel is. */
static const char *longest_words(const struct drawing *drawing)
{
    const struct snap_checkpoint_stats *longest = drawing->longest;

    if (longest->status == SNAP_CHECKPOINT_IN_PROGRESS)
        return "under way";
    return longest->status == SNAP_CHECKPOINT_COMPLETED &&
                   snap_longest_taken(drawing->statistics) > longest->duration_ns
               ? "the longest that completed"
               : "the longest";
}

static void add_lower(struct drawing *drawing)
{
    struct snap_text *script = &drawing->figure.script;
    double height = drawing->figure.height;
    double margin = snap_lane_margin(drawing->statistics->job);
    double middle = (margin / WIDTH + RIGHT) / 2;
    char title[96] = "no checkpoint";

    if (drawing->longest)
        snprintf(title, sizeof(title), "checkpoint %lld (%s), per subtask",
                 (long long)drawing->longest->id, longest_words(drawing));
    snap_text_printf(script,
                     "set tmargin at screen %.6g\nset bmargin at screen %.6g\n"
                     "set xrange [0:%.7g]\nset yrange [%.7g:-0.6]\n"
                     "set xtics auto nomirror scale 0.5\n"
                     "set grid xtics lc rgb '#DDDDDD' lt 1\n"
                     "set xlabel 'since the trigger [%s]' offset 0,0.4\nunset ylabel\n",
                     1 - (UPPER + 44) / height, 50 / height,
                     drawing->subtasks_end > 0 ? drawing->subtasks_end * 1.04 : 1, drawing->bottom,
                     drawing->unit.name);
    snap_lane_names(script, drawing->statistics->job, drawing->lane_y);
    snap_text_printf(script, "set lmargin at screen %.6g\nset rmargin at screen %.6g\n",
                     margin / WIDTH, middle - 0.008);
    add_lower_plot(drawing, drawing->subtasks_block, title);
    snap_text_printf(script,
                     "unset ytics\nset lmargin at screen %.6g\nset rmargin at screen %.6g\n",
                     middle + 0.008, RIGHT);
    add_lower_plot(drawing, drawing->subtasks_block + 1, "median of all completed checkpoints");
}

bool snap_figure_checkpoints(const struct snap_figure_input *input,
                             const struct snap_figure_target *target, struct snap_error *error)
{
    const struct snap_statistics *statistics = input->statistics;
    struct drawing drawing = {.input = input, .statistics = statistics};
    uint32_t lanes = statistics->job->task_count;
    bool good;

    if (target->format == SNAP_FIGURE_TERMINAL)
        return snap_sketch_checkpoints(input, target, error);
    snap_arena_init(&drawing.arena);
    drawing.longest = snap_longest_checkpoint(statistics);
    drawing.unit = snap_axis_unit_for(snap_longest_taken(statistics));
    drawing.bars.until_end = true;
    drawing.bars.input = input;
    drawing.bars.unit = drawing.unit;
    drawing.lane_y = snap_place_lanes(statistics->job, &drawing.arena, &drawing.bottom);
    drawing.figure.name = "checkpoints";
    drawing.figure.width = WIDTH;
    drawing.figure.height = UPPER + 108 + lanes * snap_lane_pixels(lanes) * 4 / 5;
    snap_figure_begin(&drawing.figure);
    snap_bars_add(&drawing.bars, &drawing.figure, BARS_MAX);
    add_longest(&drawing);
    add_medians(&drawing);
    snap_text_add_string(&drawing.figure.script,
                         "set multiplot\nset style fill solid 1 noborder\n");
    snap_figure_title(&drawing.figure, input, "checkpoints");
    snap_bars_legend(&drawing.figure,
                     &(struct snap_bars_legend){48, snap_bars_shown(statistics) |
                                                        snap_bars_under_way(statistics)});
    snap_text_add_string(&drawing.figure.script, "unset label\n");
    add_upper(&drawing);
    add_lower(&drawing);
    snap_text_add_string(&drawing.figure.script, "unset multiplot\n");
    good = snap_figure_draw(&drawing.figure, target, error);
    snap_figure_fini(&drawing.figure);
    snap_arena_fini(&drawing.arena);
    return good;
}
