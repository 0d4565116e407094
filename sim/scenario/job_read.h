// SPDX-License-Identifier: Apache-2.0
/*
 * job_read.h: from operator specs to a planned job graph.
 *
 * - Checks what a graph must be: inputs exist, no cycle, sources have no input and sinks no
 *   consumer, parallelisms fit, keyed operators are reached by hash.
 * - Operators are configured from the sources on, so each sees the schemas of its inputs.
 */
#ifndef SNAP_SCENARIO_JOB_READ_H
#define SNAP_SCENARIO_JOB_READ_H

#include "model/config.h"
#include "model/job.h"
#include "scenario/operator_spec.h"

enum { SNAP_TASKS_MAX = 100000, SNAP_CHANNELS_MAX = 4000000 };

struct snap_job_input {
    const struct snap_operator_specs *specs;
    const struct snap_config *config;
    const struct snap_cost_model *model;
    bool has_until;
    const struct snap_node *at; /* where messages about the job as a whole point */
};

/* Fills the job; its name is the caller's. Errors: SNAP_ERROR_SCENARIO at what is wrong. */
bool snap_job_read(struct snap_reader *reader, const struct snap_job_input *input,
                   struct snap_job *job);

#endif
