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

/* Adds one record to a state that may be new. */
static void sum_one(struct snap_keyed_state *state, struct snap_pair *record)
{
    union snap_value *value = snap_keyed_state_obtain(state, record->key);

    value->number = add(value->number, record->value.number);
    record->value = *value;
}

/*
 * The hottest loop of the simulator: small numbers as keys, found without comparing. All entries
 * are looked up before any is changed: a processor does not read past a write whose place it does
 * not know yet. Returns false, with nothing done, if a key is new.
 */
static bool sum_known(struct snap_keyed_state *state, struct snap_pair *records, uint32_t count)
{
    const uint16_t *slots = state->slots.small;
    uint64_t own = slots ? snap_keyed_own_slots(state) : 0;
    uint32_t entries[AT_ONCE];
    uint32_t unknown = 0;

    for (uint32_t i = 0; i < count; i++) {
        uint64_t key = (uint64_t)records[i].key.number;

        if (__builtin_expect(key >= own, 0))
            return false;
        entries[i] = slots[key] - UINT32_C(1);
        unknown |= entries[i];
    }
    if (unknown > INT32_MAX)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        union snap_value *value = &state->values[entries[i]];

        value->number = add(value->number, records[i].value.number);
        records[i].value = *value;
    }
    return true;
}

static void transform(void *self, struct snap_batch *batch)
{
    struct snap_keyed_state *state = &((struct snap_keyed *)self)->state;

    for (uint32_t from = 0; from < batch->count; from += AT_ONCE) {
        struct snap_pair *records = batch->records + from;
        uint32_t left = batch->count - from;
        uint32_t count = left < AT_ONCE ? left : AT_ONCE;

        if (!sum_known(state, records, count))
            for (uint32_t i = 0; i < count; i++)
                sum_one(state, &records[i]);
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

static const struct snap_state_spec states[] = {{.name = "sum", .shape = SNAP_SHAPE_VALUE}};
static const struct snap_state_specs specs = {.items = states, .count = 1};

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
    .ignores_stamps = true,
    .open = open,
    .transform = transform,
    .snapshot = snap_keyed_snapshot,
    .states = &specs,
    .each_state_entry = snap_keyed_each_entry,
};
