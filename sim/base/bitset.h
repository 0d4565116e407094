// SPDX-License-Identifier: Apache-2.0
/*
 * bitset.h: a set of small numbers with a known bound, and its size.
 *
 * - Members are in [0, bound); the bound never changes after init.
 * - `count` is always the number of members, so that asking for the size is free.
 * - set, clear and test take constant time; clear_all is free on an empty set.
 * - Memory comes from the arena given to init; there is nothing to give back.
 * - Iteration is in rising order:
 *       for (i = snap_bitset_next(s, 0); i < s->bound; i = snap_bitset_next(s, i + 1))
 */
#ifndef SNAP_BASE_BITSET_H
#define SNAP_BASE_BITSET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/check.h"

struct snap_bitset {
    uint64_t *words; /* of the arena given to init */
    uint32_t bound;
    uint32_t count;
};

/* Makes an empty set of numbers below `bound`; its memory is the arena's. */
void snap_bitset_init(struct snap_bitset *set, struct snap_arena *arena, uint32_t bound);

/* Empties the set; the time it takes grows with the bound unless the set is empty already. */
void snap_bitset_clear_all(struct snap_bitset *set);

/* Returns the least member that is not below `from`, or the bound if there is none. */
uint32_t snap_bitset_next(const struct snap_bitset *set, uint32_t from);

/* Returns whether `item` is a member. */
static inline bool snap_bitset_test(const struct snap_bitset *set, uint32_t item)
{
    SNAP_CHECK(item < set->bound);
    return set->words[item / 64] >> (item % 64) & 1;
}

/* Adds `item`; returns false if it was a member already. */
static inline bool snap_bitset_set(struct snap_bitset *set, uint32_t item)
{
    if (snap_bitset_test(set, item))
        return false;
    set->words[item / 64] |= UINT64_C(1) << (item % 64);
    set->count++;
    return true;
}

/* Removes `item`; returns false if it was no member. */
static inline bool snap_bitset_clear(struct snap_bitset *set, uint32_t item)
{
    if (!snap_bitset_test(set, item))
        return false;
    set->words[item / 64] &= ~(UINT64_C(1) << (item % 64));
    set->count--;
    return true;
}

#endif
