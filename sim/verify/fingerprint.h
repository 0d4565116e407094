// SPDX-License-Identifier: Apache-2.0
/*
 * fingerprint.h: a multiset of record copies as three numbers.
 *
 * - Equal multisets have equal fingerprints; two others have the same with a chance of about
 *   2^-64. The order of adding does not matter.
 * - Only what names a copy (origin and lineage) goes in, never its contents.
 */
#ifndef SNAP_VERIFY_FINGERPRINT_H
#define SNAP_VERIFY_FINGERPRINT_H

#include <stdbool.h>
#include <stdint.h>

#include "model/lineage.h"
#include "verify/log.h"

struct snap_fingerprint {
    uint64_t count;
    uint64_t sum;
    uint64_t xor ;
};

static inline void snap_fingerprint_add(struct snap_fingerprint *print, uint64_t origin,
                                        uint64_t lineage)
{
    uint64_t mixed = snap_lineage_name(origin, lineage);

    print->count++;
    print->sum += mixed;
    print->xor ^= mixed;
}

static inline void snap_fingerprint_add_stretch(struct snap_fingerprint *print,
                                                const struct snap_stretch *stretch)
{
    for (uint32_t i = 0; i < stretch->count; i++)
        snap_fingerprint_add(print, stretch->records[i].origin,
                             stretch->lineage ? stretch->lineage[i] : 0);
}

static inline void snap_fingerprint_merge(struct snap_fingerprint *into,
                                          const struct snap_fingerprint *from)
{
    into->count += from->count;
    into->sum += from->sum;
    into->xor ^= from->xor ;
}

static inline bool snap_fingerprint_equal(const struct snap_fingerprint *a,
                                          const struct snap_fingerprint *b)
{
    return a->count == b->count && a->sum == b->sum && a->xor == b->xor ;
}

#endif
