// SPDX-License-Identifier: Apache-2.0
#include "operators/keyed.h"

void snap_keyed_open(struct snap_keyed *keyed, const struct snap_operator_context *context,
                     const char *state_name)
{
    struct snap_keyed_state_options options = {
        .name = state_name,
        .schema = context->op->schema,
        .subtask = context->subtask,
        .parallelism = {context->op->parallelism, context->op->max_parallelism},
    };

    keyed->op = context->op;
    keyed->subtask = context->subtask;
    snap_keyed_state_init(&keyed->state, context->arena, &options);
    if (context->restored && context->restored->keyed)
        snap_keyed_state_restore(&keyed->state, context->restored->keyed);
}

bool snap_keyed_snapshot(void *self, snap_checkpoint_id checkpoint, struct snap_arena *arena,
                         struct snap_operator_state *out, struct snap_error *error)
{
    const struct snap_keyed *keyed = self;

    (void)checkpoint;
    (void)error;
    snap_operator_state_add_keyed(out, arena, snap_keyed_state_snapshot(&keyed->state, arena));
    out->bytes += (int64_t)keyed->state.count * keyed->op->record_size_bytes;
    return true;
}

void snap_keyed_each_entry(void *self, void (*entry)(void *to, const struct snap_state_entry *),
                           void *to)
{
    const struct snap_keyed *keyed = self;

    for (uint32_t i = 0; i < keyed->state.count; i++) {
        struct snap_keyed_entry kept = snap_keyed_state_entry(&keyed->state, i);
        struct snap_state_entry out = {
            .operator_index = keyed->op->index,
            .subtask = keyed->subtask,
            .key_group = keyed->state.key_groups[i],
            .key = kept.key,
            .value = kept.value,
        };

        entry(to, &out);
    }
}
