// SPDX-License-Identifier: Apache-2.0
/*
 * entry_print.h: an entry of a state by its hashes: of where it is, and of what is there.
 *
 * - The same entry has the same print in any layout and any subtask.
 * - Elements of lists have no key: each is one of its own.
 */
#ifndef SNAP_VIEW_ENTRY_PRINT_H
#define SNAP_VIEW_ENTRY_PRINT_H

#include "model/snapshot.h"

struct snap_entry_print {
    uint64_t key; /* with namespace, and the time of a timer */
    uint64_t value;
};

/* Returns the hash of the value on top of another one; that one for NULL. */
uint64_t snap_datum_print(const struct snap_datum *datum, uint64_t seed);

struct snap_entry_print snap_entry_print_of(const struct snap_snapshot_item *item);
struct snap_entry_print snap_element_print_of(const struct snap_snapshot_item *item);

#endif
