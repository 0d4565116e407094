// SPDX-License-Identifier: Apache-2.0
/*
 * Hands numbers on, by key or as they are, and counts in operator state how many it has taken: a
 * split list with one item a subtask, which are added up after a restore.
 * Flink: a map function with ListState by getListState.
 */
#include <string.h>

#include "base/check.h"
#include "operators/classes.h"
#include "operators/replay.h"
#include "operators/settings.h"

enum { MODULO, OPTION_COUNT };

static const char STATE_NAME[] = "mapped";

struct settings {
    int64_t modulo; /* 0: the key stays */
};

struct instance {
    int64_t modulo;
    int64_t taken;
};

static bool configure(struct snap_operator *op, struct snap_arena *arena, uint32_t *culprit,
                      struct snap_error *error)
{
    struct settings *settings = SNAP_ARENA_NEW(arena, struct settings);

    op->settings = settings;
    settings->modulo = op->options[MODULO].number;
    *culprit = MODULO;
    if (op->options[MODULO].set && settings->modulo < 1)
        return snap_error_set(error, SNAP_ERROR_SCENARIO, "a modulo must be above 0");
    if (!snap_input_schema_get(op, &op->schema, error) ||
        !snap_input_value_check(op, SNAP_VALUE_LONG, error))
        return false;
    if (settings->modulo > 0)
        op->schema.key = SNAP_VALUE_LONG;
    return true;
}

static bool open(void *self, const struct snap_operator_context *context, struct snap_error *error)
{
    struct instance *mapped = self;
    const struct snap_list_snapshot *list = snap_operator_state_find(context->restored, STATE_NAME);

    (void)error;
    mapped->modulo = ((const struct settings *)context->op->settings)->modulo;
    for (uint32_t i = 0; list && i < list->count; i++) {
        int64_t taken;

        SNAP_CHECK(list->items[i].bytes == sizeof(taken));
        memcpy(&taken, list->items[i].data, sizeof(taken));
        mapped->taken += taken;
    }
    return true;
}

static int64_t key_of(int64_t value, int64_t modulo)
{
    return (value % modulo + modulo) % modulo;
}

static void transform(void *self, struct snap_batch *batch)
{
    struct instance *mapped = self;

    mapped->taken += batch->count;
    for (uint32_t i = 0; mapped->modulo > 0 && i < batch->count; i++)
        batch->records[i].key.number = key_of(batch->records[i].value.number, mapped->modulo);
}

static bool snapshot(void *self, snap_checkpoint_id checkpoint, struct snap_arena *arena,
                     struct snap_operator_state *out, struct snap_error *error)
{
    const struct instance *mapped = self;
    struct snap_list_item *item = SNAP_ARENA_NEW(arena, struct snap_list_item);
    struct snap_list_snapshot list = {
        .name = STATE_NAME, .mode = SNAP_LIST_SPLIT, .items = item, .count = 1, .of_subtask = true};

    (void)checkpoint;
    (void)error;
    item->data = snap_arena_copy(arena, &mapped->taken, sizeof(mapped->taken));
    item->bytes = sizeof(mapped->taken);
    snap_operator_state_add_list(out, arena, &list);
    return true;
}

static void replay(const struct snap_operator *op, const struct snap_record *in,
                   struct snap_replay *out)
{
    const struct settings *settings = op->settings;
    union snap_value key = in->key;

    if (settings->modulo > 0)
        key.number = key_of(in->value.number, settings->modulo);
    snap_replay_add(out, in, key, in->value);
}

static bool wire_key(const struct snap_operator *op, union snap_value value, union snap_value *key)
{
    const struct settings *settings = op->settings;

    if (settings->modulo < 1)
        return false;
    key->number = key_of(value.number, settings->modulo);
    return true;
}

static const struct snap_option_type options[] = {
    [MODULO] = {.name = "modulo",
                .kind = SNAP_OPTION_COUNT,
                .doc = "the key becomes the value modulo this (default: it stays)",
                .example = "10"},
};

static const struct snap_state_spec states[] = {
    {.name = STATE_NAME,
     .shape = SNAP_SHAPE_LIST,
     .element = SNAP_TYPE_LONG,
     .encode = snap_long_item_encode,
     .decode = snap_long_item_decode},
};
static const struct snap_state_specs specs = {.items = states, .count = 1};

const struct snap_operator_class snap_mapped_class = {
    .type = {.name = "mapped",
             .role = SNAP_ROLE_TRANSFORM,
             .flink_name = "Map",
             .doc = "hands numbers on and counts them in operator state, in a list that is split",
             .options = options,
             .option_count = OPTION_COUNT,
             .configure = configure},
    .rules = {.kind = SNAP_RULE_PURE,
              .key_from = SNAP_PART_KEY | SNAP_PART_VALUE,
              .value_from = SNAP_PART_VALUE,
              .replay = replay},
    .instance_bytes = sizeof(struct instance),
    .fanout_max = 1,
    .ignores_stamps = true,
    .states = &specs,
    .wire_key = wire_key,
    .open = open,
    .transform = transform,
    .snapshot = snapshot,
};
