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

/* So many look-ups are under way at once. */
enum { AT_ONCE = 32 };

/* One record whose key is not where the search begins: elsewhere, or new. */
static union snap_value *find_or_insert(struct snap_keyed_state *state, union snap_value key)
{
    union snap_value *value = snap_keyed_find_long(state->slots, key.number);

    return value ? value : snap_keyed_state_insert(state, key);
}

/* The hottest loop of the simulator: keys that are longs have one of their own, which asks for
 * memory first and looks at it afterwards. */
static void sum_long_keys(struct snap_keyed_state *state, struct snap_record *records,
                          uint32_t count)
{
    struct snap_keyed_slots slots = state->slots;
    struct snap_keyed_entry *homes[AT_ONCE];

    for (uint32_t i = 0; i < count; i++) {
        homes[i] = &slots.at[snap_keyed_home_long(slots, records[i].key.number)];
        __builtin_prefetch(homes[i], 1);
    }
    for (uint32_t i = 0; i < count; i++) {
        struct snap_record *record = &records[i];
        union snap_value *value = &homes[i]->value;

        /* After an insertion the homes may be those of a table that is no more. */
        if (__builtin_expect(homes[i]->key.number != record->key.number ||
                                 record->key.number == SNAP_KEY_FREE || slots.at != state->slots.at,
                             0))
            value = find_or_insert(state, record->key);
        value->number = add(value->number, record->value.number);
        record->value = *value;
    }
}

static void transform(void *self, struct snap_batch *batch)
{
    struct snap_keyed_state *state = &((struct snap_keyed *)self)->state;

    if (state->schema.key == SNAP_VALUE_LONG) {
        for (uint32_t i = 0; i < batch->count; i += AT_ONCE)
            sum_long_keys(state, batch->records + i,
                          batch->count - i < AT_ONCE ? batch->count - i : AT_ONCE);
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
