// SPDX-License-Identifier: Apache-2.0
#include "operators/emitter.h"

/* A column with twice the places; NULL stays NULL. */
static void *grow(const struct snap_emitter *emitter, void *column, size_t size)
{
    uint32_t capacity = emitter->capacity;

    return column ? snap_arena_grow(emitter->arena, column, emitter->count, &capacity, size) : NULL;
}

void snap_emitter_grow(struct snap_emitter *emitter)
{
    uint32_t capacity = emitter->capacity;

    emitter->stamps = grow(emitter, emitter->stamps, sizeof(*emitter->stamps));
    emitter->lineage = grow(emitter, emitter->lineage, sizeof(*emitter->lineage));
    emitter->records = snap_arena_grow(emitter->arena, emitter->records, emitter->count, &capacity,
                                       sizeof(*emitter->records));
    emitter->capacity = capacity;
}

void snap_emitter_init(struct snap_emitter *emitter, struct snap_arena *arena,
                       struct snap_columns columns)
{
    enum { CAPACITY_FIRST = 64 };

    *emitter = (struct snap_emitter){.arena = arena, .capacity = CAPACITY_FIRST};
    emitter->records = SNAP_ARENA_ARRAY(arena, struct snap_pair, CAPACITY_FIRST);
    if (columns.stamps)
        emitter->stamps = SNAP_ARENA_ARRAY(arena, struct snap_stamp, CAPACITY_FIRST);
    if (columns.lineage)
        emitter->lineage = SNAP_ARENA_ARRAY(arena, uint64_t, CAPACITY_FIRST);
}
