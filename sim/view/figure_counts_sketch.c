// SPDX-License-Identifier: Apache-2.0
/* What the runs of a comparison lost or have twice, for terminals. */
#include <string.h>

#include "base/columns.h"
#include "view/figure_groups.h"
#include "view/figure_parts.h"
#include "view/figure_sketch.h"

enum {
    NAMES_WIDTH = 68,    /* of all columns of a comparison */
    NUMBER_WIDTH = 4,    /* of a run, and the blanks around it */
    UNJUDGED_WIDTH = 53, /* of the names of those who were not judged, and what follows */
    MORE_WIDTH = 14,     /* " and 1000 more" */
    VARIANT_COLUMNS = 14,
    COUNTS_WIDTH = 70, /* of all bars of a comparison */
};

/* Of the width of a comparison's column: from the middle of one bar to the other's. */
#define COUNTS_APART 0.4

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
        snap_sketch_place(script, names, snap_text_get(&name));
        snap_text_printf(script, " %u", i);
        snap_text_fini(&name);
    }
    snap_text_add_string(script, ")\n");
}

/* What stands above a bar, without blanks: from where to where, ">=3" where it may be more, or "-"
 * for what cannot be judged. */
static const char *count_label(const struct snap_figure_total *total, struct snap_arena *arena)
{
    long long least = total->range.least;
    long long most = total->range.most;
    const char *at_least = total->range.at_least ? ">=" : "";

    if (most < 0)
        return "-";
    if (least < most)
        return snap_arena_printf(arena, "%s%lld..%lld", at_least, least, most);
    return snap_arena_printf(arena, "%s%lld", at_least, most);
}

/* Labels beside each other do not touch. */
static bool has_room(const struct snap_figure_groups *groups, struct snap_arena *arena)
{
    double apart = COUNTS_APART * COUNTS_WIDTH / groups->runs.count;

    for (uint32_t i = 0; i < groups->runs.count; i++) {
        const struct snap_figure_total *totals = groups->totals[i];
        size_t both = strlen(count_label(&totals[SNAP_COUNTER_LOST], arena)) +
                      strlen(count_label(&totals[SNAP_COUNTER_DUPLICATED], arena));

        if ((double)both / 2 + 1 > apart)
            return false;
    }
    return true;
}

/* Bars as high as the most of all seeds, which is all that stands above them if there is no room
 * for where it begins. */
static void add_counts(struct snap_figure *figure, const struct snap_figure_groups *groups,
                       bool whole, struct snap_arena *arena)
{
    for (uint32_t i = 0; i < groups->runs.count; i++) {
        snap_text_printf(&figure->data, "%u", i);
        for (unsigned counter = 0; counter < SNAP_FIGURE_TOTALS; counter++) {
            struct snap_figure_total total = groups->totals[i][counter];

            if (!whole)
                total.range.least = total.range.most;
            snap_text_printf(&figure->data, " %lld %s",
                             total.range.most < 0 ? 0 : (long long)total.range.most,
                             count_label(&total, arena));
        }
        snap_text_add_string(&figure->data, "\n");
    }
}

static bool draw_counts(const struct snap_figure_groups *groups, int64_t most,
                        const struct snap_figure_target *target, struct snap_error *error)
{
    struct snap_figure figure = {.name = "compare"};
    struct snap_text names = {0};
    struct snap_arena arena;
    bool whole;

    snap_arena_init(&arena);
    whole = has_room(groups, &arena);
    snap_sketch_begin(&figure, 18);
    snap_figure_block(&figure, "lost, its label, duplicated, its label", 5);
    snap_text_printf(&figure.script,
                     "set border 3\nset tics nomirror\nset yrange [0:%lld]\nset xrange [-0.6:%g]\n"
                     "set boxwidth 0.3\nset title 'records lost (left) and duplicated (right)%s'\n",
                     (long long)(most + most / 8 + 1), groups->runs.count - 0.4,
                     whole ? "" : ", the most of all seeds");
    add_run_names(&figure.script, &names, &groups->runs);
    add_counts(&figure, groups, whole, &arena);
    snap_arena_fini(&arena);
    snap_text_add_string(&figure.script, "plot $data using ($1-0.2):2 with boxes, "
                                         "$data using ($1+0.2):4 with boxes, "
                                         "$data using ($1-0.2):2:3 with labels offset 0,1, "
                                         "$data using ($1+0.2):4:5 with labels offset 0,1\n");
    return snap_sketch_draw(&figure, &names, target, error);
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
