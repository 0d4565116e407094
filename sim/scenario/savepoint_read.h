// SPDX-License-Identifier: Apache-2.0
/*
 * savepoint_read.h: actions of the timeline that take a savepoint or start from one.
 *
 * - "NAME" or "NAME native": the name of a savepoint, and its format where one is taken.
 * - restart-from takes a retained checkpoint, too: "latest-checkpoint" or "checkpoint N".
 * - Keys beside the action: `drain` with stop-with-savepoint; `parallelism`, `operators`, `set` and
 *   `allow-non-restored` with restart-from.
 * - The jobs that restarts want are read after the timeline: they need all of the scenario.
 */
#ifndef SNAP_SCENARIO_SAVEPOINT_READ_H
#define SNAP_SCENARIO_SAVEPOINT_READ_H

#include "model/simulation.h"
#include "scenario/flat.h"
#include "scenario/operator_spec.h"
#include "scenario/reader.h"

/* Reads the name and the format. */
bool snap_savepoint_name_read(struct snap_reader *reader, const struct snap_node *node,
                              struct snap_action *action);

/* Returns the keys that may stand beside these actions, NULL behind the last one. */
const char *const *snap_savepoint_keys(void);

/* Reads `drain`, and refuses keys that belong to another action. */
bool snap_savepoint_keys_read(struct snap_reader *reader, const struct snap_node *entry,
                              struct snap_action *action);

/* What the jobs of restarts are made of. */
struct snap_restart_input {
    const struct snap_node *operators;
    const struct snap_operator_catalogue *catalogue;
    const struct snap_flat *set;
    const struct snap_simulation *sim; /* config, model and the first job are there */
};

/* Reads the job of each restart-from in the list, whose actions were read. */
bool snap_restarts_read(struct snap_reader *reader, const struct snap_node *list,
                        const struct snap_restart_input *input, struct snap_timeline *timeline);

/* Notes each savepoint that is kept in memory alone, though checkpoints go to files: its name is no
 * directory, there is no other for it, and no action of the list starts from it. The list's
 * timeline is read; NULL if there is none. Flink has no such savepoints. */
void snap_savepoints_note(struct snap_reader *reader, const struct snap_node *list,
                          const struct snap_simulation *sim);

#endif
