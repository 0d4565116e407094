// SPDX-License-Identifier: Apache-2.0
#include "view/figure_groups.h"

#include <stdlib.h>
#include <string.h>

/* One group in the making: its runs, and room to sort numbers of them. */
struct group {
    const struct snap_figure_input **runs;
    uint32_t count;
    int64_t *sorted;
};

static bool is_same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* Runs with the same seed are to be compared, not to be summed up. */
static bool belongs(const struct group *group, const struct snap_figure_input *input)
{
    if (!is_same_text(group->runs[0]->variant, input->variant) ||
        !is_same_text(group->runs[0]->runtime, input->runtime))
        return false;
    for (uint32_t i = 0; i < group->count; i++)
        if (group->runs[i]->seed == input->seed)
            return false;
    return true;
}

static int compare_numbers(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;

    return (left > right) - (left < right);
}

static const struct snap_total *total_at(const struct snap_figure_input *input, uint32_t row)
{
    const struct snap_figure_losses *losses =
        &input->by_kind[row < 2 ? SNAP_JUDGED_STATE : SNAP_JUDGED_SINK];

    return row % 2 == 0 ? &losses->lost : &losses->duplicated;
}

int64_t snap_figure_count(const struct snap_figure_input *input, uint32_t row)
{
    return snap_total_count(total_at(input, row));
}

/* Of what was sorted; all is unjudged if one is, which is the least then. */
static int64_t median_of(const struct group *group)
{
    return group->sorted[0] < 0 ? SNAP_UNJUDGED : group->sorted[(group->count - 1) / 2];
}

static void sort(struct group *group)
{
    qsort(group->sorted, group->count, sizeof(group->sorted[0]), compare_numbers);
}

static int64_t median_count(struct group *group, uint32_t row, struct snap_figure_range *range)
{
    bool at_least = false;

    for (uint32_t i = 0; i < group->count; i++) {
        group->sorted[i] = snap_figure_count(group->runs[i], row);
        at_least = at_least || snap_total_is_at_least(total_at(group->runs[i], row));
    }
    sort(group);
    *range = median_of(group) < 0
                 ? (struct snap_figure_range){SNAP_UNJUDGED, SNAP_UNJUDGED, false}
                 : (struct snap_figure_range){group->sorted[0], group->sorted[group->count - 1],
                                              at_least};
    return median_of(group);
}

/* Completed checkpoints' durations in the mean; -1: it has none. */
static int64_t mean_ns(const struct snap_statistics *statistics)
{
    int64_t sum = 0;
    int64_t count = 0;

    for (uint32_t i = 0; i < statistics->checkpoint_count; i++) {
        if (statistics->checkpoints[i]->status != SNAP_CHECKPOINT_COMPLETED)
            continue;
        sum += statistics->checkpoints[i]->duration_ns;
        count++;
    }
    return count > 0 ? sum / count : -1;
}

static const struct snap_figure_input *median_run(struct group *group)
{
    uint32_t without = 0;
    int64_t wanted;
    uint32_t at = 0;

    for (uint32_t i = 0; i < group->count; i++) {
        group->sorted[i] = mean_ns(group->runs[i]->statistics);
        without += group->sorted[i] < 0;
    }
    sort(group);
    wanted = group->sorted[without < group->count ? (without + group->count - 1) / 2 : 0];
    while (mean_ns(group->runs[at]->statistics) != wanted)
        at++;
    return group->runs[at];
}

static struct snap_figure_total total_of(const struct group *group, enum snap_counter counter)
{
    struct snap_figure_total total = {{SNAP_UNJUDGED, SNAP_UNJUDGED, false}, 0};

    for (uint32_t i = 0; i < group->count; i++) {
        const struct snap_figure_input *run = group->runs[i];
        const struct snap_total *of_run =
            counter == SNAP_COUNTER_LOST ? &run->all.lost : &run->all.duplicated;
        int64_t count = snap_total_count(of_run);

        if (!run->judged || count < 0) {
            total.unjudged++;
            continue;
        }
        total.range.at_least = total.range.at_least || snap_total_is_at_least(of_run);
        if (total.range.least < 0 || count < total.range.least)
            total.range.least = count;
        if (count > total.range.most)
            total.range.most = count;
    }
    return total;
}

static struct snap_figure_input shown_of(struct group *group, struct snap_figure_range *ranges)
{
    struct snap_figure_input shown = *median_run(group);

    for (uint32_t i = 0; i < group->count; i++) {
        shown.judged = shown.judged && group->runs[i]->judged;
        shown.halted = shown.halted || group->runs[i]->halted;
    }
    for (unsigned kind = 0; kind < SNAP_JUDGED_KINDS; kind++)
        shown.by_kind[kind] = (struct snap_figure_losses)SNAP_FIGURE_UNJUDGED;
    for (uint32_t row = 0; row < SNAP_FIGURE_COUNTS; row++) {
        struct snap_figure_losses *losses =
            &shown.by_kind[row < 2 ? SNAP_JUDGED_STATE : SNAP_JUDGED_SINK];
        int64_t median = median_count(group, row, &ranges[row]);

        if (row % 2 == 0)
            losses->lost.found = median;
        else
            losses->duplicated.found = median;
    }
    return shown;
}

static struct group *gather(const struct snap_figure_runs *runs, struct snap_arena *arena,
                            uint32_t *count)
{
    struct group *groups = SNAP_ARENA_ARRAY(arena, struct group, runs->count);

    *count = 0;
    for (uint32_t i = 0; i < runs->count; i++) {
        uint32_t g = 0;

        while (g < *count && !belongs(&groups[g], &runs->inputs[i]))
            g++;
        if (g == *count) {
            groups[g].runs = SNAP_ARENA_ARRAY(arena, const struct snap_figure_input *, runs->count);
            groups[g].sorted = SNAP_ARENA_ARRAY(arena, int64_t, runs->count);
            ++*count;
        }
        groups[g].runs[groups[g].count++] = &runs->inputs[i];
    }
    return groups;
}

struct snap_figure_groups snap_figure_groups_of(const struct snap_figure_runs *runs,
                                                struct snap_arena *arena)
{
    uint32_t count;
    struct group *groups = gather(runs, arena, &count);
    struct snap_figure_input *inputs = SNAP_ARENA_ARRAY(arena, struct snap_figure_input, count);
    struct snap_figure_range(*ranges)[SNAP_FIGURE_COUNTS] =
        snap_arena_alloc(arena, count * sizeof(*ranges));
    struct snap_figure_total(*totals)[SNAP_FIGURE_TOTALS] =
        snap_arena_alloc(arena, count * sizeof(*totals));
    uint32_t *sizes = SNAP_ARENA_ARRAY(arena, uint32_t, count);

    for (uint32_t g = 0; g < count; g++) {
        inputs[g] = shown_of(&groups[g], ranges[g]);
        sizes[g] = groups[g].count;
        for (unsigned counter = 0; counter < SNAP_FIGURE_TOTALS; counter++)
            totals[g][counter] = total_of(&groups[g], (enum snap_counter)counter);
    }
    return (struct snap_figure_groups){{inputs, count}, sizes, ranges, totals};
}
