// SPDX-License-Identifier: Apache-2.0
/*
 * fold_check.h: is a keyed state what its own journal makes of it?
 *
 * - The fold is computed again over the journal's entries, in their order, key by key, and compared
 *   with the state at the end. A duplicate alone is not wrong state: the journal holds it too.
 * - Wrong is a key whose value differs, that is missing, or that no record of the journal has.
 */
#ifndef SNAP_VERIFY_FOLD_CHECK_H
#define SNAP_VERIFY_FOLD_CHECK_H

#include <stdint.h>

#include "verify/books.h"
#include "verify/finding.h"
#include "verify/runs.h"

/* One subtask of a stateful operator; `runs` are the contents of its journal. */
struct snap_fold_subject {
    const struct snap_operator *op;
    const struct snap_operator_rules *rules;
    const struct snap_subtask_book *book;
    const struct snap_runs *runs;
};

/* Returns the number of wrong keys and offers the first. */
int64_t snap_fold_check(const struct snap_fold_subject *subject, struct snap_finding *first);

#endif
