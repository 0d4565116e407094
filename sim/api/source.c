// SPDX-License-Identifier: Apache-2.0
/*
 * Sources of a program: one split a subtask, whose position the source keeps by itself.
 *
 * The rate counts positions, so a source that was put back sends again without waiting, and one
 * that is ahead waits. A source that breaks a rule sends nothing more and fails at its end.
 */
#include <string.h>

#include "api/context.h"

enum { RATE = 0 };

static const uint64_t POSITION_MAX = (UINT64_C(1) << SNAP_ORIGIN_OFFSET_BITS) - 2;

/* A position that no record can have ends the source as well, or it would wait for its time. */
static uint64_t position_of(struct snap_api_instance *instance)
{
    uint64_t position;

    if (instance->error.code != SNAP_OK)
        return SNAPSIM_END;
    position = instance->context.type->position(instance->self);
    if (position == SNAPSIM_END || position <= POSITION_MAX)
        return position;
    snapsim_fail(&instance->context, "position is %llu, at most 2^48 - 2 is possible",
                 (unsigned long long)position);
    return SNAPSIM_END;
}

void snap_api_source_open(struct snap_api_instance *instance)
{
    const struct snap_operator_context *running = &instance->running;
    const struct snap_option *rate = &running->op->options[RATE];
    const struct snap_rate_owner owner = {running->seed, running->op->uid};

    snap_rate_plan_init(&instance->rate, rate->set ? rate->rate : NULL,
                        rate->set && !rate->rate ? rate->number : 0, &owner, running->arena);
}

/* The splits take turns, as those of built-in sources do. */
static uint64_t index_of(const struct snap_api_instance *instance, uint64_t position)
{
    return position * instance->context.op->parallelism + instance->context.subtask;
}

static snap_ns next_due(void *self)
{
    struct snap_api_instance *instance = self;
    uint64_t position = position_of(instance);

    if (position == SNAPSIM_END)
        return SNAP_NEVER;
    return snap_rate_plan_due(&instance->rate, index_of(instance, position));
}

/* One at a time: how many there are the source need not know. */
static uint32_t due_count(void *self, snap_ns now_ns, uint32_t max)
{
    return max > 0 && next_due(self) <= now_ns && next_due(self) != SNAP_NEVER;
}

static void check_position(struct snap_api_instance *instance, uint64_t before)
{
    uint64_t after = position_of(instance);

    if (after != SNAPSIM_END && after <= before)
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
    struct snap_record record;

    if (max == 0 || position == SNAPSIM_END)
        return;
    context->type->next(instance->self, &made, context);
    record.timestamp_ms = made.timestamp_ms;
    if (!snap_api_value_in(context, schema.key, made.key, &record.key))
        snap_api_value_in(context, schema.key, snap_api_value_empty(schema.key), &record.key);
    if (!snap_api_value_in(context, schema.value, made.value, &record.value))
        snap_api_value_in(context, schema.value, snap_api_value_empty(schema.value), &record.value);
    record.origin = snap_origin_make(context->op->split_first + context->subtask,
                                     position <= POSITION_MAX ? position : POSITION_MAX);
    snap_batch_set(out, out->count++, &record);
    check_position(instance, position);
}

/* ---- snapshots ---- */

/* Of a source that has no more records. */
enum { POSITION_AT_END = -1 };

void snap_api_source_snapshot(struct snap_api_instance *instance, struct snap_arena *arena,
                              struct snap_operator_state *out)
{
    uint64_t position = position_of(instance);
    struct snap_list_item *item = SNAP_ARENA_NEW(arena, struct snap_list_item);
    int64_t *number = SNAP_ARENA_NEW(arena, int64_t);

    *number = position == SNAPSIM_END ? POSITION_AT_END : (int64_t)position;
    *item = (struct snap_list_item){.data = number, .bytes = sizeof(*number)};
    snap_operator_state_add_list(out, arena,
                                 &(struct snap_list_snapshot){.name = SNAP_API_POSITION_NAME,
                                                              .mode = SNAP_LIST_SPLIT,
                                                              .of_subtask = true,
                                                              .items = item,
                                                              .count = 1});
}

/* A snapshot of another source does not say it: this one begins anew. */
static uint64_t restored_position(const struct snap_operator_state *state)
{
    const struct snap_list_snapshot *list = snap_operator_state_find(state, SNAP_API_POSITION_NAME);
    int64_t number = 0;

    if (list && list->count > 0)
        memcpy(&number, list->items[0].data, sizeof(number));
    return number < 0 ? SNAP_POSITION_AT_END : (uint64_t)number;
}

/* A file may hold any number. */
static bool decode_position(const struct snap_item_maker *maker,
                            const struct snap_element *elements, struct snap_list_item *item,
                            struct snap_error *error)
{
    int64_t number = elements->number;

    if (number < POSITION_AT_END || number > (int64_t)POSITION_MAX)
        return snap_error_set(error, SNAP_ERROR_RESTORE,
                              "the source \"%s\" stands at %lld, at most 2^48 - 2 is possible",
                              maker->op->uid, (long long)number);
    return snap_long_item_decode(maker, elements, item, error);
}

static const struct snap_state_spec states[] = {
    {.name = SNAP_API_POSITION_NAME,
     .shape = SNAP_SHAPE_LIST,
     .element = SNAP_TYPE_LONG,
     .encode = snap_long_item_encode,
     .decode = decode_position},
};
static const struct snap_state_specs specs = {.items = states, .count = 1};

void snap_api_source_fill(struct snap_api_class *made)
{
    made->class.type.role = SNAP_ROLE_SOURCE;
    made->class.rules = (struct snap_operator_rules){.kind = SNAP_RULE_SOURCE};
    made->class.fanout_max = 1;
    made->class.produce = produce;
    made->class.states = &specs;
    made->class.restored_position = restored_position;
    made->class.type.split_is_subtask = true;
    made->class.next_due = next_due;
    made->class.due_count = due_count;
}
