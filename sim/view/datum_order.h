// SPDX-License-Identifier: Apache-2.0
/*
 * datum_order.h: a value whose maps stand in one order, whatever backend they came from.
 *
 * - Pairs stand by rising key, in maps within values, too.
 * - The value itself stays as it is: its reader may go on to use it.
 */
#ifndef SNAP_VIEW_DATUM_ORDER_H
#define SNAP_VIEW_DATUM_ORDER_H

#include "model/datum.h"

/* Returns a copy whose items lie in the arena; bytes are those of the original. */
struct snap_datum snap_datum_ordered(const struct snap_datum *datum, struct snap_arena *arena);

#endif
