// SPDX-License-Identifier: Apache-2.0
#include "base/bitset.h"

#include <string.h>

static uint32_t word_count(uint32_t bound)
{
    return bound / 64 + (bound % 64 != 0);
}

void snap_bitset_init(struct snap_bitset *set, struct snap_arena *arena, uint32_t bound)
{
    set->words = SNAP_ARENA_ARRAY(arena, uint64_t, word_count(bound));
    set->bound = bound;
    set->count = 0;
}

void snap_bitset_clear_all(struct snap_bitset *set)
{
    if (!set->count)
        return;
    memset(set->words, 0, word_count(set->bound) * sizeof(*set->words));
    set->count = 0;
}

uint32_t snap_bitset_next(const struct snap_bitset *set, uint32_t from)
{
    uint32_t at = from / 64;
    uint64_t word;

    if (from >= set->bound)
        return set->bound;
    /* Members below `from` in its own word do not count. */
    word = set->words[at] & (~UINT64_C(0) << (from % 64));
    while (!word) {
        if (++at >= word_count(set->bound))
            return set->bound;
        word = set->words[at];
    }
    return at * 64 + (uint32_t)__builtin_ctzll(word);
}
