// SPDX-License-Identifier: Apache-2.0
/*
 * finding.h: one record that went wrong, a candidate for the first culprit.
 *
 * - Of two findings the earlier one wins; at one instant the smaller origin, then the operator.
 * - The instant of a lost record is when it was first sent, of a duplicate when it came again, of
 *   a wrong state when its key was last affected, of an uncommitted one when it was written.
 */
#ifndef SNAP_VERIFY_FINDING_H
#define SNAP_VERIFY_FINDING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"
#include "model/verdict.h"

struct snap_finding {
    bool found;
    enum snap_counter counter;
    uint32_t operator_index;
    uint32_t subtask; /* lost: not known, 0 */
    uint64_t origin;
    uint64_t lineage;
    snap_ns at_ns;
};

/* Returns whether the other one wins. */
static inline bool snap_finding_offer(struct snap_finding *first, const struct snap_finding *other)
{
    if (!other->found)
        return false;
    if (first->found && (first->at_ns < other->at_ns ||
                         (first->at_ns == other->at_ns && first->origin <= other->origin)))
        return false;
    *first = *other;
    return true;
}

#endif
