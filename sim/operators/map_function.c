// SPDX-License-Identifier: Apache-2.0
#include "operators/map_function.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "operators/draw.h"
#include "operators/numbers.h"
#include "operators/replay.h"
#include "operators/settings.h"

static const struct snap_form forms[] = {
    [SNAP_MAP_IDENTITY] = {"identity", "identity", false},
    [SNAP_MAP_KEY_BY_VALUE] = {"key-by-value", "key-by-value", false},
    [SNAP_MAP_KEY_MODULO] = {"key-modulo", "key-modulo N", true},
    [SNAP_MAP_ADD] = {"add", "add N", true},
    [SNAP_MAP_TO_LOWER] = {"to-lower", "to-lower", false},
    [SNAP_MAP_ROLL] = {"roll", "roll N", true},
    [SNAP_MAP_WORD] = {"word", "word N", true},
    [SNAP_MAP_RULE] = {"rule", "rule", false},
    [SNAP_MAP_TEXT_KEY] = {"text-key", "text-key N [LETTER]", true},
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
    case SNAP_MAP_WORD:
        if (function->argument < 1)
            return snap_error_set(error, SNAP_ERROR_SCENARIO, "word N needs an N above 0");
        return snap_input_value_check(op, SNAP_VALUE_LONG, error);
    case SNAP_MAP_TEXT_KEY:
        if (function->argument < 1)
            return snap_error_set(error, SNAP_ERROR_SCENARIO, "text-key N needs an N above 0");
        return snap_input_value_check(op, SNAP_VALUE_LONG, error);
    case SNAP_MAP_RULE:
        return snap_input_value_check(op, SNAP_VALUE_LONG, error);
    }
    return false;
}

/* "5 s": what stands behind a number and a blank, if it is one letter. */
static void cut_letter(struct snap_form_match *match, struct snap_map_function *function,
                       struct snap_arena *arena)
{
    size_t length = strlen(match->argument);
    bool has_letter = length > 2 && match->argument[length - 2] == ' ' &&
                      match->argument[length - 1] >= 'a' && match->argument[length - 1] <= 'z';

    if (!has_letter)
        return;
    function->letter = match->argument[length - 1];
    match->argument = snap_arena_strndup(arena, match->argument, length - 2);
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
    function->letter = 'k';
    if (function->kind == SNAP_MAP_TEXT_KEY)
        cut_letter(&match, function, arena);
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
    if (function->kind == SNAP_MAP_TEXT_KEY)
        schema.key = SNAP_VALUE_STRING;
    if (function->kind == SNAP_MAP_WORD || function->kind == SNAP_MAP_RULE)
        schema = (struct snap_schema){SNAP_VALUE_STRING, SNAP_VALUE_STRING};
    return schema;
}

void snap_map_function_refine(const struct snap_map_function *function,
                              struct snap_operator_rules *rules)
{
    bool from_value = function->kind == SNAP_MAP_KEY_BY_VALUE || function->kind >= SNAP_MAP_WORD;

    rules->key_from |= from_value ? SNAP_PART_VALUE : SNAP_PART_KEY;
    rules->keeps_key = rules->keeps_key && !from_value && function->kind != SNAP_MAP_KEY_MODULO;
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

/* Of record i of split s of a source of numbers: s * 1000000 + i. */
static union snap_value word_of(struct snap_string_pool *strings, int64_t number, int64_t words)
{
    int64_t split = number / SNAP_NUMBERS_PER_SPLIT;
    int64_t index = number % SNAP_NUMBERS_PER_SPLIT;
    char text[24];
    int length =
        snprintf(text, sizeof(text), "w%" PRId64, floor_modulo(index * 7 + split * 3, words));

    return (union snap_value){.string = snap_string_pool_intern(strings, text, (size_t)length)};
}

static void to_words(struct snap_map_scratch *scratch, int64_t words, struct snap_batch *batch)
{
    for (uint32_t i = 0; i < batch->count; i++) {
        struct snap_pair *record = &batch->records[i];

        record->value = word_of(scratch->strings, record->value.number, words);
        record->key = record->value;
    }
}

/* A letter and the value modulo so many. */
static void key_by_text(struct snap_map_scratch *scratch, const struct snap_map_function *function,
                        struct snap_batch *batch)
{
    for (uint32_t i = 0; i < batch->count; i++) {
        struct snap_pair *record = &batch->records[i];
        char text[24];
        int length = snprintf(text, sizeof(text), "%c%" PRId64, function->letter,
                              floor_modulo(record->value.number, function->argument));

        record->key.string = snap_string_pool_intern(scratch->strings, text, (size_t)length);
    }
}

/* "r" and the number, "x" and its square. */
static void to_rules(struct snap_map_scratch *scratch, struct snap_batch *batch)
{
    for (uint32_t i = 0; i < batch->count; i++) {
        struct snap_pair *record = &batch->records[i];
        uint64_t number = (uint64_t)record->value.number;
        char text[24];
        int length = snprintf(text, sizeof(text), "r%" PRId64, record->value.number);

        record->key.string = snap_string_pool_intern(scratch->strings, text, (size_t)length);
        length = snprintf(text, sizeof(text), "x%" PRId64, (int64_t)(number * number));
        record->value.string = snap_string_pool_intern(scratch->strings, text, (size_t)length);
    }
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
    case SNAP_MAP_WORD:
        to_words(scratch, argument, batch);
        break;
    case SNAP_MAP_RULE:
        to_rules(scratch, batch);
        break;
    case SNAP_MAP_TEXT_KEY:
        key_by_text(scratch, function, batch);
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

static void replay_word(const struct snap_record *in, int64_t words, struct snap_replay *out)
{
    int64_t step = in->value.number % 1000000 * 7 + in->value.number / 1000000 * 3;
    const char *text = snap_arena_printf(out->arena, "w%lld", (long long)(step % words));
    union snap_value value;

    value.string = snap_string_pool_intern(out->strings, text, strlen(text));
    snap_replay_add(out, in, value, value);
}

static void replay_text_key(const struct snap_map_function *function, const struct snap_record *in,
                            struct snap_replay *out)
{
    int64_t modulo = function->argument;
    long long rest = (in->value.number % modulo + modulo) % modulo;
    const char *text = snap_arena_printf(out->arena, "%c%lld", function->letter, rest);
    union snap_value key;

    key.string = snap_string_pool_intern(out->strings, text, strlen(text));
    snap_replay_add(out, in, key, in->value);
}

static void replay_rule(const struct snap_record *in, struct snap_replay *out)
{
    long long number = in->value.number;
    const char *texts[2] = {snap_arena_printf(out->arena, "r%lld", number),
                            snap_arena_printf(out->arena, "x%lld", number * number)};
    union snap_value pair[2];

    for (int i = 0; i < 2; i++)
        pair[i].string = snap_string_pool_intern(out->strings, texts[i], strlen(texts[i]));
    snap_replay_add(out, in, pair[0], pair[1]);
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
    case SNAP_MAP_WORD:
        replay_word(in, function->argument, out);
        break;
    case SNAP_MAP_RULE:
        replay_rule(in, out);
        break;
    case SNAP_MAP_TEXT_KEY:
        replay_text_key(function, in, out);
        break;
    }
}
