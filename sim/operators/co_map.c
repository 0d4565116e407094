// SPDX-License-Identifier: Apache-2.0
/*
 * Two inputs, a function for each, one output.
 * Flink: CoStreamMap.
 */
#include "operators/classes.h"
#include "operators/map_function.h"

enum { FIRST, SECOND, OPTION_COUNT };

struct settings {
    struct snap_map_function functions[OPTION_COUNT]; /* by input */
};

struct instance {
    const struct settings *settings;
    struct snap_map_scratch scratch;
    uint32_t input;
};

static bool configure(struct snap_operator *op, struct snap_arena *arena, uint32_t *culprit,
                      struct snap_error *error)
{
    struct settings *settings = SNAP_ARENA_NEW(arena, struct settings);
    struct snap_schema schemas[OPTION_COUNT];

    op->settings = settings;
    for (uint32_t i = 0; i < OPTION_COUNT; i++) {
        *culprit = i;
        if (!snap_map_function_read(op, op->options[i].text, arena, &settings->functions[i], error))
            return false;
        schemas[i] = snap_map_function_schema(op, &settings->functions[i]);
    }
    op->schema = schemas[FIRST];
    if (schemas[FIRST].key != schemas[SECOND].key)
        return snap_error_set(error, SNAP_ERROR_SCENARIO,
                              "the two functions make keys of different kinds");
    if (schemas[FIRST].value != schemas[SECOND].value)
        return snap_error_set(error, SNAP_ERROR_SCENARIO,
                              "the two functions make values of different kinds");
    return true;
}

static bool open(void *self, const struct snap_operator_context *context, struct snap_error *error)
{
    struct instance *map = self;

    (void)error;
    map->settings = context->op->settings;
    snap_map_scratch_init(&map->scratch, context);
    return true;
}

static void set_input(void *self, uint32_t input)
{
    ((struct instance *)self)->input = input;
}

static void transform(void *self, struct snap_batch *batch)
{
    struct instance *map = self;

    snap_map_function_apply(&map->settings->functions[map->input], &map->scratch, batch);
}

static void replay(const struct snap_operator *op, const struct snap_record *in,
                   struct snap_replay *out)
{
    const struct settings *settings = op->settings;

    snap_map_function_replay(&settings->functions[out->input], in, out);
}

static void refine_rules(const struct snap_operator *op, struct snap_operator_rules *rules)
{
    const struct settings *settings = op->settings;

    rules->key_from = SNAP_PART_NOTHING;
    for (uint32_t i = 0; i < OPTION_COUNT; i++)
        snap_map_function_refine(&settings->functions[i], rules);
}

static const struct snap_option_type options[] = {
    [FIRST] = {.name = "first",
               .kind = SNAP_OPTION_TEXT,
               .text_default = "identity",
               .doc = "what becomes of records of the first input; the functions are those of map",
               .example = "add 1"},
    [SECOND] = {.name = "second",
                .kind = SNAP_OPTION_TEXT,
                .text_default = "identity",
                .doc = "the same for the second input",
                .example = "key-modulo 10"},
};

const struct snap_operator_class snap_co_map_class = {
    .type = {.name = "co-map",
             .role = SNAP_ROLE_TRANSFORM,
             .flink_name = "Co-Map",
             .doc = "changes the records of each of its two inputs by a function of its own",
             .options = options,
             .option_count = OPTION_COUNT,
             .input_count = OPTION_COUNT,
             .configure = configure},
    .rules = {.kind = SNAP_RULE_PURE,
              .key_from = SNAP_PART_KEY | SNAP_PART_VALUE,
              .keeps_key = true,
              .value_from = SNAP_PART_VALUE,
              .replay = replay},
    .refine_rules = refine_rules,
    .instance_bytes = sizeof(struct instance),
    .fanout_max = 1,
    .ignores_stamps = true,
    .open = open,
    .set_input = set_input,
    .transform = transform,
};
