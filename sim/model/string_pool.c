// SPDX-License-Identifier: Apache-2.0
#include "model/string_pool.h"

#include "base/check.h"
#include "base/hash.h"
#include "model/java_hash.h"

enum { SLOTS_FIRST = 64 };

void snap_string_pool_init(struct snap_string_pool *pool)
{
    memset(pool, 0, sizeof(*pool));
    snap_arena_init(&pool->arena);
}

void snap_string_pool_fini(struct snap_string_pool *pool)
{
    snap_arena_fini(&pool->arena);
    memset(pool, 0, sizeof(*pool));
}

static const struct snap_string *make(struct snap_arena *arena, const char *bytes, size_t length,
                                      uint64_t hash)
{
    struct snap_string *string;

    SNAP_CHECK(length < UINT32_MAX);
    string = snap_arena_alloc(arena, sizeof(*string) + length + 1);
    string->hash = hash;
    string->java_hash = snap_java_hash_utf8(bytes, length);
    string->length = (uint32_t)length;
    if (length)
        memcpy(string->bytes, bytes, length);
    string->bytes[length] = '\0';
    return string;
}

/* The slot that holds the text, or the empty one where it belongs. */
static uint32_t find_slot(const struct snap_string_pool *pool, const char *bytes, size_t length,
                          uint64_t hash)
{
    uint32_t mask = pool->slot_count - 1;
    uint32_t at = (uint32_t)hash & mask;

    for (; pool->slots[at]; at = (at + 1) & mask) {
        const struct snap_string *string = pool->slots[at];

        if (string->hash == hash && string->length == length &&
            memcmp(string->bytes, bytes, length) == 0)
            break;
    }
    return at;
}

/* Doubles the slots; the old ones are left to the arena, all together less than the new ones. */
static void widen(struct snap_string_pool *pool)
{
    const struct snap_string **old = pool->slots;
    uint32_t old_count = pool->slot_count;

    SNAP_CHECK(old_count <= UINT32_MAX / 4);
    pool->slot_count = old_count ? old_count * 2 : SLOTS_FIRST;
    pool->slots = SNAP_ARENA_ARRAY(&pool->arena, const struct snap_string *, pool->slot_count);
    for (uint32_t i = 0; i < old_count; i++) {
        const struct snap_string *string = old[i];

        if (string)
            pool->slots[find_slot(pool, string->bytes, string->length, string->hash)] = string;
    }
}

const struct snap_string *snap_string_pool_intern(struct snap_string_pool *pool, const char *bytes,
                                                  size_t length)
{
    uint64_t hash = snap_hash_bytes(bytes, length);
    uint32_t at;

    if (pool->interned_count >= pool->slot_count / 2)
        widen(pool);
    at = find_slot(pool, bytes, length, hash);
    if (!pool->slots[at]) {
        pool->slots[at] = make(&pool->arena, bytes, length, hash);
        pool->interned_count++;
    }
    return pool->slots[at];
}

const struct snap_string *snap_string_pool_add(struct snap_string_pool *pool, const char *bytes,
                                               size_t length)
{
    return make(&pool->arena, bytes, length, snap_hash_bytes(bytes, length));
}

const struct snap_string *snap_string_make(struct snap_arena *arena, const char *bytes,
                                           size_t length)
{
    return make(arena, bytes, length, snap_hash_bytes(bytes, length));
}
