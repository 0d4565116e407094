// SPDX-License-Identifier: Apache-2.0
/*
 * State by a key that is a text, for numbers of the source `numbers`: how many records there were
 * (`value`), a map with sums, timers of both kinds. It hands its input on.
 * Flink: KeyedProcessFunction.
 */
#include "operators/classes.h"
#include "operators/keyed.h"
#include "operators/numbers.h"
#include "operators/settings.h"
#include "operators/zoo.h"

enum { TIMER_STEP_MS = 1000 };

static const char VALUE_NAME[] = "value";

struct instance {
    struct snap_zoo zoo; /* must stay first */
    struct snap_keyed_state value;
};

static bool configure(struct snap_operator *op, struct snap_arena *arena, uint32_t *culprit,
                      struct snap_error *error)
{
    (void)arena;
    *culprit = 0;
    return snap_input_schema_get(op, &op->schema, error) &&
           snap_input_key_check(op, SNAP_VALUE_STRING, error) &&
           snap_input_value_check(op, SNAP_VALUE_LONG, error);
}

static bool open(void *self, const struct snap_operator_context *context, struct snap_error *error)
{
    struct instance *zoo = self;

    (void)error;
    snap_zoo_open(&zoo->zoo, context);
    snap_zoo_open_value(&zoo->value, VALUE_NAME, context);
    return true;
}

static void transform(void *self, struct snap_batch *batch)
{
    struct instance *zoo = self;

    for (uint32_t i = 0; i < batch->count; i++) {
        union snap_value key = batch->records[i].key;
        int64_t number = batch->records[i].value.number;
        int64_t index = number % SNAP_NUMBERS_PER_SPLIT;
        int64_t time_ms = batch->stamps[i].timestamp_ms;

        snap_keyed_state_obtain(&zoo->value, key)->number++;
        snap_zoo_add(&zoo->zoo, key, index % 2 == 0 ? "g0" : "g1", number);
        snap_zoo_set_timer(&zoo->zoo.event, key, (time_ms / TIMER_STEP_MS + 1) * TIMER_STEP_MS);
        if (index % 7 == 0)
            snap_zoo_set_timer(&zoo->zoo.processing, key, SNAP_ZOO_FUTURE_MS + index);
    }
}

static bool snapshot(void *self, snap_checkpoint_id checkpoint, struct snap_arena *arena,
                     struct snap_operator_state *out, struct snap_error *error)
{
    struct instance *zoo = self;

    (void)checkpoint;
    (void)error;
    snap_zoo_put_value(&zoo->zoo, &zoo->value, arena, out);
    snap_zoo_put(&zoo->zoo, arena, out);
    return true;
}

static void each_state_entry(void *self, void (*entry)(void *to, const struct snap_state_entry *),
                             void *to)
{
    const struct instance *zoo = self;
    const struct snap_operator_context *context = zoo->zoo.context;
    struct snap_state_entry of = {.operator_index = context->op->index,
                                  .subtask = context->subtask};

    snap_keyed_table_each(&zoo->value, &of, entry, to);
}

static void show_states(void *self, const struct snap_state_lines *to)
{
    snap_zoo_show(self, to);
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

static const struct snap_state_spec states[] = {
    {.name = "value", .shape = SNAP_SHAPE_VALUE},
    SNAP_ZOO_STATES,
};
static const struct snap_state_specs specs = {.items = states,
                                              .count = sizeof(states) / sizeof(states[0])};

const struct snap_operator_class snap_zoo_string_class = {
    .type = {.name = "zoo-string",
             .role = SNAP_ROLE_TRANSFORM,
             .flink_name = "KeyedProcess",
             .doc = "keeps a count, a map and timers by a key that is a text, for numbers of the "
                    "source `numbers`, and hands them on",
             .keyed = true,
             .configure = configure},
    .rules = {.kind = SNAP_RULE_FOLD,
              .key_from = SNAP_PART_KEY,
              .keeps_key = true,
              .keeps_value = true,
              .value_from = SNAP_PART_VALUE,
              .fold = fold},
    .instance_bytes = sizeof(struct instance),
    .fanout_max = 1,
    .states = &specs,
    .time_needs = snap_zoo_time_needs,
    .open = open,
    .transform = transform,
    .take_mark = snap_zoo_take_mark,
    .timer_due = snap_zoo_timer_due,
    .fire = snap_zoo_fire,
    .snapshot = snapshot,
    .each_state_entry = each_state_entry,
    .show_states = show_states,
};
