// SPDX-License-Identifier: Apache-2.0
#include "base/block_pool.h"

#include <string.h>

#include "base/check.h"
#include "base/memory.h"

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

void *snap_block_pool_get(struct snap_block_pool *pool, uint32_t block_class)
{
    void *block;

    SNAP_CHECK(block_class < SNAP_BLOCK_CLASSES);
    block = pool->unused[block_class];
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
