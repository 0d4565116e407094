// SPDX-License-Identifier: Apache-2.0
/*
 * Sources of a program: one split a subtask, whose position the source keeps by itself.
 *
 * The rate counts positions, so a source that was put back sends again without waiting, and one
 * that is ahead waits. A source that breaks a rule sends nothing more and fails at its end.
 */
#include "api/context.h"
#include "operators/rate.h"

enum { RATE = 0 };

static const uint64_t POSITION_MAX = (UINT64_C(1) << SNAP_ORIGIN_OFFSET_BITS) - 1;

static uint64_t position_of(const struct snap_api_instance *instance)
{
    if (instance->error.code != SNAP_OK)
        return SNAPSIM_END;
    return instance->context.type->position(instance->self);
}

static int64_t rate_of(const struct snap_api_instance *instance)
{
    const struct snap_option *rate = &instance->context.op->options[RATE];

    return rate->set ? rate->number : 0;
}

/* The splits take turns, as those of built-in sources do. */
static uint64_t index_of(const struct snap_api_instance *instance, uint64_t position)
{
    return position * instance->context.op->parallelism + instance->context.subtask;
}

static snap_ns next_due(void *self)
{
    const struct snap_api_instance *instance = self;
    uint64_t position = position_of(instance);

    if (position == SNAPSIM_END)
        return SNAP_NEVER;
    return snap_rate_due(rate_of(instance), index_of(instance, position));
}

/* One at a time: how many there are the source need not know. */
static uint32_t due_count(void *self, snap_ns now_ns, uint32_t max)
{
    return max > 0 && next_due(self) <= now_ns && next_due(self) != SNAP_NEVER;
}

static void check_position(struct snap_api_instance *instance, uint64_t before)
{
    uint64_t after = position_of(instance);

    if (before > POSITION_MAX)
        snapsim_fail(&instance->context, "position is %llu, at most 2^48 - 1 is possible",
                     (unsigned long long)before);
    else if (after != SNAPSIM_END && after <= before)
        snapsim_fail(&instance->context, "next went from position %llu to %llu; it must rise",
                     (unsigned long long)before, (unsigned long long)after);
}

static void produce(void *self, struct snap_batch *out, uint32_t max)
{
    struct snap_api_instance *instance = self;
    struct snapsim_context *context = &instance->context;
    struct snap_schema schema = context->op->schema;
    uint64_t position = position_of(instance);
    struct snapsim_record made = {.timestamp_ms = 0};
    struct snap_record *record = &out->records[out->count];

    if (max == 0 || position == SNAPSIM_END)
        return;
    context->type->next(instance->self, &made, context);
    record->timestamp_ms = made.timestamp_ms;
    if (!snap_api_value_in(context, schema.key, made.key, &record->key))
        snap_api_value_in(context, schema.key, snap_api_value_empty(schema.key), &record->key);
    if (!snap_api_value_in(context, schema.value, made.value, &record->value))
        snap_api_value_in(context, schema.value, snap_api_value_empty(schema.value),
                          &record->value);
    record->origin =
        snap_origin_make(context->op->split_first + context->subtask, position & POSITION_MAX);
    out->count++;
    check_position(instance, position);
}

void snap_api_source_fill(struct snap_api_class *made)
{
    made->class.type.role = SNAP_ROLE_SOURCE;
    made->class.rules = (struct snap_operator_rules){.kind = SNAP_RULE_SOURCE};
    made->class.fanout_max = 1;
    made->class.produce = produce;
    made->class.next_due = next_due;
    made->class.due_count = due_count;
}
