// SPDX-License-Identifier: Apache-2.0
/* Sketches for terminals: gnuplot's dumb terminal, 80 columns, plain characters. */
#include <string.h>

#include "base/arena.h"
#include "base/columns.h"
#include "view/figure_bars.h"
#include "view/figure_groups.h"

enum {
    WIDTH = 80,
    LEFT = 18,
    COLUMNS = WIDTH - LEFT - 2, /* characters of a lane */
    LANES_MAX = 40,
    BARS_MAX = 28,
    NAMES_WIDTH = 68,    /* of all columns of a comparison */
    NUMBER_WIDTH = 4,    /* of a run, and the blanks around it */
    UNJUDGED_WIDTH = 53, /* of the names of those who were not judged, and what follows */
    MORE_WIDTH = 14,     /* " and 1000 more" */
    VARIANT_COLUMNS = 14,
};

static void begin(struct snap_figure *figure, uint32_t height)
{
    snap_text_printf(&figure->script, "set terminal dumb noenhanced mono size %d,%u\nunset key\n",
                     WIDTH, height);
}

/*
 * gnuplot takes each byte of a name for a column. So it draws as many marks as the name has
 * columns, which no other text has, and the names are put in their places afterwards, in their
 * order: a line a name.
 */
enum { PLACE_FIRST = '\1', PLACE_MORE = '\2' };

/* Appends the place of a name, in quotes, and the name to the names. */
static void add_place(struct snap_text *script, struct snap_text *names, const char *name)
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

/* Sends data and script through gnuplot and takes the drawing. */
static bool draw(struct snap_figure *figure, struct snap_text *names,
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
    begin(&figure, (job->task_count + step - 1) / step + 6);
    snap_text_printf(&figure.script,
                     "set lmargin %d\nset rmargin 2\nset border 1\n"
                     "set ytics scale 0 (",
                     LEFT);
    for (uint32_t task = 0; task < job->task_count; task += step) {
        snap_text_add_string(&figure.script, count == 0 ? "" : ", ");
        add_place(&figure.script, &names, snap_lane_name(job, task, LEFT - 1, &arena));
        snap_text_printf(&figure.script, " %u", count);
        fill_lane(input, task, lanes + (size_t)count++ * COLUMNS);
    }
    snap_text_printf(&figure.script, ")\nset xrange [0:%d]\nset yrange [%u:-1]\n", COLUMNS - 1,
                     count);
    add_time_tics(&figure.script, input->statistics->end_ns);
    for (const char *mark = drawn; *mark; mark++)
        add_points(&figure, *mark, lanes, count);
    snap_text_add_string(&figure.script, "\n");
    good = draw(&figure, &names, target, error);
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
        snap_text_add_string(target->terminal, "  no checkpoints\n");
        return true;
    }
    begin(&figure, 18);
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
    return draw(&figure, &names, target, error);
}

/* ---- compare ---- */

static const char *variant_of(const struct snap_figure_input *input)
{
    return input->variant ? input->variant : "as written";
}

/* The name of a column: the number of the run, and the variant where all have room. */
static void add_run_names(struct snap_text *script, struct snap_text *names,
                          const struct snap_figure_runs *runs)
{
    uint32_t longest = 0;

    for (uint32_t i = 0; i < runs->count; i++) {
        const char *variant = variant_of(&runs->inputs[i]);
        uint32_t columns = snap_columns_of(variant, strlen(variant));

        longest = columns > longest ? columns : longest;
    }
    snap_text_add_string(script, "set xtics scale 0 (");
    for (uint32_t i = 0; i < runs->count; i++) {
        struct snap_text name = {0};

        snap_text_printf(&name, "%u", i + 1);
        if ((uint64_t)(longest + NUMBER_WIDTH) * runs->count <= NAMES_WIDTH)
            snap_text_printf(&name, " %s", variant_of(&runs->inputs[i]));
        snap_text_add_string(script, i == 0 ? "" : ", ");
        add_place(script, names, snap_text_get(&name));
        snap_text_printf(script, " %u", i);
        snap_text_fini(&name);
    }
    snap_text_add_string(script, ")\n");
}

/* Its height and what stands above it: from where to where, or "-" for what cannot be judged. */
static void add_count(struct snap_text *data, const struct snap_figure_total *total)
{
    long long least = total->range.least;
    long long most = total->range.most;

    if (most < 0)
        snap_text_add_string(data, " 0 -");
    else if (least < most)
        snap_text_printf(data, " %lld %lld..%lld", most, least, most);
    else
        snap_text_printf(data, " %lld %lld", most, most);
}

static bool draw_counts(const struct snap_figure_groups *groups, int64_t most,
                        const struct snap_figure_target *target, struct snap_error *error)
{
    struct snap_figure figure = {.name = "compare"};
    struct snap_text names = {0};
    uint32_t count = groups->runs.count;

    begin(&figure, 18);
    snap_figure_block(&figure, "lost, its label, duplicated, its label", 5);
    snap_text_printf(&figure.script,
                     "set border 3\nset tics nomirror\nset yrange [0:%lld]\nset xrange [-0.6:%g]\n"
                     "set boxwidth 0.3\nset title 'records lost (left) and duplicated (right)'\n",
                     (long long)(most + most / 8 + 1), count - 0.4);
    add_run_names(&figure.script, &names, &groups->runs);
    for (uint32_t i = 0; i < count; i++) {
        snap_text_printf(&figure.data, "%u", i);
        add_count(&figure.data, &groups->totals[i][SNAP_COUNTER_LOST]);
        add_count(&figure.data, &groups->totals[i][SNAP_COUNTER_DUPLICATED]);
        snap_text_add_string(&figure.data, "\n");
    }
    snap_text_add_string(&figure.script, "plot $data using ($1-0.2):2 with boxes, "
                                         "$data using ($1+0.2):4 with boxes, "
                                         "$data using ($1-0.2):2:3 with labels offset 0,0.7, "
                                         "$data using ($1+0.2):4:5 with labels offset 0,0.7\n");
    return draw(&figure, &names, target, error);
}

/* A counter in all runs of a comparison. */
struct summed {
    enum snap_counter counter;
    int64_t most;      /* -1: nothing was judged */
    uint32_t unjudged; /* groups of which some run was not */
};

static struct summed sum_up(const struct snap_figure_groups *groups, enum snap_counter counter)
{
    struct summed summed = {counter, SNAP_UNJUDGED, 0};

    for (uint32_t i = 0; i < groups->runs.count; i++) {
        const struct snap_figure_total *total = &groups->totals[i][counter];

        summed.most = total->range.most > summed.most ? total->range.most : summed.most;
        summed.unjudged += total->unjudged > 0;
    }
    return summed;
}

/* " 2 another (1 of 9 seeds)": a group, and how many of its runs were not judged if not all. */
static const char *unjudged_name(const struct snap_figure_groups *groups, uint32_t group,
                                 enum snap_counter counter, struct snap_arena *arena)
{
    uint32_t unjudged = groups->totals[group][counter].unjudged;
    const char *name =
        snap_name_cut(variant_of(&groups->runs.inputs[group]), VARIANT_COLUMNS, arena);

    if (unjudged == groups->sizes[group])
        return snap_arena_printf(arena, " %u %s", group + 1, name);
    return snap_arena_printf(arena, " %u %s (%u of %u seeds)", group + 1, name, unjudged,
                             groups->sizes[group]);
}

/* Says who was not judged, on one line: some are only counted where they are many. */
static void add_unjudged(const struct snap_figure_groups *groups, const struct summed *summed,
                         struct snap_text *text)
{
    uint32_t left = summed->unjudged;
    int columns = UNJUDGED_WIDTH;
    struct snap_arena arena;

    snap_text_printf(text, "  %s: not judged", snap_counter_name(summed->counter));
    if (summed->most < 0) {
        snap_text_add_string(text, "\n");
        return;
    }
    snap_arena_init(&arena);
    snap_text_add_string(text, " in");
    for (uint32_t i = 0; i < groups->runs.count; i++) {
        const char *name;
        int width;

        if (groups->totals[i][summed->counter].unjudged == 0)
            continue;
        name = unjudged_name(groups, i, summed->counter, &arena);
        width = 1 + (int)snap_columns_of(name, strlen(name));
        if (width + (left > 1 ? MORE_WIDTH : 0) > columns && left < summed->unjudged)
            break;
        snap_text_printf(text, "%s%s", left < summed->unjudged ? "," : "", name);
        columns -= width;
        left--;
    }
    if (left > 0)
        snap_text_printf(text, " and %u more", left);
    snap_text_add_string(text, "\n");
    snap_arena_fini(&arena);
}

/* What the drawing, if there is one, does not say. */
static void add_words(const struct snap_figure_groups *groups, const struct summed *summed,
                      bool drawn, struct snap_text *text)
{
    const struct summed *lost = &summed[SNAP_COUNTER_LOST];
    const struct summed *duplicated = &summed[SNAP_COUNTER_DUPLICATED];

    if (!drawn && lost->unjudged == 0 && duplicated->unjudged == 0) {
        snap_text_add_string(text, "  no record lost or duplicated\n");
        return;
    }
    for (unsigned i = 0; i < SNAP_FIGURE_TOTALS; i++) {
        if (summed[i].unjudged > 0)
            add_unjudged(groups, &summed[i], text);
        if (!drawn && summed[i].most == 0)
            snap_text_printf(text, "  no record %s%s\n", snap_counter_name(summed[i].counter),
                             summed[i].unjudged > 0 ? " in the others" : "");
    }
}

bool snap_sketch_compare(const struct snap_figure_groups *groups,
                         const struct snap_figure_target *target, struct snap_error *error)
{
    struct summed summed[SNAP_FIGURE_TOTALS];
    int64_t most = 0;

    for (unsigned i = 0; i < SNAP_FIGURE_TOTALS; i++) {
        summed[i] = sum_up(groups, (enum snap_counter)i);
        most = summed[i].most > most ? summed[i].most : most;
    }
    snap_sketch_subtasks(&groups->runs, target->terminal);
    if (most > 0 && !draw_counts(groups, most, target, error))
        return false;
    add_words(groups, summed, most > 0, target->terminal);
    return true;
}
