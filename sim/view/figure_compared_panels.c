// SPDX-License-Identifier: Apache-2.0
/* The panels of the figure `compare`. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/columns.h"
#include "trace/run_numbers.h"
#include "view/figure_compared.h"
#include "view/units.h"

enum {
    UPPER_AT = 20,
    UPPER_HEIGHT = 180,
    LABEL_DIGITS = 36,
};

/* To the right of the longest bar of records: for "3828", for "3828 to 3855". */
#define COUNTS_ROOM 1.3
#define SPREADS_ROOM 1.7

#define OWN_SCALE_COLOUR SNAP_COLOUR_VIOLET
#define TEXT_COLOUR "#222222"
#define FAINT_COLOUR "#777777"

static bool is_leftmost(const struct snap_compared *compared, uint32_t run)
{
    return run % compared->columns == 0;
}

/* ---- checkpoints ---- */

static void add_title(struct snap_compared *compared, uint32_t run)
{
    struct snap_text *script = &compared->figure.script;
    const char *title = snap_compared_title(compared, run);

    snap_text_add_string(script, "set title ");
    snap_gnuplot_quote(script, title);
    /* Higher where "resumed" stands below one of them; all at one height. */
    snap_text_printf(script, " font ',%s' offset 0,%s\n",
                     snap_columns_of(title, strlen(title)) > 42 ? "10" : "12",
                     compared->has_changes ? "0.4" : "-0.4");
}

static void add_corner(struct snap_text *script, const char *words)
{
    snap_text_printf(script,
                     "set label 97 '%s' at graph 0.97, graph 0.97 right font ',9' "
                     "textcolor rgb '" FAINT_COLOUR "'\n",
                     words);
}

/* Where no run lost anything a word is enough. */
static void add_nothing_lost(struct snap_text *script, const struct snap_figure_total *totals)
{
    static const char *const words[2][2] = {
        {"lost, twice: not judged", "no record twice, lost: not judged"},
        {"no record lost, twice: not judged", "no record lost or twice"},
    };

    add_corner(script, words[totals[SNAP_COUNTER_LOST].unjudged == 0]
                            [totals[SNAP_COUNTER_DUPLICATED].unjudged == 0]);
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

static void add_checkpoint_axes(struct snap_compared *compared, uint32_t run,
                                const struct snap_bars *bars, bool own)
{
    struct snap_text *script = &compared->figure.script;
    const char *colour = own ? OWN_SCALE_COLOUR : TEXT_COLOUR;
    double highest = own ? bars->highest : (double)compared->longest_ns / bars->unit.ns;

    snap_text_printf(script,
                     "set yrange [0:%.7g]\nset format y '%%g'\nunset grid\n"
                     "set ytics auto nomirror scale 0.5 font ',' textcolor rgb '%s'\n"
                     "set xtics out textcolor rgb '" TEXT_COLOUR "'\n"
                     "set xlabel textcolor rgb '" TEXT_COLOUR "'\n",
                     (highest > 0 ? highest : 1) * compared->room, colour);
    if (is_leftmost(compared, run))
        snap_text_printf(script,
                         "set ylabel \"end to end duration [%s]\\nparts of the last subtask\" "
                         "offset -1,0 font ',10' textcolor rgb '%s'\n",
                         bars->unit.name, colour);
    else
        snap_text_add_string(script, "set ylabel ''\n");
    if (own || !is_leftmost(compared, run))
        snap_text_printf(script,
                         "set label 98 '%s[%s]' at graph 0.02, graph 0.97 left font ',9' "
                         "textcolor rgb '%s'\n",
                         own ? "own scale " : "", bars->unit.name, colour);
}

/* Numbers below the bars that do not touch each other. */
static uint32_t labels_max(const struct snap_statistics *statistics)
{
    uint32_t digits = 1;

    if (statistics->checkpoint_count == 0)
        return 1;
    for (int64_t id = statistics->checkpoints[statistics->checkpoint_count - 1]->id; id >= 10;
         id /= 10)
        digits++;
    return LABEL_DIGITS / (digits + 1);
}

static void add_checkpoint_panel(struct snap_compared *compared, uint32_t run,
                                 const struct snap_bars *bars, bool own)
{
    struct snap_text *script = &compared->figure.script;

    snap_compared_place(compared, run, UPPER_AT, UPPER_HEIGHT);
    add_title(compared, run);
    add_checkpoint_axes(compared, run, bars, own);
    if (compared->runs->inputs[run].halted)
        add_corner(script, compared->groups.sizes[run] > 1 ? "some seed could not go on"
                                                           : "the run could not go on");
    else if (compared->most == 0)
        add_nothing_lost(script, compared->groups.totals[run]);
    snap_bars_axis(bars, script, labels_max(bars->input->statistics));
    if (bars->count == 0)
        snap_text_add_string(script, "set label 99 'no checkpoints' at graph 0.5, graph 0.5 center "
                                     "textcolor rgb '" FAINT_COLOUR "'\n");
    snap_bars_values(bars, script, SNAP_COMPARED_VALUES_MAX);
    snap_bars_plot(bars, script);
    snap_text_add_string(script, "unset label\n");
}

static const char *of_run(struct snap_compared *compared, uint32_t run)
{
    return snap_arena_printf(compared->arena, " of %s", snap_compared_name(compared, run));
}

void snap_compared_add_checkpoints(struct snap_compared *compared, uint32_t run)
{
    const struct snap_figure_input *input = &compared->runs->inputs[run];
    uint32_t bars_most = compared->bars_most;
    snap_ns highest_ns = snap_longest_taken(input->statistics);
    bool own = input->statistics->checkpoint_count > 0 &&
               snap_low_on_scale(highest_ns, compared->longest_ns);
    struct snap_bars bars = {.input = input,
                             .unit = snap_axis_unit_for(own ? highest_ns : compared->longest_ns),
                             .of = of_run(compared, run),
                             .places = bars_most < SNAP_COMPARED_BARS_MAX ? bars_most : 0};
    struct snap_text note = {0};

    if (compared->groups.sizes[run] > 1)
        snap_text_printf(&note, " of seed %llu", (unsigned long long)input->seed);
    add_sizes(&note, input->statistics);
    bars.note = snap_text_get(&note);
    snap_bars_add(&bars, &compared->figure, SNAP_COMPARED_BARS_MAX);
    add_checkpoint_panel(compared, run, &bars, own);
    snap_text_fini(&note);
}

/* ---- subtasks ---- */

static void add_subtask_title(const struct snap_subtask_bars *bars, enum snap_subtask_view view,
                              struct snap_text *script)
{
    snap_text_add_string(script, "set title '");
    if (!bars->longest && view == SNAP_SUBTASKS_LONGEST)
        snap_text_add_string(script, "no checkpoint");
    else if (view == SNAP_SUBTASKS_LONGEST)
        snap_text_printf(script, "checkpoint %lld (%s), per subtask", (long long)bars->longest->id,
                         bars->longest_is);
    else if (bars->completed > 0)
        snap_text_printf(script, "median of %u completed, per subtask", bars->completed);
    snap_text_add_string(script, "' font ',9' offset 0,-0.8\n");
}

/* The time of the subtasks' panels of a view: that of all, or the run's own. */
struct time_scale {
    bool own;
    double end;
    struct snap_axis_unit unit;
};

static struct time_scale scale_of(const struct snap_compared *compared, uint32_t run, uint32_t view)
{
    snap_ns own_ns = compared->subtasks[run].end_ns[view];
    snap_ns longest_ns = compared->subtasks_longest_ns[view];
    bool own = snap_low_on_scale(own_ns, longest_ns);
    struct snap_axis_unit unit = snap_axis_unit_for(own ? own_ns : longest_ns);
    double end = (double)(own ? own_ns : longest_ns) / unit.ns * 1.04;

    return (struct time_scale){own, end > 0 ? end : 1, unit};
}

static void add_time_axis(const struct time_scale *scale, struct snap_text *script)
{
    const char *colour = scale->own ? OWN_SCALE_COLOUR : TEXT_COLOUR;

    snap_text_printf(script, "set xrange [0:%.7g]\nset grid xtics lc rgb '#DDDDDD' lt 1\n",
                     scale->end);
    snap_text_printf(script,
                     "set xtics 0, %.7g nomirror out scale 0.5 "
                     "format '%%g' textcolor rgb '%s'\n"
                     "set xlabel 'since the trigger [%s]%s' offset 0,0.4 font ',9' "
                     "textcolor rgb '%s'\n",
                     snap_compared_step(scale->end), colour, scale->unit.name,
                     scale->own ? ", own scale" : "", colour);
}

static void add_lane_axis(const struct snap_compared *compared, uint32_t run,
                          struct snap_text *script)
{
    const struct snap_subtask_bars *bars = &compared->subtasks[run];

    snap_text_printf(script,
                     "set yrange [%.7g:-0.6]\nunset ylabel\n"
                     "set ytics textcolor rgb '" TEXT_COLOUR "'\n",
                     compared->bottom);
    if (!compared->lanes_alike || is_leftmost(compared, run))
        snap_lane_names(script, bars->job, bars->lane_y);
    else
        snap_text_add_string(script, "unset ytics\n");
}

void snap_compared_add_subtasks(struct snap_compared *compared, uint32_t run)
{
    struct snap_subtask_bars *bars = &compared->subtasks[run];
    struct snap_text *script = &compared->figure.script;

    add_lane_axis(compared, run, script);
    for (uint32_t view = 0; view < compared->views; view++) {
        struct time_scale scale = scale_of(compared, run, view);
        struct snap_subtask_block block = {(enum snap_subtask_view)view, scale.unit.ns,
                                           of_run(compared, run)};

        snap_subtasks_add(bars, &block, &compared->figure);
        snap_compared_place(compared, run, compared->subtasks_at[view], compared->lanes);
        add_subtask_title(bars, block.view, script);
        add_time_axis(&scale, script);
        if (bars->longest && bars->end_ns[view] == 0)
            snap_text_printf(script,
                             "set label 99 '%s' at graph 0.5, graph 0.5 center font ',9' "
                             "textcolor rgb '" FAINT_COLOUR "'\n",
                             view == SNAP_SUBTASKS_LONGEST ? "no subtask has acknowledged"
                                                           : "none completed");
        snap_subtasks_plot(bars, block.view, script);
        snap_text_add_string(script, "unset label\n");
    }
    snap_text_add_string(script, "unset title\nunset grid\n");
}

/* ---- records lost or twice ---- */

/* Unjudged counters have no bar but words. */
static void add_counter(struct snap_compared *compared, uint32_t run, uint32_t row)
{
    const struct snap_figure_input *input = &compared->runs->inputs[run];
    struct snap_figure_range range = compared->groups.ranges[run][row];
    const char *least = range.at_least ? ">= " : "";
    struct snap_text *script = &compared->figure.script;

    if (!input->judged || range.least < 0)
        snap_text_printf(script,
                         "set label 'not judged' at 0, %u left offset 0.6,0 font ',10' "
                         "textcolor rgb '" FAINT_COLOUR "'\n",
                         row);
    else if (range.least == range.most)
        snap_text_printf(script, "set label '%s%lld' at %lld, %u left offset 0.6,0 font ',11'\n",
                         least, (long long)range.most, (long long)range.most, row);
    else
        snap_text_printf(
            script, "set label '%s%lld to %lld' at %lld, %u left offset 0.6,0 font ',11'\n", least,
            (long long)range.least, (long long)range.most, (long long)range.most, row);
}

/* "1500", "20k", "1.5M": whole records. */
static void add_count_tics(double end, struct snap_text *script)
{
    double step = fmax(1, snap_compared_step(end));

    snap_text_add_string(script, "set xtics (");
    for (double count = 0; count <= end; count += step) {
        const char *unit = end < 1e4 ? "" : count < 1e6 ? "k" : "M";
        double times = end < 1e4 ? 1 : count < 1e6 ? 1e3 : 1e6;

        snap_text_printf(script, "%s'%.7g%s' %.7g", count > 0 ? ", " : "", count / times,
                         count > 0 ? unit : "", count);
    }
    snap_text_add_string(script, ") nomirror out scale 0.5 textcolor rgb '" TEXT_COLOUR "'\n");
}

static void add_verdict_axes(struct snap_compared *compared, uint32_t run)
{
    struct snap_text *script = &compared->figure.script;
    double end = fmax(compared->most, 1) * (compared->has_spread ? SPREADS_ROOM : COUNTS_ROOM);

    snap_text_printf(script,
                     "unset title\nset xrange [0:%.7g]\nset yrange [3.6:-0.6]\n"
                     "set ytics nomirror scale 0 font ',' textcolor rgb '" TEXT_COLOUR "' (%s)\n"
                     "set format y '%%g'\nunset ylabel\n",
                     end,
                     is_leftmost(compared, run)
                         ? "'state lost' 0, 'state twice' 1, 'sinks lost' 2, 'sinks twice' 3"
                         : "'' 0");
    add_count_tics(end, script);
    snap_text_add_string(script, "set xlabel 'records' offset 0,0.4 font '' "
                                 "textcolor rgb '" TEXT_COLOUR "'\n");
}

void snap_compared_add_verdict(struct snap_compared *compared, uint32_t run)
{
    uint32_t first = 1 + SNAP_FIGURE_COUNTS * run;
    uint32_t last = first + SNAP_FIGURE_COUNTS - 1;
    uint32_t block = compared->verdict_block;
    struct snap_text *script = &compared->figure.script;

    snap_compared_place(compared, run, compared->verdict_at, SNAP_COMPARED_VERDICT_HEIGHT);
    add_verdict_axes(compared, run);
    for (uint32_t row = 0; row < SNAP_FIGURE_COUNTS; row++)
        add_counter(compared, run, row);
    snap_text_printf(script,
                     "plot data index %u using 2:1:(0):2:($1-0.32):($1+0.32):3 every ::%u::%u with "
                     "boxxyerror lw 0 lc rgb variable notitle, "
                     "data index %u using 2:1:4:5 every ::%u::%u with xerrorbars pt 0 lw 1.5 "
                     "lc rgb '" TEXT_COLOUR "' notitle\n"
                     "unset label\nset ytics auto nomirror\nset xtics auto format '%%g'\n",
                     block, first, last, block, first, last);
}

static void add_counters(struct snap_compared *compared, uint32_t run)
{
    const struct snap_figure_input *input = &compared->runs->inputs[run];
    struct snap_text *data = &compared->figure.data;

    for (uint32_t row = 0; row < SNAP_FIGURE_COUNTS; row++) {
        int64_t count = input->judged ? snap_figure_count(input, row) : 0;
        struct snap_figure_range range = compared->groups.ranges[run][row];

        snap_text_printf(data, "%u %lld %s ", row, (long long)(count > 0 ? count : 0),
                         row % 2 == 0 ? "0xD55E00" : "0x0072B2");
        if (input->judged && range.least < range.most)
            snap_text_printf(data, "%lld %lld\n", (long long)range.least, (long long)range.most);
        else
            snap_text_add_string(data, "NaN NaN\n");
    }
}

void snap_compared_add_verdict_block(struct snap_compared *compared)
{
    compared->verdict_block = snap_figure_block(
        &compared->figure,
        "states: lost (row 0), twice (1); sinks: lost (2), twice (3); four rows a panel", 5);
    snap_text_add_string(&compared->figure.data,
                         "# row, median over the panel's runs, colour, least, most\n");
    for (uint32_t run = 0; run < compared->runs->count; run++) {
        snap_gnuplot_comment(&compared->figure.data, snap_compared_name(compared, run));
        add_counters(compared, run);
    }
}
