// SPDX-License-Identifier: Apache-2.0
/* The figure `compare`: its panels are drawn run by run, in figure_compared_panels.c. */
#include "view/figure_compared.h"

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

static void add_legend(struct snap_compared *compared)
{
    struct snap_bars_legend legend = {.pixels = 52};

    for (uint32_t run = 0; run < compared->runs->count; run++)
        legend.shown |= snap_bars_shown(compared->runs->inputs[run].statistics);
    snap_bars_legend(&compared->figure, &legend);
}

static void add_panels(struct snap_compared *compared)
{
    for (uint32_t run = 0; run < compared->runs->count; run++) {
        snap_compared_add_checkpoints(compared, run);
        if (compared->views > 0)
            snap_compared_add_subtasks(compared, run);
        if (compared->most > 0)
            snap_compared_add_verdict(compared, run);
    }
}

static bool draw(struct snap_compared *compared, const struct snap_figure_target *target,
                 struct snap_error *error)
{
    struct snap_figure *figure = &compared->figure;
    bool good;

    snap_compared_measure(compared);
    figure->name = "compare";
    snap_figure_begin(figure);
    snap_compared_add_verdict_block(compared);
    snap_text_add_string(&figure->script, "set multiplot\nset style fill solid 1 noborder\n");
    snap_figure_title(figure, &compared->heading, "variants compared");
    add_legend(compared);
    snap_text_add_string(&figure->script, "unset label\n");
    add_panels(compared);
    snap_text_add_string(&figure->script, "unset multiplot\n");
    good = snap_figure_draw(figure, target, error);
    snap_figure_fini(figure);
    return good;
}

bool snap_figure_compare(const struct snap_figure_runs *runs,
                         const struct snap_figure_target *target, struct snap_error *error)
{
    struct snap_arena arena;
    struct snap_compared compared = {.arena = &arena, .heading = heading_of(runs)};
    bool good;

    snap_arena_init(&arena);
    compared.groups = snap_figure_groups_of(runs, &arena);
    compared.runs = &compared.groups.runs;
    good = target->format == SNAP_FIGURE_TERMINAL
               ? snap_sketch_compare(&compared.groups, target, error)
               : draw(&compared, target, error);
    snap_arena_fini(&arena);
    return good;
}
