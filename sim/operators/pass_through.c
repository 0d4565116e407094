// SPDX-License-Identifier: Apache-2.0
#include "operators/classes.h"
#include "operators/settings.h"

static bool configure(struct snap_operator *op, struct snap_arena *arena, uint32_t *culprit,
                      struct snap_error *error)
{
    (void)arena;
    *culprit = 0;
    return snap_input_schema_get(op, &op->schema, error);
}

static void transform(void *self, struct snap_batch *batch)
{
    (void)self;
    (void)batch;
}

const struct snap_operator_class snap_pass_through_class = {
    .type = {.name = "pass-through",
             .role = SNAP_ROLE_TRANSFORM,
             .flink_name = "Process",
             .doc = "hands every record on as it is; a place for a cost",
             .configure = configure},
    .rules = {.kind = SNAP_RULE_PURE,
              .key_from = SNAP_PART_KEY,
              .keeps_key = true,
              .value_from = SNAP_PART_VALUE},
    .instance_bytes = 1,
    .fanout_max = 1,
    .ignores_stamps = true,
    .transform = transform,
};

/* Several inputs are the reader's and the gate's business: an operator has nothing to do for it. */
const struct snap_operator_class snap_union_class = {
    .type = {.name = "union",
             .role = SNAP_ROLE_TRANSFORM,
             .flink_name = "Map",
             .doc = "one stream of the records of all its inputs",
             .configure = configure},
    .rules = {.kind = SNAP_RULE_PURE,
              .key_from = SNAP_PART_KEY,
              .keeps_key = true,
              .value_from = SNAP_PART_VALUE},
    .instance_bytes = 1,
    .fanout_max = 1,
    .ignores_stamps = true,
    .transform = transform,
};
