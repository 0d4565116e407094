// SPDX-License-Identifier: Apache-2.0
/*
 * lineage.h: what tells the copies and children of one source record apart.
 *
 * - A record as its source sends it has lineage 0.
 * - An operator of the form `expand` gives its c-th output (from 0) of one input the lineage
 *   snap_lineage_child(in, c), also when there is only one output.
 * - Where an operator has more than one outgoing edge (chained or not), what takes edge k of them
 *   (in the order of the job graph) gets snap_lineage_edge(in, k).
 * - A broadcast edge gives the copy for receiving subtask i snap_lineage_copy(in, i), also with
 *   one receiver.
 * The runtime applies these rules; the ledger applies them again in books of its own.
 */
#ifndef SNAP_MODEL_LINEAGE_H
#define SNAP_MODEL_LINEAGE_H

#include <stdint.h>

#include "base/hash.h"

static inline uint64_t snap_lineage_child(uint64_t lineage, uint32_t child)
{
    return snap_mix64(lineage * UINT64_C(0x9e3779b97f4a7c15) + child + 1);
}

static inline uint64_t snap_lineage_edge(uint64_t lineage, uint32_t edge)
{
    return snap_mix64(lineage * UINT64_C(0xd1342543de82ef95) + (UINT64_C(1) << 32) + edge);
}

static inline uint64_t snap_lineage_copy(uint64_t lineage, uint32_t subtask)
{
    return snap_mix64(lineage * UINT64_C(0xaf251af3b0f025b5) + (UINT64_C(2) << 32) + subtask);
}

#endif
