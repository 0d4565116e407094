// SPDX-License-Identifier: Apache-2.0
#include "operators/classes.h"
#include "operators/keyed.h"
#include "operators/settings.h"

static bool configure(struct snap_operator *op, struct snap_arena *arena, uint32_t *culprit,
                      struct snap_error *error)
{
    (void)arena;
    *culprit = 0;
    if (!snap_input_schema_get(op, &op->schema, error))
        return false;
    op->schema.value = SNAP_VALUE_LONG;
    return true;
}

static bool open(void *self, const struct snap_operator_context *context, struct snap_error *error)
{
    (void)error;
    snap_keyed_open(self, context, "count");
    return true;
}

static void transform(void *self, struct snap_batch *batch)
{
    struct snap_keyed_state *state = &((struct snap_keyed *)self)->state;

    for (uint32_t i = 0; i < batch->count; i++) {
        union snap_value *value = snap_keyed_state_obtain(state, batch->records[i].key);

        value->number++;
        batch->records[i].value = *value;
    }
}

static void fold(const struct snap_operator *op, const struct snap_record *in,
                 struct snap_string_pool *strings, union snap_value *state, bool *present)
{
    (void)op;
    (void)in;
    (void)strings;
    state->number = *present ? state->number + 1 : 1;
    *present = true;
}

static const struct snap_state_spec states[] = {{.name = "count", .shape = SNAP_SHAPE_VALUE}};
static const struct snap_state_specs specs = {.items = states, .count = 1};

const struct snap_operator_class snap_count_class = {
    .type = {.name = "count",
             .role = SNAP_ROLE_TRANSFORM,
             .flink_name = "KeyedProcess",
             .doc = "counts the records of each key; sends the new count for each record",
             .keyed = true,
             .configure = configure},
    .rules = {.kind = SNAP_RULE_FOLD,
              .key_from = SNAP_PART_KEY,
              .keeps_key = true,
              .value_from = SNAP_PART_NOTHING,
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
