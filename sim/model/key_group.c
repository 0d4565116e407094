// SPDX-License-Identifier: Apache-2.0
#include "model/key_group.h"

#include <inttypes.h>

#include "base/check.h"
#include "model/java_hash.h"

bool snap_parallelism_check(int64_t subtasks, int64_t max, struct snap_error *error)
{
    if (max > SNAP_MAX_PARALLELISM_LIMIT)
        return snap_error_set(error, SNAP_ERROR_SCENARIO, "max parallelism %" PRId64 " is above %d",
                              max, SNAP_MAX_PARALLELISM_LIMIT);
    if (subtasks < 1)
        return snap_error_set(error, SNAP_ERROR_SCENARIO, "parallelism %" PRId64 " is below 1",
                              subtasks);
    if (subtasks > max)
        return snap_error_set(error, SNAP_ERROR_SCENARIO,
                              "parallelism %" PRId64 " is above max parallelism %" PRId64, subtasks,
                              max);
    return true;
}

uint32_t snap_key_group_of(int32_t hash_code, uint32_t max)
{
    SNAP_CHECK(max > 0);
    return (uint32_t)snap_java_murmur(hash_code) % max;
}

uint32_t snap_key_group_subtask(uint32_t key_group, struct snap_parallelism parallelism)
{
    SNAP_CHECK(key_group < parallelism.max);
    return key_group * parallelism.subtasks / parallelism.max;
}

struct snap_key_group_range snap_key_group_range(uint32_t subtask,
                                                 struct snap_parallelism parallelism)
{
    uint32_t subtasks = parallelism.subtasks;
    struct snap_key_group_range range;

    SNAP_CHECK(subtask < subtasks);
    range.first = (subtask * parallelism.max + subtasks - 1) / subtasks;
    range.last = ((subtask + 1) * parallelism.max - 1) / subtasks;
    return range;
}

bool snap_max_parallelism_default(int64_t subtasks, uint32_t *max, struct snap_error *error)
{
    uint32_t power = SNAP_MAX_PARALLELISM_DEFAULT_LEAST;
    uint32_t wanted;

    if (!snap_parallelism_check(subtasks, SNAP_MAX_PARALLELISM_LIMIT, error))
        return false;
    wanted = (uint32_t)(subtasks + subtasks / 2);
    while (power < wanted && power < SNAP_MAX_PARALLELISM_LIMIT)
        power *= 2;
    *max = power;
    return true;
}
