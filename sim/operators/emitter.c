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
