// SPDX-License-Identifier: Apache-2.0
/*
 * explain_pause.h: what of a walk a subtask stood still in pauses of its operators.
 *
 * - A step waits for the subtask that it is about, and for those behind it if that one was without
 *   room at times: who stands still makes those before it wait.
 * - Snapshots are written, and acknowledgements travel, whoever stands still; but that a snapshot
 * is stored the subtask hears between two records.
 */
#ifndef SNAP_EXPLAIN_EXPLAIN_PAUSE_H
#define SNAP_EXPLAIN_EXPLAIN_PAUSE_H

#include "explain/explain_walk.h"

/* Fills in who stood still longest: walk->stood. Scratch memory is taken from the arena. */
void snap_explain_pause_find(struct snap_explain_walk *walk, struct snap_arena *arena);

/* Returns how long the storage needs for all that the subtasks wrote, by its settings;
 * SNAP_UNKNOWN: they are not known, or other things went on there. */
snap_ns snap_explain_storage_of(const struct snap_facts *facts);

/* Whether pauses are what the checkpoint waited for, rather than a part of how fast one is. */
bool snap_explain_pause_rules(const struct snap_explain_walk *walk);

/* Whether the pauses are worth a word. */
bool snap_explain_pause_matters(const struct snap_explain_walk *walk);

#endif
