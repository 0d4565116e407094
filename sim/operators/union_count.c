// SPDX-License-Identifier: Apache-2.0
/*
 * An example of union list state: counts the records of each key that came by this subtask, without
 * being keyed. The list has an entry a key and subtask; a restored subtask is given the lists of
 * all, and takes the entries of those whose place it takes: with fewer subtasks than before it adds
 * up several, with more some begin with nothing.
 * Flink: OperatorStateStore.getUnionListState.
 */
#include "operators/classes.h"
#include "operators/keyed.h"
#include "operators/settings.h"
#include "operators/unkeyed_table.h"

static const char STATE_NAME[] = "counts";

struct instance {
    struct snap_keyed_state counts;
    const struct snap_operator_context *context;
};

static bool configure(struct snap_operator *op, struct snap_arena *arena, uint32_t *culprit,
                      struct snap_error *error)
{
    (void)arena;
    *culprit = 0;
    if (!snap_input_schema_get(op, &op->schema, error))
        return false;
    op->schema.value = SNAP_VALUE_LONG;
    return true;
}

/* A file may hold any numbers: they wrap, as in Java. */
static void add(struct snap_keyed_state *counts, const struct snap_keyed_entry *entry)
{
    union snap_value *sum = snap_keyed_state_obtain(counts, entry->key);

    sum->number = snap_keyed_add(sum->number, entry->value.number);
}

static bool open(void *self, const struct snap_operator_context *context, struct snap_error *error)
{
    struct instance *count = self;
    const struct snap_list_snapshot *list = snap_operator_state_find(context->restored, STATE_NAME);

    (void)error;
    count->context = context;
    snap_unkeyed_table_init(&count->counts, context->arena, STATE_NAME, context->op->schema);
    for (uint32_t i = 0; list && i < list->count; i++) {
        struct snap_unkeyed_entry kept = snap_unkeyed_entry_at(list, i);

        if (kept.subtask % context->op->parallelism == context->subtask)
            add(&count->counts, &kept.entry);
    }
    return true;
}

static void transform(void *self, struct snap_batch *batch)
{
    struct instance *count = self;

    for (uint32_t i = 0; i < batch->count; i++)
        batch->records[i].value.number =
            ++snap_keyed_state_obtain(&count->counts, batch->records[i].key)->number;
}

static bool snapshot(void *self, snap_checkpoint_id checkpoint, struct snap_arena *arena,
                     struct snap_operator_state *out, struct snap_error *error)
{
    const struct instance *count = self;
    const struct snap_unkeyed_writing writing = {count->context->subtask, SNAP_LIST_UNION};

    (void)checkpoint;
    (void)error;
    snap_unkeyed_table_snapshot(&count->counts, &writing, arena, out);
    return true;
}

static void each_state_entry(void *self, void (*entry)(void *to, const struct snap_state_entry *),
                             void *to)
{
    const struct instance *count = self;

    snap_unkeyed_table_each(&count->counts, count->context, entry, to);
}

static void fold(const struct snap_operator *op, const struct snap_record *in,
                 struct snap_string_pool *strings, union snap_value *state, bool *present)
{
    (void)op;
    (void)in;
    (void)strings;
    state->number = (*present ? state->number : 0) + 1;
    *present = true;
}

/* Several lists may be added up. */
static void base_entries(const struct snap_operator *op, uint32_t subtask,
                         const struct snap_operator_state *state,
                         void (*entry)(void *to, union snap_value key, union snap_value value),
                         void *to)
{
    const struct snap_list_snapshot *list = snap_operator_state_find(state, STATE_NAME);
    struct snap_keyed_state sums;
    struct snap_arena scratch;

    snap_arena_init(&scratch);
    snap_unkeyed_table_init(&sums, &scratch, STATE_NAME, op->schema);
    for (uint32_t i = 0; list && i < list->count; i++) {
        struct snap_unkeyed_entry kept = snap_unkeyed_entry_at(list, i);

        if (kept.subtask % op->parallelism == subtask)
            add(&sums, &kept.entry);
    }
    for (uint32_t i = 0; i < sums.count; i++)
        entry(to, sums.keys[i], sums.values[i]);
    snap_arena_fini(&scratch);
}

static uint32_t encode(const struct snap_operator *op, const struct snap_list_item *item,
                       struct snap_arena *arena, struct snap_element *elements)
{
    snap_unkeyed_pack(op->schema, item, arena, elements);
    return 1;
}

static bool decode(const struct snap_item_maker *maker, const struct snap_element *elements,
                   struct snap_list_item *item, struct snap_error *error)
{
    return snap_unkeyed_unpack(maker->op->schema, maker, elements, item, error);
}

static const struct snap_state_spec states[] = {{.name = "counts",
                                                 .shape = SNAP_SHAPE_LIST,
                                                 .element = SNAP_TYPE_BYTES,
                                                 .encode = encode,
                                                 .decode = decode}};
static const struct snap_state_specs specs = {.items = states, .count = 1};

const struct snap_operator_class snap_union_count_class = {
    .type = {.name = "union-count",
             .role = SNAP_ROLE_TRANSFORM,
             .flink_name = "Process",
             .doc = "counts the records of each key that come by a subtask, in union list state; "
                    "sends the new count",
             .has_state = true,
             .configure = configure},
    .rules = {.kind = SNAP_RULE_FOLD,
              .key_from = SNAP_PART_KEY,
              .keeps_key = true,
              .value_from = SNAP_PART_HISTORY,
              .fold = fold},
    .instance_bytes = sizeof(struct instance),
    .fanout_max = 1,
    .ignores_stamps = true,
    .states = &specs,
    .base_entries = base_entries,
    .open = open,
    .transform = transform,
    .snapshot = snapshot,
    .each_state_entry = each_state_entry,
};
