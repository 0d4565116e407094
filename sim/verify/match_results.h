// SPDX-License-Identifier: Apache-2.0
/*
 * match_results.h: compares what should come of windows' results with what is there.
 *
 * - Behind a window the ledger expects each result that the window's book holds, walked from there,
 *   and each source record that comes by a way without a window.
 * - A copy is known by origin and lineage; the lineage of a result is its key, window and firing.
 * - What is there once too often, or that no book holds, or has another key or value: duplicated.
 *   What is missing: uncommitted, pending or lost as in match.h; in a job that is stopped a result
 *   is pending unless the last confirmed checkpoint holds its firing.
 */
#ifndef SNAP_VERIFY_MATCH_RESULTS_H
#define SNAP_VERIFY_MATCH_RESULTS_H

#include "verify/match.h"

/* Fills the four counters of a match whose first five members are set and whose rest is zeroed. No
 * culprit is named: a result has many origins. */
void snap_match_results(struct snap_match *match);

#endif
