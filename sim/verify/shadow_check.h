// SPDX-License-Identifier: Apache-2.0
/*
 * shadow_check.h: do named states by key hold what the operator makes of the records in its
 * journal?
 *
 * - A shadow (model/shadow.h) of each subtask takes the entries of its journal, in their order;
 * then both tell what their states hold, key by key, and that is compared.
 * - Wrong is a key of a state whose content differs, that is missing, or that only the run has. A
 *   duplicate alone is not wrong state: the journal holds it too.
 */
#ifndef SNAP_VERIFY_SHADOW_CHECK_H
#define SNAP_VERIFY_SHADOW_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "verify/books.h"
#include "verify/finding.h"

/* Whether a shadow of the operator, which has such, can be given all that the states began with, in
 * the order in which it came. */
bool snap_shadow_knows(const struct snap_ledger *ledger, const struct snap_operator *op);

/* Returns how many keys are wrong, of all subtasks and states of the operator, and offers the
 * first; SNAP_UNJUDGED if a shadow failed. */
int64_t snap_shadow_check(struct snap_ledger *ledger, const struct snap_operator *op,
                          struct snap_finding *first);

#endif
