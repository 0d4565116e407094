// SPDX-License-Identifier: Apache-2.0
/*
 * keyed.h: what the keyed operators (count, sum, reduce) have in common: one value state by key.
 *
 * - A record's value is replaced by the new state of its key.
 * - Only the table lives here; each operator's file has its own loop over the records.
 * Flink: StreamGroupedReduceOperator, KeyedProcessFunction with ValueState.
 */
#ifndef SNAP_OPERATORS_KEYED_H
#define SNAP_OPERATORS_KEYED_H

#include "operators/operator.h"
#include "state/keyed_state.h"

/* First member of the instances of keyed operators. */
struct snap_keyed {
    struct snap_keyed_state state;
    const struct snap_operator *op;
    uint32_t subtask;
};

/* Sets up the table for the operator's schema and puts the restored entries in. */
void snap_keyed_open(struct snap_keyed *keyed, const struct snap_operator_context *context,
                     const char *state_name);

/* The functions of struct snap_operator_class; `self` begins with a struct snap_keyed. */
bool snap_keyed_snapshot(void *self, snap_checkpoint_id checkpoint, struct snap_arena *arena,
                         struct snap_operator_state *out, struct snap_error *error);
void snap_keyed_each_entry(void *self, void (*entry)(void *to, const struct snap_state_entry *),
                           void *to);

/* Calls `entry` for each entry of the table, as what it is told to be: operator and subtask. */
void snap_keyed_table_each(const struct snap_keyed_state *state, const struct snap_state_entry *of,
                           void (*entry)(void *to, const struct snap_state_entry *), void *to);

/* Adds longs; wraps around as Java's do. */
static inline int64_t snap_keyed_add(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a + (uint64_t)b);
}

/* The fold of struct snap_operator_rules for what adds values up. */
void snap_keyed_sum_fold(const struct snap_operator *op, const struct snap_record *in,
                         struct snap_string_pool *strings, union snap_value *state, bool *present);

#endif
