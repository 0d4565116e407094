// SPDX-License-Identifier: Apache-2.0
/*
 * match.h: compares the copies that should be in a state or sink with those that are.
 *
 * - First by fingerprint (names and known contents): equal is the verdict of a healthy run, and
 *   costs nothing, since tasks made theirs on the way. Only otherwise, and in jobs that were
 * started again, all copies are read; they are grouped by origin and compared one by one if it must
 * be.
 * - A copy that should be there and is not: uncommitted if it lies only in a prepared part of a
 *   job that has ended; pending if the job was stopped on its way and no checkpoint confirmed it,
 *   or its commit is still due; else lost.
 * - A visible copy that is there more than once, that should not be, or that has another key or
 *   value than it should: duplicated.
 */
#ifndef SNAP_VERIFY_MATCH_H
#define SNAP_VERIFY_MATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "verify/books.h"
#include "verify/finding.h"
#include "verify/runs.h"

struct snap_match {
    struct snap_ledger *ledger;
    uint32_t operator_index;
    bool stopped;   /* the job had not ended by itself */
    bool only_seen; /* nothing is counted but what readers see twice */
    bool canceled;  /* nobody will commit what is prepared, but who resumes it */
    const struct snap_runs *runs;
    struct snap_arena *arena; /* scratch, lives as long as the result */

    int64_t lost;
    int64_t duplicated;
    int64_t uncommitted;
    int64_t pending;
    struct snap_finding first;
    bool *changes_key; /* by operator, as the walk saw it */
    bool **repeats;    /* by run and position: not the first of its copy; NULL: none is */
};

/* Fills the results of a match whose first six members are set and whose rest is zeroed. */
void snap_match_run(struct snap_match *match);

#endif
