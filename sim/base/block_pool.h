// SPDX-License-Identifier: Apache-2.0
/*
 * block_pool.h: blocks of memory that are used again, last in first out.
 *
 * - A block has one of a few sizes (powers of two); its class is what get returned and put needs.
 * - One thread a pool. A block may be put into another pool than it came from: that is how blocks
 *   travel with a buffer from the thread that filled it to the one that used it up.
 * - A pool keeps at most `kept_max` blocks a class and gives the rest back to the system.
 * - Contents are not zeroed. fini is safe on zeroed memory.
 */
#ifndef SNAP_BASE_BLOCK_POOL_H
#define SNAP_BASE_BLOCK_POOL_H

#include <stddef.h>
#include <stdint.h>

enum { SNAP_BLOCK_CLASSES = 48 };

struct snap_block_pool {
    void *unused[SNAP_BLOCK_CLASSES]; /* linked through their first bytes */
    uint32_t free_count[SNAP_BLOCK_CLASSES];
    uint32_t kept_max;
};

void snap_block_pool_init(struct snap_block_pool *pool, uint32_t kept_max);
void snap_block_pool_fini(struct snap_block_pool *pool);

/* Returns the class whose blocks have at least `bytes` bytes. */
uint32_t snap_block_class(size_t bytes);

/* Returns how many bytes a block of the class has. */
static inline size_t snap_block_bytes(uint32_t block_class)
{
    size_t bytes = (size_t)1 << block_class;

    return block_class < 10 ? bytes : bytes + bytes / 8 + 192;
}

/* Returns a block of the class, owned by the caller until it is put back. */
void *snap_block_pool_get(struct snap_block_pool *pool, uint32_t block_class);

void snap_block_pool_put(struct snap_block_pool *pool, uint32_t block_class, void *block);

#endif
