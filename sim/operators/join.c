// SPDX-License-Identifier: Apache-2.0
/*
 * An inner join of two inputs by key: what came over one input is kept and meets all that comes
 * over the other. Each pair is sent once, by whichever of the two comes second.
 * Flink: KeyedCoProcessFunction with two ListStates, StreamingJoinOperator.
 */
#include <string.h>

#include "operators/classes.h"
#include "operators/settings.h"
#include "state/keyed_list.h"

enum { KEEP, OPTION_COUNT };

enum { INPUTS = 2 };

static const char *const state_names[INPUTS] = {"left", "right"};

struct settings {
    uint32_t keep; /* 0: all */
};

struct instance {
    struct snap_keyed_list kept[INPUTS];
    const struct snap_operator *op;
    const struct settings *settings;
    struct snap_string_pool *strings;
    uint32_t subtask;
    uint32_t input;
};

static bool configure(struct snap_operator *op, struct snap_arena *arena, uint32_t *culprit,
                      struct snap_error *error)
{
    struct settings *settings = SNAP_ARENA_NEW(arena, struct settings);
    const struct snap_option *keep = &op->options[KEEP];

    op->settings = settings;
    *culprit = KEEP;
    if (keep->set && (keep->number < 1 || keep->number > 1000000))
        return snap_error_set(error, SNAP_ERROR_SCENARIO,
                              "keep is from 1 to 1000000 records of each key and input");
    settings->keep = keep->set ? (uint32_t)keep->number : 0;
    *culprit = OPTION_COUNT;
    return snap_input_schema_get(op, &op->schema, error);
}

static bool open(void *self, const struct snap_operator_context *context, struct snap_error *error)
{
    struct instance *join = self;
    struct snap_keyed_state_options options = {
        .schema = context->op->input_schemas[0],
        .subtask = context->subtask,
        .parallelism = {context->op->parallelism, context->op->max_parallelism},
    };

    (void)error;
    join->op = context->op;
    join->settings = context->op->settings;
    join->strings = context->strings;
    join->subtask = context->subtask;
    for (uint32_t i = 0; i < INPUTS; i++) {
        const struct snap_keyed_snapshot *restored =
            snap_operator_state_find_keyed(context->restored, state_names[i]);

        options.name = state_names[i];
        snap_keyed_list_init(&join->kept[i], context->arena, &options);
        if (restored)
            snap_keyed_list_restore(&join->kept[i], restored);
    }
    return true;
}

static void set_input(void *self, uint32_t input)
{
    ((struct instance *)self)->input = input;
}

/* "left,right" of two strings. */
static union snap_value concat(struct snap_string_pool *strings, const struct snap_string *left,
                               const struct snap_string *right)
{
    struct snap_arena scratch;
    size_t length = (size_t)left->length + 1 + right->length;
    union snap_value both;
    char *text;

    snap_arena_init(&scratch);
    text = snap_arena_alloc(&scratch, length);
    memcpy(text, left->bytes, left->length);
    text[left->length] = ',';
    memcpy(text + left->length + 1, right->bytes, right->length);
    both.string = snap_string_pool_intern(strings, text, length);
    snap_arena_fini(&scratch);
    return both;
}

static union snap_value combine(const struct instance *join, union snap_value mine,
                                union snap_value other)
{
    union snap_value left = join->input == 0 ? mine : other;
    union snap_value right = join->input == 0 ? other : mine;

    if (join->op->schema.value == SNAP_VALUE_STRING)
        return concat(join->strings, left.string, right.string);
    return (union snap_value){.number = (int64_t)((uint64_t)left.number + (uint64_t)right.number)};
}

static void expand(void *self, const struct snap_record *in, struct snap_emitter *out)
{
    struct instance *join = self;
    struct snap_keyed_list *mine = &join->kept[join->input];
    const struct snap_keyed_list *others = &join->kept[1 - join->input];
    struct snap_keyed_list_head *head = snap_keyed_list_add(mine, in->key, in->value);
    const struct snap_keyed_list_head *matches = snap_keyed_list_find(others, in->key);
    uint32_t link = matches ? matches->first : SNAP_NO_LINK;

    if (join->settings->keep && head->count > join->settings->keep)
        snap_keyed_list_drop_first(mine, head);
    for (uint32_t i = 0; matches && i < matches->count; i++) {
        snap_emit(out, in, in->key, combine(join, in->value, others->links[link].value));
        link = others->links[link].next;
    }
}

static bool snapshot(void *self, snap_checkpoint_id checkpoint, struct snap_arena *arena,
                     struct snap_operator_state *out, struct snap_error *error)
{
    struct instance *join = self;

    (void)checkpoint;
    (void)error;
    for (uint32_t i = 0; i < INPUTS; i++) {
        struct snap_keyed_snapshot kept = snap_keyed_list_freeze(&join->kept[i], arena);

        snap_operator_state_add_keyed(out, arena, &kept);
        out->bytes += (int64_t)join->kept[i].count * join->op->record_size_bytes;
    }
    return true;
}

/* The same for the same values in any order. */
static int64_t digest(enum snap_value_kind kind, union snap_value value)
{
    uint64_t bits = kind == SNAP_VALUE_STRING ? value.string->hash : (uint64_t)value.number;

    return (int64_t)(snap_mix64(bits + 1) >> 1);
}

static int64_t digest_list(const struct instance *join, uint32_t input, union snap_value key)
{
    const struct snap_keyed_list *list = &join->kept[input];
    const struct snap_keyed_list_head *head = snap_keyed_list_find(list, key);
    uint32_t link = head ? head->first : SNAP_NO_LINK;
    uint64_t sum = 0;

    for (uint32_t i = 0; head && i < head->count; i++) {
        sum += (uint64_t)digest(list->value_kind, list->links[link].value);
        link = list->links[link].next;
    }
    return (int64_t)sum;
}

/* A key's state in one number: the sum of the digests of all values that are kept for it. */
static void each_state_entry(void *self, void (*entry)(void *to, const struct snap_state_entry *),
                             void *to)
{
    const struct instance *join = self;

    for (uint32_t i = 0; i < INPUTS; i++) {
        const struct snap_keyed_state *table = &join->kept[i].table;

        for (uint32_t e = 0; e < table->count; e++) {
            union snap_value key = snap_keyed_state_entry(table, e).key;
            uint64_t sum =
                (uint64_t)digest_list(join, 0, key) + (uint64_t)digest_list(join, 1, key);
            struct snap_state_entry out = {
                .operator_index = join->op->index,
                .subtask = join->subtask,
                .key_group = table->key_groups[e],
                .key = key,
                .value.number = (int64_t)sum,
            };

            if (i == 1 && snap_keyed_list_find(&join->kept[0], key))
                continue;
            entry(to, &out);
        }
    }
}

static void fold(const struct snap_operator *op, const struct snap_record *in,
                 struct snap_string_pool *strings, union snap_value *state, bool *present)
{
    uint64_t before = *present ? (uint64_t)state->number : 0;

    (void)strings;
    state->number = (int64_t)(before + (uint64_t)digest(op->input_schemas[0].value, in->value));
    *present = true;
}

/* Which records a bounded join still has depends on their order on each input. */
static void refine_rules(const struct snap_operator *op, struct snap_operator_rules *rules)
{
    if (((const struct settings *)op->settings)->keep)
        rules->fold = NULL;
}

static void time_needs(const struct snap_operator *op, struct snap_time_needs *needs)
{
    if (((const struct settings *)op->settings)->keep)
        needs->fanout_max = ((const struct settings *)op->settings)->keep;
}

static const struct snap_option_type options[] = {
    [KEEP] = {.name = "keep",
              .kind = SNAP_OPTION_COUNT,
              .doc = "how many records of each key and input are kept, the last ones; default: all",
              .example = "10"},
};

/* Digests of both lists, added up by key. */
static void base_entries(const struct snap_operator *op, uint32_t subtask,
                         const struct snap_operator_state *state,
                         void (*entry)(void *to, union snap_value key, union snap_value value),
                         void *to)
{
    struct snap_keyed_state_options table = {
        .name = "sums",
        .schema = {op->input_schemas[0].key, SNAP_VALUE_LONG},
        .subtask = subtask,
        .parallelism = {op->parallelism, op->max_parallelism},
    };
    struct snap_keyed_state sums;
    struct snap_arena scratch;

    snap_arena_init(&scratch);
    snap_keyed_state_init(&sums, &scratch, &table);
    for (uint32_t i = 0; i < INPUTS; i++) {
        const struct snap_keyed_snapshot *kept =
            snap_operator_state_find_keyed(state, state_names[i]);

        for (uint32_t e = 0; kept && e < kept->group_starts[kept->group_count]; e++) {
            union snap_value *sum = snap_keyed_state_obtain(&sums, kept->entries[e].key);
            uint64_t more = (uint64_t)digest(op->input_schemas[0].value, kept->entries[e].value);

            sum->number = (int64_t)((uint64_t)sum->number + more);
        }
    }
    for (uint32_t i = 0; i < sums.count; i++)
        entry(to, sums.keys[i], sums.values[i]);
    snap_arena_fini(&scratch);
}

static struct snap_schema kept_schema(const struct snap_operator *op)
{
    return op->input_schemas[0];
}

static const struct snap_state_spec states[] = {
    {.name = "left", .shape = SNAP_SHAPE_KEYED_LIST, .schema = kept_schema},
    {.name = "right", .shape = SNAP_SHAPE_KEYED_LIST, .schema = kept_schema},
};
static const struct snap_state_specs specs = {.items = states, .count = INPUTS};

const struct snap_operator_class snap_join_class = {
    .type = {.name = "join",
             .role = SNAP_ROLE_TRANSFORM,
             .flink_name = "Keyed Co-Process",
             .doc = "sends each pair of records of its two inputs that have the same key: the sum "
                    "of two numbers, or \"left,right\"",
             .options = options,
             .option_count = OPTION_COUNT,
             .keyed = true,
             .input_count = INPUTS,
             .configure = configure},
    .rules = {.kind = SNAP_RULE_FOLD,
              .expands = true,
              .number_of_outputs_from = SNAP_PART_HISTORY,
              .key_from = SNAP_PART_KEY,
              .value_from = SNAP_PART_HISTORY,
              .state_is_number = true,
              .fold = fold},
    .refine_rules = refine_rules,
    .instance_bytes = sizeof(struct instance),
    .fanout_max = SNAP_FANOUT_UNKNOWN,
    .ignores_stamps = true,
    .time_needs = time_needs,
    .states = &specs,
    .base_entries = base_entries,
    .open = open,
    .set_input = set_input,
    .expand = expand,
    .snapshot = snapshot,
    .each_state_entry = each_state_entry,
};
