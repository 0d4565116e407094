// SPDX-License-Identifier: Apache-2.0
#include "base/block_pool.h"

#include <string.h>

#include "base/check.h"
#include "base/memory.h"

enum { CLASS_LEAST = 6 };

void snap_block_pool_init(struct snap_block_pool *pool, uint32_t kept_max)
{
    memset(pool, 0, sizeof(*pool));
    pool->kept_max = kept_max;
}

void snap_block_pool_fini(struct snap_block_pool *pool)
{
    for (uint32_t c = 0; c < SNAP_BLOCK_CLASSES; c++) {
        while (pool->unused[c]) {
            void *block = pool->unused[c];

            memcpy(&pool->unused[c], block, sizeof(void *));
            snap_memory_give_back(block);
        }
    }
    memset(pool, 0, sizeof(*pool));
}

uint32_t snap_block_class(size_t bytes)
{
    uint32_t block_class = CLASS_LEAST;

    if (bytes > snap_block_bytes(CLASS_LEAST))
        block_class = 64 - (uint32_t)__builtin_clzll(bytes - 1);
    if (block_class > CLASS_LEAST && snap_block_bytes(block_class - 1) >= bytes)
        block_class--;
    SNAP_CHECK(block_class < SNAP_BLOCK_CLASSES);
    return block_class;
}

void *snap_block_pool_get(struct snap_block_pool *pool, uint32_t block_class)
{
    void *block = pool->unused[block_class];

    if (block) {
        memcpy(&pool->unused[block_class], block, sizeof(void *));
        pool->free_count[block_class]--;
        return block;
    }
    return snap_memory_take(snap_block_bytes(block_class));
}

void snap_block_pool_put(struct snap_block_pool *pool, uint32_t block_class, void *block)
{
    if (pool->free_count[block_class] >= pool->kept_max) {
        snap_memory_give_back(block);
        return;
    }
    memcpy(block, &pool->unused[block_class], sizeof(void *));
    pool->unused[block_class] = block;
    pool->free_count[block_class]++;
}
