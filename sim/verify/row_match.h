// SPDX-License-Identifier: Apache-2.0
/*
 * row_match.h: compares the rows of a sink with upserts with what should be left in it.
 *
 * - The row of a key is the last record with that key, over all subtasks by the time it was taken.
 * - A key that a record should have, and that has no row: lost (pending, if the job was stopped).
 *   So is a record whose key shows an earlier one of its split, where the job keeps the order.
 * - A row that no record should have left, and one whose record left another row too: duplicated.
 *   The latter happens when a replay gives a record another key.
 * - Where keys cannot be known, or the job was started again from a savepoint, only the last rule
 *   holds; behind windows nothing is judged.
 */
#ifndef SNAP_VERIFY_ROW_MATCH_H
#define SNAP_VERIFY_ROW_MATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "verify/books.h"
#include "verify/finding.h"
#include "verify/runs.h"

struct snap_row_match {
    struct snap_ledger *ledger;
    const struct snap_operator *op;
    bool stopped; /* the job had not ended */
    const struct snap_runs *runs;
    struct snap_arena *arena; /* scratch, lives as long as the result */

    int64_t rows;
    int64_t lost; /* SNAP_UNJUDGED: cannot be known, as the next two */
    int64_t duplicated;
    int64_t pending;
    enum snap_rows_doubt doubt; /* why the rows that should be there are not known */
    struct snap_finding first;
};

/* Fills the results of a match whose first five members are set and whose rest is zeroed. */
void snap_row_match_run(struct snap_row_match *match);

#endif
