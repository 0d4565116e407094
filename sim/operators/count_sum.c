// SPDX-License-Identifier: Apache-2.0
/*
 * Two value states a key: how many records there were (`n`) and the sum of their values (`sum`),
 * which is what it sends and what is judged. Flink: KeyedProcessFunction with two ValueStates.
 */
#include "operators/classes.h"
#include "operators/keyed.h"
#include "operators/settings.h"
#include "state/keyed_copy.h"

enum { SUM, COUNT, STATES };

static const char *const names[STATES] = {[SUM] = "sum", [COUNT] = "n"};

struct instance {
    struct snap_keyed_state states[STATES];
    const struct snap_operator *op;
    uint32_t subtask;
};

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
    struct instance *keyed = self;

    (void)error;
    keyed->op = context->op;
    keyed->subtask = context->subtask;
    for (int i = 0; i < STATES; i++) {
        const struct snap_keyed_snapshot *restored =
            snap_operator_state_find_keyed(context->restored, names[i]);
        struct snap_keyed_state_options options = {
            .name = names[i],
            .schema = context->op->schema,
            .subtask = context->subtask,
            .parallelism = {context->op->parallelism, context->op->max_parallelism},
        };

        snap_keyed_state_init(&keyed->states[i], context->arena, &options);
        if (restored)
            snap_keyed_state_restore(&keyed->states[i], restored);
    }
    return true;
}

static void transform(void *self, struct snap_batch *batch)
{
    struct instance *keyed = self;

    for (uint32_t i = 0; i < batch->count; i++) {
        struct snap_pair *record = &batch->records[i];
        union snap_value *sum;

        snap_keyed_state_obtain(&keyed->states[COUNT], record->key)->number++;
        sum = snap_keyed_state_obtain(&keyed->states[SUM], record->key);
        sum->number = snap_keyed_add(sum->number, record->value.number);
        record->value = *sum;
    }
}

static bool snapshot(void *self, snap_checkpoint_id checkpoint, struct snap_arena *arena,
                     struct snap_operator_state *out, struct snap_error *error)
{
    struct instance *keyed = self;

    (void)checkpoint;
    (void)error;
    for (int i = 0; i < STATES; i++) {
        snap_operator_state_add_keyed(out, arena,
                                      snap_keyed_state_freeze(&keyed->states[i], arena));
        out->bytes += (int64_t)keyed->states[i].count * keyed->op->record_size_bytes;
    }
    return true;
}

static void each_state_entry(void *self, void (*entry)(void *to, const struct snap_state_entry *),
                             void *to)
{
    const struct instance *keyed = self;
    struct snap_state_entry of = {.operator_index = keyed->op->index, .subtask = keyed->subtask};

    snap_keyed_table_each(&keyed->states[SUM], &of, entry, to);
}

static const struct snap_state_spec states[] = {
    {.name = "sum", .shape = SNAP_SHAPE_VALUE},
    {.name = "n", .shape = SNAP_SHAPE_VALUE},
};
static const struct snap_state_specs specs = {.items = states, .count = STATES};

const struct snap_operator_class snap_count_sum_class = {
    .type = {.name = "count-sum",
             .role = SNAP_ROLE_TRANSFORM,
             .flink_name = "KeyedProcess",
             .doc = "counts the records of each key and adds up their values; sends the new sum",
             .keyed = true,
             .configure = configure},
    .rules = {.kind = SNAP_RULE_FOLD,
              .key_from = SNAP_PART_KEY,
              .keeps_key = true,
              .value_from = SNAP_PART_HISTORY,
              .fold = snap_keyed_sum_fold,
              .fold_adds_values = true},
    .instance_bytes = sizeof(struct instance),
    .fanout_max = 1,
    .ignores_stamps = true,
    .states = &specs,
    .open = open,
    .transform = transform,
    .snapshot = snapshot,
    .each_state_entry = each_state_entry,
};
