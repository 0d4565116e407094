// SPDX-License-Identifier: Apache-2.0
#include "operators/classes.h"
#include "operators/settings.h"

struct instance {
    struct snap_operator_context context;
};

static bool configure(struct snap_operator *op, struct snap_arena *arena, uint32_t *culprit,
                      struct snap_error *error)
{
    (void)arena;
    *culprit = 0;
    return snap_input_schema_get(op, &op->schema, error);
}

static bool open(void *self, const struct snap_operator_context *context, struct snap_error *error)
{
    (void)error;
    ((struct instance *)self)->context = *context;
    return true;
}

static void transform(void *self, struct snap_batch *batch)
{
    const struct snap_operator_context *context = &((struct instance *)self)->context;

    if (context->written)
        context->written(context->task, batch, 0);
    batch->count = 0;
}

const struct snap_operator_class snap_discard_class = {
    .type = {.name = "discard",
             .role = SNAP_ROLE_SINK,
             .flink_name = "Discard",
             .doc = "takes all records and shows them to nobody",
             .configure = configure},
    .rules = {.kind = SNAP_RULE_SINK, .reads_none = true},
    .instance_bytes = sizeof(struct instance),
    .fanout_max = 0,
    .ignores_stamps = true,
    .open = open,
    .transform = transform,
};
