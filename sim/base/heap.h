// SPDX-License-Identifier: Apache-2.0
/*
 * heap.h: memory of the heap that is there or ends the process.
 *
 * - The one place where running out of memory is handled: a line on standard error, exit code 4.
 *   It is neither a bug of ours nor anything a caller could go on from.
 * - Nothing is flushed or cleaned up on that way: files that must be whole are renamed into place
 *   (whole_file.h), so what was not finished does not look as if it were.
 * - Any thread may call. What is returned is freed with free().
 */
#ifndef SNAP_BASE_HEAP_H
#define SNAP_BASE_HEAP_H

#include <stddef.h>

/* The exit code of a process that ran out of memory: as of input and output that fail. */
enum { SNAP_EXIT_MEMORY = 4 };

/* Returns `bytes` bytes, not cleared; never NULL. */
void *snap_heap_take(size_t bytes);

/*
 * Returns SNAP_HEAP_BLOCK_BYTES, not cleared, aligned to as much; never NULL. The system may back
 * them with one large page, which it clears in a tenth of the time that its small pages take.
 */
enum { SNAP_HEAP_BLOCK_BYTES = 1 << 21 };
void *snap_heap_take_block(void);

/* Returns `count` times `bytes` bytes of zeros; never NULL. */
void *snap_heap_zeroed(size_t count, size_t bytes);

/* Returns the memory (NULL is allowed) with another size, perhaps at another place; never NULL. */
void *snap_heap_resize(void *memory, size_t bytes);

/* Says so and ends the process; for libraries that report by themselves that they got none. */
_Noreturn void snap_heap_exhausted(void);

#endif
