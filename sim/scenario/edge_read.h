// SPDX-License-Identifier: Apache-2.0
/*
 * edge_read.h: `input`, `inputs` and `ship` of the operators as edges of the job.
 *
 * - Needs parallelism of all operators; leaves edges connected, in the order of consumer, input.
 * - Internal to this folder.
 */
#ifndef SNAP_SCENARIO_EDGE_READ_H
#define SNAP_SCENARIO_EDGE_READ_H

#include "model/job.h"
#include "scenario/operator_spec.h"

/* Reads all edges into the job. Errors: unknown input, cycle, a ship that does not fit, ... */
bool snap_edges_read(struct snap_reader *reader, const struct snap_operator_specs *specs,
                     struct snap_job *job);

#endif
