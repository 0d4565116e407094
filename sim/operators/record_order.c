// SPDX-License-Identifier: Apache-2.0
/*
 * Watches the order in which records come by: for each key and split of a source the offsets must
 * not fall. Records go on as they are; how many came too late is counted by key.
 *
 * - It is a witness, no judge: its counts are its own state, which an unaligned or repeated record
 *   raises as well; the ledger's `out_of_order` is what a sink shows.
 * - Keys and splits together are one number by their hash; that two are the same is not to be
 *   expected in any run.
 */
#include "base/hash.h"
#include "operators/classes.h"
#include "operators/settings.h"
#include "operators/unkeyed_table.h"

static const char LAST_NAME[] = "last";
static const char LATE_NAME[] = "late";

struct instance {
    struct snap_keyed_state last; /* from the hash of key and split to the last offset + 1 */
    struct snap_keyed_state late; /* from key to the number of records that came late */
    const struct snap_operator_context *context;
};

/* Of the two tables. */
static struct snap_schema schema_of_last(void)
{
    return (struct snap_schema){SNAP_VALUE_LONG, SNAP_VALUE_LONG};
}

static struct snap_schema schema_of_late(const struct snap_operator *op)
{
    return (struct snap_schema){op->input_schemas[0].key, SNAP_VALUE_LONG};
}

static bool configure(struct snap_operator *op, struct snap_arena *arena, uint32_t *culprit,
                      struct snap_error *error)
{
    (void)arena;
    *culprit = 0;
    return snap_input_schema_get(op, &op->schema, error);
}

static void restore(struct snap_keyed_state *table, const struct snap_operator_state *from)
{
    const struct snap_list_snapshot *list = snap_operator_state_find(from, table->name);

    for (uint32_t i = 0; list && i < list->count; i++) {
        struct snap_keyed_entry kept = snap_unkeyed_entry_at(list, i).entry;

        *snap_keyed_state_obtain(table, kept.key) = kept.value;
    }
}

static bool open(void *self, const struct snap_operator_context *context, struct snap_error *error)
{
    struct instance *order = self;

    (void)error;
    order->context = context;
    snap_unkeyed_table_init(&order->last, context->arena, LAST_NAME, schema_of_last());
    snap_unkeyed_table_init(&order->late, context->arena, LATE_NAME, schema_of_late(context->op));
    restore(&order->last, context->restored);
    restore(&order->late, context->restored);
    return true;
}

static union snap_value place_of(const struct instance *order, union snap_value key,
                                 uint64_t origin)
{
    uint64_t name =
        order->late.schema.key == SNAP_VALUE_STRING ? key.string->hash : (uint64_t)key.number;
    uint64_t hash =
        snap_mix64(name + UINT64_C(0x9e3779b97f4a7c15) * (uint64_t)(snap_origin_split(origin) + 1));

    return (union snap_value){.number = (int64_t)hash};
}

static void transform(void *self, struct snap_batch *batch)
{
    struct instance *order = self;

    for (uint32_t i = 0; i < batch->count; i++) {
        union snap_value key = batch->records[i].key;
        uint64_t origin = batch->stamps[i].origin;
        int64_t offset = (int64_t)snap_origin_offset(origin) + 1;
        union snap_value *last =
            snap_keyed_state_obtain(&order->last, place_of(order, key, origin));

        if (offset < last->number)
            snap_keyed_state_obtain(&order->late, key)->number++;
        else
            last->number = offset;
    }
}

static bool snapshot(void *self, snap_checkpoint_id checkpoint, struct snap_arena *arena,
                     struct snap_operator_state *out, struct snap_error *error)
{
    const struct instance *order = self;
    const struct snap_unkeyed_writing writing = {order->context->subtask, SNAP_LIST_SPLIT};

    (void)checkpoint;
    (void)error;
    snap_unkeyed_table_snapshot(&order->last, &writing, arena, out);
    snap_unkeyed_table_snapshot(&order->late, &writing, arena, out);
    return true;
}

static void each_state_entry(void *self, void (*entry)(void *to, const struct snap_state_entry *),
                             void *to)
{
    const struct instance *order = self;

    snap_unkeyed_table_each(&order->late, order->context, entry, to);
}

static uint32_t encode_last(const struct snap_operator *op, const struct snap_list_item *item,
                            struct snap_arena *arena, struct snap_element *elements)
{
    (void)op;
    snap_unkeyed_pack(schema_of_last(), item, arena, elements);
    return 1;
}

static uint32_t encode_late(const struct snap_operator *op, const struct snap_list_item *item,
                            struct snap_arena *arena, struct snap_element *elements)
{
    snap_unkeyed_pack(schema_of_late(op), item, arena, elements);
    return 1;
}

static bool decode_last(const struct snap_item_maker *maker, const struct snap_element *elements,
                        struct snap_list_item *item, struct snap_error *error)
{
    return snap_unkeyed_unpack(schema_of_last(), maker, elements, item, error);
}

static bool decode_late(const struct snap_item_maker *maker, const struct snap_element *elements,
                        struct snap_list_item *item, struct snap_error *error)
{
    return snap_unkeyed_unpack(schema_of_late(maker->op), maker, elements, item, error);
}

static const struct snap_state_spec states[] = {
    {.name = LAST_NAME,
     .shape = SNAP_SHAPE_LIST,
     .element = SNAP_TYPE_BYTES,
     .encode = encode_last,
     .decode = decode_last},
    {.name = LATE_NAME,
     .shape = SNAP_SHAPE_LIST,
     .element = SNAP_TYPE_BYTES,
     .encode = encode_late,
     .decode = decode_late},
};
static const struct snap_state_specs specs = {.items = states, .count = 2};

const struct snap_operator_class snap_record_order_class = {
    .type = {.name = "record-order",
             .role = SNAP_ROLE_TRANSFORM,
             .flink_name = "Process",
             .doc = "hands every record on as it is, and counts by key those that come after a "
                    "later one of their key and split",
             .configure = configure},
    .rules = {.kind = SNAP_RULE_PURE,
              .key_from = SNAP_PART_KEY,
              .keeps_key = true,
              .value_from = SNAP_PART_VALUE,
              .state_is_number = true},
    .instance_bytes = sizeof(struct instance),
    .fanout_max = 1,
    .states = &specs,
    .open = open,
    .transform = transform,
    .snapshot = snapshot,
    .each_state_entry = each_state_entry,
};
