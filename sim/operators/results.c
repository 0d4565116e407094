// SPDX-License-Identifier: Apache-2.0
/*
 * Hands numbers on, keeps how many there were and their sum in operator state: a split list with
 * two items a subtask, 10 * n + 1 and 10 * sum + 2, which are added up after a restore. Flink: a
 * process function behind windows, with ListState by getListState.
 */
#include <string.h>

#include "base/check.h"
#include "operators/classes.h"
#include "operators/settings.h"

enum { SHIFT = 10, COUNT_REST = 1, SUM_REST = 2, ITEMS = 2 };

static const char STATE_NAME[] = "fired";

struct instance {
    int64_t count;
    int64_t sum;
};

static bool configure(struct snap_operator *op, struct snap_arena *arena, uint32_t *culprit,
                      struct snap_error *error)
{
    (void)arena;
    *culprit = 0;
    return snap_input_schema_get(op, &op->schema, error) &&
           snap_input_value_check(op, SNAP_VALUE_LONG, error);
}

static bool open(void *self, const struct snap_operator_context *context, struct snap_error *error)
{
    struct instance *results = self;
    const struct snap_list_snapshot *list = snap_operator_state_find(context->restored, STATE_NAME);

    (void)error;
    for (uint32_t i = 0; list && i < list->count; i++) {
        int64_t item;

        SNAP_CHECK(list->items[i].bytes == sizeof(item));
        memcpy(&item, list->items[i].data, sizeof(item));
        if (item % SHIFT == COUNT_REST)
            results->count += item / SHIFT;
        else
            results->sum += item / SHIFT;
    }
    return true;
}

static void transform(void *self, struct snap_batch *batch)
{
    struct instance *results = self;

    results->count += batch->count;
    for (uint32_t i = 0; i < batch->count; i++)
        results->sum += batch->records[i].value.number;
}

static bool snapshot(void *self, snap_checkpoint_id checkpoint, struct snap_arena *arena,
                     struct snap_operator_state *out, struct snap_error *error)
{
    const struct instance *results = self;
    int64_t *numbers = SNAP_ARENA_ARRAY(arena, int64_t, ITEMS);
    struct snap_list_item *items = SNAP_ARENA_ARRAY(arena, struct snap_list_item, ITEMS);
    struct snap_list_snapshot list = {.name = STATE_NAME,
                                      .mode = SNAP_LIST_SPLIT,
                                      .items = items,
                                      .count = ITEMS,
                                      .of_subtask = true};

    (void)checkpoint;
    (void)error;
    numbers[0] = SHIFT * results->count + COUNT_REST;
    numbers[1] = SHIFT * results->sum + SUM_REST;
    for (int i = 0; i < ITEMS; i++)
        items[i] = (struct snap_list_item){&numbers[i], sizeof(numbers[i])};
    snap_operator_state_add_list(out, arena, &list);
    return true;
}

static const struct snap_state_spec states[] = {
    {.name = STATE_NAME,
     .shape = SNAP_SHAPE_LIST,
     .element = SNAP_TYPE_LONG,
     .encode = snap_long_item_encode,
     .decode = snap_long_item_decode},
};
static const struct snap_state_specs specs = {.items = states, .count = 1};

const struct snap_operator_class snap_results_class = {
    .type = {.name = "results",
             .role = SNAP_ROLE_TRANSFORM,
             .flink_name = "Process",
             .doc = "hands numbers on, and keeps their number and sum in operator state, in a list "
                    "that is split",
             .configure = configure},
    .rules = {.kind = SNAP_RULE_PURE, .key_from = SNAP_PART_KEY, .value_from = SNAP_PART_VALUE},
    .instance_bytes = sizeof(struct instance),
    .fanout_max = 1,
    .ignores_stamps = true,
    .states = &specs,
    .open = open,
    .transform = transform,
    .snapshot = snapshot,
};
