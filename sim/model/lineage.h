// SPDX-License-Identifier: Apache-2.0
/*
 * lineage.h: what tells the copies and children of one source record apart.
 *
 * - A record as its source sends it has lineage 0.
 * - An operator of the form `expand` gives its c-th output (from 0) of one input the lineage
 *   snap_lineage_child(in, c), also when there is only one output.
 * - Where the ways behind an operator's outgoing edges (chained or not) meet again, what takes the
 *   k-th of these edges (from 0, in the order of the job graph) gets snap_lineage_way(in, w) with
 *   the edge's w from snap_lineage_way_name(uid of the operator, k); the
 *   first one keeps what it has. Ways that do not meet tell nothing apart: so a record is the same
 *   in a job with another output, and where operators were put in or taken out on the way.
 * - A broadcast edge gives the copy for receiving subtask i snap_lineage_copy(in, i), also with
 *   one receiver.
 * - The result of a window has a lineage of its own, made of key, window and number of the firing:
 *   snap_lineage_result. Its origin is the least of the window's records.
 * The runtime applies these rules; the ledger applies them again in books of its own.
 */
#ifndef SNAP_MODEL_LINEAGE_H
#define SNAP_MODEL_LINEAGE_H

#include <stdint.h>
#include <string.h>

#include "base/hash.h"

static inline uint64_t snap_lineage_child(uint64_t lineage, uint32_t child)
{
    return snap_mix64(lineage * UINT64_C(0x9e3779b97f4a7c15) + child + 1);
}

static inline uint64_t snap_lineage_way(uint64_t lineage, uint64_t way)
{
    if (way == 0)
        return lineage;
    return snap_mix64(lineage * UINT64_C(0xd1342543de82ef95) + way);
}

static inline uint64_t snap_lineage_copy(uint64_t lineage, uint32_t subtask)
{
    return snap_mix64(lineage * UINT64_C(0xaf251af3b0f025b5) + (UINT64_C(2) << 32) + subtask);
}

/* A record's name among all copies and children: what fingerprints are made of. */
static inline uint64_t snap_lineage_name(uint64_t origin, uint64_t lineage)
{
    return snap_mix64(snap_mix64(origin + UINT64_C(0x9e3779b97f4a7c15)) ^ lineage);
}

/* An operator is known by its uid: its place may be another in a job that was changed. */
static inline uint64_t snap_lineage_operator(const char *uid)
{
    return snap_hash_bytes(uid, strlen(uid));
}

/* Returns what tells the k-th, from 0, of the operator's ways that meet from the others: 0 for the
 * first. Ways behind other operators have other names, or two turns in a row would be one. */
static inline uint64_t snap_lineage_way_name(const char *uid, uint32_t k)
{
    return k == 0 ? 0 : snap_mix64(snap_lineage_operator(uid) + k) | 1;
}

/* What tells the results of windows apart: the same key, window and firing have the same one in
 * every attempt. `key` is the number, or the hash of a string's content. */
struct snap_result_name {
    uint64_t operator_name; /* snap_lineage_operator */
    uint64_t key;
    int64_t start_ms;
    int64_t end_ms;
    uint64_t firing; /* from 0 */
};

static inline uint64_t snap_lineage_result(const struct snap_result_name *name)
{
    uint64_t mixed = snap_mix64((UINT64_C(3) << 32) + name->operator_name);

    mixed = snap_mix64(mixed + name->key);
    mixed = snap_mix64(mixed + (uint64_t)name->start_ms);
    mixed = snap_mix64(mixed + (uint64_t)name->end_ms);
    return snap_mix64(mixed + name->firing);
}

#endif
