// SPDX-License-Identifier: Apache-2.0
/*
 * The figure `compare`: a column a variant and runtime, its seeds together, at most COLUMNS_MAX
 * beside each other: its checkpoints, and below what states and sinks lost or have twice, if any
 * did in any run.
 *
 * - All panels have one scale but those whose bars it would make too low to be seen: they have one
 *   of their own, in another colour, and say so.
 */
#include <math.h>
#include <string.h>

#include "trace/run_numbers.h"
#include "view/figure_bars.h"
#include "view/figure_groups.h"
#include "view/units.h"

enum {
    COLUMNS_MAX = 4,
    COLUMN_WIDTH = 330,
    ROW_HEIGHT = 440,
    ROW_HEIGHT_PLAIN = 290, /* without what became of records */
    HEAD = 84,
    BARS_MAX = 60,
    LABELS_MAX = 12,
    VALUES_MAX = 16,
};

/* Above the longest bar there is room for its value, and for what stands in the upper corners where
 * values are upright. */
#define VALUES_ROOM 1.3
#define UPRIGHT_ROOM 1.7

/* To the right of the longest bar, for "3828 to 3855". */
#define SPREADS_ROOM 1.7

/* Bars lower than this share of the highest of all have a scale of their own. */
#define LOW_SHARE 0.2

struct drawing {
    struct snap_figure_groups groups;
    const struct snap_figure_runs *runs; /* one a group */
    struct snap_figure figure;
    struct snap_figure_input heading;
    struct snap_axis_unit unit;
    uint32_t columns;
    double longest;     /* duration of any checkpoint */
    double room;        /* times the longest bar, for all that have the common scale */
    double most;        /* records lost or duplicated in any run */
    bool has_spread;    /* runs of a panel differ in them */
    uint32_t bars_most; /* of any run */
    uint32_t row_height;
    uint32_t verdict_block;
};

/* A panel's place in pixels from the upper left corner. */
struct panel {
    double left;
    double right;
    double top;
    double bottom;
};

static double at_least(double value, double least)
{
    return value > least ? value : least;
}

static snap_ns longest_ns_of(const struct snap_statistics *statistics)
{
    snap_ns longest_ns = 0;

    for (uint32_t i = 0; i < statistics->checkpoint_count; i++)
        longest_ns = snap_ns_max(longest_ns, statistics->checkpoints[i]->duration_ns);
    return longest_ns;
}

static double room_of(uint32_t bars)
{
    return snap_bars_values_upright(bars, VALUES_MAX) ? UPRIGHT_ROOM : VALUES_ROOM;
}

static void measure(struct drawing *drawing)
{
    snap_ns longest_ns = 0;

    for (uint32_t r = 0; r < drawing->runs->count; r++) {
        const struct snap_figure_input *input = &drawing->runs->inputs[r];
        const struct snap_statistics *statistics = input->statistics;

        if (statistics->checkpoint_count > drawing->bars_most)
            drawing->bars_most = statistics->checkpoint_count;
        drawing->room = at_least(drawing->room, room_of(statistics->checkpoint_count));
        longest_ns = snap_ns_max(longest_ns, longest_ns_of(statistics));
        for (uint32_t row = 0; row < SNAP_FIGURE_COUNTS; row++) {
            struct snap_figure_range range = drawing->groups.ranges[r][row];

            drawing->most = at_least(drawing->most, (double)range.most);
            drawing->has_spread = drawing->has_spread || range.least < range.most;
        }
    }
    drawing->unit = snap_axis_unit_for(longest_ns);
    drawing->longest = longest_ns > 0 ? (double)longest_ns / drawing->unit.ns : 1;
    drawing->row_height = drawing->most > 0 ? ROW_HEIGHT : ROW_HEIGHT_PLAIN;
}

static void add_place(struct drawing *drawing, const struct panel *panel)
{
    double width = drawing->figure.width;
    double height = drawing->figure.height;

    snap_text_printf(&drawing->figure.script,
                     "set lmargin at screen %.6g\nset rmargin at screen %.6g\n"
                     "set tmargin at screen %.6g\nset bmargin at screen %.6g\n",
                     panel->left / width, panel->right / width, 1 - panel->top / height,
                     1 - panel->bottom / height);
}

static struct panel panel_of(const struct drawing *drawing, uint32_t run)
{
    double left = 100 + (double)(run % drawing->columns) * COLUMN_WIDTH;
    double top = HEAD + (double)(run / drawing->columns) * drawing->row_height;

    return (struct panel){left, left + COLUMN_WIDTH - 40, top + 20, top + 200};
}

static void add_name(struct drawing *drawing, uint32_t run)
{
    const struct snap_figure_input *input = &drawing->runs->inputs[run];
    struct snap_text name = {0};

    snap_text_printf(&name, "%s (%s", input->variant ? input->variant : "as written",
                     input->runtime);
    if (drawing->groups.sizes[run] > 1)
        snap_text_printf(&name, ", %u seeds", drawing->groups.sizes[run]);
    else if (drawing->heading.seed_last > drawing->heading.seed)
        snap_text_printf(&name, ", seed %llu", (unsigned long long)input->seed);
    snap_text_add_string(&name, ")");
    snap_text_add_string(&drawing->figure.script, "set title ");
    snap_gnuplot_quote(&drawing->figure.script, snap_text_get(&name));
    /* Higher where "resumed" stands below it. */
    snap_text_printf(&drawing->figure.script, " font ',12' offset 0,%s\n",
                     input->change_count > 0 ? "0.4" : "-0.4");
    snap_text_fini(&name);
}

/* The unit of the run's panel: that of all, or its own where its bars are too low. */
static struct snap_axis_unit unit_of(const struct drawing *drawing,
                                     const struct snap_statistics *statistics)
{
    snap_ns longest_ns = longest_ns_of(statistics);

    return (double)longest_ns < LOW_SHARE * drawing->longest * drawing->unit.ns && longest_ns > 0
               ? snap_axis_unit_for(longest_ns)
               : drawing->unit;
}

static bool has_own_scale(const struct drawing *drawing, const struct snap_bars *bars)
{
    return bars->highest > 0 &&
           bars->highest * bars->unit.ns < LOW_SHARE * drawing->longest * drawing->unit.ns;
}

/* Where no run lost anything a word is enough. */
static void add_nothing_lost(struct drawing *drawing, const struct snap_figure_input *input)
{
    bool judged = false;

    for (uint32_t row = 0; row < SNAP_FIGURE_COUNTS; row++)
        judged = judged || (input->judged && snap_figure_count(input, row) >= 0);
    snap_text_printf(&drawing->figure.script,
                     "set label 97 '%s' at graph 0.97, graph 0.97 right font ',9' "
                     "textcolor rgb '#777777'\n",
                     judged ? "no record lost or twice" : "not judged");
}

static void add_checkpoints(struct drawing *drawing, uint32_t run, const struct snap_bars *bars)
{
    struct snap_text *script = &drawing->figure.script;
    struct panel panel = panel_of(drawing, run);
    bool own = has_own_scale(drawing, bars);
    bool leftmost = run % drawing->columns == 0;

    add_place(drawing, &panel);
    add_name(drawing, run);
    snap_text_printf(script,
                     "set yrange [0:%.7g]\nset format y '%%g'\n"
                     "set ytics auto nomirror scale 0.5 textcolor rgb '%s'\n",
                     own ? bars->highest * room_of(bars->count) : drawing->longest * drawing->room,
                     own ? SNAP_COLOUR_VIOLET : "#222222");
    if (leftmost)
        snap_text_printf(script, "set ylabel 'end to end duration [%s]'\n", bars->unit.name);
    else
        snap_text_add_string(script, "set ylabel ''\n");
    if (own || !leftmost)
        snap_text_printf(script,
                         "set label 98 '%s[%s]' at graph 0.02, graph 0.97 left font ',9' "
                         "textcolor rgb '%s'\n",
                         own ? "own scale " : "", bars->unit.name,
                         own ? SNAP_COLOUR_VIOLET : "#222222");
    if (drawing->most == 0)
        add_nothing_lost(drawing, &drawing->runs->inputs[run]);
    snap_bars_axis(bars, script, LABELS_MAX);
    if (bars->count == 0)
        snap_text_add_string(script, "set label 99 'no checkpoints' at graph 0.5, graph 0.5 center "
                                     "textcolor rgb '#777777'\n");
    snap_bars_values(bars, script, VALUES_MAX);
    snap_bars_plot(bars, script);
    snap_text_add_string(script, "unset label\n");
}

/* Unjudged counters have no bar but words. */
static void add_counter(struct drawing *drawing, uint32_t run, uint32_t row)
{
    const struct snap_figure_input *input = &drawing->runs->inputs[run];
    struct snap_figure_range range = drawing->groups.ranges[run][row];
    struct snap_text *script = &drawing->figure.script;

    if (!input->judged || range.least < 0)
        snap_text_printf(script,
                         "set label 'not judged' at 0, %u left offset 0.6,0 font ',10' "
                         "textcolor rgb '#777777'\n",
                         row);
    else if (range.least == range.most)
        snap_text_printf(script, "set label '%lld' at %lld, %u left offset 0.6,0 font ',11'\n",
                         (long long)range.most, (long long)range.most, row);
    else
        snap_text_printf(script,
                         "set label '%lld to %lld' at %lld, %u left offset 0.6,0 font ',11'\n",
                         (long long)range.least, (long long)range.most, (long long)range.most, row);
}

static void add_verdict(struct drawing *drawing, uint32_t run)
{
    struct snap_text *script = &drawing->figure.script;
    struct panel panel = panel_of(drawing, run);
    bool leftmost = run % drawing->columns == 0;
    uint32_t first = 1 + SNAP_FIGURE_COUNTS * run;

    panel.top = panel.bottom + 62;
    panel.bottom = panel.top + 108;
    add_place(drawing, &panel);
    /* Room for the numbers to the right of the longest bar. */
    snap_text_printf(
        script,
        "unset title\nset xrange [0:%.7g]\nset yrange [3.6:-0.6]\n"
        "set ytics nomirror scale 0 textcolor rgb '#222222' (%s)\nset format y "
        "'%%g'\nunset ylabel\n"
        "set xtics %s nomirror out textcolor rgb '#222222' scale 0.5 format "
        "'%s'\nset xlabel 'records' offset 0,0.4 font ''\n",
        at_least(drawing->most, 1) * (drawing->has_spread ? SPREADS_ROOM : VALUES_ROOM),
        leftmost ? "'state lost' 0, 'state twice' 1, 'sinks lost' 2, 'sinks twice' 3" : "'' 0",
        drawing->most < 10 ? "1" : "auto", drawing->most < 5000 ? "%.0f" : "%.0s%c");
    for (uint32_t row = 0; row < SNAP_FIGURE_COUNTS; row++)
        add_counter(drawing, run, row);
    snap_text_printf(script,
                     "plot data index %u using 2:1:(0):2:($1-0.32):($1+0.32):3 every ::%u::%u with "
                     "boxxyerror lw 0 lc rgb variable notitle, "
                     "data index %u using 2:1:4:5 every ::%u::%u with xerrorbars pt 0 lw 1.5 "
                     "lc rgb '#222222' notitle\n"
                     "unset label\nset ytics auto nomirror\nset xtics auto format '%%g'\n",
                     drawing->verdict_block, first, first + SNAP_FIGURE_COUNTS - 1,
                     drawing->verdict_block, first, first + SNAP_FIGURE_COUNTS - 1);
}

static void add_verdict_block(struct drawing *drawing)
{
    drawing->verdict_block = snap_figure_block(
        &drawing->figure,
        "states: lost (row 0), twice (1); sinks: lost (2), twice (3); a panel each: row, median "
        "over its runs, colour, least, most",
        5);
    for (uint32_t i = 0; i < drawing->runs->count; i++) {
        const struct snap_figure_input *input = &drawing->runs->inputs[i];

        for (uint32_t row = 0; row < SNAP_FIGURE_COUNTS; row++) {
            int64_t count = input->judged ? snap_figure_count(input, row) : 0;
            struct snap_figure_range range = drawing->groups.ranges[i][row];
            bool is_spread = input->judged && range.least < range.most;

            count = count > 0 ? count : 0;
            snap_text_printf(&drawing->figure.data, "%u %lld %s ", row, (long long)count,
                             row % 2 == 0 ? "0xD55E00" : "0x0072B2");
            if (is_spread)
                snap_text_printf(&drawing->figure.data, "%lld %lld\n", (long long)range.least,
                                 (long long)range.most);
            else
                snap_text_add_string(&drawing->figure.data, "NaN NaN\n");
        }
    }
}

/* On a line of their own: behind the others they would reach into the next panel. */
static void add_size(struct snap_text *note, const char *what, double bytes)
{
    struct snap_arena arena;

    if (!(bytes >= 0))
        return;
    snap_arena_init(&arena);
    snap_text_printf(note, "%s%s %s", strstr(snap_text_get(note), "\\n") ? ", " : "\\n", what,
                     snap_size_name((int64_t)llround(bytes), &arena));
    snap_arena_fini(&arena);
}

/* Bytes in flight and what was saved of them: medians, which bars of time do not show. */
static void add_sizes(struct snap_text *note, const struct snap_statistics *statistics)
{
    const struct snap_run_numbers numbers = snap_numbers_of(statistics, NULL, NULL);

    if (statistics->completed_count == 0)
        return;
    add_size(note, "in flight", numbers.values[SNAP_NUMBER_IN_FLIGHT]);
    add_size(note, "saved", numbers.values[SNAP_NUMBER_PERSISTED]);
}

static void add_panels(struct drawing *drawing)
{
    for (uint32_t i = 0; i < drawing->runs->count; i++) {
        const struct snap_figure_input *input = &drawing->runs->inputs[i];
        struct snap_bars bars = {.input = input,
                                 .unit = unit_of(drawing, input->statistics),
                                 .places = drawing->bars_most < BARS_MAX ? drawing->bars_most : 0};
        struct snap_text note = {0};

        if (drawing->groups.sizes[i] > 1)
            snap_text_printf(&note, " of seed %llu", (unsigned long long)input->seed);
        add_sizes(&note, input->statistics);
        bars.note = note.data;
        snap_bars_add(&bars, &drawing->figure, BARS_MAX);
        add_checkpoints(drawing, i, &bars);
        if (drawing->most > 0)
            add_verdict(drawing, i);
        snap_text_fini(&note);
    }
}

/* What all runs have in common, and the range of their seeds. */
static struct snap_figure_input heading_of(const struct snap_figure_runs *runs)
{
    struct snap_figure_input heading = runs->inputs[0];

    heading.variant = NULL;
    heading.runtime = NULL;
    heading.seed_last = heading.seed;
    for (uint32_t i = 1; i < runs->count; i++) {
        uint64_t seed = runs->inputs[i].seed;

        heading.seed = seed < heading.seed ? seed : heading.seed;
        heading.seed_last = seed > heading.seed_last ? seed : heading.seed_last;
    }
    return heading;
}

bool snap_figure_compare(const struct snap_figure_runs *runs,
                         const struct snap_figure_target *target, struct snap_error *error)
{
    struct snap_bars_legend legend = {.pixels = 52};
    struct drawing drawing = {.columns = 1};
    struct snap_arena arena;
    bool good;

    snap_arena_init(&arena);
    drawing.groups = snap_figure_groups_of(runs, &arena);
    drawing.runs = &drawing.groups.runs;
    if (target->format == SNAP_FIGURE_TERMINAL) {
        good = snap_sketch_compare(drawing.runs, target, error);
        snap_arena_fini(&arena);
        return good;
    }
    drawing.columns = drawing.runs->count < COLUMNS_MAX ? drawing.runs->count : COLUMNS_MAX;
    measure(&drawing);
    drawing.figure.name = "compare";
    drawing.figure.width = 80 + COLUMN_WIDTH * (drawing.columns < 2 ? 2 : drawing.columns);
    drawing.figure.height =
        HEAD + drawing.row_height * ((drawing.runs->count + drawing.columns - 1) / drawing.columns);
    drawing.heading = heading_of(runs);
    snap_figure_begin(&drawing.figure);
    add_verdict_block(&drawing);
    snap_text_add_string(&drawing.figure.script,
                         "set multiplot\nset style fill solid 1 noborder\n");
    snap_figure_title(&drawing.figure, &drawing.heading, "variants compared");
    for (uint32_t i = 0; i < drawing.runs->count; i++)
        legend.shown |= snap_bars_shown(drawing.runs->inputs[i].statistics);
    snap_bars_legend(&drawing.figure, &legend);
    snap_text_add_string(&drawing.figure.script, "unset label\n");
    add_panels(&drawing);
    snap_text_add_string(&drawing.figure.script, "unset multiplot\n");
    good = snap_figure_draw(&drawing.figure, target, error);
    snap_figure_fini(&drawing.figure);
    snap_arena_fini(&arena);
    return good;
}
