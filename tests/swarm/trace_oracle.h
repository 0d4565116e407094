// SPDX-License-Identifier: Apache-2.0
/*
 * trace_oracle.h: what must hold of every trace, whatever the job: read from the events alone.
 *
 * - Each subtask's times add up to the run's length, and none of them is negative.
 * - A subtask's status changes along Flink's moves; one that has failed or was cancelled says
 *   nothing until it is deployed again, one that has finished handles no record and takes no part
 *   in a checkpoint.
 * - Checkpoint ids rise; no more of them are pending than allowed; one ends once, completed or
 *   aborted; a completed one was acknowledged by everybody who answered; what is restored was
 *   completed; what a sink committed was completed.
 */
#ifndef SNAP_TESTS_TRACE_ORACLE_H
#define SNAP_TESTS_TRACE_ORACLE_H

#include <stdbool.h>

#include "swarm/swarm_run.h"

/* Prints the first rule that is broken and returns false. Needs events of level `checkpoints` at
 * least; record events are looked at if they are there. */
bool trace_oracle_holds(const struct swarm_run *run);

#endif
