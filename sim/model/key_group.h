// SPDX-License-Identifier: Apache-2.0
/*
 * key_group.h: which key group a key falls into and which subtask owns the group.
 *
 * - 1 <= parallelism <= max parallelism <= 32768; snap_parallelism_check says so to a user.
 * - The ranges of the subtasks are consecutive and cover [0, max parallelism).
 * Flink: KeyGroupRangeAssignment.
 */
#ifndef SNAP_MODEL_KEY_GROUP_H
#define SNAP_MODEL_KEY_GROUP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

enum { SNAP_MAX_PARALLELISM_LIMIT = 32768, SNAP_MAX_PARALLELISM_DEFAULT_LEAST = 128 };

/* Key groups first..last, both inclusive. */
struct snap_key_group_range {
    uint32_t first;
    uint32_t last;
};

/* How many key groups there are and among how many subtasks they are divided. */
struct snap_parallelism {
    uint32_t subtasks;
    uint32_t max;
};

/* Returns true if 1 <= subtasks <= max <= 32768. Errors: SNAP_ERROR_SCENARIO. */
bool snap_parallelism_check(int64_t subtasks, int64_t max, struct snap_error *error);

/* Returns the key group of a key with this Java hash code, below `max`. */
uint32_t snap_key_group_of(int32_t hash_code, uint32_t max);

/* Returns the subtask that owns the key group. */
uint32_t snap_key_group_subtask(uint32_t key_group, struct snap_parallelism parallelism);

/* Returns the key groups of the subtask. */
struct snap_key_group_range snap_key_group_range(uint32_t subtask,
                                                 struct snap_parallelism parallelism);

/*
 * Sets *max to the max parallelism of a vertex for which none was configured: the next power of two
 * of one and a half times its subtasks, from 128 to 32768. Errors: SNAP_ERROR_SCENARIO.
 */
bool snap_max_parallelism_default(int64_t subtasks, uint32_t *max, struct snap_error *error);

#endif
