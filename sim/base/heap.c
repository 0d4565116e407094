// SPDX-License-Identifier: Apache-2.0
#include "base/heap.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

_Noreturn void snap_heap_exhausted(void)
{
    static const char message[] =
        "snapsim: out of memory: fewer records, subtasks or checkpoints, `ledger: off` in the "
        "scenario, or a higher limit (ulimit -v) would do\n";

    /* Not through stdio, which might want memory; nothing can be done if this fails too. */
    if (write(STDERR_FILENO, message, sizeof(message) - 1) < 0)
        _exit(SNAP_EXIT_MEMORY);
    _exit(SNAP_EXIT_MEMORY);
}

/* No bytes may come back as NULL, which is no failure. */
void *snap_heap_take(size_t bytes)
{
    void *memory = malloc(bytes ? bytes : 1);

    if (!memory)
        snap_heap_exhausted();
    return memory;
}

void *snap_heap_take_block(void)
{
    void *memory = aligned_alloc(SNAP_HEAP_BLOCK_BYTES, SNAP_HEAP_BLOCK_BYTES);

    if (!memory)
        snap_heap_exhausted();
    (void)madvise(memory, SNAP_HEAP_BLOCK_BYTES, MADV_HUGEPAGE); /* small pages do as well */
    return memory;
}

void *snap_heap_zeroed(size_t count, size_t bytes)
{
    void *memory = calloc(count ? count : 1, bytes ? bytes : 1);

    if (!memory)
        snap_heap_exhausted();
    return memory;
}

void *snap_heap_resize(void *memory, size_t bytes)
{
    void *resized = realloc(memory, bytes ? bytes : 1);

    if (!resized)
        snap_heap_exhausted();
    return resized;
}
