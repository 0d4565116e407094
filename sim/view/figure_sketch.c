// SPDX-License-Identifier: Apache-2.0
/* Sketches for terminals: gnuplot's dumb terminal, 80 columns, plain characters. */
#include <string.h>

#include "base/arena.h"
#include "base/columns.h"
#include "view/figure_bars.h"
#include "view/figure_sketch.h"

enum {
    LEFT = 18,
    COLUMNS = SNAP_SKETCH_WIDTH - LEFT - 2, /* characters of a lane */
    LANES_MAX = 40,
    BARS_MAX = 28,
};

void snap_sketch_begin(struct snap_figure *figure, uint32_t height)
{
    snap_text_printf(&figure->script, "set terminal dumb noenhanced mono size %d,%u\nunset key\n",
                     SNAP_SKETCH_WIDTH, height);
}

/*
 * gnuplot takes each byte of a name for a column. So it draws as many marks as the name has
 * columns, which no other text has, and the names are put in their places afterwards, in their
 * order: a line a name.
 */
enum { PLACE_FIRST = '\1', PLACE_MORE = '\2' };

void snap_sketch_place(struct snap_text *script, struct snap_text *names, const char *name)
{
    uint32_t columns = snap_columns_of(name, strlen(name));

    snap_text_add_string(script, "'");
    for (uint32_t c = 0; c < columns; c++)
        snap_text_printf(script, "%c", c == 0 ? PLACE_FIRST : PLACE_MORE);
    snap_text_add_string(script, "'");
    for (; columns > 0 && *name != '\0'; name++)
        snap_text_add(names, (unsigned char)*name < ' ' ? "?" : name, 1);
    if (columns > 0)
        snap_text_add_string(names, "\n");
}

static void add_named(struct snap_text *to, const char *line, size_t length, const char **names)
{
    for (size_t i = 0; i < length; i++) {
        if (line[i] == PLACE_FIRST) {
            size_t name = strcspn(*names, "\n");

            snap_text_add(to, *names, name);
            *names += name + ((*names)[name] != '\0');
        } else if (line[i] != PLACE_MORE) {
            snap_text_add(to, &line[i], 1);
        }
    }
}

/* Appends the lines without form feeds, blanks at their ends, and empty lines. */
static void add_trimmed(struct snap_text *to, const char *drawing, const char *names)
{
    while (*drawing != '\0') {
        size_t length;
        size_t used;

        drawing += strspn(drawing, "\f\n");
        length = strcspn(drawing, "\n");
        for (used = length; used > 0 && drawing[used - 1] == ' '; used--)
            continue;
        if (used > 0) {
            add_named(to, drawing, used, &names);
            snap_text_add(to, "\n", 1);
        }
        drawing += length;
    }
}

bool snap_sketch_draw(struct snap_figure *figure, struct snap_text *names,
                      const struct snap_figure_target *target, struct snap_error *error)
{
    struct snap_figure whole = {.name = figure->name};
    struct snap_text drawing = {0};
    struct snap_figure_target to = {SNAP_FIGURE_TERMINAL, NULL, &drawing};
    bool good;

    snap_text_printf(&whole.script, "$data << END\n%sEND\n%s", snap_text_get(&figure->data),
                     snap_text_get(&figure->script));
    good = snap_figure_draw(&whole, &to, error);
    add_trimmed(target->terminal, snap_text_get(&drawing), snap_text_get(names));
    snap_text_fini(&drawing);
    snap_text_fini(names);
    snap_figure_fini(&whole);
    snap_figure_fini(figure);
    return good;
}

/* ---- timeline ---- */

void snap_sketch_changes(const struct snap_figure_input *input, char *line, uint32_t columns)
{
    double column_ns = (double)input->statistics->end_ns / columns;

    for (uint32_t i = 0; i < input->change_count; i++) {
        const struct snap_execution_change *change = &input->changes[i];
        uint32_t ended = (uint32_t)((double)change->ended_ns / column_ns);
        uint32_t resumed = (uint32_t)((double)change->resumed_ns / column_ns);

        line[ended < columns ? ended : columns - 1] = '|';
        line[resumed < columns ? resumed : columns - 1] = '|';
    }
}

/* What a character stands for, the more telling ones last: they win where a column has several. */
static const struct {
    enum snap_lane_kind kind;
    char mark;
} marks[] = {
    {SNAP_LANE_RUNNING, '-'}, {SNAP_LANE_FINISHED, '.'}, {SNAP_LANE_INITIALIZING, 'i'},
    {SNAP_LANE_DOWN, 'x'},    {SNAP_LANE_ASYNC, 's'},    {SNAP_LANE_SYNC, 's'},
    {SNAP_LANE_BLOCKED, 'B'},
};

enum { MARKS = sizeof(marks) / sizeof(marks[0]) };

static void fill_lane(const struct snap_figure_input *input, uint32_t task, char *lane)
{
    const struct snap_statistics *statistics = input->statistics;
    const struct snap_subtask_stats *subtask = &statistics->subtasks[task];
    double column_ns = (double)statistics->end_ns / COLUMNS;

    memset(lane, ' ', COLUMNS);
    for (uint32_t m = 0; m < MARKS; m++) {
        for (uint32_t i = 0; i < subtask->interval_count; i++) {
            const struct snap_lane_interval *interval = &subtask->intervals[i];
            int from = (int)((double)interval->from_ns / column_ns);
            int to = (int)((double)interval->to_ns / column_ns);

            for (int c = from; interval->kind == marks[m].kind && c <= to && c < COLUMNS; c++)
                lane[c] = marks[m].mark;
        }
    }
    snap_sketch_changes(input, lane, COLUMNS);
}

/*
 * Adds the points of one mark, if there are any, and their part of the plot command. The dumb
 * terminal of gnuplot 5.4 crashes on points from a block that has none.
 */
static void add_points(struct snap_figure *figure, char mark, const char *lanes, uint32_t count)
{
    uint32_t block = figure->block_count;

    if (!memchr(lanes, mark, (size_t)count * COLUMNS))
        return;
    snap_figure_block(figure, "points", 2);
    for (uint32_t lane = 0; lane < count; lane++)
        for (uint32_t c = 0; c < COLUMNS; c++)
            if (lanes[lane * COLUMNS + c] == mark)
                snap_text_printf(&figure->data, "%u %u\n", c, lane);
    snap_text_printf(&figure->script, "%s $data index %u using 1:2 with points pt '%c'",
                     block == 0 ? "plot" : ",", block, mark);
}

static void add_time_tics(struct snap_text *script, snap_ns end_ns)
{
    struct snap_axis_unit unit = snap_axis_unit_for(end_ns);

    snap_text_add_string(script, "set xtics (");
    for (int i = 0; i <= 4; i++)
        snap_text_printf(script, "%s'%.4g' %g", i == 0 ? "" : ", ",
                         (double)end_ns / unit.ns * i / 4, (COLUMNS - 1) * i / 4.0);
    snap_text_printf(script, ") nomirror\nset xlabel 'time since the job started [%s]'\n",
                     unit.name);
}

/* The marks that were drawn. */
static void add_legend(struct snap_text *text, const char *lanes, uint32_t count)
{
    static const struct {
        char mark;
        const char *title;
    } titles[] = {{'-', "processing"},    {'B', "blocked by alignment"},
                  {'s', "snapshot"},      {'x', "down"},
                  {'i', "init"},          {'.', "finished"},
                  {'|', "ended, resumed"}};

    for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
        if (memchr(lanes, titles[i].mark, (size_t)count * COLUMNS))
            snap_text_printf(text, "  %c %s", titles[i].mark, titles[i].title);
    snap_text_add_string(text, "\n");
}

bool snap_sketch_timeline(const struct snap_figure_input *input,
                          const struct snap_figure_target *target, struct snap_error *error)
{
    static const char drawn[] = "-.ixsB|";
    const struct snap_job *job = input->statistics->job;
    uint32_t step = (job->task_count + LANES_MAX - 1) / LANES_MAX;
    struct snap_figure figure = {.name = "timeline"};
    struct snap_text names = {0};
    struct snap_arena arena;
    uint32_t count = 0;
    char *lanes;
    bool good;

    snap_arena_init(&arena);
    lanes = SNAP_ARENA_ARRAY(&arena, char, (size_t)LANES_MAX *COLUMNS);
    snap_sketch_begin(&figure, (job->task_count + step - 1) / step + 6);
    snap_text_printf(&figure.script,
                     "set lmargin %d\nset rmargin 2\nset border 1\n"
                     "set ytics scale 0 (",
                     LEFT);
    for (uint32_t task = 0; task < job->task_count; task += step) {
        snap_text_add_string(&figure.script, count == 0 ? "" : ", ");
        snap_sketch_place(&figure.script, &names, snap_lane_name(job, task, LEFT - 1, &arena));
        snap_text_printf(&figure.script, " %u", count);
        fill_lane(input, task, lanes + (size_t)count++ * COLUMNS);
    }
    snap_text_printf(&figure.script, ")\nset xrange [0:%d]\nset yrange [%u:-1]\n", COLUMNS - 1,
                     count);
    add_time_tics(&figure.script, input->statistics->end_ns);
    for (const char *mark = drawn; *mark; mark++)
        add_points(&figure, *mark, lanes, count);
    snap_text_add_string(&figure.script, "\n");
    good = snap_sketch_draw(&figure, &names, target, error);
    if (good)
        add_legend(target->terminal, lanes, count);
    snap_arena_fini(&arena);
    return good;
}

/* ---- checkpoints ---- */

static bool begins_execution(const struct snap_figure_input *input, uint32_t checkpoint)
{
    for (uint32_t i = 0; i < input->change_count; i++)
        if (input->changes[i].checkpoint_first == checkpoint)
            return true;
    return false;
}

bool snap_sketch_checkpoints(const struct snap_figure_input *input,
                             const struct snap_figure_target *target, struct snap_error *error)
{
    const struct snap_statistics *statistics = input->statistics;
    struct snap_axis_unit unit = snap_axis_unit_for(snap_longest_taken(statistics));
    uint32_t count = statistics->checkpoint_count;
    uint32_t first = count > BARS_MAX ? count - BARS_MAX : 0;
    struct snap_figure figure = {.name = "checkpoints"};
    struct snap_text names = {0};

    if (count == 0) {
        snap_text_add_string(target->terminal, "  no checkpoint was taken\n");
        return true;
    }
    snap_sketch_begin(&figure, 18);
    snap_figure_block(&figure, "checkpoints", 2);
    snap_text_printf(&figure.script,
                     "set border 3\nset tics nomirror\nset yrange [0:*]\nset xrange [%g:%g]\n"
                     "set boxwidth 0.6\nset xlabel 'checkpoint (F: failed%s%s)'\n"
                     "set title 'end to end duration [%s]%s'\nset xtics scale 0 (",
                     first - 0.7, count > 0 ? count - 0.3 : 0.7,
                     snap_bars_under_way(statistics) ? ", U: under way" : "",
                     input->change_count > 0 ? ", |: first of a job that was resumed" : "",
                     unit.name, first > 0 ? " of the latest checkpoints" : "");
    for (uint32_t i = first; i < count; i++) {
        const struct snap_checkpoint_stats *checkpoint = statistics->checkpoints[i];
        const char *mark = checkpoint->status == SNAP_CHECKPOINT_FAILED        ? "F"
                           : checkpoint->status == SNAP_CHECKPOINT_IN_PROGRESS ? "U"
                                                                               : "";

        snap_text_printf(&figure.script, "%s'%s%lld%s' %u", i == first ? "" : ", ",
                         begins_execution(input, i) ? "|" : "", (long long)checkpoint->id, mark, i);
        snap_text_printf(&figure.data, "%u %.7g\n", i,
                         (double)snap_checkpoint_stats_taken(statistics, checkpoint) / unit.ns);
    }
    snap_text_add_string(&figure.script, ")\nplot $data using 1:2 with boxes\n");
    return snap_sketch_draw(&figure, &names, target, error);
}
