// SPDX-License-Identifier: Apache-2.0
#include "operators/keyed.h"

#include "state/keyed_copy.h"

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
    struct snap_keyed *keyed = self;

    (void)checkpoint;
    (void)error;
    snap_operator_state_add_keyed(out, arena, snap_keyed_state_freeze(&keyed->state, arena));
    out->bytes += (int64_t)keyed->state.count * keyed->op->record_size_bytes;
    return true;
}

void snap_keyed_table_each(const struct snap_keyed_state *state, const struct snap_state_entry *of,
                           void (*entry)(void *to, const struct snap_state_entry *), void *to)
{
    for (uint32_t i = 0; i < state->count; i++) {
        struct snap_keyed_entry kept = snap_keyed_state_entry(state, i);
        struct snap_state_entry out = *of;

        out.key_group = state->key_groups[i];
        out.key = kept.key;
        out.value = kept.value;
        entry(to, &out);
    }
}

void snap_keyed_each_entry(void *self, void (*entry)(void *to, const struct snap_state_entry *),
                           void *to)
{
    const struct snap_keyed *keyed = self;
    struct snap_state_entry of = {.operator_index = keyed->op->index, .subtask = keyed->subtask};

    snap_keyed_table_each(&keyed->state, &of, entry, to);
}

void snap_keyed_sum_fold(const struct snap_operator *op, const struct snap_record *in,
                         struct snap_string_pool *strings, union snap_value *state, bool *present)
{
    (void)op;
    (void)strings;
    state->number = snap_keyed_add(*present ? state->number : 0, in->value.number);
    *present = true;
}
