// SPDX-License-Identifier: Apache-2.0
/*
 * order.h: are the records that a reader of a sink sees in the order in which they were sent?
 *
 * - Judged per key and split, on the first occurrence of each copy: a later record of the same
 *   split and key must not have been sent earlier. Asked only where snap_graph_keeps_order.
 */
#ifndef SNAP_VERIFY_ORDER_H
#define SNAP_VERIFY_ORDER_H

#include <stdint.h>

#include "model/record.h"
#include "verify/finding.h"
#include "verify/match.h"

/* Counts the visible records of the matched sink that come too late; offers the first one. */
int64_t snap_order_count(const struct snap_match *match, struct snap_finding *first);

#endif
