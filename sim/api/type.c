// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "api/context.h"
#include "base/check.h"
#include "operators/settings.h"

/* Of one attempt of one subtask: more is a mistake, and would end the process. */
static const size_t INSTANCE_BYTES_MAX = (size_t)1 << 30;

const struct snapsim_operator_type *snap_api_type_of(const struct snap_operator *op)
{
    return ((const struct snap_api_class *)snap_operator_class_of(op))->type;
}

/* ---- making a class ---- */

static enum snap_value_kind output_kind(enum snapsim_output_kind declared,
                                        enum snap_value_kind input)
{
    switch (declared) {
    case SNAPSIM_OUTPUT_SAME:
        return input;
    case SNAPSIM_OUTPUT_LONG:
        return SNAP_VALUE_LONG;
    case SNAPSIM_OUTPUT_TEXT:
        return SNAP_VALUE_STRING;
    }
    SNAP_CHECK(false);
    return input;
}

/* The kinds of the input; two inputs that are told apart may have values of different kinds. */
static bool input_schema(const struct snap_operator *op, struct snap_schema *schema,
                         struct snap_error *error)
{
    const struct snapsim_operator_type *type = snap_api_type_of(op);

    if (type->inputs < 2 || type->fold)
        return snap_input_schema_get(op, schema, error);
    *schema = op->input_schemas[0];
    return !type->keyed || snap_input_key_check(op, schema->key, error);
}

static bool configure(struct snap_operator *op, struct snap_arena *arena, uint32_t *culprit,
                      struct snap_error *error)
{
    const struct snapsim_operator_type *type = snap_api_type_of(op);
    struct snap_schema input = {SNAP_VALUE_LONG, SNAP_VALUE_LONG};

    (void)arena;
    *culprit = 0;
    if (type->role != SNAPSIM_SOURCE && !input_schema(op, &input, error))
        return false;
    op->schema = input;
    if (type->role == SNAPSIM_SINK)
        return true;
    op->schema.key = output_kind(type->key_out, input.key);
    op->schema.value = output_kind(type->value_out, input.value);
    if ((type->fold || type->keyed) && op->schema.key != input.key)
        return snap_error_set(error, SNAP_ERROR_SCENARIO,
                              "the type %s keeps state by key, so it sends keys of the kind that "
                              "its input has",
                              type->name);
    return true;
}

/* What is wrong about options and numbers; NULL: nothing. */
static const char *wrong_form(const struct snapsim_operator_type *type)
{
    if ((unsigned)type->role > SNAPSIM_SINK)
        return "is an operator, a source or a sink";
    if ((unsigned)type->key_out > SNAPSIM_OUTPUT_TEXT ||
        (unsigned)type->value_out > SNAPSIM_OUTPUT_TEXT ||
        (unsigned)type->outputs > SNAPSIM_OUTPUTS_ONE)
        return "says of what it sends a kind and a number that there are";
    if (type->option_count > 0 && !type->options)
        return "with an option_count has options";
    for (uint32_t i = 0; i < type->option_count; i++)
        if (!type->options[i].name || !type->options[i].name[0])
            return "gives its options names";
    if (type->instance_bytes > INSTANCE_BYTES_MAX)
        return "has an instance of at most 1 GiB; it may hold memory of its own";
    return NULL;
}

/* What is wrong about inputs and timers; NULL: nothing. */
static const char *wrong_time(const struct snapsim_operator_type *type)
{
    bool has_clock = type->event_time || type->processing_time;

    if (type->inputs != 0 && type->inputs != 2)
        return "tells two inputs apart, or has any number as one (inputs: 0)";
    if ((type->inputs || has_clock || type->timer) && !type->process)
        return "with two inputs or timers has process";
    if (type->timer && !type->keyed)
        return "with timers is keyed";
    if (type->timer && !has_clock)
        return "with timers declares event_time or processing_time";
    if (type->processing_time && !type->timer)
        return "with processing_time has a callback for timers";
    if (type->deterministic && (!type->keyed || !type->process || type->inputs || has_clock))
        return "that is deterministic is keyed and has process, one input and no time";
    return NULL;
}

static bool check_roles(const struct snapsim_operator_type *type, struct snap_error *error)
{
    bool processes = type->map || type->fold || type->process;
    bool produces = type->position && type->next;
    bool has_time = type->inputs || type->event_time || type->processing_time || type->timer ||
                    type->deterministic;
    const char *wrong = wrong_form(type);

    if (wrong)
        return snap_error_set(error, SNAP_ERROR_USAGE, "type %s: it %s", type->name, wrong);
    switch (type->role) {
    case SNAPSIM_OPERATOR:
        if (!processes || type->position || type->next || type->write || type->read)
            wrong = "has map, fold or process, and nothing of sources and sinks";
        else if (type->map && (type->fold || type->process || type->instance_bytes > 0))
            wrong = "with map has neither fold, process nor an instance";
        else if (type->fold && !type->process && !type->keyed)
            wrong = "with fold alone is keyed";
        else if (type->fold && type->process && !type->keyed && !type->entries)
            wrong = "with fold and process is keyed or has entries";
        else
            wrong = wrong_time(type);
        break;
    case SNAPSIM_SOURCE:
        if (!produces || processes || type->write || type->read || type->keyed || has_time)
            wrong = "has position and next, and nothing of operators and sinks";
        break;
    case SNAPSIM_SINK:
        if (!type->write || processes || type->position || type->next || type->keyed || has_time)
            wrong = "has write, and nothing of operators and sources";
        break;
    }
    if (!wrong)
        wrong = snap_api_lists_wrong(type);
    if (!wrong)
        wrong = snap_api_states_wrong(type);
    if (!wrong)
        return true;
    return snap_error_set(error, SNAP_ERROR_USAGE, "type %s: %s %s", type->name,
                          type->role == SNAPSIM_SOURCE ? "a source"
                          : type->role == SNAPSIM_SINK ? "a sink"
                                                       : "an operator",
                          wrong);
}

/* A source has a rate as built-in ones have, before its own options. */
static void make_options(struct snap_api_class *made, struct snap_arena *arena)
{
    const struct snapsim_operator_type *type = made->type;
    uint32_t first = type->role == SNAPSIM_SOURCE ? 1 : 0;
    struct snap_option_type *options =
        SNAP_ARENA_ARRAY(arena, struct snap_option_type, type->option_count + first);

    if (first)
        options[0] = (struct snap_option_type){
            .name = "rate",
            .kind = SNAP_OPTION_RATE,
            .doc = "when a record may leave: a rate for all subtasks together, or what it does",
            .example = "20000/s",
        };
    for (uint32_t i = 0; i < type->option_count; i++)
        options[first + i] = (struct snap_option_type){
            .name = type->options[i].name,
            .kind = SNAP_OPTION_TEXT,
            .text_default = type->options[i].value_default,
            .doc = type->options[i].doc,
        };
    made->class.type.options = options;
    made->class.type.option_count = type->option_count + first;
}

/* ---- what all roles have ---- */

/* A callback that returned false; it may have forgotten to say why. */
static bool failed(struct snap_api_instance *instance, const char *callback,
                   struct snap_error *error)
{
    snapsim_fail(&instance->context, "%s failed", callback);
    *error = instance->error;
    return false;
}

/* What went wrong between two instants at which a task may fail. */
static bool check_error(const struct snap_api_instance *instance, struct snap_error *error)
{
    if (instance->error.code == SNAP_OK)
        return true;
    *error = instance->error;
    return false;
}

void snap_api_instance_init(struct snap_api_instance *instance,
                            const struct snap_operator_context *running)
{
    const struct snapsim_operator_type *type = snap_api_type_of(running->op);

    instance->running = *running;
    instance->self = snap_arena_alloc(running->arena, type->instance_bytes);
    instance->context = (struct snapsim_context){
        .op = running->op,
        .type = type,
        .subtask = running->subtask,
        .attempt = running->attempt,
        .strings = running->strings,
        .error = &instance->error,
    };
}

static bool open(void *self, const struct snap_operator_context *context, struct snap_error *error)
{
    struct snap_api_instance *instance = self;
    const struct snapsim_operator_type *type = snap_api_type_of(context->op);

    snap_api_instance_init(instance, context);
    if (type->keyed) {
        snap_api_states_open(instance);
        snap_api_states_restore(instance, context->restored);
    }
    if (type->role == SNAPSIM_OPERATOR)
        snap_api_time_open(instance);
    if (type->role == SNAPSIM_SOURCE)
        snap_api_source_open(instance);
    if (type->open && !type->open(instance->self, &instance->context))
        return failed(instance, "open", error);
    if (snap_api_lists_restore(instance, context->restored))
        return true;
    snap_api_close(self);
    return failed(instance, "restore", error);
}

void snap_api_close(void *self)
{
    struct snap_api_instance *instance = self;

    if (instance->context.type->close)
        instance->context.type->close(instance->self);
}

void snap_api_show_keyed(void *self, struct snap_arena *arena, struct snap_operator_state *out)
{
    struct snap_api_instance *instance = self;

    if (instance->context.type->keyed)
        snap_api_states_snapshot(instance, arena, out);
    if (instance->context.type->timer)
        snap_api_time_snapshot(instance, arena, out);
}

static bool snapshot(void *self, snap_checkpoint_id checkpoint, struct snap_arena *arena,
                     struct snap_operator_state *out, struct snap_error *error)
{
    struct snap_api_instance *instance = self;
    const struct snapsim_operator_type *type = instance->context.type;

    if (!check_error(instance, error))
        return false;
    snap_api_show_keyed(self, arena, out);
    if (type->role == SNAPSIM_SOURCE)
        snap_api_source_snapshot(instance, arena, out);
    if (type->snapshot && !snap_api_lists_snapshot(instance, checkpoint, arena, out))
        return failed(instance, "snapshot", error);
    return check_error(instance, error);
}

static bool notify_complete(void *self, snap_checkpoint_id checkpoint, struct snap_error *error)
{
    struct snap_api_instance *instance = self;
    const struct snapsim_operator_type *type = instance->context.type;

    if (type->confirmed && !type->confirmed(instance->self, checkpoint, &instance->context))
        return failed(instance, "confirmed", error);
    return check_error(instance, error);
}

static bool finish(void *self, struct snap_error *error)
{
    struct snap_api_instance *instance = self;
    const struct snapsim_operator_type *type = instance->context.type;

    if (!check_error(instance, error))
        return false;
    if (type->finish && !type->finish(instance->self, &instance->context))
        return failed(instance, "finish", error);
    return check_error(instance, error);
}

/* ---- the class ---- */

const struct snap_operator_type *snap_api_class_make(const struct snapsim_operator_type *type,
                                                     struct snap_arena *arena,
                                                     struct snap_error *error)
{
    struct snap_api_class *made = SNAP_ARENA_NEW(arena, struct snap_api_class);

    if (!check_roles(type, error))
        return NULL;
    made->type = type;
    made->class = (struct snap_operator_class){
        .type = {.name = type->name,
                 .flink_name = type->name,
                 .doc = type->doc ? type->doc : "",
                 .keyed = type->keyed,
                 .has_state = type->fold && !type->keyed,
                 .keeps_own_state = type->entries != NULL,
                 .configure = configure},
        .instance_bytes = sizeof(struct snap_api_instance),
        .open = open,
        .close = snap_api_close,
        .snapshot = snapshot,
        .notify_complete = notify_complete,
        .finish = finish,
    };
    make_options(made, arena);
    snap_api_states_fill(made, arena);
    switch (type->role) {
    case SNAPSIM_OPERATOR:
        snap_api_transform_fill(made);
        break;
    case SNAPSIM_SOURCE:
        snap_api_source_fill(made);
        break;
    case SNAPSIM_SINK:
        snap_api_sink_fill(made);
        break;
    }
    return &made->class.type;
}
