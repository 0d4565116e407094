// SPDX-License-Identifier: Apache-2.0
#include "operators/classes.h"
#include "operators/keyed.h"
#include "operators/settings.h"

static bool configure(struct snap_operator *op, struct snap_arena *arena, uint32_t *culprit,
                      struct snap_error *error)
{
    (void)arena;
    *culprit = 0;
    return snap_input_schema_get(op, &op->schema, error) &&
           snap_input_value_check(op, SNAP_VALUE_LONG, error);
}

static bool open(void *self, const struct snap_operator_context *context, struct snap_error *error)
{
    (void)error;
    snap_keyed_open(self, context, "sum");
    return true;
}

/* Wraps around as Java's long does. */
static int64_t add(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a + (uint64_t)b);
}

/* The hottest loop of the simulator: keys that are longs have one of their own. */
static void sum_long_keys(struct snap_keyed_state *state, struct snap_batch *batch)
{
    struct snap_keyed_slots slots = state->slots;

    for (uint32_t i = 0; i < batch->count; i++) {
        struct snap_record *record = &batch->records[i];
        union snap_value *value;

        if (i + 8 < batch->count)
            __builtin_prefetch(&slots.at[snap_keyed_home_long(slots, record[8].key.number)], 1);
        value = snap_keyed_find_long(slots, record->key.number);
        if (__builtin_expect(!value, 0)) {
            value = snap_keyed_state_insert(state, record->key);
            slots = state->slots;
        }
        value->number = add(value->number, record->value.number);
        record->value = *value;
    }
}

static void transform(void *self, struct snap_batch *batch)
{
    struct snap_keyed_state *state = &((struct snap_keyed *)self)->state;

    if (state->schema.key == SNAP_VALUE_LONG) {
        sum_long_keys(state, batch);
        return;
    }
    for (uint32_t i = 0; i < batch->count; i++) {
        union snap_value *value = snap_keyed_state_obtain(state, batch->records[i].key);

        value->number = add(value->number, batch->records[i].value.number);
        batch->records[i].value = *value;
    }
}

static void fold(const struct snap_operator *op, const struct snap_record *in,
                 struct snap_string_pool *strings, union snap_value *state, bool *present)
{
    (void)op;
    (void)strings;
    if (!*present)
        state->number = 0;
    __builtin_add_overflow(state->number, in->value.number, &state->number);
    *present = true;
}

const struct snap_operator_class snap_sum_class = {
    .type = {.name = "sum",
             .role = SNAP_ROLE_TRANSFORM,
             .flink_name = "Keyed Aggregation",
             .doc = "adds up the values of each key; sends the new sum for each record",
             .keyed = true,
             .configure = configure},
    .rules = {.kind = SNAP_RULE_FOLD,
              .key_from = SNAP_PART_KEY,
              .value_from = SNAP_PART_VALUE,
              .fold = fold},
    .instance_bytes = sizeof(struct snap_keyed),
    .fanout_max = 1,
    .open = open,
    .transform = transform,
    .snapshot = snap_keyed_snapshot,
    .each_state_entry = snap_keyed_each_entry,
};
