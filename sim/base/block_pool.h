// SPDX-License-Identifier: Apache-2.0
/*
 * block_pool.h: blocks of memory that are used again, last in first out.
 *
 * - A block has one of a few sizes; its class is what get returned and put needs.
 * - One thread a pool. A block may be put into another pool than it came from: that is how blocks
 *   travel with a buffer from the thread that filled it to the one that used it up.
 * - A pool keeps at most `kept_max` blocks a class and gives the rest back to the system.
 * - Contents are not zeroed. fini is safe on zeroed memory.
 */
#ifndef SNAP_BASE_BLOCK_POOL_H
#define SNAP_BASE_BLOCK_POOL_H

#include <stddef.h>
#include <stdint.h>

enum {
    SNAP_BLOCK_CLASSES = 48,
    SNAP_BLOCK_CLASS_LEAST = 6,
    SNAP_BLOCK_CLASS_WIDE = 10, /* from here on blocks have more than a power of two */
    SNAP_BLOCK_SHIFT = 192,     /* three lines of the cache */
};

struct snap_block_pool {
    void *unused[SNAP_BLOCK_CLASSES]; /* linked through their first bytes */
    uint32_t free_count[SNAP_BLOCK_CLASSES];
    uint32_t kept_max;
};

void snap_block_pool_init(struct snap_block_pool *pool, uint32_t kept_max);
void snap_block_pool_fini(struct snap_block_pool *pool);

/* Returns how many bytes a block of the class has: those of a power of two, and if these are many,
 * so many more that a power of two of records fits with what is in front of them. Blocks that lie
 * one behind the other do not begin in the same lines of the cache. */
static inline size_t snap_block_bytes(uint32_t block_class)
{
    size_t bytes = (size_t)1 << block_class;

    return block_class < SNAP_BLOCK_CLASS_WIDE ? bytes : bytes + bytes / 8 + SNAP_BLOCK_SHIFT;
}

/* Returns the class whose blocks have at least `bytes` bytes. */
static inline uint32_t snap_block_class(size_t bytes)
{
    uint32_t block_class = SNAP_BLOCK_CLASS_LEAST;

    if (bytes > snap_block_bytes(SNAP_BLOCK_CLASS_LEAST))
        block_class = 64 - (uint32_t)__builtin_clzll(bytes - 1);
    return block_class > SNAP_BLOCK_CLASS_LEAST && snap_block_bytes(block_class - 1) >= bytes
               ? block_class - 1
               : block_class;
}

/* Returns a block of the class, owned by the caller until it is put back. */
void *snap_block_pool_get(struct snap_block_pool *pool, uint32_t block_class);

void snap_block_pool_put(struct snap_block_pool *pool, uint32_t block_class, void *block);

#endif
