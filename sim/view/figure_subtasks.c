// SPDX-License-Identifier: Apache-2.0
#include "view/figure_subtasks.h"

#include <string.h>

#include "model/names.h"
#include "trace/percentile.h"

snap_ns snap_subtask_row_end(const struct snap_subtask_row *row)
{
    snap_ns end_ns = 0;

    for (uint32_t p = 0; p < SNAP_PART_KIND_COUNT; p++)
        end_ns += row->parts[p];
    return end_ns;
}

static bool has_parts(const struct snap_subtask_part *part)
{
    return part->acknowledged && !part->finished;
}

static void fill_longest(const struct snap_subtask_bars *bars, struct snap_subtask_row *rows)
{
    for (uint32_t task = 0; bars->longest && task < bars->job->task_count; task++) {
        const struct snap_subtask_part *part = &bars->longest->parts[task];

        rows[task].shown = has_parts(part);
        if (rows[task].shown)
            snap_part_split(bars->longest, part, rows[task].parts);
    }
}

/* The parts lie between medians of when each ended: medians of their lengths, added up, may be over
 * before what they waited for. One order of events in all checkpoints is that of the medians, too.
 * Only if the subtask ever took part; numbers has room for a column of all checkpoints a part. */
static void fill_median(const struct snap_statistics *statistics, uint32_t task, int64_t *numbers,
                        struct snap_subtask_row *row)
{
    uint32_t capacity = statistics->checkpoint_count;
    uint32_t count = 0;
    snap_ns begin_ns = 0;

    for (uint32_t i = 0; i < statistics->checkpoint_count; i++) {
        const struct snap_checkpoint_stats *checkpoint = statistics->checkpoints[i];
        const struct snap_subtask_part *part = &checkpoint->parts[task];
        snap_ns parts[SNAP_PART_KIND_COUNT];
        snap_ns end_ns = 0;

        if (checkpoint->status != SNAP_CHECKPOINT_COMPLETED || !has_parts(part))
            continue;
        snap_part_split(checkpoint, part, parts);
        for (uint32_t p = 0; p < SNAP_PART_KIND_COUNT; p++)
            numbers[p * capacity + count] = end_ns += parts[p];
        count++;
    }
    row->shown = count > 0;
    for (uint32_t p = 0; row->shown && p < SNAP_PART_KIND_COUNT; p++) {
        snap_ns end_ns =
            (snap_ns)snap_distribution_of(numbers + p * capacity, count).percentiles[0];

        row->parts[p] = end_ns - begin_ns;
        begin_ns = end_ns;
    }
}

/* Which of all checkpoints the longest is. */
static const char *longest_words(const struct snap_statistics *statistics,
                                 const struct snap_checkpoint_stats *longest)
{
    if (!longest)
        return "";
    if (longest->status == SNAP_CHECKPOINT_IN_PROGRESS)
        return "under way";
    if (longest->status == SNAP_CHECKPOINT_FAILED)
        return "the longest, failed";
    return snap_longest_taken(statistics) > longest->duration_ns ? "the longest that completed"
                                                                 : "the longest";
}

struct snap_subtask_bars snap_subtasks_of(const struct snap_statistics *statistics,
                                          struct snap_arena *arena)
{
    uint32_t tasks = statistics->job->task_count;
    struct snap_subtask_bars bars = {.job = statistics->job,
                                     .longest = snap_longest_checkpoint(statistics)};
    int64_t *numbers = SNAP_ARENA_ARRAY(
        arena, int64_t, ((size_t)statistics->checkpoint_count + 1) * SNAP_PART_KIND_COUNT);
    struct snap_subtask_row *rows[SNAP_SUBTASK_VIEWS];

    for (uint32_t view = 0; view < SNAP_SUBTASK_VIEWS; view++)
        bars.rows[view] = rows[view] = SNAP_ARENA_ARRAY(arena, struct snap_subtask_row, tasks);
    bars.longest_is = longest_words(statistics, bars.longest);
    bars.lane_y = snap_place_lanes(bars.job, arena, &bars.bottom);
    for (uint32_t i = 0; i < statistics->checkpoint_count; i++)
        bars.completed += statistics->checkpoints[i]->status == SNAP_CHECKPOINT_COMPLETED;
    fill_longest(&bars, rows[SNAP_SUBTASKS_LONGEST]);
    for (uint32_t task = 0; task < tasks; task++) {
        fill_median(statistics, task, numbers, &rows[SNAP_SUBTASKS_MEDIAN][task]);
        for (uint32_t view = 0; view < SNAP_SUBTASK_VIEWS; view++)
            bars.end_ns[view] =
                snap_ns_max(bars.end_ns[view], snap_subtask_row_end(&rows[view][task]));
    }
    return bars;
}

/* Data has room for whole names. */
static void add_rows(const struct snap_subtask_bars *bars, enum snap_subtask_view view,
                     struct snap_text *data, double unit_ns)
{
    struct snap_arena arena;

    snap_arena_init(&arena);
    snap_text_add_string(data, "# lane, from, " SNAP_PART_COLUMNS ", subtask\n");
    for (uint32_t task = 0; task < bars->job->task_count; task++) {
        const struct snap_subtask_row *row = &bars->rows[view][task];

        if (!row->shown)
            continue;
        snap_text_printf(data, "%.7g", bars->lane_y[task]);
        snap_part_stack(data, row->parts, unit_ns);
        snap_gnuplot_column(data, snap_actor_name(bars->job, task, &arena));
        snap_text_add_string(data, "\n");
    }
    snap_arena_fini(&arena);
}

void snap_subtasks_add(struct snap_subtask_bars *bars, const struct snap_subtask_block *block,
                       struct snap_figure *figure)
{
    struct snap_text what = {0};

    if (block->view == SNAP_SUBTASKS_MEDIAN)
        snap_text_printf(&what, "median of %u completed", bars->completed);
    else if (bars->longest)
        snap_text_printf(&what, "checkpoint %lld (%s)", (long long)bars->longest->id,
                         bars->longest_is);
    else
        snap_text_add_string(&what, "no checkpoint");
    snap_text_printf(&what, "%s: where each part of a subtask ends", block->of);
    bars->blocks[block->view] = snap_figure_block(figure, snap_text_get(&what), 8);
    add_rows(bars, block->view, &figure->data, block->unit_ns);
    snap_text_fini(&what);
}

void snap_subtasks_plot(const struct snap_subtask_bars *bars, enum snap_subtask_view view,
                        struct snap_text *script)
{
    /* Gaps between the finest lanes would only make their colours paler. */
    const char *half = bars->job->task_count > SNAP_LANES_NAMED_MAX ? "0.6" : "0.4";

    snap_text_add_string(script, "plot \\\n");
    for (uint32_t i = 0; i < SNAP_PART_KIND_COUNT; i++)
        snap_text_printf(script,
                         "  data index %u using %u:1:%u:%u:($1-%s):($1+%s) with boxxyerror lw 0 "
                         "lc rgb '%s' notitle%s\n",
                         bars->blocks[view], i + 2, i + 2, i + 3, half, half,
                         snap_part_styles[i].colour, i + 1 < SNAP_PART_KIND_COUNT ? ", \\" : "");
}
