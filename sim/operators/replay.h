// SPDX-License-Identifier: Apache-2.0
/*
 * replay.h: how the rules of pure operators hand their outputs to the ledger.
 *
 * - For `rules` only: the operators themselves emit through emitter.h or work in place.
 */
#ifndef SNAP_OPERATORS_REPLAY_H
#define SNAP_OPERATORS_REPLAY_H

#include "model/operator_rules.h"

/* Appends one output with the timestamp and origin of `in`. */
static inline void snap_replay_add(struct snap_replay *out, const struct snap_record *in,
                                   union snap_value key, union snap_value value)
{
    struct snap_record *record;

    out->records = snap_arena_grow(out->arena, out->records, out->count, &out->capacity,
                                   sizeof(*out->records));
    record = &out->records[out->count++];
    *record = *in;
    record->key = key;
    record->value = value;
}

#endif
