// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/check.h"
#include "operators/classes.h"
#include "operators/replay.h"
#include "operators/settings.h"

enum { FUNCTION, OPTION_COUNT };

enum function { IDENTITY, KEY_BY_VALUE, KEY_MODULO, ADD, TO_LOWER };

struct settings {
    enum function function;
    int64_t argument;
};

struct instance {
    const struct settings *settings;
    struct snap_string_pool *strings;
    char *scratch; /* arena of the attempt */
    uint32_t scratch_bytes;
    struct snap_arena *arena;
};

static const struct snap_form forms[] = {
    [IDENTITY] = {"identity", "identity", false},
    [KEY_BY_VALUE] = {"key-by-value", "key-by-value", false},
    [KEY_MODULO] = {"key-modulo", "key-modulo N", true},
    [ADD] = {"add", "add N", true},
    [TO_LOWER] = {"to-lower", "to-lower", false},
};

static bool check_schema(struct snap_operator *op, const struct settings *settings,
                         struct snap_error *error)
{
    if (!snap_input_schema_get(op, &op->schema, error))
        return false;
    switch (settings->function) {
    case IDENTITY:
        return true;
    case KEY_BY_VALUE:
        op->schema.key = op->schema.value;
        return true;
    case KEY_MODULO:
        if (settings->argument < 1)
            return snap_error_set(error, SNAP_ERROR_SCENARIO, "key-modulo N needs an N above 0");
        return snap_input_key_check(op, SNAP_VALUE_LONG, error);
    case ADD:
        return snap_input_value_check(op, SNAP_VALUE_LONG, error);
    case TO_LOWER:
        return snap_input_value_check(op, SNAP_VALUE_STRING, error);
    }
    return false;
}

static bool configure(struct snap_operator *op, struct snap_arena *arena, uint32_t *culprit,
                      struct snap_error *error)
{
    static const struct snap_forms functions = {forms, 5, "function"};
    struct settings *settings = SNAP_ARENA_NEW(arena, struct settings);
    struct snap_form_match match;

    op->settings = settings;
    *culprit = FUNCTION;
    if (!snap_form_parse(&functions, op->options[FUNCTION].text, arena, &match, error))
        return false;
    settings->function = (enum function)match.index;
    if (*match.argument && !snap_long_parse(match.argument, &settings->argument))
        return snap_error_set(error, SNAP_ERROR_SCENARIO,
                              "\"%s\" is not a whole number in function \"%s\"", match.argument,
                              op->options[FUNCTION].text);
    return check_schema(op, settings, error);
}

static bool open(void *self, const struct snap_operator_context *context, struct snap_error *error)
{
    struct instance *map = self;

    (void)error;
    map->settings = context->op->settings;
    map->strings = context->strings;
    map->arena = context->arena;
    return true;
}

static const struct snap_string *lower(struct instance *map, const struct snap_string *text)
{
    if (text->length > map->scratch_bytes) {
        map->scratch_bytes = text->length * 2;
        map->scratch = snap_arena_alloc(map->arena, map->scratch_bytes);
    }
    for (uint32_t i = 0; i < text->length; i++) {
        char c = text->bytes[i];

        map->scratch[i] = (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
    }
    return snap_string_pool_intern(map->strings, map->scratch ? map->scratch : "", text->length);
}

/* Flink's users write it so: the remainder is never negative. */
static int64_t floor_modulo(int64_t x, int64_t by)
{
    int64_t rest = x % by;

    return rest < 0 ? rest + by : rest;
}

static void transform(void *self, struct snap_batch *batch)
{
    struct instance *map = self;
    struct snap_record *records = batch->records;
    int64_t argument = map->settings->argument;

    switch (map->settings->function) {
    case IDENTITY:
        break;
    case KEY_BY_VALUE:
        for (uint32_t i = 0; i < batch->count; i++)
            records[i].key = records[i].value;
        break;
    case KEY_MODULO:
        for (uint32_t i = 0; i < batch->count; i++)
            records[i].key.number = floor_modulo(records[i].key.number, argument);
        break;
    case ADD:
        for (uint32_t i = 0; i < batch->count; i++)
            records[i].value.number =
                (int64_t)((uint64_t)records[i].value.number + (uint64_t)argument);
        break;
    case TO_LOWER:
        for (uint32_t i = 0; i < batch->count; i++)
            records[i].value.string = lower(map, records[i].value.string);
        break;
    }
}

static void replay_lower(const struct snap_record *in, struct snap_replay *out)
{
    size_t length = in->value.string->length;
    char *copy = snap_arena_strndup(out->arena, in->value.string->bytes, length);
    union snap_value value;

    for (char *at = copy; at < copy + length; at++) {
        if ((unsigned char)(*at - 'A') < 26)
            *at = (char)(*at | 0x20);
    }
    value.string = snap_string_pool_intern(out->strings, copy, length);
    snap_replay_add(out, in, in->key, value);
}

static void replay(const struct snap_operator *op, const struct snap_record *in,
                   struct snap_replay *out)
{
    const struct settings *settings = op->settings;
    union snap_value number;

    switch (settings->function) {
    case IDENTITY:
        snap_replay_add(out, in, in->key, in->value);
        break;
    case KEY_BY_VALUE:
        snap_replay_add(out, in, in->value, in->value);
        break;
    case KEY_MODULO:
        number.number =
            (in->key.number % settings->argument + settings->argument) % settings->argument;
        snap_replay_add(out, in, number, in->value);
        break;
    case ADD:
        __builtin_add_overflow(in->value.number, settings->argument, &number.number);
        snap_replay_add(out, in, in->key, number);
        break;
    case TO_LOWER:
        replay_lower(in, out);
        break;
    }
}

static const struct snap_option_type options[] = {
    [FUNCTION] = {.name = "function",
                  .kind = SNAP_OPTION_TEXT,
                  .text_default = "identity",
                  .doc = "identity | key-by-value | key-modulo N | add N | to-lower",
                  .example = "key-modulo 100"},
};

/* Only one function looks at the value to make the key. */
static void refine_rules(const struct snap_operator *op, struct snap_operator_rules *rules)
{
    const struct settings *settings = op->settings;

    rules->key_from = settings->function == KEY_BY_VALUE ? SNAP_PART_VALUE : SNAP_PART_KEY;
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
              .value_from = SNAP_PART_VALUE,
              .replay = replay},
    .refine_rules = refine_rules,
    .instance_bytes = sizeof(struct instance),
    .fanout_max = 1,
    .open = open,
    .transform = transform,
};
