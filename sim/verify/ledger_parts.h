// SPDX-License-Identifier: Apache-2.0
/*
 * ledger_parts.h: how the books of an execution are made; the inside of ledger.h.
 *
 * - All memory is the ledger's arena. Job, rules, mode and graph are set before; forms come first.
 */
#ifndef SNAP_VERIFY_LEDGER_PARTS_H
#define SNAP_VERIFY_LEDGER_PARTS_H

#include "verify/books.h"

/* Finds out which operators are judged by prints, and what goes into those. */
void snap_ledger_make_forms(struct snap_ledger *ledger);

/* Makes empty books of all tasks, and of all splits; a split without a source has no operator. */
void snap_ledger_make_tasks(struct snap_ledger *ledger);
void snap_ledger_make_splits(struct snap_ledger *ledger);

/* Makes empty books of `count` subtasks of the operator, at least of those it has. */
void snap_ledger_make_books(struct snap_ledger *ledger, const struct snap_operator *op,
                            uint32_t count);

#endif
