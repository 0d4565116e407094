// SPDX-License-Identifier: Apache-2.0
/*
 * visits.h: when and where a record came to a state or sink, looked up in the ledger's books.
 */
#ifndef SNAP_VERIFY_VISITS_H
#define SNAP_VERIFY_VISITS_H

#include "verify/books.h"
#include "verify/finding.h"

/* One time that the record came there. */
struct snap_visit {
    uint32_t subtask;
    snap_ns at_ns;
    bool stands;                       /* still in the state, or seen by a reader */
    uint32_t segment;                  /* states: where in the journal */
    const struct snap_part_book *part; /* sinks; NULL in states */
};

enum { SNAP_VISITS_MAX = 16 };

/* The first ones, in the order of time. */
struct snap_visits {
    struct snap_visit items[SNAP_VISITS_MAX];
    uint32_t count;
};

/* Fills in the visits that the finding's record paid to its operator, in all subtasks that there
 * ever were. Parts are the books' own. */
void snap_visits_find(struct snap_visits *visits, struct snap_ledger *ledger,
                      const struct snap_finding *finding);

/* Returns the books of the execution in which the instant lies. */
struct snap_ledger *snap_ledger_execution_at(struct snap_ledger *ledger, snap_ns at_ns);

#endif
