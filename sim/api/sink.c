// SPDX-License-Identifier: Apache-2.0
/*
 * Sinks of a program: what they take goes to parts that the program numbers; after the run it
 * tells what a reader finds in each.
 */
#include "api/context.h"

/* Records in a row that went to one part. */
struct stretch {
    uint32_t from;
    uint32_t end;
    uint64_t part;
};

static void tell(const struct snap_api_instance *instance, const struct snap_batch *batch,
                 const struct stretch *stretch)
{
    const struct snap_operator_context *running = &instance->running;
    uint32_t from = stretch->from;
    struct snap_batch told = snap_batch_from(batch, from);

    told.count = stretch->end - from;
    if (running->written && told.count > 0)
        running->written(running->task, &told, stretch->part);
}

static void transform(void *self, struct snap_batch *batch)
{
    struct snap_api_instance *instance = self;
    struct snapsim_context *context = &instance->context;
    struct stretch stretch = {0};

    for (uint32_t i = 0; i < batch->count; i++) {
        struct snap_record taken = snap_batch_record(batch, i);
        struct snapsim_record record = snap_api_record_out(context->op->input_schemas[0], &taken);
        uint64_t part = context->type->write(instance->self, &record, context);

        if (part != stretch.part) {
            tell(instance, batch, &stretch);
            stretch = (struct stretch){.from = i, .part = part};
        }
        stretch.end = i + 1;
    }
    tell(instance, batch, &stretch);
    batch->count = 0;
}

static bool each_part(const struct snap_operator_context *running,
                      void (*part)(void *to, const struct snap_sink_part *), void *to,
                      struct snap_error *error)
{
    struct snap_api_parts parts = {.take = part, .to = to, .arena = running->arena};
    struct snap_error found = {.code = SNAP_OK};
    struct snapsim_context context = {
        .op = running->op,
        .type = snap_api_type_of(running->op),
        .subtask = running->subtask,
        .attempt = running->attempt,
        .strings = running->strings,
        .error = &found,
        .parts = &parts,
    };

    context.type->read(&context);
    snap_api_parts_flush(&parts);
    if (found.code != SNAP_OK)
        *error = found;
    return found.code == SNAP_OK;
}

void snap_api_sink_fill(struct snap_api_class *made)
{
    made->class.type.role = SNAP_ROLE_SINK;
    made->class.rules = (struct snap_operator_rules){
        .kind = SNAP_RULE_SINK, .reads_none = !made->type->read, .tells_all_parts = true};
    made->class.fanout_max = 0;
    made->class.transform = transform;
    if (made->type->read)
        made->class.each_part = each_part;
}
