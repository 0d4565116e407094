// SPDX-License-Identifier: Apache-2.0
#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/check.h"
#include "base/heap.h"

/* Pieces have sizes of powers of two, so that what was given back fits whoever comes next. */
enum { CLASS_LEAST = 5, CLASSES = 48 };

/* In front of each piece; as long as the alignment. */
struct piece {
    uint64_t class;
    struct piece *next; /* of those given back */
};

/* Lies at the start of its own range: a copy holds it too. */
struct snap_region {
    size_t bytes_max;
    size_t used;
    struct piece *unused[CLASSES];
};

struct snap_region_copy {
    const struct snap_region *of;
    size_t bytes;
    unsigned char content[];
};

static _Thread_local struct snap_region *entered;

struct snap_region *snap_region_create(size_t bytes_max)
{
    struct snap_region *region = mmap(NULL, bytes_max, PROT_READ | PROT_WRITE,
                                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    SNAP_CHECK(region != MAP_FAILED && bytes_max > sizeof(*region));
    region->bytes_max = bytes_max;
    region->used = (sizeof(*region) + sizeof(struct piece) - 1) & ~(sizeof(struct piece) - 1);
    return region;
}

void snap_region_destroy(struct snap_region *region)
{
    SNAP_CHECK(entered != region);
    SNAP_CHECK(munmap(region, region->bytes_max) == 0);
}

struct snap_region *snap_region_enter(struct snap_region *region)
{
    struct snap_region *before = entered;

    entered = region;
    return before;
}

size_t snap_region_bytes(const struct snap_region *region)
{
    return region->used;
}

struct snap_region_copy *snap_region_save(const struct snap_region *region)
{
    struct snap_region_copy *copy = snap_heap_take(sizeof(*copy) + region->used);

    copy->of = region;
    copy->bytes = region->used;
    memcpy(copy->content, region, region->used);
    return copy;
}

void snap_region_copy_free(struct snap_region_copy *copy)
{
    free(copy);
}

void snap_region_restore(struct snap_region *region, const struct snap_region_copy *copy)
{
    SNAP_CHECK(copy->of == region);
    memcpy(region, copy->content, copy->bytes);
}

static uint32_t class_of(size_t bytes)
{
    uint32_t class = CLASS_LEAST;

    while (((size_t)1 << class) < bytes + sizeof(struct piece))
        class ++;
    SNAP_CHECK(class < CLASSES);
    return class;
}

static void *take_from(struct snap_region *region, size_t bytes)
{
    uint32_t class = class_of(bytes);
    struct piece *piece = region->unused[class];

    if (piece) {
        region->unused[class] = piece->next;
        return piece + 1;
    }
    SNAP_CHECK(region->bytes_max - region->used >= (size_t)1 << class);
    piece = (struct piece *)(void *)((char *)region + region->used);
    region->used += (size_t)1 << class;
    piece->class = class;
    return piece + 1;
}

static struct piece *piece_of(void *memory)
{
    struct piece *piece = (struct piece *)memory - 1;

    SNAP_CHECK((char *)piece > (char *)entered && (char *)piece < (char *)entered + entered->used);
    return piece;
}

void *snap_memory_take(size_t bytes)
{
    void *memory = entered ? take_from(entered, bytes) : snap_heap_take(bytes);

    return memory;
}

void *snap_memory_take_zeroed(size_t bytes)
{
    void *memory =
        entered ? memset(take_from(entered, bytes), 0, bytes) : snap_heap_zeroed(1, bytes);

    return memory;
}

void *snap_memory_take_block(void)
{
    void *memory = entered ? take_from(entered, SNAP_HEAP_BLOCK_BYTES) : snap_heap_take_block();

    return memory;
}

void *snap_memory_resize(void *memory, size_t bytes)
{
    size_t room;
    void *wider;

    if (!entered) {
        wider = snap_heap_resize(memory, bytes);
        return wider;
    }
    if (!memory)
        return take_from(entered, bytes);
    room = ((size_t)1 << piece_of(memory)->class) - sizeof(struct piece);
    if (bytes <= room)
        return memory;
    wider = memcpy(take_from(entered, bytes), memory, room);
    snap_memory_give_back(memory);
    return wider;
}

void snap_memory_give_back(void *memory)
{
    struct piece *piece;

    if (!entered) {
        free(memory);
        return;
    }
    if (!memory)
        return;
    piece = piece_of(memory);
    piece->next = entered->unused[piece->class];
    entered->unused[piece->class] = piece;
}
