// SPDX-License-Identifier: Apache-2.0
/*
 * expect_read.h: `expect`: what the verdict has to be.
 *
 * - Counters by name, for all states and sinks together or below the uid of one; `job` is the
 *   final status. A value is a number or a comparison: 0, "> 0", ">= 2", "!= 0".
 * - Numbers about checkpoints (model/numbers.h) by name, compared with a value in their unit or
 * with another variant: "> 1 s", "< aligned", ">= 10 x unaligned"; a list must all be met.
 * - `explain.cause` and `explain.subtask`: what made the slowest checkpoint slow, and who.
 */
#ifndef SNAP_SCENARIO_EXPECT_READ_H
#define SNAP_SCENARIO_EXPECT_READ_H

#include "model/job.h"
#include "model/verdict.h"
#include "scenario/flat.h"

/* What an expectation speaks of. */
struct snap_expect_input {
    const struct snap_flat *flat;
    const struct snap_job *job;
    const char *const *variants; /* of the scenario */
    uint32_t variant_count;
    const char *variant; /* whose expectation it is, or NULL */
};

/* Fills *expectation; nothing given means all zero but pending. Errors: at what is wrong. */
bool snap_expect_read(struct snap_reader *reader, const struct snap_expect_input *input,
                      struct snap_expectation *expectation);

#endif
