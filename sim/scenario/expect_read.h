// SPDX-License-Identifier: Apache-2.0
/*
 * expect_read.h: `expect`: what the verdict has to be.
 *
 * - Counters by name, for all states and sinks together or below the uid of one; `job` is the
 *   final status. A value is a number or a comparison: 0, "> 0", ">= 2", "!= 0".
 */
#ifndef SNAP_SCENARIO_EXPECT_READ_H
#define SNAP_SCENARIO_EXPECT_READ_H

#include "model/job.h"
#include "model/verdict.h"
#include "scenario/flat.h"

/* Fills *expectation; nothing given means all zero but pending. Errors: at what is wrong. */
bool snap_expect_read(struct snap_reader *reader, const struct snap_flat *flat,
                      const struct snap_job *job, struct snap_expectation *expectation);

#endif
