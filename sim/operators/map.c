// SPDX-License-Identifier: Apache-2.0
#include "operators/classes.h"
#include "operators/map_function.h"

enum { FUNCTION, OPTION_COUNT };

struct instance {
    const struct snap_map_function *function;
    struct snap_map_scratch scratch;
};

static bool configure(struct snap_operator *op, struct snap_arena *arena, uint32_t *culprit,
                      struct snap_error *error)
{
    struct snap_map_function *function = SNAP_ARENA_NEW(arena, struct snap_map_function);

    op->settings = function;
    *culprit = FUNCTION;
    if (!snap_map_function_read(op, op->options[FUNCTION].text, arena, function, error))
        return false;
    op->schema = snap_map_function_schema(op, function);
    return true;
}

static bool open(void *self, const struct snap_operator_context *context, struct snap_error *error)
{
    struct instance *map = self;

    (void)error;
    map->function = context->op->settings;
    snap_map_scratch_init(&map->scratch, context);
    return true;
}

static void transform(void *self, struct snap_batch *batch)
{
    struct instance *map = self;

    snap_map_function_apply(map->function, &map->scratch, batch);
}

static void replay(const struct snap_operator *op, const struct snap_record *in,
                   struct snap_replay *out)
{
    snap_map_function_replay(op->settings, in, out);
}

static bool wire_key(const struct snap_operator *op, union snap_value value, union snap_value *key)
{
    const struct snap_map_function *function = op->settings;

    *key = value;
    return function->kind == SNAP_MAP_WORD || function->kind == SNAP_MAP_KEY_BY_VALUE;
}

static const struct snap_option_type options[] = {
    [FUNCTION] = {.name = "function",
                  .kind = SNAP_OPTION_TEXT,
                  .text_default = "identity",
                  .doc = "identity | key-by-value | key-modulo N | add N | to-lower | roll N | "
                         "word N | rule | text-key N [LETTER]",
                  .example = "key-modulo 100"},
};

/* Which function it is says what the key and the value depend on. */
static void refine_rules(const struct snap_operator *op, struct snap_operator_rules *rules)
{
    const struct snap_map_function *function = op->settings;

    rules->key_from = SNAP_PART_NOTHING;
    snap_map_function_refine(function, rules);
    if (function->kind == SNAP_MAP_IDENTITY)
        rules->replay = NULL;
}

const struct snap_operator_class snap_map_class = {
    .type = {.name = "map",
             .role = SNAP_ROLE_TRANSFORM,
             .flink_name = "Map",
             .doc = "changes each record by a function",
             .options = options,
             .option_count = OPTION_COUNT,
             .configure = configure},
    .rules = {.kind = SNAP_RULE_PURE,
              .key_from = SNAP_PART_KEY | SNAP_PART_VALUE,
              .keeps_key = true,
              .value_from = SNAP_PART_VALUE,
              .replay = replay},
    .refine_rules = refine_rules,
    .instance_bytes = sizeof(struct instance),
    .fanout_max = 1,
    .wire_key = wire_key,
    .ignores_stamps = true,
    .open = open,
    .transform = transform,
};
