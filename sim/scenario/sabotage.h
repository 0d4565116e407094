// SPDX-License-Identifier: Apache-2.0
/*
 * sabotage.h: the rules that a scenario may break on purpose, by name.
 */
#ifndef SNAP_SCENARIO_SABOTAGE_H
#define SNAP_SCENARIO_SABOTAGE_H

#include "model/simulation.h"
#include "scenario/reader.h"

/* Reads one name or a list (NULL or null: none) into sim->sabotage. Errors: unknown name, or a job
 * that would never end. */
bool snap_sabotage_read(struct snap_reader *reader, const struct snap_node *node,
                        struct snap_simulation *sim);

#endif
