// SPDX-License-Identifier: Apache-2.0
/*
 * emitter.h: where an operator of the form `expand` puts its outputs for one input record.
 *
 * - The arrays grow in the arena of the attempt and are used again for every record.
 * - snap_emit fills timestamp and origin from the input, and the child lineage if a ledger is on.
 * - What takes marks or fires timers has no input record: it gives whole records, or marks.
 */
#ifndef SNAP_OPERATORS_EMITTER_H
#define SNAP_OPERATORS_EMITTER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/lineage.h"
#include "model/record.h"
#include "model/stream_mark.h"

struct snap_emitter {
    struct snap_arena *arena;
    struct snap_pair *records;
    struct snap_stamp *stamps; /* NULL if the job has none */
    uint64_t *lineage;         /* NULL while no ledger is on */
    uint32_t count;
    uint32_t capacity;
    uint32_t child; /* outputs of the current input so far */
    uint64_t input_lineage;
};

/* Sets up an emitter whose outputs have these columns. Memory of the arena. */
void snap_emitter_init(struct snap_emitter *emitter, struct snap_arena *arena,
                       struct snap_columns columns);

/* Makes room for at least one more output. */
void snap_emitter_grow(struct snap_emitter *emitter);

/* Appends one output for the input `in`. */
static inline void snap_emit(struct snap_emitter *emitter, const struct snap_record *in,
                             union snap_value key, union snap_value value)
{
    if (emitter->count == emitter->capacity)
        snap_emitter_grow(emitter);
    emitter->records[emitter->count] = (struct snap_pair){key, value};
    if (emitter->stamps)
        emitter->stamps[emitter->count] = (struct snap_stamp){in->timestamp_ms, in->origin};
    if (emitter->lineage)
        emitter->lineage[emitter->count] =
            snap_lineage_child(emitter->input_lineage, emitter->child);
    emitter->child++;
    emitter->count++;
}

/* Appends a record as it is, with its lineage. */
static inline void snap_emit_record(struct snap_emitter *emitter, const struct snap_record *record,
                                    uint64_t lineage)
{
    if (emitter->count == emitter->capacity)
        snap_emitter_grow(emitter);
    snap_record_split(record, &emitter->records[emitter->count],
                      emitter->stamps ? &emitter->stamps[emitter->count] : NULL);
    if (emitter->lineage)
        emitter->lineage[emitter->count] = lineage;
    emitter->count++;
}

/* Returns the outputs from `first` on, as a batch. */
static inline struct snap_batch snap_emitter_batch(const struct snap_emitter *emitter,
                                                   uint32_t first)
{
    return (struct snap_batch){
        .records = emitter->records + first,
        .stamps = emitter->stamps ? emitter->stamps + first : NULL,
        .lineage = emitter->lineage ? emitter->lineage + first : NULL,
        .count = emitter->count - first,
    };
}

/* Appends a mark; only where marks are taken or timers fire, not for an input record. */
static inline void snap_emit_mark(struct snap_emitter *emitter, const struct snap_record *mark)
{
    snap_emit_record(emitter, mark, 0);
}

#endif
