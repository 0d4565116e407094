// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/check.h"
#include "operators/classes.h"
#include "operators/keyed.h"
#include "operators/settings.h"

enum { FUNCTION, OPTION_COUNT };

enum function { MIN, MAX, LAST, CONCAT };

struct settings {
    enum function function;
};

struct instance {
    struct snap_keyed keyed; /* must stay first */
    enum function function;
    enum snap_value_kind kind;
    struct snap_string_pool *strings;
    struct snap_arena *arena;
    char *scratch; /* arena of the attempt */
    size_t scratch_bytes;
};

static const struct snap_form forms[] = {
    [MIN] = {"min", "min", false},
    [MAX] = {"max", "max", false},
    [LAST] = {"last", "last", false},
    [CONCAT] = {"concat", "concat", false},
};

static bool configure(struct snap_operator *op, struct snap_arena *arena, uint32_t *culprit,
                      struct snap_error *error)
{
    static const struct snap_forms functions = {forms, 4, "function"};
    struct settings *settings = SNAP_ARENA_NEW(arena, struct settings);
    struct snap_form_match match;

    op->settings = settings;
    *culprit = FUNCTION;
    if (!snap_form_parse(&functions, op->options[FUNCTION].text, arena, &match, error) ||
        !snap_input_schema_get(op, &op->schema, error))
        return false;
    settings->function = (enum function)match.index;
    return settings->function != CONCAT || snap_input_value_check(op, SNAP_VALUE_STRING, error);
}

static bool open(void *self, const struct snap_operator_context *context, struct snap_error *error)
{
    struct instance *reduce = self;

    (void)error;
    snap_keyed_open(&reduce->keyed, context, "reduce");
    reduce->function = ((const struct settings *)context->op->settings)->function;
    reduce->kind = context->op->schema.value;
    reduce->strings = context->strings;
    reduce->arena = context->arena;
    return true;
}

/* Bytewise, the shorter of two of which one begins with the other comes first. */
static int compare_strings(const struct snap_string *a, const struct snap_string *b)
{
    uint32_t shorter = a->length < b->length ? a->length : b->length;
    int order = memcmp(a->bytes, b->bytes, shorter);

    if (order)
        return order;
    return (a->length > b->length) - (a->length < b->length);
}

static bool is_below(const struct instance *reduce, union snap_value a, union snap_value b)
{
    return reduce->kind == SNAP_VALUE_LONG ? a.number < b.number
                                           : compare_strings(a.string, b.string) < 0;
}

static const struct snap_string *join(struct instance *reduce, const struct snap_string *a,
                                      const struct snap_string *b)
{
    size_t length = (size_t)a->length + 1 + b->length;

    if (length > reduce->scratch_bytes) {
        reduce->scratch_bytes = length * 2;
        reduce->scratch = snap_arena_alloc(reduce->arena, reduce->scratch_bytes);
    }
    memcpy(reduce->scratch, a->bytes, a->length);
    reduce->scratch[a->length] = ',';
    memcpy(reduce->scratch + a->length + 1, b->bytes, b->length);
    return snap_string_pool_add(reduce->strings, reduce->scratch, length);
}

static union snap_value combine(struct instance *reduce, union snap_value old,
                                union snap_value added)
{
    union snap_value joined;

    switch (reduce->function) {
    case MIN:
        return is_below(reduce, added, old) ? added : old;
    case MAX:
        return is_below(reduce, old, added) ? added : old;
    case LAST:
        return added;
    case CONCAT:
        joined.string = join(reduce, old.string, added.string);
        return joined;
    }
    return old;
}

static void transform(void *self, struct snap_batch *batch)
{
    struct instance *reduce = self;
    struct snap_keyed_state *state = &reduce->keyed.state;

    for (uint32_t i = 0; i < batch->count; i++) {
        struct snap_pair *record = &batch->records[i];
        union snap_value *value = snap_keyed_state_find(state, record->key);

        if (value)
            *value = combine(reduce, *value, record->value);
        else
            *(value = snap_keyed_state_insert(state, record->key)) = record->value;
        record->value = *value;
    }
}

static int fold_order(const struct snap_operator *op, union snap_value a, union snap_value b)
{
    if (op->schema.value == SNAP_VALUE_LONG)
        return a.number < b.number ? -1 : a.number > b.number;
    for (uint32_t i = 0; i < a.string->length && i < b.string->length; i++) {
        unsigned char left = (unsigned char)a.string->bytes[i];
        unsigned char right = (unsigned char)b.string->bytes[i];

        if (left != right)
            return left < right ? -1 : 1;
    }
    if (a.string->length == b.string->length)
        return 0;
    return a.string->length < b.string->length ? -1 : 1;
}

static void fold_concat(const struct snap_record *in, struct snap_string_pool *strings,
                        union snap_value *state)
{
    struct snap_arena scratch;
    char *text;

    snap_arena_init(&scratch);
    text = snap_arena_alloc(&scratch, (size_t)state->string->length + in->value.string->length + 2);
    memcpy(text, state->string->bytes, state->string->length);
    text[state->string->length] = ',';
    memcpy(text + state->string->length + 1, in->value.string->bytes, in->value.string->length);
    state->string = snap_string_pool_add(
        strings, text, (size_t)state->string->length + 1 + in->value.string->length);
    snap_arena_fini(&scratch);
}

static void fold(const struct snap_operator *op, const struct snap_record *in,
                 struct snap_string_pool *strings, union snap_value *state, bool *present)
{
    enum function function = ((const struct settings *)op->settings)->function;
    int order = *present ? fold_order(op, in->value, *state) : 0;

    if (*present && function == CONCAT)
        fold_concat(in, strings, state);
    else if (!*present || function == LAST || (function == MIN && order < 0) ||
             (function == MAX && order > 0))
        *state = in->value;
    *present = true;
}

static const struct snap_option_type options[] = {
    [FUNCTION] = {.name = "function",
                  .kind = SNAP_OPTION_TEXT,
                  .required = true,
                  .doc = "min | max | last | concat (strings, joined by commas)",
                  .example = "max"},
};

static const struct snap_state_spec states[] = {{.name = "reduce", .shape = SNAP_SHAPE_REDUCING}};
static const struct snap_state_specs specs = {.items = states, .count = 1};

const struct snap_operator_class snap_reduce_class = {
    .type = {.name = "reduce",
             .role = SNAP_ROLE_TRANSFORM,
             .flink_name = "Keyed Reduce",
             .doc = "combines the values of each key; sends the new value for each record",
             .options = options,
             .option_count = OPTION_COUNT,
             .keyed = true,
             .configure = configure},
    .rules = {.kind = SNAP_RULE_FOLD,
              .key_from = SNAP_PART_KEY,
              .keeps_key = true,
              .value_from = SNAP_PART_VALUE,
              .fold = fold,
              .fold_order_matters = true},
    .instance_bytes = sizeof(struct instance),
    .fanout_max = 1,
    .ignores_stamps = true,
    .states = &specs,
    .open = open,
    .transform = transform,
    .snapshot = snap_keyed_snapshot,
    .each_state_entry = snap_keyed_each_entry,
};
