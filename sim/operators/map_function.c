// SPDX-License-Identifier: Apache-2.0
#include "operators/map_function.h"

#include "operators/draw.h"
#include "operators/replay.h"
#include "operators/settings.h"

static const struct snap_form forms[] = {
    [SNAP_MAP_IDENTITY] = {"identity", "identity", false},
    [SNAP_MAP_KEY_BY_VALUE] = {"key-by-value", "key-by-value", false},
    [SNAP_MAP_KEY_MODULO] = {"key-modulo", "key-modulo N", true},
    [SNAP_MAP_ADD] = {"add", "add N", true},
    [SNAP_MAP_TO_LOWER] = {"to-lower", "to-lower", false},
    [SNAP_MAP_ROLL] = {"roll", "roll N", true},
};

static bool check_schema(const struct snap_operator *op, const struct snap_map_function *function,
                         struct snap_error *error)
{
    struct snap_schema schema;

    if (!snap_input_schema_get(op, &schema, error))
        return false;
    switch (function->kind) {
    case SNAP_MAP_IDENTITY:
    case SNAP_MAP_KEY_BY_VALUE:
        return true;
    case SNAP_MAP_KEY_MODULO:
        if (function->argument < 1)
            return snap_error_set(error, SNAP_ERROR_SCENARIO, "key-modulo N needs an N above 0");
        return snap_input_key_check(op, SNAP_VALUE_LONG, error);
    case SNAP_MAP_ADD:
        return snap_input_value_check(op, SNAP_VALUE_LONG, error);
    case SNAP_MAP_TO_LOWER:
        return snap_input_value_check(op, SNAP_VALUE_STRING, error);
    case SNAP_MAP_ROLL:
        if (function->argument < 1)
            return snap_error_set(error, SNAP_ERROR_SCENARIO, "roll N needs an N above 0");
        return true;
    }
    return false;
}

bool snap_map_function_read(const struct snap_operator *op, const char *text,
                            struct snap_arena *arena, struct snap_map_function *function,
                            struct snap_error *error)
{
    static const struct snap_forms functions = {forms, sizeof(forms) / sizeof(forms[0]),
                                                "function"};
    struct snap_form_match match;

    if (!snap_form_parse(&functions, text, arena, &match, error))
        return false;
    function->kind = (enum snap_map_kind)match.index;
    if (*match.argument && !snap_long_parse(match.argument, &function->argument))
        return snap_error_set(error, SNAP_ERROR_SCENARIO,
                              "\"%s\" is not a whole number in function \"%s\"", match.argument,
                              text);
    return check_schema(op, function, error);
}

struct snap_schema snap_map_function_schema(const struct snap_operator *op,
                                            const struct snap_map_function *function)
{
    struct snap_schema schema = op->input_schemas[0];

    if (function->kind == SNAP_MAP_KEY_BY_VALUE)
        schema.key = schema.value;
    if (function->kind == SNAP_MAP_ROLL)
        schema.value = SNAP_VALUE_LONG;
    return schema;
}

void snap_map_function_refine(const struct snap_map_function *function,
                              struct snap_operator_rules *rules)
{
    rules->key_from |= function->kind == SNAP_MAP_KEY_BY_VALUE ? SNAP_PART_VALUE : SNAP_PART_KEY;
    if (function->kind == SNAP_MAP_ROLL)
        rules->value_from |= SNAP_PART_HISTORY;
}

void snap_map_scratch_init(struct snap_map_scratch *scratch,
                           const struct snap_operator_context *context)
{
    scratch->strings = context->strings;
    scratch->arena = context->arena;
    snap_rng_init(&scratch->rng, snap_draw_seed(context->seed, context->op->uid), context->subtask,
                  context->attempt);
}

static const struct snap_string *lower(struct snap_map_scratch *scratch,
                                       const struct snap_string *text)
{
    if (text->length > scratch->text_bytes) {
        scratch->text_bytes = text->length * 2;
        scratch->text = snap_arena_alloc(scratch->arena, scratch->text_bytes);
    }
    for (uint32_t i = 0; i < text->length; i++) {
        char c = text->bytes[i];

        scratch->text[i] = (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
    }
    return snap_string_pool_intern(scratch->strings, scratch->text ? scratch->text : "",
                                   text->length);
}

/* Flink's users write it so: the remainder is never negative. */
static int64_t floor_modulo(int64_t x, int64_t by)
{
    int64_t rest = x % by;

    return rest < 0 ? rest + by : rest;
}

void snap_map_function_apply(const struct snap_map_function *function,
                             struct snap_map_scratch *scratch, struct snap_batch *batch)
{
    struct snap_pair *records = batch->records;
    int64_t argument = function->argument;

    switch (function->kind) {
    case SNAP_MAP_IDENTITY:
        break;
    case SNAP_MAP_KEY_BY_VALUE:
        for (uint32_t i = 0; i < batch->count; i++)
            records[i].key = records[i].value;
        break;
    case SNAP_MAP_KEY_MODULO:
        for (uint32_t i = 0; i < batch->count; i++)
            records[i].key.number = floor_modulo(records[i].key.number, argument);
        break;
    case SNAP_MAP_ADD:
        for (uint32_t i = 0; i < batch->count; i++)
            records[i].value.number =
                (int64_t)((uint64_t)records[i].value.number + (uint64_t)argument);
        break;
    case SNAP_MAP_TO_LOWER:
        for (uint32_t i = 0; i < batch->count; i++)
            records[i].value.string = lower(scratch, records[i].value.string);
        break;
    case SNAP_MAP_ROLL:
        for (uint32_t i = 0; i < batch->count; i++)
            records[i].value.number = (int64_t)snap_rng_below(&scratch->rng, (uint64_t)argument);
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

void snap_map_function_replay(const struct snap_map_function *function,
                              const struct snap_record *in, struct snap_replay *out)
{
    union snap_value number;

    switch (function->kind) {
    case SNAP_MAP_IDENTITY:
        snap_replay_add(out, in, in->key, in->value);
        break;
    case SNAP_MAP_KEY_BY_VALUE:
        snap_replay_add(out, in, in->value, in->value);
        break;
    case SNAP_MAP_KEY_MODULO:
        number.number =
            (in->key.number % function->argument + function->argument) % function->argument;
        snap_replay_add(out, in, number, in->value);
        break;
    case SNAP_MAP_ADD:
        __builtin_add_overflow(in->value.number, function->argument, &number.number);
        snap_replay_add(out, in, in->key, number);
        break;
    case SNAP_MAP_TO_LOWER:
        replay_lower(in, out);
        break;
    case SNAP_MAP_ROLL:
        number.number = 0; /* nobody can know it: the rules say so */
        snap_replay_add(out, in, in->key, number);
        break;
    }
}
