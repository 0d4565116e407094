// SPDX-License-Identifier: Apache-2.0
/*
 * other_way.h: what another graph made of a record.
 *
 * - A job that is started again with other operators may send a record another way, or nowhere:
 *   what had become of it before is then no copy that should be there.
 */
#ifndef SNAP_VERIFY_OTHER_WAY_H
#define SNAP_VERIFY_OTHER_WAY_H

#include "verify/books.h"
#include "verify/finding.h"

struct snap_other_way {
    bool made_before; /* by the graph of the execution that was running then */
    bool made_now;    /* the graph of the last one makes something of the record there, too... */
    uint64_t lineage; /* ... under this name, or another one if there are more */
};

/* Looks at the finding's record at its operator, where it came at that instant. Nothing is set for
 * results of windows, and if no execution began behind the instant. */
struct snap_other_way snap_other_way_find(struct snap_ledger *ledger,
                                          const struct snap_finding *finding, snap_ns at_ns);

#endif
