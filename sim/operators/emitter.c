// SPDX-License-Identifier: Apache-2.0
#include "operators/emitter.h"

void snap_emitter_grow(struct snap_emitter *emitter)
{
    uint32_t capacity = emitter->capacity;

    if (emitter->lineage) {
        emitter->lineage = snap_arena_grow(emitter->arena, emitter->lineage, emitter->count,
                                           &capacity, sizeof(*emitter->lineage));
        capacity = emitter->capacity;
    }
    emitter->records = snap_arena_grow(emitter->arena, emitter->records, emitter->count, &capacity,
                                       sizeof(*emitter->records));
    emitter->capacity = capacity;
}

void snap_emitter_init(struct snap_emitter *emitter, struct snap_arena *arena, bool with_lineage)
{
    enum { CAPACITY_FIRST = 64 };

    *emitter = (struct snap_emitter){.arena = arena, .capacity = CAPACITY_FIRST};
    emitter->records = SNAP_ARENA_ARRAY(arena, struct snap_record, CAPACITY_FIRST);
    if (with_lineage)
        emitter->lineage = SNAP_ARENA_ARRAY(arena, uint64_t, CAPACITY_FIRST);
}
