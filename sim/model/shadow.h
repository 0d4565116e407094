// SPDX-License-Identifier: Apache-2.0
/*
 * shadow.h: named states by key as they are at the end, and as another instance of the operator
 * makes them of the same records.
 *
 * - A shadow is an instance that the ledger runs after the run: it takes the records that affected
 *   the state of one subtask, in their order, without snapshots and crashes.
 * - It stands only for operators whose program promises that nothing but those records decides
 *   what the states hold.
 * - Contents are compared as text: JSON, the fields of a map in the order of their texts.
 */
#ifndef SNAP_MODEL_SHADOW_H
#define SNAP_MODEL_SHADOW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/job.h"
#include "model/record.h"
#include "model/string_pool.h"

/* What one key of a named state holds. */
struct snap_named_entry {
    uint32_t operator_index;
    uint32_t subtask;
    const char *state; /* its name; outlives the run */
    union snap_value key;
    const char *content; /* until the call that tells it returns */
};

struct snap_operator_state;

/* What a state began with, by subtask of those that took it. */
struct snap_begun_states {
    const struct snap_operator_state *const *items;
    uint32_t count;
};

/* What a shadow is of; all is borrowed until it is closed. */
struct snap_shadow {
    const struct snap_operator *op;
    uint32_t subtask;
    const struct snap_begun_states *begun; /* NULL: nothing; keys of other subtasks are left out */
    struct snap_arena *arena;
    struct snap_string_pool *strings;
};

/* How an operator makes shadows of itself. */
struct snap_shadow_functions {
    /* Begins one; memory of its arena. */
    void *(*open)(const struct snap_shadow *shadow);
    void (*take)(void *self, const struct snap_record *record);
    /* Calls `entry` for each key of each state. */
    void (*each)(void *self, void (*entry)(void *to, const struct snap_named_entry *), void *to);
    /* Ends it. Returns false if something went wrong on the way: then it tells nothing. */
    bool (*close)(void *self);
};

#endif
