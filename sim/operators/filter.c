// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/check.h"
#include "operators/classes.h"
#include "operators/replay.h"
#include "operators/settings.h"

enum { KEEP, OPTION_COUNT };

enum predicate { ONE_IN, KEY_EQUALS, VALUE_ABOVE };

struct settings {
    enum predicate predicate;
    int64_t number;
    const struct snap_string *text; /* KEY_EQUALS with string keys; arena */
};

struct instance {
    const struct snap_operator *op;
};

static bool refuse(const char *text, struct snap_error *error)
{
    return snap_error_set(error, SNAP_ERROR_SCENARIO,
                          "predicate \"%s\" is not understood; expected 1/N | key = X | value > N",
                          text);
}

/* Skips blanks, then `word`, then blanks; returns NULL if the text does not go on with it. */
static const char *skip(const char *text, const char *word)
{
    text += strspn(text, " \t");
    if (strncmp(text, word, strlen(word)) != 0)
        return NULL;
    text += strlen(word);
    return text + strspn(text, " \t");
}

/* Splits "left op right" off: returns the right side, or NULL. */
static const char *match(const char *text, const char *left, const char *op)
{
    const char *rest = skip(text, left);

    return rest ? skip(rest, op) : NULL;
}

static bool set_key(struct snap_operator *op, struct settings *settings, const char *key,
                    struct snap_arena *arena, struct snap_error *error)
{
    size_t length = strlen(key);

    settings->predicate = KEY_EQUALS;
    if (op->schema.key == SNAP_VALUE_LONG) {
        if (!snap_long_parse(key, &settings->number))
            return snap_error_set(error, SNAP_ERROR_SCENARIO,
                                  "keys are numbers here, but \"%s\" is none", key);
        return true;
    }
    if (length >= 2 && (key[0] == '"' || key[0] == '\'') && key[length - 1] == key[0]) {
        key++;
        length -= 2;
    }
    settings->text = snap_string_make(arena, key, length);
    return true;
}

static bool set_one_in(struct settings *settings, const char *text, const char *number,
                       struct snap_error *error)
{
    settings->predicate = ONE_IN;
    if (!snap_long_parse(number, &settings->number))
        return refuse(text, error);
    if (settings->number < 1)
        return snap_error_set(error, SNAP_ERROR_SCENARIO, "1/N needs an N above 0");
    return true;
}

static bool set_above(struct snap_operator *op, struct settings *settings, const char *number,
                      struct snap_error *error)
{
    settings->predicate = VALUE_ABOVE;
    if (!snap_input_value_check(op, SNAP_VALUE_LONG, error))
        return false;
    if (!snap_long_parse(number, &settings->number))
        return snap_error_set(error, SNAP_ERROR_SCENARIO, "\"%s\" is not a whole number", number);
    return true;
}

static bool configure(struct snap_operator *op, struct snap_arena *arena, uint32_t *culprit,
                      struct snap_error *error)
{
    struct settings *settings = SNAP_ARENA_NEW(arena, struct settings);
    const char *text = op->options[KEEP].text;
    size_t length = strlen(text);
    const char *right;

    op->settings = settings;
    *culprit = KEEP;
    if (!snap_input_schema_get(op, &op->schema, error))
        return false;
    while (length && (text[length - 1] == ' ' || text[length - 1] == '\t'))
        length--;
    text = snap_arena_strndup(arena, text, length);
    if ((right = match(text, "1", "/")))
        return set_one_in(settings, text, right, error);
    if ((right = match(text, "key", "=")))
        return set_key(op, settings, right, arena, error);
    if ((right = match(text, "value", ">")))
        return set_above(op, settings, right, error);
    return refuse(text, error);
}

static bool open(void *self, const struct snap_operator_context *context, struct snap_error *error)
{
    (void)error;
    ((struct instance *)self)->op = context->op;
    return true;
}

static bool keeps(const struct snap_operator *op, const struct snap_pair *record)
{
    const struct settings *settings = op->settings;

    switch (settings->predicate) {
    case ONE_IN:
        if (op->schema.value == SNAP_VALUE_LONG)
            return record->value.number % settings->number == 0;
        return record->value.string->hash % (uint64_t)settings->number == 0;
    case KEY_EQUALS:
        if (op->schema.key == SNAP_VALUE_LONG)
            return record->key.number == settings->number;
        return snap_string_equal(record->key.string, settings->text);
    case VALUE_ABOVE:
        return record->value.number > settings->number;
    }
    return false;
}

static void transform(void *self, struct snap_batch *batch)
{
    const struct snap_operator *op = ((struct instance *)self)->op;
    uint32_t kept = 0;

    for (uint32_t i = 0; i < batch->count; i++) {
        if (!keeps(op, &batch->records[i]))
            continue;
        batch->records[kept] = batch->records[i];
        if (batch->stamps)
            batch->stamps[kept] = batch->stamps[i];
        if (batch->lineage)
            batch->lineage[kept] = batch->lineage[i];
        if (batch->input_index)
            batch->input_index[kept] = batch->input_index[i];
        kept++;
    }
    batch->count = kept;
}

static bool replay_keeps_key(const struct snap_operator *op, union snap_value key)
{
    const struct settings *settings = op->settings;

    if (op->schema.key == SNAP_VALUE_LONG)
        return key.number == settings->number;
    return key.string->length == settings->text->length &&
           memcmp(key.string->bytes, settings->text->bytes, key.string->length) == 0;
}

static void replay(const struct snap_operator *op, const struct snap_record *in,
                   struct snap_replay *out)
{
    const struct settings *settings = op->settings;
    bool strings = op->schema.value == SNAP_VALUE_STRING;
    uint64_t hash =
        strings ? snap_hash_bytes(in->value.string->bytes, in->value.string->length) : 0;

    if (settings->predicate == KEY_EQUALS && !replay_keeps_key(op, in->key))
        return;
    if (settings->predicate == VALUE_ABOVE && in->value.number <= settings->number)
        return;
    if (settings->predicate == ONE_IN &&
        (strings ? hash % (uint64_t)settings->number != 0
                 : in->value.number / settings->number * settings->number != in->value.number))
        return;
    snap_replay_add(out, in, in->key, in->value);
}

static const struct snap_option_type options[] = {
    [KEEP] = {.name = "keep",
              .kind = SNAP_OPTION_TEXT,
              .required = true,
              .doc = "1/N (values divisible by N; strings: one in N by hash) | key = X | value > N",
              .example = "1/10"},
};

static void refine_rules(const struct snap_operator *op, struct snap_operator_rules *rules)
{
    const struct settings *settings = op->settings;

    rules->number_of_outputs_from =
        settings->predicate == KEY_EQUALS ? SNAP_PART_KEY : SNAP_PART_VALUE;
}

const struct snap_operator_class snap_filter_class = {
    .type = {.name = "filter",
             .role = SNAP_ROLE_TRANSFORM,
             .flink_name = "Filter",
             .doc = "drops the records that a predicate does not keep",
             .options = options,
             .option_count = OPTION_COUNT,
             .configure = configure},
    .rules = {.kind = SNAP_RULE_PURE,
              .number_of_outputs_from = SNAP_PART_KEY | SNAP_PART_VALUE,
              .key_from = SNAP_PART_KEY,
              .value_from = SNAP_PART_VALUE,
              .replay = replay},
    .refine_rules = refine_rules,
    .instance_bytes = sizeof(struct instance),
    .fanout_max = 1,
    .ignores_stamps = true,
    .open = open,
    .transform = transform,
};
