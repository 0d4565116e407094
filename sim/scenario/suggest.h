// SPDX-License-Identifier: Apache-2.0
/*
 * suggest.h: "did you mean": the name of a list that is nearest to what was written.
 *
 * - Distance: insertions, deletions, changes and swaps of neighbours, case ignored.
 * - Too far (more than a third of the longer word) is no suggestion; the first of equals wins.
 */
#ifndef SNAP_SCENARIO_SUGGEST_H
#define SNAP_SCENARIO_SUGGEST_H

#include <stdint.h>

struct snap_suggestion {
    const char *wanted;
    const char *best; /* borrowed from the list; NULL: nothing near */
    uint32_t distance;
};

/* Takes one candidate; zero the struct but for `wanted` before the first. */
void snap_suggestion_try(struct snap_suggestion *suggestion, const char *candidate);

#endif
