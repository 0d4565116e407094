// SPDX-License-Identifier: Apache-2.0
#include "view/figure_compared.h"

#include <math.h>
#include <string.h>

#include "base/columns.h"
#include "view/units.h"

enum {
    COLUMNS_MAX = 4,
    PANEL_WIDTH = 310,
    GAP = 50,
    MARGIN_MIN = 110,
    HEAD = 84,
    UPPER_END = 262,    /* of the checkpoints' panel and what stands below it */
    SUBTASKS_HEAD = 26, /* above each panel of subtasks */
    SUBTASKS_FOOT = 50, /* below the last */
    LANE_PIXELS_MAX = 20,
    LANES_MIN = 40,
    VERDICT_FOOT = 50,
    ROW_FOOT = 24,
    TICS_MAX = 5,
    TITLE_COLUMNS = 52, /* above a panel, and half the gaps beside it */
    VARIANT_LEAST = 12,
};

/* Above the longest bar there is room for its value, and for what stands in the upper corners where
 * values are upright. */
#define VALUES_ROOM 1.3
#define UPRIGHT_ROOM 1.7

/* Bars lower than this share of the highest of all have a scale of their own. */
#define LOW_SHARE 0.1

bool snap_low_on_scale(snap_ns highest_ns, snap_ns longest_ns)
{
    return highest_ns > 0 && (double)highest_ns < LOW_SHARE * (double)longest_ns;
}

static double room_of(uint32_t bars)
{
    return snap_bars_values_upright(bars, SNAP_COMPARED_VALUES_MAX) ? UPRIGHT_ROOM : VALUES_ROOM;
}

/* Whether lanes of both jobs have the same names. */
static bool has_same_lanes(const struct snap_job *a, const struct snap_job *b)
{
    if (a->vertex_count != b->vertex_count)
        return false;
    for (uint32_t v = 0; v < a->vertex_count; v++)
        if (a->vertices[v].parallelism != b->vertices[v].parallelism ||
            strcmp(a->operators[a->vertices[v].operators[0]].uid,
                   b->operators[b->vertices[v].operators[0]].uid) != 0)
            return false;
    return true;
}

static void measure_checkpoints(struct snap_compared *compared, uint32_t run)
{
    const struct snap_statistics *statistics = compared->runs->inputs[run].statistics;

    if (statistics->checkpoint_count == 0)
        return;
    if (statistics->checkpoint_count > compared->bars_most)
        compared->bars_most = statistics->checkpoint_count;
    compared->longest_ns = snap_ns_max(compared->longest_ns, snap_longest_taken(statistics));
}

static void measure_subtasks(struct snap_compared *compared, uint32_t run)
{
    const struct snap_statistics *statistics = compared->runs->inputs[run].statistics;
    struct snap_subtask_bars *bars = &compared->subtasks[run];
    uint32_t tasks = statistics->job->task_count;
    uint32_t usual = tasks * snap_lane_pixels(tasks) * 4 / 5;
    uint32_t lanes = usual < tasks * LANE_PIXELS_MAX ? usual : tasks * LANE_PIXELS_MAX;

    *bars = snap_subtasks_of(statistics, compared->arena);
    for (int view = 0; view < SNAP_SUBTASK_VIEWS; view++)
        compared->subtasks_longest_ns[view] =
            snap_ns_max(compared->subtasks_longest_ns[view], bars->end_ns[view]);
    compared->bottom = fmax(compared->bottom, bars->bottom);
    compared->lanes = lanes > compared->lanes ? lanes : compared->lanes;
    if (snap_lane_margin(bars->job) > compared->margin)
        compared->margin = snap_lane_margin(bars->job);
    if (!has_same_lanes(bars->job, compared->subtasks[0].job))
        compared->lanes_alike = false;
    if (bars->longest && compared->views == 0)
        compared->views = 1;
    if (bars->completed > 1)
        compared->views = SNAP_SUBTASK_VIEWS;
}

static void measure_verdict(struct snap_compared *compared, uint32_t run)
{
    for (uint32_t row = 0; row < SNAP_FIGURE_COUNTS; row++) {
        struct snap_figure_range range = compared->groups.ranges[run][row];

        compared->most = fmax(compared->most, (double)range.most);
        compared->has_spread = compared->has_spread || range.least < range.most || range.at_least;
    }
}

/* Rows of as many columns as possible, and all of as many. */
static void place(struct snap_compared *compared)
{
    uint32_t runs = compared->runs->count;
    uint32_t at = UPPER_END;
    uint32_t width;

    compared->rows = (runs + COLUMNS_MAX - 1) / COLUMNS_MAX;
    compared->columns = (runs + compared->rows - 1) / compared->rows;
    compared->gap = compared->lanes_alike ? GAP : compared->margin;
    for (uint32_t view = 0; view < compared->views; view++) {
        compared->subtasks_at[view] = at + SUBTASKS_HEAD;
        at += SUBTASKS_HEAD + compared->lanes + SUBTASKS_FOOT;
    }
    compared->verdict_at = at;
    if (compared->most > 0)
        at += SNAP_COMPARED_VERDICT_HEIGHT + VERDICT_FOOT;
    compared->row_height = at + ROW_FOOT;
    width = compared->columns > 1 ? compared->columns : 2;
    compared->figure.width =
        compared->margin + width * PANEL_WIDTH + (width - 1) * compared->gap + GAP / 2;
    compared->figure.height = HEAD + compared->rows * compared->row_height;
}

void snap_compared_measure(struct snap_compared *compared)
{
    uint32_t runs = compared->runs->count;

    compared->subtasks = SNAP_ARENA_ARRAY(compared->arena, struct snap_subtask_bars, runs);
    compared->lanes_alike = true;
    compared->margin = MARGIN_MIN;
    compared->lanes = LANES_MIN;
    for (uint32_t run = 0; run < runs; run++) {
        measure_checkpoints(compared, run);
        measure_subtasks(compared, run);
        measure_verdict(compared, run);
        if (compared->runs->inputs[run].change_count > 0)
            compared->has_changes = true;
    }
    compared->room = room_of(compared->bars_most);
    place(compared);
}

static const char *name_of(const struct snap_compared *compared, uint32_t run, const char *variant)
{
    const struct snap_figure_input *input = &compared->runs->inputs[run];
    const char *seeds = "";

    if (compared->groups.sizes[run] > 1)
        seeds = snap_arena_printf(compared->arena, ", %u seeds", compared->groups.sizes[run]);
    else if (compared->heading.seed_last > compared->heading.seed)
        seeds = snap_arena_printf(compared->arena, ", seed %llu", (unsigned long long)input->seed);
    return snap_arena_printf(compared->arena, "%s (%s%s)", variant ? variant : "as written",
                             input->runtime, seeds);
}

const char *snap_compared_name(const struct snap_compared *compared, uint32_t run)
{
    return name_of(compared, run, compared->runs->inputs[run].variant);
}

const char *snap_compared_title(const struct snap_compared *compared, uint32_t run)
{
    const char *variant = compared->runs->inputs[run].variant;
    const char *rest = name_of(compared, run, "");
    uint32_t columns = snap_columns_of(rest, strlen(rest));

    columns = columns + VARIANT_LEAST < TITLE_COLUMNS ? TITLE_COLUMNS - columns : VARIANT_LEAST;
    return name_of(compared, run,
                   variant ? snap_name_cut(variant, columns, compared->arena) : NULL);
}

void snap_compared_place(struct snap_compared *compared, uint32_t run, uint32_t below,
                         uint32_t height)
{
    double left =
        compared->margin + (double)(run % compared->columns) * (PANEL_WIDTH + compared->gap);
    double top = HEAD + (double)(run / compared->columns) * compared->row_height + below;

    snap_text_printf(&compared->figure.script,
                     "set lmargin at screen %.6g\nset rmargin at screen %.6g\n"
                     "set tmargin at screen %.6g\nset bmargin at screen %.6g\n",
                     left / compared->figure.width, (left + PANEL_WIDTH) / compared->figure.width,
                     1 - top / compared->figure.height,
                     1 - (top + height) / compared->figure.height);
}

double snap_compared_step(double end)
{
    double least = end / TICS_MAX;
    double power = pow(10, floor(log10(least)));

    if (least <= power)
        return power;
    if (least <= 2 * power)
        return 2 * power;
    return least <= 5 * power ? 5 * power : 10 * power;
}
