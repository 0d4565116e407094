// SPDX-License-Identifier: Apache-2.0
/*
 * Operators of a program: map, fold, process, and what the ledger is told of them.
 */
#include "api/context.h"
#include "operators/replay.h"

/* fold alone: the new state is what is sent. */
static void fold_and_send(struct snapsim_context *context, const struct snapsim_record *in)
{
    struct snapsim_value state;

    context->type->fold(in, context);
    if (snapsim_state_get(context, &state))
        snapsim_emit(context, in->key, state);
    else
        snapsim_fail(context, "fold left no state");
}

static void expand(void *self, const struct snap_record *in, struct snap_emitter *out)
{
    struct snap_api_instance *instance = self;
    struct snapsim_context *context = &instance->context;
    const struct snapsim_operator_type *type = context->type;
    struct snapsim_record record =
        snap_api_record_out(context->op->input_schemas[instance->time.input], in);

    instance->time.last_origin = in->origin;
    context->in = in;
    context->emitter = out;
    if (type->map)
        type->map(&record, context);
    else if (type->process)
        type->process(instance->self, &record, context);
    else
        fold_and_send(context, &record);
    context->in = NULL;
    context->emitter = NULL;
}

/* ---- rules: called by the ledger ---- */

static void replay_map(const struct snap_operator *op, const struct snap_record *in,
                       struct snap_replay *out)
{
    const struct snapsim_operator_type *type = snap_api_type_of(op);
    struct snapsim_record record = snap_api_record_out(op->input_schemas[0], in);
    struct snapsim_context context = {
        .op = op, .type = type, .strings = out->strings, .in = in, .replay = out};

    type->map(&record, &context);
}

static union snap_value stand_in(enum snap_value_kind kind, struct snap_replay *out)
{
    if (kind == SNAP_VALUE_LONG)
        return (union snap_value){.number = 0};
    return (union snap_value){.string = snap_string_pool_intern(out->strings, "", 0)};
}

/* One output whose value nobody knows. */
static void replay_one(const struct snap_operator *op, const struct snap_record *in,
                       struct snap_replay *out)
{
    union snap_value key =
        snap_api_type_of(op)->keeps_key ? in->key : stand_in(op->schema.key, out);

    snap_replay_add(out, in, key, stand_in(op->schema.value, out));
}

static void fold(const struct snap_operator *op, const struct snap_record *in,
                 struct snap_string_pool *strings, union snap_value *state, bool *present)
{
    const struct snapsim_operator_type *type = snap_api_type_of(op);
    struct snapsim_record record = snap_api_record_out(op->input_schemas[0], in);
    struct snapsim_context context = {.op = op,
                                      .type = type,
                                      .strings = strings,
                                      .in = in,
                                      .folded = state,
                                      .folded_present = present};

    type->fold(&record, &context);
}

static void own_entries(void *self, void (*entry)(void *to, const struct snap_state_entry *),
                        void *to)
{
    struct snap_api_instance *instance = self;
    struct snap_api_entries entries = {entry, to};

    instance->context.entries = &entries;
    instance->context.type->entries(instance->self, &instance->context);
    instance->context.entries = NULL;
}

static struct snap_operator_rules rules_of(const struct snapsim_operator_type *type)
{
    const unsigned all = SNAP_PART_KEY | SNAP_PART_VALUE;
    struct snap_operator_rules rules = {.kind = SNAP_RULE_PURE, .expands = true};
    bool one = type->outputs == SNAPSIM_OUTPUTS_ONE;

    rules.holds = type->timer != NULL;
    rules.uses_timestamps = type->fold || type->deterministic;
    rules.shadow = type->deterministic ? &snap_api_shadow : NULL;
    rules.shadow_remembers = type->instance_bytes > 0;
    if (type->fold) {
        rules.kind = SNAP_RULE_FOLD;
        rules.key_from = SNAP_PART_KEY;
        rules.value_from = SNAP_PART_VALUE;
        rules.fold = fold;
        if ((type->timer || type->inputs > 1) && !one) {
            rules.number_of_outputs_from = SNAP_PART_HISTORY;
            rules.key_from = type->keeps_key ? SNAP_PART_KEY : SNAP_PART_HISTORY;
            rules.value_from = SNAP_PART_HISTORY;
        }
        return rules;
    }
    /* It has a state, of whatever contents. */
    if (type->state_count > 0 || type->deterministic)
        rules.kind = SNAP_RULE_FOLD;
    rules.number_of_outputs_from = one ? SNAP_PART_NOTHING : type->map ? all : SNAP_PART_HISTORY;
    rules.key_from = type->keeps_key ? SNAP_PART_KEY : type->map ? all : SNAP_PART_HISTORY;
    rules.value_from = type->map ? all : SNAP_PART_HISTORY;
    rules.replay = type->map ? replay_map : replay_one;
    return rules;
}

void snap_api_transform_fill(struct snap_api_class *made)
{
    const struct snapsim_operator_type *type = made->type;

    made->class.type.role = SNAP_ROLE_TRANSFORM;
    made->class.rules = rules_of(type);
    made->class.fanout_max = SNAP_FANOUT_UNKNOWN;
    made->class.expand = expand;
    snap_api_time_fill(made);
    if (type->entries)
        made->class.each_state_entry = own_entries;
    else if (type->keyed)
        made->class.each_state_entry = snap_keyed_each_entry;
    if (type->keyed) {
        made->class.each_named_entry = snap_api_states_each;
        made->class.show_keyed = snap_api_show_keyed;
    }
}
