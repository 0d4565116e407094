// SPDX-License-Identifier: Apache-2.0
/*
 * subtask_mapping.h: which old subtasks' data in flight a new subtask reads.
 *
 * - A mapping is a value: the old subtasks of a new one, and the new ones of an old one, are runs
 *   of equal steps, computed when asked for.
 * - Everybody who is old is read by somebody, unless nothing is supported.
 * - Ambiguous mappings may let several new subtasks read one old one; its records must then be
 *   filtered, so that each is kept by one of them.
 * Flink: SubtaskStateMapper, RescaleMappings.
 */
#ifndef SNAP_PROTOCOL_SUBTASK_MAPPING_H
#define SNAP_PROTOCOL_SUBTASK_MAPPING_H

#include <stdbool.h>
#include <stdint.h>

enum snap_subtask_mapper {
    SNAP_MAPPER_ARBITRARY, /* any would do; it is dealt round */
    SNAP_MAPPER_FIRST,     /* subtask 0 reads all */
    SNAP_MAPPER_FULL,      /* everybody reads all */
    SNAP_MAPPER_RANGE,     /* those whose key groups meet */
    SNAP_MAPPER_ROUND_ROBIN,
    SNAP_MAPPER_UNSUPPORTED, /* data in flight cannot be given to others */
};

/* Flink's name of it: for those who print or read mappers, as tests do. */
const char *snap_subtask_mapper_name(enum snap_subtask_mapper mapper);

/* Whether it may be ambiguous. */
bool snap_subtask_mapper_is_ambiguous(enum snap_subtask_mapper mapper);

/* From old subtasks to new ones; both at least 1. */
struct snap_subtask_mapping {
    enum snap_subtask_mapper mapper;
    uint32_t old_parallelism;
    uint32_t new_parallelism;
};

/* first, first + step, ...: `count` subtasks in ascending order. */
struct snap_subtask_run {
    uint32_t first;
    uint32_t step;
    uint32_t count;
};

/* The i-th of a run; i < run.count. */
static inline uint32_t snap_subtask_run_at(struct snap_subtask_run run, uint32_t i)
{
    return run.first + i * run.step;
}

static inline bool snap_subtask_run_holds(struct snap_subtask_run run, uint32_t subtask)
{
    for (uint32_t i = 0; i < run.count; i++)
        if (snap_subtask_run_at(run, i) == subtask)
            return true;
    return false;
}

/* Returns the old subtasks that a new one reads. The mapper must not be UNSUPPORTED. */
struct snap_subtask_run snap_subtask_mapping_old(const struct snap_subtask_mapping *mapping,
                                                 uint32_t new_subtask);

/* Returns the new subtasks that read an old one. The mapper must not be UNSUPPORTED. */
struct snap_subtask_run snap_subtask_mapping_new(const struct snap_subtask_mapping *mapping,
                                                 uint32_t old_subtask);

/* Whether every old subtask is read by the new one of its number alone, and that reads no other. */
bool snap_subtask_mapping_is_identity(const struct snap_subtask_mapping *mapping);

#endif
