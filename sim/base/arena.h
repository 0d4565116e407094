// SPDX-License-Identifier: Apache-2.0
/*
 * arena.h: memory with one owner, freed all at once.
 *
 * - An arena hands out zeroed (but for `take`), 16-byte aligned memory from chunks that grow by
 *   doubling.
 * - Nothing is freed singly; reset gives all but the first chunk back, fini gives all.
 * - One thread at a time: the owner's. Handing an arena over hands over all that lies in it.
 * - fini is safe on zeroed memory. Running out of memory ends the process (heap.h).
 * - Pure folders take memory only from here: chunks come from the source behind the arena.
 */
#ifndef SNAP_BASE_ARENA_H
#define SNAP_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct snap_arena_chunk;

struct snap_arena {
    struct snap_arena_chunk *chunks; /* newest first; owned */
    char *next;                      /* first free byte of the newest chunk */
    char *end;
    size_t bytes_total; /* chunk bytes held */
    bool fills;         /* see snap_arena_init_filling */
};

/* Makes an empty arena; takes no memory yet. */
void snap_arena_init(struct snap_arena *arena);

/* The same for one that is filled from front to back with megabytes: once it is large it goes on in
 * blocks that the system may back with large pages. For other arenas that is a gamble: finding a
 * large page can take the system longer than clearing small ones. */
void snap_arena_init_filling(struct snap_arena *arena);

/* Gives back all memory. */
void snap_arena_fini(struct snap_arena *arena);

/* Forgets all contents but keeps the largest chunk for the next use. */
void snap_arena_reset(struct snap_arena *arena);

/* Returns `bytes` zeroed bytes, owned by the arena. */
void *snap_arena_alloc(struct snap_arena *arena, size_t bytes);

/* Returns `bytes` bytes that hold anything, owned by the arena; for what is filled at once. */
void *snap_arena_take(struct snap_arena *arena, size_t bytes);

/* Returns a copy of `bytes` bytes, owned by the arena. */
void *snap_arena_copy(struct snap_arena *arena, const void *from, size_t bytes);

/* Returns a NUL-terminated copy of the text, owned by the arena. */
char *snap_arena_strdup(struct snap_arena *arena, const char *text);

/* Returns a NUL-terminated copy of the first `length` bytes, owned by the arena. */
char *snap_arena_strndup(struct snap_arena *arena, const char *text, size_t length);

/* Returns formatted text, owned by the arena. */
char *snap_arena_printf(struct snap_arena *arena, const char *format, ...)
    __attribute__((format(__printf__, 2, 3)));

/*
 * Grows an array that lies in the arena: returns `items` itself while `count < *capacity`, else a
 * copy of twice the size and updates *capacity. The old place is left to the arena.
 */
void *snap_arena_grow(struct snap_arena *arena, void *items, uint32_t count, uint32_t *capacity,
                      size_t item_bytes);

/* An array of `count` items of the type, zeroed. */
#define SNAP_ARENA_ARRAY(arena, type, count)                                                       \
    ((type *)snap_arena_alloc((arena), sizeof(type) * (size_t)(count)))

#define SNAP_ARENA_NEW(arena, type) SNAP_ARENA_ARRAY(arena, type, 1)

#endif
