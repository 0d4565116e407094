// SPDX-License-Identifier: Apache-2.0
/*
 * memory.h: where arenas, pools and tables of a run have their memory from, so that all of it can
 * be copied and put back.
 *
 * - Without a region it is the system's. Between snap_region_enter and the next one, the thread
 *   takes memory from the region, a range of addresses that is reserved once and never moves.
 * - A copy is what lies in the region at an instant, the books of the region included. Put back, it
 *   lies at the same addresses: pointers into the region hold again.
 * - What is taken within a region is resized and given back within it.
 * - A region has one thread at a time. What it hands out is aligned to 16 bytes.
 * - Running out of the system's memory ends the process (heap.h), out of a region is a failed
 * check.
 */
#ifndef SNAP_BASE_MEMORY_H
#define SNAP_BASE_MEMORY_H

#include <stddef.h>

struct snap_region;

/* Reserves a region of at most so many bytes; pages cost memory once they are used. */
struct snap_region *snap_region_create(size_t bytes_max);
void snap_region_destroy(struct snap_region *region);

/* From now on the thread takes its memory from the region (NULL: from the system). Returns where
 * it took it from before. */
struct snap_region *snap_region_enter(struct snap_region *region);

/* Returns how many bytes of the region have been used so far: as many as a copy has. */
size_t snap_region_bytes(const struct snap_region *region);

/* Copies what lies in the region; owned by the caller, freed with snap_region_copy_free. */
struct snap_region_copy;
struct snap_region_copy *snap_region_save(const struct snap_region *region);
void snap_region_copy_free(struct snap_region_copy *copy);

/* Puts a copy of the same region back; what has been taken since is gone. */
void snap_region_restore(struct snap_region *region, const struct snap_region_copy *copy);

/* Returns `bytes` bytes, not zeroed (take) or zeroed (take_zeroed), owned by the caller. */
void *snap_memory_take(size_t bytes);
void *snap_memory_take_zeroed(size_t bytes);

/* Returns SNAP_HEAP_BLOCK_BYTES, not zeroed, owned by the caller; see snap_heap_take_block. */
void *snap_memory_take_block(void);

/* Returns the memory (may be NULL) with another size; it may move. */
void *snap_memory_resize(void *memory, size_t bytes);

/* Gives the memory (may be NULL) back. */
void snap_memory_give_back(void *memory);

#endif
