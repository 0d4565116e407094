// SPDX-License-Identifier: Apache-2.0
/*
 * prints.h: is there exactly what should be? The question of a healthy run, by fingerprints.
 *
 * - Tasks added up what should come of each record when it was sent, and what came when it came:
 *   mostly nothing is left to read. What readers found in part, and all of a job that was started
 *   again from a savepoint, is read from the logs.
 */
#ifndef SNAP_VERIFY_PRINTS_H
#define SNAP_VERIFY_PRINTS_H

#include <stdbool.h>

#include "verify/runs.h"
#include "verify/sent.h"

/* Returns whether names and known contents of the visible records in `runs`, all of the operator,
 * are those that should be there. */
bool snap_prints_equal(struct snap_sent *sent, uint32_t operator_index,
                       const struct snap_runs *runs);

#endif
