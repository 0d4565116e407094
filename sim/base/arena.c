// SPDX-License-Identifier: Apache-2.0
#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/heap.h"
#include "base/memory.h"

/* A first chunk with all headers has 1024 bytes at most: a piece of a region that is used up, and
 * one that the system's allocator keeps at hand for the next arena. */
enum { ALIGNMENT = 16, CHUNK_BYTES_FIRST = 1024 - 2 * ALIGNMENT, CHUNK_BYTES_MAX = 1 << 20 };

/* A filling arena of so many bytes goes on in blocks of the heap: a part of one that stays unused
 * is small beside what it has. */
enum { BYTES_OF_LARGE = 2 * CHUNK_BYTES_MAX };

struct snap_arena_chunk {
    struct snap_arena_chunk *older;
    size_t bytes; /* of the data behind this header */
};

static size_t align_up(size_t bytes)
{
    return (bytes + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

static char *chunk_data(struct snap_arena_chunk *chunk)
{
    return (char *)chunk + align_up(sizeof(*chunk));
}

static void add_chunk(struct snap_arena *arena, size_t bytes_least)
{
    size_t bytes = arena->chunks ? arena->chunks->bytes * 2 : CHUNK_BYTES_FIRST;
    size_t header = align_up(sizeof(struct snap_arena_chunk));
    struct snap_arena_chunk *chunk;

    if (bytes > CHUNK_BYTES_MAX)
        bytes = CHUNK_BYTES_MAX;
    if (bytes < bytes_least)
        bytes = bytes_least;
    if (arena->fills && arena->bytes_total >= BYTES_OF_LARGE &&
        bytes + header <= SNAP_HEAP_BLOCK_BYTES) {
        bytes = SNAP_HEAP_BLOCK_BYTES - header;
        chunk = snap_memory_take_block();
    } else {
        chunk = snap_memory_take(header + bytes);
    }
    chunk->older = arena->chunks;
    chunk->bytes = bytes;
    arena->chunks = chunk;
    arena->next = chunk_data(chunk);
    arena->end = arena->next + bytes;
    arena->bytes_total += bytes;
}

void snap_arena_init(struct snap_arena *arena)
{
    memset(arena, 0, sizeof(*arena));
}

void snap_arena_init_filling(struct snap_arena *arena)
{
    snap_arena_init(arena);
    arena->fills = true;
}

static void free_chunks(struct snap_arena_chunk *chunk)
{
    while (chunk) {
        struct snap_arena_chunk *older = chunk->older;

        snap_memory_give_back(chunk);
        chunk = older;
    }
}

void snap_arena_fini(struct snap_arena *arena)
{
    free_chunks(arena->chunks);
    memset(arena, 0, sizeof(*arena));
}

void snap_arena_reset(struct snap_arena *arena)
{
    struct snap_arena_chunk *kept = arena->chunks;

    if (!kept)
        return;
    free_chunks(kept->older);
    kept->older = NULL;
    arena->next = chunk_data(kept);
    arena->end = arena->next + kept->bytes;
    arena->bytes_total = kept->bytes;
}

static void *alloc_raw(struct snap_arena *arena, size_t bytes)
{
    char *at;

    bytes = align_up(bytes ? bytes : 1);
    if ((size_t)(arena->end - arena->next) < bytes)
        add_chunk(arena, bytes);
    at = arena->next;
    arena->next += bytes;
    return at;
}

void *snap_arena_alloc(struct snap_arena *arena, size_t bytes)
{
    return memset(alloc_raw(arena, bytes), 0, bytes);
}

void *snap_arena_take(struct snap_arena *arena, size_t bytes)
{
    return alloc_raw(arena, bytes);
}

void *snap_arena_copy(struct snap_arena *arena, const void *from, size_t bytes)
{
    void *to = alloc_raw(arena, bytes);

    if (bytes)
        memcpy(to, from, bytes);
    return to;
}

char *snap_arena_strndup(struct snap_arena *arena, const char *text, size_t length)
{
    char *to = alloc_raw(arena, length + 1);

    if (length)
        memcpy(to, text, length);
    to[length] = '\0';
    return to;
}

char *snap_arena_strdup(struct snap_arena *arena, const char *text)
{
    return snap_arena_strndup(arena, text, strlen(text));
}

char *snap_arena_printf(struct snap_arena *arena, const char *format, ...)
{
    va_list args;
    int length;
    char *to;

    va_start(args, format);
    length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    SNAP_CHECK(length >= 0);
    to = alloc_raw(arena, (size_t)length + 1);
    va_start(args, format);
    vsnprintf(to, (size_t)length + 1, format, args);
    va_end(args);
    return to;
}

void *snap_arena_grow(struct snap_arena *arena, void *items, uint32_t count, uint32_t *capacity,
                      size_t item_bytes)
{
    uint32_t wider;
    void *grown;

    if (count < *capacity)
        return items;
    SNAP_CHECK(*capacity < UINT32_MAX / 2);
    wider = *capacity ? *capacity * 2 : 8;
    grown = snap_arena_alloc(arena, wider * item_bytes);
    if (count)
        memcpy(grown, items, count * item_bytes);
    *capacity = wider;
    return grown;
}
