// SPDX-License-Identifier: Apache-2.0
#include "view/figure_bars.h"

#include "view/units.h"

enum {
    UPRIGHT_MIN = 6,
    /* Bits of what is shown, behind those of the parts. */
    FAILED_SHOWN = 1 << SNAP_PART_KIND_COUNT,
    UNDER_WAY_SHOWN = 2 << SNAP_PART_KIND_COUNT,
};

/* Of checkpoints that are under way. */
#define UNDER_WAY_COLOUR "#777777"

const struct snap_part_style snap_part_styles[SNAP_PART_KIND_COUNT] = {
    [SNAP_PART_START_DELAY] = {"start delay", SNAP_COLOUR_SKY},
    [SNAP_PART_ALIGNMENT] = {"alignment", SNAP_COLOUR_ORANGE},
    [SNAP_PART_SYNC] = {"sync", SNAP_COLOUR_PURPLE},
    [SNAP_PART_ASYNC] = {"async", SNAP_COLOUR_GREEN},
    [SNAP_PART_REST] = {"ack", "#BBBBBB"},
};

void snap_part_split(const struct snap_checkpoint_stats *checkpoint,
                     const struct snap_subtask_part *part, snap_ns *parts)
{
    snap_ns rest = part->ack_ns - checkpoint->trigger_ns;

    parts[SNAP_PART_START_DELAY] = part->start_delay_ns;
    parts[SNAP_PART_ALIGNMENT] = part->alignment_ns;
    parts[SNAP_PART_SYNC] = part->sync_duration_ns;
    parts[SNAP_PART_ASYNC] = part->async_duration_ns;
    for (int i = 0; i < SNAP_PART_REST; i++)
        rest -= parts[i];
    if (rest < 0)
        parts[SNAP_PART_ALIGNMENT] = snap_ns_max(0, parts[SNAP_PART_ALIGNMENT] + rest);
    parts[SNAP_PART_REST] = snap_ns_max(0, rest);
}

void snap_part_stack(struct snap_text *data, const snap_ns *parts, double unit_ns)
{
    double end = 0;

    snap_text_add_string(data, " 0");
    for (int i = 0; i < SNAP_PART_KIND_COUNT; i++) {
        end += (double)parts[i] / unit_ns;
        snap_text_printf(data, " %.7g", end);
    }
}

static snap_ns height_of(const struct snap_bars *bars,
                         const struct snap_checkpoint_stats *checkpoint)
{
    return snap_checkpoint_stats_taken(bars->input->statistics, checkpoint);
}

static const struct snap_checkpoint_stats *checkpoint_of(const struct snap_bars *bars, uint32_t bar)
{
    const struct snap_statistics *statistics = bars->input->statistics;
    uint32_t first = bar * bars->step;
    const struct snap_checkpoint_stats *found = statistics->checkpoints[first];

    for (uint32_t i = first; i < first + bars->step && i < statistics->checkpoint_count; i++)
        if (height_of(bars, statistics->checkpoints[i]) > height_of(bars, found))
            found = statistics->checkpoints[i];
    return found;
}

static void add_completed(const struct snap_bars *bars, struct snap_text *data)
{
    for (uint32_t bar = 0; bar < bars->count; bar++) {
        const struct snap_checkpoint_stats *checkpoint = checkpoint_of(bars, bar);
        snap_ns parts[SNAP_PART_KIND_COUNT];

        if (checkpoint->status != SNAP_CHECKPOINT_COMPLETED ||
            checkpoint->last_task == SNAP_NO_TASK)
            continue;
        snap_part_split(checkpoint, &checkpoint->parts[checkpoint->last_task], parts);
        snap_text_printf(data, "%u", bar);
        snap_part_stack(data, parts, bars->unit.ns);
        snap_text_add_string(data, "\n");
    }
}

/* "WHAT of a (virtual): HOLDS". */
struct block_name {
    const char *what;
    const char *holds;
    uint32_t columns;
};

static uint32_t begin_block(const struct snap_bars *bars, struct snap_figure *figure,
                            const struct block_name *block_name)
{
    struct snap_text name = {0};
    uint32_t block;

    snap_text_printf(&name, "%s%s: %s", block_name->what, bars->of ? bars->of : "",
                     block_name->holds);
    block = snap_figure_block(figure, snap_text_get(&name), block_name->columns);
    snap_text_fini(&name);
    return block;
}

/* Whole bars, of those with the status. */
static void add_whole(const struct snap_bars *bars, enum snap_checkpoint_status status,
                      struct snap_text *data)
{
    for (uint32_t bar = 0; bar < bars->count; bar++) {
        const struct snap_checkpoint_stats *checkpoint = checkpoint_of(bars, bar);

        if (checkpoint->status == status)
            snap_text_printf(data, "%u %.7g\n", bar,
                             (double)height_of(bars, checkpoint) / bars->unit.ns);
    }
}

void snap_bars_add(struct snap_bars *bars, struct snap_figure *figure, uint32_t count_max)
{
    uint32_t checkpoints = bars->input->statistics->checkpoint_count;

    bars->step = checkpoints > count_max ? (checkpoints + count_max - 1) / count_max : 1;
    bars->count = (checkpoints + bars->step - 1) / bars->step;
    for (uint32_t i = 0; i < checkpoints; i++) {
        double duration =
            (double)height_of(bars, bars->input->statistics->checkpoints[i]) / bars->unit.ns;

        bars->highest = duration > bars->highest ? duration : bars->highest;
    }
    bars->block = begin_block(bars, figure,
                              &(struct block_name){"completed checkpoints",
                                                   "where each part of the last subtask ends", 7});
    snap_text_add_string(&figure->data, "# bar, from, " SNAP_PART_COLUMNS "\n");
    add_completed(bars, &figure->data);
    begin_block(bars, figure,
                &(struct block_name){"failed checkpoints", "bar, time to the failure", 2});
    add_whole(bars, SNAP_CHECKPOINT_FAILED, &figure->data);
    begin_block(bars, figure,
                &(struct block_name){"checkpoints under way", "bar, time until the end", 2});
    add_whole(bars, SNAP_CHECKPOINT_IN_PROGRESS, &figure->data);
}

/* How many bars the panel has room for: their width. */
static uint32_t places_of(const struct snap_bars *bars)
{
    return bars->places > bars->count ? bars->places : bars->count;
}

void snap_bars_axis(const struct snap_bars *bars, struct snap_text *script, uint32_t labels_max)
{
    uint32_t step = bars->count / labels_max + 1;

    if (bars->count == 0) {
        snap_text_add_string(script, "set xrange [0:1]\nunset xtics\nset xlabel ' '\n");
        return;
    }
    snap_text_printf(script, "set xrange [-0.7:%.7g]\nset xtics nomirror scale 0 (",
                     places_of(bars) - 0.3);
    for (uint32_t bar = 0; bar < bars->count; bar += step)
        snap_text_printf(script, "%s'%lld' %u", bar == 0 ? "" : ", ",
                         (long long)checkpoint_of(bars, bar)->id, bar);
    snap_text_add_string(script, ")\nset xlabel \"checkpoint");
    if (bars->step > 1)
        snap_text_printf(script, " (the longest of %u)", bars->step);
    snap_text_printf(script, "%s\" offset 0,0.4 font '%s'\n", bars->note ? bars->note : "",
                     bars->note ? ",9" : "");
}

static uint32_t longest_of(const struct snap_bars *bars)
{
    uint32_t longest = 0;

    for (uint32_t bar = 1; bar < bars->count; bar++)
        if (height_of(bars, checkpoint_of(bars, bar)) >
            height_of(bars, checkpoint_of(bars, longest)))
            longest = bar;
    return longest;
}

bool snap_bars_values_upright(uint32_t places, uint32_t values_max)
{
    return places > UPRIGHT_MIN && places <= values_max;
}

/* A lone value at either end would reach out of the panel. */
static const char *value_place(const struct snap_bars *bars, uint32_t bar, uint32_t values_max)
{
    if (snap_bars_values_upright(places_of(bars), values_max))
        return "left rotate by 90 offset 0,0.3";
    if (places_of(bars) <= values_max)
        return "center offset 0,0.4";
    if (bar < places_of(bars) / 8)
        return "left offset -0.5,0.4";
    return bar >= places_of(bars) - places_of(bars) / 8 ? "right offset 0.5,0.4"
                                                        : "center offset 0,0.4";
}

void snap_bars_values(const struct snap_bars *bars, struct snap_text *script, uint32_t values_max)
{
    uint32_t longest = longest_of(bars);
    struct snap_arena arena;

    snap_arena_init(&arena);
    for (uint32_t bar = 0; bar < bars->count; bar++) {
        snap_ns duration_ns = height_of(bars, checkpoint_of(bars, bar));

        if (places_of(bars) > values_max && bar != longest)
            continue;
        snap_text_printf(script, "set label '%s' at %u, %.7g %s font ',8' front\n",
                         snap_duration_name(duration_ns, &arena), bar,
                         (double)duration_ns / bars->unit.ns, value_place(bars, bar, values_max));
    }
    snap_arena_fini(&arena);
}

/* Between the bars of two executions; where they share one, before it. */
static void add_changes(const struct snap_bars *bars, struct snap_text *script)
{
    const struct snap_figure_input *input = bars->input;

    for (uint32_t i = 0; bars->count > 0 && i < input->change_count; i++) {
        double at = input->changes[i].checkpoint_first / bars->step - 0.5;

        snap_text_printf(script,
                         "set arrow from %.7g, graph 0 to %.7g, graph 1 nohead front lw 1.6 "
                         "lc rgb '%s'\n"
                         "set label 'resumed' at %.7g, graph 1 left offset 0.3,0.5 "
                         "font ',9' textcolor rgb '%s'\n",
                         at, at, SNAP_COLOUR_VIOLET, at, SNAP_COLOUR_VIOLET);
    }
}

void snap_bars_plot(const struct snap_bars *bars, struct snap_text *script)
{
    add_changes(bars, script);
    snap_text_add_string(script, "plot \\\n");
    for (int i = 0; i < SNAP_PART_KIND_COUNT; i++)
        snap_text_printf(script,
                         "  data index %u using 1:%d:($1-0.36):($1+0.36):%d:%d with boxxyerror "
                         "lw 0 lc rgb '%s', \\\n",
                         bars->block, i + 2, i + 2, i + 3, snap_part_styles[i].colour);
    snap_text_printf(script,
                     "  data index %u using 1:2:($1-0.36):($1+0.36):(0):2 with boxxyerror "
                     "lc rgb '%s' fs pattern 4 border lc rgb '%s'",
                     bars->block + 1, SNAP_COLOUR_VERMILION, SNAP_COLOUR_VERMILION);
    snap_text_printf(script,
                     ", \\\n  data index %u using 1:2:($1-0.36):($1+0.36):(0):2 with boxxyerror "
                     "lc rgb '%s' fs pattern 5 border lc rgb '%s'\n",
                     bars->block + 2, UNDER_WAY_COLOUR, UNDER_WAY_COLOUR);
    if (bars->input->change_count > 0)
        snap_text_add_string(script, "unset arrow\nunset label\n");
}

uint32_t snap_bars_shown(const struct snap_statistics *statistics)
{
    uint32_t shown = 0;

    for (uint32_t i = 0; i < statistics->checkpoint_count; i++) {
        const struct snap_checkpoint_stats *checkpoint = statistics->checkpoints[i];

        if (checkpoint->status == SNAP_CHECKPOINT_FAILED)
            shown |= FAILED_SHOWN;
        if (checkpoint->status == SNAP_CHECKPOINT_IN_PROGRESS)
            shown |= UNDER_WAY_SHOWN;
        for (uint32_t task = 0; task < statistics->job->task_count; task++) {
            const struct snap_subtask_part *part = &checkpoint->parts[task];
            snap_ns parts[SNAP_PART_KIND_COUNT];

            if (!part->acknowledged || part->finished)
                continue;
            snap_part_split(checkpoint, part, parts);
            for (uint32_t p = 0; p < SNAP_PART_KIND_COUNT; p++)
                shown |= parts[p] > 0 ? 1U << p : 0;
        }
    }
    return shown;
}

bool snap_bars_under_way(const struct snap_statistics *statistics)
{
    return (snap_bars_shown(statistics) & UNDER_WAY_SHOWN) != 0;
}

/* The legend's entry of whole bars. */
static void add_pattern(struct snap_text *script, int pattern, const char *colour,
                        const char *title)
{
    snap_text_printf(script,
                     ", \\\n  NaN with boxes lc rgb '%s' fs pattern %d border lc rgb '%s' "
                     "title '%s'",
                     colour, pattern, colour, title);
}

void snap_bars_legend(struct snap_figure *figure, const struct snap_bars_legend *legend)
{
    struct snap_text *script = &figure->script;

    snap_text_printf(script,
                     "set margins 0, 0, 0, 0\nunset border\nunset tics\n"
                     "set xrange [0:1]\nset yrange [0:1]\n"
                     "set key at screen 0.5, screen %.6g center center horizontal maxrows 1 "
                     "Left reverse samplen 1.5 font ',10'\nplot NaN notitle",
                     1 - legend->pixels / figure->height);
    for (unsigned i = 0; i < SNAP_PART_KIND_COUNT; i++)
        if (legend->shown & 1U << i)
            snap_text_printf(script, ", \\\n  NaN with boxes lc rgb '%s' title '%s'",
                             snap_part_styles[i].colour, snap_part_styles[i].title);
    if (legend->shown & FAILED_SHOWN)
        add_pattern(script, 4, SNAP_COLOUR_VERMILION, "failed");
    if (legend->shown & UNDER_WAY_SHOWN)
        add_pattern(script, 5, UNDER_WAY_COLOUR, "under way");
    snap_text_add_string(script, "\nunset key\nset border 3 lc rgb '#555555'\n"
                                 "set tics nomirror out textcolor rgb '#222222'\n"
                                 "set ytics auto nomirror\n");
}
