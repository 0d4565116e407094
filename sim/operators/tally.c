// SPDX-License-Identifier: Apache-2.0
/*
 * A sink that shows nothing and counts what it takes in operator state of both kinds that are dealt
 * anew: a list whose items are split, with 10 * n + r for the n records whose value modulo 4 is r,
 * and a union list with one item a subtask, subtask * 1000000 + all records. After a restore each
 * subtask adds up what it has got of the one; the first one alone takes over the sum of the other.
 * Flink: ListState by getListState and getUnionListState.
 */
#include <string.h>

#include "base/check.h"
#include "operators/classes.h"
#include "operators/numbers.h"
#include "operators/settings.h"

enum { RESTS = 4, SHIFT = 10 };

static const char SPLIT_NAME[] = "seen";
static const char UNION_NAME[] = "seen-union";

struct instance {
    struct snap_operator_context context;
    int64_t seen[RESTS];
    int64_t all;
};

static bool configure(struct snap_operator *op, struct snap_arena *arena, uint32_t *culprit,
                      struct snap_error *error)
{
    (void)arena;
    *culprit = 0;
    return snap_input_schema_get(op, &op->schema, error) &&
           snap_input_value_check(op, SNAP_VALUE_LONG, error);
}

static int64_t item_at(const struct snap_list_snapshot *list, uint32_t index)
{
    int64_t number;

    SNAP_CHECK(list->items[index].bytes == sizeof(number));
    memcpy(&number, list->items[index].data, sizeof(number));
    return number;
}

static bool open(void *self, const struct snap_operator_context *context, struct snap_error *error)
{
    struct instance *tally = self;
    const struct snap_list_snapshot *split =
        snap_operator_state_find(context->restored, SPLIT_NAME);
    const struct snap_list_snapshot *whole =
        snap_operator_state_find(context->restored, UNION_NAME);

    (void)error;
    tally->context = *context;
    for (uint32_t i = 0; split && i < split->count; i++) {
        int64_t item = item_at(split, i);

        tally->seen[(uint64_t)(item % SHIFT) % RESTS] += item / SHIFT;
    }
    for (uint32_t i = 0; whole && context->subtask == 0 && i < whole->count; i++)
        tally->all += item_at(whole, i) % SNAP_NUMBERS_PER_SPLIT;
    return true;
}

static void transform(void *self, struct snap_batch *batch)
{
    struct instance *tally = self;

    for (uint32_t i = 0; i < batch->count; i++)
        tally->seen[(uint64_t)batch->records[i].value.number % RESTS]++;
    tally->all += batch->count;
    if (tally->context.written)
        tally->context.written(tally->context.task, batch, 0);
    batch->count = 0;
}

static void add(struct snap_operator_state *out, struct snap_arena *arena,
                struct snap_list_snapshot list, const int64_t *numbers)
{
    int64_t *copies = snap_arena_copy(arena, numbers, list.count * sizeof(*numbers));
    struct snap_list_item *items = SNAP_ARENA_ARRAY(arena, struct snap_list_item, list.count);

    for (uint32_t i = 0; i < list.count; i++)
        items[i] = (struct snap_list_item){&copies[i], sizeof(copies[i])};
    list.items = items;
    snap_operator_state_add_list(out, arena, &list);
}

static bool snapshot(void *self, snap_checkpoint_id checkpoint, struct snap_arena *arena,
                     struct snap_operator_state *out, struct snap_error *error)
{
    const struct instance *tally = self;
    int64_t split[RESTS];
    int64_t whole = (int64_t)tally->context.subtask * SNAP_NUMBERS_PER_SPLIT + tally->all;

    (void)checkpoint;
    (void)error;
    for (int64_t r = 0; r < RESTS; r++)
        split[r] = SHIFT * tally->seen[r] + r;
    add(out, arena,
        (struct snap_list_snapshot){
            .name = UNION_NAME, .mode = SNAP_LIST_UNION, .count = 1, .of_subtask = true},
        &whole);
    add(out, arena,
        (struct snap_list_snapshot){
            .name = SPLIT_NAME, .mode = SNAP_LIST_SPLIT, .count = RESTS, .of_subtask = true},
        split);
    return true;
}

static const struct snap_state_spec states[] = {
    {.name = UNION_NAME,
     .shape = SNAP_SHAPE_LIST,
     .element = SNAP_TYPE_LONG,
     .encode = snap_long_item_encode,
     .decode = snap_long_item_decode},
    {.name = SPLIT_NAME,
     .shape = SNAP_SHAPE_LIST,
     .element = SNAP_TYPE_LONG,
     .encode = snap_long_item_encode,
     .decode = snap_long_item_decode},
};
static const struct snap_state_specs specs = {.items = states, .count = 2};

const struct snap_operator_class snap_tally_class = {
    .type = {.name = "tally",
             .role = SNAP_ROLE_SINK,
             .flink_name = "Tally",
             .doc =
                 "counts numbers in operator state, by their value modulo 4 and all of them, and "
                 "shows them to nobody",
             .configure = configure},
    .rules = {.kind = SNAP_RULE_SINK, .reads_none = true},
    .instance_bytes = sizeof(struct instance),
    .fanout_max = 0,
    .ignores_stamps = true,
    .states = &specs,
    .open = open,
    .transform = transform,
    .snapshot = snapshot,
};
