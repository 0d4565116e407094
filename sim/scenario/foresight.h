// SPDX-License-Identifier: Apache-2.0
/*
 * foresight.h: notes on what a scenario asks for and what, as it is written, will not come.
 *
 * - An action that waits for a checkpoint where there are none, an instant behind the end of the
 *   run; windows of event time without watermarks, transactions that no checkpoint commits; a rule
 *   that is broken where nobody keeps it.
 * - All of it is allowed, and may be the point of a scenario: nothing is said of an action that is
 *   `optional`, nor of a sink where the scenario takes checkpoints away by name.
 */
#ifndef SNAP_SCENARIO_FORESIGHT_H
#define SNAP_SCENARIO_FORESIGHT_H

#include "model/simulation.h"
#include "scenario/operator_spec.h"
#include "scenario/reader.h"

/* What is looked at. */
struct snap_foresight {
    const struct snap_simulation *sim;
    const struct snap_node *timeline; /* the list; NULL: there is none */
    const struct snap_operator_specs *specs;
    const struct snap_node *sabotage;
    bool restored;             /* the run starts from a snapshot on disk */
    bool unwanted_checkpoints; /* their interval is null, not just missing */
};

/* Adds the notes, at the places of what they are about. */
void snap_foresight_note(struct snap_reader *reader, const struct snap_foresight *foresight);

#endif
