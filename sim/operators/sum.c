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

/* Adds one record to a state that may be new. */
static void sum_one(struct snap_keyed_state *state, struct snap_pair *record)
{
    union snap_value *value = snap_keyed_state_obtain(state, record->key);

    value->number = snap_keyed_add(value->number, record->value.number);
    record->value = *value;
}

static inline void add_known(union snap_value *sum, struct snap_pair *record)
{
    int64_t added = snap_keyed_add(sum->number, record->value.number);

    /* Not read back from where it was just written, which takes a while. */
    sum->number = added;
    record->value.number = added;
}

/* The hottest loop of the simulator: small numbers as keys, found without comparing. Returns how
 * many records were handled: those before the first one with a new key. */
static uint32_t sum_known(const struct snap_keyed_state *state, struct snap_pair *records,
                          uint32_t count)
{
    const uint16_t *slots = state->slots.small;
    union snap_value *values = state->values;
    uint64_t own = slots ? snap_keyed_own_slots(state) : 0;
    uint32_t i;

    /* Four at a time: what is compared is compared once for all of them. */
    for (i = 0; i + 4 <= count; i += 4) {
        struct snap_pair *four = records + i;
        uint64_t a = (uint64_t)four[0].key.number;
        uint64_t b = (uint64_t)four[1].key.number;
        uint64_t c = (uint64_t)four[2].key.number;
        uint64_t d = (uint64_t)four[3].key.number;

        if ((a | b | c | d) >= own || !(slots[a] && slots[b] && slots[c] && slots[d]))
            break;
        add_known(&values[slots[a] - 1], &four[0]);
        add_known(&values[slots[b] - 1], &four[1]);
        add_known(&values[slots[c] - 1], &four[2]);
        add_known(&values[slots[d] - 1], &four[3]);
    }
    for (; i < count && (uint64_t)records[i].key.number < own; i++) {
        uint32_t entry = slots[records[i].key.number];

        if (entry == 0)
            break;
        add_known(&values[entry - 1], &records[i]);
    }
    return i;
}

static void transform(void *self, struct snap_batch *batch)
{
    struct snap_keyed_state *state = &((struct snap_keyed *)self)->state;
    uint32_t i = 0;

    while ((i += sum_known(state, batch->records + i, batch->count - i)) < batch->count)
        sum_one(state, &batch->records[i++]);
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
              .keeps_key = true,
              .value_from = SNAP_PART_VALUE,
              .fold = snap_keyed_sum_fold,
              .fold_adds_values = true},
    .instance_bytes = sizeof(struct snap_keyed),
    .fanout_max = 1,
    .ignores_stamps = true,
    .open = open,
    .transform = transform,
    .snapshot = snap_keyed_snapshot,
    .states = &specs,
    .each_state_entry = snap_keyed_each_entry,
};
