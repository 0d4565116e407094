// SPDX-License-Identifier: Apache-2.0
/*
 * An example of broadcast state: the second input brings rules to every subtask, the first one is
 * processed against them. A rule is (key, value): records of that key get its value from then on.
 * Flink: BroadcastProcessFunction, BroadcastState.
 */
#include "operators/classes.h"
#include "operators/settings.h"
#include "operators/unkeyed_table.h"

enum { DATA, RULES, INPUTS };

static const char STATE_NAME[] = "rules";

struct instance {
    struct snap_keyed_state rules;
    const struct snap_operator_context *context;
    uint32_t input;
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
    struct instance *broadcast = self;
    const struct snap_list_snapshot *list = snap_operator_state_find(context->restored, STATE_NAME);

    (void)error;
    broadcast->context = context;
    snap_unkeyed_table_init(&broadcast->rules, context->arena, STATE_NAME,
                            context->op->input_schemas[RULES]);
    for (uint32_t i = 0; list && i < list->count; i++) {
        struct snap_keyed_entry rule = snap_unkeyed_entry_at(list, i).entry;

        *snap_keyed_state_obtain(&broadcast->rules, rule.key) = rule.value;
    }
    return true;
}

static void set_input(void *self, uint32_t input)
{
    ((struct instance *)self)->input = input;
}

static void expand(void *self, const struct snap_record *in, struct snap_emitter *out)
{
    struct instance *broadcast = self;
    const union snap_value *rule;

    if (broadcast->input == RULES) {
        *snap_keyed_state_obtain(&broadcast->rules, in->key) = in->value;
        return;
    }
    rule = snap_keyed_state_find(&broadcast->rules, in->key);
    snap_emit(out, in, in->key, rule ? *rule : in->value);
}

/* Every subtask writes all of it, as Flink does: a restored one reads any copy. */
static bool snapshot(void *self, snap_checkpoint_id checkpoint, struct snap_arena *arena,
                     struct snap_operator_state *out, struct snap_error *error)
{
    const struct instance *broadcast = self;
    const struct snap_unkeyed_writing writing = {broadcast->context->subtask, SNAP_LIST_BROADCAST};

    (void)checkpoint;
    (void)error;
    snap_unkeyed_table_snapshot(&broadcast->rules, &writing, arena, out);
    return true;
}

static void each_state_entry(void *self, void (*entry)(void *to, const struct snap_state_entry *),
                             void *to)
{
    const struct instance *broadcast = self;

    snap_unkeyed_table_each(&broadcast->rules, broadcast->context, entry, to);
}

static void fold(const struct snap_operator *op, const struct snap_record *in,
                 struct snap_string_pool *strings, union snap_value *state, bool *present)
{
    (void)op;
    (void)strings;
    *state = in->value;
    *present = true;
}

static void base_entries(const struct snap_operator *op, uint32_t subtask,
                         const struct snap_operator_state *state,
                         void (*entry)(void *to, union snap_value key, union snap_value value),
                         void *to)
{
    const struct snap_list_snapshot *list = snap_operator_state_find(state, STATE_NAME);

    (void)op;
    (void)subtask;
    for (uint32_t i = 0; list && i < list->count; i++) {
        struct snap_keyed_entry rule = snap_unkeyed_entry_at(list, i).entry;

        entry(to, rule.key, rule.value);
    }
}

static void pair(const struct snap_operator *op, enum snap_element_type types[2])
{
    snap_unkeyed_types(op->input_schemas[RULES], types);
}

static uint32_t encode(const struct snap_operator *op, const struct snap_list_item *item,
                       struct snap_arena *arena, struct snap_element *elements)
{
    (void)arena;
    snap_unkeyed_encode(op->input_schemas[RULES], item, elements);
    return 2;
}

static bool decode(const struct snap_item_maker *maker, const struct snap_element *elements,
                   struct snap_list_item *item, struct snap_error *error)
{
    (void)error;
    snap_unkeyed_decode(maker->arena, elements, item);
    return true;
}

static const struct snap_state_spec states[] = {{.name = STATE_NAME,
                                                 .shape = SNAP_SHAPE_BROADCAST,
                                                 .pair = pair,
                                                 .encode = encode,
                                                 .decode = decode}};
static const struct snap_state_specs specs = {.items = states, .count = 1};

const struct snap_operator_class snap_broadcast_rules_class = {
    .type = {.name = "broadcast-rules",
             .role = SNAP_ROLE_TRANSFORM,
             .flink_name = "Co-Process-Broadcast",
             .doc = "the second input's records are rules for all subtasks: a record of the first "
                    "one gets the value of the last rule with its key",
             .has_state = true,
             .input_count = INPUTS,
             .second_is_broadcast = true,
             .configure = configure},
    .rules = {.kind = SNAP_RULE_FOLD,
              .expands = true,
              .key_from = SNAP_PART_KEY,
              .value_from = SNAP_PART_HISTORY,
              .affecting_inputs = 1U << RULES,
              .sending_inputs = 1U << DATA,
              .fold = fold,
              .fold_order_matters = true},
    .instance_bytes = sizeof(struct instance),
    .fanout_max = 1,
    .states = &specs,
    .base_entries = base_entries,
    .ignores_stamps = true,
    .open = open,
    .set_input = set_input,
    .expand = expand,
    .snapshot = snapshot,
    .each_state_entry = each_state_entry,
};
