// SPDX-License-Identifier: Apache-2.0
#include "view/run_groups.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/names.h"

static bool same_group(const struct snap_summary *a, const struct snap_summary *b)
{
    const char *one = a->simulation->variant;
    const char *other = b->simulation->variant;

    return a->runtime == b->runtime && (one && other ? strcmp(one, other) == 0 : one == other);
}

static struct snap_run_group *group_of(struct snap_run_groups *groups,
                                       const struct snap_summary *run)
{
    for (uint32_t g = 0; g < groups->count; g++)
        if (same_group(groups->items[g].runs[0], run))
            return &groups->items[g];
    return &groups->items[groups->count++];
}

struct snap_run_groups snap_run_groups_of(const struct snap_summary *runs, uint32_t count,
                                          struct snap_arena *arena)
{
    struct snap_run_groups groups = {SNAP_ARENA_ARRAY(arena, struct snap_run_group, count + 1), 0,
                                     0, false};

    for (uint32_t i = 0; i < count; i++) {
        struct snap_run_group *group = group_of(&groups, &runs[i]);

        if (!group->runs)
            group->runs = SNAP_ARENA_ARRAY(arena, const struct snap_summary *, count);
        group->runs[group->count++] = &runs[i];
        groups.largest = group->count > groups.largest ? group->count : groups.largest;
        groups.runtimes_differ = groups.runtimes_differ || runs[i].runtime != runs[0].runtime;
    }
    return groups;
}

const char *snap_run_group_name(const struct snap_run_groups *groups, uint32_t index,
                                struct snap_arena *arena)
{
    const struct snap_summary *run = groups->items[index].runs[0];
    const char *variant = run->simulation->variant ? run->simulation->variant : "(as written)";

    if (!groups->runtimes_differ)
        return variant;
    return snap_arena_printf(arena, "%s (%s)", variant, snap_runtime_kind_name(run->runtime));
}

static int compare_values(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;

    return (left > right) - (left < right);
}

struct snap_range snap_range_of(double *values, uint32_t count)
{
    struct snap_range range = {NAN, NAN, NAN, 0};

    for (uint32_t i = 0; i < count; i++)
        if (!isnan(values[i]))
            values[range.count++] = values[i];
    if (range.count == 0)
        return range;
    qsort(values, range.count, sizeof(values[0]), compare_values);
    range.min = values[0];
    range.max = values[range.count - 1];
    range.median = (values[(range.count - 1) / 2] + values[range.count / 2]) / 2;
    return range;
}
