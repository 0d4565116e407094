// SPDX-License-Identifier: Apache-2.0
/*
 * string_pool.h: strings of records, in chunks that never move and are never freed singly.
 *
 * - A handle is the address of a struct snap_string. Equal texts may have several handles: compare
 *   and hash by content (snap_string_equal, `hash`), never by handle.
 * - One writer a pool: the subtask that owns it, in all its attempts (a pool is world memory).
 *   Others read a string after they got it in a buffer: the hand-over makes it visible.
 * - `java_hash` is what Java's String.hashCode gives for the text decoded from UTF-8; it decides
 *   the key group.
 */
#ifndef SNAP_MODEL_STRING_POOL_H
#define SNAP_MODEL_STRING_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"

struct snap_string {
    uint64_t hash; /* snap_hash_bytes of the content */
    int32_t java_hash;
    uint32_t length; /* bytes; the content is NUL-terminated as well */
    char bytes[];
};

struct snap_string_pool {
    struct snap_arena arena;
    const struct snap_string **slots; /* open addressing by hash; owned by the arena */
    uint32_t slot_count;              /* power of two or 0 */
    uint32_t interned_count;
};

void snap_string_pool_init(struct snap_string_pool *pool);
void snap_string_pool_fini(struct snap_string_pool *pool);

/* Returns the handle of the text, the same for the same text; owned by the pool. */
const struct snap_string *snap_string_pool_intern(struct snap_string_pool *pool, const char *bytes,
                                                  size_t length);

/* Returns a new handle without looking for an equal text; for texts that rarely repeat. */
const struct snap_string *snap_string_pool_add(struct snap_string_pool *pool, const char *bytes,
                                               size_t length);

/* Makes a string outside of any pool; owned by the arena. */
const struct snap_string *snap_string_make(struct snap_arena *arena, const char *bytes,
                                           size_t length);

static inline bool snap_string_equal(const struct snap_string *a, const struct snap_string *b)
{
    return a == b || (a->hash == b->hash && a->length == b->length &&
                      memcmp(a->bytes, b->bytes, a->length) == 0);
}

#endif
