// SPDX-License-Identifier: Apache-2.0
/*
 * Shadows of a program's operators: instances that the ledger runs over the records of a subtask,
 * for types that are deterministic. Emitted records go nowhere.
 */
#include "api/context.h"
#include "operators/replay.h"

struct shadow {
    struct snap_api_instance instance; /* must stay first: snap_api_states_each */
    struct snap_replay sent;
    bool is_closed; /* it could not be opened */
};

static snap_ns no_clock(void *task)
{
    (void)task;
    return 0;
}

/* Keys that other subtasks have are left out. */
static void put_back(struct snap_api_instance *instance, const struct snap_begun_states *begun)
{
    for (uint32_t i = 0; begun && i < begun->count; i++)
        snap_api_states_restore(instance, begun->items[i]);
}

static void *open(const struct snap_shadow *of)
{
    struct shadow *shadow = SNAP_ARENA_NEW(of->arena, struct shadow);
    struct snap_api_instance *instance = &shadow->instance;
    const struct snapsim_operator_type *type = snap_api_type_of(of->op);
    const struct snap_operator_context running = {.op = of->op,
                                                  .subtask = of->subtask,
                                                  .arena = of->arena,
                                                  .strings = of->strings,
                                                  .clock = no_clock};

    snap_api_instance_init(instance, &running);
    snap_api_states_open(instance);
    snap_api_time_open(instance);
    put_back(instance, of->begun);
    shadow->sent = (struct snap_replay){.arena = of->arena, .strings = of->strings};
    instance->context.replay = &shadow->sent;
    shadow->is_closed = type->open && !type->open(instance->self, &instance->context);
    return shadow;
}

static void take(void *self, const struct snap_record *record)
{
    struct shadow *shadow = self;
    struct snapsim_context *context = &shadow->instance.context;
    struct snapsim_record in = snap_api_record_out(context->op->input_schemas[0], record);

    if (shadow->is_closed)
        return;
    shadow->sent.count = 0;
    context->in = record;
    context->type->process(shadow->instance.self, &in, context);
    context->in = NULL;
}

static bool end(void *self)
{
    struct shadow *shadow = self;

    if (shadow->is_closed)
        return false;
    snap_api_close(self);
    return shadow->instance.error.code == SNAP_OK;
}

const struct snap_shadow_functions snap_api_shadow = {
    .open = open,
    .take = take,
    .each = snap_api_states_each,
    .close = end,
};
