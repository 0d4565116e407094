// SPDX-License-Identifier: Apache-2.0
/*
 * timers.h: the timers of one operator in one domain (event time or processing time).
 *
 * - A timer belongs to a key and a window (0, 0 where there are none) and has a time in
 *   milliseconds. Registering the same one twice is one timer.
 * - Timers are keyed state: snapshots hold them by key group.
 * - They fire in the order of their times; at one time by key group, then as they were registered,
 *   which a restore keeps.
 * Flink: InternalTimerServiceImpl, KeyGroupedInternalPriorityQueue.
 */
#ifndef SNAP_STATE_TIMERS_H
#define SNAP_STATE_TIMERS_H

#include "state/scoped_table.h"

struct snap_timers {
    struct snap_scoped_table table; /* an entry's link is its place in the heap */
    uint32_t *heap;                 /* indices of entries */
    uint32_t capacity;
};

/* Prepares an empty set of timers in the arena of the attempt. */
void snap_timers_init(struct snap_timers *timers, struct snap_arena *arena,
                      const struct snap_scoped_options *options);

/* Registers a timer, scope->time_ms being its time; nothing happens if it is there. */
void snap_timers_register(struct snap_timers *timers, const struct snap_scope *scope);

/* Deletes a timer; nothing happens if it is not there. */
void snap_timers_delete(struct snap_timers *timers, const struct snap_scope *scope);

/* Returns whether there is a timer, and the time of the first one. */
bool snap_timers_peek(const struct snap_timers *timers, int64_t *time_ms);

/* Takes the first timer out if its time is at most until_ms; false if there is none. */
bool snap_timers_pop(struct snap_timers *timers, int64_t until_ms, struct snap_scope *scope);

/* Registers those timers of the snapshot whose key groups belong to the subtask. */
void snap_timers_restore(struct snap_timers *timers, const struct snap_scoped_snapshot *snapshot);

#endif
