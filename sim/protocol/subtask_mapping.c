// SPDX-License-Identifier: Apache-2.0
#include "protocol/subtask_mapping.h"

#include "base/check.h"
#include "model/key_group.h"

/* From one parallelism to another; the mappers know only these two directions. */
struct view {
    uint32_t subtask; /* of the side asked about */
    uint32_t here;    /* parallelism of its side */
    uint32_t there;
};

const char *snap_subtask_mapper_name(enum snap_subtask_mapper mapper)
{
    static const char *const names[] = {"ARBITRARY", "FIRST",       "FULL",
                                        "RANGE",     "ROUND_ROBIN", "UNSUPPORTED"};

    return names[mapper];
}

bool snap_subtask_mapper_is_ambiguous(enum snap_subtask_mapper mapper)
{
    return mapper == SNAP_MAPPER_FULL || mapper == SNAP_MAPPER_RANGE;
}

static struct snap_subtask_run all(uint32_t count)
{
    return (struct snap_subtask_run){0, 1, count};
}

/* Those of the other side whose key groups meet; ranges are cut from the largest number of groups,
 * whatever the job's own is, as in Flink. */
static struct snap_subtask_run meeting(struct view view)
{
    struct snap_parallelism here = {view.here, SNAP_MAX_PARALLELISM_LIMIT};
    struct snap_parallelism there = {view.there, SNAP_MAX_PARALLELISM_LIMIT};
    struct snap_key_group_range range = snap_key_group_range(view.subtask, here);
    uint32_t first = snap_key_group_subtask(range.first, there);

    return (struct snap_subtask_run){first, 1,
                                     snap_key_group_subtask(range.last, there) - first + 1};
}

struct snap_subtask_run snap_subtask_mapping_old(const struct snap_subtask_mapping *mapping,
                                                 uint32_t new_subtask)
{
    uint32_t old = mapping->old_parallelism;
    uint32_t step = mapping->new_parallelism;

    SNAP_CHECK(new_subtask < mapping->new_parallelism);
    switch (mapping->mapper) {
    case SNAP_MAPPER_ARBITRARY:
    case SNAP_MAPPER_ROUND_ROBIN:
        return (struct snap_subtask_run){
            new_subtask, step, new_subtask < old ? (old - new_subtask - 1) / step + 1 : 0};
    case SNAP_MAPPER_FIRST:
        return all(new_subtask == 0 ? old : 0);
    case SNAP_MAPPER_FULL:
        return all(old);
    case SNAP_MAPPER_RANGE:
        return meeting((struct view){new_subtask, mapping->new_parallelism, old});
    case SNAP_MAPPER_UNSUPPORTED:
        break;
    }
    SNAP_CHECK(false);
    return all(0);
}

struct snap_subtask_run snap_subtask_mapping_new(const struct snap_subtask_mapping *mapping,
                                                 uint32_t old_subtask)
{
    SNAP_CHECK(old_subtask < mapping->old_parallelism);
    switch (mapping->mapper) {
    case SNAP_MAPPER_ARBITRARY:
    case SNAP_MAPPER_ROUND_ROBIN:
        return (struct snap_subtask_run){old_subtask % mapping->new_parallelism, 1, 1};
    case SNAP_MAPPER_FIRST:
        return all(1);
    case SNAP_MAPPER_FULL:
        return all(mapping->new_parallelism);
    case SNAP_MAPPER_RANGE:
        return meeting(
            (struct view){old_subtask, mapping->old_parallelism, mapping->new_parallelism});
    case SNAP_MAPPER_UNSUPPORTED:
        break;
    }
    SNAP_CHECK(false);
    return all(0);
}

bool snap_subtask_mapping_is_identity(const struct snap_subtask_mapping *mapping)
{
    if (mapping->new_parallelism < mapping->old_parallelism)
        return false;
    for (uint32_t n = 0; n < mapping->new_parallelism; n++) {
        struct snap_subtask_run old = snap_subtask_mapping_old(mapping, n);

        if (old.count != (n < mapping->old_parallelism) || (old.count == 1 && old.first != n))
            return false;
    }
    return true;
}
