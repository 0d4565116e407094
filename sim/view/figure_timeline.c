// SPDX-License-Identifier: Apache-2.0
/* The figure `timeline`, as a picture. The sketch for terminals is figure_sketch.c. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/columns.h"
#include "model/names.h"
#include "view/figure.h"
#include "view/figure_barriers.h"
#include "view/figure_parts.h"

enum {
    WIDTH = 1280,
    COLUMNS = 1100, /* pixel columns of the plot, roughly */
    CHECKPOINTS_DRAWN_MAX = 60,
    NUMBER_PIXELS = 9, /* of a digit of a checkpoint's id */
    CROSS_PIXELS = 14, /* of the mark behind a failed one's */
    NOTE_PIXELS = 7,   /* of a character in a note, at most */
    WORD_PIXELS = 92,  /* "checkpoint", to the left of the numbers */
};

/* Where the id of a checkpoint stands: from here to there. */
struct number {
    double from;
    double to;
};

/* Seconds or milliseconds, and how lanes stand. */
struct timeline {
    const struct snap_figure_input *input;
    const struct snap_statistics *statistics;
    struct snap_arena arena;
    struct snap_figure figure;
    double *lane_y; /* by task: the middle of its lane; vertices stand apart */
    double bottom;
    double unit_ns; /* of the time axis */
    const char *unit;
    double end; /* in that unit */
    uint32_t blocks[SNAP_LANE_KIND_COUNT];
    uint32_t barriers_block; /* their ways are in the next one */
    uint32_t failed_barriers_block;
    bool shown[SNAP_LANE_KIND_COUNT]; /* there are such intervals */
    bool barriers_shown;
    bool failed_barriers_shown;
    uint32_t checkpoint_step; /* every how many checkpoints are drawn */
    struct number *numbers;   /* of checkpoints, above the lanes, in the order of time */
    uint32_t number_count;
};

static double at_of(const struct timeline *line, snap_ns at_ns)
{
    return (double)at_ns / line->unit_ns;
}

/* ---- lanes ---- */

/*
 * Writes the intervals of one kind. What lies within one column of pixels becomes one interval,
 * and none is thinner than a column: so a lane has at most COLUMNS of them, and nothing vanishes.
 */
static void add_intervals(struct timeline *line, uint32_t task, enum snap_lane_kind kind)
{
    const struct snap_subtask_stats *subtask = &line->statistics->subtasks[task];
    double column = line->end / COLUMNS;
    double from = 0;
    double to = -1;

    for (uint32_t i = 0; i < subtask->interval_count; i++) {
        const struct snap_lane_interval *interval = &subtask->intervals[i];
        double start = at_of(line, interval->from_ns);
        double end = at_of(line, interval->to_ns);

        if (interval->kind != kind)
            continue;
        line->shown[kind] = true;
        if (to >= 0 && start - to >= column) {
            snap_text_printf(&line->figure.data, "%.7g %.7g %.7g\n", from, to, line->lane_y[task]);
            to = -1;
        }
        if (to < 0)
            from = start;
        to = end > from + column ? end : from + column;
    }
    if (to >= 0)
        snap_text_printf(&line->figure.data, "%.7g %.7g %.7g\n", from, to, line->lane_y[task]);
}

static const char *const lane_titles[SNAP_LANE_KIND_COUNT] = {
    [SNAP_LANE_DOWN] = "down",
    [SNAP_LANE_INITIALIZING] = "initializing",
    [SNAP_LANE_RUNNING] = "processing",
    [SNAP_LANE_FINISHED] = "finished",
    [SNAP_LANE_BLOCKED] = "blocked by alignment",
    [SNAP_LANE_SYNC] = "snapshot, sync",
    [SNAP_LANE_ASYNC] = "snapshot, async",
};

static void add_lanes(struct timeline *line)
{
    for (unsigned kind = 0; kind < SNAP_LANE_KIND_COUNT; kind++) {
        char what[96];

        snprintf(what, sizeof(what), "%s (from to lane)", lane_titles[kind]);
        line->blocks[kind] = snap_figure_block(&line->figure, what, 3);
        for (uint32_t task = 0; task < line->statistics->job->task_count; task++)
            add_intervals(line, task, (enum snap_lane_kind)kind);
    }
}

/* ---- barriers ---- */

typedef void add_lines(struct snap_text *data, const struct snap_barrier_lanes *lanes,
                       const struct snap_checkpoint_stats *checkpoint);

/* A block of lines, of those checkpoints that failed or of the others. */
struct barrier_block {
    const char *what;
    add_lines *add;
    bool failed;
};

static uint32_t add_barriers(struct timeline *line, const struct barrier_block *wanted)
{
    struct snap_barrier_lanes lanes = {line->statistics->job, line->lane_y, line->unit_ns};
    uint32_t block = snap_figure_block(&line->figure, wanted->what, 2);

    snap_text_add_string(&line->figure.data, "\n");
    for (uint32_t i = 0; i < line->statistics->checkpoint_count; i += line->checkpoint_step) {
        const struct snap_checkpoint_stats *checkpoint = line->statistics->checkpoints[i];

        if ((checkpoint->status == SNAP_CHECKPOINT_FAILED) != wanted->failed)
            continue;
        wanted->add(&line->figure.data, &lanes, checkpoint);
        *(wanted->failed ? &line->failed_barriers_shown : &line->barriers_shown) = true;
    }
    return block;
}

static void add_all_barriers(struct timeline *line)
{
    line->barriers_block = add_barriers(
        line, &(struct barrier_block){"barriers (time lane)", snap_barrier_fronts_add, false});
    add_barriers(line, &(struct barrier_block){"their ways to other vertices (time lane)",
                                               snap_barrier_ways_add, false});
    line->failed_barriers_block =
        add_barriers(line, &(struct barrier_block){"barriers of failed checkpoints (time lane)",
                                                   snap_barrier_fronts_add, true});
    add_barriers(line, &(struct barrier_block){"their ways to other vertices (time lane)",
                                               snap_barrier_ways_add, true});
}

/* In pixels: room for the names of the lanes, and for the word above them. */
static double left_margin(const struct timeline *line)
{
    uint32_t names = snap_lane_margin(line->statistics->job);

    return names > WORD_PIXELS ? names : (double)WORD_PIXELS;
}

/* Ids at the upper edge, each in the middle of its place, as many as do not touch each other. */
static void add_checkpoint_ticks(struct timeline *line)
{
    struct snap_text *script = &line->figure.script;
    double pixel = line->end / (WIDTH - left_margin(line));
    double free_from = -line->end;
    bool first = true;

    line->numbers = SNAP_ARENA_ARRAY(&line->arena, struct number, CHECKPOINTS_DRAWN_MAX + 1);
    snap_text_add_string(script, "set x2tics scale 0.4 offset 0,-0.4 (");
    for (uint32_t i = 0; i < line->statistics->checkpoint_count; i += line->checkpoint_step) {
        const struct snap_checkpoint_stats *checkpoint = line->statistics->checkpoints[i];
        double at = at_of(line, checkpoint->trigger_ns);
        bool failed = checkpoint->status == SNAP_CHECKPOINT_FAILED;
        const char *text = snap_arena_printf(&line->arena, "%lld", (long long)checkpoint->id);
        double pixels = (double)strlen(text) * NUMBER_PIXELS + (failed ? CROSS_PIXELS : 0);
        struct number number = {at - pixels / 2 * pixel, at + pixels / 2 * pixel};

        if (number.from < free_from)
            continue;
        snap_text_printf(script, "%s'%s%s' %.7g", first ? "" : ", ", text,
                         failed ? "\xe2\x9c\x97" : "", at);
        first = false;
        free_from = number.to + NUMBER_PIXELS * pixel;
        line->numbers[line->number_count++] = number;
    }
    snap_text_add_string(script, ")\n");
}

/* ---- failures, and changes of the execution ---- */

/* Above the lanes there are two rows: what ended, and what began again. */
struct note {
    double at;
    int row; /* 0 is the upper one */
    const char *text;
    const char *colour;
};

/* Writes a note. It is left out where it would cover the one before it, which ends at *end. */
static void add_note(struct timeline *line, const struct note *note, double *end)
{
    double character = NOTE_PIXELS * line->end / (WIDTH - left_margin(line));
    double length = snap_columns_of(note->text, strlen(note->text)) * character;
    bool to_the_left;

    to_the_left = note->at + length > line->end;
    if ((to_the_left ? note->at - length : note->at) < *end)
        return;
    *end = to_the_left ? note->at : note->at + length;
    snap_text_add_string(&line->figure.script, "set label ");
    snap_gnuplot_quote(&line->figure.script, note->text);
    snap_text_printf(&line->figure.script,
                     " at %.7g, screen note_y%d %s offset %s,0 font ',10' textcolor rgb '%s' "
                     "front boxed\n",
                     note->at, note->row, to_the_left ? "right" : "left",
                     to_the_left ? "-0.5" : "0.5", note->colour);
}

/* A line through a number could not be told from a digit. */
static bool crosses_number(const struct timeline *line, double at)
{
    for (uint32_t i = 0; i < line->number_count; i++)
        if (at > line->numbers[i].from && at < line->numbers[i].to)
            return true;
    return false;
}

/* Above the lanes the line lies behind notes of other rows. */
static void add_mark(struct timeline *line, const struct note *note, const char *dashes)
{
    snap_text_printf(&line->figure.script,
                     "set arrow from %.7g, graph 0 to %.7g, graph 1 nohead front lw 1.6 %s "
                     "lc rgb '%s'\n"
                     "set arrow from %.7g, %s to %.7g, screen note_y%d nohead back lw 1.6 "
                     "%s lc rgb '%s'\n",
                     note->at, note->at, dashes, note->colour, note->at,
                     crosses_number(line, note->at) ? "screen above_numbers" : "graph 1", note->at,
                     note->row, dashes, note->colour);
}

static void add_failure(struct timeline *line, const struct snap_failure_stats *failure,
                        double *ends)
{
    const char *who = failure->task == SNAP_NO_TASK
                          ? "job"
                          : snap_actor_name(line->statistics->job, failure->task, &line->arena);
    struct note note = {at_of(line, failure->failed_ns), 0,
                        snap_arena_printf(&line->arena, "%s: %s", who,
                                          snap_failure_stats_cause(failure, &line->arena)),
                        SNAP_COLOUR_VERMILION};

    add_mark(line, &note, "dt '-'");
    add_note(line, &note, &ends[0]);
    if (failure->restarted_ns == SNAP_NOT_YET)
        return;
    note =
        (struct note){at_of(line, failure->restarted_ns), 1, "restarted empty", SNAP_COLOUR_BLUE};
    if (failure->checkpoint != SNAP_NO_CHECKPOINT)
        note.text = snap_arena_printf(&line->arena, "restored from checkpoint %lld",
                                      (long long)failure->checkpoint);
    add_mark(line, &note, "dt '-'");
    add_note(line, &note, &ends[1]);
}

static void add_change(struct timeline *line, const struct snap_execution_change *change,
                       double *ends)
{
    struct note end = {at_of(line, change->ended_ns), 0, snap_change_end(change, &line->arena),
                       SNAP_COLOUR_VIOLET};
    struct note begin = {at_of(line, change->resumed_ns), 1,
                         snap_change_begin(change, &line->arena), SNAP_COLOUR_VIOLET};

    add_mark(line, &end, "");
    add_note(line, &end, &ends[0]);
    add_mark(line, &begin, "");
    add_note(line, &begin, &ends[1]);
}

/* Failures and changes of the execution, in the order of time. */
static void add_notes(struct timeline *line)
{
    const struct snap_statistics *statistics = line->statistics;
    const struct snap_figure_input *input = line->input;
    double ends[2] = {-1, -1};
    uint32_t change = 0;

    for (uint32_t i = 0; i < statistics->failure_count && i < CHECKPOINTS_DRAWN_MAX; i++) {
        const struct snap_failure_stats *failure = &statistics->failures[i];

        while (change < input->change_count &&
               input->changes[change].resumed_ns <= failure->failed_ns)
            add_change(line, &input->changes[change++], ends);
        add_failure(line, failure, ends);
    }
    while (change < input->change_count)
        add_change(line, &input->changes[change++], ends);
}

/* ---- script ---- */

static void add_frame(struct timeline *line)
{
    struct snap_text *script = &line->figure.script;
    double height = line->figure.height;
    bool notes = line->statistics->failure_count > 0 || line->input->change_count > 0;
    double top = 1 - (notes ? 108 : 68) / height;

    snap_figure_title(&line->figure, line->input, "timeline");
    snap_text_printf(script,
                     "note_y0 = %.6g\nnote_y1 = %.6g\nabove_numbers = %.6g\n"
                     "set style textbox opaque noborder margins 0.2,0.2\n"
                     "set tmargin at screen %.6g\nset bmargin at screen %.6g\n"
                     "set lmargin at screen %.6g\nset rmargin 3\n"
                     "set border 1 lc rgb '#555555'\n"
                     "set xrange [0:%.7g]\nset x2range [0:%.7g]\n"
                     "set yrange [%.7g:-0.5]\n"
                     "set xtics nomirror out textcolor rgb '#222222'\n"
                     "set xlabel 'time since the job started [%s]' offset 0,0.4\n"
                     "set label 'checkpoint' at graph 0, screen %.6g right offset -1,0 font ',10'\n"
                     "set key at screen 0.5, screen %.6g center bottom horizontal maxrows 2 "
                     "Left reverse samplen 1.5 font ',10'\n"
                     "set style fill solid 1 noborder\n",
                     top + 46 / height, top + 30 / height, top + 20 / height, top, 98 / height,
                     left_margin(line) / line->figure.width, line->end, line->end, line->bottom,
                     line->unit, top + 13 / height, 6 / height);
}

/* How a kind of interval is drawn: the asynchronous part is a strip at the foot of its lane, as
 * processing goes on. */
struct lane_style {
    enum snap_lane_kind kind;
    const char *colour;
    double up;
    double down;
};

static void add_plot(struct timeline *line)
{
    static const struct lane_style styles[] = {
        {SNAP_LANE_RUNNING, "#BFE1F6", 0.4, 0.4},
        {SNAP_LANE_FINISHED, "#E4E4E4", 0.4, 0.4},
        {SNAP_LANE_INITIALIZING, SNAP_COLOUR_YELLOW, 0.4, 0.4},
        {SNAP_LANE_DOWN, "#555555", 0.4, 0.4},
        {SNAP_LANE_BLOCKED, SNAP_COLOUR_ORANGE, 0.4, 0.4},
        {SNAP_LANE_ASYNC, SNAP_COLOUR_GREEN, -0.18, 0.4},
        {SNAP_LANE_SYNC, SNAP_COLOUR_PURPLE, 0.4, 0.4},
    };
    struct snap_text *script = &line->figure.script;
    const char *which = "barriers";

    snap_text_add_string(script, "plot \\\n");
    for (size_t i = 0; i < sizeof(styles) / sizeof(styles[0]); i++) {
        const struct lane_style *style = &styles[i];

        if (line->shown[style->kind])
            snap_text_printf(script,
                             "  data index %u using 1:3:1:2:($3-%g):($3+%g) with boxxyerror lw 0 "
                             "lc rgb '%s' title '%s', \\\n",
                             line->blocks[style->kind], style->up, style->down, style->colour,
                             lane_titles[style->kind]);
    }
    if (line->checkpoint_step > 1)
        which = snap_arena_printf(&line->arena, "barriers (1 in %u)", line->checkpoint_step);
    if (line->barriers_shown)
        snap_text_printf(script,
                         "  data index %u using 1:2 with lines lw 0.7 lc rgb '#555555' notitle, "
                         "\\\n"
                         "  data index %u using 1:2 with lines lw 1.2 lc rgb '#000000' "
                         "title '%s', \\\n",
                         line->barriers_block + 1, line->barriers_block, which);
    if (line->failed_barriers_shown)
        snap_text_printf(script,
                         "  data index %u using 1:2 with lines lw 0.9 dt (5,3) lc rgb '#D55E00' "
                         "notitle, \\\n"
                         "  data index %u using 1:2 with lines lw 1.8 dt (5,3) lc rgb '#D55E00' "
                         "title 'barriers, failed', \\\n",
                         line->failed_barriers_block + 1, line->failed_barriers_block);
    /* Something must be drawn, and the list must end. */
    snap_text_add_string(script, "  NaN notitle\n");
}

bool snap_figure_timeline(const struct snap_figure_input *input,
                          const struct snap_figure_target *target, struct snap_error *error)
{
    const struct snap_statistics *statistics = input->statistics;
    struct snap_axis_unit unit = snap_axis_unit_for(statistics->end_ns);
    struct timeline line = {.input = input, .statistics = statistics};
    uint32_t lanes = statistics->job->task_count;
    bool good;

    if (target->format == SNAP_FIGURE_TERMINAL)
        return snap_sketch_timeline(input, target, error);
    snap_arena_init(&line.arena);
    line.unit_ns = unit.ns;
    line.unit = unit.name;
    line.end = statistics->end_ns > 0 ? at_of(&line, statistics->end_ns) : 1;
    line.checkpoint_step = statistics->checkpoint_count / CHECKPOINTS_DRAWN_MAX + 1;
    line.figure.name = "timeline";
    line.figure.width = WIDTH;
    line.figure.height = 206 + lanes * snap_lane_pixels(lanes);
    line.lane_y = snap_place_lanes(statistics->job, &line.arena, &line.bottom);
    snap_figure_begin(&line.figure);
    add_lanes(&line);
    add_all_barriers(&line);
    add_frame(&line);
    snap_lane_names(&line.figure.script, statistics->job, line.lane_y);
    add_checkpoint_ticks(&line);
    add_notes(&line);
    snap_changes_add(&line.figure.script, input, unit.ns);
    add_plot(&line);
    good = snap_figure_draw(&line.figure, target, error);
    snap_figure_fini(&line.figure);
    snap_arena_fini(&line.arena);
    return good;
}
